// What the reader has set. Everything that is shown follows from these signals and the model; nothing else is kept.

import { batch, computed, signal } from "@preact/signals";
import { type Model, scales } from "./model.ts";
import type { Lang } from "./payload.ts";

export const VIEWS = ["explore", "compare", "robustness", "noregret", "about"] as const;
export type View = (typeof VIEWS)[number];

/** Lowest and highest value allowed in an objective; null for no limit. */
export type Limit = readonly [number | null, number | null];

/** Centre of all maps in metres from the corner of the frame, and metres a pixel. */
export interface MapView {
  x: number;
  y: number;
  scale: number;
}

export const SLOTS = ["A", "B", "C"] as const;

export const model = signal<Model>(undefined as unknown as Model);
export const lang = signal<Lang>("en");
export const view = signal<View>("explore");

/** Alternatives by position. */
export const current = signal(0);
export const hovered = signal(-1);
export const slots = signal<readonly (number | null)[]>([null, null, null]);
export const shortlist = signal<readonly number[]>([]);
/** Notes by id of the alternative; of the page as a whole under "". */
export const notes = signal<Readonly<Record<string, string>>>({});

/** By objective. */
export const limits = signal<readonly Limit[]>([]);
export const goals = signal<readonly (number | null)[]>([]);
/** Objectives that have an axis, in order. */
export const axes = signal<readonly number[]>([]);
export const colourBy = signal(0);
export const scatterAxes = signal<readonly [number, number, number]>([0, 1, 2]);
export const solid = signal(false);
/** Turn and tilt of the scatter in three dimensions, in radians. */
export const turn = signal<readonly [number, number]>([0.6, 0.45]);
/** Objective (or -1 for the id) that the table is sorted by. */
export const sorted = signal<{ by: number; down: boolean }>({ by: -1, down: false });

export const mapView = signal<MapView | null>(null);
/** Scenario whose hazards lie on the maps; -1 for none. */
export const scenario = signal(-1);
/** Names of layers and backdrops that are not drawn. */
export const hidden = signal<ReadonlySet<string>>(new Set());
/** Measure over scenarios that the view on robustness shows. */
export const measure = signal(0);
/** What a live solve is told: "layer|feature" to 1 (has to be taken) or 0 (must not be); of land, the kind. */
export const forced = signal<ReadonlyMap<string, number>>(new Map());

/** While an axis, map or cloud is being dragged only light parts follow. */
export const dragging = signal(false);

/** Whether each alternative keeps all limits. */
export const selected = computed<Uint8Array>(() => {
  const { count, values } = model.value;
  const found = new Uint8Array(count).fill(1);
  limits.value.forEach(([low, high], k) => {
    if (low === null && high === null) return;
    const column = values[k]!;
    const [a, b] = [low ?? -Infinity, high ?? Infinity];
    for (let n = 0; n < count; n++) if (column[n]! < a || column[n]! > b) found[n] = 0;
  });
  return found;
});

/** Positions of the alternatives that keep all limits. */
export const selection = computed<Uint32Array>(() => {
  const flags = selected.value;
  const found: number[] = [];
  for (let k = 0; k < flags.length; k++) if (flags[k]) found.push(k);
  return Uint32Array.from(found);
});

/** The same, but only once a drag has ended: for what is slow to count. */
export const settled = computed<Uint32Array>((): Uint32Array => {
  if (dragging.value && lastSettled) return lastSettled;
  lastSettled = selection.value;
  return lastSettled;
});
let lastSettled: Uint32Array | null = null;

export const limited = computed(() => limits.value.some(([a, b]) => a !== null || b !== null));
export const scale = computed(() => scales(model.value));

/** Below so many axes those of the front stand beside what is counted only, up to so many. */
const FEW = 4;
const FULL = 6;

export function begin(given: Model): void {
  batch(() => {
    model.value = given;
    limits.value = given.objectives.map(() => [null, null] as const);
    goals.value = given.objectives.map((o) => o.goal);
    const front = given.objectives.flatMap((o, k) => (o.measured ? [] : [k]));
    // what was only counted fills up a picture that two or three axes would leave empty
    const counted = given.objectives.flatMap((o, k) => (o.measured && given.high[k]! > given.low[k]! ? [k] : []));
    axes.value = front.length < FEW ? [...front, ...counted].slice(0, Math.max(FULL, front.length)) : front;
    const at = (k: number) => axes.value[Math.min(k, axes.value.length - 1)]!;
    scatterAxes.value = [at(0), at(1), at(2)];
    colourBy.value = at(0);
    const balanced = given.suggestions.find((s) => s.kind === "topsis") ?? given.suggestions[0];
    current.value = balanced?.at ?? 0;
    // a measure that is the same everywhere has nothing to show
    measure.value = Math.max(0, given.futures?.measures.findIndex((m) => m.high > m.low) ?? 0);
  });
}

export function setLimit(objective: number, limit: Limit): void {
  limits.value = limits.value.map((old, k) => (k === objective ? limit : old));
}

export function setGoal(objective: number, goal: number | null): void {
  goals.value = goals.value.map((old, k) => (k === objective ? goal : old));
}

export function clearLimits(): void {
  limits.value = limits.value.map(() => [null, null] as const);
}

export function setSlot(slot: number, alternative: number | null): void {
  slots.value = slots.value.map((old, k) => (k === slot ? alternative : old));
}

export function toggleShortlist(alternative: number): void {
  const now = shortlist.value;
  shortlist.value = now.includes(alternative)
    ? now.filter((a) => a !== alternative)
    : [...now, alternative].sort((a, b) => a - b);
}

/** Alternatives to be looked at side by side: those in slots; where none are, the current one. */
export const compared = computed<{ slot: string; alternative: number }[]>(() => {
  const found = slots.value.flatMap((a, k) => (a === null ? [] : [{ slot: SLOTS[k]!, alternative: a }]));
  return found.length ? found : [{ slot: "", alternative: current.value }];
});
