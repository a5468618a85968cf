// Two or three alternatives side by side: where they differ, by how much, and in what.

import { Details } from "../compare/Details.tsx";
import { Letter, Numbers } from "../compare/Numbers.tsx";
import { choosePair, filled, nameOf, pair, pairs } from "../compare/pair.ts";
import { Label } from "../compare/Proven.tsx";
import { Offer, SlotPicker } from "../compare/Slots.tsx";
import { Legend } from "../map/Legend.tsx";
import { MapFigure, type Shown } from "../map/MapFigure.tsx";
import { current, model, SLOTS } from "../state.ts";
import { say } from "../words.ts";

export function Compare() {
  const among = filled.value;
  return (
    <>
      {among.length < 2 && <Offer />}
      <section class="card pickers noprint" aria-label={say("compare.slots")}>
        {SLOTS.map((letter, k) => (
          <SlotPicker key={letter} slot={k} />
        ))}
      </section>
      {among.length > 0 && model.value.layers.length > 0 && <Maps />}
      {among.length > 0 && <Numbers />}
      {pair.value && model.value.layers.length > 0 && <Details of={pair.value} />}
    </>
  );
}

function Maps() {
  const among = filled.value;
  const m = model.value;
  const two = pair.value;
  const difference = (): Shown => ({
    kind: "difference",
    from: pair.value?.[0].alternative ?? 0,
    to: pair.value?.[1].alternative ?? 0,
  });
  return (
    <>
      <div class={`maps maps-${among.length + (two ? 1 : 0)}`}>
        {among.map((f) => (
          <section key={f.slot} class="card" aria-labelledby={`compare-map-${f.letter}`}>
            <header>
              <h2 id={`compare-map-${f.letter}`}>
                <Letter of={f} /> {say("shell.alternative", { id: m.ids[f.alternative]! })}
              </h2>
              <span class="known">
                <Label alternative={f.alternative} distance />
              </span>
              {current.value === f.alternative ? (
                <span class="badge">{say("compare.is current")}</span>
              ) : (
                <button type="button" class="noprint" onClick={() => (current.value = f.alternative)}>
                  {say("compare.make current")}
                </button>
              )}
            </header>
            <MapFigure
              name={`compare-map-${f.letter.toLowerCase()}`}
              title={() => say("compare.map", { id: model.value.ids[f.alternative]!, slot: f.letter })}
              // read anew each time, since the slot may hold another one by then
              shown={() => ({ kind: "alternative", alternative: heldBy(f.slot) ?? f.alternative })}
              class="beside"
            />
          </section>
        ))}
        {two && (
          <section class="card" aria-labelledby="compare-map-difference">
            <header>
              <h2 id="compare-map-difference">{say("compare.difference")}</h2>
              <div role="group" class="pairs" aria-label={say("compare.pair")}>
                {pairs.value.map((p) => (
                  <button
                    key={nameOf(p)}
                    type="button"
                    aria-pressed={nameOf(p) === nameOf(two)}
                    aria-label={say("compare.pair text", { from: p[0].letter, to: p[1].letter })}
                    onClick={() => choosePair(nameOf(p))}
                  >
                    {p[0].letter} → {p[1].letter}
                  </button>
                ))}
              </div>
            </header>
            <MapFigure
              name="compare-map-difference"
              title={() => {
                const [a, b] = pair.value ?? two;
                return say("compare.difference map", { from: model.value.ids[a.alternative]!, to: model.value.ids[b.alternative]! });
              }}
              shown={difference}
              class="beside"
            />
          </section>
        )}
      </div>
      <section class="card legends">
        <div>
          <h2>{say("compare.legend each")}</h2>
          <Legend shown={() => ({ kind: "alternative", alternative: filled.value[0]?.alternative ?? current.value })} />
        </div>
        {two && (
          <div>
            <h2>{say("compare.legend difference", { from: two[0].letter, to: two[1].letter })}</h2>
            <Legend shown={difference} />
          </div>
        )}
      </section>
    </>
  );
}

const heldBy = (slot: number): number | undefined => filled.value.find((f) => f.slot === slot)?.alternative;
