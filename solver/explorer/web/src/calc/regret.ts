// Least regret: the smallest largest loss against the best of each objective; as solver/choosing/regret.py.
// Savage (1951), DOI 10.1080/01621459.1951.10500768.

import { firstLeast, largest, type Points, scaled } from "./scaling.ts";

export interface Regret {
  position: number;
  /** Share of the range by which each point misses the best value, objective by objective. */
  regret: Float64Array[];
}

/** With all objectives weighted alike. */
export function leastRegret(points: Points): Regret {
  const regret = scaled(points).unit;
  return { position: firstLeast(largest(regret), points), regret };
}
