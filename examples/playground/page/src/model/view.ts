// The window of the plane that the map shows, and the last map of it.

import type { Mapped, MapRequest, Opened } from "../engine/protocol";

export interface Window {
  x: [number, number];
  y: [number, number];
}

export class View {
  window: Window = { x: [-1, 1], y: [-1, 1] };
  /** False where the data has not two features: there is no plane to show. */
  plane = false;
  request_: MapRequest | null = null;
  last: Mapped | null = null;
  classes = 2;
  /** Keeps the window while points are drawn on it. */
  held = false;

  /** Around all points, with room, one scale for both axes unless they are far apart. */
  fit(opened: Opened): void {
    this.plane = opened.features.length === 2;
    this.classes = opened.classes.length;
    this.last = null;
    if (!this.plane || this.held) return;
    const range = (axis: number): [number, number] => {
      let low = Infinity;
      let high = -Infinity;
      for (const part of [opened.train, opened.dev])
        for (let i = axis; part && i < part.x.length; i += 2) {
          low = Math.min(low, part.x[i]!);
          high = Math.max(high, part.x[i]!);
        }
      return low <= high ? [low, high] : [-1, 1];
    };
    const [x, y] = [range(0), range(1)];
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
    return this.plane ? { columns, rows: columns, ...this.window, units } : null;
  }

  mapped(request: MapRequest, mapped: Mapped): void {
    this.request_ = request;
    const layers = mapped.layers ?? this.last?.layers;
    this.last = layers ? { ...mapped, layers } : mapped;
  }
}
