// The content of the page as typed arrays, and alternatives that are added to it by live solves.

import { differ } from "./calc/columns.ts";
import {
  type AboutTold,
  type Addition,
  type Block,
  type KindTold,
  type Numbers,
  type ObjectiveTold,
  type Payload,
  type ProofTold,
  type ShapesTold,
  type SuggestionTold,
  type Text,
  unblock,
} from "./payload.ts";

/** Shapes in metres from the corner of the frame, northing upwards; see `Shapes` in content.py. */
export interface Shapes {
  kind: "point" | "line" | "polygon";
  owner: Numbers;
  start: Numbers;
  x: Float32Array;
  y: Float32Array;
}

export interface Amount {
  name: string;
  label: Text;
  unit: Text;
  feature: Numbers;
  /** Of each alternative. */
  values: Float32Array[];
}

export interface Layer {
  name: string;
  label: Text;
  ids: string[];
  titles: string[];
  shapes: Shapes;
  kinds: KindTold[];
  facts: Record<string, Float32Array>;
  group: Numbers | null;
  groups: string[];
  amounts: Amount[];
  forceable: boolean;
  /** Yes-or-no decisions: feature and kind of each option. */
  choices: { feature: Numbers; kind: Numbers } | null;
  /** One kind for each feature: that of today. */
  classes: { today: Numbers } | null;
  /** Options, or features where `classes`. */
  size: number;
  /** Option by option (or feature by feature), `first` alternatives each: 0 or 1, or the kind. */
  decided: Uint8Array;
  /** How many alternatives `decided` holds. */
  first: number;
  /** The same for those added later, one array each. */
  later: Uint8Array[];
}

export interface Measure {
  name: string;
  label: Text;
  unit: Text;
  low: number;
  high: number;
  /** Of each alternative, one value for each scenario. */
  values: (Float64Array | Float32Array)[];
}

export interface Driver {
  name: string;
  label: Text;
  unit: Text;
  words: Text[];
  values: Numbers;
}

export interface Futures {
  names: string[];
  titles: Text[];
  probability: Float64Array;
  alpha: number;
  drivers: Driver[];
  measures: Measure[];
}

export interface Backdrop {
  name: string;
  label: Text;
  shapes: Shapes;
  rank: Numbers | null;
}

export interface Overlay {
  name: string;
  label: Text;
  on: string;
  /** Scenario by scenario, 0 to 255 for each feature. */
  values: Uint8Array;
  features: number;
}

/** All that is shown. A new object with each addition, which shares what has not changed. */
export interface Model {
  about: AboutTold;
  objectives: ObjectiveTold[];
  labels: string[];
  proof: ProofTold;
  suggestions: SuggestionTold[];
  /** Alternatives in all, and those that the page was made with. */
  count: number;
  given: number;
  ids: string[];
  at: Map<string, number>;
  /** Objective by objective, one value for each alternative. */
  values: Float64Array[];
  /** Least and largest value of each objective. */
  low: number[];
  high: number[];
  label: Uint8Array;
  distance: Float64Array;
  verified: Float64Array;
  origin: string[];
  stands: Numbers | null;
  family: Numbers | null;
  futures: Futures | null;
  frame: { corner: [number, number]; size: [number, number]; step: number };
  layers: Layer[];
  backdrops: Backdrop[];
  overlays: Overlay[];
}

export async function decode(told: Payload): Promise<Model> {
  const { alternatives: a, frame } = told;
  const count = a.ids.length;
  // all at once: while one block waits for the stream that unpacks it, another is worked on
  const [flat, origin, label, distance, verified, stands, family, futures, layers, backdrops, overlays] = await Promise.all([
    unblock(a.values) as Promise<Float64Array>,
    unblock(a.origin),
    unblock(a.label) as Promise<Uint8Array>,
    unblock(a.distance) as Promise<Float64Array>,
    unblock(a.verified) as Promise<Float64Array>,
    perhaps(a.stands),
    perhaps(a.family),
    told.futures && futuresOf(told.futures, count),
    Promise.all(told.layers.map((layer) => layerOf(layer, count, frame.step))),
    Promise.all(told.backdrops.map((b) => backdropOf(b, frame.step))),
    Promise.all(told.overlays.map(overlayOf)),
  ]);
  const values = told.objectives.map((_, k) => flat.subarray(k * count, (k + 1) * count));
  return {
    about: told.about,
    objectives: told.objectives,
    labels: a.labels,
    proof: told.proof,
    suggestions: told.suggestions,
    count,
    given: count,
    ids: a.ids,
    at: new Map(a.ids.map((id, k) => [id, k])),
    values,
    ...extents(values),
    label,
    distance,
    verified,
    origin: Array.from(origin, (k) => a.origins[k]!),
    stands,
    family,
    futures,
    frame,
    layers,
    backdrops,
    overlays,
  };
}

/** The model with one more alternative. */
export async function added(model: Model, told: Addition): Promise<Model> {
  const values = model.values.map((v, k) => joined(v, told.values[k]!));
  const layers = await Promise.all(
    model.layers.map(async (layer): Promise<Layer> => {
      const mine = told.layers[layer.name];
      const taken = mine?.chosen ?? mine?.classes;
      const column = taken ? ((await unblock(taken)) as Uint8Array) : new Uint8Array(layer.size);
      const amounts = await Promise.all(
        layer.amounts.map(async (amount) => {
          const given = mine?.amounts[amount.name];
          const more = given ? ((await unblock(given)) as Float32Array) : new Float32Array(amount.feature.length);
          return { ...amount, values: [...amount.values, more] };
        }),
      );
      return { ...layer, amounts, later: [...layer.later, column] };
    }),
  );
  const futures = model.futures && {
    ...model.futures,
    measures: await Promise.all(
      model.futures.measures.map(async (measure) => {
        const given = told.measures[measure.name];
        const size = model.futures!.names.length;
        const more = given ? Float64Array.from(await unblock(given)) : new Float64Array(size).fill(NaN);
        return { ...measure, values: [...measure.values, more] };
      }),
    ),
  };
  return {
    ...model,
    count: model.count + 1,
    ids: [...model.ids, told.id],
    at: new Map(model.at).set(told.id, model.count),
    values,
    ...extents(values),
    label: Uint8Array.from([...model.label, told.label]),
    distance: joined(model.distance, told.distance ?? NaN),
    verified: joined(model.verified, told.verified ?? NaN),
    origin: [...model.origin, told.origin],
    // which known alternative stands for a new one, or whose family it joins, is not known
    stands: model.stands && Uint32Array.from([...model.stands, model.count]),
    family: null,
    layers,
    futures,
  };
}

/** What an alternative decides: 0 or 1 for each option, or the kind of each feature. */
export function decisions(layer: Layer, alternative: number): Uint8Array {
  if (alternative >= layer.first) return layer.later[alternative - layer.first]!;
  const found = new Uint8Array(layer.size);
  for (let k = 0, at = alternative; k < layer.size; k++, at += layer.first) found[k] = layer.decided[at]!;
  return found;
}

/** In how many of some alternatives each option is taken (or, with `classes`, each feature changed from today). */
export function tally(layer: Layer, alternatives: ArrayLike<number>): Uint32Array {
  const found = new Uint32Array(layer.size);
  const today = layer.classes?.today;
  const early: number[] = [];
  for (let k = 0; k < alternatives.length; k++) {
    const a = alternatives[k]!;
    if (a < layer.first) early.push(a);
    else {
      const column = layer.later[a - layer.first]!;
      for (let o = 0; o < layer.size; o++) found[o]! += differ(column[o]!, today ? today[o]! : 0);
    }
  }
  for (let o = 0; o < layer.size; o++) {
    const base = o * layer.first;
    const now = today ? today[o]! : 0;
    let sum = 0;
    for (let k = 0; k < early.length; k++) sum += differ(layer.decided[base + early[k]!]!, now);
    found[o]! += sum;
  }
  return found;
}

/** What counts as one unit in each objective: the range from the ideal, or the least value found, to the nadir. */
export function scales(model: Model): number[] {
  return model.objectives.map((o, k) => {
    const width = o.nadir - (o.ideal ?? model.low[k]!);
    return width > 1e-12 * Math.abs(o.nadir) ? width : 1;
  });
}

function extents(values: Float64Array[]): { low: number[]; high: number[] } {
  const ends = values.map((v) => {
    let [low, high] = [Infinity, -Infinity];
    for (const x of v) {
      if (x < low) low = x;
      if (x > high) high = x;
    }
    return [low, high] as const;
  });
  return { low: ends.map((e) => e[0]), high: ends.map((e) => e[1]) };
}

function joined(values: Float64Array, more: number): Float64Array {
  const found = new Float64Array(values.length + 1);
  found.set(values);
  found[values.length] = more;
  return found;
}

async function perhaps(told: Block | null): Promise<Numbers | null> {
  return told && (await unblock(told));
}

async function backdropOf(told: Payload["backdrops"][number], step: number): Promise<Backdrop> {
  const [shapes, rank] = await Promise.all([shapesOf(told.shapes, step), perhaps(told.rank)]);
  return { name: told.name, label: told.label, shapes, rank };
}

async function overlayOf(told: Payload["overlays"][number]): Promise<Overlay> {
  const values = (await unblock(told.values)) as Uint8Array;
  return { name: told.name, label: told.label, on: told.on, values, features: told.values.shape[1]! };
}

/** `start + k * step` of each; a plain loop, for `from` with a function is many times slower. */
function spread(steps: Numbers, start: number, step: number): Float32Array {
  const found = new Float32Array(steps.length);
  for (let k = 0; k < found.length; k++) found[k] = start + steps[k]! * step;
  return found;
}

/** Rows of so many numbers each, which share the memory of the whole. */
function rows<T extends Float32Array | Float64Array>(whole: T, count: number, wide: number): T[] {
  return Array.from({ length: count }, (_, a) => whole.subarray(a * wide, (a + 1) * wide) as T);
}

async function shapesOf(told: ShapesTold, step: number): Promise<Shapes> {
  const [owner, start, x, y] = await Promise.all([told.owner, told.start, told.x, told.y].map(unblock));
  return { kind: told.kind, owner: owner!, start: start!, x: spread(x!, 0, step), y: spread(y!, 0, step) };
}

/** A bit for each alternative, option by option, as a byte each. */
function unpacked(bits: Uint8Array, size: number, count: number): Uint8Array {
  const wide = Math.ceil(count / 8);
  const found = new Uint8Array(size * count);
  for (let o = 0, at = 0; o < size; o++)
    for (let a = 0, base = o * wide; a < count; a++) found[at++] = (bits[base + (a >> 3)]! >> (a & 7)) & 1;
  return found;
}

async function layerOf(told: LayerToldOf, count: number, step: number): Promise<Layer> {
  const { choices, classes } = told;
  const taken = choices?.chosen ?? classes?.chosen;
  const [raw, shapes, feature, kind, today, group, facts, amounts] = await Promise.all([
    taken ? (unblock(taken) as Promise<Uint8Array>) : new Uint8Array(0),
    shapesOf(told.shapes, step),
    perhaps(choices && choices.feature),
    perhaps(choices && choices.kind),
    perhaps(classes && classes.today),
    perhaps(told.groups && told.groups.group),
    Promise.all(Object.values(told.facts).map(unblock)) as Promise<Float32Array[]>,
    Promise.all(told.amounts.map((amount) => amountOf(amount, count))),
  ]);
  const size = choices ? choices.feature.shape[0]! : told.ids.length;
  return {
    name: told.name,
    label: told.label,
    ids: told.ids,
    titles: told.titles ?? told.ids,
    shapes,
    kinds: told.kinds,
    facts: Object.fromEntries(Object.keys(told.facts).map((name, k) => [name, facts[k]!])),
    group,
    groups: told.groups?.groups ?? [],
    amounts,
    forceable: told.forceable,
    choices: feature && kind && { feature, kind },
    classes: today && { today },
    size,
    decided: choices ? unpacked(raw, size, count) : raw,
    first: count,
    later: [],
  };
}

type LayerToldOf = Payload["layers"][number];

async function amountOf(told: LayerToldOf["amounts"][number], count: number): Promise<Amount> {
  const [feature, values] = await Promise.all([unblock(told.feature), unblock(told.values) as Promise<Float32Array>]);
  return { name: told.name, label: told.label, unit: told.unit, feature, values: rows(values, count, feature.length) };
}

async function futuresOf(told: NonNullable<Payload["futures"]>, count: number): Promise<Futures> {
  const [probability, drivers, measures] = await Promise.all([
    unblock(told.probability) as Promise<Float64Array>,
    Promise.all(told.drivers.map(async (d) => ({ ...d, values: await unblock(d.values) }))),
    Promise.all(told.measures.map((measure) => measureOf(measure, count, told.names.length))),
  ]);
  return { names: told.names, titles: told.titles, probability, alpha: told.alpha, drivers, measures };
}

async function measureOf(told: NonNullable<Payload["futures"]>["measures"][number], count: number, size: number): Promise<Measure> {
  const raw = await unblock(told.values);
  const steps = raw instanceof Uint16Array;
  const wide = steps ? spread(raw, told.low, (told.high - told.low || 1) / 65535) : (raw as Float32Array | Float64Array);
  return { ...told, values: rows(wide, count, size) };
}
