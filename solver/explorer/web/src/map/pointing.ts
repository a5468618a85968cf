// What lies under the pointer, and what is pointed at: one feature for all maps on view.

import { signal } from "@preact/signals";
import type { Layer, Model } from "../model.ts";
import { hidden } from "../state.ts";
import { type Camera, groundX, groundY, screenX, screenY } from "./camera.ts";
import { extentsOf, inView } from "./extents.ts";
import { placed } from "./places.ts";
import { itemsOf, type Shown } from "./what.ts";

export interface Pointed {
  layer: string;
  feature: number;
  /** Name of the map that it is pointed at on, which shows the card. */
  map: string;
  /** Pinned by a click or key, so that it stays when the pointer leaves. */
  pinned: boolean;
}

export const pointed = signal<Pointed | null>(null);

export function layerNamed(m: Model, name: string): Layer | undefined {
  return m.layers.find((l) => l.name === name);
}

/** Feature under a point of the drawing: places before lines before land. */
export function under(m: Model, shown: Shown, c: Camera, px: number, py: number): { layer: Layer; feature: number } | null {
  const wanted = m.layers.filter((l) => !hidden.value.has(l.name)).reverse();
  let best: { layer: Layer; feature: number } | null = null;
  let least = 81;
  for (const layer of wanted.filter((l) => l.shapes.kind === "point")) {
    for (const { item, x, y, r } of placed(layer, itemsOf(layer, shown), c)) {
      const far = Math.max(0, Math.hypot(px - x, py - y) - r) ** 2;
      if (far < least) [best, least] = [{ layer, feature: item.feature }, far];
    }
    const e = extentsOf(layer.shapes);
    for (let f = 0; f < e.features; f++) {
      const far = (screenX(c, e.x[f]!) - px) ** 2 + (screenY(c, e.y[f]!) - py) ** 2;
      if (far < Math.min(least, 36)) [best, least] = [{ layer, feature: f }, far];
    }
  }
  if (best) return best;
  least = 36;
  for (const layer of wanted.filter((l) => l.shapes.kind === "line")) {
    const e = extentsOf(layer.shapes);
    const { start, x, y } = layer.shapes;
    const chosen = new Set(itemsOf(layer, shown).map((item) => item.feature));
    for (let f = 0; f < e.features; f++) {
      // what is not drawn cannot be pointed at
      if ((!layer.forceable && !chosen.has(f)) || !inView(e, f, c)) continue;
      for (let p = e.part[f]!; p < e.part[f + 1]!; p++)
        for (let k = start[p]! + 1; k < start[p + 1]!; k++) {
          const far = gap(px, py, screenX(c, x[k - 1]!), screenY(c, y[k - 1]!), screenX(c, x[k]!), screenY(c, y[k]!));
          if (far < least) [best, least] = [{ layer, feature: f }, far];
        }
    }
  }
  if (best) return best;
  const [gx, gy] = [groundX(c, px), groundY(c, py)];
  for (const layer of wanted.filter((l) => l.shapes.kind === "polygon")) {
    const feature = covering(layer, gx, gy);
    if (feature >= 0) return { layer, feature };
  }
  return null;
}

/** Square of the distance from a point to a line between two others. */
function gap(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = dx || dy ? Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy))) : 0;
  return (ax + along * dx - px) ** 2 + (ay + along * dy - py) ** 2;
}

/** Polygon of a layer that covers a point on the ground, -1 for none. */
function covering(layer: Layer, gx: number, gy: number): number {
  const e = extentsOf(layer.shapes);
  const { start, x, y } = layer.shapes;
  for (let f = 0; f < e.features; f++) {
    if (gx < e.west[f]! || gx > e.east[f]! || gy < e.south[f]! || gy > e.north[f]!) continue;
    let inside = false;
    for (let p = e.part[f]!; p < e.part[f + 1]!; p++) {
      const [a, b] = [start[p]!, start[p + 1]!];
      for (let k = a, j = b - 1; k < b; j = k++)
        if (y[k]! > gy !== y[j]! > gy && gx < ((x[j]! - x[k]!) * (gy - y[k]!)) / (y[j]! - y[k]!) + x[k]!) inside = !inside;
    }
    if (inside) return f;
  }
  return -1;
}
