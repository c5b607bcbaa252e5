// What was met on the way, thinned when it grows long: costs by step, measures by step.

import type { Measured } from "../engine/protocol";
import type { Stop } from "./setup";

const longest = 2000;

const thin = <T>(list: T[]): T[] => (list.length <= longest ? list : list.filter((_, i) => i % 2 === 0 || i === list.length - 1));

export class History {
  cost: [step: number, cost: number][] = [];
  measures: Measured[] = [];
  private best: { step: number; cost: number } | null = null;

  clear(): void {
    this.cost = [];
    this.measures = [];
    this.best = null;
  }

  costs(costs: [number, number][]): void {
    this.cost = thin(this.cost.concat(costs));
  }

  measured(measured: Measured): void {
    const last = this.measures.at(-1);
    if (last && last.step >= measured.step) this.measures.pop();
    this.measures = thin([...this.measures, measured]);
    const cost = measured.dev?.cost;
    if (cost !== undefined && (!this.best || cost < this.best.cost)) this.best = { step: measured.step, cost };
  }

  /** Why the run should end now, or null. */
  reached(stop: Stop, stepsAnEpoch: number): string | null {
    const now = this.measures.at(-1);
    const dev = now?.dev ?? now?.train;
    if (!now || !dev) return null;
    if (stop.accuracy !== undefined && 100 * dev.accuracy >= stop.accuracy)
      return `the accuracy has reached ${stop.accuracy} %`;
    if (stop.patience !== undefined && this.best && now.step - this.best.step >= stop.patience * stepsAnEpoch)
      return `the dev cost has not improved for ${stop.patience} epochs`;
    return null;
  }
}
