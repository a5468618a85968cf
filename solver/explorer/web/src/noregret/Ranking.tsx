// Sites, roads and zone changes by how often they are chosen.

import { levelOf } from "../calc/frequency.ts";
import { KindSwatch } from "../map/Swatch.tsx";
import { Length } from "../compare/Length.tsx";
import { percent, whole } from "../format.ts";
import { model } from "../state.ts";
import { say, told } from "../words.ts";
import {
  type Column,
  COLUMNS,
  type Entry,
  found,
  inLayer,
  kindName,
  MORE,
  nameOf,
  ofKind,
  onlyNearly,
  order,
  ranked,
  setFilter,
  shownRows,
  sought,
  whereOf,
} from "./ranked.ts";

export function Ranking() {
  const list = ranked.value;
  const shown = list.slice(0, shownRows.value);
  const left = list.length - shown.length;
  const grouped = model.value.layers.some((layer) => layer.group);
  const columns = COLUMNS.filter((c) => c !== "where" || grouped);
  return (
    <section class="card ranking" aria-labelledby="noregret-ranking">
      <header>
        <h2 id="noregret-ranking">{say("noregret.ranking")}</h2>
        <Filters />
      </header>
      <p class="fine">{say("noregret.flags")}</p>
      <p class="fine" aria-live="polite">
        {list.length ? say("noregret.count", { n: whole(list.length), shown: whole(shown.length) }) : say("noregret.nothing")}
      </p>
      {list.length > 0 && (
        <div class="scrolled" tabIndex={0} role="region" aria-label={say("noregret.list")}>
          <table>
            <thead>
              <tr>
                {columns.map((c) => (
                  <Head key={c} column={c} />
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((e) => (
                <Row key={`${e.choice.layer.name} ${e.choice.feature} ${e.choice.kind}`} entry={e} grouped={grouped} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {left > 0 && (
        <p class="noprint rest">
          {left > MORE && (
            <button type="button" onClick={() => (shownRows.value += MORE)}>
              {say("noregret.show more", { n: MORE })}
            </button>
          )}
          <button type="button" onClick={() => (shownRows.value = list.length)}>
            {say("noregret.show all", { n: whole(list.length) })}
          </button>
        </p>
      )}
    </section>
  );
}

function Filters() {
  const { layers } = model.value;
  const chosen = layers.find((layer) => layer.name === inLayer.value);
  return (
    <div class="filters noprint">
      <input
        type="search"
        size={12}
        aria-label={say("noregret.find")}
        placeholder={say("noregret.find")}
        value={sought.value}
        onInput={(event) => {
          const { value } = event.currentTarget;
          setFilter(() => (sought.value = value));
        }}
      />
      <select
        aria-label={say("noregret.layer")}
        value={inLayer.value}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setFilter(() => {
            inLayer.value = value;
            ofKind.value = "";
          });
        }}
      >
        <option value="">{say("noregret.every layer")}</option>
        {layers.map((layer) => (
          <option key={layer.name} value={layer.name}>
            {told(layer.label)}
          </option>
        ))}
      </select>
      <select
        aria-label={say("noregret.kind")}
        value={ofKind.value}
        disabled={!chosen}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setFilter(() => (ofKind.value = value));
        }}
      >
        <option value="">{say("noregret.every kind")}</option>
        {chosen?.kinds.map((kind) => (
          <option key={kind.name} value={kind.name}>
            {told(kind.label)}
          </option>
        ))}
      </select>
      <button type="button" aria-pressed={onlyNearly.value} onClick={() => setFilter(() => (onlyNearly.value = !onlyNearly.value))}>
        {say("noregret.only")}
      </button>
    </div>
  );
}

function Head({ column }: { column: Column }) {
  const { by, down } = order.value;
  const mine = by === column;
  const name = say(`noregret.${column}`);
  return (
    <th scope="col" aria-sort={mine ? (down ? "descending" : "ascending") : undefined}>
      <button
        type="button"
        class="sort"
        title={say("noregret.sort", { name })}
        // shares start with the highest, words with the first
        onClick={() => setFilter(() => (order.value = { by: column, down: mine ? !down : column === "share" }))}
      >
        {name}
        <span aria-hidden="true">{mine ? (down ? " ▾" : " ▴") : ""}</span>
      </button>
    </th>
  );
}

function Row({ entry, grouped }: { entry: Entry; grouped: boolean }) {
  const { choice, sections, metres } = entry;
  const level = levelOf(choice.count, found.value.of);
  const flagged = level === "always" || level === "nearly";
  return (
    <tr class={level}>
      <th scope="row">
        {nameOf(choice)}
        {metres > 0 && (
          <span class="fine sections">
            {sections > 1 && say("noregret.sections", { n: whole(sections) })} <Length metres={metres} />
          </span>
        )}
      </th>
      <td>
        <KindSwatch kind={choice.layer.kinds[choice.kind]!} on={choice.layer.shapes.kind} /> {kindName(choice)}
      </td>
      {grouped && <td>{whereOf(choice)}</td>}
      <td class="shares">
        <span class="line">
          <span class="gauge">
            <span class="fill" style={{ width: `${100 * choice.share}%` }} />
          </span>
          <span class="value">{percent(choice.share)}</span>
          <span class={`flag ${flagged ? level : ""}`}>{flagged ? say(`noregret.flag.${level}`) : ""}</span>
        </span>
        {choice.any > choice.share && <span class="fine any">{say("noregret.any", { share: percent(choice.any) })}</span>}
      </td>
    </tr>
  );
}
