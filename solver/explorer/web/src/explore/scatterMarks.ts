// The shapes of alternatives. Fill tells what is known: full where proven, half where within the gap, hollow where found.

import { INK, type Pen } from "../pen.ts";

const PROVEN = 0;
const WITHIN = 1;
const GOAL = "#f2c14e";

/** Adds the outline of a mark to a path; `half` its left half. */
function disc(pen: Pen, x: number, y: number, r: number): void {
  pen.moveTo(x + r, y);
  pen.arc(x, y, r, 0, 2 * Math.PI);
}

/** Many marks of one colour at once. */
export function marks(
  pen: Pen,
  at: ArrayLike<number>,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  label: ArrayLike<number>,
  r: number,
  colour: string,
): void {
  pen.fillStyle = colour;
  pen.strokeStyle = colour;
  pen.lineWidth = Math.max(0.8, r * 0.32);
  pen.beginPath();
  for (let k = 0; k < at.length; k++) {
    const n = at[k]!;
    if (label[n] === PROVEN) disc(pen, x[n]!, y[n]!, r);
    else if (label[n] === WITHIN) {
      pen.moveTo(x[n]!, y[n]! - r);
      // a fill closes it; in Chromium closing each would measure the whole path each time
      pen.arc(x[n]!, y[n]!, r, -Math.PI / 2, Math.PI / 2, true);
    }
  }
  pen.fill();
  pen.beginPath();
  for (let k = 0; k < at.length; k++) {
    const n = at[k]!;
    if (label[n] !== PROVEN) disc(pen, x[n]!, y[n]!, r * 0.88);
  }
  pen.stroke();
}

/** A star with so many points, of which the notches lie at `inner` of the radius, with a white edge. */
function points(pen: Pen, x: number, y: number, r: number, count: number, inner: number, colour: string, edge: number): void {
  pen.beginPath();
  for (let k = 0; k < 2 * count; k++) {
    const [angle, far] = [(k * Math.PI) / count - Math.PI / 2, k % 2 ? r * inner : r];
    if (k) pen.lineTo(x + far * Math.cos(angle), y + far * Math.sin(angle));
    else pen.moveTo(x, y - r);
  }
  pen.closePath();
  pen.fillStyle = colour;
  pen.fill();
  pen.strokeStyle = "#fff";
  pen.lineWidth = edge;
  pen.stroke();
}

/** ✦ for what a live solve added. */
export function star(pen: Pen, x: number, y: number, r: number, colour: string): void {
  points(pen, x, y, r, 4, 0.38, colour, 1);
}

/** ★ for the shortlist. */
export function favourite(pen: Pen, x: number, y: number, r: number, colour: string): void {
  points(pen, x, y, r, 5, 0.42, colour, 0.8);
}

/** ◆ for a goal, coloured as on the axes. */
export function diamond(pen: Pen, x: number, y: number, r: number): void {
  pen.beginPath();
  pen.moveTo(x, y - r);
  pen.lineTo(x + r, y);
  pen.lineTo(x, y + r);
  pen.lineTo(x - r, y);
  pen.closePath();
  pen.fillStyle = GOAL;
  pen.fill();
  pen.strokeStyle = INK.ink;
  pen.lineWidth = 1.5;
  pen.stroke();
}

export function ring(pen: Pen, x: number, y: number, r: number, colour: string, width = 2): void {
  pen.beginPath();
  pen.moveTo(x + r, y);
  pen.arc(x, y, r, 0, 2 * Math.PI);
  pen.strokeStyle = "#fff";
  pen.lineWidth = width + 2.5;
  pen.stroke();
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
}

/** Text with a light edge, so that it can be read on anything. */
export function edged(pen: Pen, text: string, x: number, y: number, colour: string): void {
  pen.lineJoin = "round";
  pen.lineWidth = 3.5;
  pen.strokeStyle = "rgba(255,255,255,0.9)";
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

/** A line with a head at its end. */
export function arrow(pen: Pen, x0: number, y0: number, x1: number, y1: number, colour: string, head = 5): void {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
  pen.beginPath();
  pen.moveTo(x1 + ux * 2, y1 + uy * 2);
  pen.lineTo(x1 - ux * head - uy * head * 0.55, y1 - uy * head + ux * head * 0.55);
  pen.lineTo(x1 - ux * head + uy * head * 0.55, y1 - uy * head - ux * head * 0.55);
  pen.closePath();
  pen.fill();
}

/** The text, cut to a width. */
export function fitted(pen: Pen, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && pen.measureText(`${text.slice(0, end)}…`).width > width) end--;
  return `${text.slice(0, end)}…`;
}
