// One field a train option: what it is called here, and when it has a meaning.

import type { Options } from "../engine/protocol";

export interface Field {
  option: string;
  label: string;
  kind: "number" | "words" | "text" | "switch";
  /** What it may be: words, or the engine's list of them. */
  words?: string[] | "inits" | "losses" | "optimizers" | "schedules";
  step?: string;
  hint?: string;
  when?: (options: Options) => boolean;
}

const schedule = (...names: string[]) => (o: Options): boolean => names.includes(o["schedule"] ?? "constant");
const cycles = schedule("step", "cosine", "cosine_restarts", "triangular", "triangular2", "exp_range");

export const toyFields: Field[] = [
  { option: "points", label: "Points", kind: "number", step: "10" },
  { option: "noise", label: "Noise", kind: "number", step: "0.05" },
];

export const splitFields: Field[] = [
  { option: "dev", label: "Share for dev", kind: "number", step: "0.05" },
  { option: "seed", label: "Seed", kind: "number", step: "1" },
];

export const tableFields: Field[] = [
  { option: "target", label: "Column to predict", kind: "text", hint: "by name; else the last one" },
  { option: "problem", label: "Kind of classes", kind: "words", words: ["auto", "binary", "classes"] },
  { option: "ignore", label: "Columns to ignore", kind: "text", hint: "a,b: names with commas" },
  { option: "nominal", label: "Numbers as words", kind: "text", hint: "columns of codes" },
  { option: "missing", label: "Missing values", kind: "words", words: ["error", "drop", "mean"] },
  { option: "zero-is-missing", label: "0 is missing in", kind: "text", hint: "columns" },
  { option: "delimiter", label: "Separator", kind: "text" },
  { option: "standardize", label: "Standardise", kind: "words", words: ["auto", "yes", "no"] },
  { option: "no-header", label: "The first line holds values, not names", kind: "switch" },
];

export const netFields: Field[] = [
  { option: "init", label: "Initialiser", kind: "words", words: "inits" },
  { option: "loss", label: "Loss", kind: "words", words: "losses" },
];

export const trainingFields: Field[] = [
  { option: "optimizer", label: "Optimiser", kind: "words", words: "optimizers" },
  { option: "momentum", label: "Momentum", kind: "number", step: "0.05", when: (o) => ["momentum", "nesterov"].includes(o["optimizer"] ?? "") },
  { option: "schedule", label: "Schedule", kind: "words", words: "schedules" },
  { option: "cycle", label: "Period, epochs", kind: "number", step: "1", hint: "0: a tenth of the run", when: cycles },
  { option: "gamma", label: "Decay", kind: "number", step: "any", hint: "0: the usual", when: schedule("step", "exponential", "inverse_time", "exp_range") },
  { option: "lr-min", label: "Lowest rate", kind: "number", step: "any", when: schedule("cosine", "cosine_restarts", "triangular", "triangular2", "exp_range") },
  { option: "batch", label: "Batch size", kind: "number", step: "1", hint: "0: all examples" },
  { option: "l2", label: "L2", kind: "number", step: "any" },
  { option: "epochs", label: "Epochs", kind: "number", step: "100" },
];

export const moreFields: Field[] = [
  { option: "l1", label: "L1", kind: "number", step: "any" },
  { option: "weight-decay", label: "Weight decay", kind: "number", step: "any" },
  { option: "clip-norm", label: "Clip gradient norm", kind: "number", step: "any", hint: "0: no" },
  { option: "clip-value", label: "Clip gradient entries", kind: "number", step: "any", hint: "0: no" },
  { option: "warm-up", label: "Warm-up, steps", kind: "number", step: "1" },
];

const labels = new Map([["layers", "Hidden layers"], ["lr", "Learning rate"],
  ...[toyFields, splitFields, tableFields, netFields, trainingFields, moreFields].flat().map((f) => [f.option, f.label])] as [string, string][]);

/** A sentence of the engine, which calls options as the command line does, with the labels that they have here. */
export const inLabels = (sentence: string): string => sentence.replace(/--([a-z\d-]+)/g, (all: string, option: string, at: number) => {
  const label = labels.get(option);
  return !label ? all : at ? `“${label}”` : label;
});
