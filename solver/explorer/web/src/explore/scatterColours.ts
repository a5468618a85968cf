// Colours of alternatives in few steps, so that all marks of one step are one path.

import { ramp } from "../pen.ts";
import type { Model } from "../model.ts";

export const STEPS = 24;
export const COLOURS: readonly string[] = Array.from({ length: STEPS }, (_, k) => ramp(k / (STEPS - 1)));

/** Step of each alternative by an objective, best first. */
export function steps(m: Model, objective: number): Uint8Array {
  const column = m.values[objective]!;
  const [low, high] = [m.low[objective]!, m.high[objective]!];
  const width = high - low || 1;
  return Uint8Array.from(column, (v) => Math.max(0, Math.min(STEPS - 1, Math.floor(((v - low) / width) * STEPS))));
}

/** Radius of a mark: smaller where there are many. */
export function radius(count: number): number {
  return count > 1200 ? 2.6 : count > 500 ? 3.1 : count > 120 ? 3.8 : 5;
}
