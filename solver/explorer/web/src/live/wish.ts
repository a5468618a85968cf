// What the reader has set, as a wish and in words.

import { number } from "../format.ts";
import { current, forced, goals, limits, model, setGoal, setLimit } from "../state.ts";
import { say, told } from "../words.ts";
import { gap, seconds } from "./client.ts";
import type { Wish } from "./server.ts";

/** The wish that the page stands for now. What is only counted is left out: nothing can be asked of it. */
export function wished(): Wish {
  const m = model.value;
  const wish: Wish = {
    limits: {},
    goals: {},
    force: Object.fromEntries(forced.value),
    start: m.ids[current.value] ?? null,
    seconds: seconds.value,
    gap: gap.value,
  };
  m.objectives.forEach((o, k) => {
    if (o.measured) return;
    const [low, high] = limits.value[k]!;
    if (low !== null || high !== null) wish.limits[o.name] = [low, high];
    const goal = goals.value[k];
    if (goal !== null && goal !== undefined) wish.goals[o.name] = goal;
  });
  return wish;
}

export interface Part {
  key: string;
  text: string;
  why?: string;
  remove: () => void;
}

/** Each thing asked for, in words. */
export function parts(wish: Wish): Part[] {
  const m = model.value;
  const found: Part[] = [];
  const at = (name: string) => m.objectives.findIndex((o) => o.name === name);
  const value = (k: number, v: number) => `${number(v)} ${told(m.objectives[k]!.unit)}`.trim();
  for (const [name, [low, high]] of Object.entries(wish.limits)) {
    const k = at(name);
    if (k < 0) continue;
    const label = told(m.objectives[k]!.label);
    if (high !== null)
      found.push({
        key: `high ${name}`,
        text: say("live.at most", { name: label, value: value(k, high) }),
        remove: () => setLimit(k, [limits.value[k]![0], null]),
      });
    if (low !== null)
      found.push({
        key: `low ${name}`,
        text: say("live.at least", { name: label, value: value(k, low) }),
        why: say("live.at least why"),
        remove: () => setLimit(k, [null, limits.value[k]![1]]),
      });
  }
  for (const [name, goal] of Object.entries(wish.goals)) {
    const k = at(name);
    if (k < 0) continue;
    const text = say("live.goal", { name: told(m.objectives[k]!.label), value: value(k, goal) });
    found.push({ key: `goal ${name}`, text, remove: () => setGoal(k, null) });
  }
  for (const [where, what] of Object.entries(wish.force))
    found.push({ key: `force ${where}`, text: settled(where, what), remove: () => release(where) });
  return found;
}

function settled(where: string, what: number): string {
  const cut = where.indexOf("|");
  const layer = model.value.layers.find((l) => l.name === where.slice(0, cut));
  const id = where.slice(cut + 1);
  const name = layer?.titles[layer.ids.indexOf(id)] ?? id;
  if (layer?.classes) return say("live.becomes", { name, kind: told(layer.kinds[what]?.label) });
  return say(what ? "live.must" : "live.must not", { name });
}

function release(where: string): void {
  const left = new Map(forced.value);
  left.delete(where);
  forced.value = left;
}

/** Objectives that have a limit or goal, but are only counted. */
export function leftOut(): string[] {
  return model.value.objectives.flatMap((o, k) => {
    const [low, high] = limits.value[k]!;
    return o.measured && (low !== null || high !== null || (goals.value[k] ?? null) !== null) ? [told(o.label)] : [];
  });
}

/** Move the limits that stand in the way to values within reach, a little wider for rounding. */
export function relax(wish: Wish, nearest: Record<string, number>): void {
  const m = model.value;
  limits.value = limits.value.map((old, k) => {
    const name = m.objectives[k]!.name;
    const asked = wish.limits[name];
    const value = nearest[name];
    if (!asked || asked[1] === null || value === undefined || value <= asked[1]) return old;
    const high = value + 1e-9 * Math.max(1, Math.abs(value));
    return [old[0] !== null && old[0] > high ? null : old[0], high];
  });
}
