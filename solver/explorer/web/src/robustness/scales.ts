// Scales and marks that the figures on robustness share.

import { INK, type Pen } from "../pen.ts";
import { number } from "../format.ts";
import { compared, lang } from "../state.ts";
import { told } from "../words.ts";
import type { Text } from "../payload.ts";

/** Round values across a range, at most so many. */
export function ticksOf(low: number, high: number, most: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(1, most - 1);
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 2.5, 5, 10].find((n) => n * unit >= rough - 1e-12 * unit) ?? 10);
  const found: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(Number((k * step).toPrecision(12)));
  return found;
}

/** A value to a pixel. */
export function linear(low: number, high: number, from: number, to: number): (value: number) => number {
  const width = high - low || 1;
  return (value) => from + ((value - low) / width) * (to - from);
}

/** Strokes tell slots apart without colour: drawn through, dashed, dotted. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3]];

/** How the alternatives to be compared are drawn: letter (or nothing), colour and dash. */
export function marksOf(): { slot: string; alternative: number; colour: string; dash: readonly number[] }[] {
  return compared.value.map(({ slot, alternative }) => {
    const at = "ABC".indexOf(slot);
    const lettered = slot !== "" && at >= 0;
    return { slot, alternative, colour: lettered ? INK.slots[at]! : INK.sure, dash: lettered ? DASHES[at]! : [] };
  });
}

/** Least and largest outcome of the compared alternatives in a measure. */
export function extentOf(values: readonly ArrayLike<number>[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { alternative } of compared.value) {
    const row = values[alternative]!;
    for (let s = 0; s < row.length; s++) {
      if (row[s]! < low) low = row[s]!;
      if (row[s]! > high) high = row[s]!;
    }
  }
  return low <= high ? [low, high] : [0, 0];
}

/** A number with its unit. */
export function withUnit(value: number, unit: Text, digits = 4): string {
  const name = told(unit);
  return name && name !== "1" ? `${number(value, digits)} ${name}` : number(value, digits);
}

/** What follows the name of a measure, in brackets. */
export function unitAfter(unit: Text): string {
  const name = told(unit);
  return !name || name === "1" ? "" : lang.value === "zh" ? `（${name}）` : ` (${name})`;
}

/** ● mean, ◆ CVaR, | worst. */
export function drawMark(pen: Pen, kind: "mean" | "cvar" | "worst", x: number, y: number, colour: string): void {
  pen.save();
  pen.setLineDash([]);
  pen.beginPath();
  if (kind === "mean") pen.arc(x, y, 5.5, 0, 2 * Math.PI);
  else if (kind === "cvar") {
    pen.moveTo(x, y - 8);
    pen.lineTo(x + 7, y);
    pen.lineTo(x, y + 8);
    pen.lineTo(x - 7, y);
    pen.closePath();
  } else pen.rect(x - 1.5, y - 12, 3, 24);
  pen.lineWidth = 3;
  pen.strokeStyle = "#ffffff";
  pen.stroke();
  pen.fillStyle = colour;
  pen.fill();
  pen.restore();
}

/** A colour from paper (0, nothing hurts) to dark red (1, the worst outcome seen). */
export function heat(share: number): string {
  const at = Math.max(0, Math.min(1, share)) * (HEAT.length - 1);
  const k = Math.min(HEAT.length - 2, Math.floor(at));
  const mix = (i: number) => Math.round(HEAT[k]![i]! + (HEAT[k + 1]![i]! - HEAT[k]![i]!) * (at - k));
  return `rgb(${mix(0)},${mix(1)},${mix(2)})`;
}

// even steps of lightness (ColorBrewer OrRd, Brewer 2002, Apache-2.0)
const HEAT = [
  [255, 247, 236],
  [253, 212, 158],
  [252, 141, 89],
  [215, 48, 31],
  [127, 0, 0],
];
