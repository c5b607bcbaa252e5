// The mark of a class: a shape and a colour, filled for the train part and hollow for the dev part.

import { classColour, css, palette } from "./palette";

export const shapeNames = ["circle", "square", "triangle", "diamond", "cross", "star"];

function outline(c: CanvasRenderingContext2D, label: number, x: number, y: number, r: number): void {
  c.beginPath();
  const polygon = (corners: number, turn: number, inner = 1): void => {
    const n = inner === 1 ? corners : 2 * corners;
    for (let k = 0; k < n; k++) {
      const size = inner !== 1 && k % 2 ? r * inner : r;
      const angle = turn + (2 * Math.PI * k) / n;
      c.lineTo(x + 1.2 * size * Math.cos(angle), y + 1.2 * size * Math.sin(angle));
    }
    c.closePath();
  };
  switch (label % shapeNames.length) {
    case 0: c.arc(x, y, r, 0, 2 * Math.PI); break;
    case 1: c.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r); break;
    case 2: polygon(3, -Math.PI / 2); break;
    case 3: polygon(4, 0); break;
    case 4: polygon(4, Math.PI / 4, 0.45); break;
    default: polygon(5, -Math.PI / 2, 0.5);
  }
}

export function mark(c: CanvasRenderingContext2D, label: number, x: number, y: number, r: number, filled: boolean): void {
  const { paper } = palette();
  outline(c, label, x, y, r);
  c.lineWidth = Math.max(1, r * 0.45);
  c.strokeStyle = filled ? css(paper) : css(classColour(label));
  c.fillStyle = filled ? css(classColour(label)) : css(paper);
  c.fill();
  c.stroke();
}

/** A canvas with one mark, for legends and buttons. */
export function markIcon(label: number, filled: boolean): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const ratio = devicePixelRatio || 1;
  canvas.width = canvas.height = Math.round(14 * ratio);
  canvas.className = "mark";
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d")!;
  context.scale(ratio, ratio);
  mark(context, label, 7, 7, 4.5, filled);
  return canvas;
}
