// Which polygon lies under each dot of a map: a picture of numbers, made once for a view and shared by all maps of that
// size. Switching to another alternative then only looks up colours, however many polygons and corners there are.

import type { Shapes } from "../model.ts";
import type { Camera } from "./camera.ts";
import { extentsOf } from "./extents.ts";

export interface Ids {
  /** Feature + 1 under each dot, 0 for none; `fine` x `fine` dots a pixel of the screen. */
  ids: Uint32Array;
  width: number;
  height: number;
  fine: number;
}

interface Kept {
  shapes: Shapes;
  key: string;
  made: Ids;
}

// the last few: side by side maps share one, and going back to a view before is free
const kept: Kept[] = [];
const MOST = 3;

/** Dots under a map; two by two a pixel, which smooths edges, except on screens that are fine enough. */
export function idsOf(shapes: Shapes, c: Camera, ratio: number): Ids {
  const fine = ratio >= 1.75 ? 1 : 2;
  const width = Math.round(c.width * ratio) * fine;
  const height = Math.round(c.height * ratio) * fine;
  const key = [width, height, fine, c.x, c.y, c.scale].join();
  const at = kept.findIndex((k) => k.shapes === shapes && k.key === key);
  if (at >= 0) {
    const [found] = kept.splice(at, 1);
    kept.push(found!);
    return found!.made;
  }
  const old = kept.length >= MOST ? kept.shift()!.made.ids : null;
  const ids = old?.length === width * height ? old.fill(0) : new Uint32Array(width * height);
  draw(shapes, c, ratio * fine, ids, width, height);
  const made = { ids, width, height, fine };
  kept.push({ shapes, key, made });
  return made;
}

/** Fills every polygon row by row between the sides that cross the middle of the row (even-odd, so holes stay open). */
function draw(shapes: Shapes, c: Camera, dots: number, ids: Uint32Array, width: number, height: number): void {
  const e = extentsOf(shapes);
  const { start, x, y } = shapes;
  const [kx, ky] = [dots / c.scale, -dots / c.scale];
  const [ox, oy] = [(c.width / 2) * dots - c.x * kx, (c.height / 2) * dots - c.y * ky];
  const head = new Int32Array(height);
  let room = 4096;
  let at = new Float64Array(room);
  let next = new Int32Array(room);
  for (let f = 0; f < e.features; f++) {
    const top = Math.max(0, Math.ceil(e.north[f]! * ky + oy - 0.5));
    const bottom = Math.min(height - 1, Math.ceil(e.south[f]! * ky + oy - 0.5) - 1);
    if (!(top <= bottom) || e.east[f]! * kx + ox < 0 || e.west[f]! * kx + ox > width) continue;
    head.fill(-1, top, bottom + 1);
    let used = 0;
    for (let p = e.part[f]!; p < e.part[f + 1]!; p++) {
      const [a, b] = [start[p]!, start[p + 1]!];
      let px = x[b - 1]! * kx + ox;
      let py = y[b - 1]! * ky + oy;
      for (let k = a; k < b; k++) {
        const qx = x[k]! * kx + ox;
        const qy = y[k]! * ky + oy;
        const down = py < qy;
        // from the upper end, so that both neighbours of a side find the very same crossing
        const ux = down ? px : qx;
        const uy = down ? py : qy;
        const lx = down ? qx : px;
        const ly = down ? qy : py;
        const first = Math.max(top, Math.ceil(uy - 0.5));
        const last = Math.min(bottom, Math.ceil(ly - 0.5) - 1);
        if (first <= last) {
          const slope = (lx - ux) / (ly - uy);
          if (used + last - first + 1 > room) {
            room = Math.max(room * 2, used + last - first + 1);
            const [wider, longer] = [new Float64Array(room), new Int32Array(room)];
            wider.set(at);
            longer.set(next);
            [at, next] = [wider, longer];
          }
          for (let row = first; row <= last; row++) {
            const cut = ux + (row + 0.5 - uy) * slope;
            at[used] = cut;
            let before = -1;
            let after = head[row]!;
            while (after >= 0 && at[after]! < cut) {
              before = after;
              after = next[after]!;
            }
            next[used] = after;
            if (before < 0) head[row] = used;
            else next[before] = used;
            used++;
          }
        }
        px = qx;
        py = qy;
      }
    }
    for (let row = top; row <= bottom; row++) {
      const base = row * width;
      for (let k = head[row]!; k >= 0; ) {
        const other = next[k]!;
        if (other < 0) break;
        const from = Math.max(0, Math.ceil(at[k]! - 0.5));
        const to = Math.min(width, Math.ceil(at[other]! - 0.5));
        if (to - from > 24) ids.fill(f + 1, base + from, base + to);
        else for (let i = base + from; i < base + to; i++) ids[i] = f + 1;
        k = next[other]!;
      }
    }
  }
}
