// Colours of the page's style, as numbers for canvases. Blue and orange differ for every kind of colour vision; marks
// have shapes as well, lines dashes, and regions of further classes stripes.

export type Rgb = readonly [number, number, number];

export interface Palette {
  classes: Rgb[];
  paper: Rgb;
  ink: Rgb;
  soft: Rgb;
  line: Rgb;
}

const channel = (hex: string): number => parseInt(hex.length === 1 ? hex + hex : hex, 16);

function rgb(text: string): Rgb {
  const hex = text.trim().slice(1);
  const size = hex.length / 3;
  return [0, 1, 2].map((i) => channel(hex.slice(i * size, (i + 1) * size))) as unknown as Rgb;
}

let now: Palette | null = null;
const scheme = matchMedia("(prefers-color-scheme: dark)");
scheme.addEventListener("change", () => (now = null));

export function palette(): Palette {
  if (now) return now;
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): Rgb => rgb(style.getPropertyValue(name));
  now = {
    classes: ["--c0", "--c1", "--c2", "--c3", "--c4", "--c5"].map(colour),
    paper: colour("--paper"), ink: colour("--ink"), soft: colour("--soft"), line: colour("--line"),
  };
  return now;
}

/** Calls when light has turned to dark, or back. */
export function onScheme(redraw: () => void): void {
  scheme.addEventListener("change", redraw);
}

export const css = (c: Rgb): string => `rgb(${c[0]} ${c[1]} ${c[2]})`;
export const classColour = (label: number): Rgb => palette().classes[label % palette().classes.length]!;

export const mix = (a: Rgb, b: Rgb, share: number): Rgb =>
  [0, 1, 2].map((i) => a[i]! + (b[i]! - a[i]!) * share) as unknown as Rgb;

/** Of a value from −1 (blue) by 0 (paper) to 1 (orange). */
export function signed(v: number): Rgb {
  const { classes, paper } = palette();
  return mix(paper, classes[v < 0 ? 0 : 1]!, Math.min(1, Math.abs(v)));
}
