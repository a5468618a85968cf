// What a pointer does on the axes: sets, moves and clears limits and goals, and finds the line that it is on.

import { signal } from "@preact/signals";
import { perFrame } from "../figure.tsx";
import { batch } from "@preact/signals";
import { current, dragging, goals, hovered, type Limit, limits, model, selected, setGoal, setLimit, shortlist, slots } from "../state.ts";
import { heights, type Place, spans, valueAt, yOn } from "./axesgeometry.ts";
import { moved } from "./axesscreen.ts";

/** Where the tip stands, while the pointer is on a line. */
export const tip = signal<{ x: number; y: number } | null>(null);

interface Hold {
  axis: number;
  part: "new" | "low" | "high" | "inside" | "goal";
  y: number;
  from: Limit;
  goal: number | null;
  moved: boolean;
}

/** Pixels beside an axis that still are the axis; fingers are wider. */
const reach = (event: PointerEvent | MouseEvent) => ((event as PointerEvent).pointerType === "touch" ? 22 : 13);

/** The alternative whose line passes nearest, among those in reach; -1 where none is near. */
function lineAt(place: Place, x: number, y: number, near: number): number {
  const ys = heights(place);
  const lone = place.x.length === 1;
  const at = lone ? 0 : Math.max(0, Math.min(place.x.length - 2, place.x.findIndex((v, k) => k > 0 && x < v) - 1));
  const i = !lone && x >= place.x.at(-1)! ? place.x.length - 2 : at;
  if (x < place.x[0]! - 26 || x > place.x.at(-1)! + 26 || y < place.top - 8 || y > place.bottom + 8) return -1;
  const [left, right] = [ys[i]!, ys[lone ? i : i + 1]!];
  const width = lone ? 1 : place.x[i + 1]! - place.x[i]!;
  const share = lone ? 0 : Math.max(0, Math.min(1, (x - place.x[i]!) / width));
  const flags = selected.value;
  const marked = new Set([current.value, ...slots.value, ...shortlist.value]);
  let [best, found] = [near, -1];
  for (let a = 0; a < left.length; a++) {
    if (!flags[a] && a < model.value.given && !marked.has(a)) continue;
    const rise = right[a]! - left[a]!;
    // distance at a right angle to the line
    const far = Math.abs(left[a]! + rise * share - y) / Math.hypot(1, rise / width);
    // of lines that coincide, one that stands out
    if (far < best || (far <= best + 0.5 && marked.has(a) && found >= 0 && !marked.has(found))) [best, found] = [far, a];
  }
  return found;
}

function axisAt(place: Place, x: number, y: number, near: number): number {
  if (y < place.top - 14 || y > place.bottom + 14) return -1;
  return place.x.findIndex((v) => Math.abs(v - x) <= near);
}

function pulled(place: Place, hold: Hold, y: number): void {
  const k = hold.axis;
  const span = spans.value[k]!;
  // at the end of the axis there is no limit
  const at = (v: number): number | null => (v <= place.top + 1 || v >= place.bottom - 1 ? null : valueAt(place, span, v));
  if (hold.part === "goal") setGoal(k, valueAt(place, span, Math.max(place.top, Math.min(place.bottom, y))));
  else if (hold.part === "inside") {
    const [low, high] = hold.from;
    const [top, bottom] = [yOn(place, span, low ?? span.low), yOn(place, span, high ?? span.high)];
    const by = Math.max(place.top - (low === null ? bottom - 2 : top), Math.min(place.bottom - (high === null ? top + 2 : bottom), y - hold.y));
    setLimit(k, [low === null ? null : valueAt(place, span, top + by), high === null ? null : valueAt(place, span, bottom + by)]);
  } else {
    // the end that stays: where the drag began, or the other end of the range
    const [low, high] = hold.from;
    const stays = hold.part === "new" ? hold.y : hold.part === "low" ? (high === null ? place.bottom : yOn(place, span, high)) : low === null ? place.top : yOn(place, span, low);
    const fixed = hold.part === "new" ? at(stays) : hold.part === "low" ? high : low;
    const [upper, lower] = y < stays ? [at(y), fixed] : [fixed, at(y)];
    setLimit(k, [upper, lower]);
  }
}

interface Reactions {
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerUp: (event: PointerEvent) => void;
  onPointerCancel: (event: PointerEvent) => void;
  onPointerLeave: (event: PointerEvent) => void;
  onDblClick: (event: MouseEvent) => void;
}

/** For the element that holds the drawing; `placed` tells where all lies now. */
export function reactions(placed: () => Place): Reactions {
  let hold: Hold | null = null;
  let pressed: { x: number; y: number } | null = null;

  const spot = (event: MouseEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const foreign = (event: Event) => (event.target as HTMLElement).closest("button, input, [role=dialog]") !== null;

  const pull = perFrame((y: number) => {
    if (!hold) return;
    batch(() => {
      dragging.value = true;
      moved();
      pulled(placed(), hold!, y);
    });
  });
  const point = perFrame((x: number, y: number, near: number) => {
    if (hold) return;
    const found = x < 0 ? -1 : lineAt(placed(), x, y, near);
    batch(() => {
      hovered.value = found;
      tip.value = found < 0 ? null : { x, y };
    });
  });

  const grasp = (event: PointerEvent, x: number, y: number): Hold | null => {
    const place = placed();
    const i = axisAt(place, x, y, reach(event));
    if (i < 0) return null;
    const axis = place.order[i]!;
    const [span, from, goal] = [spans.value[axis]!, limits.value[axis]!, goals.value[axis] ?? null];
    const handle = (event.target as HTMLElement).closest<HTMLElement>("[data-end]")?.dataset["end"] as "low" | "high" | "goal" | undefined;
    const base = { axis, y: Math.max(place.top, Math.min(place.bottom, y)), from, goal, moved: false };
    const [low, high] = from;
    const [top, bottom] = [yOn(place, span, low ?? span.low), yOn(place, span, high ?? span.high)];
    if (handle === "goal" || (goal !== null && Math.abs(yOn(place, span, goal) - y) <= 7 && !handle)) return { ...base, part: "goal" };
    if (handle) return { ...base, part: handle };
    if (low !== null && Math.abs(y - top) <= 6) return { ...base, part: "low" };
    if (high !== null && Math.abs(y - bottom) <= 6) return { ...base, part: "high" };
    if ((low !== null || high !== null) && y > top && y < bottom) return { ...base, part: "inside" };
    return { ...base, part: "new" };
  };

  const end = (event: PointerEvent) => {
    const [was, press] = [hold, pressed];
    hold = pressed = null;
    removeEventListener("keydown", undo, true);
    if (was?.moved) {
      pulled(placed(), was, spot(event).y);
      dragging.value = false;
    } else if (press && event.type === "pointerup") {
      const { x, y } = press;
      // a click into a range is none on a line
      if (was && was.part !== "new") return;
      const found = lineAt(placed(), x, y, event.pointerType === "touch" ? 14 : 7);
      if (found >= 0) current.value = found;
    }
  };

  // Escape lets go of what is being dragged, as if nothing had been
  const undo = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !hold) return;
    event.preventDefault();
    const { axis, from, goal } = hold;
    hold = pressed = null;
    batch(() => {
      setLimit(axis, from);
      setGoal(axis, goal);
      dragging.value = false;
    });
  };

  return {
    onPointerDown(event) {
      if (event.button !== 0 || foreign(event)) return;
      const { x, y } = spot(event);
      const place = placed();
      if (event.altKey) {
        const nearest = place.x.reduce((best, v, k) => (Math.abs(v - x) < Math.abs(place.x[best]! - x) ? k : best), 0);
        const k = place.order[nearest]!;
        setGoal(k, valueAt(place, spans.value[k]!, Math.max(place.top, Math.min(place.bottom, y))));
        return;
      }
      pressed = { x, y };
      hold = grasp(event, x, y);
      if (hold) {
        addEventListener("keydown", undo, true);
        (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
        batch(() => {
          hovered.value = -1;
          tip.value = null;
        });
      }
    },
    onPointerMove(event) {
      const { x, y } = spot(event);
      if (hold) {
        if (!hold.moved && Math.abs(y - pressed!.y) < 3) return;
        hold.moved = true;
        pull(y);
      } else if (event.pointerType !== "touch" && !foreign(event)) point(x, y, 7);
      else point(-1, -1, 0);
    },
    onPointerUp: end,
    onPointerCancel: end,
    onPointerLeave() {
      point(-1, -1, 0);
    },
    onDblClick(event) {
      if (foreign(event)) return;
      const { x, y } = spot(event);
      const place = placed();
      const i = axisAt(place, x, y, reach(event));
      if (i < 0) return;
      const k = place.order[i]!;
      const goal = goals.value[k] ?? null;
      if (goal !== null && Math.abs(yOn(place, spans.value[k]!, goal) - y) <= 8) setGoal(k, null);
      else setLimit(k, [null, null]);
    },
  };
}
