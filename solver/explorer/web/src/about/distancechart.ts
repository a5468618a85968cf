// Paints the distance of each alternative to its bound, nearest first.

import { byDistance } from "../calc/trust.ts";
import { percent, whole } from "../format.ts";
import { FONT, INK, type Pen, type Size } from "../pen.ts";
import { current, model } from "../state.ts";
import { say } from "../words.ts";
import { computed } from "@preact/signals";

export const ranked = computed(() => byDistance(model.value.distance));

const EDGE = { left: 58, right: 14, top: 14, bottom: 34 };
const COLOURS = [INK.sure, INK.gap, INK.found];

/** Where the alternative of a rank stands; those without a bound take no room. */
function across(size: Size, known: number): { x: (rank: number) => number; step: number } {
  const width = size.width - EDGE.left - EDGE.right;
  const step = width / Math.max(1, known);
  return { x: (rank) => EDGE.left + (rank + 0.5) * step, step };
}

/** Alternative under a point of the chart; -1 for none. */
export function alternativeAt(x: number, size: Size): number {
  const { order, known } = ranked.value;
  const rank = Math.floor((x - EDGE.left) / across(size, known).step);
  return rank >= 0 && rank < known ? order[rank]! : -1;
}

export function paintDistances(pen: Pen, size: Size): void {
  const m = model.value;
  const { order, known } = ranked.value;
  const { x, step } = across(size, known);
  const floor = size.height - EDGE.bottom;
  let most = 0;
  for (let r = 0; r < known; r++) {
    const own = m.verified[order[r]!]!;
    most = Math.max(most, m.distance[order[r]!]!, Number.isFinite(own) ? own : 0);
  }
  const top = rounded(most || 0.01);
  const y = (share: number) => floor - (share / top) * (floor - EDGE.top);
  grid(pen, size, top, y);
  // own bounds first: marks that trust the solver lie on them
  pen.strokeStyle = INK.quiet;
  pen.lineWidth = 1.2;
  const half = Math.max(1.5, Math.min(4, step / 2));
  pen.beginPath();
  for (let r = 0; r < known; r++) {
    const own = m.verified[order[r]!]!;
    if (!Number.isFinite(own)) continue;
    pen.moveTo(x(r) - half, y(own));
    pen.lineTo(x(r) + half, y(own));
  }
  pen.stroke();
  const radius = Math.max(1.6, Math.min(4, step / 2.2));
  // every label has a shape of its own, as everywhere on the page: disc, half a disc, ring
  for (let label = 0; label < COLOURS.length; label++) {
    pen.fillStyle = pen.strokeStyle = COLOURS[label]!;
    pen.lineWidth = 1.2;
    const halves: [number, number][] = [];
    pen.beginPath();
    for (let r = 0; r < known; r++) {
      const a = order[r]!;
      if (m.label[a] !== label) continue;
      const [at, high] = [x(r), y(m.distance[a]!)];
      pen.moveTo(at + radius, high);
      pen.arc(at, high, radius, 0, 2 * Math.PI);
      if (label !== 1) continue;
      halves.push([at, high]);
    }
    if (label === 0) pen.fill();
    else pen.stroke();
    if (label !== 1) continue;
    pen.beginPath();
    for (const [at, high] of halves) {
      pen.moveTo(at, high + radius);
      pen.arc(at, high, radius, Math.PI / 2, 1.5 * Math.PI);
    }
    pen.fill();
  }
  here(pen, x, y, floor);
  words(pen, size, m.count - known);
}

/** A ring around the current alternative, with its number. */
function here(pen: Pen, x: (rank: number) => number, y: (share: number) => number, floor: number): void {
  const { order, known } = ranked.value;
  const rank = order.indexOf(current.value);
  if (rank < 0 || rank >= known) return;
  const m = model.value;
  const [at, high] = [x(rank), y(m.distance[current.value]!)];
  pen.strokeStyle = pen.fillStyle = INK.ink;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(at, floor);
  pen.lineTo(at, high + 7);
  pen.moveTo(at + 7, high);
  pen.arc(at, high, 7, 0, 2 * Math.PI);
  pen.stroke();
  pen.font = `600 12px ${FONT}`;
  // marks rise to the right, so that there is more room on the left
  const onLeft = at > EDGE.left + 110;
  pen.textAlign = onLeft ? "right" : "left";
  pen.textBaseline = "bottom";
  const text = say("shell.alternative", { id: m.ids[current.value]! });
  const [tx, ty] = [at + (onLeft ? -9 : 9), Math.max(EDGE.top + 12, high - 6)];
  pen.save();
  pen.strokeStyle = INK.paper;
  pen.lineWidth = 3;
  pen.strokeText(text, tx, ty);
  pen.restore();
  pen.fillText(text, tx, ty);
}

function grid(pen: Pen, size: Size, top: number, y: (share: number) => number): void {
  pen.font = `11px ${FONT}`;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  pen.lineWidth = 1;
  for (let k = 0; k <= 4; k++) {
    const share = (top * k) / 4;
    pen.strokeStyle = k ? INK.line : INK.quiet;
    pen.beginPath();
    pen.moveTo(EDGE.left, Math.round(y(share)) + 0.5);
    pen.lineTo(size.width - EDGE.right, Math.round(y(share)) + 0.5);
    pen.stroke();
    pen.fillStyle = INK.quiet;
    pen.fillText(percent(share, 2), EDGE.left - 6, y(share));
  }
}

function words(pen: Pen, size: Size, unknown: number): void {
  pen.font = `11px ${FONT}`;
  pen.fillStyle = INK.quiet;
  pen.textBaseline = "alphabetic";
  pen.textAlign = "left";
  pen.fillText(say("about.chart x"), EDGE.left, size.height - 12);
  if (!unknown) return;
  pen.textAlign = "right";
  pen.fillText(say("about.chart unknown", { n: whole(unknown) }), size.width - EDGE.right, size.height - 12);
}

/** The next number above of the form 1, 2, 2.5 or 5 times a power of ten. */
function rounded(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  return unit * ([1, 2, 2.5, 5, 10].find((step) => step * unit >= value * (1 - 1e-12)) ?? 10);
}
