// What stands out in the scatter: drawn over all alternatives, without drawing those again.

import { FONT, INK, type Pen, ramp, type Size } from "../pen.ts";
import { colourBy, current, hovered, model, shortlist, SLOTS, slots, solid } from "../state.ts";
import { paintCloudGoals } from "./scatterCloud.ts";
import { radius } from "./scatterColours.ts";
import { edged, favourite, ring, star } from "./scatterMarks.ts";
import { paintGoals } from "./scatterPlane.ts";
import { spots } from "./scatterSpots.ts";

export function paintHighlights(pen: Pen, size: Size): void {
  const m = model.value;
  const { x, y } = spots(size);
  const r = radius(m.count);
  if (solid.value) paintCloudGoals(pen, size);
  else paintGoals(pen, size);
  const by = colourBy.value;
  for (let n = m.given; n < m.count; n++) {
    const width = m.high[by]! - m.low[by]! || 1;
    star(pen, x[n]!, y[n]!, r + 5, ramp((m.values[by]![n]! - m.low[by]!) / width));
  }
  for (const n of shortlist.value) if (n < m.count) favourite(pen, x[n]! + r + 5, y[n]! - r - 4, 6, INK.gap);
  const over = hovered.value;
  if (over >= 0 && over < m.count) ring(pen, x[over]!, y[over]!, r + 3.5, INK.focus, 1.8);
  const now = current.value;
  ring(pen, x[now]!, y[now]!, r + 4.5, INK.ink, 2.4);
  pen.font = `700 13px ${FONT}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  // one alternative may stand in several slots
  const letters = new Map<number, string>();
  slots.value.forEach((a, k) => a !== null && a < m.count && letters.set(a, (letters.get(a) ?? "") + SLOTS[k]!));
  slots.value.forEach((a, k) => a !== null && a < m.count && ring(pen, x[a]!, y[a]!, r + 2.5 + 2 * k, INK.slots[k]!, 2));
  for (const [a, letter] of letters) {
    const colour = INK.slots[SLOTS.indexOf(letter[0] as "A")]!;
    const near = x[a]! > size.width - 40;
    pen.textAlign = near ? "right" : "left";
    edged(pen, letter, x[a]! + (near ? -1 : 1) * (r + 9), y[a]! + 7, colour);
  }
}
