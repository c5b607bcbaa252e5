// Run, pause, one step, rewind; and where the run stands. It stays in sight on a phone.

import { speeds, type Speed } from "../model/pace";
import type { Session } from "../model/session";
import { find, grouped, h, number, percent } from "./dom";
import { say, sayAtTimes } from "./notice";

export function bar(session: Session, guarded: (job: Promise<void>) => void): void {
  const button = (label: string, title: string, act: () => void, attributes = {}): HTMLButtonElement =>
    h("button", { type: "button", title, onclick: act, ...attributes }, label);
  const run = button("Run", "Train until it is paused or done", () => guarded(session.status === "running" ? session.pause() : session.run()),
    { class: "primary", id: "run" });
  const step = button("Step", "One step of training", () => guarded(session.advance(1)), { id: "step" });
  const epoch = button("Epoch", "Every example once", () => guarded(session.advance(session.opened?.steps ?? 1)), { id: "epoch" });
  const rewind = button("Rewind", "Back to the same starting weights", () => guarded(session.rewind()), { id: "rewind" });
  const renew = button("New start", "Another seed: new points, new weights", () =>
    guarded(session.apply({ seed: String(Number(session.options["seed"] ?? 0) + 1) })), { id: "renew" });
  const speed = h("select", { id: "speed", onchange: () => (session.pace.speed = speed.value as Speed) },
    ...Object.keys(speeds).map((s) => h("option", { value: s, selected: s === session.pace.speed }, s === "max" ? "full speed" : `${s} / frame`)));
  const out = (name: string): [HTMLElement, HTMLElement] => {
    const value = h("dd", {}, "–");
    return [h("div", {}, h("dt", {}, name), value), value];
  };
  const [epochBox, epochs] = out("epoch");
  const [stepBox, steps] = out("step");
  const [rateBox, rate] = out("rate");
  const [costBox, cost] = out("cost");
  const [devBox, dev] = out("dev accuracy");
  const [timeBox, time] = out("µs a step");
  timeBox.classList.add("wide");
  rateBox.classList.add("wide");
  epochBox.classList.add("wide");

  find("bar").append(
    h("div", { class: "buttons" }, run, step, epoch, rewind, renew),
    h("label", { class: "speed" }, h("span", { class: "hidden" }, "Steps per frame"), speed),
    h("dl", { class: "readout" }, epochBox, stepBox, rateBox, costBox, devBox, timeBox));

  const show = (): void => {
    epochs.textContent = grouped(Math.floor(session.epoch));
    steps.textContent = grouped(session.step);
    rate.textContent = number(session.lr || Number(session.options["lr"]) || null, 3);
    time.textContent = session.pace.microseconds ? number(session.pace.microseconds, 3) : "–";
    const last = session.history.cost.at(-1);
    const measured = session.history.measures.at(-1);
    cost.textContent = number(!last || measured?.step === session.step ? measured?.train.cost : last[1], 4);
  };
  const summary = (): string => {
    const m = session.history.measures.at(-1);
    return m ? `Step ${grouped(m.step)}: train cost ${number(m.train.cost, 3)}, ${m.dev ? "dev" : "train"} accuracy ${percent((m.dev ?? m.train).accuracy)}.` : "";
  };
  session.on("status", (status) => {
    const busy = status === "opening" || status === "replaying";
    run.textContent = status === "running" ? "Pause" : "Run";
    for (const b of [run, step, epoch, rewind, renew]) b.disabled = busy && !session.opened;
    document.body.dataset["status"] = status;
    if (status === "running") say("Training.");
    if (status === "paused") say(`Paused. ${summary()}`);
    if (status === "replaying") say("Going on to the step of the link.");
  });
  session.on("pending", (count) => (document.body.dataset["pending"] = String(count)));
  session.on("trained", show);
  session.on("measured", (m) => {
    dev.textContent = percent((m.dev ?? m.train).accuracy);
    show();
    sayAtTimes(summary);
  });
  session.on("opened", show);
  session.on("settled", show);
  session.on("stopped", (reason) => say(`Stopped: ${reason}. ${summary()}`));
}
