// TOPSIS: near the best of everything and far from the worst of everything; as solver/choosing/topsis.py.
// Hwang and Yoon (1981), DOI 10.1007/978-3-642-48318-9.

import { firstLeast, type Points, scaled } from "./scaling.ts";

export interface Topsis {
  position: number;
  /** Of each point, 0 (worst in everything) to 1 (best in everything). */
  closeness: Float64Array;
}

/** With all objectives weighted alike. */
export function topsis(points: Points): Topsis {
  const unit = scaled(points).unit;
  const n = unit[0]!.length;
  const [near, far] = [new Float64Array(n), new Float64Array(n)];
  for (const column of unit) {
    let [best, worst] = [Infinity, -Infinity];
    for (const v of column) {
      best = Math.min(best, v);
      worst = Math.max(worst, v);
    }
    for (let k = 0; k < n; k++) {
      near[k]! += ((column[k]! - best) / unit.length) ** 2;
      far[k]! += ((column[k]! - worst) / unit.length) ** 2;
    }
  }
  const closeness = near.map((v, k) => {
    const [a, b] = [Math.sqrt(v), Math.sqrt(far[k]!)];
    return a + b > 0 ? b / (a + b) : 1;
  });
  return { position: firstLeast(closeness.map((v) => -v), points), closeness };
}
