// What is known about the front as a whole, in one line that stands above every view.

import { percent, whole } from "../format.ts";
import { model } from "../state.ts";
import { say, type Word } from "../words.ts";

export function Standing() {
  const { labels, label, count, proof } = model.value;
  const counts = new Array<number>(labels.length).fill(0);
  for (const k of label) counts[k]!++;
  return (
    <p class="standing">
      <span>{say("standing.count", { n: whole(count) })}</span>
      {labels.map(
        (name, k) =>
          counts[k]! > 0 && (
            <span key={name} class={`label ${name.replace(" ", "-")}`}>
              {whole(counts[k]!)} {say(`label.${name}` as Word)}
            </span>
          ),
      )}
      <span>
        {proof.complete
          ? say("standing.complete")
          : proof.epsilon === null
            ? say("standing.open")
            : say("standing.missed", { share: percent(proof.epsilon) })}
      </span>
    </p>
  );
}
