// What counts over alternatives spend their time on: the decisions of one option (or feature) in some alternatives.

/** Decisions option by option, `first` alternatives each, and those of alternatives added later. */
export interface Columns {
  decided: Uint8Array;
  first: number;
  later: readonly Uint8Array[];
}

/** What some alternatives decide about one option; `into` has room for all. `alternatives` rise, as selections do. */
export function columnOf({ decided, first, later }: Columns, option: number, alternatives: ArrayLike<number>, into: Uint8Array): Uint8Array {
  const n = alternatives.length;
  const base = option * first;
  // as many as there are at first, rising: all of those, in order
  if (n === first && n > 0 && alternatives[n - 1] === n - 1) return decided.subarray(base, base + n);
  let early = n;
  while (early > 0 && alternatives[early - 1]! >= first) early--;
  for (let k = 0; k < early; k++) into[k] = decided[base + alternatives[k]!]!;
  for (let k = early; k < n; k++) into[k] = later[alternatives[k]! - first]![option]!;
  return into;
}

const four = new Uint32Array(4 * 256);

/** How often each value stands in the first `n` of a column. */
export function countValues(column: Uint8Array, n: number, counts: Uint32Array): void {
  // four tallies side by side: a single one waits for its own last addition and takes twice as long
  four.fill(0);
  let k = 0;
  for (; k + 3 < n; k += 4) {
    four[column[k]!]!++;
    four[256 + column[k + 1]!]!++;
    four[512 + column[k + 2]!]!++;
    four[768 + column[k + 3]!]!++;
  }
  for (; k < n; k++) four[column[k]!]!++;
  for (let v = 0; v < counts.length; v++) counts[v] = four[v]! + four[256 + v]! + four[512 + v]! + four[768 + v]!;
}

/** 1 where two values differ, else 0, without a branch: what many decide is hard to guess, and a wrong guess takes long. */
export function differ(a: number, b: number): number {
  return ((a ^ b) + 255) >> 8;
}
