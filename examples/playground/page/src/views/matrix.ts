// A matrix as the page shows it: a table of numbers if it is small, else a picture with its range.

import { fixed, h, number, shape } from "./dom";
import { css, palette, signed } from "./palette";

const most = 8;

/** Rows and columns of a tensor: a vector is one row. */
const sizes = (dims: number[]): [number, number] =>
  dims.length === 0 ? [1, 1] : dims.length === 1 ? [1, dims[0]!] : [dims.slice(0, -1).reduce((a, b) => a * b, 1), dims.at(-1)!];

const largestOf = (values: number[]): number => Math.max(1e-300, ...values.map(Math.abs).filter(Number.isFinite));

/** `values` may be cut; `count` says how many there would be. */
export function matrix(name: string, dims: number[], values: number[], count = values.length): HTMLElement {
  const [rows, columns] = sizes(dims);
  const whole = values.length === count;
  if (whole && rows <= most && columns <= most) return numbers(name, rows, columns, values);
  return picture(name, dims, columns, values, count);
}

function numbers(name: string, rows: number, columns: number, values: number[]): HTMLElement {
  const largest = largestOf(values);
  return h("table", { class: "matrix", "aria-label": name },
    h("tbody", {}, ...Array.from({ length: rows }, (_, i) => h("tr", {}, ...Array.from({ length: columns }, (_, k) => {
      const v = values[i * columns + k]!;
      const cell = h("td", { title: number(v, 17) }, small(v));
      cell.style.setProperty("--share", String(Math.min(1, Math.abs(v) / largest)));
      cell.className = v < 0 ? "below" : v > 0 ? "above" : "";
      return cell;
    })))));
}

const small = (v: number): string => {
  const size = Math.abs(v);
  return v === 0 ? "0" : size >= 0.001 && size < 1000 ? fixed(v, size < 0.1 ? 4 : 3) : number(v, 3);
};

function picture(name: string, dims: number[], columns: number, values: number[], count: number): HTMLElement {
  const cell = Math.max(3, Math.min(14, Math.floor(220 / columns)));
  const rows = Math.ceil(values.length / columns);
  const largest = largestOf(values);
  const range = `${number(Math.min(...values), 3)} … ${number(Math.max(...values), 3)}`;
  const canvas = h("canvas", { width: columns * cell, height: rows * cell, role: "img",
    "aria-label": `${name} ${shape(dims)}, values ${range}` });
  const context = canvas.getContext("2d")!;
  values.forEach((v, i) => {
    const [x, y] = [(i % columns) * cell, Math.floor(i / columns) * cell];
    context.fillStyle = css(signed(v / largest));
    context.fillRect(x, y, cell - 1, cell - 1);
    if (v < -0.05 * largest && cell >= 6) {
      context.strokeStyle = css(palette().ink);
      context.beginPath();
      context.moveTo(x + 1, y + cell - 2);
      context.lineTo(x + cell - 2, y + 1);
      context.stroke();
    }
  });
  return h("figure", { class: "matrix-picture" }, canvas,
    h("figcaption", {}, values.length < count ? `the first ${values.length} of ${count}: ${range}` : range));
}
