// What a live solve is told about a feature: a click goes on to the next of free, must and must not.

import type { Layer } from "../model.ts";
import { forced } from "../state.ts";
import { decided, type Shown } from "./what.ts";

export const forcedKey = (layer: Layer, feature: number): string => `${layer.name}|${layer.ids[feature]}`;

/** Goes on to the next; false where a solve cannot be told anything about the feature. */
export function forceNext(layer: Layer, feature: number, shown: Shown): boolean {
  if (!layer.forceable) return false;
  const key = forcedKey(layer, feature);
  const next = new Map(forced.value);
  const now = next.get(key);
  if (layer.classes) {
    const at = shown.kind === "alternative" ? shown.alternative : shown.kind === "difference" ? shown.to : null;
    if (now !== undefined) next.delete(key);
    else next.set(key, at === null ? layer.classes.today[feature]! : decided(layer, at)[feature]!);
  } else if (now === undefined) next.set(key, 1);
  else if (now === 1) next.set(key, 0);
  else next.delete(key);
  forced.value = next;
  return true;
}
