// The selection by how often it meets the limits and how much it may be regretted.

import { percent, number } from "../format.ts";
import { FONT, INK, type Pen, type Size } from "../pen.ts";
import { current, hovered, model, selected } from "../state.ts";
import { say, told } from "../words.ts";
import { linear, marksOf, ticksOf, unitAfter } from "./scales.ts";
import { best, regret, shares, shown } from "./state.ts";

const [LEFT, RIGHT, TOP, BOTTOM] = [58, 16, 26, 42];

export interface Place {
  x: (value: number) => number;
  y: (share: number) => number;
  high: number;
}

export function placeOf({ width, height }: Size): Place {
  let high = 0;
  for (const value of regret.value.largest) if (value > high) high = value;
  high ||= 1;
  return { x: linear(0, high, LEFT, width - RIGHT), y: linear(0, 1, height - BOTTOM, TOP), high };
}

export function drawMeeting(pen: Pen, size: Size): void {
  const { x, y, high } = placeOf(size);
  pen.font = `12px ${FONT}`;
  pen.lineWidth = 1;
  pen.strokeStyle = INK.line;
  pen.fillStyle = INK.quiet;
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    pen.beginPath();
    pen.moveTo(LEFT, y(share));
    pen.lineTo(size.width - RIGHT, y(share));
    pen.stroke();
    pen.fillText(percent(share), LEFT - 8, y(share));
  }
  pen.textBaseline = "top";
  pen.textAlign = "center";
  for (const value of ticksOf(0, high, Math.max(3, Math.floor(size.width / 110)))) {
    pen.beginPath();
    pen.moveTo(x(value), y(0));
    pen.lineTo(x(value), y(0) + 4);
    pen.stroke();
    pen.fillText(number(value), x(value), y(0) + 7);
  }
  pen.textAlign = "right";
  pen.fillText(say("robust.meeting x", { measure: told(shown.value.label) }) + unitAfter(shown.value.unit), size.width - RIGHT, y(0) + 23);
  pen.textAlign = "left";
  pen.fillText(`↑ ${say("robust.meeting y")}`, 6, 4);
  const found = shares.value;
  if (!found) return;
  const { largest } = regret.value;
  const flags = selected.value;
  const dot = (a: number, radius: number) => {
    const [px, py] = [x(largest[a]!), y(found.byProbability[a]!)];
    if (!Number.isFinite(px) || !Number.isFinite(py)) return null;
    pen.beginPath();
    pen.arc(px, py, radius, 0, 2 * Math.PI);
    return [px, py] as const;
  };
  pen.fillStyle = INK.faint;
  pen.globalAlpha = 0.45;
  for (let a = 0; a < flags.length; a++) if (!flags[a] && dot(a, 1.6)) pen.fill();
  pen.fillStyle = INK.sure;
  pen.globalAlpha = flags.length > 600 ? 0.5 : 0.75;
  for (let a = 0; a < flags.length; a++) if (flags[a] && dot(a, 2.8)) pen.fill();
  pen.globalAlpha = 1;
  const ringed = (a: number, radius: number, colour: string, width: number) => {
    if (a < 0 || a >= model.value.count || !dot(a, radius)) return;
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.stroke();
  };
  if (best.value >= 0) {
    const at = dot(best.value, 3.5);
    if (at) {
      pen.fillStyle = INK.ink;
      pen.fill();
      pen.textAlign = at[0] > size.width - 60 ? "right" : "left";
      pen.textBaseline = "middle";
      pen.font = `15px ${FONT}`;
      pen.fillText("★", at[0] + (at[0] > size.width - 60 ? -9 : 9), at[1]);
    }
  }
  ringed(hovered.value, 6, INK.quiet, 1.5);
  ringed(current.value, 7.5, INK.ink, 2);
  for (const { slot, alternative, colour } of marksOf()) {
    if (!slot) continue;
    const at = dot(alternative, 9);
    if (!at) continue;
    pen.fillStyle = "#ffffff";
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = colour;
    pen.stroke();
    pen.fillStyle = colour;
    pen.font = `600 12px ${FONT}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(slot, at[0], at[1] + 0.5);
  }
}
