// The picture of the axes in full, as it is saved; axesscreen.ts makes the same quickly.

import { number } from "../format.ts";
import { FONT, INK, type Pen, type Size } from "../pen.ts";
import { colourBy, goals, limited, limits, model, selection } from "../state.ts";
import { say, told } from "../words.ts";
import { heights, type Place, placeOf, spans, yOf, yOn } from "./axesgeometry.ts";
import { drawGhosts, drawLines } from "./axeslines.ts";
import { drawEnds, drawMarked, haloed } from "./axesmarks.ts";

export function paintAxes(pen: Pen, size: Size): void {
  const place = placeOf(size);
  const ys = heights(place);
  if (limited.value) drawGhosts(pen, place, ys);
  drawLines(pen, place, ys, selection.value);
  drawOver(pen, place, ys);
  drawLabels(pen, place);
}

/** All that lies over the many lines. */
export function drawOver(pen: Pen, place: Place, ys: Float32Array[]): void {
  for (let i = 0; i < place.order.length; i++) drawAxis(pen, place, i);
  drawMarked(pen, place, ys);
  for (let i = 0; i < place.order.length; i++) {
    drawLimit(pen, place, i);
    drawGoal(pen, place, i);
  }
  drawEnds(pen, place);
}

function drawAxis(pen: Pen, place: Place, i: number): void {
  const k = place.order[i]!;
  const [x, span] = [place.x[i]!, spans.value[k]!];
  const { measured } = model.value.objectives[k]!;
  pen.beginPath();
  pen.moveTo(x, place.top);
  pen.lineTo(x, place.bottom);
  pen.strokeStyle = INK.paper;
  pen.lineWidth = 4;
  pen.stroke();
  pen.strokeStyle = INK.ink;
  pen.lineWidth = 1.2;
  // nothing is proven along a broken axis
  pen.setLineDash(measured ? [3, 3] : []);
  pen.stroke();
  pen.setLineDash([]);
  pen.font = `11px ${FONT}`;
  pen.fillStyle = INK.quiet;
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  if (!span.alike) pen.fillText(number(span.low), x, place.top - 10);
  pen.textBaseline = "top";
  pen.fillText(span.alike ? say("axes.alike") : number(span.high), x, place.bottom + 8);
  if (span.bound !== null) drawBound(pen, place, x, yOf(place, span, span.bound));
}

/** A lid: nothing lies above it. */
function drawBound(pen: Pen, place: Place, x: number, y: number): void {
  pen.strokeStyle = INK.sure;
  pen.lineWidth = 3;
  pen.beginPath();
  pen.moveTo(x - 11, y - 1.5);
  pen.lineTo(x + 11, y - 1.5);
  pen.stroke();
  // strokes on the far side, where nothing can be
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (let at = -9; at <= 9; at += 4.5) {
    pen.moveTo(x + at - 2, y - 3);
    pen.lineTo(x + at + 1.5, Math.max(y - 7, place.top - 7));
  }
  pen.stroke();
}

function drawLimit(pen: Pen, place: Place, i: number): void {
  const k = place.order[i]!;
  const [low, high] = limits.value[k]!;
  if (low === null && high === null) return;
  const [x, span] = [place.x[i]!, spans.value[k]!];
  const top = yOn(place, span, low ?? span.low);
  const bottom = Math.max(top, yOn(place, span, high ?? span.high));
  pen.fillStyle = INK.focus;
  pen.globalAlpha = 0.16;
  pen.fillRect(x - 7, top, 14, bottom - top);
  pen.globalAlpha = 1;
  pen.strokeStyle = INK.focus;
  pen.lineWidth = 1;
  pen.strokeRect(x - 7, top, 14, bottom - top);
  pen.lineWidth = 3;
  pen.beginPath();
  for (const [end, y] of [[low, top], [high, bottom]] as const) {
    if (end === null) continue;
    pen.moveTo(x - 9, y);
    pen.lineTo(x + 9, y);
  }
  pen.stroke();
  pen.font = `600 11px ${FONT}`;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  // written on the outer side of the range, so that two close ends do not meet
  if (low !== null) haloed(pen, number(low, 6), x - 12, bottom - top < 16 ? top - 7 : top, INK.focus);
  if (high !== null) haloed(pen, number(high, 6), x - 12, bottom - top < 16 ? bottom + 7 : bottom, INK.focus);
}

function drawGoal(pen: Pen, place: Place, i: number): void {
  const k = place.order[i]!;
  const goal = goals.value[k];
  if (goal === null || goal === undefined) return;
  const [x, y] = [place.x[i]!, yOn(place, spans.value[k]!, goal)];
  pen.beginPath();
  pen.moveTo(x, y - 7);
  pen.lineTo(x + 7, y);
  pen.lineTo(x, y + 7);
  pen.lineTo(x - 7, y);
  pen.closePath();
  pen.fillStyle = "#f2c14e";
  pen.fill();
  pen.strokeStyle = INK.ink;
  pen.lineWidth = 1.5;
  pen.lineJoin = "miter";
  pen.stroke();
}

/** On the screen these are buttons. */
function drawLabels(pen: Pen, place: Place): void {
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  place.order.forEach((k, i) => {
    const { label, unit, name } = model.value.objectives[k]!;
    pen.font = `600 12px ${FONT}`;
    const lines = wrapped(pen, told(label) || name, place.cell).slice(0, 3);
    pen.fillStyle = INK.ink;
    const base = place.top - 32;
    lines.forEach((line, n) => pen.fillText(line, place.x[i]!, base - 16 - 14 * (lines.length - 1 - n)));
    pen.font = `11px ${FONT}`;
    pen.fillStyle = INK.quiet;
    const below = told(unit) === "1" ? "" : told(unit);
    pen.fillText(k === colourBy.value ? [below, say("axes.colour")].filter(Boolean).join(" · ") : below, place.x[i]!, base);
  });
}

/** In lines not wider than that; Chinese breaks anywhere. */
function wrapped(pen: Pen, text: string, width: number): string[] {
  const found = [""];
  for (const part of text.match(/[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+\s*|\s+/g) ?? []) {
    const longer = found.at(-1)! + part;
    if (found.at(-1) && pen.measureText(longer.trimEnd()).width > width) found.push(part);
    else found[found.length - 1] = longer;
  }
  return found.map((line) => line.trim());
}
