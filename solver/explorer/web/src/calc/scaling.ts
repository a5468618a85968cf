// Points in units of the range of their front; the same as solver/choosing/scaling.py, which says why.
// All objectives are minimised. Points come objective by objective, one array of values each.

export type Points = readonly ArrayLike<number>[];

/** A range below this share of the values themselves is none: they differ by rounding. */
export const ROUNDING = 1e-12;

/** Positions of the points that no other one dominates, equal ones once, sorted by the first objective. */
export function nondominated(points: Points): number[] {
  const p = points.length;
  const n = points[0]!.length;
  const order = Array.from({ length: n }, (_, k) => k).sort((a, b) => {
    for (const column of points) if (column[a] !== column[b]) return column[a]! - column[b]!;
    return a - b;
  });
  // kept ones point by point, so that a comparison stays in one line of memory
  const rows = new Float64Array(n * p);
  const kept: number[] = [];
  const mine = new Float64Array(p);
  for (const at of order) {
    for (let k = 0; k < p; k++) mine[k] = points[k]![at]!;
    let dominated = false;
    for (let r = 0; r < kept.length && !dominated; r++) {
      let k = 1; // sorted: none of those kept has more in the first
      while (k < p && rows[r * p + k]! <= mine[k]!) k++;
      dominated = k === p;
    }
    if (dominated) continue;
    rows.set(mine, kept.length * p);
    kept.push(at);
  }
  return kept;
}

export interface Scaled {
  front: number[];
  width: number[];
  /** 0 for the least and 1 for the greatest value on the front, objective by objective; dominated points may lie above. */
  unit: Float64Array[];
}

// several methods ask for the same points
const known = new WeakMap<Points, Scaled>();

export function scaled(points: Points): Scaled {
  const before = known.get(points);
  if (before) return before;
  const front = nondominated(points);
  const width: number[] = [];
  const unit = points.map((column, k) => {
    let [ideal, nadir, highest] = [Infinity, -Infinity, -Infinity];
    for (const at of front) {
      ideal = Math.min(ideal, column[at]!);
      nadir = Math.max(nadir, column[at]!);
    }
    for (let n = 0; n < column.length; n++) highest = Math.max(highest, column[n]!);
    width[k] = spread(ideal, nadir - ideal <= ROUNDING * Math.abs(nadir) ? highest : nadir);
    return Float64Array.from(column, (v) => (v - ideal) / width[k]!);
  });
  const found = { front, width, unit };
  known.set(points, found);
  return found;
}

function spread(ideal: number, nadir: number): number {
  const width = nadir - ideal;
  return width > ROUNDING * Math.abs(nadir) ? width : 1;
}

/** Some of the points. */
export function among(points: Points, positions: ArrayLike<number>): Float64Array[] {
  return points.map((column) => Float64Array.from(positions, (at) => column[at]!));
}

/** Sum over objectives of each point. */
export function sums(columns: Points): Float64Array {
  const found = new Float64Array(columns[0]!.length);
  for (const column of columns) for (let n = 0; n < found.length; n++) found[n]! += column[n]!;
  return found;
}

/** Largest value over objectives of each point. */
export function largest(columns: Points): Float64Array {
  const found = new Float64Array(columns[0]!.length).fill(-Infinity);
  for (const column of columns) for (let n = 0; n < found.length; n++) found[n] = Math.max(found[n]!, column[n]!);
  return found;
}

/** Position of the least value; of values that are equal up to rounding, the one with the least sum of units. */
export function firstLeast(values: ArrayLike<number>, points: Points): number {
  let [least, size] = [Infinity, 1];
  for (let n = 0; n < values.length; n++) {
    least = Math.min(least, values[n]!);
    size = Math.max(size, Math.abs(values[n]!));
  }
  const tied: number[] = [];
  for (let n = 0; n < values.length; n++) if (values[n]! <= least + 1e-9 * size) tied.push(n);
  if (tied.length === 1) return tied[0]!;
  const total = sums(scaled(points).unit);
  return tied.reduce((best, n) => (total[n]! < total[best]! ? n : best));
}
