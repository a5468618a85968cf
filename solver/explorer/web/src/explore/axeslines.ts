// Many lines, quickly: those of one colour are one path, and at most one pixel of the screen wide, for browsers without a
// graphics card draw wider ones fifteen times slower (2,000 lines in Chromium: 25 ms and 400 ms).

import { computed } from "@preact/signals";
import { INK, type Pen, ramp } from "../pen.ts";
import { colourBy, model } from "../state.ts";
import type { Place } from "./axesgeometry.ts";

const TINTS = 24;
const COLOURS = Array.from({ length: TINTS }, (_, k) => ramp(k / (TINTS - 1)));

/** Which colour each alternative has: 0 for the best. */
const tint = computed<Uint8Array>(() => {
  const { values, low, high } = model.value;
  const k = colourBy.value;
  const width = high[k]! - low[k]! || 1;
  return Uint8Array.from(values[k]!, (v) => Math.max(0, Math.min(TINTS - 1, Math.floor(((v - low[k]!) / width) * TINTS))) || 0);
});

/** The colour of an alternative's line. */
export function lineColour(alternative: number): string {
  return COLOURS[tint.value[alternative]!]!;
}

/**
 * Alternatives in such an order that the first few hundred of any selection are spread evenly over the colours, and stay
 * the same while the selection moves: by value, then by the bits of that place reversed (van der Corput).
 */
const spreadOrder = computed<Uint32Array>(() => {
  const column = model.value.values[colourBy.value]!;
  const byValue = Array.from(column.keys()).sort((a, b) => column[a]! - column[b]!);
  const size = 1 << Math.ceil(Math.log2(Math.max(2, byValue.length)));
  const found = new Uint32Array(byValue.length);
  let bits = 0;
  let at = 0;
  for (let k = 0; k < size; k++) {
    if (bits < byValue.length) found[at++] = byValue[bits]!;
    let carry = size >> 1;
    for (; bits & carry; carry >>= 1) bits ^= carry;
    bits |= carry;
  }
  return found;
});

/** At most `most` of those flagged. */
export function sample(flags: Uint8Array, most: number): number[] {
  const found: number[] = [];
  for (const a of spreadOrder.value) {
    if (flags[a]) found.push(a);
    if (found.length === most) break;
  }
  return found;
}

export function path(pen: Pen, place: Place, ys: Float32Array[], alternative: number): void {
  const { x } = place;
  if (x.length === 1) {
    pen.moveTo(x[0]! - 24, ys[0]![alternative]!);
    pen.lineTo(x[0]! + 24, ys[0]![alternative]!);
    return;
  }
  pen.moveTo(x[0]!, ys[0]![alternative]!);
  for (let k = 1; k < x.length; k++) pen.lineTo(x[k]!, ys[k]![alternative]!);
}

/** Those in reach, best on top; `pixel` is the width of one pixel of the screen. */
export function drawLines(pen: Pen, place: Place, ys: Float32Array[], chosen: ArrayLike<number>, pixel = 1): void {
  const sets: number[][] = COLOURS.map(() => []);
  const tints = tint.value;
  for (let k = 0; k < chosen.length; k++) sets[tints[chosen[k]!]!]!.push(chosen[k]!);
  const many = chosen.length;
  pen.lineWidth = many > 100 ? pixel : many > 40 ? 1.3 : 1.8;
  pen.globalAlpha = Math.min(1, many > 600 ? 0.55 / pixel : many > 100 ? 0.7 / pixel : 0.85);
  pen.lineJoin = "bevel";
  for (let t = TINTS - 1; t >= 0; t--) {
    if (!sets[t]!.length) continue;
    pen.strokeStyle = COLOURS[t]!;
    pen.beginPath();
    for (const a of sets[t]!) path(pen, place, ys, a);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

/** All, faint: those outside the limits are left when the others are drawn over them. */
export function drawGhosts(pen: Pen, place: Place, ys: Float32Array[], pixel = 1): void {
  const { count } = model.value;
  pen.lineWidth = pixel;
  pen.lineJoin = "bevel";
  pen.strokeStyle = INK.faint;
  pen.globalAlpha = Math.min(1, (count > 300 ? 0.28 : 0.45) / pixel);
  pen.beginPath();
  for (let a = 0; a < count; a++) path(pen, place, ys, a);
  pen.stroke();
  pen.globalAlpha = 1;
}
