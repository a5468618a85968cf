// The axes on the screen. Grey and coloured lines are kept as bitmaps, so that pointing at a line draws no other anew;
// while something is dragged a sample of the lines follows, and all of them as soon as it rests.

import { signal } from "@preact/signals";
import type { Size } from "../pen.ts";
import { printing } from "../out/printing.ts";
import { axes, colourBy, limited, model, selected, selection } from "../state.ts";
import { heights, placeOf } from "./axesgeometry.ts";
import { drawGhosts, drawLines, sample } from "./axeslines.ts";
import { drawOver, paintAxes } from "./axespaint.ts";

const MOST = 800;
const REST = 80;

const moving = signal(false);
let timer = 0;

/** To be told at each step of a drag. */
export function moved(): void {
  moving.value = true;
  clearTimeout(timer);
  timer = window.setTimeout(() => (moving.value = false), REST);
}

/** A bitmap that is drawn anew only when what it depends on has changed. */
class Kept {
  private readonly canvas = document.createElement("canvas");
  private key: unknown[] = [];

  show(target: CanvasRenderingContext2D, size: Size, ratio: number, key: unknown[], draw: (pen: CanvasRenderingContext2D) => void): void {
    const [w, h] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    const now = [w, h, ratio, ...key];
    if (now.length !== this.key.length || now.some((part, k) => part !== this.key[k])) {
      this.key = now;
      if (this.canvas.width !== w || this.canvas.height !== h) [this.canvas.width, this.canvas.height] = [w, h];
      const pen = this.canvas.getContext("2d")!;
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.clearRect(0, 0, w, h);
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      draw(pen);
    }
    target.drawImage(this.canvas, 0, 0, size.width, size.height);
  }
}

export function axesScreen(): (context: CanvasRenderingContext2D, size: Size, ratio: number) => void {
  const [ghosts, lines] = [new Kept(), new Kept()];
  return (context, size, ratio) => {
    if (printing.value) return onPaper(context);
    const place = placeOf(size);
    const ys = heights(place);
    const pixel = Math.min(1, 1 / ratio);
    const base = [model.value, axes.value];
    if (limited.value) ghosts.show(context, size, ratio, base, (pen) => drawGhosts(pen, place, ys, pixel));
    // in a drag each picture is another: to keep it would only cost a copy
    if (moving.value) drawLines(context, place, ys, sample(selected.value, MOST), pixel);
    else
      lines.show(context, size, ratio, [...base, colourBy.value, selected.value], (pen) => drawLines(pen, place, ys, selection.value, pixel));
    drawOver(context, place, ys);
  };
}

/** As wide as a page, whatever the window is, so that what is written stays readable; with labels, which are no buttons there. */
function onPaper(context: CanvasRenderingContext2D): void {
  [context.canvas.width, context.canvas.height] = [2 * PAPER.width, 2 * PAPER.height];
  context.setTransform(2, 0, 0, 2, 0, 0);
  paintAxes(context, PAPER);
}

const PAPER: Size = { width: 760, height: 340 };
