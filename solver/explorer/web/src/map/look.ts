// How the polygons of a layer are filled: a style for each feature. Two painters draw from it, one dot by dot for the
// screen (pixels.ts), one as paths for files (areas.ts).

import type { Layer, Model } from "../model.ts";
import { hidden } from "../state.ts";
import { HAZARD } from "./marks.ts";
import { OFTEN_STEPS, oftenColour, oftenStep } from "./often.ts";
import { decided, itemsOf, type Shown, tallied } from "./what.ts";

export interface Style {
  /** null where nothing is drawn. */
  fill: string | null;
  hatch: string;
  /** Of the hatch. */
  ink: string;
  /** 0 for no hazard to 4. */
  hazard: number;
}

export interface Look {
  /** Style of each feature; position 0 stands for "no feature". */
  of: Uint16Array;
  styles: Style[];
}

const HAZARD_LEVELS = 4;
export const hazardInk = HAZARD;
const QUIET = "#eceae4";

/** Level of what a hazard does: 0 none, 1 to 4. */
function hazardLevel(value: number): number {
  return value ? 1 + Math.min(HAZARD_LEVELS - 1, (value * HAZARD_LEVELS) >> 8) : 0;
}

/** Land is the ground that marks stand on: its colours are laid thinly on paper. */
export function thin(colour: string): string {
  const n = parseInt(colour.slice(1), 16);
  const part = (shift: number, paper: number) => Math.round(((n >> shift) & 255) * 0.74 + paper * 0.26);
  return `rgb(${part(16, 253)},${part(8, 252)},${part(0, 249)})`;
}

/** Darker, for lines on an area of that colour. */
export function darker(colour: string, by = 0.42): string {
  const n = parseInt(colour.slice(1), 16);
  const part = (shift: number, ink: number) => Math.round(((n >> shift) & 255) * (1 - by) + ink * by);
  return `rgb(${part(16, 34)},${part(8, 48)},${part(0, 60)})`;
}

/** What a scenario does to the features of a layer or backdrop; null where nothing is known about it. */
export function hazardOn(model: Model, name: string, scenario: number): Uint8Array | null {
  if (scenario < 0) return null;
  let found: Uint8Array | null = null;
  for (const overlay of model.overlays) {
    if (overlay.on !== name || hidden.value.has(overlay.name)) continue;
    const row = overlay.values.subarray(scenario * overlay.features, (scenario + 1) * overlay.features);
    // where several hazards meet the worst counts
    found = found ? found.map((v, k) => Math.max(v, row[k]!)) : row;
  }
  return found;
}

/** Style of every polygon of a layer. */
export function lookOf(model: Model, layer: Layer, shown: Shown, scenario: number): Look {
  const features = layer.ids.length;
  const { styles, base } = layer.classes ? classLook(layer, shown) : choiceLook(layer, shown);
  const hazard = hazardOn(model, layer.name, scenario);
  const plain = styles.length;
  const all = hazard
    ? Array.from({ length: HAZARD_LEVELS + 1 }, (_, level) => styles.map((s) => ({ ...s, hazard: level }))).flat()
    : styles;
  const none = all.length;
  const of = new Uint16Array(features + 1);
  of[0] = none;
  for (let f = 0; f < features; f++) of[f + 1] = base[f]! + (hazard ? hazardLevel(hazard[f] ?? 0) * plain : 0);
  return { of, styles: [...all, { fill: null, hatch: "", ink: "", hazard: 0 }] };
}

const area = (fill: string | null, hatch = "", ink = ""): Style => ({ fill, hatch, ink, hazard: 0 });

export function kindStyle(kind: { colour: string; hatch: string }): Style {
  return area(thin(kind.colour), kind.hatch, darker(kind.colour));
}

/** Style of a step of how often; nearly always is hatched as well. */
export function oftenStyle(step: number): Style {
  return area(oftenColour(step, true), step === OFTEN_STEPS - 1 ? "x" : "", "#5a3a12");
}

function classLook(layer: Layer, shown: Shown): { styles: Style[]; base: ArrayLike<number> } {
  const kinds = layer.kinds.map(kindStyle);
  if (shown.kind === "alternative") return { styles: kinds, base: decided(layer, shown.alternative) };
  if (shown.kind === "difference") {
    const [before, after] = [decided(layer, shown.from), decided(layer, shown.to)];
    const same = kinds.length;
    return { styles: [...kinds, area(QUIET)], base: after.map((k, f) => (before[f] === k ? same : k)) };
  }
  const times = tallied(layer, shown.alternatives);
  const all = Math.max(1, shown.alternatives.length);
  return {
    styles: Array.from({ length: OFTEN_STEPS }, (_, k) => oftenStyle(k)),
    base: Uint8Array.from(times, (n) => oftenStep(n / all)),
  };
}

/** Polygons that are chosen or not: the last kind that is chosen fills them. */
function choiceLook(layer: Layer, shown: Shown): { styles: Style[]; base: ArrayLike<number> } {
  const base = new Uint8Array(layer.ids.length);
  const steps = Array.from({ length: OFTEN_STEPS }, (_, k) => oftenStyle(k));
  if (shown.kind === "frequency") {
    for (const item of itemsOf(layer, shown)) base[item.feature] = Math.max(base[item.feature]!, oftenStep(item.share));
    return { styles: steps, base };
  }
  const styles = [area(QUIET), ...layer.kinds.map(kindStyle), area("#f4dcd9", "/", "#b3261e"), area("#dcdcd8")];
  const lost = layer.kinds.length + 1;
  for (const item of itemsOf(layer, shown)) {
    if (item.way === "lost") base[item.feature] ||= lost;
    else base[item.feature] = item.way === "kept" ? lost + 1 : item.kind + 1;
  }
  return { styles, base };
}
