// Corridors and strengthened roads: chosen, gained, lost, or how often; and roads that a hazard cuts.

import type { Layer, Shapes } from "../model.ts";
import type { KindTold } from "../payload.ts";
import { INK, type Pen } from "../pen.ts";
import { type Camera, nearness, screenX, screenY } from "./camera.ts";
import { type Extents, extentsOf, inView, trace } from "./extents.ts";
import { drawCross, drawSign, GAINED, KEPT } from "./marks.ts";
import { OFTEN_STEPS, oftenColour, oftenStep } from "./often.ts";
import type { Item } from "./what.ts";

export interface LineStyle {
  colour: string;
  width: number;
  dash: readonly number[];
  casing: string;
  /** Strengthened: between two dark sides. */
  sides: boolean;
}

export function kindLine(kind: KindTold): LineStyle {
  const { colour, width, dash } = kind;
  return { colour, width, dash, casing: "#fff", sides: kind.role === "harden" };
}

function itemLine(kind: KindTold, item: Item): LineStyle {
  const own = kindLine(kind);
  if (item.way === "taken") return own;
  if (item.way === "gained") return { ...own, colour: GAINED, dash: [], width: Math.max(2.4, own.width), sides: false };
  if (item.way === "lost") return { ...own, colour: INK.loss, dash: [5, 4], width: 2, sides: false };
  if (item.way === "kept") return { ...own, colour: KEPT, width: Math.min(2, own.width), sides: false };
  return oftenLine(oftenStep(item.share));
}

export function oftenLine(step: number): LineStyle {
  const most = step === OFTEN_STEPS - 1;
  return { colour: oftenColour(step), width: 1 + step * 0.5, dash: [], casing: "#fff", sides: most };
}

/** Chosen lines, thin ones first, and the signs of what is gained or lost. */
export function drawLines(pen: Pen, layer: Layer, items: Item[], c: Camera): void {
  const e = extentsOf(layer.shapes);
  const near = Math.min(1.5, nearness(c));
  const groups = new Map<string, { style: LineStyle; features: number[]; rank: number }>();
  for (const item of items) {
    if (!inView(e, item.feature, c)) continue;
    const style = itemLine(layer.kinds[item.kind]!, item);
    const key = `${item.way}${item.kind}${item.way === "share" ? oftenStep(item.share) : ""}`;
    const group = groups.get(key);
    if (group) group.features.push(item.feature);
    else groups.set(key, { style, features: [item.feature], rank: (item.way === "kept" ? 0 : 10) + style.width });
  }
  pen.lineJoin = "round";
  for (const { style, features } of [...groups.values()].sort((a, b) => a.rank - b.rank)) {
    pen.beginPath();
    for (const f of features) trace(pen, layer.shapes, e, f, c);
    strokeLine(pen, style, near);
  }
  const free = spacing(14);
  for (const item of items) {
    if (item.way !== "gained" && item.way !== "lost") continue;
    const f = item.feature;
    const long = Math.max(e.east[f]! - e.west[f]!, e.north[f]! - e.south[f]!) / c.scale;
    const [x, y] = middle(e, f, c);
    if (long > 14 && free(x, y)) drawSign(pen, x, y, item.way === "gained", Math.min(4.6, 2.6 + long / 30));
  }
}

/** Strokes the path that the pen has. */
function strokeLine(pen: Pen, style: LineStyle, near: number): void {
  pen.lineCap = "round";
  const width = style.width * near;
  if (style.sides) {
    pen.strokeStyle = INK.ink;
    pen.lineWidth = width + 4.4;
    pen.stroke();
  }
  pen.strokeStyle = style.casing;
  pen.lineWidth = width + 2;
  pen.stroke();
  pen.lineCap = style.dash.length ? "butt" : "round";
  pen.setLineDash([...style.dash]);
  pen.strokeStyle = style.colour;
  pen.lineWidth = width;
  pen.stroke();
  pen.setLineDash([]);
  pen.lineCap = "butt";
}

/** Lines that could be chosen and are not, so that they can be pointed at. */
export function drawFaintLines(pen: Pen, layer: Layer, c: Camera): void {
  const e = extentsOf(layer.shapes);
  pen.beginPath();
  for (let f = 0; f < e.features; f++) if (inView(e, f, c)) trace(pen, layer.shapes, e, f, c);
  pen.strokeStyle = INK.quiet;
  pen.globalAlpha = 0.45;
  pen.lineWidth = 0.8;
  pen.stroke();
  pen.globalAlpha = 1;
}

/** Roads that cannot be passed: red dashes, and crosses where there is room for them. */
export function drawCuts(pen: Pen, shapes: Shapes, hazard: Uint8Array, c: Camera): void {
  const e = extentsOf(shapes);
  const cut: number[] = [];
  for (let f = 0; f < e.features; f++) if (hazard[f] && inView(e, f, c)) cut.push(f);
  if (!cut.length) return;
  pen.beginPath();
  for (const f of cut) trace(pen, shapes, e, f, c);
  pen.lineCap = "butt";
  pen.strokeStyle = "#fff";
  pen.lineWidth = 4;
  pen.stroke();
  pen.strokeStyle = INK.loss;
  pen.lineWidth = 2.2;
  pen.setLineDash([5, 3.2]);
  pen.stroke();
  pen.setLineDash([]);
  const free = spacing(26);
  for (const f of cut) {
    const [x, y] = middle(e, f, c);
    if (free(x, y)) drawCross(pen, x, y, 3.6);
  }
}

function middle(e: Extents, f: number, c: Camera): [number, number] {
  return [screenX(c, e.x[f]!), screenY(c, e.y[f]!)];
}

/** Whether no sign stands within so many pixels yet; keeps the place if so. */
function spacing(least: number): (x: number, y: number) => boolean {
  const taken = new Map<string, [number, number][]>();
  return (x, y) => {
    const [i, j] = [Math.floor(x / least), Math.floor(y / least)];
    for (let a = i - 1; a <= i + 1; a++)
      for (let b = j - 1; b <= j + 1; b++)
        for (const [px, py] of taken.get(`${a},${b}`) ?? []) if (Math.hypot(px - x, py - y) < least) return false;
    const key = `${i},${j}`;
    taken.set(key, [...(taken.get(key) ?? []), [x, y]]);
    return true;
  };
}
