// The figures of now: both parts, the confusion matrix, each layer's state.

import type { Measured } from "../engine/protocol";
import type { Session } from "../model/session";
import { find, grouped, h, number, percent } from "./dom";

export function table(caption: string, head: string[], rows: (string | Node)[][], attributes: Record<string, string> = {}): HTMLElement {
  return h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": caption },
    h("table", attributes, h("caption", {}, caption), h("thead", {}, h("tr", {}, ...head.map((c) => h("th", { scope: "col" }, c)))),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((c, i) => (i === 0 ? h("th", { scope: "row" }, c) : h("td", {}, c))))))));
}

export function measures(session: Session): void {
  const place = h("div", { class: "tables" });
  find("measures").append(place);
  const show = (m: Measured): void => {
    const classes = session.opened?.classes ?? [];
    const parts = [["train", m.train], ["dev", m.dev]] as const;
    const some = parts.filter((p) => p[1]);
    const [name, shown] = some.at(-1)!;
    const focus = document.activeElement?.getAttribute("aria-label");
    place.replaceChildren(
      table("Parts", ["part", "cost", "accuracy"], some.map(([n, p]) => [n, number(p!.cost), percent(p!.accuracy)])),
      table(`Confusion of the ${name} part`, ["true class", ...classes.map((c) => `taken for ${c}`)],
        shown!.confusion.map((row, k) => [classes[k] ?? String(k), ...row.map((n, i) => h(i === k ? "b" : "span", {}, grouped(n)))]), { class: "confusion" }),
      table("Layers: norms of gradient and weights, shares of units", ["layer", "gradient", "weights", "dead", "saturated"],
        m.layers.map((l, k) => [`${k + 1} (${grouped(l.units)})`, number(l.gradient_norm, 3), number(l.weight_norm, 3), percent(l.dead, 0), percent(l.saturated, 0)])));
    if (focus) [...place.querySelectorAll<HTMLElement>("[tabindex]")].find((e) => e.getAttribute("aria-label") === focus)?.focus();
  };
  let shownAt = 0;
  session.on("measured", (m) => {
    if (session.status === "running" && performance.now() - shownAt < 400) return;
    shownAt = performance.now();
    show(m);
  });
  session.on("settled", () => { const last = session.history.measures.at(-1); if (last) show(last); });
  find("measures").append(h("p", { class: "soft small" },
    "Dead: units that are 0 for every train example. Saturated: units on the flat part of their curve for more than nine examples in ten."));
}
