// The alternative that a pointer or an arrow key means.

import type { Spots } from "./scatterSpots.ts";

/** The nearest one to a place, no further away than `within` pixels; those in the selection go first. -1 for none. */
export function nearest({ x, y }: Spots, px: number, py: number, within: number, selected: Uint8Array): number {
  let [found, least] = [-1, within * within];
  for (let n = 0; n < x.length; n++) {
    const far = (x[n]! - px) ** 2 + (y[n]! - py) ** 2;
    // one outside the limits has to be clearly nearer
    const counted = selected[n] ? far : far * 4 + 4;
    if (counted < least) [found, least] = [n, counted];
  }
  return found;
}

/** The next one in a direction (dx, dy one of -1, 0, 1; y downwards); the same one where there is none. */
export function towards({ x, y }: Spots, from: number, dx: number, dy: number, selected: Uint8Array): number {
  let [found, least] = [from, Infinity];
  for (let n = 0; n < x.length; n++) {
    if (n === from || !selected[n]) continue;
    const [right, down] = [x[n]! - x[from]!, y[n]! - y[from]!];
    const along = right * dx + down * dy;
    const across = Math.abs(right * dy) + Math.abs(down * dx);
    if (along < 0.5) continue;
    // what lies straight ahead goes before what is near but to the side
    const cost = along + 2.5 * across;
    if (cost < least) [found, least] = [n, cost];
  }
  return found;
}
