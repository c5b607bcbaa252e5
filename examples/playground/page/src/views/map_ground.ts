// What lies under and around the points of the big map: the colours of the plane, its axes, the choice of features.

import type { Session } from "../model/session";
import { fixed, h } from "./dom";
import { css, palette } from "./palette";
import type { Pinned } from "./pinned";
import { contour, lead, paintClasses, paintUnit } from "./raster";

/** The colours under the points: what the net gives, or the pinned unit, and the line where it changes its mind. */
export function ground(c: CanvasRenderingContext2D, session: Session, pinned: Pinned, side: number, ratio: number): void {
  const { view } = session;
  const unit = pinned.unit;
  const values = unit && view.units?.layers[unit.layer]?.values;
  const columns = values ? view.units!.columns : view.last?.columns;
  if (!columns || !view.last) return;
  const from = values ? values.subarray(unit.unit * columns ** 2, (unit.unit + 1) * columns ** 2) : view.last.net;
  if (values) paintUnit(c, columns, columns, from, 0);
  else paintClasses(c, columns, columns, view.classes, from);
  const grid = (i: number): number => ((i + 0.5) / columns) * side; // the engine takes the middles of cells
  c.beginPath();
  // The last class needs no line of its own: where it ends another begins.
  const leads = values ? [from] : Array.from({ length: view.classes - 1 }, (_, k) => lead(from, columns ** 2, view.classes, k));
  for (const [ax, ay, bx, by] of leads.flatMap((values) => contour(columns, columns, values))) {
    c.moveTo(grid(ax), side - grid(ay));
    c.lineTo(grid(bx), side - grid(by));
  }
  c.strokeStyle = css(palette().ink);
  c.lineWidth = 1.6 * ratio;
  c.stroke();
}

/** Of data with more than two features: which two make the plane. */
export function axesChoice(session: Session): HTMLElement {
  const row = h("div", { class: "tool-row", hidden: true });
  session.on("opened", ({ features }) => {
    row.hidden = features.length < 3;
    if (row.hidden) return;
    const choice = (axis: 0 | 1, label: string): HTMLElement => {
      const select = h("select", { id: `axis-${axis}` }, ...features.map((f, i) => h("option", { value: i, selected: i === session.view.axes[axis] }, f)));
      select.addEventListener("change", () => {
        const wanted: [number, number] = [...session.view.axes];
        wanted[axis] = Number(select.value);
        if (wanted[0] === wanted[1]) wanted[1 - axis] = session.view.axes[axis];
        session.show(wanted);
      });
      return h("label", { for: `axis-${axis}` }, `${label} `, select);
    };
    row.replaceChildren(choice(0, "across"), choice(1, "up"), h("span", { class: "hint" }, "other features are at their mean"));
  });
  return row;
}

export function axes(c: CanvasRenderingContext2D, session: Session, ratio: number, side: number): void {
  const { ink, paper } = palette();
  c.font = `${11 * ratio}px system-ui, sans-serif`;
  c.lineJoin = "round";
  const write = (text: string, x: number, y: number, align: CanvasTextAlign): void => {
    c.textAlign = align;
    c.lineWidth = 3 * ratio;
    c.strokeStyle = css(paper);
    c.strokeText(text, x, y);
    c.fillStyle = css(ink);
    c.fillText(text, x, y);
  };
  const gap = 5 * ratio;
  const { x, y } = session.view.window;
  const [f1 = "x1", f2 = "x2"] = session.view.axes.map((a) => session.opened?.features[a]);
  write(fixed(x[0]), gap, side - gap, "left");
  write(f1, side / 2, side - gap, "center");
  write(fixed(x[1]), side - gap, side - gap, "right");
  write(fixed(y[1]), gap, 11 * ratio + gap, "left");
  c.save();
  c.translate(gap + 9 * ratio, side / 2);
  c.rotate(-Math.PI / 2);
  write(f2, 0, 0, "center");
  c.restore();
}
