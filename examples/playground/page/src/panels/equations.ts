// The hand-derived equations, computed by plain loops in the engine, beside what its tape gives.

import type { Session } from "../model/session";
import { h, number, shape } from "../views/dom";
import { math } from "../views/math";
import { matrix } from "../views/matrix";
import type { Panel } from "./panels";
import { examplesField } from "./examples_field";

export function equationsPanel(session: Session): Panel {
  const examples = examplesField("equation-examples", () => void panel.fill(session));
  const summary = h("p", { class: "verdict" });
  const place = h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "The equations" });
  const panel: Panel = {
    id: "equations", title: "Equations",
    about: "From the last layer down: each equation as it is derived on paper, its numbers by plain loops, and those that the tape found without knowing it.",
    body: h("div", {}, examples.row, summary, place),
    async fill(session) {
      const { rows, examples: m, tolerance } = await session.engine.call("equations", { examples: examples.count() });
      const broken = rows.filter((r) => !r.holds);
      summary.textContent = broken.length
        ? `${broken.length} of ${rows.length} do not hold: ${broken.map((r) => r.name).join(", ")}.`
        : `All ${rows.length} equations hold on these m = ${m} examples: the largest difference is ${number(Math.max(...rows.map((r) => r.difference)), 2)}, ${number(tolerance, 2)} is allowed.`;
      place.replaceChildren(h("table", { class: "tape" },
        h("thead", {}, h("tr", {}, ...["equation", "shape", "by hand", "by the tape", "difference"].map((c) => h("th", { scope: "col" }, c)))),
        h("tbody", {}, ...rows.map((r) => h("tr", {},
          h("th", { scope: "row" }, math(r.formula)), h("td", {}, shape(r.shape)),
          h("td", {}, matrix(`${r.name} by hand`, r.shape, r.by_hand, r.count)),
          h("td", {}, matrix(`${r.name} by the tape`, r.shape, r.by_tape, r.count)),
          h("td", {}, number(r.difference, 2), " ", h("b", { class: r.holds ? "good" : "bad" }, r.holds ? "✓ holds" : "✗ does not hold")))))));
    },
  };
  return panel;
}
