// Order of the rows, and words for what is known about an alternative.

import type { Model } from "../model.ts";
import { say, type Word } from "../words.ts";

/** Columns beside the objectives, as `sorted.by` counts them. */
export const BY_ID = -1;
export const BY_LABEL = -2;
export const BY_DISTANCE = -3;

/** All alternatives in order; equal ones by their id, NaN last whichever way. */
export function ordered(m: Model, by: number, down: boolean): Uint32Array {
  const natural = new Intl.Collator("en", { numeric: true });
  const rank = new Uint32Array(m.count);
  Array.from({ length: m.count }, (_, k) => k)
    .sort((a, b) => natural.compare(m.ids[a]!, m.ids[b]!))
    .forEach((a, k) => (rank[a] = k));
  const value = (a: number): number => {
    if (by >= 0) return m.values[by]![a]!;
    if (by === BY_LABEL) return m.label[a]!;
    if (by === BY_DISTANCE) return m.distance[a]!;
    return rank[a]!;
  };
  const sign = down ? -1 : 1;
  return Uint32Array.from({ length: m.count }, (_, k) => k).sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || rank[a]! - rank[b]!;
    return sign * (x - y) || rank[a]! - rank[b]!;
  });
}

function labelName(m: Model, alternative: number): string {
  return m.labels[m.label[alternative]!] ?? "found";
}

export function labelClass(m: Model, alternative: number): string {
  return labelName(m, alternative).replace(" ", "-");
}

/** "proven", "within gap" or "found" in the language of the page. */
export function labelWord(m: Model, alternative: number): string {
  return say(`label.${labelName(m, alternative)}` as "label.found");
}

const ORIGINS = ["anchor", "bound", "cross", "genetic", "halve", "least", "live", "polish", "settle", "start", "walk"];

/** The step of the search that found an alternative; as it stands in the data where it is no step of ours. */
export function originWord(origin: string): string {
  return ORIGINS.includes(origin) ? say(`origin.${origin}` as Word) : origin;
}
