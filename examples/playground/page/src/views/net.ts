// The net drawn: layers of units, weights as lines, a map in every hidden unit. Pressing a unit pins it.

import type { NamedTensor } from "../engine/protocol";
import { layersOf, type Layer } from "../model/net";
import type { Session } from "../model/session";
import { hiddenLayers } from "../model/setup";
import { find, fixed, h, number, scaled, svg } from "./dom";
import { spoken } from "./form";
import type { Pinned } from "./pinned";
import { onScheme } from "./palette";
import { paintClasses, paintUnit } from "./raster";

/** Of a wide layer the first ones are drawn. */
const most = 12;

interface Node {
  element: HTMLElement;
  canvas: HTMLCanvasElement | null;
  x: number;
  y: number;
}

export function net(session: Session, pinned: Pinned): void {
  const stage = h("div", { class: "stage", role: "group", "aria-label": "The net, layer by layer", "aria-describedby": "net-text" });
  const scroller = h("div", { class: "scroll" }, stage);
  const text = h("p", { id: "net-text", class: "hidden" });
  const inspector = h("div", { class: "inspector", id: "inspector" });
  const none = h("p", { class: "note", hidden: true }, "Drawn are nets of plain layers, one behind the other; this one is trained all the same.");
  find("net").append(none, scroller, inspector, text,
    h("ul", { class: "legend", "aria-label": "Legend of the net" },
      h("li", {}, h("span", { class: "edge plus", "aria-hidden": "true" }), " weight above 0"),
      h("li", {}, h("span", { class: "edge minus", "aria-hidden": "true" }), " below 0 (dashed)"),
      h("li", {}, "thicker: larger"),
      h("li", {}, h("span", { class: "ramp", "aria-hidden": "true" }), " a unit's output over the plane: below 0, 0, above")));
  let weights: NamedTensor[] = [];
  let layers: Layer[] | null = null;
  let columns: Node[][] = [];
  let lines: { line: SVGElement; layer: number; from: number; to: number }[] = [];
  let built = "";

  const build = (): void => {
    const opened = session.opened;
    if (!layers || !opened) return;
    const counts = [layers[0]!.inputs, ...layers.map((l) => l.units)];
    const key = counts.join() + opened.features.join() + opened.classes.join() + stage.clientWidth;
    if (key === built) return;
    built = key;
    const hidden = hiddenLayers(session.options) ?? [];
    const size = scaled(42);
    const margin = scaled(35);
    const shown = counts.map((c) => Math.min(c, most));
    const height = Math.max(...shown) * (size + 8) + scaled(46);
    const gap = Math.max(84, (Math.max(scroller.clientWidth, 280) - 2 * margin) / Math.max(1, counts.length - 1));
    const width = gap * (counts.length - 1) + 2 * margin;
    stage.style.width = `${width}px`;
    stage.style.height = `${height}px`;
    const edges = svg("svg", { width, height, "aria-hidden": "true" });
    const heads: HTMLElement[] = [];
    columns = counts.map((count, column) => {
      const last = column === counts.length - 1;
      const title = column === 0 ? "input" : last ? "output" : spoken(hidden[column - 1]?.activation ?? "");
      const head = h("span", { class: "column-head" }, title);
      head.style.left = `${margin + gap * column}px`;
      heads.push(head);
      return Array.from({ length: shown[column]! }, (_, unit) => {
        const x = margin + gap * column;
        const y = scaled(28) + ((unit + 0.5) * (height - scaled(46))) / shown[column]!;
        const more = count > most && unit === most - 1;
        let canvas: HTMLCanvasElement | null = null;
        let element: HTMLElement;
        if (more) element = h("span", { class: "unit name" }, `+ ${count - most + 1}`);
        else if (column === 0) element = h("span", { class: "unit name" }, opened.features[unit] ?? `x${unit + 1}`);
        else {
          canvas = h("canvas", { width: 84, height: 84 });
          const out = opened.classes[count === 1 ? 1 : unit] ?? String(unit);
          element = last
            ? h("span", { class: "unit", role: "img", "aria-label": `Output: class ${out}` }, canvas)
            : h("button", { type: "button", class: "unit", "aria-pressed": "false", "aria-label": `Unit ${unit + 1} of hidden layer ${column}`,
                onclick: () => pinned.toggle({ layer: column - 1, unit }) }, canvas);
        }
        element.style.left = `${x}px`;
        element.style.top = `${y}px`;
        return { element, canvas, x, y };
      });
    });
    lines = layers.flatMap((_, layer) => columns[layer]!.flatMap((from, a) => columns[layer + 1]!.map((to, b) => {
      const bend = gap * 0.4;
      const line = svg("path", { d: `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}` });
      return { line, layer, from: a, to: b };
    })));
    edges.append(...lines.map((l) => l.line));
    stage.replaceChildren(edges, ...heads, ...columns.flat().map((n) => n.element));
  };

  const drawEdges = (): void => {
    if (!layers) return;
    const largest = layers.map((l) => l.weight.values.reduce((a, v) => Math.max(a, Math.abs(v)), 1e-12));
    for (const { line, layer, from, to } of lines) {
      const w = layers[layer]!.weight.values[to * layers[layer]!.inputs + from] ?? 0;
      const share = Math.abs(w) / largest[layer]!;
      line.setAttribute("class", w < 0 ? "minus" : "plus");
      line.setAttribute("stroke-width", (0.4 + 4 * share).toFixed(2));
      line.setAttribute("opacity", (0.25 + 0.75 * share).toFixed(2));
    }
  };

  const drawUnits = (): void => {
    const shown = session.view.units;
    if (!shown) return;
    const side = shown.columns;
    columns.forEach((column, k) => column.forEach(({ canvas }, unit) => {
      if (!canvas || k === 0) return;
      const context = canvas.getContext("2d")!;
      const values = shown.layers[k - 1]?.values;
      if (k < columns.length - 1) {
        if (values && values.length >= (unit + 1) * side ** 2) paintUnit(context, side, side, values, unit * side ** 2);
      } else if (session.view.classes === 2) paintClasses(context, side, side, 2, shown.net);
      else paintClasses(context, side, side, 2, shown.net.subarray(unit * side ** 2, (unit + 1) * side ** 2));
    }));
  };

  const inspect = (): void => {
    for (const [k, column] of columns.entries())
      for (const [unit, { element }] of column.entries())
        if (element.tagName === "BUTTON")
          element.setAttribute("aria-pressed", String(pinned.unit?.layer === k - 1 && pinned.unit?.unit === unit));
    const unit = pinned.unit;
    const layer = unit && layers?.[unit.layer];
    if (!unit || !layer || unit.unit >= layer.units) {
      inspector.replaceChildren(h("p", { class: "soft" }, "Press a unit to see its weights, and its output on the big map."));
      return;
    }
    const row = layer.weight.values.slice(unit.unit * layer.inputs, (unit.unit + 1) * layer.inputs);
    const next = layers?.[unit.layer + 1];
    const list = (title: string, values: number[], name: (i: number) => string): HTMLElement =>
      h("p", {}, h("b", {}, title), " ", values.slice(0, 16).map((v, i) => `${name(i)} ${fixed(v, 3)}`).join(" · "), values.length > 16 ? " …" : "");
    inspector.replaceChildren(
      h("p", {}, h("b", {}, pinned.name()), `, bias ${fixed(layer.bias?.values[unit.unit] ?? 0, 3)} `,
        h("button", { type: "button", class: "quiet", onclick: () => pinned.toggle(null) }, "Unpin")),
      list("in:", row, (i) => (unit.layer === 0 ? session.opened?.features[i] ?? "" : `unit ${i + 1}`)),
      next ? list("out:", Array.from({ length: next.units }, (_, k) => next.weight.values[k * next.inputs + unit.unit]!), (i) =>
        unit.layer + 2 === columns.length - 1 ? (next.units === 1 ? "output" : `class ${session.opened?.classes[i] ?? i}`) : `unit ${i + 1}`) : "");
  };

  const show = (): void => {
    layers = layersOf(weights);
    none.hidden = layers !== null;
    scroller.hidden = layers === null;
    if (!layers) return;
    build();
    drawEdges();
    drawUnits();
    inspect();
  };
  session.on("opened", () => { built = ""; if (pinned.unit) pinned.toggle(null); });
  session.on("weights", (list) => { weights = list; show(); });
  session.on("mapped", (m) => { if (m.layers.length) drawUnits(); });
  session.on("settled", () => {
    if (!layers) return;
    text.textContent = `Layers of ${[layers[0]!.inputs, ...layers.map((l) => l.units)].join(", ")} units. ` +
      layers.map((l, k) => `Weights of layer ${k + 1} from ${number(Math.min(...l.weight.values), 3)} to ${number(Math.max(...l.weight.values), 3)}.`).join(" ");
  });
  pinned.listen(inspect);
  onScheme(show);
  new ResizeObserver(() => { if (layers) { built = ""; show(); } }).observe(scroller);
}
