// What the selection chooses how often, as the reader filters and sorts it.

import { computed, effect, signal } from "@preact/signals";
import { lengths } from "../calc/differences.ts";
import { type Choice, choicesOf, counting, type Frequencies, type Level, levelOf, LEVELS, together } from "../calc/frequency.ts";
import { whenIdle } from "../explore/idle.ts";
import { keepTally } from "../map/what.ts";
import { lang, model, settled } from "../state.ts";
import type { Layer } from "../model.ts";
import { say, told } from "../words.ts";

/** The latest count, and of which alternatives: it lags behind the selection while the next one is made. */
export const counted = signal<{ layers: readonly Layer[]; among: Uint32Array; found: Frequencies } | null>(null);
export const found = computed(() => counted.value!.found);

/**
 * Counts anew whenever the reader lets go of a limit, until it is stopped. This is the slowest sum of the page, so that
 * it is made in pieces; that of a small front is ready within the first.
 */
export function keepCounting(): () => void {
  return effect(() => {
    const { layers } = model.value;
    const among = settled.value;
    const last = counted.peek();
    if (last?.layers === layers && last.among === among) return;
    return whenIdle(function* () {
      const made = yield* counting(layers, among);
      for (const { layer, taken } of made.layers) keepTally(layer, among, taken);
      counted.value = { layers, among, found: made };
    }, 0);
  });
}

/** Names of a layer and of one of its kinds; empty for all. */
export const inLayer = signal("");
export const ofKind = signal("");
export const onlyNearly = signal(false);
/** Part of a name or district. */
export const sought = signal("");

export const COLUMNS = ["name", "kind", "where", "share"] as const;
export type Column = (typeof COLUMNS)[number];
export const order = signal<{ by: Column; down: boolean }>({ by: "share", down: true });

const STEP = 30;
export const MORE = 100;
export const shownRows = signal(STEP);

/** Every filter starts again at the top. */
export function setFilter(change: () => void): void {
  change();
  shownRows.value = STEP;
}

export const every = computed<Choice[]>(() => found.value.layers.flatMap((layer) => choicesOf(layer, found.value.of)));

export const kindName = (c: Choice): string => {
  const { kinds, classes } = c.layer;
  const to = told(kinds[c.kind]!.label);
  return classes ? say("noregret.move", { from: told(kinds[classes.today[c.feature]!]!.label), to }) : to;
};

export const nameOf = (c: Choice): string => c.layer.titles[c.feature]!;
export const whereOf = (c: Choice): string => (c.layer.group ? (c.layer.groups[c.layer.group[c.feature]!] ?? "") : "");

/** Filtered, not yet sorted. */
const kept = computed<Choice[]>(() => {
  const [layer, kind, nearly, of] = [inLayer.value, ofKind.value, onlyNearly.value, found.value.of];
  const word = sought.value.trim().toLowerCase();
  return every.value.filter(
    (c) =>
      (!layer || c.layer.name === layer) &&
      (!kind || c.layer.kinds[c.kind]!.name === kind) &&
      (!nearly || LEVELS.indexOf(levelOf(c.count, of)) <= 1) &&
      (!word || nameOf(c).toLowerCase().includes(word) || whereOf(c).toLowerCase().includes(word)),
  );
});

/** A row: one choice, or the sections of one street that are chosen alike. */
export interface Entry {
  choice: Choice;
  sections: number;
  /** Of all sections; 0 where it is no line. */
  metres: number;
}

const entries = computed<Entry[]>(() => {
  const single = (choice: Choice): Entry => ({ choice, sections: 1, metres: 0 });
  const isLine = (c: Choice) => c.layer.shapes.kind === "line";
  const streets = together(kept.value.filter(isLine)).map((group): Entry => {
    const choice = group[0]!;
    const metres = lengths(choice.layer.shapes, choice.layer.ids.length);
    return { choice, sections: group.length, metres: group.reduce((sum, c) => sum + metres[c.feature]!, 0) };
  });
  return [...kept.value.filter((c) => !isLine(c)).map(single), ...streets];
});

export const ranked = computed<Entry[]>(() => {
  const { by, down } = order.value;
  const sign = down ? -1 : 1;
  if (by === "share") {
    // tens of thousands: as numbers, each with its place behind the count, they are in order in a tenth of the time
    const list = entries.value;
    const keys = Float64Array.from(list, (e, k) => sign * e.choice.count * list.length + k).sort();
    return Array.from(keys, (key) => list[((key % list.length) + list.length) % list.length]!);
  }
  const text = { name: nameOf, kind: kindName, where: whereOf }[by];
  const words = new Intl.Collator(lang.value === "zh" ? "zh-Hans" : "en", { numeric: true });
  return entries.value
    .map((e) => [text(e.choice), e] as const)
    .sort(([s, a], [t, b]) => sign * words.compare(s, t) || b.choice.count - a.choice.count)
    .map(([, e]) => e);
});

export interface Tally {
  layer: Choice["layer"];
  kind: number;
  count: Record<Level, number>;
  /** Square metres; NaN where the layer does not know them or they say nothing, as for a road. */
  area: Record<Level, number>;
}

/** How many things of each kind are chosen how often. */
export const tallies = computed<Tally[]>(() => {
  const list = new Map<Layer, Tally[]>();
  for (const c of every.value) {
    const area = c.layer.classes ? c.layer.facts["area"] : undefined;
    let kinds = list.get(c.layer);
    if (!kinds) list.set(c.layer, (kinds = []));
    const none = area ? 0 : NaN;
    const mine = (kinds[c.kind] ??= {
      layer: c.layer,
      kind: c.kind,
      count: { always: 0, nearly: 0, often: 0, seldom: 0 },
      area: { always: none, nearly: none, often: none, seldom: none },
    });
    const level = levelOf(c.count, found.value.of);
    mine.count[level]++;
    if (area) mine.area[level] += area[c.feature]!;
  }
  // layers and kinds in their order; of kinds that nobody chooses there is nothing
  return [...list.values()].flatMap((kinds) => kinds.filter(Boolean));
});
