// What is known about an alternative: its label and how far it may be from the best.

import { percent } from "../format.ts";
import { model } from "../state.ts";
import { say, type Word } from "../words.ts";

/** "within gap", and by how much another plan may be better at most. */
export function Label({ alternative, distance = false }: { alternative: number; distance?: boolean }) {
  const m = model.value;
  const far = m.distance[alternative]!;
  const share = percent(far);
  return (
    <>
      <LabelNamed name={m.labels[m.label[alternative]!]!} />
      {distance && far > 0 && (
        <span class="off" title={say("label.off why", { share })}>
          {say("label.off", { share })}
        </span>
      )}
    </>
  );
}

export function LabelNamed({ name }: { name: string }) {
  return <span class={`label ${name.replace(" ", "-")}`}>{say(`label.${name}` as Word)}</span>;
}

export function Proven({ alternative }: { alternative: number }) {
  const { distance, verified } = model.value;
  const [trusting, own] = [distance[alternative]!, verified[alternative]!];
  const text = !Number.isFinite(trusting)
    ? say("compare.no bound")
    : trusting > 0
      ? say("compare.distance", { share: percent(trusting) })
      : say("compare.distance none");
  return (
    <>
      <Label alternative={alternative} />
      <p class="fine">{text}</p>
      {Number.isFinite(own) && <p class="fine">{say("compare.verified", { share: percent(own) })}</p>}
    </>
  );
}
