// Hatches: lines or dots on a grid of squares, so that neither classes nor hazards are told by colour alone.

import type { Pen } from "../pen.ts";

/** Side of the square that a hatch repeats in, in pixels. */
export const SQUARE = 8;

/** Draws the hatch over a box; `offset` is where its grid begins. */
export function drawHatch(
  pen: Pen,
  hatch: string,
  box: { left: number; top: number; right: number; bottom: number },
  offset: { x: number; y: number },
): void {
  const first = (v: number, from: number) => v + Math.floor((from - v) / SQUARE) * SQUARE;
  const { left, top, right, bottom } = box;
  const high = bottom - top;
  if (hatch === ".") {
    pen.beginPath();
    for (let y = first(offset.y, top); y < bottom + SQUARE; y += SQUARE)
      for (let x = first(offset.x, left); x < right + SQUARE; x += SQUARE)
        for (const [dx, dy] of [[2, 2], [6, 6]] as const) {
          pen.moveTo(x + dx + 0.85, y + dy);
          pen.arc(x + dx, y + dy, 0.85, 0, 2 * Math.PI);
        }
    pen.fill();
    return;
  }
  pen.beginPath();
  if (hatch === "-" || hatch === "+")
    for (let y = first(offset.y, top) + SQUARE / 2; y < bottom + SQUARE; y += SQUARE) {
      pen.moveTo(left, y);
      pen.lineTo(right, y);
    }
  if (hatch === "|" || hatch === "+")
    for (let x = first(offset.x, left) + SQUARE / 2; x < right + SQUARE; x += SQUARE) {
      pen.moveTo(x, top);
      pen.lineTo(x, bottom);
    }
  // falling lines keep x - y, rising lines x + y, as the grid has them
  if (hatch === "\\" || hatch === "x")
    for (let x = first(offset.x - offset.y + top, left - high); x < right + SQUARE; x += SQUARE) {
      pen.moveTo(x, top);
      pen.lineTo(x + high, bottom);
    }
  if (hatch === "/" || hatch === "x")
    for (let x = first(offset.x + offset.y - top, left); x < right + high + SQUARE; x += SQUARE) {
      pen.moveTo(x, top);
      pen.lineTo(x - high, bottom);
    }
  pen.stroke();
}

/** What a hazard of a level (1 to 4) adds to a hatch: a tint and ever wider falling lines, crossed at the highest. */
export function hazardHatch(level: number): { tint: number; width: number; hatch: string; line: number } {
  return { tint: 0.1 + 0.1 * level, width: 0.7 + 0.45 * level, hatch: level === 4 ? "x" : "\\", line: 0.55 + 0.1 * level };
}
