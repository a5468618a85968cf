// How many things of each kind are chosen always, nearly always, in more than half, or in fewer.

import { type Level, LEVELS } from "../calc/frequency.ts";
import { KindSwatch } from "../map/Swatch.tsx";
import { number, whole } from "../format.ts";
import { say, told } from "../words.ts";
import { type Tally, tallies } from "./ranked.ts";

export function Levels() {
  return (
    <section class="card levels" aria-labelledby="noregret-levels">
      <header>
        <h2 id="noregret-levels">{say("noregret.levels")}</h2>
      </header>
      <div class="scrolled" tabIndex={0} role="region" aria-label={say("noregret.levels table")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say("noregret.kind")}</th>
              {LEVELS.map((level) => (
                <th key={level} scope="col">
                  {say(`noregret.level.${level}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {tallies.value.map((t) => (
              <tr key={`${t.layer.name} ${t.kind}`}>
                <th scope="row">
                  <KindSwatch kind={t.layer.kinds[t.kind]!} on={t.layer.shapes.kind} /> {t.layer.classes ? "→ " : ""}
                  {told(t.layer.kinds[t.kind]!.label)}
                </th>
                {LEVELS.map((level) => (
                  <Cell key={level} of={t} level={level} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Cell({ of, level }: { of: Tally; level: Level }) {
  if (!of.count[level]) return <td class="quiet">–</td>;
  const area = of.area[level];
  return (
    <td>
      {whole(of.count[level])}
      {area > 0 && <span class="fine hectares">{say("noregret.ha", { ha: number(area / 1e4, 3) })}</span>}
    </td>
  );
}
