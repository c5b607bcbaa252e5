// Cost, accuracy and gradient norms by step, as curves; each with a text that says the same.

import uPlot from "uplot";
import type { Session } from "../model/session";
import { find, grouped, h, number, percent, scaled, svg } from "./dom";
import { css, onScheme, palette } from "./palette";

export interface Line {
  name: string;
  dash?: number[];
}

interface PlotOptions {
  x: string;
  logX?: boolean;
  logY?: boolean;
  /** A share of a hundred: up to 100, and down as far as the lines go. */
  percent?: boolean;
  points?: boolean;
  tall?: boolean;
}

const mostLinear = 1e15; // larger, and uPlot finds no ticks

type Range = [number, number];

// A logarithmic axis is a plain one of exponents: costs of runs that diverge pass what uPlot's own can show.
const exponents = (low: number | null, high: number | null): Range => {
  if (low === null || high === null) return [-1, 0];
  return [Math.floor(low), Math.max(Math.ceil(high), Math.floor(low) + 1)];
};
const percentRange = (low: number | null): Range => [Math.max(0, Math.min(90, 10 * Math.floor((low ?? 0) / 10))), 100];

/** Whole exponents, not more than fit. */
const decades = (low: number, high: number, most = 7): number[] => {
  const [a, b] = [Math.ceil(low), Math.floor(high)];
  const stride = Math.max(1, Math.ceil((b - a) / most));
  return Array.from({ length: Math.max(0, Math.floor((b - a) / stride)) + 1 }, (_, i) => a + i * stride);
};

/** A plot of lines over steps that can be filled again and again. */
export class Plot {
  readonly element: HTMLElement;
  readonly text: HTMLElement;
  private readonly box = h("div", { class: "plot", role: "img" });
  private readonly legend = h("ul", { class: "legend" });
  private plot: uPlot | null = null;
  private data: uPlot.AlignedData = [[]];
  private key = "";
  private lines: Line[] = [];
  private marked: number | null = null;

  constructor(id: string, title: string, private readonly options: PlotOptions) {
    this.text = h("p", { class: "hidden", id: `${id}-text` });
    this.box.id = id;
    this.box.setAttribute("aria-label", title);
    this.box.setAttribute("aria-describedby", `${id}-text`);
    this.legend.setAttribute("aria-label", `Legend of ${title}`);
    this.element = h("figure", {}, h("figcaption", {}, title), this.box, this.legend, this.text);
    onScheme(() => this.build());
    new ResizeObserver(() => this.plot?.setSize({ width: this.width(), height: this.height() })).observe(this.box);
  }

  set logY(on: boolean) {
    this.options.logY = on;
    this.key = ""; // built again by the next fill
  }

  /** A line at this x, or none. */
  mark(x: number | null): void {
    this.marked = x;
    this.plot?.redraw(false);
  }

  fill(lines: Line[], data: uPlot.AlignedData): void {
    const shown = (log: boolean | undefined) => (v: number | null | undefined): number | null =>
      v === null || v === undefined || !Number.isFinite(v) ? null : log ? (v > 0 ? Math.log10(v) : null) : Math.abs(v) < mostLinear ? v : null;
    const { logX, logY } = this.options;
    this.data = data.map((list, i) => Array.from(list as ArrayLike<number | null>, shown(i === 0 ? logX : logY))) as uPlot.AlignedData;
    this.lines = lines;
    const key = lines.map((l) => l.name).join("|");
    if (key !== this.key || !this.plot) {
      this.key = key;
      this.build();
    } else this.plot.setData(this.data);
  }

  private width(): number {
    return Math.max(200, this.box.clientWidth);
  }
  private height(): number {
    return scaled(this.options.tall ? 280 : 170);
  }

  private drawMark(u: uPlot): void {
    if (this.marked === null) return;
    const x = u.valToPos(this.options.logX ? Math.log10(this.marked) : this.marked, "x", true);
    if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) return;
    u.ctx.save();
    u.ctx.strokeStyle = css(palette().ink);
    u.ctx.lineWidth = devicePixelRatio;
    u.ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
    u.ctx.beginPath();
    u.ctx.moveTo(x, u.bbox.top);
    u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
    u.ctx.stroke();
    u.ctx.restore();
  }

  private build(): void {
    this.plot?.destroy();
    if (!this.lines.length) return;
    const { ink, line, classes } = palette();
    const { logX, logY, percent } = this.options;
    const font = `${scaled(12)}px system-ui, sans-serif`;
    const axis: uPlot.Axis = { stroke: css(ink), grid: { stroke: css(line), width: 1 }, ticks: { stroke: css(line), width: 1, size: 4 }, font, labelFont: font };
    this.plot = new uPlot({
      width: this.width(), height: this.height(), legend: { show: false }, padding: [8, 16, 0, 0],
      cursor: { y: false, drag: { x: false, y: false } },
      scales: {
        x: { time: false },
        y: logY ? { range: (_u, low, high) => exponents(low, high) } : percent ? { range: (_u, low) => percentRange(low) } : {},
      },
      axes: [
        { ...axis, label: this.options.x, labelSize: scaled(18), size: scaled(26), gap: 2, ...(logX && { values: (_u, v) => v.map(power), splits: (u, _a, low, high) => decades(low, high, Math.min(7, u.width / scaled(70))) }) },
        { ...axis, size: scaled(52), gap: 3, values: (_u, v) => v.map((t) => (logY ? power(t) : number(t, 3))), ...(logY && { splits: (_u, _a, low, high) => decades(low, high) }) },
      ],
      series: [{}, ...this.lines.map((l, i) => ({
        label: l.name, stroke: css(classes[i % classes.length]!), width: 2, spanGaps: true, points: { size: 5, ...(this.options.points && { show: true }) },
        ...(l.dash && { dash: l.dash }),
      }))],
      hooks: { draw: [(u) => this.drawMark(u)] },
    }, this.data, this.box);
    this.legend.replaceChildren(...this.lines.map((l, i) => h("li", {}, swatch(i, l.dash), ` ${l.name}`)));
  }
}

const power = (exponent: number): string => (Math.abs(exponent) < 3.5 ? number(10 ** exponent, 3) : `1e${number(exponent)}`);

const swatch = (i: number, dash: number[] = []): SVGElement =>
  svg("svg", { class: `swatch s${i % 6}`, "aria-hidden": "true", "stroke-dasharray": dash.join(" ") }, svg("path", { d: "M0 4H99" }));

const patterns = [undefined, [7, 4], [2, 3], [10, 3, 2, 3], [12, 4], [4, 2]];
export const pattern = (i: number): { dash?: number[] } => (patterns[i % patterns.length] ? { dash: patterns[i % patterns.length]! } : {});

export function curves(session: Session): void {
  const cost = new Plot("cost-curve", "Cost", { x: "step" });
  const accuracy = new Plot("accuracy-curve", "Accuracy, %", { x: "step", percent: true });
  const norms = new Plot("gradient-curve", "Gradient norm of each layer", { x: "step", logY: true });
  let chosen = false;
  const setLog = (on: boolean): void => { log.checked = cost.logY = on; };
  const log = h("input", { type: "checkbox", id: "log-cost", onchange: () => { chosen = true; setLog(log.checked); fill(); } });
  cost.element.querySelector("figcaption")!.append(h("label", { class: "inline" }, log, " logarithmic"));
  find("curves").append(cost.element, accuracy.element, norms.element);

  const fill = (): void => {
    const { cost: costs, measures } = session.history;
    const steps = measures.map((m) => m.step);
    if (!chosen && !log.checked && costs.some((c) => c[1] > 1e4)) setLog(true); // else all but the largest lie on the axis
    const dev = measures.some((m) => m.dev);
    const trained: uPlot.AlignedData = costs.length ? [costs.map((c) => c[0]), costs.map((c) => c[1])] : [steps, measures.map((m) => m.train.cost)];
    const joined = dev ? uPlot.join([trained, [steps, measures.map((m) => m.dev?.cost ?? null)]]) : trained;
    cost.fill([{ name: "train (each step)" }, ...(dev ? [{ name: "dev", dash: [7, 4] }] : [])], joined);
    accuracy.fill([{ name: "train" }, ...(dev ? [{ name: "dev", dash: [7, 4] }] : [])],
      [steps, measures.map((m) => 100 * m.train.accuracy), ...(dev ? [measures.map((m) => (m.dev ? 100 * m.dev.accuracy : null))] : [])]);
    const names = measures.at(-1)?.layers.map((_, k) => `layer ${k + 1}`) ?? [];
    norms.fill(names.map((name, i) => ({ name, ...pattern(i) })),
      [steps, ...names.map((_, k) => measures.map((m) => m.layers[k]?.gradient_norm ?? null))]);
  };
  session.on("measured", fill);
  session.on("settled", () => {
    const { cost: costs, measures } = session.history;
    const [first, last] = [measures[0], measures.at(-1)];
    if (!first || !last) return;
    const lowest = costs.reduce((a, c) => Math.min(a, c[1]), Infinity);
    cost.text.textContent = `By step ${grouped(last.step)}: train cost ${number(last.train.cost)}, at first ${number(first.train.cost)}${costs.length ? `, lowest ${number(lowest)}` : ""}${last.dev ? `; dev cost ${number(last.dev.cost)}` : ""}.`;
    accuracy.text.textContent = `Train accuracy ${percent(last.train.accuracy)}, at first ${percent(first.train.accuracy)}${last.dev ? `; dev accuracy ${percent(last.dev.accuracy)}` : ""}.`;
    norms.text.textContent = last.layers.map((l, k) => `Layer ${k + 1}: ${number(l.gradient_norm, 3)}`).join("; ") + ".";
  });
  session.on("opened", () => { if (!chosen) setLog(false); fill(); });
}
