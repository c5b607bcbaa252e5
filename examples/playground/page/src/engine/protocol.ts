// What passes between page and engine: the types of ../../../api.hpp, which says what each of them means.

export type Options = Record<string, string>;
export type Point = [x1: number, x2: number, label: number];
export type Weights = Record<string, number[]>;

export interface Hello {
  sets: { name: string; about: string; problem: string }[];
  activations: string[];
  inits: string[];
  losses: string[];
  optimizers: string[];
  schedules: string[];
  defaults: Options;
  help: Options;
}

export interface Part {
  count: number;
  x: Float32Array;
  y: Float32Array;
}

export interface Opened {
  name: string;
  problem: "binary" | "classes";
  features: string[];
  classes: string[];
  train: Part;
  dev: Part | null;
  layers: { label: string; shape: number[]; parameters: number }[];
  parameters: number;
  steps: number;
  command: string;
  standardized: boolean;
  /** Of a loaded model: what it was trained with, and how far. */
  options?: Options;
  step?: number;
  table?: string;
}

export interface Diverged {
  cause: string;
  failed: number;
  step: number;
  try: number;
}

export interface Trained {
  step: number;
  epoch: number;
  lr: number;
  costs: [step: number, cost: number][];
  microseconds: number | null;
  /** By train's own --patience. */
  stopped_early: boolean;
  diverged: Diverged | null;
}

export interface Measure {
  cost: number;
  accuracy: number;
  confusion: number[][];
}

export interface LayerMeasure {
  name: string;
  gradient_norm: number | null;
  weight_norm: number | null;
  units: number;
  dead: number | null;
  saturated: number | null;
}

export interface Measured {
  step: number;
  train: Measure;
  dev: Measure | null;
  layers: LayerMeasure[];
}

export interface MapRequest {
  columns: number;
  rows: number;
  x: [number, number];
  y: [number, number];
  axes: [number, number];
  units: boolean;
}

export interface Mapped {
  net: Float32Array;
  layers: { units: number; values: Float32Array }[];
}

export interface NamedTensor {
  name: string;
  shape: number[];
  values: number[];
}

export interface TapeNode {
  index: number;
  name: string;
  /** Its name in the net, of a leaf that is one's Parameter. */
  parameter: string;
  operation: string;
  attributes: string;
  operands: (number | string)[];
  shape: number[];
  value: number[];
  gradient: number[] | null;
  count: number;
  formula: string;
}

export interface TapeRecord {
  nodes: TapeNode[];
  bytes: number;
}

export interface Equation {
  name: string;
  formula: string;
  by_tape: number[];
  by_hand: number[];
  shape: number[];
  count: number;
  difference: number;
  holds: boolean;
}

export interface Equations {
  rows: Equation[];
  examples: number;
  tolerance: number;
}

export interface CheckRow {
  name: string;
  index: number[];
  analytic: number;
  central: number;
  complex: number | null;
  numeric: number;
  difference: number;
  verdict: string;
}

export interface Check {
  tolerance: number;
  stencil: string;
  /** Why this stencil, if it was chosen by the engine. */
  reason: string;
  examples: number;
  verdict: string;
  rows: CheckRow[];
}

export interface Curve {
  analytic: number;
  rows: { h: number; central: number | null; four_point: number | null; six_point: number | null; complex: number | null }[];
}

/** What each command takes besides `id` and `cmd`, and what it gives. */
export interface Commands {
  hello: [Record<string, never>, Hello];
  open: [{ options: Options; table?: string; points?: Point[]; weights?: Weights }, Opened];
  retune: [{ options: Options }, { command: string; steps: number }];
  rewind: [Record<string, never>, Record<string, never>];
  train: [{ steps: number; milliseconds: number }, Trained];
  measure: [Record<string, never>, Measured];
  map: [MapRequest, Mapped];
  weights: [Record<string, never>, NamedTensor[]];
  tape: [{ examples: number; part: string }, TapeRecord];
  equations: [{ examples: number }, Equations];
  check: [{ stencil: string; step: number }, Check];
  curve: [{ name: string; index: number[] }, Curve];
  save: [Record<string, never>, { file: string }];
  load: [{ file: string; table?: string }, Opened];
  program: [Record<string, never>, { code: string }];
}

export type Command = keyof Commands;
export type Request<C extends Command> = Commands[C][0];
export type Result<C extends Command> = Commands[C][1];
