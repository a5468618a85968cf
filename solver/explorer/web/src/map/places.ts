// Places: a mark for each thing that is prepared there, side by side; candidates as small dots.

import type { Layer } from "../model.ts";
import type { KindTold } from "../payload.ts";
import { INK, type Pen } from "../pen.ts";
import { type Camera, nearness, screenX, screenY } from "./camera.ts";
import { extentsOf, inView } from "./extents.ts";
import { drawCross, drawMark, drawSign, GAINED, KEPT, type MarkStyle } from "./marks.ts";
import { OFTEN_STEPS, oftenColour, oftenStep } from "./often.ts";
import type { Item } from "./what.ts";

/** From a tenth lost on a place is struck through once, from half on it cannot be used. */
const HARMED = 26;
export const UNUSABLE = 128;

export interface Placed {
  item: Item;
  x: number;
  y: number;
  r: number;
}

/** Where each mark stands on the drawing; several at one place stand in a row. */
export function placed(layer: Layer, items: Item[], c: Camera): Placed[] {
  const e = extentsOf(layer.shapes);
  const base = Math.min(7, Math.max(4.4, Math.min(c.width, c.height) / 75)) * nearness(c);
  const size = (item: Item) =>
    item.way === "share" ? base * (0.45 + 0.85 * Math.sqrt(item.share)) : item.way === "kept" ? base * 0.8 : base;
  const rows = new Map<number, { wide: number; used: number }>();
  const step = (item: Item) => 2.3 * size(item) + 1.5 + (layer.kinds[item.kind]!.dual ? 4 : 0);
  for (const item of items) {
    const row = rows.get(item.feature);
    if (row) row.wide += step(item);
    else rows.set(item.feature, { wide: step(item), used: 0 });
  }
  const found: Placed[] = [];
  for (const item of items) {
    if (!inView(e, item.feature, c, 24)) continue;
    const row = rows.get(item.feature)!;
    const wide = step(item);
    const x = screenX(c, e.x[item.feature]!) - row.wide / 2 + row.used + wide / 2;
    row.used += wide;
    found.push({ item, x, y: screenY(c, e.y[item.feature]!), r: size(item) });
  }
  return found;
}

function itemMark(kind: KindTold, item: Item): MarkStyle {
  const ring = kind.dual ? kind.colour : null;
  if (item.way === "gained") return { fill: GAINED, line: "#fff", width: 1.2, ring: kind.dual ? GAINED : null };
  if (item.way === "lost") return { fill: "#fff", line: INK.loss, width: 1.7, dash: [2.6, 2], ring: null };
  if (item.way === "kept") return { fill: KEPT, line: "#fff", width: 1, ring: kind.dual ? KEPT : null };
  if (item.way === "share") return oftenMark(oftenStep(item.share));
  return { fill: kind.colour, line: "#fff", width: 1.3, ring };
}

export function oftenMark(step: number): MarkStyle {
  const most = step === OFTEN_STEPS - 1;
  return { fill: oftenColour(step), line: most ? INK.ink : step < 4 ? "#6f8f8b" : "#fff", width: most ? 2 : 1, ring: most ? INK.ink : null };
}

export function drawPlaces(pen: Pen, layer: Layer, items: Item[], hazard: Uint8Array | null, c: Camera): void {
  const found = placed(layer, items, c);
  for (const { item, x, y, r } of found) {
    const kind = layer.kinds[item.kind]!;
    drawMark(pen, kind.shape, x, y, r, itemMark(kind, item));
  }
  for (const { item, x, y, r } of found) {
    if (item.way === "gained" || item.way === "lost") drawSign(pen, x + r, y - r, item.way === "gained", Math.min(4.6, r * 0.7));
    const harm = hazard?.[item.feature] ?? 0;
    if (harm >= HARMED) drawCross(pen, x, y, r + 1.5, harm < UNUSABLE);
  }
}

/** Places where nothing is decided. */
export function drawCandidates(pen: Pen, layer: Layer, items: Item[], hazard: Uint8Array | null, c: Camera): void {
  const e = extentsOf(layer.shapes);
  const busy = new Uint8Array(e.features);
  for (const item of items) busy[item.feature] = 1;
  const r = 2 * Math.min(1.5, nearness(c));
  const harmed: [number, number][] = [];
  pen.beginPath();
  for (let f = 0; f < e.features; f++) {
    if (busy[f] || !inView(e, f, c)) continue;
    const [x, y] = [screenX(c, e.x[f]!), screenY(c, e.y[f]!)];
    pen.moveTo(x + r, y);
    pen.arc(x, y, r, 0, 2 * Math.PI);
    if ((hazard?.[f] ?? 0) >= UNUSABLE) harmed.push([x, y]);
  }
  pen.fillStyle = "#fff";
  pen.fill();
  pen.strokeStyle = INK.quiet;
  pen.lineWidth = 0.9;
  pen.stroke();
  pen.beginPath();
  for (const [x, y] of harmed) {
    pen.moveTo(x - 2.6, y - 2.6);
    pen.lineTo(x + 2.6, y + 2.6);
    pen.moveTo(x + 2.6, y - 2.6);
    pen.lineTo(x - 2.6, y + 2.6);
  }
  pen.strokeStyle = INK.loss;
  pen.lineWidth = 1.2;
  pen.stroke();
}
