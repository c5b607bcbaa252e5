// Inputs for options. A change goes to the engine at once; what it refuses stays in the field, with its sentence below.

import type { Options } from "../engine/protocol";
import type { Session } from "../model/session";
import { h } from "./dom";
import type { Field } from "./fields";

type Input = HTMLInputElement | HTMLSelectElement;
export type Apply = (options: Options) => Promise<void>;

/** Words as people write them. */
export const spoken = (word: string): string => word.replaceAll("_", " ");

/** Calls `act`, and shows what it is refused with under the input. */
export function answering(input: HTMLElement, error: HTMLElement, act: () => Promise<void>): void {
  act().then(
    () => { error.textContent = ""; input.removeAttribute("aria-invalid"); },
    (reason: Error) => { error.textContent = reason.message; input.setAttribute("aria-invalid", "true"); });
}

export class Form {
  private readonly rows: { field: Field; usual: string; row: HTMLElement; input: Input; error: HTMLElement }[] = [];

  constructor(private readonly session: Session, private readonly apply: Apply) {
    session.on("changed", () => this.show());
  }

  field(field: Field): HTMLElement {
    const { hello } = this.session;
    const usual = hello.defaults[field.option] ?? "";
    const words = typeof field.words === "string" ? hello[field.words] : field.words ?? [];
    const id = `option-${field.option}`;
    const error = h("p", { class: "error", id: `${id}-error` });
    const input: Input = field.kind === "words"
      ? h("select", { id }, ...words.map((w) => h("option", { value: w }, spoken(w))))
      : field.kind === "switch"
        ? h("input", { id, type: "checkbox" })
        : h("input", { id, type: field.kind, ...(field.step && { step: field.step, inputmode: "decimal" }), autocomplete: "off", spellcheck: "false" });
    input.setAttribute("aria-describedby", `${id}-error${field.hint ? ` ${id}-hint` : ""}`);
    input.addEventListener("change", () => answering(input, error, () => this.apply({ [field.option]: this.value(input, usual) })));
    const row = h("div", { class: field.kind === "switch" ? "field switch" : "field" },
      h("label", { for: id, title: hello.help[field.option] }, field.label), input,
      field.hint && h("span", { class: "hint", id: `${id}-hint` }, field.hint), error);
    this.rows.push({ field, usual, row, input, error });
    return row;
  }

  /** What the fields hold, of those that are not at the engine's default. */
  values(): Options {
    return Object.fromEntries(this.rows.map(({ field, usual, input }) => [field.option, this.value(input, usual), usual] as const)
      .filter(([, value, usual]) => value !== usual).map(([option, value]) => [option, value]));
  }

  show(): void {
    const options = this.session.options;
    for (const { field, usual, row, input, error } of this.rows) {
      const value = options[field.option] ?? usual;
      if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = value === "true";
      else if (input.value !== value) input.value = value;
      row.hidden = field.when ? !field.when(options) : false;
      error.textContent = "";
      input.removeAttribute("aria-invalid");
    }
  }

  private value(input: Input, usual: string): string {
    if (input instanceof HTMLInputElement && input.type === "checkbox") return input.checked ? "true" : usual;
    return input.value.trim() === "" ? usual : input.value.trim();
  }
}
