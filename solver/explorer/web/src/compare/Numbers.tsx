// Objectives of the alternatives side by side: value, place in the front, best, and change against the first.

import { type Standing, standings } from "../calc/differences.ts";
import { change, exact, number, percent } from "../format.ts";
import { model } from "../state.ts";
import { say, told } from "../words.ts";
import { type Filled, filled } from "./pair.ts";
import { Proven } from "./Proven.tsx";

export function Numbers() {
  const among = filled.value;
  const m = model.value;
  const rows = standings(m, among.map((f) => f.alternative));
  const first = among[0]!;
  return (
    <section class="card" aria-labelledby="compare-numbers">
      <header>
        <h2 id="compare-numbers">{say("compare.numbers")}</h2>
      </header>
      <div class="scrolled" tabIndex={0} role="region" aria-label={say("compare.table")}>
        <table class="standings">
          <thead>
            <tr>
              <th scope="col">{say("compare.objective")}</th>
              {among.map((f) => (
                <th key={f.slot} scope="col">
                  <Letter of={f} /> {say("shell.alternative", { id: m.ids[f.alternative]! })}
                </th>
              ))}
              {among.slice(1).map((f) => (
                <th key={f.slot} scope="col">
                  {say("compare.change", { from: first.letter, to: f.letter })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.objective} row={row} among={among} />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{say("compare.proof")}</th>
              {among.map((f) => (
                <td key={f.slot}>
                  <Proven alternative={f.alternative} />
                </td>
              ))}
              {among.length > 1 && <td colSpan={among.length - 1} />}
            </tr>
          </tfoot>
        </table>
      </div>
      <p class="fine">{say("compare.read", { first: first.letter })}</p>
    </section>
  );
}

function Row({ row, among }: { row: Standing; among: Filled[] }) {
  const objective = model.value.objectives[row.objective]!;
  const unit = told(objective.unit);
  const doc = told(objective.doc);
  return (
    <tr>
      <th scope="row">
        {told(objective.label)} {unit !== "1" && <span class="fine">{unit}</span>}
        {!unit && doc.includes(" × ") && (
          <span class="fine" title={doc}>
            {say("axes.sum")}
          </span>
        )}
      </th>
      {among.map((f, k) => (
        <td key={f.slot} class={row.best[k] ? "best" : undefined}>
          <span class="value" title={exact(row.values[k])}>
            <span class="tick" aria-hidden="true">
              {row.best[k] ? "✓" : ""}
            </span>
            {number(row.values[k])}
            {row.best[k] && <span class="hidden"> {say("compare.best")}</span>}
          </span>
          <Bar share={row.share[k]!} letter={f.letter} />
        </td>
      ))}
      {among.slice(1).map((f, j) => (
        <Change key={f.slot} by={row.change[j + 1]!} relative={row.relative[j + 1] ?? null} />
      ))}
    </tr>
  );
}

function Change({ by, relative }: { by: number; relative: number | null }) {
  if (by === 0) return <td class="change quiet">{say("compare.alike")}</td>;
  const sign = by > 0 ? "+" : "−";
  return (
    <td class={`change ${by < 0 ? "better" : "worse"}`}>
      <span aria-hidden="true">{by < 0 ? "▼ " : "▲ "}</span>
      {change(by)}
      {relative !== null && <span class="part"> {sign + percent(Math.abs(relative))}</span>}
      <span class="hidden"> {say(by < 0 ? "compare.better" : "compare.worse")}</span>
    </td>
  );
}

/** Length says it; the colour only repeats the letter of the column. */
function Bar({ share, letter }: { share: number; letter: string }) {
  return (
    <span class="gauge" title={say("compare.bar", { share: percent(share) })}>
      <span class={`fill letter-${letter.toLowerCase()}`} style={{ width: `${100 * Math.max(0, Math.min(1, share))}%` }} />
    </span>
  );
}

export function Letter({ of }: { of: Filled }) {
  return <span class={`letter letter-${of.letter.toLowerCase()}`}>{of.letter}</span>;
}
