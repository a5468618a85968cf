// One alternative in figures. It listens to what concerns it alone: a pointer that passes draws two rows, not all.

import { useComputed } from "@preact/signals";
import { exact, number, percent } from "../format.ts";
import { current, hovered, model, selected, shortlist, SLOTS, slots, toggleShortlist } from "../state.ts";
import { say } from "../words.ts";
import { labelClass, labelWord, originWord } from "./tableRows.ts";

export function TableRow({ alternative: a, row }: { alternative: number; row: number }) {
  const over = useComputed(() => hovered.value === a).value;
  const now = useComputed(() => current.value === a).value;
  const inside = useComputed(() => selected.value[a] === 1).value;
  const chosen = useComputed(() => shortlist.value.includes(a)).value;
  const letters = useComputed(() => SLOTS.filter((_, k) => slots.value[k] === a).join(" ")).value;
  const m = model.value;
  const id = m.ids[a]!;
  const kinds = [now && "now", over && "over", !inside && "outside"].filter(Boolean).join(" ");
  const farthest = m.verified[a]!;
  return (
    <tr
      class={kinds}
      aria-rowindex={row}
      aria-current={now ? "true" : undefined}
      onClick={() => (current.value = a)}
      onPointerEnter={() => (hovered.value = a)}
      onPointerLeave={() => (hovered.value = -1)}
    >
      <td class="star">
        <button
          type="button"
          tabIndex={now ? 0 : -1}
          aria-pressed={chosen}
          aria-label={say(chosen ? "table.take off" : "table.put on", { id })}
          onClick={(event) => {
            event.stopPropagation();
            toggleShortlist(a);
          }}
        >
          {chosen ? "★" : "☆"}
        </button>
      </td>
      <th scope="row">
        {a >= m.given && (
          <span title={say("scatter.live")} aria-label={say("scatter.live")} role="img">
            ✦{" "}
          </span>
        )}
        <span class={`label lone ${labelClass(m, a)}`} title={labelWord(m, a)} aria-hidden="true" />
        {id}
        {letters && <b class={`slot slot-${letters[0]!.toLowerCase()}`}>{letters}</b>}
      </th>
      {m.values.map((column, k) => (
        <td key={k} title={exact(column[a])}>
          {number(column[a])}
        </td>
      ))}
      <td class="text">
        <span class={`label ${labelClass(m, a)}`}>{labelWord(m, a)}</span>
      </td>
      <td title={Number.isFinite(farthest) ? say("table.verified", { share: percent(farthest) }) : say("table.not verified")}>
        {percent(m.distance[a])}
      </td>
      <td class="text">{originWord(m.origin[a]!)}</td>
    </tr>
  );
}
