// What lies on the map whatever is decided: water beneath; borders of districts and roads above.

import type { Backdrop, Model } from "../model.ts";
import type { Pen } from "../pen.ts";
import type { Camera } from "./camera.ts";
import { extentsOf, inView, trace } from "./extents.ts";

const WATER = "#d5e4ec";
const UNIT = "#a79db3";
const ROADS = ["#b7b2a6", "#c7c2b6", "#d3cec3", "#e0dcd2"];
const ROAD_WIDTH = [2, 1.4, 0.9, 0.55];

/** Borders of districts come as lines or as polygons. */
const isUnits = (b: Backdrop) => /unit|district/i.test(b.name);
const isWater = (b: Backdrop) => b.shapes.kind === "polygon" && !isUnits(b);

/** Areas beneath everything. */
export function drawBelow(pen: Pen, model: Model, hidden: ReadonlySet<string>, c: Camera): void {
  for (const backdrop of model.backdrops) {
    if (hidden.has(backdrop.name) || !isWater(backdrop)) continue;
    path(pen, backdrop, c, () => true);
    pen.fillStyle = WATER;
    pen.fill();
  }
}

/** Lines above land; `onLand` where parcels are filled, on which lines are light. */
export function drawAbove(pen: Pen, model: Model, hidden: ReadonlySet<string>, c: Camera, onLand: boolean): void {
  for (const backdrop of model.backdrops) {
    if (hidden.has(backdrop.name) || isWater(backdrop)) continue;
    if (isUnits(backdrop)) drawUnits(pen, backdrop, c, onLand);
    else if (backdrop.shapes.kind === "line") drawRoads(pen, backdrop, c, onLand);
  }
}

/** Borders, the coarsest drawn through and the finer ones dashed. */
function drawUnits(pen: Pen, backdrop: Backdrop, c: Camera, onLand: boolean): void {
  for (let rank = 2; rank >= 0; rank--) {
    path(pen, backdrop, c, (f) => Math.min(2, backdrop.rank?.[f] ?? 1) === rank);
    if (onLand) {
      pen.strokeStyle = "#ffffff";
      pen.globalAlpha = 0.75;
      pen.lineWidth = 3.2;
      pen.stroke();
      pen.globalAlpha = 1;
    }
    pen.strokeStyle = onLand ? "#5d5468" : UNIT;
    pen.lineWidth = [1.4, 1, 0.7][rank]!;
    pen.setLineDash(rank ? [4, 3] : []);
    pen.stroke();
    pen.setLineDash([]);
  }
}

function drawRoads(pen: Pen, backdrop: Backdrop, c: Camera, onLand: boolean): void {
  const near = Math.min(Math.max(9 / c.scale, 0.6), 2.4);
  pen.lineJoin = "round";
  pen.lineCap = "round";
  for (let rank = 3; rank >= 0; rank--) {
    // far away small roads are but grey
    if (rank === 3 && c.scale > 24) continue;
    path(pen, backdrop, c, (f) => Math.min(3, backdrop.rank?.[f] ?? 1) === rank);
    pen.strokeStyle = onLand ? "#ffffff" : ROADS[rank]!;
    pen.globalAlpha = onLand ? 0.8 - 0.12 * rank : 1;
    pen.lineWidth = ROAD_WIDTH[rank]! * near;
    pen.stroke();
  }
  pen.globalAlpha = 1;
  pen.lineCap = "butt";
}

function path(pen: Pen, backdrop: Backdrop, c: Camera, wanted: (f: number) => boolean): void {
  const e = extentsOf(backdrop.shapes);
  pen.beginPath();
  for (let f = 0; f < e.features; f++) if (wanted(f) && inView(e, f, c)) trace(pen, backdrop.shapes, e, f, c);
}
