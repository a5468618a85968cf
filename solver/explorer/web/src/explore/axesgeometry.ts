// Where axes and values lie: one vertical axis for each objective, less (better) at the top.

import { computed } from "@preact/signals";
import type { Size } from "../pen.ts";
import { axes, model } from "../state.ts";

/** What an axis reaches from the best value, at the top, to the worst. */
export interface Span {
  low: number;
  high: number;
  /** Nothing better exists than this; null where that is not proven or lies far beyond the axis. */
  bound: number | null;
  /** All alternatives have the same value, which lies in the middle. */
  alike: boolean;
}

/** A bound so close to the best value found (in shares of the range) still gets onto the axis. */
const NEAR = 0.15;

export const spans = computed<Span[]>(() => {
  const { objectives, low, high } = model.value;
  return objectives.map((o, k) => {
    let [best, worst] = [low[k]!, high[k]!];
    if (!Number.isFinite(best) || !Number.isFinite(worst)) [best, worst] = [0, 1];
    // a range all the same, so that there is a middle
    const alike = worst - best <= 1e-12 * Math.abs(worst);
    if (alike) {
      const half = Math.abs(best) * 0.05 || 0.5;
      [best, worst] = [best - half, worst + half];
    }
    const proven = o.measured ? null : (o.bound ?? o.ideal);
    const near = proven !== null && proven <= worst && proven >= best - (alike ? 0 : NEAR) * (worst - best);
    return { low: near ? Math.min(best, proven) : best, high: worst, bound: near ? proven : null, alike };
  });
});

/** Of the drawing in pixels. */
export interface Place {
  /** Objectives from left to right, and where their axes stand. */
  order: readonly number[];
  x: number[];
  top: number;
  bottom: number;
  /** Width that a label may take. */
  cell: number;
}

/** Of the label, in three lines at most, with its unit. */
const LABELS = 60;
const TOP = LABELS + 26;
const BOTTOM = 24;
/** Right of the last axis: letters and numbers of alternatives. */
const ENDS = 34;
/** Least distance of axes; a narrow screen scrolls. */
export const APART = 98;

export const px = (value: number): string => `${Math.round(value)}px`;

export function placeOf({ width, height }: Size, order: readonly number[] = axes.value): Place {
  const count = order.length;
  const cell = Math.max(60, Math.min(160, width / Math.max(1, count) - 10));
  const left = cell / 2 + 4;
  const right = width - cell / 2 - ENDS;
  const x = order.map((_, k) => Math.round(count > 1 ? left + ((right - left) * k) / (count - 1) : (left + right) / 2));
  return { order, x, top: TOP, bottom: height - BOTTOM, cell };
}

export function yOf(place: Place, span: Span, value: number): number {
  return place.top + ((value - span.low) / (span.high - span.low)) * (place.bottom - place.top);
}

/** The same, but never off the axis. */
export function yOn(place: Place, span: Span, value: number): number {
  return Math.max(place.top, Math.min(place.bottom, yOf(place, span, value)));
}

/** The roundest value that is still within half a pixel, so that a limit is exactly what is written beside it. */
export function valueAt(place: Place, span: Span, y: number): number {
  const pixel = (span.high - span.low) / Math.max(1, place.bottom - place.top);
  return rounded(span.low + (y - place.top) * pixel, roundStep(pixel));
}

/** 1, 2 or 5 times a power of ten, not above `size`. */
export function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  return power * (size >= 5 * power ? 5 : size >= 2 * power ? 2 : 1);
}

export function rounded(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toPrecision(12));
}

/** Where every alternative crosses each axis. */
export function heights(place: Place): Float32Array[] {
  const { values } = model.value;
  return place.order.map((k) => {
    const [column, span] = [values[k]!, spans.value[k]!];
    const found = new Float32Array(column.length);
    const slope = (place.bottom - place.top) / (span.high - span.low);
    for (let a = 0; a < column.length; a++) found[a] = place.top + (column[a]! - span.low) * slope;
    return found;
  });
}
