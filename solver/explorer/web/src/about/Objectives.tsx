// What each objective counts, in what range it lies and what is proven about it.

import { exact, number, percent } from "../format.ts";
import { model } from "../state.ts";
import { say, told } from "../words.ts";

export function Objectives() {
  const { objectives, futures, low } = model.value;
  const figure = (value: number | null) => <td title={exact(value)}>{number(value)}</td>;
  return (
    <section class="card" aria-labelledby="about-objectives">
      <header>
        <h2 id="about-objectives">{say("about.objectives")}</h2>
      </header>
      <div class="scrolled" tabIndex={0} role="region" aria-label={say("about.objectives table")}>
        <table class="wordy">
          <thead>
            <tr>
              <th scope="col">{say("compare.objective")}</th>
              <th scope="col">{say("about.unit")}</th>
              <th scope="col">{say("about.ideal")}</th>
              <th scope="col">{say("about.bound")}</th>
              <th scope="col">{say("about.least")}</th>
              <th scope="col">{say("about.nadir")}</th>
              <th scope="col">{say("about.over")}</th>
            </tr>
          </thead>
          <tbody>
            {objectives.map((o, k) => (
              <tr key={o.name}>
                <th scope="row">
                  {told(o.label)}
                  {told(o.doc) && <span class="fine doc">{told(o.doc)}</span>}
                  {o.measured && <span class="fine doc">{say("about.measured")}</span>}
                </th>
                <td>{told(o.unit) || (told(o.doc).includes(" × ") ? say("axes.sum") : "")}</td>
                {figure(o.ideal)}
                {figure(o.bound)}
                {figure(low[k]!)}
                {figure(o.nadir)}
                <td class="text">{say(`about.how.${o.how}`, { share: percent(1 - (futures?.alpha ?? 0), 2) })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="fine">{say("about.objectives note")}</p>
    </section>
  );
}
