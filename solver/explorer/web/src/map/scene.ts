// A whole map: ground, land, roads, places, hazards, what a live solve is told, and the scale.

import type { Layer, Model } from "../model.ts";
import { INK, type Pen, type Size } from "../pen.ts";
import { forced, hidden, model, scenario } from "../state.ts";
import { drawAreas } from "./areas.ts";
import { type Camera, cameraOf, screenX, screenY } from "./camera.ts";
import { extentsOf, inView, trace } from "./extents.ts";
import { drawFurniture } from "./furniture.ts";
import { drawAbove, drawBelow } from "./ground.ts";
import { idsOf } from "./ids.ts";
import { drawCuts, drawFaintLines, drawLines } from "./lines.ts";
import { hazardOn, lookOf } from "./look.ts";
import { drawForced } from "./marks.ts";
import { drawPixels } from "./pixels.ts";
import { drawCandidates, drawPlaces } from "./places.ts";
import { groundPicture } from "./picture.ts";
import { itemsOf, type Shown } from "./what.ts";

/** The map as paths: what files are written from. */
export function paintMap(pen: Pen, size: Size, shown: Shown): void {
  const [m, c] = [model.value, cameraOf(size)];
  const off = hidden.value;
  const land = areasOf(m, off);
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, size.width, size.height);
  pen.clip();
  pen.fillStyle = INK.wash;
  pen.fillRect(0, 0, size.width, size.height);
  drawBelow(pen, m, off, c);
  for (const layer of land) {
    drawAreas(pen, layer.shapes, lookOf(m, layer, shown, scenario.value), c);
    drawParcels(pen, layer, c);
  }
  drawAbove(pen, m, off, c, land.length > 0);
  drawDecisions(pen, m, shown, off, c);
  pen.restore();
}

/** The same on the screen: land dot by dot, and the ground from a picture that is kept. */
export function showMap(context: CanvasRenderingContext2D, size: Size, ratio: number, shown: Shown): void {
  const [m, c] = [model.value, cameraOf(size)];
  const off = hidden.value;
  const land = areasOf(m, off);
  context.fillStyle = INK.wash;
  context.fillRect(0, 0, size.width, size.height);
  groundPicture(context, "below", m, off, c, ratio, land.length > 0);
  for (const layer of land) {
    drawPixels(context, lookOf(m, layer, shown, scenario.value), idsOf(layer.shapes, c, ratio), c, ratio);
    drawParcels(context, layer, c);
  }
  groundPicture(context, "above", m, off, c, ratio, land.length > 0);
  drawDecisions(context, m, shown, off, c);
}

const areasOf = (m: Model, off: ReadonlySet<string>) =>
  m.layers.filter((l) => l.shapes.kind === "polygon" && !off.has(l.name));

/** Outlines of parcels once they are large enough to be told apart. */
function drawParcels(pen: Pen, layer: Layer, c: Camera): void {
  const e = extentsOf(layer.shapes);
  const size = e.mean / c.scale;
  if (size < 12) return;
  pen.beginPath();
  for (let f = 0; f < e.features; f++) if (inView(e, f, c)) trace(pen, layer.shapes, e, f, c);
  pen.strokeStyle = "#ffffff";
  pen.globalAlpha = Math.min(0.7, (size - 10) / 30);
  pen.lineWidth = 0.8;
  pen.stroke();
  pen.globalAlpha = 1;
}

function drawDecisions(pen: Pen, m: Model, shown: Shown, off: ReadonlySet<string>, c: Camera): void {
  const at = scenario.value;
  for (const backdrop of m.backdrops) {
    const hazard = backdrop.shapes.kind === "line" && !off.has(backdrop.name) ? hazardOn(m, backdrop.name, at) : null;
    if (hazard) drawCuts(pen, backdrop.shapes, hazard, c);
  }
  const wanted = m.layers.filter((l) => l.choices && !off.has(l.name));
  for (const layer of wanted.filter((l) => l.shapes.kind === "line")) {
    if (layer.forceable || shown.kind === "frequency") drawFaintLines(pen, layer, c);
    drawLines(pen, layer, itemsOf(layer, shown), c);
    const hazard = hazardOn(m, layer.name, at);
    if (hazard) drawCuts(pen, layer.shapes, hazard, c);
  }
  const points = wanted.filter((l) => l.shapes.kind === "point").map((layer) => ({
    layer,
    items: itemsOf(layer, shown),
    hazard: hazardOn(m, layer.name, at),
  }));
  for (const { layer, items, hazard } of points) drawCandidates(pen, layer, items, hazard, c);
  for (const { layer, items, hazard } of points) drawPlaces(pen, layer, items, hazard, c);
  drawTold(pen, m, off, c);
  drawFurniture(pen, c);
}

/** Locks and bans on what a live solve is told. */
function drawTold(pen: Pen, m: Model, off: ReadonlySet<string>, c: Camera): void {
  if (!forced.value.size) return;
  for (const layer of m.layers) {
    if (off.has(layer.name)) continue;
    const e = extentsOf(layer.shapes);
    for (const [where, what] of forced.value) {
      if (!where.startsWith(`${layer.name}|`)) continue;
      const f = positionOf(layer, where.slice(layer.name.length + 1));
      if (f === undefined || !inView(e, f, c)) continue;
      const aside = layer.shapes.kind === "point" ? 8 : 0;
      drawForced(pen, screenX(c, e.x[f]!) + aside, screenY(c, e.y[f]!) - aside, layer.classes !== null || what === 1);
    }
  }
}

const positions = new WeakMap<string[], Map<string, number>>();

/** Position of a feature by its id. */
function positionOf(layer: Layer, id: string): number | undefined {
  let known = positions.get(layer.ids);
  if (!known) positions.set(layer.ids, (known = new Map(layer.ids.map((name, f) => [name, f]))));
  return known.get(id);
}
