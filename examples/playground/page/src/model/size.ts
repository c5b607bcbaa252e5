// How much work a step is: what a limit is reckoned from, with the step that was measured on this machine.

import type { Opened, Options } from "../engine/protocol";
import { hiddenLayers } from "./setup";

/** Multiplications of one step, up to a factor: examples of a step times weights. */
export function work(options: Options, opened: Opened, toy: boolean): number {
  const all = opened.train.count + (opened.dev?.count ?? 0);
  const points = toy ? Number(options["points"] ?? 1000) : all;
  const train = points * (1 - Number(options["dev"] ?? 0.2));
  const batch = Number(options["batch"] ?? 0);
  const layers = hiddenLayers(options) ?? [];
  const sizes = [opened.features.length, ...layers.map((l) => Number(l.units)), opened.problem === "binary" ? 1 : opened.classes.length];
  let weights = 0;
  for (let k = 1; k < sizes.length; k++) weights += (sizes[k - 1]! + 1) * sizes[k]!;
  return (batch > 0 ? Math.min(batch, train) : train) * weights;
}
