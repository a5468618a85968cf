// Scale bar and north arrow.

import { FONT, INK, type Pen } from "../pen.ts";
import { number } from "../format.ts";
import { say } from "../words.ts";
import type { Camera } from "./camera.ts";

export function drawFurniture(pen: Pen, c: Camera): void {
  drawScale(pen, c);
  drawNorth(pen, c.width - 20, 24);
}

/** A round length of about a fifth of the map. */
function roundLength(metres: number): number {
  const ten = 10 ** Math.floor(Math.log10(metres));
  return ([5, 2, 1].find((k) => k * ten <= metres) ?? 1) * ten;
}

function drawScale(pen: Pen, c: Camera): void {
  const metres = roundLength(Math.max(1e-6, Math.min(100, c.width * 0.22) * c.scale));
  const wide = metres / c.scale;
  const [x, y] = [12, c.height - 12];
  const text = metres >= 1000 ? `${number(metres / 1000)} ${say("map.km")}` : `${number(metres)} ${say("map.m")}`;
  pen.fillStyle = "#ffffff";
  pen.globalAlpha = 0.82;
  pen.fillRect(x - 6, y - 22, wide + 12, 28);
  pen.globalAlpha = 1;
  pen.lineJoin = "miter";
  for (const [colour, width] of [["#ffffff", 5], [INK.ink, 1.6]] as const) {
    pen.strokeStyle = colour;
    pen.globalAlpha = colour === INK.ink ? 1 : 0.85;
    pen.lineWidth = width;
    pen.beginPath();
    pen.moveTo(x, y - 5);
    pen.lineTo(x, y);
    pen.lineTo(x + wide, y);
    pen.lineTo(x + wide, y - 5);
    pen.stroke();
  }
  pen.font = `12px ${FONT}`;
  pen.textAlign = "center";
  pen.textBaseline = "bottom";
  written(pen, text, x + wide / 2, y - 3);
}

function drawNorth(pen: Pen, x: number, y: number): void {
  pen.beginPath();
  pen.moveTo(x, y - 13);
  pen.lineTo(x + 6, y + 5);
  pen.lineTo(x, y + 1.5);
  pen.lineTo(x - 6, y + 5);
  pen.closePath();
  pen.lineJoin = "round";
  pen.strokeStyle = "#ffffff";
  pen.globalAlpha = 0.85;
  pen.lineWidth = 4;
  pen.stroke();
  pen.globalAlpha = 1;
  pen.fillStyle = INK.ink;
  pen.fill();
  pen.font = `600 11px ${FONT}`;
  pen.textAlign = "center";
  pen.textBaseline = "top";
  written(pen, say("map.north"), x, y + 6);
}

/** Text that can be read on any ground. */
function written(pen: Pen, text: string, x: number, y: number): void {
  pen.lineJoin = "round";
  pen.strokeStyle = "#ffffff";
  pen.globalAlpha = 0.85;
  pen.lineWidth = 3.5;
  pen.strokeText(text, x, y);
  pen.globalAlpha = 1;
  pen.fillStyle = INK.ink;
  pen.fillText(text, x, y);
}
