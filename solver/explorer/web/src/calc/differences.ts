// How two alternatives differ: in objectives, in what is done where, in land that changes use, and in stock.

import { type Amount, decisions, type Layer, type Model, type Shapes } from "../model.ts";

/** One objective for alternatives that stand side by side; changes are against the first of them. */
export interface Standing {
  objective: number;
  values: number[];
  /** Where each lies between the least (0) and the largest (1) value of the front. */
  share: number[];
  /** Whether none of the others has less; all false where they are alike. */
  best: boolean[];
  change: number[];
  /** Change as a share of the first; null where the first is 0. */
  relative: (number | null)[];
}

export function standings(model: Model, alternatives: readonly number[]): Standing[] {
  return model.objectives.map((_, k) => {
    const [low, high] = [model.low[k]!, model.high[k]!];
    const values = alternatives.map((a) => model.values[k]![a]!);
    const least = Math.min(...values);
    // a solver's last digits are no reason for a mark
    const alike = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(low), Math.abs(high));
    const first = values[0] ?? NaN;
    const change = values.map((v) => (alike(v, first) ? 0 : v - first));
    return {
      objective: k,
      values,
      share: values.map((v) => (high > low ? (v - low) / (high - low) : 0)),
      best: values.map((v) => alike(v, least) && !values.every((w) => alike(w, least))),
      change,
      relative: change.map((d) => (first === 0 ? null : d / Math.abs(first))),
    };
  });
}

/** What happens to one kind between two alternatives: features by position, and metres of line. */
export interface KindChange {
  kind: number;
  gained: number[];
  lost: number[];
  kept: number[];
  /** Metres gained, lost and kept; zeros where features are no lines. */
  length: { gained: number; lost: number; kept: number };
}

export interface ChoiceDifference {
  layer: Layer;
  /** Kinds that at least one of the two uses. */
  kinds: KindChange[];
  /** Features used only by the second, only by the first, by both but otherwise, and by both alike. */
  fresh: number;
  gone: number;
  otherwise: number;
  alike: number;
}

export function choiceDifference(layer: Layer, from: number, to: number): ChoiceDifference {
  const { feature, kind } = layer.choices!;
  const [before, after] = [decisions(layer, from), decisions(layer, to)];
  const metres = layer.shapes.kind === "line" ? lengths(layer.shapes, layer.ids.length) : null;
  const kinds = layer.kinds.map(
    (_, k): KindChange => ({ kind: k, gained: [], lost: [], kept: [], length: { gained: 0, lost: 0, kept: 0 } }),
  );
  // bit 1: used before, 2: used after, 4: some option changed
  const use = new Uint8Array(layer.ids.length);
  for (let o = 0; o < layer.size; o++) {
    const [a, b] = [before[o]!, after[o]!];
    if (!a && !b) continue;
    const f = feature[o]!;
    use[f]! |= a | (b << 1) | (a === b ? 0 : 4);
    const what = a && b ? "kept" : b ? "gained" : "lost";
    const mine = kinds[kind[o]!]!;
    mine[what].push(f);
    if (metres) mine.length[what] += metres[f]!;
  }
  let [fresh, gone, otherwise, alike] = [0, 0, 0, 0];
  for (const u of use) {
    if (!u) continue;
    if (!(u & 1)) fresh++;
    else if (!(u & 2)) gone++;
    else if (u & 4) otherwise++;
    else alike++;
  }
  return { layer, kinds: kinds.filter((k) => k.gained.length + k.lost.length + k.kept.length), fresh, gone, otherwise, alike };
}

/** Features that leave one class for another; area [m2] and people are NaN where the layer does not know them. */
export interface Move {
  from: number;
  to: number;
  count: number;
  area: number;
  people: number;
}

export interface ClassDifference {
  layer: Layer;
  /** Largest first: by area, or by count where areas are not known. */
  moves: Move[];
  count: number;
  area: number;
  people: number;
}

export function classDifference(layer: Layer, from: number, to: number): ClassDifference {
  const [before, after] = [decisions(layer, from), decisions(layer, to)];
  const { area, people } = layer.facts;
  const found = new Map<number, Move>();
  const all: Move = { from: -1, to: -1, count: 0, area: area ? 0 : NaN, people: people ? 0 : NaN };
  for (let f = 0; f < layer.size; f++) {
    const [a, b] = [before[f]!, after[f]!];
    if (a === b) continue;
    const key = a * 256 + b;
    let move = found.get(key);
    if (!move) found.set(key, (move = { ...all, from: a, to: b, count: 0, area: area ? 0 : NaN, people: people ? 0 : NaN }));
    for (const one of [move, all]) {
      one.count++;
      if (area) one.area += area[f]!;
      if (people) one.people += people[f]!;
    }
  }
  const moves = [...found.values()].sort((a, b) => (area ? b.area - a.area : 0) || b.count - a.count || a.from - b.from || a.to - b.to);
  return { layer, moves, count: all.count, area: all.area, people: all.people };
}

/** How much of something two alternatives put where; places where they differ, the largest change first. */
export interface AmountDifference {
  layer: Layer;
  amount: Amount;
  before: number;
  after: number;
  places: { feature: number; before: number; after: number }[];
}

export function amountDifferences(layer: Layer, from: number, to: number): AmountDifference[] {
  return layer.amounts.map((amount) => {
    const [a, b] = [amount.values[from]!, amount.values[to]!];
    // amounts are kept in single precision and may come from a solver: less than a millionth is no change
    const close = 1e-6 * a.reduce((most, v, k) => Math.max(most, Math.abs(v), Math.abs(b[k]!)), 0);
    const places: AmountDifference["places"] = [];
    let [before, after] = [0, 0];
    a.forEach((v, k) => {
      before += v;
      after += b[k]!;
      if (Math.abs(b[k]! - v) > close) places.push({ feature: amount.feature[k]!, before: v, after: b[k]! });
    });
    places.sort((p, q) => Math.abs(q.after - q.before) - Math.abs(p.after - p.before));
    return { layer, amount, before, after, places };
  });
}

/** Length of each feature in metres: of all its parts, straight from point to point. */
export function lengths(shapes: Shapes, features: number): Float64Array {
  const known = measured.get(shapes);
  if (known) return known;
  const found = new Float64Array(features);
  const { owner, start, x, y } = shapes;
  for (let p = 0; p < owner.length; p++)
    for (let k = start[p]! + 1; k < start[p + 1]!; k++)
      found[owner[p]!]! += Math.hypot(x[k]! - x[k - 1]!, y[k]! - y[k - 1]!);
  measured.set(shapes, found);
  return found;
}
const measured = new WeakMap<Shapes, Float64Array>();
