// What the numbers rest on, and how the page was made.

import { whole } from "../format.ts";
import { model, VIEWS } from "../state.ts";
import { listed, say, told } from "../words.ts";
import { Facts } from "./WholeFront.tsx";

export function Sources() {
  const { about } = model.value;
  const lists = [
    [say("about.assumptions"), about.assumptions],
    [say("about.source list"), about.sources],
    [say("about.notes"), about.notes],
  ] as const;
  return (
    <section class="card sources" aria-labelledby="about-sources">
      <header>
        <h2 id="about-sources">{say("about.sources")}</h2>
      </header>
      {lists.map(([title, items]) => (
        <div key={title}>
          <h3>{title}</h3>
          {items.length ? (
            <ul class={items.length > 6 ? "long" : undefined}>
              {items.map((text, k) => (
                <li key={k}>{text}</li>
              ))}
            </ul>
          ) : (
            <p class="quiet">{say("about.none told")}</p>
          )}
        </div>
      ))}
    </section>
  );
}

export function Made() {
  const m = model.value;
  const { about } = m;
  const versions = Object.entries(about.versions).map(([name, version]) => `${name} ${version}`);
  const size = say("about.size text", {
    a: whole(m.count),
    p: m.objectives.length,
    s: m.futures ? whole(m.futures.names.length) : 0,
    layers: listed(m.layers.map((layer) => `${told(layer.label)} (${whole(layer.ids.length)})`)) || "–",
  });
  const rows: [string, string][] = [
    [say("about.study"), about.name],
    [say("about.kind"), say(`about.kind.${about.kind}`)],
    [say("about.size"), size],
    [say("about.digest"), about.digest],
    [say("about.created"), about.created || "–"],
    [say("about.crs"), about.crs || say("about.abstract")],
    [say("about.money"), about.money || "–"],
    [say("about.seed"), String(about.seed)],
    [say("about.versions"), listed(versions) || "–"],
  ];
  return (
    <section class="card" aria-labelledby="about-made">
      <header>
        <h2 id="about-made">{say("about.made")}</h2>
      </header>
      <Facts rows={rows} />
    </section>
  );
}

export function Reading() {
  const keys: [string, string][] = [
    ["↑ ↓", say("about.keys.arrows")],
    ["A B C", say("about.keys.slots")],
    ["S", say("about.keys.s")],
    ["R", say("about.keys.r")],
    ["1–5", say("about.keys.views")],
    ["← → ↑ ↓", say("about.keys.axis")],
    ["← → ↑ ↓ + −", say("about.keys.map")],
  ];
  return (
    <section class="card" aria-labelledby="about-read">
      <header>
        <h2 id="about-read">{say("about.read")}</h2>
      </header>
      <Facts rows={VIEWS.map((name) => [say(`view.${name}`), say(`about.read.${name}`)] as const)} />
      <h3>{say("about.keys")}</h3>
      <dl class="factlist keylist">
        {keys.map(([key, text], k) => (
          <div key={k}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
