// One real plan beside the frequencies: the alternative of the selection that is most like what most choose.

import { Label } from "../compare/Proven.tsx";
import { whole } from "../format.ts";
import { Legend } from "../map/Legend.tsx";
import { MapFigure, type Shown } from "../map/MapFigure.tsx";
import { current, model, setSlot, SLOTS, slots } from "../state.ts";
import { say, told } from "../words.ts";
import { counted, found } from "./ranked.ts";

export function RealPlan() {
  const { nearest, layers } = found.value;
  const id = model.value.ids[nearest]!;
  // where it stands among those counted
  const at = counted.value!.among.indexOf(nearest);
  const shown = (): Shown => ({ kind: "alternative", alternative: Math.max(0, found.value.nearest) });
  return (
    <section class="card" aria-labelledby="noregret-real">
      <header>
        <h2 id="noregret-real">{say("noregret.real", { id })}</h2>
        <span class="known">
          <Label alternative={nearest} distance />
        </span>
      </header>
      <MapFigure
        name="noregret-real-plan"
        title={() => say("noregret.real map", { id: model.value.ids[found.value.nearest] ?? "" })}
        shown={shown}
        class="tall"
      />
      <Legend shown={shown} />
      <p class="buttons noprint">
        <button type="button" disabled={current.value === nearest} onClick={() => (current.value = nearest)}>
          {say("noregret.make current")}
        </button>
        {SLOTS.map((slot, k) => (
          <button key={slot} type="button" aria-pressed={slots.value[k] === nearest} onClick={() => setSlot(k, slots.value[k] === nearest ? null : nearest)}>
            {say(slots.value[k] === nearest ? "noregret.in slot" : "noregret.to slot", { slot })}
          </button>
        ))}
      </p>
      <p>{say("noregret.real why")}</p>
      <ul class="plain">
        {layers.map((f) => (
          <li key={f.layer.name}>
            {say("noregret.real apart", { layer: told(f.layer.label), n: whole(f.apart[at] ?? 0), all: whole(f.layer.size) })}
          </li>
        ))}
      </ul>
    </section>
  );
}
