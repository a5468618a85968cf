// The map in words: how many of each kind an alternative prepares, and their names. Made only while it is open.

import { useState } from "preact/hooks";
import { number, whole } from "../format.ts";
import type { Layer } from "../model.ts";
import { model } from "../state.ts";
import { listed, say, told } from "../words.ts";
import { KindSwatch } from "./Swatch.tsx";
import { areaText } from "./telling.ts";
import { decided, itemsOf, type Shown } from "./what.ts";

export function Prepared({ shown }: { shown: () => Shown }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="prepared" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{say("map.prepares")}</summary>
      {open && <Content shown={shown()} />}
    </details>
  );
}

function Content({ shown }: { shown: Shown }) {
  if (shown.kind !== "alternative") return null;
  return (
    <>
      {model.value.layers.map((layer) => (
        <section key={layer.name}>
          <h3>{told(layer.label) || layer.name}</h3>
          {layer.classes ? <Classes layer={layer} at={shown.alternative} /> : <Choices layer={layer} shown={shown} />}
          <Amounts layer={layer} at={shown.alternative} />
        </section>
      ))}
    </>
  );
}

/** Land by class: number of features, area and what is new. */
function Classes({ layer, at }: { layer: Layer; at: number }) {
  const now = decided(layer, at);
  const { today } = layer.classes!;
  const { area } = layer.facts;
  const rows = layer.kinds.map(() => ({ count: 0, area: 0, fresh: 0 }));
  now.forEach((k, f) => {
    const row = rows[k]!;
    row.count++;
    row.area += area?.[f] ?? 0;
    if (today[f] !== k) row.fresh++;
  });
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{say("map.kind")}</th>
          <th scope="col">{say("map.count")}</th>
          <th scope="col">{say("map.changes")}</th>
          {area && <th scope="col">{say("map.area")}</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, k) => (
          <tr key={layer.kinds[k]!.name}>
            <th scope="row">
              <KindSwatch kind={layer.kinds[k]!} on="polygon" /> {told(layer.kinds[k]!.label) || layer.kinds[k]!.name}
            </th>
            <td>{whole(row.count)}</td>
            <td>{whole(row.fresh)}</td>
            {area && <td>{areaText(row.area)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const MOST = 400;

function Choices({ layer, shown }: { layer: Layer; shown: Shown }) {
  const names = layer.kinds.map((): string[] => []);
  for (const item of itemsOf(layer, shown)) names[item.kind]!.push(layer.titles[item.feature] ?? layer.ids[item.feature]!);
  return (
    <dl>
      {layer.kinds.map((kind, k) => {
        const list = names[k]!;
        const more = list.length - MOST;
        return (
          <div key={kind.name}>
            <dt>
              <KindSwatch kind={kind} on={layer.shapes.kind} />{" "}
              {say("map.names", { kind: told(kind.label) || kind.name, count: whole(list.length) })}
            </dt>
            <dd>
              {list.length ? listed(list.slice(0, MOST)) : say("map.none")}
              {more > 0 && ` ${say("map.and more", { count: whole(more) })}`}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Amounts({ layer, at }: { layer: Layer; at: number }) {
  if (!layer.amounts.length) return null;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{say("map.amounts")}</th>
          <th scope="col">{say("map.total")}</th>
        </tr>
      </thead>
      <tbody>
        {layer.amounts.map((amount) => (
          <tr key={amount.name}>
            <th scope="row">{told(amount.label)}</th>
            <td>
              {number((amount.values[at] ?? new Float32Array()).reduce((sum, v) => sum + v, 0))} {told(amount.unit)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
