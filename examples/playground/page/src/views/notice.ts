// Sentences that need an eye, each with what can be done about it.

import { find, h } from "./dom";

export interface Action {
  label: string;
  run(): void;
}

/** Takes the place of an earlier notice of that kind; null removes it. */
export function notice(kind: string, text: string | null, actions: Action[] = []): void {
  const box = find("notices");
  box.querySelector(`[data-kind="${kind}"]`)?.remove();
  if (text === null) return;
  const close = (): void => notice(kind, null);
  box.append(
    h("div", { class: "notice", "data-kind": kind },
      h("p", {}, text),
      ...actions.map((a) => h("button", { type: "button", onclick: () => { close(); a.run(); } }, a.label)),
      h("button", { type: "button", class: "quiet", onclick: close }, "Close")),
  );
}

let spoken = 0;

/** For screen readers, politely: what has just happened. */
export function say(text: string): void {
  spoken = performance.now();
  find("status").textContent = text;
}

/** The same, but only if nothing was said for a while. */
export function sayAtTimes(text: () => string): void {
  if (performance.now() - spoken > 15_000) say(text());
}
