// Grids of the engine's numbers as pixels: one small picture, scaled up by the browser. Row 0 is at the bottom.

import { classColour, mix, palette, signed, type Rgb } from "./palette";

/** A colour for each of 256 values from −1 to 1; what is no number has the colour of lines. */
function shader(strength: number): (v: number) => Rgb {
  const shades = Array.from({ length: 256 }, (_, i) => signed(strength * (i / 127.5 - 1)));
  const none = palette().line;
  return (v) => shades[Math.max(0, Math.min(255, Math.round((v + 1) * 127.5)))] ?? none;
}

const scratch = document.createElement("canvas");

function paint(context: CanvasRenderingContext2D, columns: number, rows: number, colour: (i: number) => Rgb): void {
  scratch.width = columns;
  scratch.height = rows;
  const small = scratch.getContext("2d")!;
  const image = small.createImageData(columns, rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [r, g, b] = colour((rows - 1 - row) * columns + column);
      image.data.set([r, g, b, 255], 4 * (row * columns + column));
    }
  small.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(scratch, 0, 0, context.canvas.width, context.canvas.height);
}

// Stripes across and along, by class: more than two colours cannot differ for every eye.
const stripes: [x: number, y: number][] = [[0, 0], [0, 0], [1, 1], [1, -1], [0, 1.4], [1.4, 0]];

/** Probabilities of class 1, or of each class one grid after another. */
export function paintClasses(context: CanvasRenderingContext2D, columns: number, rows: number, classes: number, net: Float32Array): void {
  const { paper, ink } = palette();
  const strength = 0.5;
  if (classes === 2 && net.length === columns * rows) {
    const shade = shader(strength);
    paint(context, columns, rows, (i) => shade(2 * net[i]! - 1));
    return;
  }
  const size = columns * rows;
  paint(context, columns, rows, (i) => {
    const best = winner(net, size, classes, i);
    const sure = Math.max(0, (net[best * size + i]! - 1 / classes) / (1 - 1 / classes));
    if (Number.isNaN(sure)) return palette().line;
    const [x, y] = stripes[best % stripes.length]!;
    const wave = Math.sin((75 * (x * (i % columns) + y * Math.floor(i / columns))) / columns);
    return mix(mix(paper, classColour(best), strength * sure), ink, 0.14 * Math.max(0, wave));
  });
}

export function winner(net: Float32Array, size: number, classes: number, i: number): number {
  let best = 0;
  for (let k = 1; k < classes; k++) if (net[k * size + i]! > net[best * size + i]!) best = k;
  return best;
}

/** A unit's activations, blue below 0 and orange above, the largest of them in full colour. */
export function paintUnit(context: CanvasRenderingContext2D, columns: number, rows: number, values: Float32Array, at: number): void {
  const size = columns * rows;
  let largest = 1e-12;
  for (let i = 0; i < size; i++) {
    const v = Math.abs(values[at + i]!);
    if (v > largest && v < Infinity) largest = v;
  }
  const shade = shader(0.8);
  paint(context, columns, rows, (i) => shade(values[at + i]! / largest));
}

/** By how much a class leads the others, or trails the best of them; of two classes the probability over one half. */
export function lead(net: Float32Array, size: number, classes: number, k: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => {
    if (net.length === size) return net[i]! - 0.5;
    let other = -Infinity;
    for (let j = 0; j < classes; j++) if (j !== k) other = Math.max(other, net[j * size + i]!);
    return net[k * size + i]! - other;
  });
}

/** Where a grid passes 0: line segments in grid coordinates, by marching squares. */
export function contour(columns: number, rows: number, values: Float32Array): [number, number, number, number][] {
  const segments: [number, number, number, number][] = [];
  for (let row = 0; row + 1 < rows; row++)
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const [a, b, c, d] = [values[at]!, values[at + 1]!, values[at + columns + 1]!, values[at + columns]!];
      if (a < 0 === b < 0 && b < 0 === c < 0 && c < 0 === d < 0) continue;
      const corners: [number, number, number][] = [[column, row, a], [column + 1, row, b], [column + 1, row + 1, c], [column, row + 1, d]];
      const crossings: [number, number][] = [];
      for (let k = 0; k < 4; k++) {
        const [ax, ay, a] = corners[k]!;
        const [bx, by, b] = corners[(k + 1) % 4]!;
        if (a < 0 !== b < 0) crossings.push([ax + ((bx - ax) * a) / (a - b), ay + ((by - ay) * a) / (a - b)]);
      }
      for (let k = 0; k + 1 < crossings.length; k += 2) segments.push([...crossings[k]!, ...crossings[k + 1]!]);
    }
  return segments;
}
