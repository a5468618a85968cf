// Limits that the reader sets on measures over scenarios, and what follows from them. What depends on no limit is kept
// for each measure, so that moving a limit only compares.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { Rules, type Rule } from "../calc/failing.ts";
import { type Regrets, halfKeep, meets, meetsAll, mostRobust, regretsOf, reliable, sharesOf } from "../calc/satisfice.ts";
import type { Futures, Measure } from "../model.ts";
import { dragging, limits, measure, model, settled } from "../state.ts";

/** Largest value in a scenario, by name of the measure: a number, or null where the reader wants none. */
export const chosen = signal<ReadonlyMap<string, number | null>>(new Map());

/** Of each measure: the objective whose limit also stands for single scenarios; -1 for none. */
export const sources = computed<number[]>(() => {
  const { objectives, futures } = model.value;
  return (futures?.measures ?? []).map((m) => {
    const of = (how: string) =>
      objectives.findIndex((o, k) => o.measure === m.name && o.how === how && limits.value[k]?.[1] != null);
    return of("worst") >= 0 ? of("worst") : of("mean");
  });
});

/** Limit of each measure, in force for every scenario. */
export const bounds = computed<(number | null)[]>(() =>
  (model.value.futures?.measures ?? []).map((m, k) => {
    if (chosen.value.has(m.name)) return chosen.value.get(m.name)!;
    const from = sources.value[k]!;
    return from < 0 ? null : limits.value[from]![1];
  }),
);

export const anyBound = computed(() => bounds.value.some((b) => b !== null));

export function setBound(name: string, limit: number | null): void {
  const next = new Map(chosen.value);
  const at = model.value.futures?.measures.findIndex((m) => m.name === name) ?? -1;
  // nothing need be kept to say that a measure without a limit has none
  if (limit === null && (at < 0 || sources.value[at]! < 0)) next.delete(name);
  else next.set(name, limit);
  chosen.value = next;
}

export const futuresNow = computed<Futures>(() => model.value.futures!);
export const shownAt = computed(() => Math.min(measure.value, futuresNow.value.measures.length - 1));
export const shown = computed<Measure>(() => futuresNow.value.measures[shownAt.value]!);

/** Keeps the latest answer for each measure; a measure is a new object when alternatives are added. */
function kept<K extends object, A, V>(work: (of: K, given: A) => V): (of: K, given: A) => V {
  const known = new WeakMap<K, { given: A; value: V }>();
  return (of, given) => {
    const found = known.get(of);
    if (found && Object.is(found.given, given)) return found.value;
    const value = work(of, given);
    known.set(of, { given, value });
    return value;
  };
}

const metOf = kept((of: Measure, limit: number) => meets(of.values, limit));
const regretOf = kept((of: Measure, _: null) => regretsOf(of.values));
const reliableOf = kept((of: Measure, probability: Float64Array) => reliable(of.values, probability));
const rulesOf = kept((of: Futures["drivers"], size: number) => new Rules(of.map((d) => ({ values: d.values, words: d.words.length })), size));
const rangeOf = kept((of: Measure, _: null) => {
  let [low, high] = [Infinity, -Infinity];
  for (const row of of.values)
    for (let s = 0; s < row.length; s++) {
      if (row[s]! < low) low = row[s]!;
      if (row[s]! > high) high = row[s]!;
    }
  return low <= high ? ([low, high] as const) : ([0, 0] as const);
});

/** Least and largest outcome of all alternatives in the measure shown. */
export const range = computed(() => rangeOf(shown.value, null));

/** Alternative by alternative, scenario by scenario: whether all limits are met; null without limits. */
export const met = computed<Uint8Array | null>(() => {
  if (!model.value.futures) return null;
  const parts = futuresNow.value.measures.flatMap((m, k) => (bounds.value[k] === null ? [] : [metOf(m, bounds.value[k]!)]));
  return parts.length ? meetsAll(parts) : null;
});

/** Shares of the scenarios in which each alternative meets all limits; null without limits. */
export const shares = computed(() => {
  const flags = met.value;
  if (!flags) return null;
  const found = sharesOf(flags, futuresNow.value.probability);
  futuresNow.value.measures.forEach((m, k) => {
    if (bounds.value[k] === null) return;
    m.values.forEach((row, a) => {
      if (Number.isNaN(row[0]!)) found.byCount[a] = found.byProbability[a] = NaN;
    });
  });
  return found;
});

/** The same, but only once a drag has ended: for long tables and for rules. */
function held<T>(of: ReadonlySignal<T>): ReadonlySignal<T> {
  let last: { value: T } | null = null;
  return computed(() => (dragging.value && last ? last : (last = { value: of.value })).value);
}
export const heldBounds = held(bounds);
export const heldMet = held(met);
export const heldShares = held(shares);

export const regret = computed<Regrets>(() => regretOf(shown.value, null));

/** A limit on the measure shown that half of the selection keeps in 90 % of probability. */
export const offered = computed(() => halfKeep(reliableOf(shown.value, futuresNow.value.probability), settled.value));

/** The most robust of the selection; -1 where nothing can be told. */
export const best = computed(() => {
  const found = shares.value;
  return found ? mostRobust(found.byProbability, regret.value.largest, settled.value) : -1;
});

/** A scenario in which an alternative breaks limits: which measures, and by how much. */
interface Miss {
  scenario: number;
  broken: { measure: number; by: number }[];
}

export interface Failing {
  misses: Miss[];
  probability: number;
  rule: Rule | null;
}

/** Where an alternative fails; null without limits or outcomes. */
export function failingOf(alternative: number): Failing | null {
  const flags = heldMet.value;
  const { measures, probability, drivers, names } = futuresNow.value;
  if (!flags || Number.isNaN(heldShares.value!.byCount[alternative]!)) return null;
  const size = names.length;
  const fails = flags.slice(alternative * size, (alternative + 1) * size).map((ok) => 1 - ok);
  const misses: Miss[] = [];
  let sum = 0;
  fails.forEach((bad, s) => {
    if (!bad) return;
    sum += probability[s]!;
    const broken = measures.flatMap((m, k) => {
      const limit = heldBounds.value[k] ?? null;
      if (limit === null || metOf(m, limit)[alternative * size + s]) return [];
      return [{ measure: k, by: m.values[alternative]![s]! - limit }];
    });
    misses.push({ scenario: s, broken });
  });
  return { misses, probability: sum, rule: rulesOf(drivers, size).best(fails) };
}
