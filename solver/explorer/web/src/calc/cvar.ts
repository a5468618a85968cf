// Conditional value-at-risk: the mean of the worst 1 - alpha of the probability, where the last scenario used may count
// in part. Rockafellar & Uryasev (2000), DOI 10.21314/JOR.2000.038; for split atoms (2002), DOI
// 10.1016/S0378-4266(02)00271-6.

import { normalised, rising } from "./distribution.ts";

export function cvarOf(values: ArrayLike<number>, probability: ArrayLike<number>, alpha: number): number {
  const p = normalised(probability);
  const order = rising(values);
  const tail = 1 - alpha;
  let [left, sum] = [tail, 0];
  for (let k = order.length - 1; k >= 0 && left > 0; k--) {
    const s = order[k]!;
    const used = Math.min(left, p[s]!);
    sum += used * values[s]!;
    left -= used;
  }
  // what rounding leaves over belongs to the scenarios used
  return sum / (tail - Math.max(0, left));
}
