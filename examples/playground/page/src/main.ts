// The page: engine, session and views put together, and the address kept in step with them.

import { Drawing } from "./data/drawing";
import { Engine, EngineError } from "./engine/client";
import type { Options } from "./engine/protocol";
import { byId, lessons } from "./model/presets";
import { Session } from "./model/session";
import { fitting, hasOwnData, start, type Setup } from "./model/setup";
import { work } from "./model/size";
import { fromHash, toHash, type Moment } from "./model/url";
import { panels } from "./panels/panels";
import { bar } from "./views/bar";
import { controls } from "./views/controls";
import type { NewData } from "./views/data_controls";
import { curves } from "./views/curves";
import { find, grouped, h, number } from "./views/dom";
import { inLabels } from "./views/fields";
import { map } from "./views/map";
import { measures } from "./views/measures";
import { net } from "./views/net";
import { notice } from "./views/notice";
import { Pinned } from "./views/pinned";
import { shapes } from "./views/shapes";
import { share } from "./views/share";

declare global {
  interface Window {
    /** For the browser's console, and tests. */
    playground?: { session: Session };
  }
}
declare const makeWorker: () => Worker;

async function begin(): Promise<void> {
  const engine = new Engine(makeWorker(), inLabels);
  const hello = await engine.call("hello", {});
  const session = new Session(engine, hello, start);
  window.playground = { session };

  const failed = (error: unknown): void => {
    if (!(error instanceof EngineError)) throw error;
    notice("error", error.message);
  };
  const guarded = (job: Promise<void>): void => void job.then(() => notice("error", null), failed);

  /** Asks first where the measured step says that the page would stand still. */
  const sized = (options: Options, act: () => Promise<void>): Promise<void> => {
    const { opened } = session;
    const own = hasOwnData(session.setup);
    const seconds = opened && session.pace.tooLong(work({ ...session.options, ...options }, opened, !own), work(session.options, opened, !own));
    if (!seconds) return act();
    notice("size", `By what a step takes on this machine now, one of these would take about ${number(seconds, 2)} s.`,
      [{ label: "Take it all the same", run: () => guarded(act()) }]);
    return Promise.reject(new EngineError("asked above whether that is wanted"));
  };
  const apply = (options: Options): Promise<void> => sized(options, () => session.apply(options));
  const take = ({ data, table, points, options: reading }: NewData): Promise<void> => {
    const options = fitting(session.options, false);
    if (data) Object.assign(options, { data, points: options["points"] ?? "200" });
    else delete options["data"];
    if (points) options["standardize"] = "no"; // what is drawn is what the net gets
    else delete options["standardize"];
    Object.assign(options, reading);
    session.view.held = points !== undefined;
    return session.open({ options, changes: [], stop: session.setup.stop, ...(table !== undefined && { table }), ...(points && { points }) },
      0, session.status === "running");
  };
  const drawing = new Drawing(session, (points) => take({ points }).then(() => notice("error", null), (error: unknown) => { failed(error); throw error; }));
  const pinned = new Pinned();

  // The address. A new start is a new entry of the browser's history; a step, a rate or a panel changes the present one.
  const moment = (): Moment => ({ setup: session.setup, step: session.step, panel: tabs.open });
  const link = (): string => `${location.href.replace(/#.*/, "")}#${toHash(moment())}`;
  let shown = location.hash;
  const write = (how: "push" | "replace"): void => {
    const hash = `#${toHash(moment())}`;
    if (hash === shown) return;
    try {
      history[`${how}State` as const](null, "", hash);
      shown = hash;
    } catch {
      // Browsers allow so many in a minute; a later one holds this too.
    }
  };
  const tabs = panels(session, () => write("replace"));
  let entering = true;
  session.on("opened", () => (opening = true));
  let opening = false;
  session.on("settled", () => {
    write(opening && !entering ? "push" : "replace");
    opening = entering = false;
  });
  let wrote = 0;
  session.on("trained", () => {
    if (session.status !== "running" || performance.now() - wrote < 2000) return;
    wrote = performance.now();
    write("replace");
  });

  bar(session, guarded);
  controls(session, drawing, apply, take);
  map(session, drawing, pinned);
  net(session, pinned);
  shapes(session);
  curves(session);
  measures(session);
  share(session, guarded, link);
  lessonMenu((setup, panel) => enter({ setup, step: 0, panel }, false));
  session.on("diverged", (d) => notice("diverged", d && `The run has diverged in step ${grouped(d.failed)}. First to fail was ${d.cause}. ` +
    `The net has gone back to its last finite weights, those of step ${grouped(d.step)}.`, d ? [
    { label: `Start again with a rate of ${number(d.try, 3)}`, run: () => guarded(session.apply({ lr: String(d.try) }).then(() => session.rewind()).then(() => session.run())) },
    { label: `Go on from here with ${number(d.try, 3)}`, run: () => guarded(session.apply({ lr: String(d.try) }).then(() => session.run())) }] : []));
  session.on("failed", failed);
  session.on("stopped", (reason) => notice("stopped", `Stopped: ${reason}.`));
  session.on("status", (status) => { if (status === "running") notice("stopped", null); });

  const enter = ({ setup, step, panel }: Moment, byAddress: boolean): void => {
    entering = byAddress;
    session.view.held = false;
    tabs.show(panel);
    guarded(session.open(setup, step));
  };
  window.addEventListener("popstate", () => {
    shown = location.hash;
    enter(fromHash(location.hash) ?? { setup: start, step: 0, panel: null }, true);
  });
  const wanted = fromHash(location.hash);
  enter(wanted ?? { setup: start, step: 0, panel: null }, true);
  // A link that the engine refuses leaves a page without a run; the first lesson takes its place, the sentence stays.
  if (wanted) session.redraw().then(() => { if (!session.opened) return session.open(start); }).catch(failed);
}

function lessonMenu(enter: (setup: Setup, panel: string | null) => void): void {
  const select = find<HTMLSelectElement>("lesson");
  const note = find("lesson-note");
  select.append(h("option", { value: "" }, "choose one …"), ...lessons.map((l) => h("option", { value: l.id }, l.title)));
  select.addEventListener("change", () => {
    const lesson = byId(select.value);
    note.hidden = !lesson;
    if (!lesson) return;
    note.textContent = lesson.note;
    enter(lesson.setup, lesson.panel ?? null);
  });
}

begin().catch((error: unknown) => notice("error", error instanceof Error ? error.message : String(error)));
