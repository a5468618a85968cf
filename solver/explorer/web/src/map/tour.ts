// From place to place by key: places before lines before land, what is prepared first, from west to east.

import type { Model } from "../model.ts";
import { hidden } from "../state.ts";
import { type Camera, moved, screenX, screenY } from "./camera.ts";
import { extentsOf } from "./extents.ts";
import type { Pointed } from "./pointing.ts";
import { itemsOf, type Shown } from "./what.ts";

type Stop = Pick<Pointed, "layer" | "feature">;

/** The next stop (or the last, by -1); brings it into view. */
export function neighbour(m: Model, shown: Shown, from: Stop | null, by: number, c: Camera): Stop | null {
  const stops: Stop[] = [];
  const rank = { point: 0, line: 1, polygon: 2 };
  for (const layer of [...m.layers].sort((a, b) => rank[a.shapes.kind] - rank[b.shapes.kind])) {
    if (hidden.value.has(layer.name)) continue;
    const e = extentsOf(layer.shapes);
    const order = (list: number[]) => list.sort((a, b) => e.x[a]! - e.x[b]! || a - b);
    const chosen = new Set(itemsOf(layer, shown).map((item) => item.feature));
    const rest: number[] = [];
    // land is told in the table below the map; here only what stands in view
    for (let f = 0; f < e.features; f++)
      if (!chosen.has(f) && layer.forceable && (layer.choices || inside(c, e.x[f]!, e.y[f]!))) rest.push(f);
    for (const feature of [...order([...chosen]), ...order(rest)]) stops.push({ layer: layer.name, feature });
  }
  if (!stops.length) return null;
  const at = from ? stops.findIndex((s) => s.layer === from.layer && s.feature === from.feature) : -1;
  const next = stops[at < 0 ? (by > 0 ? 0 : stops.length - 1) : (at + by + stops.length) % stops.length]!;
  const e = extentsOf(m.layers.find((l) => l.name === next.layer)!.shapes);
  const [x, y] = [e.x[next.feature]!, e.y[next.feature]!];
  if (!inside(c, x, y)) moved(c, c.width / 2 - screenX(c, x), c.height / 2 - screenY(c, y));
  return next;
}

function inside(c: Camera, x: number, y: number): boolean {
  const [px, py] = [screenX(c, x), screenY(c, y)];
  return px >= 0 && py >= 0 && px <= c.width && py <= c.height;
}
