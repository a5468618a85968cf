// Which alternatives go out, and what each of them decides about every feature.

import { decisions, type Layer, type Model } from "../model.ts";
import { compared, shortlist } from "../state.ts";

/** The shortlist; where it is empty, what is compared or looked at. */
export function outgoing(): number[] {
  const listed = shortlist.value;
  return listed.length ? [...listed] : [...new Set(compared.value.map((c) => c.alternative))];
}

/** Kinds (their positions) of every feature in an alternative; of land, the one kind. */
export function kindsOf(layer: Layer, alternative: number): number[][] {
  const taken = decisions(layer, alternative);
  if (layer.classes) return Array.from(taken, (kind) => [kind]);
  const found: number[][] = layer.ids.map(() => []);
  const { choices } = layer;
  if (choices)
    for (let o = 0; o < taken.length; o++) {
      const at = found[choices.feature[o]!]!;
      // two options of one kind at one feature are one thing to the reader
      if (taken[o] && !at.includes(choices.kind[o]!)) at.push(choices.kind[o]!);
    }
  for (const kinds of found) kinds.sort((a, b) => a - b);
  return found;
}

/** Kinds as one word, the same in every language: their names. */
export function named(layer: Layer, kinds: readonly number[]): string {
  return kinds.map((k) => layer.kinds[k]!.name).join(", ");
}

/** Name of a file: what, of which front. */
export function fileName(model: Model, what: string, ending: string): string {
  const name = `${model.about.name} ${what}`.replace(/[\\/:*?"<>|\u0000-\u001f]+/g, "-").replace(/\s+/g, "-");
  return `${name.slice(0, 80)}-${model.about.digest.slice(0, 8)}.${ending}`;
}
