// The big map: what the net decides at every point of the plane, the data on it, and a cursor for pointer and keys.

import type { Drawing } from "../data/drawing";
import type { Session } from "../model/session";
import { find, fixed, grouped, h, number, percent, scaled } from "./dom";
import { mark, markIcon, shapeNames } from "./marks";
import { css, onScheme, palette } from "./palette";
import { axes, axesChoice, ground } from "./map_ground";
import { winner } from "./raster";
import type { Pinned } from "./pinned";

export function map(session: Session, drawing: Drawing, pinned: Pinned): void {
  const canvas = h("canvas", { id: "big-map", tabindex: 0, role: "application", "aria-roledescription": "map",
    "aria-describedby": "map-text map-keys", "aria-label": "Decision map" });
  const context = canvas.getContext("2d")!;
  const readout = h("output", { id: "map-readout", class: "readout-line" }, " ");
  const alternative = h("p", { id: "map-text", class: "hidden" });
  const legend = h("ul", { class: "legend", "aria-label": "Legend of the map" });
  const none = h("p", { class: "note", hidden: true });
  const picture = h("div", { class: "picture" }, canvas);
  find("map").append(none, axesChoice(session), picture, readout, legend, alternative,
    h("p", { id: "map-keys", class: "hidden" },
      "Arrow keys move the cursor, with Shift in larger steps. With a drawing tool, Space puts a point or erases the nearest."));
  let cursor: [number, number] | null = null;

  const cell = (columns: number): number => {
    const clamp = (v: number): number => Math.max(0, Math.min(columns - 1, Math.floor(v * columns)));
    return clamp(cursor![1]) * columns + clamp(cursor![0]);
  };
  const plane = (c: [number, number]): [number, number] => {
    const { x, y } = session.view.window;
    return [x[0] + c[0] * (x[1] - x[0]), y[0] + c[1] * (y[1] - y[0])];
  };

  const read = (): void => {
    const opened = session.opened;
    const shown = session.view.last;
    if (!cursor || !opened || !shown) return;
    const [x, y] = plane(cursor);
    const [f1, f2] = session.view.axes.map((a) => opened.features[a]);
    const place = `${f1} ${fixed(x)}, ${f2} ${fixed(y)}`;
    const unit = pinned.unit;
    const units = session.view.units;
    const values = unit && units?.layers[unit.layer]?.values;
    if (unit && values) {
      readout.textContent = `${place}: ${pinned.name()} gives ${number(values[unit.unit * units.columns ** 2 + cell(units.columns)], 3)}`;
      return;
    }
    const index = cell(shown.columns);
    const size = shown.columns ** 2;
    if (session.view.classes === 2) {
      const p = shown.net[index]!;
      readout.textContent = `${place}: class ${opened.classes[p > 0.5 ? 1 : 0]}, probability of class ${opened.classes[1]} ${percent(p)}`;
    } else {
      const best = winner(shown.net, size, session.view.classes, index);
      readout.textContent = `${place}: class ${opened.classes[best]}, ${percent(shown.net[best * size + index])}`;
    }
  };

  const draw = (): void => {
    const opened = session.opened;
    if (!opened || !session.view.plane) return;
    const ratio = devicePixelRatio || 1;
    const side = Math.max(1, Math.round(canvas.clientWidth * ratio));
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const { ink, paper } = palette();
    context.fillStyle = css(paper);
    context.fillRect(0, 0, side, side);
    ground(context, session, pinned, side, ratio);
    const { x, y } = session.view.window;
    const place = (px: number, py: number): [number, number] =>
      [((px - x[0]) / (x[1] - x[0])) * side, side - ((py - y[0]) / (y[1] - y[0])) * side];
    const count = opened.train.count + (opened.dev?.count ?? 0);
    const r = ratio * scaled(Math.max(2, Math.min(4.5, side / ratio / 120, 70 / Math.sqrt(count))));
    const own = drawing.pending;
    if (own) for (const [px, py, label] of own) mark(context, label, ...place(px, py), r, true);
    else
      for (const [part, filled] of [[opened.dev, false], [opened.train, true]] as const)
        for (let i = 0; part && i < part.count; i++)
          mark(context, part.y[i]!, ...place(...session.view.place(part.x, i)), r, filled);
    axes(context, session, scaled(ratio), side);
    if (cursor && document.activeElement === canvas) {
      const [cx, cy] = [cursor[0] * side, side - cursor[1] * side];
      for (const [colour, width] of [[paper, 4], [ink, 1.5]] as const) {
        context.beginPath();
        context.moveTo(cx - 9 * ratio, cy); context.lineTo(cx + 9 * ratio, cy);
        context.moveTo(cx, cy - 9 * ratio); context.lineTo(cx, cy + 9 * ratio);
        context.strokeStyle = css(colour);
        context.lineWidth = width * ratio;
        context.stroke();
      }
    }
  };

  const describe = (): void => {
    const opened = session.opened;
    const shown = session.view.last;
    if (!opened || !shown) return;
    const size = shown.columns ** 2;
    const share = opened.classes.map(() => 0);
    for (let i = 0; i < size; i++)
      share[session.view.classes === 2 ? (shown.net[i]! > 0.5 ? 1 : 0) : winner(shown.net, size, session.view.classes, i)]!++;
    const { x, y } = session.view.window;
    const [f1, f2] = session.view.axes.map((a) => opened.features[a]);
    alternative.textContent =
      `Map of the plane, ${f1} from ${fixed(x[0])} to ${fixed(x[1])} and ${f2} from ${fixed(y[0])} to ${fixed(y[1])}. ` +
      `At step ${grouped(session.step)} the net gives ` +
      opened.classes.map((name, k) => `class ${name} on ${percent(share[k]! / size, 0)} of it`).join(", ") +
      `. ${grouped(opened.train.count)} train points, ${grouped(opened.dev?.count ?? 0)} dev points.`;
  };

  const legendOf = (): void => {
    const opened = session.opened;
    if (!opened) return;
    legend.replaceChildren(...[...opened.classes.map((name, k) =>
      h("li", {}, markIcon(k, true), ` class ${name} (${shapeNames[k % shapeNames.length]})`)),
      ...(opened.dev ? [h("li", {}, markIcon(0, false), " hollow: dev part")] : []),
      h("li", {}, h("span", { class: "line-mark", "aria-hidden": "true" }), pinned.unit ? " the unit gives 0" : " boundary of the decision"),
      h("li", {}, pinned.unit ? "deeper: further from 0" : "paler: less sure")]);
    none.hidden = session.view.plane;
    picture.hidden = readout.hidden = legend.hidden = !session.view.plane;
    none.textContent = "This data has one feature; a map needs two. All else on the page works as with two.";
  };

  const toCursor = (event: PointerEvent): void => {
    const box = canvas.getBoundingClientRect();
    cursor = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
  };
  const use = (fresh: boolean): void => {
    if (cursor && drawing.tool !== "look" && session.opened?.features.length === 2) drawing.use(plane(cursor), session.view.window, fresh);
  };
  canvas.addEventListener("pointermove", (event) => {
    toCursor(event);
    if (event.buttons & 1) use(false);
    read();
    if (session.status !== "running") draw();
  });
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    toCursor(event);
    if (drawing.tool !== "look") canvas.setPointerCapture(event.pointerId);
    use(true);
    draw();
  });
  canvas.addEventListener("keydown", (event) => {
    const by = event.shiftKey ? 0.1 : 0.02;
    const move = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, by], ArrowDown: [0, -by] }[event.key];
    if (move) {
      const [cx, cy] = cursor ?? [0.5, 0.5];
      const clamp = (v: number): number => Math.max(0, Math.min(1, v));
      cursor = [clamp(cx + move[0]!), clamp(cy + move[1]!)];
    } else if (event.key === " " || event.key === "Enter") {
      cursor ??= [0.5, 0.5];
      use(true);
    } else return;
    event.preventDefault();
    read();
    draw();
  });
  canvas.addEventListener("focus", () => { cursor ??= [0.5, 0.5]; draw(); });
  canvas.addEventListener("blur", draw);
  drawing.onchange = () => { canvas.dataset["tool"] = drawing.tool; draw(); };
  session.on("mapped", () => { draw(); read(); });
  session.on("opened", () => { legendOf(); draw(); });
  session.on("settled", () => { describe(); legendOf(); });
  pinned.listen(() => { legendOf(); draw(); read(); });
  onScheme(() => { legendOf(); draw(); });
  new ResizeObserver(draw).observe(canvas);
}
