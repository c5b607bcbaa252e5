// The run on the page: what was asked for, where it stands, and everything that changes it, one thing after another.

import type { Engine } from "../engine/client";
import type { Hello, Opened, Options } from "../engine/protocol";
import { Figures, type Status } from "./figures";
import { current, fitting, hasOwnData, isTunable, type Setup } from "./setup";

export class Session extends Figures {
  status: Status = "opening";
  private pending = 0;
  private order: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine, readonly hello: Hello, public setup: Setup) {
    super(engine);
  }

  get options(): Options {
    return current(this.setup);
  }
  get epoch(): number {
    return this.opened ? this.step / this.opened.steps : 0;
  }

  /** Starts a run anew and goes on to a step. Rejects with the engine's sentence; the former run then stays. */
  open(setup: Setup, step = 0, goOn = false): Promise<void> {
    return this.exclusive(async () => {
      this.say("opening");
      const wanted = { ...setup, options: fitting(setup.options, hasOwnData(setup)) };
      this.begin(await this.engine.call("open", {
        options: wanted.options,
        ...(wanted.table !== undefined && { table: wanted.table }),
        ...(wanted.points && { points: wanted.points }),
        ...(wanted.weights && { weights: wanted.weights }),
      }), wanted);
      await this.replay(wanted, step);
      await this.settle();
    }, goOn);
  }

  /** Takes a saved model in place of the run. */
  load(file: string): Promise<void> {
    return this.exclusive(async () => {
      const opened = await this.engine.call("load", { file });
      const { defaults } = this.hello;
      const options = Object.fromEntries(Object.entries(opened.options ?? {}).filter(([name, value]) => value !== defaults[name]));
      this.begin(opened, { options, changes: [], stop: this.setup.stop, loaded: true, ...(opened.table && { table: opened.table }) });
      this.step = opened.step ?? 0;
      await this.settle();
    });
  }

  /** Changes options: in the midst of the run where that can be, with a new start where not. */
  async apply(options: Options): Promise<void> {
    if (this.opened && Object.keys(options).every(isTunable)) await this.retune(options);
    else await this.open({ ...this.setup, options: { ...this.options, ...options }, changes: [], loaded: false }, 0, this.running);
  }

  private retune(options: Options): Promise<void> {
    return this.exclusive(async () => {
      const { command, steps } = await this.engine.call("retune", { options: fitting({ ...this.options, ...options }, hasOwnData(this.setup)) });
      if (this.opened) this.opened = { ...this.opened, command, steps };
      if (this.step === 0) this.setup = { ...this.setup, options: { ...this.options, ...options }, changes: [] };
      else this.setup = { ...this.setup, changes: [...this.setup.changes, { step: this.step, options }] };
      this.emit("diverged", null);
      this.emit("changed", this.setup);
      await this.settle();
    }, this.running);
  }

  rewind(): Promise<void> {
    return this.exclusive(async () => {
      await this.engine.call("rewind", {});
      this.setup = { ...this.setup, options: this.options, changes: [], loaded: false };
      this.step = 0;
      this.history.clear();
      this.emit("diverged", null);
      this.emit("changed", this.setup);
      await this.settle();
    });
  }

  advance(steps: number): Promise<void> {
    return this.exclusive(async () => {
      await this.train(steps, 1e9);
      await this.settle();
    });
  }

  run(): Promise<void> {
    return this.exclusive(async () => {}, true);
  }

  pause(): Promise<void> {
    return this.exclusive(() => this.settle());
  }

  setStop(stop: Setup["stop"]): void {
    this.setup = { ...this.setup, stop };
    this.emit("changed", this.setup);
  }

  /** Other features of the data span the plane. */
  show(axes: [number, number]): void {
    if (!this.opened) return;
    this.view.axes = axes;
    this.view.fit(this.opened);
    this.emit("opened", this.opened);
    void this.redraw();
  }

  /** Draws and measures once more, for a view that shows something else now. */
  redraw(): Promise<void> {
    return this.running ? Promise.resolve() : this.exclusive(() => this.settle());
  }

  /** One change after another, the run standing still meanwhile. */
  private exclusive(change: () => Promise<void>, goOn = false): Promise<void> {
    this.running = false;
    this.emit("pending", ++this.pending);
    const next = this.order.then(change).finally(() => this.emit("pending", --this.pending)).then(
      () => (goOn ? this.start() : this.say("paused")),
      (error: unknown) => {
        this.say("paused");
        throw error;
      },
    );
    this.order = next.catch(() => {});
    return next;
  }

  private start(): void {
    this.running = true;
    this.say("running");
    this.order = this.order.then(() => this.loop()).catch((error: unknown) => {
      this.running = false;
      this.say("paused");
      this.emit("failed", error);
    });
  }

  private say(status: Status): void {
    this.status = status;
    this.emit("status", status);
  }

  private begin(given: Opened, setup: Setup): void {
    const opened = given.dev?.count ? given : { ...given, dev: null };
    this.opened = opened;
    this.setup = setup;
    this.step = this.lr = 0;
    this.history.clear();
    this.view.fit(opened);
    this.emit("diverged", null);
    this.emit("opened", opened);
    this.emit("changed", setup);
  }

  private async replay(setup: Setup, step: number): Promise<void> {
    await this.measure(); // so that curves have their beginning
    if (step === 0) return;
    this.say("replaying");
    const changes = setup.changes.filter((c) => c.step <= step);
    let options = setup.options;
    for (const change of changes) {
      await this.trainTo(change.step);
      options = { ...options, ...change.options };
      await this.engine.call("retune", { options: fitting(options, hasOwnData(this.setup)) });
    }
    await this.trainTo(step);
  }

  private async trainTo(step: number): Promise<void> {
    const piece = Math.ceil((step - this.step) / 20);
    while (this.step < step) {
      if ((await this.train(Math.min(piece, step - this.step), 200)).diverged) return;
      await this.measure();
    }
  }

  private async loop(): Promise<void> {
    const opened = this.opened;
    if (!opened) return;
    while (this.running) {
      const left = Number(this.options["epochs"] ?? 100) * opened.steps - this.step;
      if (left <= 0) {
        this.end(`${this.options["epochs"] ?? 100} epochs are done`);
        break;
      }
      const due = this.pace.due();
      await Promise.all([
        this.train(Math.min(left, this.pace.steps), this.pace.budget),
        this.map(this.pace.columns(due.units), due.units),
        due.units && this.weights(),
        due.measure && this.measure(),
      ]);
      const reason = due.measure && this.running && this.history.reached(this.setup.stop, opened.steps);
      if (reason) this.end(reason);
      await this.pace.frame();
    }
    if (this.status === "running") {
      await this.settle();
      this.say("paused");
    }
  }

  private end(reason: string): void {
    this.running = false;
    this.emit("stopped", reason);
  }
}
