// The scatter as one picture, and the quicker way to it on the screen.

import type { Pen, Size } from "../pen.ts";
import { colourBy, lang, limits, model, scatterAxes, selected, solid, turn } from "../state.ts";
import { paintCloud } from "./scatterCloud.ts";
import { paintHighlights } from "./scatterHighlights.ts";
import { paintPlane } from "./scatterPlane.ts";

export function paintScatter(pen: Pen, size: Size): void {
  paintGround(pen, size);
  paintHighlights(pen, size);
}

function paintGround(pen: Pen, size: Size): void {
  if (solid.value) paintCloud(pen, size);
  else paintPlane(pen, size);
}

/** Keeps all alternatives as a picture, so that a highlight that moves costs little. */
export function quickScatter(): (context: CanvasRenderingContext2D, size: Size, ratio: number) => void {
  const kept = document.createElement("canvas");
  const pen = kept.getContext("2d")!;
  let last: unknown[] = [];
  return (context, size, ratio) => {
    // read here, even where nothing is drawn again: what is read is what the figure listens to
    const now: unknown[] = [model.value, selected.value, limits.value, scatterAxes.value, colourBy.value, lang.value];
    now.push(solid.value, solid.value && turn.value, size.width, size.height, ratio);
    if (now.some((value, k) => value !== last[k])) {
      last = now;
      [kept.width, kept.height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      paintGround(pen, size);
    }
    context.drawImage(kept, 0, 0, size.width, size.height);
    paintHighlights(context, size);
  };
}
