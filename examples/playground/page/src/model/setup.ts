// What a run of the page is: options as the command line has them, data that it does not, and what was changed on the
// way. From a Setup the same run follows again, step by step.

import type { Options, Point, Weights } from "../engine/protocol";

/** Options that were changed at a step, without starting anew. */
export interface Change {
  step: number;
  options: Options;
}

/** When the page stops by itself, besides after `epochs`. */
export interface Stop {
  /** Accuracy of the dev part, per cent. */
  accuracy?: number;
  /** So many epochs without a better dev cost. */
  patience?: number;
}

export interface Setup {
  /** Those that differ from the engine's defaults. */
  options: Options;
  points?: Point[];
  table?: string;
  weights?: Weights;
  changes: Change[];
  stop: Stop;
  /** The weights come from a file: no address can hold them. */
  loaded?: boolean;
}

/** Of train's options those that an engine takes in the midst of a run. */
const tunable = new Set([
  "optimizer", "lr", "momentum", "weight-decay", "l2", "l1", "clip-norm", "clip-value", "schedule", "cycle", "gamma",
  "lr-min", "warm-up", "batch", "epochs", "loss",
]);

export const isTunable = (name: string): boolean => tunable.has(name);

export const start: Setup = {
  options: { data: "moons", points: "200", layers: "8,8", epochs: "2000" },
  changes: [],
  stop: {},
};

/** The options in force after all changes. */
export function current(setup: Setup): Options {
  return setup.changes.reduce<Options>((options, change) => ({ ...options, ...change.options }), setup.options);
}

export interface HiddenLayer {
  units: string;
  activation: string;
}

/** `8,16:relu` as layers; null if it holds other layers than those of units. */
export function hiddenLayers(options: Options): HiddenLayer[] | null {
  const text = options["layers"] ?? "16";
  if (text === "" || text === "none") return [];
  const layers = text.split(",").map((item) => {
    const [units = "", activation] = item.trim().split(":");
    return { units, activation: activation ?? options["activation"] ?? "tanh" };
  });
  return layers.every((l) => /^\d+$/.test(l.units)) ? layers : null;
}

/** The activation is said once if it is the same everywhere. */
export function layerOptions(layers: HiddenLayer[]): Options {
  if (!layers.length) return { layers: "none" };
  const usual = layers[0]!.activation;
  return {
    layers: layers.map((l) => (l.activation === usual ? l.units : `${l.units}:${l.activation}`)).join(","),
    activation: usual,
  };
}

/** Data that no name stands for. */
export const hasOwnData = ({ table, points }: Setup): boolean => table !== undefined || points !== undefined;

/** Drops options that belong to another kind of data, which train refuses rather than passes over. */
export function fitting(options: Options, own: boolean): Options {
  const forToys = ["points", "noise"];
  const forTables = ["target", "delimiter", "no-header", "nominal", "ignore", "missing", "problem", "zero-is-missing"];
  const result = { ...options };
  for (const name of own ? forToys : forTables) delete result[name];
  if (result["optimizer"] !== "momentum" && result["optimizer"] !== "nesterov") delete result["momentum"];
  return result;
}
