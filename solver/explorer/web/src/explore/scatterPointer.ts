// What a pointer does in the scatter: in the plane a drag sets limits on both objectives, in the cloud it turns; a click
// makes an alternative the current one.

import { batch } from "@preact/signals";
import { perFrame } from "../figure.tsx";
import type { Size } from "../pen.ts";
import { current, dragging, hovered, type Limit, limits, scatterAxes, selected, solid, turn } from "../state.ts";
import { nearest } from "./scatterKeys.ts";
import { ROOM, type Span, spots, valueAt } from "./scatterSpots.ts";
import { roundedTo } from "./scatterTicks.ts";

interface Drag {
  x: number;
  y: number;
  limits: readonly Limit[];
  turn: readonly [number, number];
  moved: boolean;
}

/** A tilt beyond the pole would turn the cloud upside down. */
export function turned([yaw, tilt]: readonly [number, number], right: number, down: number): readonly [number, number] {
  const around = (((yaw + right + Math.PI) % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI);
  return [around - Math.PI, Math.max(-1.5, Math.min(1.5, tilt + down))];
}

/** The limits that two ends of a drag along one axis mean; none at an end that lies beyond the axis. */
function brushed(span: Span, from: number, to: number, size: Size, down: boolean): Limit {
  const [a, b] = [valueAt(span, from, size, down), valueAt(span, to, size, down)];
  const pixel = Math.abs(valueAt(span, 1, size, down) - valueAt(span, 0, size, down));
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  return [low <= span.low ? null : roundedTo(low, pixel), high >= span.high ? null : roundedTo(high, pixel)];
}

export function pointerOf(tell: (inside: boolean) => void) {
  let drag: Drag | null = null;
  const at = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top, size: { width: box.width, height: box.height } };
  };
  const move = perFrame((x: number, y: number, size: Size) => {
    if (!drag) {
      hovered.value = nearest(spots(size), x, y, 16, selected.value);
      return;
    }
    if (solid.value) turn.value = turned(drag.turn, (drag.x - x) * 0.01, (y - drag.y) * 0.01);
    else brush(drag, x, y, size);
  });
  const stop = (keep: boolean) => {
    if (drag && !keep)
      batch(() => {
        limits.value = drag!.limits;
        turn.value = drag!.turn;
      });
    drag = null;
    dragging.value = false;
  };
  return {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return;
      const { x, y } = at(event);
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      drag = { x, y, limits: limits.value, turn: turn.value, moved: false };
    },
    onPointerMove(event: PointerEvent) {
      const { x, y, size } = at(event);
      if (drag && !drag.moved) {
        // a hand that clicks trembles
        if (Math.hypot(x - drag.x, y - drag.y) < 5) return;
        drag.moved = true;
        dragging.value = true;
        tell(false);
        hovered.value = -1;
      }
      if (!drag) tell(true);
      move(x, y, size);
    },
    onPointerUp(event: PointerEvent) {
      if (!drag) return;
      const { x, y, size } = at(event);
      if (!drag.moved) {
        const found = nearest(spots(size), x, y, 22, selected.value);
        if (found >= 0) current.value = found;
      } else if (!solid.value) brush(drag, x, y, size);
      stop(true);
    },
    onPointerCancel: () => stop(false),
    onPointerLeave() {
      tell(false);
      if (!drag) hovered.value = -1;
    },
    /** Takes back what is being dragged; whether anything was. */
    escape(): boolean {
      const was = drag !== null && drag.moved;
      stop(false);
      return was;
    },
  };
}

function brush(drag: Drag, x: number, y: number, size: Size): void {
  const { spans } = spots(size);
  const [a, b] = scatterAxes.value;
  const across = brushed(spans[0]!, drag.x, x, size, false);
  const up = brushed(spans[1]!, drag.y, y, size, true);
  limits.value = limits.value.map((old, k) => (k === a ? across : k === b ? up : old));
}

/** Where the tip of an alternative goes: beside it, and never beyond the card. */
export function tipPlace(alternative: number, size: Size): { left: number; top: number; before: boolean } {
  const { x, y } = spots(size);
  const [px, py] = [x[alternative] ?? 0, y[alternative] ?? 0];
  return { left: px, top: Math.max(8, Math.min(size.height - ROOM.bottom, py)), before: px > size.width * 0.55 };
}
