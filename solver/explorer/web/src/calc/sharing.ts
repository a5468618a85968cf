// What some alternatives have in common, against all of them.

import { type Columns, columnOf, countValues } from "./columns.ts";

/** How often something is decided among some alternatives and among all. */
export interface Shared {
  at: number;
  here: number;
  all: number;
}

export interface Commonness {
  /** Taken by some of both, the largest difference first. */
  differs: Shared[];
  /** Taken by each of the selection, the rarest among all first. */
  always: Shared[];
  /** Taken by none of the selection, the commonest among all first. */
  never: Shared[];
  /** How many are taken by every alternative of the front, and by none. */
  everywhere: number;
  nowhere: number;
}

/** From counts of each decision among `n` alternatives and among all `m`. */
export function commonness(here: ArrayLike<number>, n: number, all: ArrayLike<number>, m: number): Commonness {
  const found: Commonness = { differs: [], always: [], never: [], everywhere: 0, nowhere: 0 };
  for (let at = 0; at < here.length; at++) {
    const item = { at, here: n ? here[at]! / n : 0, all: m ? all[at]! / m : 0 };
    if (all[at] === m) found.everywhere++;
    else if (all[at] === 0) found.nowhere++;
    else if (here[at] === n) found.always.push(item);
    else if (here[at] === 0) found.never.push(item);
    else found.differs.push(item);
  }
  const apart = (s: Shared) => Math.abs(s.here - s.all);
  const byApart = (a: Shared, b: Shared) => apart(b) - apart(a) || a.at - b.at;
  found.differs.sort(byApart);
  found.always.sort(byApart);
  found.never.sort(byApart);
  return found;
}

/** Features that may be of one of several kinds, as a layer with classes has them. */
export interface Classed extends Columns {
  today: ArrayLike<number>;
  kinds: number;
  /** Area or another weight of each feature. */
  weight: ArrayLike<number>;
  /** District of each feature, and how many there are; all in one where there are none. */
  group: ArrayLike<number> | null;
  groups: number;
}

/** What features are turned into, summed over alternatives. */
export interface Turned {
  /** Weight turned into each kind: group by group, kind by kind. */
  into: Float64Array;
  /** In how many of the alternatives each feature is another kind than today. */
  changed: Uint32Array;
}

export function startTurned(layer: Classed): Turned {
  return { into: new Float64Array(layer.groups * layer.kinds), changed: new Uint32Array(layer.today.length) };
}

/** Adds features `from` to `to` for some alternatives, which rise: a part of the work, so that it can be cut in pieces. */
export function addTurned(found: Turned, layer: Classed, alternatives: ArrayLike<number>, from: number, to: number): void {
  const { today, kinds, weight, group } = layer;
  const times = new Uint32Array(kinds);
  const gathered = new Uint8Array(alternatives.length);
  for (let f = from; f < to; f++) {
    countValues(columnOf(layer, f, alternatives, gathered), alternatives.length, times);
    times[today[f]!] = 0;
    const row = (group ? group[f]! : 0) * kinds;
    for (let kind = 0; kind < kinds; kind++) {
      found.changed[f]! += times[kind]!;
      found.into[row + kind]! += times[kind]! * weight[f]!;
    }
  }
}
