// The shortlist: key values, a note on each, a note on the whole, and the way into the comparison.

import { number } from "../format.ts";
import { current, model, notes, setSlot, shortlist, SLOTS, slots, toggleShortlist } from "../state.ts";
import { say, told, type Word } from "../words.ts";

function note(id: string, text: string): void {
  notes.value = { ...notes.value, [id]: text };
}

function move(at: number, by: number): void {
  const next = [...shortlist.value];
  const [taken] = next.splice(at, 1);
  next.splice(at + by, 0, taken!);
  shortlist.value = next;
}

export function Shortlist() {
  const m = model.value;
  const listed = shortlist.value;
  // notes outlive a place on the shortlist, and are shown where they can be taken away
  const others = Object.keys(notes.value).filter((id) => {
    const at = m.at.get(id);
    return at !== undefined && notes.value[id]!.trim() && !listed.includes(at);
  });
  return (
    <>
      <label class="note">
        {say("out.page note")}
        <textarea rows={2} value={notes.value[""] ?? ""} onInput={(e) => note("", e.currentTarget.value)} />
      </label>
      {!listed.length && <p class="quiet">{say("out.shortlist empty")}</p>}
      {!listed.includes(current.value) && (
        <p>
          <button type="button" onClick={() => toggleShortlist(current.value)}>
            {say("out.add", { id: m.ids[current.value]! })}
          </button>
        </p>
      )}
      <ol class="shortlist" aria-label={say("out.shortlist")}>
        {listed.map((a, k) => (
          <Entry key={m.ids[a]!} alternative={a} at={k} of={listed.length} />
        ))}
      </ol>
      {others.length > 0 && (
        <>
          <h3>{say("out.other notes")}</h3>
          <ul class="shortlist">
            {others.map((id) => (
              <li key={id}>
                <label class="note">
                  {say("out.note on", { id })}
                  <textarea rows={2} value={notes.value[id]} onInput={(e) => note(id, e.currentTarget.value)} />
                </label>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Entry({ alternative: a, at, of }: { alternative: number; at: number; of: number }) {
  const m = model.value;
  const id = m.ids[a]!;
  const label = m.labels[m.label[a]!]!;
  return (
    <li>
      <div class="head">
        <h3>{say("shell.alternative", { id })}</h3>
        <span class={`label ${label.replace(" ", "-")}`}>{say(`label.${label}` as Word)}</span>
        <div role="group" aria-label={say("out.actions", { id })}>
          {SLOTS.map((slot, k) => (
            <button
              key={slot}
              type="button"
              aria-pressed={slots.value[k] === a}
              aria-label={say("out.slot", { slot, id })}
              onClick={() => setSlot(k, slots.value[k] === a ? null : a)}
            >
              {slot}
            </button>
          ))}
          <button type="button" disabled={at === 0} aria-label={say("out.up", { id })} onClick={() => move(at, -1)}>
            ↑
          </button>
          <button type="button" disabled={at === of - 1} aria-label={say("out.down", { id })} onClick={() => move(at, 1)}>
            ↓
          </button>
          <button type="button" aria-pressed={current.value === a} onClick={() => (current.value = a)}>
            {say("out.look")}
          </button>
          <button type="button" aria-label={say("out.remove id", { id })} onClick={() => toggleShortlist(a)}>
            {say("out.remove")}
          </button>
        </div>
      </div>
      <dl>
        {m.objectives.map((o, k) => (
          <div key={o.name}>
            <dt>{told(o.label) || o.name}</dt>
            <dd>
              {number(m.values[k]![a]!)} {told(o.unit) === "1" ? "" : told(o.unit)}
            </dd>
          </div>
        ))}
      </dl>
      <label class="note">
        {say("out.note on", { id })}
        <textarea rows={2} value={notes.value[id] ?? ""} onInput={(e) => note(id, e.currentTarget.value)} />
      </label>
    </li>
  );
}
