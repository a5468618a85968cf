// How often some alternatives choose each thing, how much they agree, and which of them is most like the rest.

import type { Layer } from "../model.ts";
import { columnOf, countValues, differ } from "./columns.ts";

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

/** Options counted between two places to stop. */
const PIECE = 60;

/**
 * All in one walk through the decisions, so that 2,000 alternatives of 10,000 parcels are read once; it can stop at each
 * `yield`. `alternatives` rise, as selections do.
 */
export function* counting(layers: readonly Layer[], alternatives: ArrayLike<number>): Generator<void, Frequencies, void> {
  const of = alternatives.length;
  const split = new Partition(of);
  const found: Frequency[] = [];
  for (const layer of layers) if (layer.size) found.push(yield* frequency(layer, alternatives, split));
  const apart = (k: number) => found.reduce((sum, f) => sum + f.apart[k]! / f.layer.size, 0);
  let [nearest, least] = [-1, Infinity];
  for (let k = 0; k < of; k++) {
    const mine = apart(k);
    if (mine < least - 1e-12) [nearest, least] = [alternatives[k]!, mine];
  }
  const agreement = found.reduce((sum, f) => sum + f.agreement, 0) / (found.length || 1);
  return { of, layers: found, patterns: split.parts, agreement: found.length ? agreement : 1, nearest };
}

/** The same without a stop. */
export function frequencies(layers: readonly Layer[], alternatives: ArrayLike<number>): Frequencies {
  const work = counting(layers, alternatives);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

function* frequency(layer: Layer, alternatives: ArrayLike<number>, split: Partition): Generator<void, Frequency, void> {
  const { length: n } = alternatives;
  const { size } = layer;
  const today = layer.classes?.today;
  const width = today ? layer.kinds.length : 2;
  const kinds = today ? new Uint32Array(size * width) : null;
  const taken = new Uint32Array(size);
  const majority = new Uint8Array(size);
  const apart = new Uint32Array(n);
  const gathered = new Uint8Array(n);
  const counts = new Uint32Array(width);
  let [alike, unanimous] = [0, 0];
  for (let o = 0; o < size; o++) {
    if (o % PIECE === 0) yield;
    const column = columnOf(layer, o, alternatives, gathered);
    countValues(column, n, counts);
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
    addApart(apart, column, most);
    split.by(column);
  }
  const agreement = n > 1 && size ? alike / (size * n * (n - 1)) : 1;
  return { layer, taken, kinds, majority, apart, agreement, unanimous };
}

// on its own, for a loop inside of what stops again and again is made fast much later
function addApart(apart: Uint32Array, column: Uint8Array, most: number): void {
  for (let k = 0; k < apart.length; k++) apart[k]! += differ(column[k]!, most);
}

/** Members that have been alike in all columns so far stand in one part; exact, unlike a checksum of each row. */
class Partition {
  parts: number;
  private readonly part: Uint32Array;
  private readonly size: Uint32Array;
  private readonly sample: Uint8Array;
  private readonly seen: Int32Array;
  /** Members that may still have their like. */
  private open: Uint32Array;
  private columns = 0;

  constructor(members: number) {
    this.parts = members ? 1 : 0;
    this.part = new Uint32Array(members);
    this.size = new Uint32Array(members);
    if (members) this.size[0] = members;
    this.sample = new Uint8Array(members);
    this.seen = new Int32Array(members).fill(-1);
    this.open = Uint32Array.from({ length: members }, (_, k) => k);
  }

  by(column: Uint8Array): void {
    const { part, size, sample, seen, open } = this;
    const now = this.columns++;
    let moved: Map<number, number> | null = null;
    let left = 0;
    for (const k of open) {
      const old = part[k]!;
      if (size[old] === 1) continue;
      open[left++] = k;
      const value = column[k]!;
      if (seen[old] !== now) {
        seen[old] = now;
        sample[old] = value;
      } else if (value !== sample[old]) {
        const key = old * 256 + value;
        moved ??= new Map();
        let fresh = moved.get(key);
        if (fresh === undefined) moved.set(key, (fresh = this.parts++));
        part[k] = fresh;
        size[old]!--;
        size[fresh]!++;
        // the new part has had its say in this column
        seen[fresh] = now;
        sample[fresh] = value;
      }
    }
    if (left < open.length) this.open = open.subarray(0, left);
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
