// What a map has to draw of a layer of yes-or-no choices: of one alternative, of two, or of how often in many.

import { decisions, type Layer, tally } from "../model.ts";

/** What a map shows. */
export type Shown =
  | { kind: "alternative"; alternative: number }
  | { kind: "difference"; from: number; to: number }
  | { kind: "frequency"; alternatives: Uint32Array };

export interface Item {
  option: number;
  feature: number;
  kind: number;
  way: "taken" | "gained" | "lost" | "kept" | "share";
  /** Share of the alternatives that choose it. */
  share: number;
}

const lately = new WeakMap<Layer, Map<number, Uint8Array>>();

/** The same as `decisions`, remembered for the alternatives last looked at: several maps ask for the same. */
export function decided(layer: Layer, alternative: number): Uint8Array {
  let known = lately.get(layer);
  if (!known) lately.set(layer, (known = new Map()));
  let found = known.get(alternative);
  if (!found) {
    found = decisions(layer, alternative);
    if (known.size >= 8) known.delete(known.keys().next().value!);
    known.set(alternative, found);
  }
  return found;
}

const counted = new WeakMap<Uint32Array, WeakMap<Layer, Uint32Array>>();

/** In how many of some alternatives each option is taken, or each feature changed. */
export function tallied(layer: Layer, alternatives: Uint32Array): Uint32Array {
  let found = counted.get(alternatives)?.get(layer);
  if (!found) keepTally(layer, alternatives, (found = tally(layer, alternatives)));
  return found;
}

/** Takes over what was counted elsewhere. */
export function keepTally(layer: Layer, alternatives: Uint32Array, found: Uint32Array): void {
  let known = counted.get(alternatives);
  if (!known) counted.set(alternatives, (known = new WeakMap()));
  known.set(layer, found);
}

/** Options to be drawn, in the order of the layer; for frequencies the frequent ones last, so that they lie on top. */
export function itemsOf(layer: Layer, shown: Shown): Item[] {
  const { choices } = layer;
  if (!choices) return [];
  const { feature, kind } = choices;
  const found: Item[] = [];
  const add = (option: number, way: Item["way"], share = 1) =>
    found.push({ option, feature: feature[option]!, kind: kind[option]!, way, share });
  if (shown.kind === "alternative") {
    const now = decided(layer, shown.alternative);
    for (let o = 0; o < layer.size; o++) if (now[o]) add(o, "taken");
  } else if (shown.kind === "difference") {
    const [before, after] = [decided(layer, shown.from), decided(layer, shown.to)];
    for (let o = 0; o < layer.size; o++)
      if (before[o] && after[o]) add(o, "kept");
      else if (after[o]) add(o, "gained");
      else if (before[o]) add(o, "lost");
    found.sort((a, b) => Number(a.way !== "kept") - Number(b.way !== "kept"));
  } else {
    const times = tallied(layer, shown.alternatives);
    const all = Math.max(1, shown.alternatives.length);
    for (let o = 0; o < layer.size; o++) if (times[o]) add(o, "share", times[o]! / all);
    found.sort((a, b) => a.share - b.share);
  }
  return found;
}

/** What tells two `Shown` apart. */
export function sameShown(a: Shown, b: Shown): boolean {
  if (a.kind === "alternative") return b.kind === a.kind && a.alternative === b.alternative;
  if (a.kind === "difference") return b.kind === a.kind && a.from === b.from && a.to === b.to;
  return b.kind === a.kind && a.alternatives === b.alternatives;
}
