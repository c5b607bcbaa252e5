// The run on the page: what was asked for, where it stands, and everything that changes it, one thing after another.

import type { Engine } from "../engine/client";
import type { Diverged, Hello, Mapped, Measured, NamedTensor, Opened, Options, Trained } from "../engine/protocol";
import { Events } from "./events";
import { History } from "./history";
import { Pace, finest } from "./pace";
import { current, fitting, isTunable, type Setup } from "./setup";
import { View } from "./view";

export type Status = "opening" | "replaying" | "paused" | "running";

interface SessionEvents {
  status: Status;
  /** A new run: other data or another net. */
  opened: Opened;
  /** The setup is another: options, data or what was changed on the way. */
  changed: Setup;
  trained: Trained;
  mapped: Mapped;
  measured: Measured;
  weights: NamedTensor[];
  diverged: Diverged | null;
  /** The page stands still: all of the above is of this step. */
  settled: number;
  stopped: string;
  failed: unknown;
  /** Changes that are asked for and not yet done. */
  pending: number;
}

export class Session extends Events<SessionEvents> {
  readonly view = new View();
  readonly pace = new Pace();
  readonly history = new History();
  status: Status = "opening";
  step = 0;
  lr = 0;
  private opened_: Opened | null = null;
  private running = false;
  private pending = 0;
  private order: Promise<unknown> = Promise.resolve();

  constructor(readonly engine: Engine, readonly hello: Hello, public setup: Setup) {
    super();
  }

  get opened(): Opened | null {
    return this.opened_;
  }
  get options(): Options {
    return current(this.setup);
  }
  get epoch(): number {
    return this.opened_ ? this.step / this.opened_.steps : 0;
  }

  /** Starts a run anew and goes on to a step. Rejects with the engine's sentence; the former run then stays. */
  open(setup: Setup, step = 0, goOn = false): Promise<void> {
    return this.exclusive(async () => {
      this.say("opening");
      const own = setup.table !== undefined || setup.points !== undefined;
      const wanted = { ...setup, options: fitting(setup.options, own) };
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
    if (this.opened_ && Object.keys(options).every(isTunable)) await this.retune(options);
    else await this.open({ ...this.setup, options: { ...this.options, ...options }, changes: [], loaded: false }, 0, this.running);
  }

  private retune(options: Options): Promise<void> {
    return this.exclusive(async () => {
      const { command, steps } = await this.engine.call("retune", { options: fitting({ ...this.options, ...options }, this.own) });
      if (this.opened_) this.opened_ = { ...this.opened_, command, steps };
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
    if (!this.opened_) return;
    this.view.axes = axes;
    this.view.fit(this.opened_);
    this.emit("opened", this.opened_);
    void this.redraw();
  }

  /** Draws and measures once more, for a view that shows something else now. */
  redraw(): Promise<void> {
    return this.running ? Promise.resolve() : this.exclusive(() => this.settle());
  }

  private get own(): boolean {
    return this.setup.table !== undefined || this.setup.points !== undefined;
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
    this.opened_ = opened;
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
      await this.engine.call("retune", { options: fitting(options, this.own) });
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

  private async train(steps: number, milliseconds: number): Promise<Trained> {
    const trained = await this.engine.call("train", { steps, milliseconds });
    this.step = trained.step;
    this.lr = trained.lr;
    this.history.costs(trained.costs);
    this.pace.stepTook(trained.microseconds);
    this.emit("trained", trained);
    if (trained.diverged) {
      this.running = false;
      this.emit("diverged", trained.diverged);
    }
    return trained;
  }

  private async settle(): Promise<void> {
    if (!this.opened_) return;
    await Promise.all([this.measure(), this.map(finest, true), this.weights()]);
    this.emit("settled", this.step);
  }

  private async measure(): Promise<void> {
    const measured = await this.engine.call("measure", {});
    this.history.measured(measured);
    this.emit("measured", measured);
  }

  private async map(columns: number, units: boolean): Promise<void> {
    const request = this.view.request(columns, units);
    if (!request) return;
    const mapped = await this.engine.call("map", request);
    this.pace.mapTook(this.engine.milliseconds, columns);
    this.view.mapped(request, mapped);
    this.emit("mapped", mapped);
  }

  private async weights(): Promise<void> {
    this.emit("weights", await this.engine.call("weights", {}));
  }

  private async loop(): Promise<void> {
    const opened = this.opened_;
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
