// How often each alternative of the selection meets all limits, against its largest regret: picture and table.

import { signal } from "@preact/signals";
import { Figure, perFrame } from "../figure.tsx";
import { exact, number, percent, whole } from "../format.ts";
import { compared, current, hovered, model, selected, settled } from "../state.ts";
import { say, told, type Word } from "../words.ts";
import { drawMeeting, placeOf } from "./drawMeeting.ts";
import { Named } from "./Named.tsx";
import { withUnit } from "./scales.ts";
import { Offer } from "./Setting.tsx";
import { anyBound, best, futuresNow, heldShares, regret, shares, shown } from "./state.ts";

const COLUMNS = ["by probability", "by count", "regret", "regret share"] as const;
type Column = (typeof COLUMNS)[number];
const PAGE = 50;

const sortedBy = signal<{ column: Column; down: boolean }>({ column: "by probability", down: true });
const rows = signal(PAGE);

function valuesOf(column: Column): ArrayLike<number> | null {
  if (column === "regret") return regret.value.largest;
  if (column === "regret share") return regret.value.share;
  return (column === "by count" ? heldShares.value?.byCount : heldShares.value?.byProbability) ?? null;
}

/** The selection in the order of the table; what is not known comes last. */
function ordered(): number[] {
  const { column, down } = sortedBy.value;
  const main = valuesOf(column) ?? regret.value.largest;
  const falls = valuesOf(column) ? down : false;
  const second = regret.value.largest;
  return Array.from(settled.value).sort((a, b) => {
    const [x, y] = [main[a]!, main[b]!];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return (falls ? y - x : x - y) || second[a]! - second[b]! || a - b;
  });
}

/** The alternative under the pointer, -1 for none. */
function under(canvas: HTMLCanvasElement, px: number, py: number): number {
  const found = shares.value;
  if (!found) return -1;
  const { x, y } = placeOf({ width: canvas.clientWidth, height: canvas.clientHeight });
  let [nearest, at] = [144, -1];
  const flags = selected.value;
  for (let a = 0; a < flags.length; a++) {
    if (!flags[a]) continue;
    const away = (x(regret.value.largest[a]!) - px) ** 2 + (y(found.byProbability[a]!) - py) ** 2;
    if (away < nearest) [nearest, at] = [away, a];
  }
  return at;
}

const point = perFrame((canvas: HTMLCanvasElement, px: number, py: number) => (hovered.value = under(canvas, px, py)));

export function Meeting() {
  const measure = told(shown.value.label);
  return (
    <section class="card meeting" aria-labelledby="robust-meeting">
      <header>
        <h2 id="robust-meeting">{say("robust.meeting")}</h2>
        <button type="button" disabled={best.value < 0} onClick={() => (current.value = best.value)}>
          ★ {say("robust.best")}
        </button>
      </header>
      <Figure
        name="robustness-scatter"
        title={() => say("robust.meeting shows", { count: settled.value.length, measure: told(shown.value.label) })}
        class="tall"
        paint={drawMeeting}
        canvas={{
          onPointerMove: (event) => point(event.currentTarget, event.offsetX, event.offsetY),
          onPointerLeave: () => (hovered.value = -1),
          onClick: (event) => {
            const at = under(event.currentTarget, event.offsetX, event.offsetY);
            if (at >= 0) current.value = at;
          },
        }}
      >
        {!anyBound.value && (
          <div class="instead">
            <p>{say("robust.meeting none")}</p>
            <Offer />
          </div>
        )}
        <Tip />
      </Figure>
      <p aria-live="polite">
        {best.value >= 0 && say("robust.best is", { id: model.value.ids[best.value]!, share: percent(shares.value!.byProbability[best.value]) })}
      </p>
      <p class="fine">{say("robust.meeting how", { count: whole(model.value.count) })}</p>
      <Ranking measure={measure} />
    </section>
  );
}

function Tip() {
  const at = hovered.value;
  if (at < 0 || !shares.value) return null;
  return (
    <div class="tip corner">
      {say("shell.alternative", { id: model.value.ids[at]! })}: {percent(shares.value.byProbability[at])},{" "}
      {withUnit(regret.value.largest[at]!, shown.value.unit)}
    </div>
  );
}

function Ranking({ measure }: { measure: string }) {
  const order = ordered();
  const lettered = compared.value.filter(({ slot }) => slot);
  const pinned = new Set(lettered.map(({ alternative }) => alternative));
  const listed = order.filter((a) => !pinned.has(a)).slice(0, rows.value);
  const count = shown.value.values.length && settled.value.length;
  return (
    <>
      <div class="scroll robust-ranking" tabIndex={0} role="region" aria-label={say("robust.ranking")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say("robust.alternative")}</th>
              {COLUMNS.map((column) => {
                const { column: by, down } = sortedBy.value;
                const name = say(`robust.${column}` as Word);
                return (
                  <th key={column} scope="col" aria-sort={by === column ? (down ? "descending" : "ascending") : "none"}>
                    <button
                      type="button"
                      title={column === "regret share" ? say("robust.regret share why") : column === "regret" ? measure : undefined}
                      aria-label={say("robust.sorted", { column: name })}
                      onClick={() => (sortedBy.value = { column, down: by === column ? !down : column.startsWith("by") })}
                    >
                      {name} {by === column ? (down ? "▼" : "▲") : ""}
                    </button>
                  </th>
                );
              })}
              <th scope="col">{say("robust.regret where")}</th>
            </tr>
          </thead>
          <tbody>
            {lettered.map(({ slot, alternative }) => (
              <Row key={slot} slot={slot} a={alternative} />
            ))}
            {listed.map((a) => (
              <Row key={a} slot="" a={a} />
            ))}
          </tbody>
        </table>
      </div>
      <p class="fine below">
        {say("robust.rows", { shown: whole(listed.length + order.filter((a) => pinned.has(a)).length), count: whole(count) })}{" "}
        {listed.length + pinned.size < order.length && (
          <button type="button" onClick={() => (rows.value += 4 * PAGE)}>
            {say("robust.more", { count: Math.min(4 * PAGE, order.length - listed.length) })}
          </button>
        )}
      </p>
    </>
  );
}

function Row({ slot, a }: { slot: string; a: number }) {
  const { largest, share, scenario } = regret.value;
  const found = heldShares.value;
  const where = scenario[a]!;
  return (
    <tr class={a === current.value ? "current" : ""}>
      <th scope="row">
        <Named slot={slot} alternative={a} />
      </th>
      <td title={found ? exact(found.byProbability[a]) : undefined}>{found ? percent(found.byProbability[a]) : "–"}</td>
      <td>{found ? percent(found.byCount[a]) : "–"}</td>
      <td title={exact(largest[a])}>{number(largest[a])}</td>
      <td>{percent(share[a], 0)}</td>
      <td class="words">{where < 0 || largest[a] === 0 ? "–" : told(futuresNow.value.titles[where])}</td>
    </tr>
  );
}
