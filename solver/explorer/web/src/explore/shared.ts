// Counts what a selection has in common with what all alternatives have, in pieces.

import { addTurned, type Classed, commonness, type Commonness, startTurned, type Turned } from "../calc/sharing.ts";
import { type Layer, type Model, tally } from "../model.ts";
import type { Work } from "./idle.ts";

/** A layer of yes-or-no decisions. */
interface SharedChoices {
  layer: Layer;
  found: Commonness;
}

/** Share of the area (or of the features) turned into a kind, in a group or, with -1, everywhere. */
interface SharedTurn {
  kind: number;
  group: number;
  here: number;
  all: number;
}

/** A layer with a class for each feature: too many features to list, so by kind and by group. */
export interface SharedClasses {
  layer: Layer;
  byArea: boolean;
  kinds: SharedTurn[];
  groups: SharedTurn[];
  /** Features that all of the selection change, and that none changes. */
  always: number;
  never: number;
}

export interface SharedAll {
  choices: SharedChoices[];
  classes: SharedClasses[];
}

const PIECE = 60; // features between two places to stop

// among all alternatives: counted once for each model
const whole = new WeakMap<Model, Map<Layer, Uint32Array | Turned>>();

export function* sharedAmong(m: Model, positions: Uint32Array, put: (found: SharedAll) => void): Work {
  const all = Uint32Array.from({ length: m.count }, (_, k) => k);
  const kept = whole.get(m) ?? new Map<Layer, Uint32Array | Turned>();
  whole.set(m, kept);
  const found: SharedAll = { choices: [], classes: [] };
  for (const layer of m.layers) {
    if (layer.classes) {
      const classed = classedOf(layer);
      let among = kept.get(layer) as Turned | undefined;
      if (!among) {
        among = startTurned(classed);
        for (let f = 0; f < layer.size; f += PIECE) {
          addTurned(among, classed, all, f, Math.min(layer.size, f + PIECE));
          yield;
        }
        kept.set(layer, among);
      }
      const mine = startTurned(classed);
      for (let f = 0; f < layer.size; f += PIECE) {
        addTurned(mine, classed, positions, f, Math.min(layer.size, f + PIECE));
        yield;
      }
      found.classes.push(turnedOf(layer, classed, mine, positions.length, among, m.count));
    } else {
      const among = (kept.get(layer) as Uint32Array | undefined) ?? tally(layer, all);
      kept.set(layer, among);
      yield;
      found.choices.push({ layer, found: commonness(tally(layer, positions), positions.length, among, m.count) });
      yield;
    }
  }
  put(found);
}

function classedOf(layer: Layer): Classed {
  return {
    decided: layer.decided,
    first: layer.first,
    later: layer.later,
    today: layer.classes!.today,
    kinds: layer.kinds.length,
    weight: layer.facts["area"] ?? new Uint8Array(layer.size).fill(1),
    group: layer.group,
    groups: layer.group ? layer.groups.length : 1,
  };
}

function turnedOf(layer: Layer, classed: Classed, mine: Turned, n: number, among: Turned, m: number): SharedClasses {
  const total = new Float64Array(classed.groups);
  for (let f = 0; f < layer.size; f++) total[classed.group ? classed.group[f]! : 0]! += classed.weight[f]!;
  const everything = total.reduce((s, v) => s + v, 0) || 1;
  const kinds: SharedTurn[] = [];
  const groups: SharedTurn[] = [];
  for (let kind = 0; kind < classed.kinds; kind++) {
    let [here, all] = [0, 0];
    for (let group = 0; group < classed.groups; group++) {
      const at = group * classed.kinds + kind;
      here += mine.into[at]!;
      all += among.into[at]!;
      if (!layer.group || (!among.into[at] && !mine.into[at])) continue;
      const size = total[group] || 1;
      groups.push({ kind, group, here: mine.into[at]! / (n || 1) / size, all: among.into[at]! / m / size });
    }
    if (here || all) kinds.push({ kind, group: -1, here: here / (n || 1) / everything, all: all / m / everything });
  }
  const apart = (s: SharedTurn) => Math.abs(s.here - s.all);
  groups.sort((a, b) => apart(b) - apart(a));
  let [always, never] = [0, 0];
  for (const times of mine.changed) {
    if (times === n) always++;
    if (times === 0) never++;
  }
  return { layer, byArea: "area" in layer.facts, kinds, groups, always, never };
}
