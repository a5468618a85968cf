// Polygons on the screen, dot by dot: looks up the style of the polygon under each dot, and of the style its hatch.

import { type Camera, screenX, screenY } from "./camera.ts";
import { drawHatch, hazardHatch, SQUARE } from "./hatch.ts";
import type { Ids } from "./ids.ts";
import { hazardInk, type Look, type Style } from "./look.ts";

const CLEAR = 0x00f9fcfd; // no cover, over the colour of paper, so that edges do not darken

let table: { key: string; side: number; dots: Int32Array } | null = null;
let picture: { width: number; height: number; image: ImageData; dots: Int32Array } | null = null;
let scratch: CanvasRenderingContext2D | null = null;

/** Draws the polygons over what the context has. */
export function drawPixels(context: CanvasRenderingContext2D, look: Look, found: Ids, c: Camera, ratio: number): void {
  const { ids, width: wide, fine } = found;
  const [width, height] = [wide / fine, found.height / fine];
  const { side, dots } = tableOf(look.styles, ratio);
  if (picture?.width !== width || picture.height !== height) {
    const image = new ImageData(width, height);
    picture = { width, height, image, dots: new Int32Array(image.data.buffer) };
  }
  const out = picture.dots;
  const square = side * side;
  // where each style begins in the table
  const at = Uint32Array.from(look.of, (s) => s * square);
  // the hatch moves with the ground
  const [ox, oy] = [Math.round(screenX(c, 0) * ratio) % side, Math.round(screenY(c, 0) * ratio) % side];
  const across = Uint8Array.from({ length: width }, (_, x) => (x - ox + 2 * side) % side);
  for (let y = 0, o = 0; y < height; y++) {
    const line = ((y - oy + 2 * side) % side) * side;
    let i = y * fine * wide;
    if (fine === 1) {
      for (let x = 0; x < width; x++, o++) out[o] = dots[at[ids[i++]!]! + line + across[x]!]!;
      continue;
    }
    let j = i + wide;
    for (let x = 0; x < width; x++, o++) {
      const t = line + across[x]!;
      const a = at[ids[i++]!]!;
      const b = at[ids[i++]!]!;
      const d = at[ids[j++]!]!;
      const e = at[ids[j++]!]!;
      if (a === b && a === d && a === e) {
        out[o] = dots[a + t]!;
        continue;
      }
      const p = dots[a + t]!;
      const q = dots[b + t]!;
      const r = dots[d + t]!;
      const s = dots[e + t]!;
      // the mean of four colours, two channels at once
      const even = ((p & 0xff00ff) + (q & 0xff00ff) + (r & 0xff00ff) + (s & 0xff00ff)) >>> 2;
      const odd = ((p >>> 8) & 0xff00ff) + ((q >>> 8) & 0xff00ff) + ((r >>> 8) & 0xff00ff) + ((s >>> 8) & 0xff00ff);
      out[o] = (even & 0xff00ff) | (((odd >>> 2) & 0xff00ff) << 8);
    }
  }
  scratch ??= document.createElement("canvas").getContext("2d")!;
  if (scratch.canvas.width !== width || scratch.canvas.height !== height)
    [scratch.canvas.width, scratch.canvas.height] = [width, height];
  scratch.putImageData(picture.image, 0, 0);
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(scratch.canvas, 0, 0);
  context.restore();
}

/** One square of each style, as the canvas draws it. */
function tableOf(styles: Style[], ratio: number): { side: number; dots: Int32Array } {
  const key = `${ratio}${JSON.stringify(styles)}`;
  if (table?.key === key) return table;
  const side = Math.max(2, Math.round(SQUARE * ratio));
  const dots = new Int32Array(side * side * styles.length);
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  [pen.canvas.width, pen.canvas.height] = [side, side];
  const box = { left: -SQUARE, top: -SQUARE, right: 2 * SQUARE, bottom: 2 * SQUARE };
  styles.forEach((style, k) => {
    if (style.fill === null) {
      dots.fill(CLEAR, k * side * side, (k + 1) * side * side);
      return;
    }
    pen.setTransform(side / SQUARE, 0, 0, side / SQUARE, 0, 0);
    pen.fillStyle = style.fill;
    pen.fillRect(0, 0, SQUARE, SQUARE);
    drawStyle(pen, style, box, { x: 0, y: 0 });
    dots.set(new Int32Array(pen.getImageData(0, 0, side, side).data.buffer), k * side * side);
  });
  table = { key, side, dots };
  return table;
}

/** The hatches of a style over an area that is filled already. */
export function drawStyle(
  pen: Parameters<typeof drawHatch>[0],
  style: Style,
  box: Parameters<typeof drawHatch>[2],
  offset: Parameters<typeof drawHatch>[3],
): void {
  if (style.hatch) {
    pen.globalAlpha = 0.55;
    pen.strokeStyle = pen.fillStyle = style.ink;
    pen.lineWidth = 0.9;
    drawHatch(pen, style.hatch, box, offset);
  }
  if (style.hazard) {
    const { tint, width, hatch, line } = hazardHatch(style.hazard);
    pen.strokeStyle = pen.fillStyle = hazardInk;
    pen.globalAlpha = tint;
    pen.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    pen.globalAlpha = line;
    pen.lineWidth = width;
    drawHatch(pen, hatch, box, offset);
  }
  pen.globalAlpha = 1;
}
