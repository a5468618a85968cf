// What the alternatives of the selection have in common, beside one that can really be built.

import { useLayoutEffect } from "preact/hooks";
import { percent, whole } from "../format.ts";
import { Legend } from "../map/Legend.tsx";
import { MapFigure, type Shown } from "../map/MapFigure.tsx";
import { Levels } from "../noregret/Levels.tsx";
import { counted, found, keepCounting } from "../noregret/ranked.ts";
import { Ranking } from "../noregret/Ranking.tsx";
import { RealPlan } from "../noregret/RealPlan.tsx";
import { model, settled } from "../state.ts";
import { say, told } from "../words.ts";

export function NoRegret() {
  // before the first picture, so that a small front never says that it is counting
  useLayoutEffect(keepCounting, []);
  const none = !settled.value.length
    ? "noregret.none"
    : !counted.value?.among.length
      ? "common.counting"
      : !found.value.layers.length
        ? "noregret.no layers"
        : null;
  if (none)
    return (
      <section class="card">
        <h2>{say("noregret.title")}</h2>
        <p role="status">{say(none)}</p>
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
  const { among } = counted.value!;
  const n = among.length;
  const shown = (): Shown => ({ kind: "frequency", alternatives: counted.value!.among });
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
