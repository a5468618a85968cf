// Closest to goals by an achievement scalarising function; as solver/choosing/goals.py.
// Wierzbicki (1980), DOI 10.1007/978-3-642-48782-8_32.

import { among, firstLeast, largest, type Points, scaled, sums } from "./scaling.ts";

const RHO = 1e-4;
/** A goal missed by less, in units of the range, is reached. */
export const REACHED = 1e-9;

export interface Goals {
  position: number;
  /** By how much each point misses each goal, in units of the range; -Infinity where there is no goal. */
  miss: Float64Array[];
  /** Of each point; at most 0 where every goal is reached. */
  achievement: Float64Array;
  /** Whether the nearest point reaches every goal. */
  reached: boolean;
}

/** `goals` has one value for each objective, null where there is none; at least one has to be given. */
export function closest(points: Points, goals: readonly (number | null)[]): Goals {
  const { width, unit } = scaled(points);
  const n = points[0]!.length;
  const miss = points.map((column, k) => {
    const goal = goals[k];
    if (goal === null || goal === undefined) return new Float64Array(n).fill(-Infinity);
    return Float64Array.from(column, (v) => (v - goal) / width[k]!);
  });
  const has = (_: unknown, k: number) => goals[k] !== null && goals[k] !== undefined;
  const given = miss.filter(has);
  if (!given.length) throw new Error("closest: there is no goal at all.");
  const worst = largest(given);
  const total = sums(given);
  const achievement = worst.map((v, k) => v + RHO * total[k]!);
  const reach: number[] = [];
  for (let k = 0; k < n; k++) if (worst[k]! <= REACHED) reach.push(k);
  let position: number;
  if (given.length === points.length || !reach.length) position = firstLeast(achievement, points);
  else {
    // to be better still where a goal is reached is worth less than what nobody has named a goal for
    const others = sums(unit.filter((_, k) => !has(_, k)));
    position = reach[firstLeast(reach.map((k) => others[k]!), among(points, reach))]!;
  }
  return { position, miss, achievement, reached: worst[position]! <= REACHED };
}
