// One axis as controls over the drawing: its label, its limits and goal as sliders, and as numbers in a small form.

import type { Signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { number } from "../format.ts";
import { axes, colourBy, goals, limits, model, setGoal, setLimit } from "../state.ts";
import { say, told, type Word } from "../words.ts";
import { type Place, px, rounded, roundStep, spans, yOn } from "./axesgeometry.ts";
import { AxisForm } from "./AxisForm.tsx";

type End = "low" | "high" | "goal";

export const axisName = (k: number): string => told(model.value.objectives[k]!.label) || model.value.objectives[k]!.name;

/** The value with its unit; an index without a unit has "1". */
export function withUnit(k: number, value: number | null): string {
  const unit = told(model.value.objectives[k]!.unit);
  return unit && unit !== "1" ? `${number(value, 6)} ${unit}` : number(value, 6);
}

export function swapped(order: readonly number[], at: number, to: number): readonly number[] {
  if (to < 0 || to >= order.length) return order;
  const found = order.filter((_, k) => k !== at);
  found.splice(to, 0, order[at]!);
  return found;
}

export function AxisControls({ place, at, open }: { place: Place; at: number; open: Signal<number> }) {
  const k = place.order[at]!;
  const button = useRef<HTMLButtonElement>(null);
  const name = axisName(k);
  const unit = told(model.value.objectives[k]!.unit);
  const doc = told(model.value.objectives[k]!.doc);
  const drag = useLabelDrag(place, at);
  const close = () => {
    open.value = -1;
    button.current?.focus();
  };
  return (
    <div class="axis" role="group" aria-label={name}>
      <div class="axis-label" style={{ left: px(place.x[at]! - place.cell / 2), width: px(place.cell) }}>
        <button
          type="button"
          class="axis-name"
          aria-pressed={colourBy.value === k}
          title={[doc && `${name}: ${doc}`, say("axes.colour by", { name })].filter(Boolean).join("\n")}
          {...drag.handlers}
          onClick={() => !drag.dragged() && (colourBy.value = k)}
        >
          <span class="axis-text">{name}</span>
        </button>
        <div class="axis-under">
          {unit && unit !== "1" && <span class="axis-unit">{unit}</span>}
          {!unit && doc.includes(" × ") && (
            <span class="axis-unit" title={doc}>
              {say("axes.sum")}
            </span>
          )}
          <button
            ref={button}
            type="button"
            class="axis-more"
            aria-haspopup="dialog"
            aria-expanded={open.value === k}
            aria-label={say("axes.options", { name })}
            title={say("axes.options", { name })}
            onClick={() => (open.value = open.value === k ? -1 : k)}
          >
            <svg width="14" height="10" viewBox="0 0 14 10" aria-hidden="true">
              <path d="M1 3h7M12 3h1M1 7.5h1M6 7.5h7" />
              <circle cx="10" cy="3" r="1.8" />
              <circle cx="4" cy="7.5" r="1.8" />
            </svg>
          </button>
        </div>
      </div>
      <div class="axis-track" style={{ left: px(place.x[at]! - 14), top: px(place.top - 12), height: px(place.bottom - place.top + 24) }} />
      <Handle place={place} at={at} end="low" />
      {goals.value[k] !== null && goals.value[k] !== undefined && <Handle place={place} at={at} end="goal" />}
      <Handle place={place} at={at} end="high" />
      {open.value === k && <AxisForm objective={k} place={place} at={at} close={close} />}
    </div>
  );
}

const TITLES: Record<End, Word> = { low: "axes.low handle", high: "axes.high handle", goal: "axes.goal handle" };

function Handle({ place, at, end }: { place: Place; at: number; end: End }) {
  const k = place.order[at]!;
  const span = spans.value[k]!;
  const value = end === "goal" ? (goals.value[k] ?? null) : limits.value[k]![end === "low" ? 0 : 1];
  const shown = value ?? (end === "high" ? span.high : span.low);
  const text = value === null ? say(end === "high" ? "axes.no high" : "axes.no low", { value: withUnit(k, shown) }) : withUnit(k, value);
  return (
    <div
      class={`axis-handle ${end} ${value === null ? "free" : "set"}`}
      role="slider"
      tabIndex={0}
      data-end={end}
      aria-label={say(TITLES[end], { name: axisName(k) })}
      aria-orientation="vertical"
      aria-valuemin={span.low}
      aria-valuemax={span.high}
      aria-valuenow={Math.max(span.low, Math.min(span.high, shown))}
      aria-valuetext={text}
      aria-describedby="axes-handles"
      style={{ left: px(place.x[at]!), top: px(yOn(place, span, shown)) }}
      onKeyDown={(event) => onKey(event, k, end, shown)}
    />
  );
}

function onKey(event: KeyboardEvent, k: number, end: End, shown: number): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const span = spans.value[k]!;
  const coarse = event.shiftKey || event.key.startsWith("Page");
  const step = roundStep((span.high - span.low) / (coarse ? 10 : 100));
  const put = (value: number | null) => {
    if (end === "goal") setGoal(k, value);
    else {
      const [low, high] = limits.value[k]!;
      setLimit(k, end === "low" ? [value, high] : [low, value]);
    }
  };
  const move = (up: boolean) => {
    // to the next round value; the axis grows downwards
    const next = rounded(up ? Math.ceil(shown / step - 1e-9) * step - step : Math.floor(shown / step + 1e-9) * step + step, step);
    if (end === "goal") return put(Math.max(span.low, Math.min(span.high, next)));
    const [low, high] = limits.value[k]!;
    if (end === "low") put(next <= span.low ? null : Math.min(next, high ?? span.high));
    else put(next >= span.high ? null : Math.max(next, low ?? span.low));
  };
  if (event.key === "ArrowUp" || event.key === "ArrowRight" || event.key === "PageUp") move(true);
  else if (event.key === "ArrowDown" || event.key === "ArrowLeft" || event.key === "PageDown") move(false);
  else if (event.key === "Home") put(end === "low" ? null : span.low);
  else if (event.key === "End") put(end === "high" ? null : span.high);
  else if (event.key === "Delete" || event.key === "Backspace") put(null);
  else if (event.key.toLowerCase() === "g") setGoal(k, shown);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Dragging a label takes its axis along. */
function useLabelDrag(place: Place, at: number) {
  const state = useRef({ objective: -1, x: 0, dragged: false });
  const now = useRef({ place, at });
  now.current = { place, at };
  const handlers = {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return;
      state.current = { objective: place.order[at]!, x: event.clientX, dragged: false };
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent) {
      const s = state.current;
      if (s.objective < 0 || (!s.dragged && Math.abs(event.clientX - s.x) < 8)) return;
      s.dragged = true;
      const { place: here, at: mine } = now.current;
      const box = (event.currentTarget as HTMLElement).closest(".axes-plot")!.getBoundingClientRect();
      const x = event.clientX - box.left;
      const to = here.x.reduce((best, v, i) => (Math.abs(v - x) < Math.abs(here.x[best]! - x) ? i : best), 0);
      if (to !== mine) axes.value = swapped(here.order, mine, to);
    },
    onPointerUp: () => (state.current.objective = -1),
    onPointerCancel: () => (state.current.objective = -1),
  };
  return {
    handlers,
    /** Whether the click that follows ends a drag. */
    dragged: () => {
      const was = state.current.dragged;
      state.current.dragged = false;
      return was;
    },
  };
}
