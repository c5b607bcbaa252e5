// How much is done between two pictures, from what was measured on this machine: steps, map points, measures.

export const speeds = { "1": 1, "10": 10, "100": 100, max: 1_000_000 };
export type Speed = keyof typeof speeds;

/** A step that would take longer than this is asked about first. */
const patienceSeconds = 1;

/** Cells along a side of the map at rest. */
export const finest = 100;

/** With reduced motion one picture stands for so many. */
const calmFrames = 30;

export class Pace {
  speed: Speed = "10";
  /** Microseconds a step, as last measured. */
  microseconds = 0;
  frames = 0;
  private microsecondsACell = 0;
  private measureAt = 0;
  private unitsAt = 0;
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)");

  get steps(): number {
    return Math.min(speeds.max, speeds[this.speed] * (this.calm.matches ? calmFrames : 1));
  }
  /** Milliseconds of training between two pictures. */
  get budget(): number {
    return this.calm.matches ? 400 : 12;
  }
  /** Cells along a side of the map: as many as ten milliseconds allow; at rest the finest. */
  columns(units: boolean): number {
    const most = units ? 48 : finest;
    return this.microsecondsACell > 0 ? Math.max(24, Math.min(most, Math.floor(Math.sqrt(1e4 / this.microsecondsACell)))) : 40;
  }

  mapTook(milliseconds: number, columns: number): void {
    const now = (1000 * milliseconds) / columns ** 2;
    this.microsecondsACell = this.microsecondsACell > 0 ? 0.8 * this.microsecondsACell + 0.2 * now : now;
  }

  stepTook(microseconds: number | null): void {
    if (microseconds !== null) this.microseconds = microseconds;
  }

  due(): { units: boolean; measure: boolean } {
    const now = performance.now();
    const units = now >= this.unitsAt;
    const measure = now >= this.measureAt;
    if (units) this.unitsAt = now + 150;
    if (measure) this.measureAt = now + 250;
    return { units, measure };
  }

  /** Until the next picture may be drawn. A hidden page has no pictures, and goes on all the same. */
  frame(): Promise<void> {
    this.frames++;
    return new Promise((resolve) => {
      if (document.hidden || this.calm.matches) setTimeout(resolve, this.calm.matches ? 500 : 0);
      else requestAnimationFrame(() => resolve());
    });
  }

  /** Seconds that a step of `work` would take, by the measured step of `known`; null if that is no matter. */
  tooLong(work: number, known: number): number | null {
    const seconds = known > 0 ? (this.microseconds * work) / known / 1e6 : 0;
    return seconds > patienceSeconds ? seconds : null;
  }
}
