// The figures of the run: what the engine is asked for step by step, and where the page finds the last answers.

import type { Engine } from "../engine/client";
import type { Diverged, Mapped, Measured, NamedTensor, Opened, Trained } from "../engine/protocol";
import { Events } from "./events";
import { History } from "./history";
import { Pace, finest } from "./pace";
import type { Setup } from "./setup";
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

export class Figures extends Events<SessionEvents> {
  readonly view = new View();
  readonly pace = new Pace();
  readonly history = new History();
  step = 0;
  lr = 0;
  opened: Opened | null = null;
  protected running = false;

  constructor(readonly engine: Engine) {
    super();
  }

  protected async train(steps: number, milliseconds: number): Promise<Trained> {
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

  protected async settle(): Promise<void> {
    if (!this.opened) return;
    await Promise.all([this.measure(), this.map(finest, true), this.weights()]);
    this.emit("settled", this.step);
  }

  protected async measure(): Promise<void> {
    const measured = await this.engine.call("measure", {});
    this.history.measured(measured);
    this.emit("measured", measured);
  }

  protected async map(columns: number, units: boolean): Promise<void> {
    const request = this.view.request(columns, units);
    if (!request) return;
    const mapped = await this.engine.call("map", request);
    this.pace.mapTook(this.engine.milliseconds, columns);
    this.view.mapped(request, mapped);
    this.emit("mapped", mapped);
  }

  protected async weights(): Promise<void> {
    this.emit("weights", await this.engine.call("weights", {}));
  }
}
