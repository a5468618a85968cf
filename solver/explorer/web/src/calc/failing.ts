// Which futures fail, as a rule of one or two conditions on what drives them. All boxes are tried, and the best is the
// one with the largest phi coefficient between lying in the box and failing (Yule 1912; Matthews 1975, DOI
// 10.1016/0005-2795(75)90109-9). Coverage and density as in scenario discovery: Bryant & Lempert (2010), DOI
// 10.1016/j.techfore.2009.08.002. Whether a rule is better than chance is told by the best rules for as many failures
// dealt out at random: the largest of many is compared with the largest of many (Westfall & Young 1993).

import { rising } from "./distribution.ts";

/** A number, or one of a few words by position. */
export interface Drives {
  values: ArrayLike<number>;
  words: number;
}

/** `is` and `not` name a word; `above` and `below` a value that no scenario has. */
export interface Condition {
  driver: number;
  how: "is" | "not" | "above" | "below";
  value: number;
}

export interface Rule {
  conditions: Condition[];
  /** Scenarios in the box, those of them that fail, and all that fail. */
  inside: number;
  hits: number;
  failures: number;
  /** hits / failures and hits / inside, each scenario counted once. */
  coverage: number;
  density: number;
  phi: number;
  /** In how many of the random deals the best rule is as good, and the share of them with this one among them. */
  reached: number;
  chance: number;
  scenarios: Uint8Array;
}

interface Boxes {
  conditions: Condition[][];
  /** Box by box, `wide` words of 32 scenarios each. */
  bits: Uint32Array;
  inside: Uint32Array;
  weight: Float64Array;
}

/** Fewer failures than this are listed, and nothing is claimed about them. */
export const FEWEST = 5;
/** Random deals that a rule is compared with. */
export const DEALS = 199;
const CUTS = 100;
const PAIRED = 100;
/** A second condition has to add this much to phi. */
const WORTH = 0.05;

/** Rules about one set of scenarios. What does not depend on which of them fail is worked out once. */
export class Rules {
  private readonly size: number;
  private readonly wide: number;
  private readonly single: Boxes;
  private readonly double: Boxes;
  private readonly dealt = new Map<number, { single: Float64Array; double: Float64Array }>();

  constructor(drivers: readonly Drives[], size: number) {
    this.size = size;
    this.wide = Math.ceil(size / 32);
    this.single = this.boxes(drivers.flatMap((d, k) => conditionsOn(d, k, CUTS)).map((c) => [c]), drivers);
    const each = Math.max(2, Math.floor(PAIRED / 2 / Math.max(1, drivers.length)));
    const few = drivers.flatMap((d, k) => conditionsOn(d, k, each));
    const pairs: Condition[][] = [];
    few.forEach((a, k) => {
      // two ends of one driver make an interval; a word needs no second word
      for (const b of few.slice(k + 1))
        if (a.driver !== b.driver || (a.how === "above" && b.how === "below" && a.value < b.value)) pairs.push([a, b]);
    });
    this.double = this.boxes(pairs, drivers);
  }

  /** The best rule about these failures; null where every scenario fails or none, or there is nothing to tell by. */
  best(fails: ArrayLike<number>): Rule | null {
    let failures = 0;
    for (let s = 0; s < this.size; s++) failures += fails[s] ? 1 : 0;
    if (!failures || failures === this.size) return null;
    const bits = new Uint32Array(this.wide);
    for (let s = 0; s < this.size; s++) if (fails[s]) bits[s >> 5]! |= 1 << (s & 31);
    const one = this.search(this.single, bits, failures);
    const two = this.search(this.double, bits, failures);
    const pair = two.at >= 0 && two.phi > one.phi + WORTH;
    const [boxes, { at, phi }] = pair ? [this.double, two] : [this.single, one];
    if (at < 0) return null;
    const dealt = this.deal(failures)[pair ? "double" : "single"];
    let reached = 0;
    for (const value of dealt) if (value >= phi - 1e-9) reached++;
    const scenarios = new Uint8Array(this.size);
    let hits = 0;
    for (let s = 0; s < this.size; s++)
      if (boxes.bits[at * this.wide + (s >> 5)]! & (1 << (s & 31))) {
        scenarios[s] = 1;
        if (fails[s]) hits++;
      }
    const inside = boxes.inside[at]!;
    return {
      conditions: boxes.conditions[at]!,
      inside,
      hits,
      failures,
      coverage: hits / failures,
      density: hits / inside,
      phi,
      reached,
      chance: (1 + reached) / (1 + DEALS),
      scenarios,
    };
  }

  private boxes(wanted: Condition[][], drivers: readonly Drives[]): Boxes {
    const conditions: Condition[][] = [];
    const kept: Uint32Array[] = [];
    const inside: number[] = [];
    const known = new Set<string>();
    for (const given of wanted) {
      const bits = new Uint32Array(this.wide);
      let count = 0;
      for (let s = 0; s < this.size; s++)
        if (given.every((c) => holds(c, drivers[c.driver]!.values[s]!))) {
          bits[s >> 5]! |= 1 << (s & 31);
          count++;
        }
      const key = bits.join();
      if (!count || count === this.size || known.has(key)) continue;
      known.add(key);
      conditions.push(given);
      kept.push(bits);
      inside.push(count);
    }
    const flat = new Uint32Array(kept.length * this.wide);
    kept.forEach((bits, k) => flat.set(bits, k * this.wide));
    const weight = Float64Array.from(inside, (n) => 1 / Math.sqrt(n * (this.size - n)));
    return { conditions, bits: flat, inside: Uint32Array.from(inside), weight };
  }

  private search(boxes: Boxes, fails: Uint32Array, failures: number): { at: number; phi: number } {
    const { bits, inside, weight } = boxes;
    let [at, best] = [-1, 1e-12];
    for (let b = 0, k = 0; b < inside.length; b++) {
      let hits = 0;
      for (let w = 0; w < this.wide; w++, k++) hits += ones(bits[k]! & fails[w]!);
      const score = (hits * this.size - inside[b]! * failures) * weight[b]!;
      if (score > best + 1e-12) [at, best] = [b, score];
    }
    return { at, phi: at < 0 ? 0 : best / Math.sqrt(failures * (this.size - failures)) };
  }

  /** Best phi for so many failures dealt out at random, many times; always the same deals. */
  private deal(failures: number): { single: Float64Array; double: Float64Array } {
    const known = this.dealt.get(failures);
    if (known) return known;
    const random = generator(failures);
    const deck = Uint32Array.from({ length: this.size }, (_, s) => s);
    const found = { single: new Float64Array(DEALS), double: new Float64Array(DEALS) };
    for (let n = 0; n < DEALS; n++) {
      const bits = new Uint32Array(this.wide);
      for (let k = 0; k < failures; k++) {
        const other = k + Math.floor(random() * (this.size - k));
        [deck[k], deck[other]] = [deck[other]!, deck[k]!];
        bits[deck[k]! >> 5]! |= 1 << (deck[k]! & 31);
      }
      found.single[n] = this.search(this.single, bits, failures).phi;
      // a pair is only told where it beats the single rule, so it is compared with the best of both
      found.double[n] = Math.max(found.single[n]!, this.search(this.double, bits, failures).phi);
    }
    this.dealt.set(failures, found);
    return found;
  }
}

export function holds(condition: Condition, value: number): boolean {
  if (condition.how === "is") return value === condition.value;
  if (condition.how === "not") return value !== condition.value;
  return condition.how === "above" ? value > condition.value : value < condition.value;
}

/** All conditions that a driver allows, with at most so many cuts where it is a number. */
export function conditionsOn(driver: Drives, at: number, cuts: number): Condition[] {
  const values = [...new Set(Array.from(rising(driver.values), (k) => driver.values[k]!))].filter(Number.isFinite);
  if (driver.words) {
    const hows = values.length > 2 ? (["is", "not"] as const) : (["is"] as const);
    return hows.flatMap((how) => values.map((value) => ({ driver: at, how, value })));
  }
  values.sort((a, b) => a - b);
  const gaps = values.slice(1).map((high, k) => between(values[k]!, high));
  const take = Math.min(cuts, gaps.length);
  const chosen = Array.from({ length: take }, (_, k) => gaps[Math.floor(((k + 0.5) * gaps.length) / take)]!);
  return (["above", "below"] as const).flatMap((how) => chosen.map((value) => ({ driver: at, how, value })));
}

/** The number with the fewest digits between two. */
export function between(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  for (let digits = 1; digits <= 16; digits++) {
    const found = Number(middle.toPrecision(digits));
    if (found > low && found < high) return found;
  }
  return middle;
}

function ones(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

// mulberry32 (Ettinger 2017, public domain): chance that is the same on every machine
function generator(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
