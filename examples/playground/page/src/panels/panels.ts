// The Backprop panels as tabs. One is filled when it is opened and whenever the run stands still.

import type { Session } from "../model/session";
import { EngineError } from "../engine/client";
import { find, grouped, h } from "../views/dom";
import { checkPanel } from "./check";
import { equationsPanel } from "./equations";
import { matricesPanel } from "./matrices";
import { tapePanel } from "./tape";

export interface Panel {
  id: string;
  title: string;
  about: string;
  body: HTMLElement;
  /** Fills the body; what it throws is shown in its place. */
  fill(session: Session): Promise<void>;
}

export interface Panels {
  open: string | null;
  show(id: string | null): void;
}

export function panels(session: Session, changed: () => void): Panels {
  const all: Panel[] = [tapePanel(session), equationsPanel(session), checkPanel(session), matricesPanel(session)];
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": "Backpropagation" });
  const stamp = h("p", { class: "soft", id: "panel-step" });
  const error = h("p", { class: "error", role: "status" });
  const tabs = all.map((p) => h("button", { type: "button", role: "tab", id: `tab-${p.id}`, "aria-controls": `panel-${p.id}`, "aria-selected": "false", tabindex: -1 }, p.title));
  const bodies = all.map((p) => h("div", { role: "tabpanel", id: `panel-${p.id}`, "aria-labelledby": `tab-${p.id}`, hidden: true, tabindex: 0 }, h("p", { class: "soft" }, p.about), p.body));
  const hint = h("p", { class: "soft" }, "Open one of these: they show the step that the run stands at.");
  list.append(...tabs);
  find("panels").append(list, hint, stamp, error, ...bodies);

  const fill = async (): Promise<void> => {
    const panel = all.find((p) => p.id === state.open);
    if (!panel || !session.opened || session.status === "running") return;
    try {
      await panel.fill(session);
      error.textContent = "";
    } catch (e) {
      if (!(e instanceof EngineError)) throw e;
      error.textContent = e.message;
    }
    panel.body.hidden = error.textContent !== "";
    stamp.textContent = `At step ${grouped(session.step)}.`;
  };
  const state: Panels = {
    open: null,
    show(id) {
      state.open = all.some((p) => p.id === id) ? id : null;
      all.forEach((p, i) => {
        const on = p.id === state.open;
        bodies[i]!.hidden = !on;
        tabs[i]!.setAttribute("aria-selected", String(on));
        tabs[i]!.tabIndex = on || (!state.open && i === 0) ? 0 : -1;
      });
      hint.hidden = state.open !== null;
      stamp.textContent = error.textContent = "";
      void fill();
    },
  };
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => { state.show(tab.getAttribute("aria-selected") === "true" ? null : all[i]!.id); changed(); });
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = (to + tabs.length) % tabs.length;
      state.show(all[next]!.id);
      tabs[next]!.focus();
      changed();
    });
  });
  tabs[0]!.tabIndex = 0;
  session.on("settled", () => void fill());
  session.on("status", (status) => { if (status === "running" && state.open) stamp.textContent = `Of step ${grouped(session.step)}; pause to bring it up to date.`; });
  return state;
}
