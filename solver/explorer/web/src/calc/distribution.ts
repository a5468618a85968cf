// Outcomes over scenarios that have probabilities: their order, mean, quantiles, distribution, and a swarm of dots.
// Probabilities are divided by their sum throughout.

/** Positions by rising value; equal values keep their order. */
export function rising(values: ArrayLike<number>): Uint32Array {
  const found = Uint32Array.from(values, (_, k) => k);
  return found.sort((a, b) => values[a]! - values[b]! || a - b);
}

/** Probabilities that add up to 1. */
export function normalised(probability: ArrayLike<number>): Float64Array {
  const found = Float64Array.from(probability);
  let sum = 0;
  for (const p of found) sum += p;
  return found.map((p) => p / sum);
}

/** Mean by probability. */
export function meanOf(values: ArrayLike<number>, probability: ArrayLike<number>): number {
  let [sum, whole] = [0, 0];
  for (let k = 0; k < values.length; k++) {
    sum += probability[k]! * values[k]!;
    whole += probability[k]!;
  }
  return sum / whole;
}

/** The largest value: the worst, as less is better. NaN where one is not known. */
export function worstOf(values: ArrayLike<number>): number {
  let found = -Infinity;
  for (let k = 0; k < values.length; k++) {
    if (Number.isNaN(values[k]!)) return NaN;
    if (values[k]! > found) found = values[k]!;
  }
  return found;
}

/** The least value not exceeded with at least this probability (the inverted distribution function). */
export function quantileOf(values: ArrayLike<number>, probability: ArrayLike<number>, share: number): number {
  const p = normalised(probability);
  const order = rising(values);
  let sum = 0;
  for (const k of order) {
    if (Number.isNaN(values[k]!)) return NaN;
    sum += p[k]!;
    if (sum >= share - 1e-12) return values[k]!;
  }
  return order.length ? values[order[order.length - 1]!]! : NaN;
}

/** Steps of the distribution function: scenario by rising value, and the probability of its value or less. */
export interface Steps {
  scenario: Uint32Array;
  value: Float64Array;
  below: Float64Array;
}

export function distributionOf(values: ArrayLike<number>, probability: ArrayLike<number>): Steps {
  const p = normalised(probability);
  const scenario = rising(values);
  const below = new Float64Array(scenario.length);
  let sum = 0;
  scenario.forEach((s, k) => (below[k] = sum += p[s]!));
  return { scenario, value: Float64Array.from(scenario, (s) => values[s]!), below };
}

/**
 * Offsets from the line at which dots of these radii lie beside one another: each as near to the line as those placed
 * before it allow, by rising position. `x` and `radius` are in pixels.
 */
export function swarmOf(x: ArrayLike<number>, radius: ArrayLike<number>, gap = 0.5): Float64Array {
  const found = new Float64Array(x.length);
  const placed: number[] = [];
  let widest = 0;
  for (let k = 0; k < x.length; k++) widest = Math.max(widest, radius[k]!);
  for (const k of rising(x)) {
    const near: number[] = [];
    for (let n = placed.length - 1; n >= 0; n--) {
      const other = placed[n]!;
      if (x[k]! - x[other]! >= radius[k]! + widest + gap) break;
      if (x[k]! - x[other]! < radius[k]! + radius[other]! + gap) near.push(other);
    }
    const tries = [0];
    for (const other of near) {
      const reach = radius[k]! + radius[other]! + gap;
      const rise = Math.sqrt(Math.max(0, reach ** 2 - (x[k]! - x[other]!) ** 2));
      tries.push(found[other]! + rise, found[other]! - rise);
    }
    tries.sort((a, b) => Math.abs(a) - Math.abs(b) || a - b);
    const free = (y: number) =>
      near.every((o) => (x[k]! - x[o]!) ** 2 + (y - found[o]!) ** 2 >= (radius[k]! + radius[o]! + gap) ** 2 - 1e-6);
    found[k] = tries.find(free) ?? 0;
    placed.push(k);
  }
  return found;
}
