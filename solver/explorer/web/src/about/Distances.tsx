// How many alternatives are proven, within the gap or found, and how far each may be from the best.

import { span } from "../calc/trust.ts";
import { LabelNamed } from "../compare/Proven.tsx";
import { Figure } from "../figure.tsx";
import { percent, whole } from "../format.ts";
import { current, model } from "../state.ts";
import { say, type Word } from "../words.ts";
import { alternativeAt, paintDistances, ranked } from "./distancechart.ts";

export function Distances() {
  const m = model.value;
  const { order, known } = ranked.value;
  const farthest = Array.from(order.subarray(Math.max(0, known - 5), known)).reverse();
  return (
    <section class="card" aria-labelledby="about-distances">
      <header>
        <h2 id="about-distances">{say("about.distances")}</h2>
      </header>
      {known ? (
        <>
          <Figure
            name="about-distances"
            title={() => say("about.distances chart", { n: whole(model.value.count), unknown: whole(model.value.count - ranked.value.known) })}
            paint={paintDistances}
            class="distances"
            canvas={{
              onClick: (event) => {
                const { width, height } = event.currentTarget.getBoundingClientRect();
                const found = alternativeAt(event.offsetX, { width, height });
                if (found >= 0) current.value = found;
              },
            }}
          />
          <p class="fine">
            {say("about.chart y")} {say("about.chart marks")} <span class="noprint">{say("about.chart click")}</span>
          </p>
        </>
      ) : (
        <p>{say("about.chart none")}</p>
      )}
      <Labels />
      <p class="fine">{say("about.terms")}</p>
      {farthest.length > 0 && m.distance[farthest[0]!]! > 0 && (
        <>
          <h3>{say("about.farthest")}</h3>
          <p class="buttons">
            {farthest
              .filter((a) => m.distance[a]! > 0)
              .map((a) => (
                <button key={a} type="button" aria-pressed={current.value === a} onClick={() => (current.value = a)}>
                  {say("shell.alternative", { id: m.ids[a]! })} · {percent(m.distance[a])}
                </button>
              ))}
          </p>
        </>
      )}
    </section>
  );
}

function Labels() {
  const m = model.value;
  const among: number[][] = m.labels.map(() => []);
  m.label.forEach((label, a) => among[label]!.push(a));
  const range = (values: Float64Array, members: number[]) => {
    const found = span(values, members);
    if (!found) return "–";
    const [low, high] = found.map((v) => percent(v));
    return low === high ? low : say("about.range", { low: low!, high: high! });
  };
  return (
    <div class="scrolled" tabIndex={0} role="region" aria-label={say("about.labels table")}>
      <table class="wordy">
        <thead>
          <tr>
            <th scope="col">{say("about.label")}</th>
            <th scope="col">{say("about.count")}</th>
            <th scope="col">{say("about.trusting")}</th>
            <th scope="col">{say("about.verified")}</th>
            <th scope="col">{say("about.means")}</th>
          </tr>
        </thead>
        <tbody>
          {m.labels.map((name, k) => (
            <tr key={name}>
              <th scope="row"><LabelNamed name={name} /></th>
              <td>{whole(among[k]!.length)}</td>
              <td>{range(m.distance, among[k]!)}</td>
              <td>{range(m.verified, among[k]!)}</td>
              <td class="text">{say(`about.means.${name}` as Word)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
