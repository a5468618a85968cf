// The ground as a picture: drawn once for a view and shared by all maps of that size. While a map is being moved a
// heavy ground is only shifted, and drawn anew when it rests.

import { signal } from "@preact/signals";
import type { Model } from "../model.ts";
import type { Camera } from "./camera.ts";
import { drawAbove, drawBelow } from "./ground.ts";

/** Whether a map is being moved or zoomed. */
export const moving = signal(false);

interface Picture {
  key: string;
  canvas: HTMLCanvasElement;
  camera: Camera;
}

const kept: Picture[] = [];
const MOST = 4;
const HEAVY = 20000;
/** Drawn beyond the map on each side, so that a shift has something to show. */
const MARGIN = 96;

export function groundPicture(
  context: CanvasRenderingContext2D,
  part: "below" | "above",
  m: Model,
  hidden: ReadonlySet<string>,
  c: Camera,
  ratio: number,
  onLand: boolean,
): void {
  const drawn = m.backdrops.filter((b) => !hidden.has(b.name));
  if (!drawn.length) return;
  const heavy = drawn.reduce((sum, b) => sum + b.shapes.x.length, 0) > HEAVY;
  const resting = !heavy || !moving.value;
  const kind = [part, c.width, c.height, ratio, onLand, drawn.map((b) => b.name).join("|")].join();
  const key = [kind, c.x, c.y, c.scale].join();
  let found = kept.find((k) => k.key === key);
  if (!found && !resting) found = [...kept].reverse().find((k) => k.key.startsWith(kind));
  if (!found) {
    const edge = heavy ? MARGIN : 0;
    const wide: Camera = { ...c, width: c.width + 2 * edge, height: c.height + 2 * edge };
    const old = kept.length >= MOST ? kept.shift()! : null;
    const canvas = old?.canvas ?? document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(wide.width * ratio), Math.round(wide.height * ratio)];
    const pen = canvas.getContext("2d")!;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (part === "below") drawBelow(pen, m, hidden, wide);
    else drawAbove(pen, m, hidden, wide, onLand);
    found = { key, canvas, camera: wide };
    kept.push(found);
  }
  const from = found.camera;
  const grown = from.scale / c.scale;
  const left = c.width / 2 + (from.x - c.x) / c.scale - (from.width / 2) * grown;
  const top = c.height / 2 - (from.y - c.y) / c.scale - (from.height / 2) * grown;
  context.drawImage(found.canvas, left, top, from.width * grown, from.height * grown);
}
