// Which alternatives stand side by side, and which two of them the difference is between.

import { computed, signal } from "@preact/signals";
import { SLOTS, slots } from "../state.ts";

export interface Filled {
  slot: number;
  letter: string;
  alternative: number;
}

export const filled = computed<Filled[]>(() =>
  slots.value.flatMap((a, k) => (a === null ? [] : [{ slot: k, letter: SLOTS[k]!, alternative: a }])),
);

export type Pair = readonly [Filled, Filled];

export const pairs = computed<Pair[]>(() => {
  const all = filled.value;
  return all.flatMap((a, k) => all.slice(k + 1).map((b) => [a, b] as const));
});

/** Letters of the pair that the reader chose, which may be no more. */
const wanted = signal("AB");

export const nameOf = (pair: Pair): string => pair[0].letter + pair[1].letter;

export const pair = computed<Pair | null>(() => pairs.value.find((p) => nameOf(p) === wanted.value) ?? pairs.value[0] ?? null);

export function choosePair(name: string): void {
  wanted.value = name;
}
