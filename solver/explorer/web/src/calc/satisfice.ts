// In how many scenarios limits are met (the domain criterion, Starr 1963; McPhail et al. 2018, DOI
// 10.1002/2017EF000649), and how much worse than the best of all an alternative may turn out (Savage 1951, DOI
// 10.1080/01621459.1951.10500768).

import { normalised, rising, worstOf } from "./distribution.ts";

/** Outcomes: one array over scenarios for each alternative. */
export type Outcomes = readonly ArrayLike<number>[];

/** A limit counts as met within this share of it, as in the study (solver/robustness/limits.py). */
export const TOLERANCE = 1e-6;

/** Alternative by alternative, scenario by scenario: 1 where the outcome keeps the limit. */
export function meets(outcomes: Outcomes, limit: number): Uint8Array {
  const size = outcomes[0]?.length ?? 0;
  const found = new Uint8Array(outcomes.length * size);
  const most = limit + TOLERANCE * Math.max(1, Math.abs(limit));
  outcomes.forEach((row, a) => {
    for (let s = 0, at = a * size; s < size; s++, at++) if (row[s]! <= most) found[at] = 1;
  });
  return found;
}

/** Where every one of several limits is met. */
export function meetsAll(parts: readonly Uint8Array[]): Uint8Array {
  const found = parts[0]!.slice();
  for (const part of parts.slice(1)) for (let k = 0; k < found.length; k++) found[k]! &= part[k]!;
  return found;
}

/** Share of scenarios, each counted once and by probability, in which an alternative has a 1. */
export function sharesOf(met: Uint8Array, probability: ArrayLike<number>): { byCount: Float64Array; byProbability: Float64Array } {
  const p = normalised(probability);
  const [size, count] = [p.length, met.length / p.length];
  const [byCount, byProbability] = [new Float64Array(count), new Float64Array(count)];
  for (let a = 0, at = 0; a < count; a++) {
    let [n, sum] = [0, 0];
    for (let s = 0; s < size; s++, at++)
      if (met[at]) {
        n++;
        sum += p[s]!;
      }
    byCount[a] = n / size;
    byProbability[a] = n === size ? 1 : sum;
  }
  return { byCount, byProbability };
}

/** Of each alternative: the largest regret over scenarios, where it is, and its share of the spread of all there. */
export interface Regrets {
  /** Of each scenario: the least outcome of all alternatives, and the largest. */
  best: Float64Array;
  last: Float64Array;
  largest: Float64Array;
  scenario: Int32Array;
  share: Float64Array;
}

export function regretsOf(outcomes: Outcomes): Regrets {
  const [count, size] = [outcomes.length, outcomes[0]?.length ?? 0];
  const [best, last] = [new Float64Array(size).fill(Infinity), new Float64Array(size).fill(-Infinity)];
  for (const row of outcomes)
    for (let s = 0; s < size; s++) {
      const value = row[s]!;
      if (value < best[s]!) best[s] = value;
      if (value > last[s]!) last[s] = value;
    }
  const [largest, share] = [new Float64Array(count).fill(NaN), new Float64Array(count).fill(NaN)];
  const scenario = new Int32Array(count).fill(-1);
  outcomes.forEach((row, a) => {
    let [most, where] = [-1, -1];
    for (let s = 0; s < size; s++) {
      const regret = row[s]! - best[s]!;
      if (Number.isNaN(regret)) return;
      if (regret > most) [most, where] = [regret, s];
    }
    if (where < 0) return;
    [largest[a], scenario[a]] = [most, where];
    share[a] = most > 0 ? most / (last[where]! - best[where]!) : 0;
  });
  return { best, last, largest, scenario, share };
}

/** What each alternative stays within with this probability. */
export function reliable(outcomes: Outcomes, probability: ArrayLike<number>, share = 0.9): Float64Array {
  const p = normalised(probability);
  const gone = new Uint8Array(p.length);
  return Float64Array.from(outcomes, (row) => {
    // only the few worst have to be put in order: each is left out while the rest is still likely enough
    gone.fill(0);
    for (let left = 1; ; ) {
      let at = -1;
      for (let s = 0; s < p.length; s++) if (!gone[s] && !(at >= 0 && row[s]! <= row[at]!)) at = s;
      if (at < 0) return worstOf(row) === -Infinity ? NaN : row[rising(row)[0]!]!;
      if (Number.isNaN(row[at]!)) return NaN;
      left -= p[at]!;
      if (left < share - 1e-12) return row[at]!;
      gone[at] = 1;
    }
  });
}

/** The least limit that at least half of some alternatives keep, given what each stays within; rounded up. */
export function halfKeep(within: ArrayLike<number>, among: ArrayLike<number>): number {
  const values = Array.from(among, (a) => within[a]!).filter(Number.isFinite);
  if (!values.length) return NaN;
  const middle = values[rising(values)[Math.ceil(values.length / 2) - 1]!]!;
  if (middle === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(middle))) - 2);
  return Number((Math.ceil(middle / unit - 1e-9) * unit).toPrecision(3));
}

/** Of some alternatives the one that meets the limits most often by probability; of equals that of least regret. */
export function mostRobust(byProbability: ArrayLike<number>, regret: ArrayLike<number>, among: ArrayLike<number>): number {
  let found = -1;
  for (let k = 0; k < among.length; k++) {
    const a = among[k]!;
    if (Number.isNaN(byProbability[a]!) || Number.isNaN(regret[a]!)) continue;
    const more = found < 0 ? 1 : byProbability[a]! - byProbability[found]!;
    if (more > 1e-12 || (more > -1e-12 && regret[a]! < regret[found]!)) found = a;
  }
  return found;
}
