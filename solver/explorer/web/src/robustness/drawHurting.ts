// Scenarios from mild to hard, a row for each compared alternative: which future hurts which plan.

import { FONT, INK, type Pen, type Size } from "../pen.ts";
import { scenario } from "../state.ts";
import { extentOf, heat, marksOf } from "./scales.ts";
import { futuresNow, met, shown } from "./state.ts";

const [LEFT, RIGHT, TOP, BOTTOM] = [24, 8, 8, 8];

/** Scenarios by their outcome on average over the compared alternatives. */
export function mildFirst(): number[] {
  const rows = marksOf().map(({ alternative }) => shown.value.values[alternative]!);
  const mean = futuresNow.value.names.map((_, s) => rows.reduce((sum, row) => sum + (row[s]! || 0), 0));
  return mean.map((_, s) => s).sort((a, b) => mean[a]! - mean[b]! || a - b);
}

/** Position in the order that a pixel lies on; -1 beside the strip. */
export function columnAt(px: number, width: number): number {
  const k = Math.floor(((px - LEFT) / (width - LEFT - RIGHT)) * futuresNow.value.names.length);
  return k >= 0 && k < futuresNow.value.names.length ? k : -1;
}

export function drawHurting(pen: Pen, size: Size): void {
  const order = mildFirst();
  const marks = marksOf();
  const [low, high] = extentOf(shown.value.values);
  const flags = met.value;
  const wide = (size.width - LEFT - RIGHT) / order.length;
  const tall = (size.height - TOP - BOTTOM) / marks.length;
  marks.forEach(({ slot, alternative, colour }, row) => {
    const y = TOP + row * tall;
    pen.fillStyle = colour;
    pen.font = `600 13px ${FONT}`;
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.fillText(slot || "●", 4, y + tall / 2);
    order.forEach((s, k) => {
      const value = shown.value.values[alternative]![s]!;
      if (Number.isNaN(value)) return;
      const share = high > low ? (value - low) / (high - low) : 0;
      const x = LEFT + k * wide;
      pen.fillStyle = heat(share);
      // a hair wider, so that no seam shows between neighbours
      pen.fillRect(x, y + 1, wide + (wide > 6 ? -1 : 0.4), tall - 3);
      if (!flags || flags[alternative * order.length + s]) return;
      const [cx, cy, r] = [x + wide / 2, y + tall / 2, Math.min(4, Math.max(2, wide / 3))];
      pen.strokeStyle = share > 0.55 ? "#ffffff" : INK.ink;
      pen.lineWidth = 1.4;
      pen.beginPath();
      pen.moveTo(cx - r, cy - r);
      pen.lineTo(cx + r, cy + r);
      pen.moveTo(cx + r, cy - r);
      pen.lineTo(cx - r, cy + r);
      pen.stroke();
    });
  });
  pen.strokeStyle = INK.line;
  pen.lineWidth = 1;
  pen.strokeRect(LEFT - 0.5, TOP + 0.5, size.width - LEFT - RIGHT + 1, size.height - TOP - BOTTOM - 2);
  const at = order.indexOf(scenario.value);
  if (at < 0) return;
  pen.strokeStyle = INK.ink;
  pen.lineWidth = 2.5;
  pen.strokeRect(LEFT + at * wide - 1.5, TOP - 3, Math.max(4, wide) + 3, size.height - TOP - BOTTOM + 5);
}
