// How far the front can be trusted, and what it rests on.

import { Distances } from "../about/Distances.tsx";
import { Objectives } from "../about/Objectives.tsx";
import { Made, Reading, Sources } from "../about/Sources.tsx";
import { WholeFront } from "../about/WholeFront.tsx";
import { model } from "../state.ts";
import { say, told } from "../words.ts";

export function About() {
  const { about } = model.value;
  return (
    <>
      {about.withheld.length > 0 && (
        <section class="card warned" aria-labelledby="about-withheld">
          <h2 id="about-withheld">{say("about.withheld")}</h2>
          <p>{say("about.withheld why")}</p>
          <ul>
            {about.withheld.map((text, k) => (
              <li key={k}>{told(text)}</li>
            ))}
          </ul>
        </section>
      )}
      {about.synthetic && (
        <section class="card warned" aria-labelledby="about-invented">
          <h2 id="about-invented">{say("about.invented title")}</h2>
          <p>{say("about.invented")}</p>
        </section>
      )}
      <div class="two even">
        <WholeFront />
        <Distances />
      </div>
      <Objectives />
      <div class="two even">
        <Made />
        <Reading />
      </div>
      <Sources />
    </>
  );
}
