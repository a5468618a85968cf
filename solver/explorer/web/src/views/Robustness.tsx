// How alternatives turn out in the scenarios: what may come, how often limits are met, and which futures hurt.

import { compared, model } from "../state.ts";
import { say } from "../words.ts";
import { Failing } from "../robustness/Failing.tsx";
import { Meeting } from "../robustness/Meeting.tsx";
import { Hurting } from "../robustness/Hurting.tsx";
import { Setting } from "../robustness/Setting.tsx";
import { Spread } from "../robustness/Spread.tsx";

export function Robustness() {
  if (!model.value.futures?.measures.length)
    return (
      <section class="card" aria-labelledby="robust-none">
        <header>
          <h2 id="robust-none">{say("robust.none title")}</h2>
        </header>
        <p>{say("robust.none")}</p>
      </section>
    );
  return (
    <>
      <Setting />
      <div class="two">
        <Spread />
        <Meeting />
      </div>
      <div class={compared.value.length > 1 ? "stacked" : "two"}>
        <Failing />
        <Hurting />
      </div>
    </>
  );
}
