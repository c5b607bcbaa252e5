// The window of the plane that the map shows, and the last map of it.

import type { Mapped, MapRequest, Opened } from "../engine/protocol";

export interface Window {
  x: [number, number];
  y: [number, number];
}

/** A map and how many cells it has along each side. */
export interface Drawn extends Mapped {
  columns: number;
}

export class View {
  window: Window = { x: [-1, 1], y: [-1, 1] };
  /** The features along the plane; others are at their mean. */
  axes: [number, number] = [0, 1];
  /** False where there is but one feature: then there is no plane to show. */
  plane = false;
  private features = 2;
  /** The last map, and the last one that came with the units: their grids need not be equally fine. */
  last: Drawn | null = null;
  units: Drawn | null = null;
  classes = 2;
  /** Keeps the window while points are drawn on it. */
  held = false;

  /** Around all points, with room, one scale for both axes unless they are far apart. */
  fit(opened: Opened): void {
    this.features = opened.features.length;
    this.plane = this.features >= 2;
    if (Math.max(...this.axes) >= this.features) this.axes = [0, 1];
    this.classes = opened.classes.length;
    this.last = this.units = null;
    if (!this.plane || this.held) return;
    const range = (axis: number): [number, number] => {
      let low = Infinity;
      let high = -Infinity;
      for (const part of [opened.train, opened.dev])
        for (let i = axis; part && i < part.x.length; i += this.features) {
          low = Math.min(low, part.x[i]!);
          high = Math.max(high, part.x[i]!);
        }
      return low <= high ? [low, high] : [-1, 1];
    };
    const [x, y] = [range(this.axes[0]), range(this.axes[1])];
    const size = (r: [number, number]): number => r[1] - r[0] || 1;
    const common = Math.max(size(x), size(y));
    const widened = (r: [number, number]): [number, number] => {
      const whole = common > 5 * size(r) ? size(r) : common;
      const middle = (r[0] + r[1]) / 2;
      return [middle - 0.6 * whole, middle + 0.6 * whole];
    };
    this.window = { x: widened(x), y: widened(y) };
  }

  request(columns: number, units: boolean): MapRequest | null {
    return this.plane ? { columns, rows: columns, ...this.window, axes: this.axes, units } : null;
  }

  /** The features of example i along the plane. */
  place(x: Float32Array, i: number): [number, number] {
    return [x[i * this.features + this.axes[0]]!, x[i * this.features + this.axes[1]]!];
  }

  mapped(request: MapRequest, mapped: Mapped): void {
    this.last = { ...mapped, columns: request.columns };
    if (request.units) this.units = this.last;
  }
}
