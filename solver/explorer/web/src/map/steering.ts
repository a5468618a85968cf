// Moving a map: drag, wheel, pinch and keys. Reads the drawing's size from the canvas, writes the view of all maps.

import { dragging, mapView } from "../state.ts";
import { perFrame } from "../figure.tsx";
import { type Camera, cameraOf, moved, zoomed } from "./camera.ts";
import { moving } from "./picture.ts";

export interface Hands {
  /** The pointer rests or goes over the map; null when it has left. */
  over: (at: { x: number; y: number } | null, touch: boolean) => void;
  /** A click or tap that moved nothing. */
  tap: (at: { x: number; y: number }) => void;
  key: (event: KeyboardEvent) => boolean;
}

/** Last turn of the wheel that was not over a map: a page that is being scrolled does not stop at one. */
let scrolled = 0;
if (typeof addEventListener === "function")
  addEventListener("wheel", (event) => {
    if (!(event.target as Element)?.closest?.(".map")) scrolled = event.timeStamp;
  }, { passive: true, capture: true });

let rest = 0;
/** Light drawing until the wheel has been quiet for a moment. */
function stirred(): void {
  moving.value = true;
  clearTimeout(rest);
  rest = window.setTimeout(() => (moving.value = false), 160);
}

const cameraAt = (target: HTMLElement): Camera => cameraOf({ width: target.clientWidth, height: target.clientHeight });

/** Handlers for one canvas; they keep what is held down. */
export function steering(hands: () => Hands) {
  const held = new Map<number, { x: number; y: number }>();
  let start: { x: number; y: number; far: boolean } | null = null;
  const shift = perFrame((camera: Camera, right: number, down: number) => moved(camera, right, down));
  const turn = perFrame((camera: Camera, factor: number, x: number, y: number) => zoomed(camera, factor, x, y));
  let from: Camera | null = null;
  let gathered = 1;

  const spot = (event: PointerEvent | WheelEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const letGo = (event: PointerEvent) => {
    const at = held.get(event.pointerId);
    held.delete(event.pointerId);
    if (held.size) {
      from = null;
      return;
    }
    if (start?.far) {
      dragging.value = false;
      moving.value = false;
    } else if (start && at && event.type === "pointerup") hands().tap(at);
    start = from = null;
  };

  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button) return;
      const target = event.currentTarget as HTMLElement;
      target.setPointerCapture(event.pointerId);
      held.set(event.pointerId, spot(event));
      if (held.size === 1) start = { ...spot(event), far: false };
      else if (start) start.far = true;
      from = null;
    },
    onPointerMove: (event: PointerEvent) => {
      const target = event.currentTarget as HTMLElement;
      const at = spot(event);
      if (!held.has(event.pointerId)) {
        hands().over(at, false);
        return;
      }
      const before = [...held.values()];
      const was = held.get(event.pointerId)!;
      if (held.size === 1) {
        if (!start!.far && Math.hypot(at.x - start!.x, at.y - start!.y) < 4) return;
        if (!start!.far) {
          start!.far = true;
          hands().over(null, false);
        }
        dragging.value = true;
        moving.value = true;
        // from where the drag began, so that nothing is lost where frames are
        if (!from) {
          from = cameraAt(target);
          start = { ...was, far: true };
        }
        held.set(event.pointerId, at);
        shift(from, at.x - start!.x, at.y - start!.y);
      } else {
        const [p, q] = before as [{ x: number; y: number }, { x: number; y: number }];
        held.set(event.pointerId, at);
        const [r, s] = [...held.values()] as [{ x: number; y: number }, { x: number; y: number }];
        const grown = Math.hypot(r.x - s.x, r.y - s.y) / Math.max(8, Math.hypot(p.x - q.x, p.y - q.y));
        dragging.value = true;
        moving.value = true;
        moved(cameraAt(target), (r.x + s.x - p.x - q.x) / 2, (r.y + s.y - p.y - q.y) / 2);
        zoomed(cameraAt(target), grown, (r.x + s.x) / 2, (r.y + s.y) / 2);
      }
    },
    onPointerUp: letGo,
    onPointerCancel: letGo,
    onPointerLeave: () => {
      if (!held.size) hands().over(null, false);
    },
    onWheel: (event: WheelEvent) => {
      if (event.timeStamp - scrolled < 250 && !event.ctrlKey) {
        scrolled = event.timeStamp;
        return;
      }
      event.preventDefault();
      const target = event.currentTarget as HTMLElement;
      const step = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
      gathered *= Math.exp(-Math.max(-120, Math.min(120, step)) * (event.ctrlKey ? 0.01 : 0.0022));
      const at = spot(event);
      stirred();
      const all = gathered;
      requestAnimationFrame(() => (gathered = 1));
      turn(cameraAt(target), all, at.x, at.y);
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const c = cameraAt(event.currentTarget as HTMLElement);
      const step = event.shiftKey ? 160 : 48;
      if (event.key === "ArrowLeft") moved(c, step, 0);
      else if (event.key === "ArrowRight") moved(c, -step, 0);
      else if (event.key === "ArrowUp") moved(c, 0, step);
      else if (event.key === "ArrowDown") moved(c, 0, -step);
      else if (event.key === "+" || event.key === "=") zoomed(c, 1.4);
      else if (event.key === "-" || event.key === "−" || event.key === "_") zoomed(c, 1 / 1.4);
      else if (event.key === "0") mapView.value = null;
      else if (!hands().key(event)) return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}
