// The matrices of one step, layer by layer, as boxes with their shapes: one example per row, as the engine has it.

import type { NamedTensor } from "../engine/protocol";
import { layersOf } from "../model/net";
import type { Session } from "../model/session";
import { hiddenLayers } from "../model/setup";
import { find, h, shape, svg } from "./dom";
import { spoken } from "./form";

const side = (n: number): number => Math.max(8, Math.min(56, 5 + 5 * n));

function box(name: string, rows: number, columns: number, kind: string): [SVGElement, number] {
  const width = Math.max(58, side(columns));
  const high = side(rows);
  return [svg("g", {},
    svg("rect", { x: (width - side(columns)) / 2, y: 34 - high / 2, width: side(columns), height: high, class: kind }),
    svg("text", { x: width / 2, y: 78, class: "matrix-name" }, name),
    svg("text", { x: width / 2, y: 94, class: "matrix-shape" }, shape(rows === 1 && name.startsWith("b") ? [columns] : [rows, columns]))), width];
}

export function shapes(session: Session): void {
  const place = find("shapes");
  const output = (): string => (session.view.classes === 2 ? "σ" : "softmax");
  let built = "";
  session.on("opened", () => (built = ""));
  session.on("weights", (weights: NamedTensor[]) => {
    const layers = layersOf(weights);
    const opened = session.opened;
    const key = layers?.map((l) => l.units).join() ?? "none";
    if (!opened || key === built) return;
    built = key;
    const batch = Number(session.options["batch"] ?? 0);
    const m = batch > 0 ? Math.min(batch, opened.train.count) : opened.train.count;
    const hidden = hiddenLayers(session.options) ?? [];
    place.replaceChildren(
      h("p", { class: "hint" }, `One row per example, ${m} of them in a step. Where a textbook has one column per example, everything is transposed.`),
      ...(layers ?? []).map((layer, k) => {
        const last = k === layers!.length - 1;
        const g = last ? output() : spoken(hidden[k]?.activation ?? "");
        const before = k === 0 ? "X" : `A${k}`;
        const parts: (readonly [SVGElement, number] | string)[] = [
          box(before, m, layer.inputs, "data"), "·", box(`W${k + 1}ᵀ`, layer.inputs, layer.units, "weight"), "+",
          box(`b${k + 1}`, 1, layer.units, "weight"), "=", box(`Z${k + 1}`, m, layer.units, "data"), "→", box(`A${k + 1}`, m, layer.units, "data"),
        ];
        const drawing = svg("svg", { role: "img",
          "aria-label": `Layer ${k + 1}: ${before} ${shape([m, layer.inputs])} times W${k + 1} transposed ${shape([layer.inputs, layer.units])} plus b${k + 1} ${shape([layer.units])} gives Z${k + 1} ${shape([m, layer.units])}; A${k + 1} is ${g} of Z${k + 1}` });
        let x = 0;
        for (const part of parts) {
          const [element, width] = typeof part === "string"
            ? [svg("text", { x: 10, y: 39, class: "matrix-sign" }, part), 20] as const : part;
          element.setAttribute("transform", `translate(${x} 0)`);
          drawing.append(element);
          x += width + 2;
        }
        drawing.setAttribute("viewBox", `0 0 ${x} 100`);
        return h("div", { class: "layer-shape" }, h("p", { class: "layer-name" }, `Layer ${k + 1}, ${g}`), drawing);
      }));
  });
}
