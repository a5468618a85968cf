// What is known about an alternative: its label and how far it may be from the best.

import { percent } from "../format.ts";
import { model } from "../state.ts";
import { say, type Word } from "../words.ts";

export function Label({ alternative }: { alternative: number }) {
  return <LabelNamed name={model.value.labels[model.value.label[alternative]!]!} />;
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
