// Shapes of places, the same as on the page of a plan: corner points around 0, y downwards.

import { INK, type Pen } from "../pen.ts";

type Corner = readonly [number, number];

export const SHAPES: Readonly<Record<string, readonly Corner[]>> = {
  square: [[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]],
  hexagon: [[0, -1.12], [0.97, -0.56], [0.97, 0.56], [0, 1.12], [-0.97, 0.56], [-0.97, -0.56]],
  pentagon: [[0, -1.12], [1.07, -0.35], [0.66, 0.91], [-0.66, 0.91], [-1.07, -0.35]],
  diamond: [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]],
  triangle: [[0, -1.15], [1.16, 0.85], [-1.16, 0.85]],
  trapezium: [[-0.65, -0.8], [0.65, -0.8], [1.15, 0.85], [-1.15, 0.85]],
  bar: [[-1.2, -0.6], [1.2, -0.6], [1.2, 0.6], [-1.2, 0.6]],
  plus: [
    [-0.36, -1.1], [0.36, -1.1], [0.36, -0.36], [1.1, -0.36], [1.1, 0.36], [0.36, 0.36],
    [0.36, 1.1], [-0.36, 1.1], [-0.36, 0.36], [-1.1, 0.36], [-1.1, -0.36], [-0.36, -0.36],
  ],
  saltire: [
    [-1.1, -0.72], [-0.72, -1.1], [0, -0.38], [0.72, -1.1], [1.1, -0.72], [0.38, 0],
    [1.1, 0.72], [0.72, 1.1], [0, 0.38], [-0.72, 1.1], [-1.1, 0.72], [-0.38, 0],
  ],
  arrow: [[-1.1, -0.5], [0.1, -0.5], [0.1, -1.1], [1.25, 0], [0.1, 1.1], [0.1, 0.5], [-1.1, 0.5]],
};

/** Colours that say how an alternative differs from another. */
export const GAINED = "#1d7a46";
export const KEPT = "#9aa1a8";
/** What a hazard does to land. */
export const HAZARD = "#4a3fb0";

export interface MarkStyle {
  fill: string | null;
  line: string;
  width: number;
  dash?: number[];
  /** For everyday use as well. */
  ring?: string | null;
}

function traceMark(pen: Pen, shape: string, x: number, y: number, r: number): void {
  const corners = SHAPES[shape];
  if (!corners) {
    pen.moveTo(x + r, y);
    pen.arc(x, y, r, 0, 2 * Math.PI);
    return;
  }
  corners.forEach(([dx, dy], k) => (k ? pen.lineTo(x + dx * r, y + dy * r) : pen.moveTo(x + dx * r, y + dy * r)));
  pen.closePath();
}

export function drawMark(pen: Pen, shape: string, x: number, y: number, r: number, style: MarkStyle): void {
  if (style.ring) {
    pen.beginPath();
    pen.arc(x, y, r * 1.2 + 2.6, 0, 2 * Math.PI);
    pen.strokeStyle = "#fff";
    pen.lineWidth = 3.2;
    pen.stroke();
    pen.strokeStyle = style.ring;
    pen.lineWidth = 1.3;
    pen.stroke();
  }
  pen.lineJoin = "round";
  pen.beginPath();
  traceMark(pen, shape, x, y, r);
  if (style.fill) {
    pen.fillStyle = style.fill;
    pen.fill();
  }
  pen.strokeStyle = style.line;
  pen.lineWidth = style.width;
  if (style.dash) pen.setLineDash(style.dash);
  pen.stroke();
  if (style.dash) pen.setLineDash([]);
}

/** Struck through: cannot be used. One stroke where a part of it still can. */
export function drawCross(pen: Pen, x: number, y: number, r: number, part = false): void {
  pen.lineCap = "round";
  for (const [colour, width] of [["#fff", 4], [INK.loss, 2]] as const) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    pen.moveTo(x - r, y + r);
    pen.lineTo(x + r, y - r);
    if (!part) {
      pen.moveTo(x - r, y - r);
      pen.lineTo(x + r, y + r);
    }
    pen.stroke();
  }
  pen.lineCap = "butt";
}

/** A small round sign at the shoulder of a mark: gained or lost. */
export function drawSign(pen: Pen, x: number, y: number, gained: boolean, r = 4.6): void {
  const [arm, colour] = [r * 0.55, gained ? GAINED : INK.loss];
  pen.beginPath();
  pen.arc(x, y, r, 0, 2 * Math.PI);
  pen.fillStyle = "#fff";
  pen.fill();
  pen.strokeStyle = colour;
  pen.lineWidth = 1.2;
  pen.stroke();
  pen.lineWidth = r * 0.36;
  pen.beginPath();
  pen.moveTo(x - arm, y);
  pen.lineTo(x + arm, y);
  if (gained) {
    pen.moveTo(x, y - arm);
    pen.lineTo(x, y + arm);
  }
  pen.stroke();
}

/** A lock (has to be taken, or kept) or a ban (must not be taken). */
export function drawForced(pen: Pen, x: number, y: number, must: boolean): void {
  pen.beginPath();
  pen.arc(x, y, 7.5, 0, 2 * Math.PI);
  pen.fillStyle = "#fff";
  pen.fill();
  pen.lineWidth = 1.4;
  pen.strokeStyle = must ? INK.ink : INK.loss;
  pen.stroke();
  if (must) {
    pen.fillStyle = INK.ink;
    pen.fillRect(x - 3.2, y - 0.8, 6.4, 4.6);
    pen.beginPath();
    pen.arc(x, y - 0.8, 2.1, Math.PI, 2 * Math.PI);
    pen.lineWidth = 1.4;
    pen.stroke();
  } else {
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(x, y, 4.2, 0, 2 * Math.PI);
    pen.moveTo(x - 3, y - 3);
    pen.lineTo(x + 3, y + 3);
    pen.stroke();
  }
}
