// The knee: the point furthest below the plane through the extreme points; as solver/choosing/knee.py.
// Das (1999), DOI 10.1007/BF01195985.

import { among, firstLeast, type Points, scaled, sums } from "./scaling.ts";

export interface Knee {
  position: number;
  /** How far each point lies below the plane, in units of the range; negative above. */
  distance: Float64Array;
  extremes: number[];
  /** Distance of the knee; with 0 there is no knee to speak of. */
  bulge: number;
}

export function knee(points: Points): Knee {
  const { front, unit } = scaled(points);
  const p = points.length;
  const total = sums(unit);
  const extremes = unit.map((column) => {
    const least = front.reduce((v, at) => Math.min(v, column[at]!), Infinity);
    const tied = front.filter((at) => column[at]! <= least + 1e-12);
    return tied.reduce((best, at) => (total[at]! < total[best]! ? at : best));
  });
  const corner = extremes.map((at) => unit.map((column) => column[at]!));
  // fewer extremes than objectives, or a normal that is no trade-off: the plane of equal weights takes its place
  const normal = normalOf(corner) ?? new Array<number>(p).fill(p ** -0.5);
  const height = (at: number) => normal.reduce((sum, w, k) => sum + w * unit[k]![at]!, 0);
  const plane = Math.min(...extremes.map(height));
  const distance = Float64Array.from(points[0]!, (_, at) => plane - height(at));
  const found = firstLeast(front.map((at) => -distance[at]!), among(points, front));
  const position = front[found]!;
  return { position, distance, extremes, bulge: Math.max(0, distance[position]!) };
}

/** Unit normal of the plane through p points in p dimensions, positive everywhere; null if there is no such. */
function normalOf(corner: number[][]): number[] | null {
  const p = corner.length;
  const sides = corner.slice(1).map((row) => row.map((v, k) => v - corner[0]![k]!));
  if (!madeOrthogonal(sides)) return null;
  let best: number[] = [];
  let longest = 0;
  for (let k = 0; k < p; k++) {
    const rest = sides.map(() => 0);
    const left = Array.from({ length: p }, (_, i) => Number(i === k));
    // twice: what the first pass leaves by rounding, the second takes away
    for (let pass = 0; pass < 2; pass++)
      sides.forEach((side, s) => {
        rest[s] = dot(left, side);
        side.forEach((v, i) => (left[i]! -= rest[s]! * v));
      });
    const length = Math.sqrt(dot(left, left));
    if (length > longest) [best, longest] = [left.map((v) => v / length), length];
  }
  if (best.reduce((sum, v) => sum + v, 0) <= 0) best = best.map((v) => -v);
  return best.every((v) => v > 1e-9) ? best : null;
}

/** Rows turned into unit rows at right angles that span the same; false where they span less (one-sided Jacobi). */
function madeOrthogonal(rows: number[][]): boolean {
  for (let sweep = 0; sweep < 60; sweep++) {
    let turned = false;
    for (let i = 0; i < rows.length; i++)
      for (let j = i + 1; j < rows.length; j++) {
        const [a, b] = [rows[i]!, rows[j]!];
        const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
        if (Math.abs(ab) <= 1e-15 * Math.sqrt(aa * bb)) continue;
        turned = true;
        const zeta = (bb - aa) / (2 * ab);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        for (let k = 0; k < a.length; k++) [a[k], b[k]] = [c * (a[k]! - t * b[k]!), c * (b[k]! + t * a[k]!)];
      }
    if (!turned) break;
  }
  // lengths are now the singular values
  for (const row of rows) {
    const length = Math.sqrt(dot(row, row));
    if (length <= 1e-9) return false;
    row.forEach((v, k) => (row[k] = v / length));
  }
  return true;
}

function dot(a: number[], b: number[]): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
