// The net as layers of units, read from the engine's weights: a weight (out, in) and a bias (out) a layer.

import type { NamedTensor } from "../engine/protocol";

export interface Layer {
  inputs: number;
  units: number;
  weight: NamedTensor;
  bias: NamedTensor | null;
}

/** What the textbooks call the weights of these layers: W1, b1, W2 …, by their names in the net. */
export const textbookNames = (layers: Layer[] | null): Map<string, string> => new Map((layers ?? []).flatMap((l, k) =>
  [[l.weight.name, `W${k + 1}`], ...(l.bias ? [[l.bias.name, `b${k + 1}`]] : [])] as [string, string][]));

/** Null for nets that are no plain layers, one behind the other. */
export function layersOf(weights: NamedTensor[]): Layer[] | null {
  const layers: Layer[] = [];
  for (const tensor of weights) {
    const last = layers.at(-1);
    if (tensor.shape.length === 2) {
      const [units, inputs] = tensor.shape as [number, number];
      if (last && last.units !== inputs) return null;
      layers.push({ inputs, units, weight: tensor, bias: null });
    } else if (tensor.shape.length === 1 && last && !last.bias && tensor.shape[0] === last.units) last.bias = tensor;
    else return null;
  }
  return layers.length ? layers : null;
}
