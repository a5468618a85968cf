// Polygons as paths, for files: one path for each style, its hatches clipped to it. Looks like pixels.ts.

import type { Shapes } from "../model.ts";
import type { Pen } from "../pen.ts";
import { type Camera, screenX, screenY } from "./camera.ts";
import { extentsOf, inView, trace } from "./extents.ts";
import type { Look } from "./look.ts";
import { drawStyle } from "./pixels.ts";

export function drawAreas(pen: Pen, shapes: Shapes, look: Look, c: Camera): void {
  const e = extentsOf(shapes);
  const groups = new Map<number, number[]>();
  for (let f = 0; f < e.features; f++) {
    if (!inView(e, f, c, 0)) continue;
    const style = look.of[f + 1]!;
    const group = groups.get(style);
    if (group) group.push(f);
    else groups.set(style, [f]);
  }
  const box = { left: 0, top: 0, right: c.width, bottom: c.height };
  for (const [k, features] of groups) {
    const style = look.styles[k]!;
    if (style.fill === null) continue;
    pen.save();
    pen.beginPath();
    for (const f of features) trace(pen, shapes, e, f, c);
    pen.fillStyle = style.fill;
    // shells and holes turn opposite ways, so holes stay open
    pen.fill();
    // the seam between two neighbours of different styles would let the paper through
    pen.strokeStyle = style.fill;
    pen.lineWidth = 0.35;
    pen.stroke();
    if (style.hatch || style.hazard) {
      pen.clip();
      drawStyle(pen, style, box, { x: screenX(c, 0), y: screenY(c, 0) });
    }
    pen.restore();
  }
}
