// Limits and the goal of one objective as exact numbers.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { axes, colourBy, goals, limits, model, setGoal, setLimit } from "../state.ts";
import { say, told } from "../words.ts";
import { focusAgain } from "./AxesMenu.tsx";
import { axisName, swapped, withUnit } from "./AxisControls.tsx";
import { type Place, px } from "./axesgeometry.ts";

const WIDTH = 236;

export function AxisForm({ objective: k, place, at, close }: { objective: number; place: Place; at: number; close: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector("input")?.focus();
    const away = (event: Event) => {
      if (!box.current?.parentElement?.contains(event.target as Node)) close();
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, []);
  const last = useRef("");
  useLayoutEffect(() => {
    // the whole axis was moved, and may have lost the focus
    if (document.activeElement === document.body) focusAgain(box.current!, last.current);
  }, [axes.value]);
  const [low, high] = limits.value[k]!;
  const { low: best, high: worst, objectives } = model.value;
  const { bound, ideal, measured, doc } = objectives[k]!;
  const proven = measured ? null : (bound ?? ideal);
  const crossed = low !== null && high !== null && low > high;
  const name = axisName(k);
  const left = Math.max(4, Math.min(place.x[at]! - WIDTH / 2, place.x.at(-1)! + place.cell / 2 + 30 - WIDTH));
  return (
    <div
      ref={box}
      class="axis-form"
      role="dialog"
      tabIndex={-1}
      onClickCapture={(event) => (last.current = (event.target as HTMLElement).closest("button")?.getAttribute("aria-label") ?? "")}
      aria-label={say("axes.options", { name })}
      style={{ left: px(left), width: px(WIDTH) }}
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.stopPropagation();
          close();
        } else if (event.key === "Enter" && event.target instanceof HTMLInputElement) {
          // of several fields without a button to send them, a browser sends none by itself
          event.preventDefault();
          event.target.form?.requestSubmit();
        }
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          (document.activeElement as HTMLElement | null)?.blur();
          close();
        }}
      >
        <strong>{name}</strong>
        <Exact label={say("axes.at most")} value={high} fault={crossed} put={(v) => setLimit(k, [limits.value[k]![0], v])} />
        <Exact label={say("axes.at least")} value={low} fault={crossed} put={(v) => setLimit(k, [v, limits.value[k]![1]])} />
        <Exact label={say("axes.goal")} value={goals.value[k] ?? null} put={(v) => setGoal(k, v)} />
        {crossed && (
          <p class="axis-fault" role="alert">
            {say("axes.crossed")}
          </p>
        )}
        <p class="fine">{say("axes.range", { low: withUnit(k, best[k]!), high: withUnit(k, worst[k]!) })}</p>
        {proven !== null && <p class="fine axis-proven">{say("axes.bound", { value: withUnit(k, below(proven)) })}</p>}
        {measured && <p class="fine">{say("axes.measured")}</p>}
        {told(doc) && <p class="fine">{told(doc)}</p>}
        <div class="axis-actions">
          <button
            type="button"
            onClick={() => {
              setLimit(k, [null, null]);
              setGoal(k, null);
            }}
          >
            {say("axes.clear one")}
          </button>
          <button type="button" aria-pressed={colourBy.value === k} onClick={() => (colourBy.value = k)}>
            {say("axes.colour")}
          </button>
          <button type="button" aria-label={say("axes.left", { name })} disabled={at === 0} onClick={() => (axes.value = swapped(axes.value, at, at - 1))}>
            ←
          </button>
          <button
            type="button"
            aria-label={say("axes.right", { name })}
            disabled={at === place.order.length - 1}
            onClick={() => (axes.value = swapped(axes.value, at, at + 1))}
          >
            →
          </button>
          <button
            type="button"
            aria-label={say("axes.remove", { name })}
            disabled={place.order.length < 3}
            onClick={() => {
              close();
              axes.value = axes.value.filter((o) => o !== k);
              document.querySelector<HTMLElement>(".axes-menu > button")?.focus();
            }}
          >
            ✕
          </button>
        </div>
      </form>
    </div>
  );
}

function Exact({ label, value, fault, put }: { label: string; value: number | null; fault?: boolean; put: (value: number | null) => void }) {
  return (
    <label class="axis-exact">
      <span>{label}</span>
      <input
        type="number"
        step="any"
        inputMode="decimal"
        value={value ?? ""}
        aria-invalid={fault ? "true" : undefined}
        onChange={(event) => {
          const { value: text, validity } = event.currentTarget;
          // half a number is no wish to clear the limit
          if (!validity.badInput) put(text === "" ? null : Number(text));
        }}
      />
    </label>
  );
}

/** To six digits, never above: a proof may be told less sharply, not more. */
function below(value: number): number {
  const step = value === 0 ? 1 : 10 ** (Math.floor(Math.log10(Math.abs(value))) - 5);
  const near = Number((Math.round(value / step) * step).toPrecision(6));
  return near <= value ? near : Number((Math.floor(value / step) * step).toPrecision(6));
}
