// An alternative by the letter of its slot and its number; making it current by a click.

import { labelClass, labelWord } from "../explore/tableRows.ts";
import { current, model } from "../state.ts";
import { say } from "../words.ts";

export function Named({ slot, alternative }: { slot: string; alternative: number }) {
  const id = model.value.ids[alternative]!;
  return (
    <button
      type="button"
      class={`named ${slot ? `slot-${slot.toLowerCase()}` : ""}`}
      aria-current={alternative === current.value ? "true" : undefined}
      aria-label={`${slot} ${say("shell.alternative", { id })}, ${labelWord(model.value, alternative)}`.trim()}
      onClick={() => (current.value = alternative)}
    >
      <span class={`label lone ${labelClass(model.value, alternative)}`} title={labelWord(model.value, alternative)} aria-hidden="true" />
      {slot && <b>{slot}</b>} {id}
      {alternative === current.value && <span class="fine"> {say("robust.current")}</span>}
    </button>
  );
}
