// How often some alternatives choose each thing, how much they agree, and which of them is most like the rest.

import type { Layer } from "../model.ts";

export interface Frequency {
  layer: Layer;
  /** In how many alternatives each option is taken; with classes, each feature differs from today. */
  taken: Uint32Array;
  /** With classes: in how many alternatives each feature has each kind, feature by feature; else null. */
  kinds: Uint32Array | null;
  /** What most choose: 1 for options that more than half take; with classes the most frequent kind, today's first. */
  majority: Uint8Array;
  /** In how many decisions of this layer each of the alternatives is apart from the majority, in their order. */
  apart: Uint32Array;
  /** Share of decisions in which two of the alternatives, drawn at random, are alike; 1 for a single one. */
  agreement: number;
  /** Decisions that are the same in all. */
  unanimous: number;
}

export interface Frequencies {
  /** Of how many alternatives. */
  of: number;
  layers: Frequency[];
  /** How many alternatives are left when those that decide all alike count once. */
  patterns: number;
  /** Mean over layers of the agreement. */
  agreement: number;
  /**
   * Position of the alternative with the fewest decisions apart from the majority, as a share of each layer, layers
   * weighing the same; the first of equals. -1 of none.
   */
  nearest: number;
}

/**
 * All in one walk through the decisions, so that 2,000 alternatives of 10,000 parcels are read once. `alternatives` rise,
 * as selections do.
 */
export function frequencies(layers: readonly Layer[], alternatives: ArrayLike<number>): Frequencies {
  const of = alternatives.length;
  const split = new Partition(of);
  const found = layers.filter((layer) => layer.size).map((layer) => frequency(layer, alternatives, split));
  const apart = (k: number) => found.reduce((sum, f) => sum + f.apart[k]! / f.layer.size, 0);
  let [nearest, least] = [-1, Infinity];
  for (let k = 0; k < of; k++) {
    const mine = apart(k);
    if (mine < least - 1e-12) [nearest, least] = [alternatives[k]!, mine];
  }
  const agreement = found.reduce((sum, f) => sum + f.agreement, 0) / (found.length || 1);
  return { of, layers: found, patterns: split.parts, agreement: found.length ? agreement : 1, nearest };
}

function frequency(layer: Layer, alternatives: ArrayLike<number>, split: Partition): Frequency {
  const { length: n } = alternatives;
  const { size, first, decided, later } = layer;
  const today = layer.classes?.today;
  const width = today ? layer.kinds.length : 2;
  const kinds = today ? new Uint32Array(size * width) : null;
  const taken = new Uint32Array(size);
  const majority = new Uint8Array(size);
  const apart = new Uint32Array(n);
  const gathered = new Uint8Array(n);
  // selections rise, so that as many as there are at first are all of those, in order
  const whole = n === first && n > 0 && alternatives[n - 1] === n - 1;
  let early = 0;
  while (early < n && alternatives[early]! < first) early++;
  const counts = new Uint32Array(256);
  let [alike, unanimous] = [0, 0];
  for (let o = 0; o < size; o++) {
    const base = o * first;
    counts.fill(0, 0, width);
    let column: Uint8Array = gathered;
    if (whole) column = decided.subarray(base, base + n);
    else {
      for (let k = 0; k < early; k++) gathered[k] = decided[base + alternatives[k]!]!;
      for (let k = early; k < n; k++) gathered[k] = later[alternatives[k]! - first]![o]!;
    }
    for (let k = 0; k < n; k++) counts[column[k]!]!++;
    let most = today ? today[o]! : 0;
    for (let v = 0; v < width; v++) {
      const c = counts[v]!;
      if (c > counts[most]!) most = v;
      alike += c * (c - 1);
      if (kinds) kinds[o * width + v] = c;
    }
    majority[o] = most;
    taken[o] = today ? n - counts[today[o]!]! : counts[1]!;
    if (counts[most] === n) {
      unanimous++;
      continue;
    }
    for (let k = 0; k < n; k++) if (column[k] !== most) apart[k]!++;
    split.by(column);
  }
  const agreement = n > 1 && size ? alike / (size * n * (n - 1)) : 1;
  return { layer, taken, kinds, majority, apart, agreement, unanimous };
}

/** Members that have been alike in all columns so far stand in one part; exact, unlike a checksum of each row. */
class Partition {
  parts: number;
  private readonly part: Uint32Array;
  private readonly sample: Uint8Array;
  private readonly seen: Int32Array;
  private columns = 0;

  constructor(private readonly members: number) {
    this.parts = members ? 1 : 0;
    this.part = new Uint32Array(members);
    this.sample = new Uint8Array(members);
    this.seen = new Int32Array(members).fill(-1);
  }

  by(column: Uint8Array): void {
    if (this.parts === this.members) return;
    const now = this.columns++;
    const moved = new Map<number, number>();
    for (let k = 0; k < this.members; k++) {
      const old = this.part[k]!;
      const value = column[k]!;
      if (this.seen[old] !== now) {
        this.seen[old] = now;
        this.sample[old] = value;
      } else if (value !== this.sample[old]) {
        const key = old * 256 + value;
        let fresh = moved.get(key);
        if (fresh === undefined) moved.set(key, (fresh = this.parts++));
        this.part[k] = fresh;
        // the new part has had its say in this column
        this.seen[fresh] = now;
        this.sample[fresh] = value;
      }
    }
  }
}

/** One thing that may be chosen, with how often it is. */
export interface Choice {
  layer: Layer;
  feature: number;
  kind: number;
  /** Alternatives that choose it. */
  count: number;
  share: number;
  /** With classes: share that changes the feature from today in any way; else the share itself. */
  any: number;
}

/** Every thing that at least one alternative chooses; a zone change is a feature together with its new kind. */
export function choicesOf(found: Frequency, of: number): Choice[] {
  const { layer, taken, kinds } = found;
  const list: Choice[] = [];
  if (layer.choices) {
    const { feature, kind } = layer.choices;
    for (let o = 0; o < layer.size; o++) {
      const count = taken[o]!;
      if (count) list.push({ layer, feature: feature[o]!, kind: kind[o]!, count, share: count / of, any: count / of });
    }
  } else if (layer.classes && kinds) {
    const width = layer.kinds.length;
    for (let f = 0; f < layer.size; f++) {
      if (!taken[f]) continue;
      for (let k = 0; k < width; k++) {
        const count = kinds[f * width + k]!;
        if (count && k !== layer.classes.today[f])
          list.push({ layer, feature: f, kind: k, count, share: count / of, any: taken[f]! / of });
      }
    }
  }
  return list;
}

/** Choices that read alike: the same name, kind and count; of roads these are the sections of one street. */
export function together(choices: readonly Choice[]): Choice[][] {
  const found = new Map<string, Choice[]>();
  for (const c of choices) {
    const key = `${c.layer.name}|${c.kind}|${c.count}|${c.layer.titles[c.feature]}`;
    const mine = found.get(key);
    if (mine) mine.push(c);
    else found.set(key, [c]);
  }
  return [...found.values()];
}

export const LEVELS = ["always", "nearly", "often", "seldom"] as const;
export type Level = (typeof LEVELS)[number];

/** In all, in nine tenths or more, in more than half, or in fewer of the alternatives. */
export function levelOf(count: number, of: number): Level {
  if (count === of) return "always";
  // whole numbers, since 0.9 of 10 is not 9 in binary fractions
  if (10 * count >= 9 * of) return "nearly";
  return 2 * count > of ? "often" : "seldom";
}
