// How many train examples a panel computes with: few, so that their numbers can be read.

import { h } from "../views/dom";

export function examplesField(id: string, changed: () => void): { row: HTMLElement; count(): number } {
  const select = h("select", { id, onchange: changed }, ...[1, 2, 3, 4, 8].map((n) => h("option", { value: n, selected: n === 4 }, String(n))));
  return { row: h("p", {}, h("label", { for: id }, "Train examples, from the first on: "), select), count: () => Number(select.value) };
}
