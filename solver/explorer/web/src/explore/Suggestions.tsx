// A few alternatives to look at first: of the whole front as they came with the page, and of what the limits leave.

import { useSignal, useSignalEffect } from "@preact/signals";
import { whole } from "../format.ts";
import { current, dragging, goals, hovered, limited, model, settled } from "../state.ts";
import { say, told } from "../words.ts";
import { whenIdle } from "./idle.ts";
import { nearest, type Suggested, suggestedAmong } from "./suggested.ts";

export function Suggestions() {
  const some = useSignal<Suggested[] | null>(null);
  const goal = useSignal<Suggested[]>([]);
  /** Whether those of the whole front are shown although limits are set. */
  const wide = useSignal(false);
  useSignalEffect(() => {
    // a card that grows while somebody drags would move what is being dragged
    if (dragging.value) return;
    const [m, wished, positions, narrowed] = [model.value, goals.value, settled.value, limited.value];
    return whenIdle(function* () {
      // goals that are still those of the study have been answered in the page as it came
      const answered = m.suggestions.some((s) => s.kind === "goals") && wished.every((g, k) => g === m.objectives[k]!.goal);
      const all = Uint32Array.from({ length: m.given }, (_, k) => k);
      goal.value = answered ? [] : nearest(m, wished, all);
      yield;
      if (narrowed || m.count > m.given) yield* suggestedAmong(m, wished, positions, (found) => (some.value = found));
      else some.value = null;
    });
  });
  const m = model.value;
  const asked = goals.value.some((g) => g !== null);
  const given = m.suggestions
    .filter((s) => s.kind !== "goals" || (asked && !goal.value.length))
    .map((s): Suggested => ({ kind: s.kind, at: s.at, title: () => told(s.title), reason: () => told(s.reason) }));
  const narrow = some.value !== null && !wide.value;
  return (
    <section class="card suggestions" aria-label={say("suggestion.heading")}>
      <header>
        <h2>{say("suggestion.heading")}</h2>
        <div role="group" class="switch" aria-label={say("suggestion.scope")}>
          <button type="button" aria-pressed={!narrow} onClick={() => (wide.value = true)}>
            {say("suggestion.of all", { n: whole(m.given) })}
          </button>
          <button type="button" aria-pressed={narrow} disabled={some.value === null} onClick={() => (wide.value = false)}>
            {some.value === null
              ? say("suggestion.of limits")
              : say(limited.value ? "suggestion.of selection" : "suggestion.with live", { n: whole(settled.value.length) })}
          </button>
        </div>
      </header>
      <List found={narrow ? some.value! : [...given, ...goal.value]} hint={!asked} />
    </section>
  );
}

function List({ found, hint }: { found: Suggested[]; hint: boolean }) {
  const m = model.value;
  if (!found.length) return <p class="quiet">{say("suggestion.none")}</p>;
  return (
    <ul>
      {found.map(({ kind, at, title, reason }) => (
        <li key={kind}>
          <button
            type="button"
            aria-current={current.value === at ? "true" : undefined}
            onClick={() => (current.value = at)}
            onPointerEnter={() => (hovered.value = at)}
            onPointerLeave={() => (hovered.value = -1)}
          >
            <span class="title">
              {title()} <b>{m.ids[at]}</b>
            </span>
            <span class="reason">{reason()}</span>
          </button>
        </li>
      ))}
      {hint && (
        <li class="ghost">
          <b>{say("suggestion.goals")}</b>
          <span class="reason">{say("suggestion.no goals")}</span>
        </li>
      )}
    </ul>
  );
}
