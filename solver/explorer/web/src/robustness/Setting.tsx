// Which measure is shown, and the limits that are set on measures.

import { number } from "../format.ts";
import { dragging, measure, model } from "../state.ts";
import { perFrame } from "../figure.tsx";
import { say, told } from "../words.ts";
import { unitAfter, withUnit } from "./scales.ts";
import { bounds, chosen, futuresNow, offered, range, setBound, shown, shownAt, sources } from "./state.ts";

const slide = perFrame((name: string, value: number) => setBound(name, value));

export function Setting() {
  const { measures } = futuresNow.value;
  const at = shownAt.value;
  const { name, label, unit } = shown.value;
  const limit = bounds.value[at] ?? null;
  const [low, high] = range.value;
  const step = stepOf(high - low);
  const from = !chosen.value.has(name) && limit !== null ? sources.value[at]! : -1;
  const set = (value: number) => Number.isFinite(value) && setBound(name, value);
  return (
    <section class="card setting" aria-labelledby="robust-setting">
      <h2 id="robust-setting" class="hidden">
        {say("robust.setting")}
      </h2>
      <label>
        <span>{say("robust.measure")}</span>
        <select value={String(at)} onChange={(event) => (measure.value = Number(event.currentTarget.value))}>
          {measures.map((m, k) => (
            <option key={m.name} value={String(k)}>
              {told(m.label) || m.name}
            </option>
          ))}
        </select>
      </label>
      <div class="limit" role="group" aria-label={say("robust.limit of", { measure: told(label) })}>
        <span aria-hidden="true">{say("robust.limit")} ≤</span>
        <input
          type="range"
          aria-label={say("robust.limit of", { measure: told(label) })}
          aria-valuetext={limit === null ? say("robust.limit none") : withUnit(limit, unit)}
          class={limit === null ? "unset" : ""}
          min={Math.floor(low / step) * step}
          max={Math.ceil(high / step) * step}
          step={step}
          value={limit ?? Math.ceil(high / step) * step}
          onInput={(event) => slide(name, Number(event.currentTarget.value))}
          onPointerDown={() => (dragging.value = true)}
          onPointerUp={() => (dragging.value = false)}
          onPointerCancel={() => (dragging.value = false)}
          onBlur={() => (dragging.value = false)}
        />
        <input
          type="number"
          step="any"
          aria-label={say("robust.limit of", { measure: told(label) }) + unitAfter(unit)}
          placeholder={say("robust.limit none")}
          value={limit === null ? "" : String(Number(limit.toPrecision(12)))}
          onChange={(event) => {
            const text = event.currentTarget.value.trim();
            if (text === "") setBound(name, null);
            else set(Number(text));
          }}
        />
        <span class="quiet">{told(unit) === "1" ? "" : told(unit)}</span>
        <button type="button" disabled={limit === null} onClick={() => setBound(name, null)}>
          {say("robust.limit clear")}
        </button>
      </div>
      {limit === null ? <Offer /> : from >= 0 ? (
        <p class="fine">{say("robust.limit from", { objective: told(model.value.objectives[from]!.label) })}</p>
      ) : null}
      <Chips />
    </section>
  );
}

/** One click sets a limit that makes sense. */
export function Offer() {
  const { name, unit } = shown.value;
  const value = offered.value;
  if (!Number.isFinite(value)) return null;
  return (
    <p class="offer fine">
      <button type="button" onClick={() => setBound(name, value)}>
        {say("robust.offer", { value: withUnit(value, unit) })}
      </button>{" "}
      {say("robust.offer why", { value: number(value) })}
    </p>
  );
}

function Chips() {
  const { measures } = futuresNow.value;
  const set = measures.flatMap((m, k) => (bounds.value[k] == null ? [] : [{ m, k, limit: bounds.value[k]! }]));
  if (!set.length) return null;
  return (
    <div class="chips" role="group" aria-label={say("robust.limit all")}>
      <span class="fine" aria-hidden="true">
        {say("robust.limit all")}
      </span>
      {set.map(({ m, k, limit }) => (
        <span key={m.name} class="chip">
          <button type="button" aria-pressed={k === shownAt.value} onClick={() => (measure.value = k)}>
            {say("robust.limit chip", { measure: told(m.label), value: withUnit(limit, m.unit) })}
          </button>
          <button type="button" aria-label={say("robust.limit drop", { measure: told(m.label) })} onClick={() => setBound(m.name, null)}>
            ×
          </button>
        </span>
      ))}
    </div>
  );
}

/** A round step of which about 200 cross a range. */
function stepOf(width: number): number {
  if (!(width > 0)) return 1;
  const rough = width / 200;
  const unit = 10 ** Math.floor(Math.log10(rough));
  return Number(((([1, 2, 5, 10] as const).find((n) => n * unit >= rough) ?? 10) * unit).toPrecision(3));
}
