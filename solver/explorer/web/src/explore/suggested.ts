// Alternatives worth a look among some of them, each with the reason; sentences as in solver/words/choosing.py.

import { closest } from "../calc/asf.ts";
import { knee } from "../calc/knee.ts";
import { leastRegret } from "../calc/regret.ts";
import { among, type Points } from "../calc/scaling.ts";
import { topsis } from "../calc/topsis.ts";
import { percent } from "../format.ts";
import type { Model } from "../model.ts";
import { say, told } from "../words.ts";
import type { Work } from "./idle.ts";

export interface Suggested {
  kind: string;
  at: number;
  title: () => string;
  reason: () => string;
}

/** A knee that bulges no further than this, or a goal that is missed by less, is none. */
const FLAT = 1e-9;

/** Objectives that alternatives are weighed by: those of the front, and others that somebody has a goal for. */
function weighed(m: Model, goals: readonly (number | null)[]): number[] {
  return m.objectives.flatMap((o, k) => (o.measured && (goals[k] ?? null) === null ? [] : [k]));
}

function name(m: Model, objective: number): string {
  return told(m.objectives[objective]!.label);
}

/** The one closest to the goals; nothing without goals or alternatives. */
export function nearest(m: Model, goals: readonly (number | null)[], positions: Uint32Array): Suggested[] {
  if (goals.every((g) => g === null) || !positions.length) return [];
  const used = weighed(m, goals);
  const near = closest(among(used.map((k) => m.values[k]!), positions), used.map((k) => goals[k] ?? null));
  const miss = near.miss.map((column) => column[near.position]!);
  const k = miss.indexOf(Math.max(...miss));
  const free = near.reached && used.some((o) => (goals[o] ?? null) === null);
  const share = () => percent(Math.abs(miss[k]!));
  return [
    {
      kind: "goals",
      at: positions[near.position]!,
      title: () => say("suggestion.goals"),
      reason: () =>
        free
          ? say("suggestion.goals reached alone")
          : say(miss[k]! <= FLAT ? "suggestion.goals reached" : "suggestion.goals missed", { share: share(), name: name(m, used[k]!) }),
    },
  ];
}

/** Balanced, knee, closest to the goals and least regret among some alternatives; stops between them. */
export function* suggestedAmong(
  m: Model,
  goals: readonly (number | null)[],
  positions: Uint32Array,
  put: (found: Suggested[]) => void,
): Work {
  const found: Suggested[] = [];
  if (positions.length) {
    const used = m.objectives.flatMap((o, k) => (o.measured ? [] : [k]));
    const points: Points = among(used.map((k) => m.values[k]!), positions);
    const balanced = topsis(points);
    found.push({
      kind: "balanced",
      at: positions[balanced.position]!,
      title: () => say("suggestion.balanced"),
      reason: () => say("suggestion.balanced why", { share: percent(balanced.closeness[balanced.position]) }),
    });
    yield;
    const bend = knee(points);
    if (bend.bulge > FLAT)
      found.push({
        kind: "knee",
        at: positions[bend.position]!,
        title: () => say("suggestion.knee"),
        reason: () => say("suggestion.knee why", { share: percent(bend.bulge) }),
      });
    yield;
    found.push(...nearest(m, goals, positions));
    yield;
    const loss = leastRegret(points);
    const regret = loss.regret.map((column) => column[loss.position]!);
    const worst = Math.max(...regret);
    found.push({
      kind: "least regret",
      at: positions[loss.position]!,
      title: () => say("suggestion.regret"),
      reason: () => say("suggestion.regret why", { share: percent(worst), name: name(m, used[regret.indexOf(worst)]!) }),
    });
  }
  put(found);
}
