// Which future hurts: the strip of all scenarios, and the table with the worst first. A click lays a hazard on the maps.

import { signal } from "@preact/signals";
import { Figure, perFrame } from "../figure.tsx";
import { exact, number, percent } from "../format.ts";
import { compared, model, scenario } from "../state.ts";
import { listed, say, told } from "../words.ts";
import { columnAt, drawHurting, mildFirst } from "./drawHurting.ts";
import { extentOf, heat, unitAfter, withUnit } from "./scales.ts";
import { futuresNow, heldMet, shown } from "./state.ts";

const under = signal<{ scenario: number; x: number } | null>(null);

const nameOf = ({ slot, alternative }: { slot: string; alternative: number }) =>
  `${slot} ${say("shell.alternative", { id: model.value.ids[alternative]! })}`.trim();

export function Hurting() {
  const { titles, probability } = futuresNow.value;
  const { label, unit, values } = shown.value;
  const order = mildFirst();
  const [low, high] = extentOf(values);
  const find = perFrame((canvas: HTMLCanvasElement, px: number) => {
    const k = columnAt(px, canvas.clientWidth);
    under.value = k < 0 ? null : { scenario: mildFirst()[k]!, x: Math.min(Math.max(px, 120), canvas.clientWidth - 120) };
  });
  const toggle = (s: number) => (scenario.value = s === scenario.value ? -1 : s);
  return (
    <section class="card hurting" aria-labelledby="robust-futures">
      <header>
        <h2 id="robust-futures">{say("robust.futures", { measure: told(label) })}</h2>
      </header>
      <p class="fine">{say("robust.futures how")}</p>
      <Figure
        name="robustness-scenarios"
        title={() =>
          say("robust.futures shows", {
            measure: told(shown.value.label),
            count: futuresNow.value.names.length,
            alternatives: listed(compared.value.map(nameOf)),
          })
        }
        class={`strip${compared.value.length}`}
        paint={drawHurting}
        canvas={{
          onPointerMove: (event) => find(event.currentTarget, event.offsetX),
          onPointerLeave: () => (under.value = null),
          onClick: (event) => {
            const k = columnAt(event.offsetX, event.currentTarget.clientWidth);
            if (k >= 0) toggle(mildFirst()[k]!);
          },
        }}
      >
        {under.value && (
          <div class="tip" style={{ left: `${under.value.x}px`, top: "4px" }}>
            {told(titles[under.value.scenario])} ({percent(probability[under.value.scenario])}):{" "}
            {compared.value
              .map(({ slot, alternative }) => `${slot} ${withUnit(values[alternative]![under.value!.scenario]!, unit)}`.trim())
              .join(" · ")}
          </div>
        )}
      </Figure>
      <p class="fine onmaps" aria-live="polite">
        {scenario.value >= 0 && (
          <>
            {say("robust.on maps", { scenario: told(titles[scenario.value]) })}{" "}
            <button type="button" onClick={() => (scenario.value = -1)}>
              {say("robust.off maps")}
            </button>
          </>
        )}
      </p>
      <div class="scroll scenarios" tabIndex={0} role="region" aria-label={say("robust.futures table")}>
        <table>
          <caption class="hidden">{say("robust.futures table")}</caption>
          <thead>
            <tr>
              <th scope="col">{say("robust.scenario")}</th>
              <th scope="col">{say("robust.probability")}</th>
              {compared.value.map((one) => (
                <th key={one.slot} scope="col">
                  {one.slot ? <b class={`slot-${one.slot.toLowerCase()}`}>{one.slot}</b> : null} {model.value.ids[one.alternative]}
                  <span class="fine">{unitAfter(unit)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...order].reverse().map((s) => (
              <tr key={s} class={s === scenario.value ? "current" : ""}>
                <th scope="row">
                  <button type="button" class="plain" aria-pressed={s === scenario.value} onClick={() => toggle(s)}>
                    {told(titles[s])}
                  </button>
                </th>
                <td>{percent(probability[s])}</td>
                {compared.value.map(({ slot, alternative }) => (
                  <Cell key={slot} value={values[alternative]![s]!} broken={heldMet.value ? !heldMet.value[alternative * order.length + s] : false} low={low} high={high} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Cell({ value, broken, low, high }: { value: number; broken: boolean; low: number; high: number }) {
  const share = high > low ? (value - low) / (high - low) : 0;
  return (
    <td title={exact(value)}>
      {broken && (
        <>
          <span class="cross" aria-hidden="true">
            ×
          </span>
          <span class="hidden">{say("robust.breaks")} </span>
        </>
      )}
      {number(value)}
      {Number.isFinite(value) && <i class="swatch" aria-hidden="true" style={{ background: heat(share) }} />}
    </td>
  );
}
