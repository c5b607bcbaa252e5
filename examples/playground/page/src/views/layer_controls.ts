// Hidden layers: how many, and of each its units and activation. None is logistic regression.

import type { Session } from "../model/session";
import { hiddenLayers, layerOptions, type HiddenLayer } from "../model/setup";
import { h } from "./dom";
import { answering, spoken, type Apply } from "./form";

export function layerControls(session: Session, apply: Apply): HTMLElement {
  const rows = h("div", { class: "layers" });
  const error = h("p", { class: "error", id: "layers-error" });
  const count = h("output", { class: "count" });
  const { activations } = session.hello;
  let layers: HiddenLayer[] = [];

  const change = (input: HTMLInputElement | HTMLSelectElement, wanted: HiddenLayer[]): void =>
    answering(input, error, () => apply(layerOptions(wanted)));
  const resize = (by: number) => (): void => {
    const wanted = by > 0 ? [...layers, { ...(layers.at(-1) ?? { units: "8", activation: "tanh" }) }] : layers.slice(0, -1);
    change(h("input"), wanted);
  };
  const fewer = h("button", { type: "button", id: "fewer-layers", "aria-label": "One hidden layer fewer", onclick: resize(-1) }, "−");
  const more = h("button", { type: "button", id: "more-layers", "aria-label": "One hidden layer more", onclick: resize(1) }, "+");

  const row = (layer: HiddenLayer, k: number): HTMLElement => {
    const units = h("input", { id: `units-${k + 1}`, type: "number", min: 1, step: 1, inputmode: "numeric", value: layer.units,
      "aria-label": `Units of hidden layer ${k + 1}`, "aria-describedby": "layers-error" });
    const activation = h("select", { id: `activation-${k + 1}`, "aria-label": `Activation of hidden layer ${k + 1}` },
      ...activations.map((a) => h("option", { value: a, selected: a === layer.activation }, spoken(a))));
    const replaced = (): HiddenLayer[] => layers.map((l, i) => (i === k ? { units: units.value || "1", activation: activation.value } : l));
    units.addEventListener("change", () => change(units, replaced()));
    activation.addEventListener("change", () => change(activation, replaced()));
    return h("div", { class: "layer-row" }, h("span", { class: "soft" }, `${k + 1}`), units, activation);
  };
  session.on("changed", () => {
    const now = hiddenLayers(session.options);
    const focused = document.activeElement?.id;
    error.textContent = "";
    layers = now ?? [];
    count.textContent = now ? String(layers.length) : "–";
    fewer.disabled = layers.length === 0;
    rows.replaceChildren(...(now ? layers.map(row) : [h("p", { class: "soft" }, `The link asks for ${session.options["layers"]}.`)]),
      ...(now && !layers.length ? [h("p", { class: "soft" }, "None: logistic regression, a straight boundary.")] : []));
    if (focused && rows.querySelector(`#${focused}`)) document.getElementById(focused)?.focus();
  });
  return h("div", { class: "wide", role: "group", "aria-label": "Hidden layers" },
    h("div", { class: "stepper" }, h("span", {}, "Hidden layers"), fewer, count, more), rows, error);
}
