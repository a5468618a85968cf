// The scatter in two dimensions: better is right and up.

import { FONT, INK, type Pen, type Size } from "../pen.ts";
import { colourBy, goals, lang, limits, model, scatterAxes, selected } from "../state.ts";
import { say, told } from "../words.ts";
import { COLOURS, radius, STEPS, steps } from "./scatterColours.ts";
import { arrow, diamond, edged, fitted, marks } from "./scatterMarks.ts";
import { placed, ROOM, type Span, spots } from "./scatterSpots.ts";
import { brief, ticks } from "./scatterTicks.ts";

/** All but what is highlighted. */
export function paintPlane(pen: Pen, size: Size): void {
  const { spans } = spots(size);
  const [across, up] = [spans[0]!, spans[1]!];
  frame(pen, size, across, up);
  bounds(pen, size, across, up);
  points(pen, size);
  outline(pen, size);
}

/** The objective with its unit. */
export function titled(k: number): string {
  const objective = model.value.objectives[k]!;
  const unit = told(objective.unit);
  return unit && unit !== "1" ? say("scatter.with unit", { name: told(objective.label), unit }) : told(objective.label);
}

function box({ width, height }: Size) {
  return { left: ROOM.left, right: width - ROOM.right, top: ROOM.top, bottom: height - ROOM.bottom };
}

function frame(pen: Pen, size: Size, across: Span, up: Span): void {
  const { left, right, top, bottom } = box(size);
  const [a, b] = scatterAxes.value;
  pen.font = `11px ${FONT}`;
  pen.lineWidth = 1;
  pen.strokeStyle = "#eceae4";
  pen.fillStyle = INK.quiet;
  pen.textBaseline = "top";
  pen.textAlign = "center";
  pen.beginPath();
  const real = (k: number) => (v: number) => v >= Math.min(0, model.value.low[k]!); // no counts below zero
  for (const v of ticks(across.low, across.high, Math.max(2, (right - left) / 85)).filter(real(a))) {
    const x = Math.round(placed(across, v, size, false)) + 0.5;
    pen.moveTo(x, top);
    pen.lineTo(x, bottom);
    pen.fillText(brief(v, lang.value), x, bottom + 5);
  }
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  for (const v of ticks(up.low, up.high, Math.max(2, (bottom - top) / 50)).filter(real(b))) {
    const y = Math.round(placed(up, v, size, true)) + 0.5;
    pen.moveTo(left, y);
    pen.lineTo(right, y);
    pen.fillText(brief(v, lang.value), left - 6, y);
  }
  pen.stroke();
  pen.strokeStyle = INK.faint;
  pen.strokeRect(left + 0.5, top + 0.5, right - left, bottom - top);
  // names at the better end of each axis, with an arrow towards it
  pen.font = `600 12px ${FONT}`;
  pen.fillStyle = INK.ink;
  pen.textBaseline = "alphabetic";
  pen.textAlign = "left";
  pen.fillText(fitted(pen, titled(b), right - 60), 18, 14);
  pen.font = `11px ${FONT}`;
  pen.lineWidth = 1.5;
  arrow(pen, 8, 16, 8, 5, INK.sure);
  pen.textAlign = "right";
  pen.font = `600 12px ${FONT}`;
  pen.fillStyle = INK.ink;
  pen.fillText(fitted(pen, titled(a), right - 60), right - 16, size.height - 6);
  arrow(pen, right - 10, size.height - 10, right + 2, size.height - 10, INK.sure);
  // the corner where both are better
  const word = say("scatter.better");
  pen.font = `600 11px ${FONT}`;
  pen.fillStyle = INK.sure;
  pen.fillText(word, right - 14, top - 7);
  arrow(pen, right - 10, top - 4, right - 2, top - 12, INK.sure);
}

/** What is proven about each objective alone, so that proof stays in view. */
function bounds(pen: Pen, size: Size, across: Span, up: Span): void {
  const { left, right, top, bottom } = box(size);
  pen.font = `10.5px ${FONT}`;
  pen.lineWidth = 1.5;
  const word = say("scatter.bound");
  if (across.bound !== null) {
    const x = placed(across, across.bound, size, false);
    pen.fillStyle = "rgba(43,122,120,0.09)";
    pen.fillRect(x, top, right - x, bottom - top);
    dashed(pen, x, top, x, bottom, INK.sure);
    pen.save();
    pen.translate(x + 4, bottom - 6);
    pen.rotate(-Math.PI / 2);
    pen.textAlign = "left";
    pen.textBaseline = "top";
    edged(pen, word, 0, 0, INK.sure);
    pen.restore();
  }
  if (up.bound !== null) {
    const y = placed(up, up.bound, size, true);
    pen.fillStyle = "rgba(43,122,120,0.09)";
    pen.fillRect(left, top, right - left, y - top);
    dashed(pen, left, y, right, y, INK.sure);
    pen.textAlign = "left";
    pen.textBaseline = "bottom";
    edged(pen, word, left + 6, y - 2, INK.sure);
  }
}

function dashed(pen: Pen, x0: number, y0: number, x1: number, y1: number, colour: string, dash = [5, 4]): void {
  pen.setLineDash(dash);
  pen.strokeStyle = colour;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
  pen.setLineDash([]);
}

function points(pen: Pen, size: Size): void {
  const m = model.value;
  const { x, y } = spots(size);
  const inside = selected.value;
  const step = steps(m, colourBy.value);
  const r = radius(m.count);
  const outside: number[] = [];
  const by: number[][] = Array.from({ length: STEPS }, () => []);
  for (let n = 0; n < m.count; n++) (inside[n] ? by[step[n]!]! : outside).push(n);
  pen.globalAlpha = 0.45;
  marks(pen, outside, x, y, m.label, Math.max(1.6, r * 0.62), INK.faint);
  pen.globalAlpha = 1;
  by.forEach((some, k) => some.length && marks(pen, some, x, y, m.label, r, COLOURS[k]!));
}

/** The limits of both objectives as the rectangle that they leave. */
function outline(pen: Pen, size: Size): void {
  const { spans } = spots(size);
  const edges = box(size);
  const [a, b] = scatterAxes.value;
  const [ax, by] = [limits.value[a] ?? [null, null], limits.value[b] ?? [null, null]];
  if ([...ax, ...by].every((v) => v === null)) return;
  const clip = (v: number, low: number, high: number) => Math.max(low, Math.min(high, v));
  const at = (v: number | null, k: number, down: boolean, other: number) =>
    v === null
      ? other
      : down
        ? clip(placed(spans[k]!, v, size, true), edges.top, edges.bottom)
        : clip(placed(spans[k]!, v, size, false), edges.left, edges.right);
  const [left, right] = [at(ax[1], 0, false, edges.left), at(ax[0], 0, false, edges.right)];
  const [bottom, top] = [at(by[1], 1, true, edges.bottom), at(by[0], 1, true, edges.top)];
  pen.strokeStyle = INK.ink;
  pen.lineWidth = 1.2;
  pen.strokeRect(left, top, right - left, bottom - top);
}

/** ◆ where both goals meet; where only one is set, on its line. */
export function paintGoals(pen: Pen, size: Size): void {
  const { spans } = spots(size);
  const { left, right, top, bottom } = box(size);
  const [a, b] = scatterAxes.value;
  const inside = (k: number, v: number | null | undefined) =>
    v !== null && v !== undefined && v >= spans[k]!.low && v <= spans[k]!.high ? v : null;
  const [ga, gb] = [inside(0, goals.value[a]), inside(1, goals.value[b])];
  const x = ga === null ? null : placed(spans[0]!, ga, size, false);
  const y = gb === null ? null : placed(spans[1]!, gb, size, true);
  pen.lineWidth = 1;
  if (x !== null) dashed(pen, x, y ?? top, x, bottom, INK.ink, [2, 3]);
  if (y !== null) dashed(pen, left, y, x ?? right, y, INK.ink, [2, 3]);
  if (x !== null || y !== null) diamond(pen, x ?? left, y ?? bottom, 6);
}
