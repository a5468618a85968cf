// Alternatives in the order of what is known about them.

/** Positions sorted by distance to the bound, nearest first, and those without one behind them, in their order. */
export function byDistance(distance: ArrayLike<number>): { order: Uint32Array; known: number } {
  const order = Uint32Array.from(distance, (_, k) => k);
  const key = (k: number) => (Number.isFinite(distance[k]!) ? distance[k]! : Infinity);
  order.sort((a, b) => (key(a) === key(b) ? a - b : key(a) - key(b)));
  let known = 0;
  while (known < order.length && Number.isFinite(distance[order[known]!]!)) known++;
  return { order, known };
}

/** Least and largest of what is known about some alternatives; null where nothing is. */
export function span(values: ArrayLike<number>, among: readonly number[]): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const a of among) {
    const v = values[a]!;
    if (!Number.isFinite(v)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low <= high ? [low, high] : null;
}
