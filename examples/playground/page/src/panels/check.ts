// The gradient check: every weight's gradient by the tape against numeric derivatives, and the V curve of one of them.

import uPlot from "uplot";
import type { Check, CheckRow } from "../engine/protocol";
import { layersOf, textbookNames } from "../model/net";
import type { Session } from "../model/session";
import { Plot, pattern } from "../views/curves";
import { grouped, h, number } from "../views/dom";
import type { Panel } from "./panels";

const stencils = { automatic: "the best there is", complex_step: "complex step", central: "central difference", four_point: "four points", six_point: "six points" };
const shownRows = 200;

export function checkPanel(session: Session): Panel {
  const stencil = h("select", { id: "check-stencil", onchange: () => void panel.fill(session) },
    ...Object.entries(stencils).map(([value, label]) => h("option", { value }, label)));
  const slider = h("input", { id: "check-step", type: "range", min: -13, max: -1, step: 0.25, value: -5.25, "aria-describedby": "check-step-value" });
  const best = h("input", { id: "check-best", type: "checkbox", checked: true });
  const value = h("output", { id: "check-step-value" });
  const summary = h("p", { class: "verdict" });
  const place = h("div", { class: "scroll tall", tabindex: 0, role: "group", "aria-label": "Every checked gradient" });
  const plot = new Plot("v-curve", "Error of the numeric derivative by step ε", { x: "ε", logX: true, logY: true, points: true, tall: true });
  let chosen: { name: string; index: number[] } | null = null;

  const epsilon = (): number => 10 ** Number(slider.value);
  let names = new Map<string, string>();
  const label = ({ name, index }: { name: string; index: number[] }): string => `${names.get(name) ?? name}[${index.join(", ")}]`;
  const showStep = (): void => {
    value.textContent = best.checked ? "the best for each entry" : `ε = ${number(epsilon(), 2)}`;
    slider.setAttribute("aria-valuetext", value.textContent);
  };
  const rows = (check: Check): CheckRow[] => [...check.rows].sort((a, b) => b.difference - a.difference).slice(0, shownRows);

  const curve = async (): Promise<void> => {
    if (!chosen) return;
    const { analytic, rows } = await session.engine.call("curve", chosen);
    const sorted = [...rows].sort((a, b) => a.h - b.h);
    plot.fill([{ name: "central, 2 points" }, { name: "4 points", ...pattern(1) }, { name: "6 points", ...pattern(2) }, { name: "complex step", ...pattern(3) }],
      [sorted.map((r) => r.h), ...(["central", "four_point", "six_point", "complex"] as const).map((k) => sorted.map((r) => r[k]))] as uPlot.AlignedData);
    plot.mark(best.checked ? null : epsilon());
    const lowest = sorted.reduce((a, r) => (r.central !== null && r.central > 0 && r.central < (a.central ?? Infinity) ? r : a));
    plot.text.textContent = `Of ${label(chosen)}, whose gradient is ${number(analytic, 6)}: the central difference errs least, by ${number(lowest.central, 2)}, at ε = ${number(lowest.h, 2)}. To its right the formula is too coarse, to its left rounding takes over.`;
    title.textContent = `${label(chosen)} = ${number(analytic, 6)}`;
  };
  const title = h("p", { class: "soft", id: "curve-of" });

  const panel: Panel = {
    id: "check", title: "Gradient check",
    about: "Is every gradient right? The cost is evaluated at weights moved by ε, and the slope found so is held against the tape's. Press an entry to see how its error depends on ε.",
    body: h("div", { class: "check" },
      h("div", {},
        h("div", { class: "fields" },
          h("div", { class: "field" }, h("label", { for: "check-stencil" }, "Held against"), stencil),
          h("div", { class: "field switch" }, h("label", { for: "check-best" }, "Best ε"), best),
          h("div", { class: "field wide" }, h("label", { for: "check-step" }, "ε, from 1e−13 to 0.1 "), value, slider)),
        summary, place),
      h("div", {}, title, plot.element, h("p", { class: "hint" }, "The V: on the right the difference formula errs (truncation), on the left the computer's rounding. A complex step has no difference to round, and no left side."))),
    async fill(session) {
      showStep();
      names = textbookNames(layersOf(await session.engine.call("weights", {})));
      const check = await session.engine.call("check", { stencil: stencil.value, step: best.checked ? 0 : epsilon() });
      const failed = check.rows.filter((r) => r.verdict === "fail").length;
      const kinks = check.rows.filter((r) => r.verdict === "kink").length;
      summary.textContent = `${failed ? `✗ ${grouped(failed)} of ${grouped(check.rows.length)} gradients not confirmed` : `✓ ${grouped(check.rows.length - kinks)} gradients confirmed`}` +
        `${kinks ? `, ${kinks} at a kink, where there is none to compare` : ""}, on ${check.examples} examples by ${check.stencil.replaceAll("_", " ")}; up to ${number(check.tolerance, 2)} is allowed.${check.reason ? ` ${check.reason}` : ""}`;
      summary.classList.toggle("bad", failed > 0);
      const list = rows(check);
      if (!chosen || !check.rows.some((r) => r.name === chosen!.name && r.index.join() === chosen!.index.join())) chosen = list[0] ?? null;
      place.replaceChildren(h("table", { class: "checks" },
        h("caption", {}, list.length < check.rows.length ? `The ${list.length} largest differences of ${grouped(check.rows.length)}` : "Largest difference first"),
        h("thead", {}, h("tr", {}, ...["entry", "by the tape", "central difference", ...(check.rows[0]?.complex !== null ? ["complex step"] : []), "difference", "verdict"].map((c) => h("th", { scope: "col" }, c)))),
        h("tbody", {}, ...list.map((r) => h("tr", {},
          h("th", { scope: "row" }, h("button", { type: "button", class: "entry", onclick: () => { chosen = r; void curve(); } }, label(r))),
          h("td", {}, number(r.analytic, 7)), h("td", {}, number(r.central, 7)), ...(r.complex !== null ? [h("td", {}, number(r.complex, 7))] : []),
          h("td", {}, number(r.difference, 2)), h("td", {}, h("span", { class: r.verdict === "fail" ? "bad" : "good" }, r.verdict === "fail" ? "✗ no" : r.verdict === "kink" ? "kink" : "✓")))))));
      await curve();
    },
  };
  let timer = 0;
  const later = (): void => { showStep(); clearTimeout(timer); timer = window.setTimeout(() => void panel.fill(session), 150); };
  slider.addEventListener("input", () => { best.checked = false; if (stencil.value === "automatic") stencil.value = "central"; plot.mark(epsilon()); later(); });
  best.addEventListener("change", later);
  return panel;
}
