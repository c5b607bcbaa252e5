// The tape of one step: a row an operation, in the order in which the engine recorded them.

import type { TapeNode } from "../engine/protocol";
import type { Session } from "../model/session";
import { h, shape } from "../views/dom";
import { matrix } from "../views/matrix";
import type { Panel } from "./panels";
import { examplesField } from "./examples_field";

export function tapePanel(session: Session): Panel {
  const examples = examplesField("tape-examples", () => void panel.fill(session));
  const place = h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "The tape" });
  const formulas = h("pre", { class: "formula", tabindex: 0, role: "group", "aria-label": "The tape as formulas" });
  const operand = (o: number | string, nodes: TapeNode[]): Node =>
    typeof o === "number" ? h("a", { href: `#tape-row-${o}`, onclick: (event) => { event.preventDefault(); focusRow(o); } }, nodes[o]?.name || `#${o}`) : document.createTextNode(o);
  const focusRow = (index: number): void => {
    const row = document.getElementById(`tape-row-${index}`);
    row?.scrollIntoView({ block: "nearest" });
    row?.focus();
  };
  const panel: Panel = {
    id: "tape", title: "Tape",
    about: "What one forward pass leaves behind. Backward goes through it from the last row to the first, and each row hands its gradient on to its operands.",
    body: h("div", {}, examples.row, place, h("details", {}, h("summary", {}, "The same as formulas"), formulas)),
    async fill(session) {
      const tape = await session.engine.call("tape", { examples: examples.count(), part: "train" });
      formulas.textContent = tape.nodes.filter((n) => n.operands.length && !n.name.includes("#")).map((n) => `${n.name} = ${n.formula}`).join("\n");
      place.replaceChildren(h("table", { class: "tape" },
        h("caption", {}, `${tape.nodes.length} rows, results of ${tape.bytes} bytes`),
        h("thead", {}, h("tr", {}, ...["#", "name", "operation", "operands", "shape", "value", "gradient"].map((c) => h("th", { scope: "col" }, c)))),
        h("tbody", {}, ...tape.nodes.map((n) => h("tr", { id: `tape-row-${n.index}`, tabindex: -1 },
          h("th", { scope: "row" }, String(n.index)),
          h("td", {}, n.name || "–", n.parameter && h("span", { class: "soft block" }, n.parameter)),
          h("td", {}, n.operation, n.attributes && h("span", { class: "soft block" }, n.attributes)),
          h("td", {}, ...n.operands.flatMap((o, i) => (i ? [", ", operand(o, tape.nodes)] : [operand(o, tape.nodes)]))),
          h("td", {}, shape(n.shape)),
          h("td", {}, matrix(`value of ${n.name || `row ${n.index}`}`, n.shape, n.value, n.count)),
          h("td", {}, n.gradient ? matrix(`gradient of ${n.name || `row ${n.index}`}`, n.shape, n.gradient, n.count) : "none"))))));
    },
  };
  return panel;
}
