// Points drawn and erased by hand. The data on the page is where it starts from; the engine gets the whole list a
// moment after the last point, and starts anew on it from the same weights.

import type { Point } from "../engine/protocol";
import type { Session } from "../model/session";
import type { Window } from "../model/view";

export type Tool = "look" | "erase" | `draw${number}`;

const pauseMilliseconds = 250;

export class Drawing {
  tool: Tool = "look";
  /** What is drawn and not yet the engine's; null if nothing is. */
  pending: Point[] | null = null;
  onchange: () => void = () => {};
  private timer = 0;
  private last: Point | null = null;

  constructor(private readonly session: Session, private readonly take: (points: Point[]) => Promise<void>) {}

  setTool(tool: Tool): void {
    this.tool = tool;
    this.onchange();
  }

  /** Classes that there are tools for. */
  get classes(): number {
    return Math.max(2, ...(this.pending ?? this.session.setup.points ?? []).map((p) => p[2] + 1));
  }

  /** The data on the page becomes points that can be changed. */
  begin(): void {
    if (!this.session.setup.points) this.change(this.points());
    if (this.tool === "look") this.setTool("draw0");
  }

  clear(): void {
    this.change([]);
  }

  /** Puts a point here or erases the nearest; of a stroke, points keep some distance. */
  use(at: [number, number], window: Window, fresh: boolean): void {
    const scale = [window.x[1] - window.x[0], window.y[1] - window.y[0]] as const;
    const distance = (p: Point): number => Math.hypot((p[0] - at[0]) / scale[0], (p[1] - at[1]) / scale[1]);
    const points = this.pending ?? this.points();
    if (this.tool === "erase") {
      const near = points.reduce<Point | null>((a, p) => (!a || distance(p) < distance(a) ? p : a), null);
      if (near && distance(near) < 0.04) this.change(points.filter((p) => p !== near));
      return;
    }
    if (!fresh && this.last && distance(this.last) < 0.03) return;
    const rounded = (v: number): number => Math.round(v * 1000) / 1000;
    this.last = [rounded(at[0]), rounded(at[1]), Number(this.tool.slice(4))];
    this.change([...points, this.last]);
  }

  private points(): Point[] {
    const { setup, opened } = this.session;
    if (setup.points) return setup.points;
    const list: Point[] = [];
    for (const part of [opened?.train, opened?.dev])
      for (let i = 0; part && i < part.count; i++) {
        const rounded = (v: number | undefined): number => Math.round((v ?? 0) * 1000) / 1000;
        list.push([rounded(part.x[2 * i]), rounded(part.x[2 * i + 1]), part.y[i] ?? 0]);
      }
    return list;
  }

  private change(points: Point[]): void {
    this.pending = points;
    this.onchange();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      const sent = this.pending;
      if (!sent) return;
      // Refused (too few, one class alone): they stay on the map until there are more.
      this.take(sent).then(() => { if (this.pending === sent) { this.pending = null; this.onchange(); } }, () => {});
    }, pauseMilliseconds);
  }
}
