// The three groups of controls: data, model, training.

import type { Drawing } from "../data/drawing";
import type { Session } from "../model/session";
import { dataControls, type NewData } from "./data_controls";
import { find, h } from "./dom";
import { moreFields, netFields, trainingFields } from "./fields";
import { Form, answering, type Apply } from "./form";
import { layerControls } from "./layer_controls";

const group = (title: string, ...children: Node[]): HTMLDetailsElement =>
  h("details", { class: "group", open: matchMedia("(min-width: 46rem)").matches }, h("summary", {}, h("h2", {}, title)), h("div", { class: "fields" }, ...children));

export function controls(session: Session, drawing: Drawing, apply: Apply, take: (data: NewData) => Promise<void>): void {
  const form = new Form(session, apply);
  find("controls").append(
    group("Data", ...dataControls(session, drawing, form, apply, take)),
    group("Model", layerControls(session, apply), ...netFields.map((f) => form.field(f))),
    group("Training", rate(session, apply), ...trainingFields.map((f) => form.field(f)), ...stops(session),
      h("details", { class: "more" }, h("summary", {}, "More"), h("div", { class: "fields" }, ...moreFields.map((f) => form.field(f))))));
}

/** The learning rate, with steps of a factor 2 either way: it is turned while a run goes on. */
function rate(session: Session, apply: Apply): HTMLElement {
  const error = h("p", { class: "error", id: "option-lr-error" });
  const input = h("input", { id: "option-lr", type: "number", step: "any", min: 0, inputmode: "decimal", placeholder: "auto",
    "aria-describedby": "option-lr-error" });
  const send = (): void => answering(input, error, () => apply({ lr: input.value.trim() === "" ? "0" : input.value.trim() }));
  const by = (factor: number) => () => {
    const now = Number(session.options["lr"] ?? 0) || session.lr;
    if (now > 0) { input.value = String(Number((now * factor).toPrecision(6))); send(); }
  };
  input.addEventListener("change", send);
  session.on("changed", () => {
    const value = session.options["lr"] ?? "0";
    input.value = value === "0" ? "" : value;
    error.textContent = "";
    input.removeAttribute("aria-invalid");
  });
  return h("div", { class: "field" }, h("label", { for: "option-lr" }, "Learning rate"),
    h("span", { class: "joined" },
      h("button", { type: "button", title: "Half the rate", "aria-label": "÷2: half the learning rate", onclick: by(0.5) }, "÷2"), input,
      h("button", { type: "button", title: "Twice the rate", "aria-label": "×2: twice the learning rate", onclick: by(2) }, "×2")), error);
}

function stops(session: Session): HTMLElement[] {
  const field = (name: "accuracy" | "patience", label: string, hint: string, most: number): HTMLElement => {
    const input = h("input", { id: `stop-${name}`, type: "number", min: 0, max: most, step: "any", placeholder: "never", "aria-describedby": `stop-${name}-hint` });
    input.addEventListener("change", () => {
      const stop = { ...session.setup.stop };
      if (input.valueAsNumber > 0) stop[name] = input.valueAsNumber;
      else delete stop[name];
      session.setStop(stop);
    });
    session.on("changed", ({ stop }) => (input.value = stop[name] === undefined ? "" : String(stop[name])));
    return h("div", { class: "field" }, h("label", { for: `stop-${name}` }, label), input, h("span", { class: "hint", id: `stop-${name}-hint` }, hint));
  };
  return [
    field("accuracy", "Stop at, %", "dev accuracy", 100),
    field("patience", "Stop after", "epochs without a better dev cost", 1e9),
  ];
}
