// Elements in one expression, and numbers as the page writes them.

type Child = Node | string | null | false | undefined;
type Attributes = Record<string, string | number | boolean | EventListener | undefined>;

/** `h("button", {class: "primary", onclick: run}, "Run")`; an attribute that is false or undefined is left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((c): c is Node | string => c !== null && c !== undefined && c !== false));
  return element;
}

export function svg(tag: string, attributes: Record<string, string | number> = {}, ...children: (Node | string)[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

export function find<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

/** Of a length meant for text of 16 px: on the largest screens text is larger, and what is drawn grows with it. */
export const scaled = (length: number): number => (length * parseFloat(getComputedStyle(document.documentElement).fontSize)) / 16;

const minus = (text: string): string => text.replace(/^-|(?<=e)-/g, "−");

/** Some significant digits, with a minus sign that is one. */
export function number(v: number | null | undefined, digits = 4): string {
  if (v === null || v === undefined) return "–";
  if (!Number.isFinite(v)) return Number.isNaN(v) ? "nan" : v > 0 ? "∞" : "−∞";
  const size = Math.abs(v);
  const text = size !== 0 && (size < 1e-4 || size >= 1e6) ? v.toExponential(Math.max(0, digits - 2)) : String(Number(v.toPrecision(digits)));
  return minus(text);
}

/** Two digits behind the point, for tables of weights. */
export const fixed = (v: number, digits = 2): string => (Number.isFinite(v) ? minus(v.toFixed(digits)) : number(v));

export const grouped = (v: number): string => Math.round(v).toLocaleString("en-US");
export const percent = (share: number | null | undefined, digits = 1): string =>
  share === null || share === undefined ? "–" : `${(100 * share).toFixed(digits)} %`;
export const shape = (sizes: number[]): string => `(${sizes.join(", ")})`;

/** A file that the browser saves. */
export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
