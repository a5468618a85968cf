// What there is to say about one feature, in sentences: facts, what is decided, amounts, how often, and the hazard.

import { number, percent, whole } from "../format.ts";
import { type Layer, type Model } from "../model.ts";
import { forced, scenario, selection } from "../state.ts";
import { listed, say, told, type Word } from "../words.ts";
import { forcedKey } from "./forcing.ts";
import { UNUSABLE } from "./places.ts";
import { decided, type Shown, tallied } from "./what.ts";

interface Telling {
  title: string;
  group: string;
  facts: { label: string; value: string }[];
  /** What is decided, the kind first. */
  decided: { kind: number; text: string }[];
  amounts: { label: string; value: string }[];
  often: string[];
  hazard: string[];
  told: string;
  hint: string;
}

const KNOWN: Record<string, readonly [Word, Word | null]> = {
  area: ["map.fact.area", null],
  people: ["map.fact.people", null],
  capacity: ["map.fact.capacity", "map.people"],
  volume: ["map.fact.volume", "map.m3"],
  length: ["map.fact.length", "map.m"],
};

/** An area as planners write it. */
export function areaText(m2: number): string {
  return m2 >= 10000 ? `${number(m2 / 10000, 3)} ${say("map.ha")}` : `${whole(m2)} ${say("map.m2")}`;
}

export function tellingOf(m: Model, layer: Layer, feature: number, shown: Shown, force: boolean): Telling {
  const name = (kind: number) => told(layer.kinds[kind]?.label) || layer.kinds[kind]?.name || "";
  return {
    title: layer.titles[feature] ?? layer.ids[feature] ?? "",
    group: layer.group ? (layer.groups[layer.group[feature]!] ?? "") : "",
    facts: Object.entries(layer.facts).flatMap(([key, values]) => {
      const value = values[feature]!;
      // a place without capacity is not one that has none
      if (!Number.isFinite(value) || (value === 0 && key !== "people")) return [];
      const [label, unit] = KNOWN[key] ?? [null, null];
      return [
        {
          label: label ? say(label) : key.replaceAll("_", " "),
          value: key === "area" ? areaText(value) : `${number(value)}${unit ? ` ${say(unit)}` : ""}`,
        },
      ];
    }),
    decided: layer.classes ? ofClass(layer, feature, shown, name) : ofChoices(layer, feature, shown, name),
    amounts: amountsAt(layer, feature, shown),
    often: oftenAt(layer, feature, shown, name),
    hazard: hazardAt(m, layer, feature),
    told: toldAt(layer, feature, name, force),
    hint: force && layer.forceable ? say(layer.classes ? "map.click to keep" : "map.click to force") : "",
  };
}

type Name = (kind: number) => string;

function ofClass(layer: Layer, feature: number, shown: Shown, name: Name): Telling["decided"] {
  const today = layer.classes!.today[feature]!;
  const move = (before: number, after: number) =>
    before === after
      ? { kind: after, text: say("map.stays", { kind: name(after) }) }
      : { kind: after, text: say("map.becomes", { before: name(before), after: name(after) }) };
  if (shown.kind === "alternative") return [move(today, decided(layer, shown.alternative)[feature]!)];
  if (shown.kind === "difference")
    return [move(decided(layer, shown.from)[feature]!, decided(layer, shown.to)[feature]!)];
  return [{ kind: today, text: say("map.today", { kind: name(today) }) }];
}

function optionsAt(layer: Layer, feature: number): number[] {
  const found: number[] = [];
  layer.choices!.feature.forEach((f: number, o: number) => f === feature && found.push(o));
  return found;
}

function ofChoices(layer: Layer, feature: number, shown: Shown, name: Name): Telling["decided"] {
  const kind = layer.choices!.kind;
  const options = optionsAt(layer, feature);
  if (shown.kind === "frequency") return [];
  const found = options.flatMap((o) => {
    if (shown.kind === "alternative")
      return decided(layer, shown.alternative)[o] ? [{ kind: kind[o]!, text: name(kind[o]!) }] : [];
    const [before, after] = [decided(layer, shown.from)[o], decided(layer, shown.to)[o]];
    if (!before && !after) return [];
    const key = before && after ? "map.kept" : after ? "map.gained" : "map.lost";
    return [{ kind: kind[o]!, text: say(key, { kind: name(kind[o]!) }) }];
  });
  return found.length ? found : [{ kind: -1, text: say("map.nothing") }];
}

function amountsAt(layer: Layer, feature: number, shown: Shown): Telling["amounts"] {
  if (shown.kind === "frequency") return [];
  return layer.amounts.flatMap((amount) => {
    const places: number[] = [];
    amount.feature.forEach((f: number, k: number) => f === feature && places.push(k));
    const sum = (a: number) => places.reduce((s, k) => s + (amount.values[a]?.[k] ?? 0), 0);
    const unit = told(amount.unit);
    const put = (v: number) => `${number(v)}${unit ? ` ${unit}` : ""}`;
    if (shown.kind === "alternative") {
      const value = sum(shown.alternative);
      return value ? [{ label: told(amount.label), value: put(value) }] : [];
    }
    const [before, after] = [sum(shown.from), sum(shown.to)];
    if (!before && !after) return [];
    return [{ label: told(amount.label), value: before === after ? put(after) : `${number(before)} → ${put(after)}` }];
  });
}

function oftenAt(layer: Layer, feature: number, shown: Shown, name: Name): string[] {
  const among = shown.kind === "frequency" ? shown.alternatives : selection.value;
  if (!among.length) return [];
  // the many are counted for the whole map already; for one feature of a selection only its own rows are read
  const times = (o: number) => {
    if (shown.kind === "frequency") return tallied(layer, among)[o]!;
    let n = 0;
    const today = layer.classes?.today[o];
    for (const a of among) {
      const value = a < layer.first ? layer.decided[o * layer.first + a]! : layer.later[a - layer.first]![o]!;
      n += today === undefined ? value : Number(value !== today);
    }
    return n;
  };
  const share = (o: number) => ({ share: percent(times(o) / among.length), count: whole(among.length) });
  const many = shown.kind === "frequency";
  if (layer.classes) return [say(many ? "map.share changed" : "map.changed", share(feature))];
  return optionsAt(layer, feature).map((o) =>
    say(many ? "map.share shown" : "map.chosen", { kind: name(layer.choices!.kind[o]!), ...share(o) }),
  );
}

function hazardAt(m: Model, layer: Layer, feature: number): string[] {
  const at = scenario.value;
  if (at < 0) return [];
  return m.overlays.flatMap((overlay) => {
    const value = overlay.on === layer.name ? (overlay.values[at * overlay.features + feature] ?? 0) : 0;
    if (!value) return [];
    if (layer.shapes.kind === "polygon")
      return [say("map.harm", { label: told(overlay.label), share: percent(value / 255, 0) })];
    if (layer.shapes.kind === "line") return [say("map.cut")];
    return [say(value < UNUSABLE ? "map.partly" : "map.unusable", { share: percent(value / 255, 0) })];
  });
}

function toldAt(layer: Layer, feature: number, name: Name, force: boolean): string {
  const what = forced.value.get(forcedKey(layer, feature));
  if (what === undefined) return force && layer.forceable ? say("map.free") : "";
  return layer.classes ? say("map.keep", { kind: name(what) }) : say(what ? "map.must" : "map.must not");
}

/** Everything in one sentence, for those who hear it. */
export function spoken(t: Telling): string {
  return listed([
    t.title,
    ...(t.group ? [t.group] : []),
    ...t.decided.map((d) => d.text),
    ...[...t.facts, ...t.amounts].map((f) => `${f.label} ${f.value}`),
    ...t.often,
    ...t.hazard,
    ...(t.told ? [t.told] : []),
  ]);
}
