// Single alternatives on the axes: the current one, slots, shortlist, those found live and the one under the pointer.

import { number } from "../format.ts";
import { FONT, INK, type Pen } from "../pen.ts";
import { current, hovered, model, shortlist, SLOTS, slots } from "../state.ts";
import { type Place, yOn, spans } from "./axesgeometry.ts";
import { lineColour, path } from "./axeslines.ts";

/** A line with a paper edge, so that it stands out from those beneath. */
function stroke(pen: Pen, place: Place, ys: Float32Array[], alternative: number, colour: string, width: number, dash: number[] = []): void {
  pen.beginPath();
  path(pen, place, ys, alternative);
  pen.lineJoin = "round";
  pen.strokeStyle = INK.paper;
  pen.lineWidth = width + 2.5;
  pen.stroke();
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.setLineDash(dash);
  pen.stroke();
  pen.setLineDash([]);
}

export function drawMarked(pen: Pen, place: Place, ys: Float32Array[]): void {
  const { given, count } = model.value;
  for (let a = given; a < count; a++) stroke(pen, place, ys, a, lineColour(a), 1.8);
  for (const a of shortlist.value) stroke(pen, place, ys, a, INK.ink, 1.5, [6, 3]);
  slots.value.forEach((a, k) => a !== null && stroke(pen, place, ys, a, INK.slots[k]!, 2.4));
  stroke(pen, place, ys, current.value, INK.ink, 3.2);
  if (hovered.value >= 0 && hovered.value !== current.value) stroke(pen, place, ys, hovered.value, INK.focus, 2.4);
  drawValues(pen, place, ys);
}

/** Values of the alternative under the pointer, or else of the current one, beside each axis. */
function drawValues(pen: Pen, place: Place, ys: Float32Array[]): void {
  const a = hovered.value >= 0 ? hovered.value : current.value;
  pen.font = `600 11px ${FONT}`;
  pen.textBaseline = "middle";
  place.order.forEach((k, i) => {
    const last = i > 0 && i === place.order.length - 1;
    pen.textAlign = last ? "right" : "left";
    const x = place.x[i]! + (last ? -7 : 7);
    const y = Math.max(place.top + 6, Math.min(place.bottom - 6, ys[i]![a]!));
    if (Number.isFinite(y)) haloed(pen, number(model.value.values[k]![a]), x, y, hovered.value >= 0 ? INK.focus : INK.ink);
  });
}

export function haloed(pen: Pen, text: string, x: number, y: number, colour: string): void {
  pen.lineWidth = 3.5;
  pen.lineJoin = "round";
  pen.strokeStyle = INK.paper;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

/** Who is who, at the right end. */
export function drawEnds(pen: Pen, place: Place): void {
  const { given, count, ids } = model.value;
  const last = place.order.at(-1);
  if (last === undefined) return;
  const x = place.x.at(-1)! + (place.x.length === 1 ? 24 : 0);
  const [span, column] = [spans.value[last]!, model.value.values[last]!];
  const heightOf = (a: number) => (Number.isFinite(column[a]!) ? yOn(place, span, column[a]!) : place.bottom);
  const named = new Set([current.value, ...slots.value.filter((a) => a !== null)]);
  if (hovered.value >= 0) named.add(hovered.value);
  // stars where nothing else is written
  for (const a of shortlist.value) if (!named.has(a)) star(pen, x + 9, heightOf(a), 5, 4.2, 1.8, INK.ink);
  for (let a = given; a < count; a++) if (!named.has(a)) star(pen, x + 9, heightOf(a), 4, 6, 1.7, INK.ink);

  const ends = [...named].map((a) => ({ a, wanted: heightOf(a), y: 0 })).sort((p, q) => p.wanted - q.wanted);
  let free = place.top - 4;
  for (const end of ends) free = (end.y = Math.max(end.wanted, free)) + 16;
  free = place.bottom + 12;
  for (const end of ends.reverse()) free = (end.y = Math.min(end.y, free)) - 16;
  for (const { a, wanted, y } of ends) {
    pen.strokeStyle = INK.quiet;
    pen.lineWidth = 0.8;
    pen.beginPath();
    pen.moveTo(x + 3, wanted);
    pen.lineTo(x + 10, y);
    pen.stroke();
    let at = x + 18;
    slots.value.forEach((slot, k) => {
      if (slot !== a) return;
      badge(pen, SLOTS[k]!, at, y, INK.slots[k]!);
      at += 17;
    });
    if (a === current.value) {
      proofMark(pen, at, y);
      at += 8;
    } else if (at > x + 18) at -= 8;
    else at = x + 12;
    if (a === current.value || a === hovered.value) {
      pen.font = `${a === current.value ? 700 : 600} 11px ${FONT}`;
      pen.textAlign = "left";
      pen.textBaseline = "middle";
      haloed(pen, ids[a]!, at, y, a === current.value ? INK.ink : INK.focus);
      at += pen.measureText(ids[a]!).width;
    }
    if (shortlist.value.includes(a)) star(pen, (at += 9), y, 5, 4.6, 2, INK.ink);
    if (a >= given) star(pen, at + 9, y, 4, 6, 1.7, INK.ink);
  }
}

function badge(pen: Pen, letter: string, x: number, y: number, colour: string): void {
  pen.beginPath();
  pen.arc(x, y, 7.5, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
  pen.font = `700 11px ${FONT}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = "#ffffff";
  pen.fillText(letter, x, y + 0.5);
}

/** Full: proven; half: within gap; hollow: found. */
function proofMark(pen: Pen, x: number, y: number): void {
  const { label, labels } = model.value;
  const kind = labels[label[current.value]!];
  pen.beginPath();
  pen.arc(x, y, 4.5, 0, 2 * Math.PI);
  pen.fillStyle = INK.paper;
  pen.fill();
  pen.strokeStyle = kind === "proven" ? INK.sure : kind === "within gap" ? INK.gap : INK.found;
  pen.fillStyle = pen.strokeStyle;
  pen.lineWidth = 1.8;
  pen.stroke();
  if (kind === "found") return;
  pen.beginPath();
  if (kind === "proven") pen.arc(x, y, 4.5, 0, 2 * Math.PI);
  else pen.arc(x, y, 4.5, Math.PI / 2, 1.5 * Math.PI);
  pen.fill();
}

/** Five points: on the shortlist; four: found live. */
function star(pen: Pen, x: number, y: number, points: number, outer: number, inner: number, colour: string): void {
  pen.beginPath();
  for (let k = 0; k < 2 * points; k++) {
    const turn = (Math.PI * k) / points - Math.PI / 2;
    const r = k % 2 ? inner : outer;
    if (k) pen.lineTo(x + r * Math.cos(turn), y + r * Math.sin(turn));
    else pen.moveTo(x, y - r);
  }
  pen.closePath();
  pen.fillStyle = colour;
  pen.fill();
}
