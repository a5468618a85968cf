// The map of the current alternative in Explore: what it shows, what is laid over it, and where it can be put.

import { Label } from "../compare/Proven.tsx";
import { connected } from "../live/client.ts";
import { DossierButton } from "../live/Dossier.tsx";
import { current, hidden, model, scenario, selected, setSlot, shortlist, slots, SLOTS, toggleShortlist } from "../state.ts";
import { say, told } from "../words.ts";
import { Legend } from "./Legend.tsx";
import { MapFigure } from "./MapFigure.tsx";
import { Prepared } from "./Prepared.tsx";
import type { Shown } from "./what.ts";

const shown = (): Shown => ({ kind: "alternative", alternative: current.value });
const title = () => say("map.of", { id: model.value.ids[current.value] ?? "" });

export function MapCard() {
  const m = model.value;
  const at = current.value;
  const id = m.ids[at] ?? "";
  if (!m.layers.length) return null;
  return (
    <section class="card mapcard" aria-labelledby="map-title">
      <header>
        <h2 id="map-title">{say("map.card", { id })}</h2>
        <span class="known">
          <Label alternative={at} distance />
          {!selected.value[at] && <span class="off">{say("scatter.outside")}</span>}
        </span>
        <span class="slots">
          {SLOTS.map((slot, k) => {
            const held = slots.value[k] === at;
            return (
              <button
                key={slot}
                type="button"
                class={`put ${slot.toLowerCase()}`}
                aria-pressed={held}
                aria-label={say(held ? "map.in slot" : "map.put", { id, slot })}
                onClick={() => setSlot(k, held ? null : at)}
              >
                {slot}
              </button>
            );
          })}
          <button
            type="button"
            class="star"
            aria-pressed={shortlist.value.includes(at)}
            aria-label={say("map.star")}
            title={say("map.star")}
            onClick={() => toggleShortlist(at)}
          >
            {shortlist.value.includes(at) ? "★" : "☆"}
          </button>
          <DossierButton id={id} />
        </span>
      </header>
      <MapFigure name="map" title={title} shown={shown} force={connected.value} />
      <Controls />
      <Legend shown={shown} />
      <Prepared shown={shown} />
    </section>
  );
}

function Controls() {
  const m = model.value;
  const toggle = (name: string, on: boolean) => {
    const next = new Set(hidden.value);
    if (on) next.delete(name);
    else next.add(name);
    hidden.value = next;
  };
  return (
    <div class="mapcontrols">
      {m.futures && m.overlays.length > 0 && (
        <label class="scenario">
          {say("map.scenario")}{" "}
          <select value={scenario.value} onChange={(event) => (scenario.value = Number(event.currentTarget.value))}>
            <option value={-1}>{say("map.no scenario")}</option>
            {m.futures.titles.map((text, k) => (
              <option key={k} value={k}>
                {told(text) || m.futures!.names[k]}
              </option>
            ))}
          </select>
        </label>
      )}
      <fieldset>
        <legend class="hidden">{say("map.layers")}</legend>
        {[...m.layers, ...m.backdrops, ...(scenario.value < 0 ? [] : m.overlays)].map((part) => (
          <label key={part.name}>
            <input
              type="checkbox"
              checked={!hidden.value.has(part.name)}
              onChange={(event) => toggle(part.name, event.currentTarget.checked)}
            />{" "}
            {told(part.label) || part.name}
          </label>
        ))}
      </fieldset>
    </div>
  );
}
