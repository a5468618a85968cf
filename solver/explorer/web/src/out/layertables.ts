// The layers of the map as tables: what each outgoing alternative decides, how often things are chosen, and how A and B differ.

import type { Layer, Model } from "../model.ts";
import { tally } from "../model.ts";
import { told } from "../words.ts";
import { kindsOf, named } from "./chosen.ts";
import { type Category, categorised, shared } from "./qml.ts";
import type { Value } from "./sqlite.ts";

export interface Column {
  name: string;
  type: "TEXT" | "REAL" | "INTEGER" | "BOOLEAN";
  of: (feature: number) => Value;
}

export interface Style {
  name: string;
  qml: string;
}

export interface LayerTable {
  name: string;
  title: string;
  layer: Layer;
  /** Features that stand in the table. */
  features: number[];
  columns: Column[];
  /** The first is the default. */
  styles: Style[];
}

/** Names that do not clash, whatever their case; SQL does not tell case apart. */
export function distinct(): (wanted: string) => string {
  const taken = new Set<string>(["fid", "geom"]);
  return (wanted) => {
    let name = wanted;
    for (let k = 2; taken.has(name.toLowerCase()); k++) name = `${wanted}_${k}`;
    taken.add(name.toLowerCase());
    return name;
  };
}

function every(layer: Layer): number[] {
  return layer.ids.map((_, k) => k);
}

function about(layer: Layer, name: (wanted: string) => string): Column[] {
  const found: Column[] = [
    { name: name("id"), type: "TEXT", of: (f) => layer.ids[f]! },
    { name: name("title"), type: "TEXT", of: (f) => layer.titles[f]! },
  ];
  const { group } = layer;
  if (group) found.push({ name: name("district"), type: "TEXT", of: (f) => layer.groups[group[f]!] ?? null });
  for (const [fact, values] of Object.entries(layer.facts))
    found.push({ name: name(fact), type: "REAL", of: (f) => values[f]! });
  return found;
}

/** A layer with a column for each alternative, its amounts, and shares over the selection. */
export function layerTable(model: Model, layer: Layer, alternatives: readonly number[], among: Uint32Array): LayerTable {
  const name = distinct();
  const columns = about(layer, name);
  const { kind } = layer.shapes;
  const { classes } = layer;
  const combinations = new Map<string, number[]>();
  const wording: { column: string; id: string }[] = [];
  if (classes) columns.push({ name: name("today"), type: "TEXT", of: (f) => layer.kinds[classes.today[f]!]!.name });
  for (const a of alternatives) {
    const kinds = kindsOf(layer, a);
    const words = kinds.map((list) => named(layer, list));
    words.forEach((word, f) => combinations.has(word) || combinations.set(word, kinds[f]!));
    const column = name(`alternative_${model.ids[a]!}`);
    wording.push({ column, id: model.ids[a]! });
    columns.push({ name: column, type: "TEXT", of: (f) => words[f]! });
  }
  for (const amount of layer.amounts) {
    const at = new Map(Array.from(amount.feature, (f, k) => [f, k]));
    for (const a of alternatives) {
      const values = amount.values[a]!;
      columns.push({
        name: name(`${amount.name}_${model.ids[a]!}`),
        type: "REAL",
        of: (f) => (at.has(f) ? values[at.get(f)!]! : null),
      });
    }
  }
  const styles: Style[] = wording.map(({ column, id }) => ({
    name: `Refugia ${id}`,
    qml: categorised(kind, column, categories(layer, combinations)),
  }));
  const often = shares(layer, among);
  for (const { word, of } of often) {
    const column = name(word);
    columns.push({ name: column, type: "REAL", of });
    styles.push({ name: `Refugia ${column}`, qml: shared(kind, column) });
  }
  return { name: layer.name, title: told(layer.label) || layer.name, layer, features: every(layer), columns, styles };
}

function categories(layer: Layer, combinations: ReadonlyMap<string, number[]>): Category[] {
  // kinds that stand alone in the order of the page, then combinations, then nothing, which takes all other values
  const words = [...combinations].sort(([, a], [, b]) => a.length - b.length || (a[0] ?? 0) - (b[0] ?? 0));
  return [...words.filter(([, k]) => k.length), ...words.filter(([, k]) => !k.length)].map(([value, kinds]) => ({
    value,
    label: kinds.map((k) => told(layer.kinds[k]!.label)).join(" + ") || "–",
    kinds: kinds.map((k) => layer.kinds[k]!),
  }));
}

/** Share of the selection that takes each kind at a feature; of land, that changes it. */
function shares(layer: Layer, among: Uint32Array): { word: string; of: (feature: number) => Value }[] {
  if (!among.length) return [];
  const counts = tally(layer, among);
  const { choices } = layer;
  if (!choices) return [{ word: "share_changed", of: (f) => counts[f]! / among.length }];
  return layer.kinds.flatMap((kind, k) => {
    const at = new Map<number, number>();
    for (let o = 0; o < counts.length; o++)
      if (choices.kind[o] === k) {
        const f = choices.feature[o]!;
        at.set(f, Math.max(at.get(f) ?? 0, counts[o]! / among.length));
      }
    return at.size ? [{ word: `share_${kind.name}`, of: (f: number) => at.get(f) ?? null }] : [];
  });
}

/** Features that two alternatives treat differently. */
export function differenceTable(model: Model, layer: Layer, from: number, to: number): LayerTable {
  const name = distinct();
  const [before, after] = [kindsOf(layer, from), kindsOf(layer, to)];
  const features = every(layer).filter((f) => named(layer, before[f]!) !== named(layer, after[f]!));
  const columns = about(layer, name);
  const side = (slot: string, a: number, kinds: number[][]) =>
    columns.push({ name: name(`${slot}_${model.ids[a]!}`), type: "TEXT", of: (f) => named(layer, kinds[f]!) });
  side("A", from, before);
  side("B", to, after);
  const gained = (f: number) => after[f]!.filter((k) => !before[f]!.includes(k));
  const lost = (f: number) => before[f]!.filter((k) => !after[f]!.includes(k));
  const word = (f: number) =>
    [gained(f).length ? `+ ${named(layer, gained(f))}` : "", !layer.classes && lost(f).length ? `- ${named(layer, lost(f))}` : ""]
      .filter(Boolean)
      .join(" ");
  const column = name("change");
  columns.push({ name: column, type: "TEXT", of: word });
  const known = new Map(features.map((f) => [word(f), f]));
  const drawn = [...known].map(([value, f]): Category => {
    const [more, less] = [gained(f), lost(f)];
    return { value, label: value, kinds: (more.length ? more : less).map((k) => layer.kinds[k]!), lost: !more.length };
  });
  return {
    name: `${layer.name}_A_B`,
    title: `${told(layer.label) || layer.name} A ${model.ids[from]!} → B ${model.ids[to]!}`,
    layer,
    features,
    columns,
    styles: [{ name: `Refugia A B`, qml: categorised(layer.shapes.kind, column, drawn) }],
  };
}

/** A name inside SQL. */
export function quoted(name: string): string {
  return `"${name.replace(/\u0000/g, "").replace(/"/g, '""')}"`;
}
