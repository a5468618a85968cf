// What the alternatives of the selection have in common, beside one that can really be built.

import { percent, whole } from "../format.ts";
import { Legend } from "../map/Legend.tsx";
import { MapFigure, type Shown } from "../map/MapFigure.tsx";
import { Levels } from "../noregret/Levels.tsx";
import { found } from "../noregret/ranked.ts";
import { Ranking } from "../noregret/Ranking.tsx";
import { RealPlan } from "../noregret/RealPlan.tsx";
import { model, settled } from "../state.ts";
import { say, told } from "../words.ts";

export function NoRegret() {
  if (!settled.value.length || !found.value.layers.length)
    return (
      <section class="card">
        <h2>{say("noregret.title")}</h2>
        <p role="status">{say(settled.value.length ? "noregret.no layers" : "noregret.none")}</p>
      </section>
    );
  return (
    <>
      <Caveat />
      <div class="two even">
        <Often />
        <RealPlan />
      </div>
      <div class="uneven">
        <Ranking />
        <Levels />
      </div>
    </>
  );
}

function Caveat() {
  const f = found.value;
  return (
    <section class="card caveat" aria-labelledby="noregret-caveat">
      <div>
        <h2 id="noregret-caveat">{say("noregret.caveat title")}</h2>
        <p>{say("noregret.caveat")}</p>
      </div>
      <dl>
        <dt>{say("noregret.patterns")}</dt>
        <dd>{say("noregret.patterns text", { n: whole(f.patterns), of: whole(f.of) })}</dd>
        <dt>{say("noregret.agreement")}</dt>
        <dd>
          {say("noregret.agreement text", { share: percent(f.agreement) })}
          <ul class="plain fine">
            {f.layers.map((l) => (
              <li key={l.layer.name}>
                {say("noregret.agreement layer", {
                  layer: told(l.layer.label),
                  share: percent(l.agreement),
                  same: whole(l.unanimous),
                  all: whole(l.layer.size),
                })}
              </li>
            ))}
          </ul>
        </dd>
      </dl>
    </section>
  );
}

function Often() {
  const { count } = model.value;
  const n = settled.value.length;
  const shown = (): Shown => ({ kind: "frequency", alternatives: settled.value });
  return (
    <section class="card" aria-labelledby="noregret-often">
      <header>
        <h2 id="noregret-often">{say("noregret.title")}</h2>
        <span class="badge" aria-live="polite">
          {n === count ? say("noregret.of all", { n: whole(n) }) : say("noregret.of", { n: whole(n), all: whole(count) })}
        </span>
      </header>
      <MapFigure name="noregret-frequency" title={() => say("noregret.map")} shown={shown} class="tall" />
      <Legend shown={shown} />
    </section>
  );
}
