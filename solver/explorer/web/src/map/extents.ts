// Feature by feature: where its parts are, the box around it, and a point to hang marks on.

import type { Shapes } from "../model.ts";
import { type Camera, screenX, screenY } from "./camera.ts";
import type { Pen } from "../pen.ts";

export interface Extents {
  features: number;
  /** First part of each feature, and the end: parts are in the order of their owners. */
  part: Uint32Array;
  west: Float32Array;
  south: Float32Array;
  east: Float32Array;
  north: Float32Array;
  /** Where a mark of the feature stands. */
  x: Float32Array;
  y: Float32Array;
  /** Mean size of a feature in metres. */
  mean: number;
}

const known = new WeakMap<Shapes, Extents>();

export function extentsOf(shapes: Shapes): Extents {
  let found = known.get(shapes);
  if (!found) known.set(shapes, (found = measured(shapes)));
  return found;
}

function measured(shapes: Shapes): Extents {
  const { owner, start, x, y } = shapes;
  const parts = owner.length;
  const features = parts ? owner[parts - 1]! + 1 : 0;
  const part = new Uint32Array(features + 1).fill(parts);
  for (let p = parts - 1; p >= 0; p--) part[owner[p]!] = p;
  for (let f = features - 1; f >= 0; f--) if (part[f]! > part[f + 1]! || owner[part[f]!] !== f) part[f] = part[f + 1]!;
  const box = (v: number) => new Float32Array(features).fill(v);
  const found: Extents = {
    features,
    part,
    west: box(Infinity),
    south: box(Infinity),
    east: box(-Infinity),
    north: box(-Infinity),
    x: box(NaN),
    y: box(NaN),
    mean: 0,
  };
  let [sum, counted] = [0, 0];
  for (let f = 0; f < features; f++) {
    const [a, b] = [start[part[f]!] ?? 0, start[part[f + 1]!] ?? 0];
    if (part[f] === part[f + 1]) continue;
    for (let k = a; k < b; k++) {
      if (x[k]! < found.west[f]!) found.west[f] = x[k]!;
      if (x[k]! > found.east[f]!) found.east[f] = x[k]!;
      if (y[k]! < found.south[f]!) found.south[f] = y[k]!;
      if (y[k]! > found.north[f]!) found.north[f] = y[k]!;
    }
    sum += Math.sqrt((found.east[f]! - found.west[f]!) * (found.north[f]! - found.south[f]!));
    counted++;
    const [ax, ay] = anchor(shapes, part[f]!, part[f + 1]!);
    found.x[f] = ax;
    found.y[f] = ay;
  }
  found.mean = counted ? sum / counted : 0;
  return found;
}

function anchor(shapes: Shapes, first: number, end: number): [number, number] {
  const { kind, start, x, y } = shapes;
  if (kind === "point") return [x[start[first]!]!, y[start[first]!]!];
  if (kind === "line") {
    const [a, b] = [start[first]!, start[first + 1]!];
    let whole = 0;
    for (let k = a + 1; k < b; k++) whole += Math.hypot(x[k]! - x[k - 1]!, y[k]! - y[k - 1]!);
    let left = whole / 2;
    for (let k = a + 1; k < b; k++) {
      const step = Math.hypot(x[k]! - x[k - 1]!, y[k]! - y[k - 1]!);
      if (left <= step && step > 0)
        return [x[k - 1]! + ((x[k]! - x[k - 1]!) * left) / step, y[k - 1]! + ((y[k]! - y[k - 1]!) * left) / step];
      left -= step;
    }
    return [x[a]!, y[a]!];
  }
  // the middle of the largest ring by area
  let [best, cx, cy] = [-1, x[start[first]!]!, y[start[first]!]!];
  for (let p = first; p < end; p++) {
    const [a, b] = [start[p]!, start[p + 1]!];
    let [twice, sx, sy] = [0, 0, 0];
    for (let k = a, last = b - 1; k < b; last = k++) {
      const cross = (x[last]! - x[a]!) * (y[k]! - y[a]!) - (x[k]! - x[a]!) * (y[last]! - y[a]!);
      twice += cross;
      sx += (x[last]! + x[k]! - 2 * x[a]!) * cross;
      sy += (y[last]! + y[k]! - 2 * y[a]!) * cross;
    }
    if (Math.abs(twice) > best && twice) {
      best = Math.abs(twice);
      [cx, cy] = [x[a]! + sx / (3 * twice), y[a]! + sy / (3 * twice)];
    }
  }
  return [cx, cy];
}

/** Whether the box of a feature is in view, widened by so many pixels. */
export function inView(e: Extents, f: number, c: Camera, edge = 12): boolean {
  const [wide, high] = [(c.width / 2 + edge) * c.scale, (c.height / 2 + edge) * c.scale];
  return e.east[f]! >= c.x - wide && e.west[f]! <= c.x + wide && e.north[f]! >= c.y - high && e.south[f]! <= c.y + high;
}

/** Adds the parts of a feature to the path, without points that no eye could tell apart. */
export function trace(pen: Pen, shapes: Shapes, e: Extents, f: number, c: Camera): void {
  const { start, x, y, kind } = shapes;
  for (let p = e.part[f]!; p < e.part[f + 1]!; p++) {
    const end = start[p + 1]! - 1;
    let [lastX, lastY] = [NaN, NaN];
    for (let k = start[p]!; k <= end; k++) {
      const [sx, sy] = [screenX(c, x[k]!), screenY(c, y[k]!)];
      if (lastX !== lastX) pen.moveTo(sx, sy);
      else if (k < end && Math.abs(sx - lastX) < 0.4 && Math.abs(sy - lastY) < 0.4) continue;
      else pen.lineTo(sx, sy);
      [lastX, lastY] = [sx, sy];
    }
    if (kind === "polygon") pen.closePath();
  }
}
