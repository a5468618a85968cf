// Distribution functions of the compared alternatives, and beneath each its scenarios as a swarm of dots on the same axis.

import { cvarOf } from "../calc/cvar.ts";
import { distributionOf, meanOf, normalised, type Steps, swarmOf, worstOf } from "../calc/distribution.ts";
import { number, percent } from "../format.ts";
import { FONT, INK, type Pen, type Size } from "../pen.ts";
import { model, scenario } from "../state.ts";
import { say, told } from "../words.ts";
import { drawMark, extentOf, linear, marksOf, ticksOf, unitAfter } from "./scales.ts";
import { bounds, futuresNow, shown, shownAt } from "./state.ts";

/** Height of the row of one alternative; the class of the figure follows it. */
export const ROW = 84;
const [LEFT, RIGHT, TOP, AXIS] = [58, 18, 26, 36];

interface Dot {
  alternative: number;
  scenario: number;
  x: number;
  y: number;
  radius: number;
}

export interface Spread {
  marks: (ReturnType<typeof marksOf>[number] & { values: ArrayLike<number>; steps: Steps; row: number })[];
  x: (value: number) => number;
  y: (share: number) => number;
  low: number;
  high: number;
  /** Bottom of the distribution functions. */
  floor: number;
  dots: Dot[];
}

/** Where everything lies; also for finding what the pointer is on. */
export function spreadOf({ width, height }: Size): Spread {
  const { probability } = futuresNow.value;
  const p = normalised(probability);
  const known = marksOf().flatMap((mark) => {
    const values = shown.value.values[mark.alternative]!;
    return Number.isNaN(worstOf(values)) ? [] : [{ ...mark, values }];
  });
  const limit = bounds.value[shownAt.value] ?? null;
  let [low, high] = limit === null ? [Infinity, -Infinity] : [limit, limit];
  if (known.length) {
    const [least, most] = extentOf(shown.value.values);
    [low, high] = [Math.min(low, least), Math.max(high, most)];
  }
  if (!(low <= high)) [low, high] = [0, 1];
  // an axis that is nearly at zero may as well begin there
  if (low > 0 && low < 0.25 * high) low = 0;
  if (high === low) high = low + (Math.abs(low) || 1);
  const x = linear(low, high, LEFT, width - RIGHT);
  const floor = Math.max(TOP + 60, height - ROW * Math.max(1, known.length) - AXIS);
  const y = linear(0, 1, floor, TOP);
  const dots: Dot[] = [];
  const marks = known.map((mark, k) => {
    const row = floor + AXIS + ROW * (k + 0.5);
    // as many dots as scenarios: their area in all stays the same
    const radius = Array.from(p, (share) => Math.max(1.5, Math.min(9, 36 * Math.sqrt(share / 1.2))));
    const across = Array.from(mark.values, x);
    const lift = swarmOf(across, radius);
    const tallest = lift.reduce((most, v, s) => Math.max(most, Math.abs(v) + radius[s]!), 0);
    const squeeze = Math.min(1, (ROW / 2 - 4) / tallest);
    across.forEach((px, s) =>
      dots.push({ alternative: mark.alternative, scenario: s, x: px, y: row + lift[s]! * squeeze, radius: radius[s]! * Math.sqrt(squeeze) }),
    );
    return { ...mark, steps: distributionOf(mark.values, probability), row };
  });
  return { marks, x, y, low, high, floor, dots };
}

export function drawSpread(pen: Pen, size: Size): void {
  const { marks, x, y, low, high, floor, dots } = spreadOf(size);
  const { probability, alpha } = futuresNow.value;
  const bottom = size.height - 4;
  const limit = bounds.value[shownAt.value] ?? null;
  pen.font = `12px ${FONT}`;
  pen.lineWidth = 1;
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    pen.strokeStyle = INK.line;
    line(pen, LEFT, y(share), size.width - RIGHT, y(share));
    pen.fillStyle = INK.quiet;
    pen.fillText(percent(share), LEFT - 8, y(share));
  }
  pen.textBaseline = "top";
  const ticks = ticksOf(low, high, Math.max(3, Math.floor((size.width - LEFT - RIGHT) / 90)));
  for (const value of ticks) {
    pen.strokeStyle = INK.line;
    line(pen, x(value), floor, x(value), floor + 4);
    line(pen, x(value), floor + AXIS, x(value), bottom);
    pen.fillStyle = INK.quiet;
    pen.textAlign = x(value) > size.width - 34 ? "right" : "center";
    pen.fillText(number(value), x(value), floor + 6);
  }
  pen.textAlign = "right";
  pen.fillText(told(shown.value.label) + unitAfter(shown.value.unit), size.width - RIGHT, floor + 20);
  pen.textAlign = "left";
  pen.fillText(`↑ ${say("robust.share below")}`, 6, 4);
  if (limit !== null) {
    pen.fillStyle = "rgba(179,38,30,0.06)";
    pen.fillRect(x(limit), TOP, Math.max(0, size.width - RIGHT - x(limit)), bottom - TOP);
    pen.strokeStyle = INK.loss;
    pen.lineWidth = 1.5;
    pen.setLineDash([5, 3]);
    line(pen, x(limit), TOP, x(limit), bottom);
    pen.setLineDash([]);
  }
  marks.forEach(({ steps, colour, dash, slot, alternative, row, values }, k) => {
    pen.strokeStyle = colour;
    pen.lineWidth = 2;
    pen.setLineDash([...dash]);
    pen.beginPath();
    pen.moveTo(LEFT, floor);
    let at = 0;
    steps.value.forEach((value, n) => {
      pen.lineTo(x(value), y(at));
      at = steps.below[n]!;
      pen.lineTo(x(value), y(at));
    });
    pen.lineTo(size.width - RIGHT, y(1));
    pen.stroke();
    pen.setLineDash([]);
    if (slot) {
      // each letter at a height of its own, so that close curves do not share a place
      const height = 0.75 - 0.25 * k;
      const n = steps.below.findIndex((share) => share >= height);
      letter(pen, slot, x(steps.value[Math.max(0, n)]!), y(height), colour);
    }
    pen.strokeStyle = INK.faint;
    pen.lineWidth = 1;
    line(pen, LEFT, row, size.width - RIGHT, row);
    pen.fillStyle = colour;
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    pen.font = `600 13px ${FONT}`;
    pen.fillText(slot || "●", 4, row);
    pen.font = `12px ${FONT}`;
    pen.fillStyle = INK.quiet;
    pen.fillText(model.value.ids[alternative]!, 20, row);
    for (const dot of dots) {
      if (dot.alternative !== alternative) continue;
      pen.beginPath();
      pen.arc(dot.x, dot.y, dot.radius, 0, 2 * Math.PI);
      pen.globalAlpha = 0.34;
      pen.fillStyle = colour;
      pen.fill();
      pen.globalAlpha = 0.8;
      pen.lineWidth = 0.8;
      pen.strokeStyle = colour;
      pen.stroke();
      pen.globalAlpha = 1;
      if (dot.scenario === scenario.value) ring(pen, dot);
    }
    drawMark(pen, "worst", x(worstOf(values)), row, colour);
    drawMark(pen, "cvar", x(cvarOf(values, probability, alpha)), row, colour);
    drawMark(pen, "mean", x(meanOf(values, probability)), row, colour);
  });
}

function ring(pen: Pen, dot: Dot): void {
  pen.beginPath();
  pen.arc(dot.x, dot.y, dot.radius + 3, 0, 2 * Math.PI);
  pen.lineWidth = 2;
  pen.strokeStyle = INK.ink;
  pen.stroke();
}

function letter(pen: Pen, text: string, x: number, y: number, colour: string): void {
  pen.beginPath();
  pen.arc(x, y, 9, 0, 2 * Math.PI);
  pen.fillStyle = "#ffffff";
  pen.fill();
  pen.lineWidth = 1.5;
  pen.strokeStyle = colour;
  pen.stroke();
  pen.fillStyle = colour;
  pen.font = `600 12px ${FONT}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, x, y + 0.5);
  pen.font = `12px ${FONT}`;
}

function line(pen: Pen, x1: number, y1: number, x2: number, y2: number): void {
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
}
