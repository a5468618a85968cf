// What differs between two alternatives: sites, roads, land and stock, by name and number.

import { useState } from "preact/hooks";
import {
  type AmountDifference,
  amountDifferences,
  type ChoiceDifference,
  choiceDifference,
  type ClassDifference,
  classDifference,
  type KindChange,
} from "../calc/differences.ts";
import { change, number, whole } from "../format.ts";
import type { Layer } from "../model.ts";
import { model } from "../state.ts";
import { listed, say, told } from "../words.ts";
import { KindSwatch } from "../map/Swatch.tsx";
import { Length } from "./Length.tsx";
import type { Pair } from "./pair.ts";

/** Names in a cell, and rows of a table, until the reader asks for all. */
const NAMES = 6;
const ROWS = 12;

export function Details({ of: [from, to] }: { of: Pair }) {
  const { layers } = model.value;
  const [a, b] = [from.alternative, to.alternative];
  const stock = layers.flatMap((layer) => amountDifferences(layer, a, b));
  const parts = layers.map((layer) => part(layer, a, b));
  const same = parts.every((p) => p === null) && stock.every((s) => !s.places.length);
  return (
    <section class="card details" aria-labelledby="compare-details">
      <header>
        <h2 id="compare-details">{say("compare.details", { from: from.letter, to: to.letter })}</h2>
      </header>
      {a === b ? (
        <p>{say("compare.one alternative")}</p>
      ) : same ? (
        <p>{say("compare.same all")}</p>
      ) : (
        <div class="detailed">
          {layers.map((layer, k) => (
            <section key={layer.name}>
              {parts[k] ?? <p class="quiet">{say("compare.same", { layer: told(layer.label) })}</p>}
            </section>
          ))}
          {stock.length > 0 && <Stock rows={stock} letters={[from.letter, to.letter]} />}
        </div>
      )}
    </section>
  );
}

function part(layer: Layer, from: number, to: number) {
  if (layer.classes) {
    const found = classDifference(layer, from, to);
    return found.count ? <Moves found={found} /> : null;
  }
  if (!layer.choices) return null;
  const found = choiceDifference(layer, from, to);
  return found.fresh + found.gone + found.otherwise ? <Kinds found={found} /> : null;
}

function Kinds({ found }: { found: ChoiceDifference }) {
  const { layer } = found;
  const [all, setAll] = useState(false);
  const names = (features: number[]) => new Set(features.map((f) => layer.titles[f])).size;
  const many = found.kinds.some((k) => names(k.gained) > NAMES || names(k.lost) > NAMES);
  return (
    <>
      <h3>{told(layer.label)}</h3>
      <p>{say("compare.places", { fresh: found.fresh, gone: found.gone, otherwise: found.otherwise, alike: found.alike })}</p>
      <div class="scrolled" tabIndex={0} role="region" aria-label={say("compare.kinds of", { layer: told(layer.label) })}>
        <table class="kinds">
          <thead>
            <tr>
              <th scope="col">{say("compare.kind")}</th>
              <th scope="col">{say("compare.gained")}</th>
              <th scope="col">{say("compare.lost")}</th>
              <th scope="col">{say("compare.kept")}</th>
            </tr>
          </thead>
          <tbody>
            {found.kinds.map((k) => (
              <tr key={k.kind}>
                <th scope="row">
                  <KindSwatch kind={layer.kinds[k.kind]!} on={layer.shapes.kind} /> {told(layer.kinds[k.kind]!.label)}
                </th>
                <Names layer={layer} of={k} what="gained" all={all} />
                <Names layer={layer} of={k} what="lost" all={all} />
                <td>
                  {whole(k.kept.length)} <Length metres={k.length.kept} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {many && (
        <button type="button" class="noprint" aria-expanded={all} onClick={() => setAll(!all)}>
          {say(all ? "compare.show few" : "compare.show all")}
        </button>
      )}
    </>
  );
}

function Names({ layer, of, what, all }: { layer: Layer; of: KindChange; what: "gained" | "lost"; all: boolean }) {
  const features = of[what];
  if (!features.length) return <td class="quiet">–</td>;
  // sections of one street have one name
  const times = new Map<string, number>();
  for (const f of features) times.set(layer.titles[f]!, (times.get(layer.titles[f]!) ?? 0) + 1);
  const every = [...times].map(([name, n]) => (n > 1 ? say("compare.times", { name, n }) : name));
  const names = all ? every : every.slice(0, NAMES);
  const more = every.length - names.length;
  return (
    <td>
      <strong class={what}>{(what === "gained" ? "+" : "−") + whole(features.length)}</strong> <Length metres={of.length[what]} />
      <p class="names fine">{listed(more ? [...names, say("compare.more", { n: more })] : names)}</p>
    </td>
  );
}

function Moves({ found }: { found: ClassDifference }) {
  const { layer, moves } = found;
  const [all, setAll] = useState(false);
  const hectares = Number.isFinite(found.area);
  const people = Number.isFinite(found.people);
  const size = (m: { area: number; count: number }) => (hectares ? m.area : m.count);
  const largest = Math.max(...moves.map(size));
  const kind = (k: number) => (
    <>
      <KindSwatch kind={layer.kinds[k]!} on={layer.shapes.kind} /> {told(layer.kinds[k]!.label)}
    </>
  );
  const cells = (m: { area: number; count: number; people: number }) => (
    <>
      <td>{whole(m.count)}</td>
      {hectares && <td>{number(m.area / 1e4, 3)}</td>}
      {people && <td>{whole(m.people)}</td>}
    </>
  );
  return (
    <>
      <h3>{say("compare.moves of", { layer: told(layer.label) })}</h3>
      <div class="scrolled" tabIndex={0} role="region" aria-label={say("compare.moves of", { layer: told(layer.label) })}>
        <table class="moves">
          <thead>
            <tr>
              <th scope="col">{say("compare.from")}</th>
              <th scope="col">{say("compare.to")}</th>
              <th scope="col">{say("compare.parcels")}</th>
              {hectares && <th scope="col">{say("compare.hectares")}</th>}
              {people && <th scope="col">{say("compare.people")}</th>}
              <td />
            </tr>
          </thead>
          <tbody>
            {(all ? moves : moves.slice(0, ROWS)).map((m) => (
              <tr key={`${m.from} ${m.to}`}>
                <th scope="row">{kind(m.from)}</th>
                <td>{kind(m.to)}</td>
                {cells(m)}
                <td class="sized">
                  <span class="gauge">
                    <span class="fill" style={{ width: `${largest ? (100 * size(m)) / largest : 0}%` }} />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{say("compare.total")}</th>
              <td />
              {cells(found)}
              <td />
            </tr>
          </tfoot>
        </table>
      </div>
      {moves.length > ROWS && (
        <button type="button" class="noprint" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? say("compare.show less") : say("noregret.show all", { n: moves.length })}
        </button>
      )}
    </>
  );
}

function Stock({ rows, letters: [from, to] }: { rows: AmountDifference[]; letters: [string, string] }) {
  const unit = (row: AmountDifference) => {
    const { label, unit } = row.amount;
    return told(unit) ? say("compare.unit", { name: told(label), unit: told(unit) }) : told(label);
  };
  return (
    <section>
      <h3>{say("compare.amounts of")}</h3>
      <div class="scrolled" tabIndex={0} role="region" aria-label={say("compare.amounts of")}>
        <table class="stock">
          <thead>
            <tr>
              <th scope="col">{say("compare.amount")}</th>
              <th scope="col">{from}</th>
              <th scope="col">{to}</th>
              <th scope="col">{say("compare.change", { from, to })}</th>
              <th scope="col">{say("compare.changed at")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const most = row.places.slice(0, 4).map((p) => `${row.layer.titles[p.feature]} ${change(p.after - p.before)}`);
              const more = row.places.length - most.length;
              return (
                <tr key={`${row.layer.name} ${row.amount.name}`}>
                  <th scope="row">{unit(row)}</th>
                  <td>{number(row.before)}</td>
                  <td>{number(row.after)}</td>
                  <td>{row.places.length ? change(row.after - row.before) : say("compare.alike")}</td>
                  <td class="names fine">{most.length ? listed(more ? [...most, say("compare.more", { n: more })] : most) : "–"}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
