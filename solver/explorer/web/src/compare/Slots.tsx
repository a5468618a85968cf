// What stands in the slots, and what is offered while they are empty.

import { useState } from "preact/hooks";
import { current, model, selection, setSlot, shortlist, SLOTS, slots } from "../state.ts";
import { say, told } from "../words.ts";

/** More than these in one list help nobody; others are typed. */
const LISTED = 300;

const nameOf = (a: number): string => say("shell.alternative", { id: model.value.ids[a]! });

/** Alternatives worth a comparison, with the reason, best first; never `but`. */
function offers(but: readonly number[]): { at: number; title: string }[] {
  const m = model.value;
  const suggested = m.suggestions.map((s) => ({ at: s.at, title: told(s.title) }));
  return [...suggested, ...extremes()].filter(({ at }, k, all) => !but.includes(at) && all.findIndex((o) => o.at === at) === k);
}

function extremes(): { at: number; title: string }[] {
  const m = model.value;
  return m.objectives.map((o, k) => ({
    at: m.values[k]!.indexOf(m.low[k]!),
    title: say("compare.offer worst", { name: told(o.label) }),
  }));
}

/** One click to something worth looking at. */
export function Offer() {
  const m = model.value;
  const held = slots.value.flatMap((a) => (a === null ? [] : [a]));
  const here = held.length ? held : [current.value];
  const found = offers(here).slice(0, 3);
  const free = slots.value.indexOf(null);
  return (
    <section class="card compare-offer" aria-labelledby="compare-offer">
      <h2 id="compare-offer">{say("compare.offer title")}</h2>
      <p>{say(held.length ? "compare.offer one" : "compare.offer")}</p>
      <p class="offers">
        {found.map(({ at, title }) => (
          <button
            key={at}
            type="button"
            onClick={() => {
              if (!held.length) slots.value = [here[0]!, at, null];
              else setSlot(free, at);
            }}
          >
            {held.length
              ? say("compare.offer add", { b: m.ids[at]!, title })
              : say("compare.offer click", { a: m.ids[here[0]!]!, b: m.ids[at]!, title })}
          </button>
        ))}
      </p>
    </section>
  );
}

export function SlotPicker({ slot }: { slot: number }) {
  const letter = SLOTS[slot]!;
  const held = slots.value[slot] ?? null;
  const m = model.value;
  const [missing, setMissing] = useState("");
  const chosen = selection.value;
  const listed = Array.from(chosen.length > LISTED ? chosen.subarray(0, LISTED) : chosen);
  const groups: [string, { at: number; title: string }[]][] = [
    [say("compare.group current"), [{ at: current.value, title: "" }]],
    [say("compare.group suggested"), m.suggestions.map((s) => ({ at: s.at, title: told(s.title) }))],
    [say("compare.group shortlist"), shortlist.value.map((at) => ({ at, title: "" }))],
    [say("compare.group best"), extremes()],
    [
      chosen.length > LISTED ? say("compare.group more", { n: LISTED, all: chosen.length }) : say("compare.group selection"),
      listed.map((at) => ({ at, title: "" })),
    ],
  ];
  const known = new Set<number>();
  // one entry for each alternative, in the first group that has it, so that the value of the list is never in doubt
  const shown = groups.map(([title, members]) => [title, members.filter(({ at }) => !known.has(at) && known.add(at))] as const);
  return (
    <div class="slotpicker">
      <span class={`letter letter-${letter.toLowerCase()}`} aria-hidden="true">
        {letter}
      </span>
      <select
        aria-label={say("compare.choose", { slot: letter })}
        value={held === null ? "" : String(held)}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setSlot(slot, value === "" ? null : Number(value));
        }}
      >
        <option value="">{say("compare.empty")}</option>
        {held !== null && !known.has(held) && <option value={held}>{nameOf(held)}</option>}
        {shown.map(
          ([title, members]) =>
            members.length > 0 && (
              <optgroup key={title} label={title}>
                {members.map(({ at, title: why }) => (
                  <option key={at} value={at}>
                    {nameOf(at) + (why && ` · ${why}`)}
                  </option>
                ))}
              </optgroup>
            ),
        )}
      </select>
      {m.count > listed.length && (
        <input
          type="text"
          size={6}
          aria-label={say("compare.typed", { slot: letter })}
          placeholder={say("compare.typed hint")}
          onChange={(event) => {
            const id = event.currentTarget.value.trim();
            const at = m.at.get(id);
            setMissing(id && at === undefined ? id : "");
            if (at !== undefined) setSlot(slot, at);
            if (at !== undefined) event.currentTarget.value = "";
          }}
        />
      )}
      {missing && <span role="alert">{say("compare.unknown", { id: missing })}</span>}
    </div>
  );
}
