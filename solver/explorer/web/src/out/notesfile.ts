// Shortlist and notes as a small file, to be passed on and taken into another copy of the page.

import { batch } from "@preact/signals";
import { model, notes, shortlist } from "../state.ts";
import { listed, say } from "../words.ts";
import { sessionNow } from "./session.ts";

const SCHEMA = "refugia-notes/1";

export function notesFile(): string {
  const { shortlist: ids, notes: texts } = sessionNow();
  const { digest, name } = model.value.about;
  return `${JSON.stringify({ schema: SCHEMA, front: name, digest, saved: new Date().toISOString(), shortlist: ids, notes: texts }, null, 2)}\n`;
}

/** Adds what the file says to what is here; tells in words what was taken and what could not be. */
export function takeNotes(text: string): string {
  let told: Record<string, unknown>;
  try {
    told = JSON.parse(text.replace(/^\ufeff/, "")) as Record<string, unknown>;
  } catch {
    return say("out.notes no json");
  }
  if (!told || typeof told !== "object" || told["schema"] !== SCHEMA) return say("out.notes other", { schema: SCHEMA });
  const m = model.value;
  const faults: string[] = [];
  const ids = Array.isArray(told["shortlist"]) ? (told["shortlist"] as unknown[]) : [];
  if (told["shortlist"] !== undefined && !Array.isArray(told["shortlist"])) faults.push(say("out.notes shortlist"));
  const given = told["notes"];
  const fits = given !== null && typeof given === "object" && !Array.isArray(given);
  if (given !== undefined && !fits) faults.push(say("out.notes notes"));
  const texts = Object.entries(fits ? (given as Record<string, unknown>) : {});
  const unknown = new Set<string>();
  const more = ids.flatMap((id) => {
    const at = m.at.get(String(id));
    if (at === undefined) unknown.add(String(id));
    return at === undefined ? [] : [at];
  });
  const now: Record<string, string> = { ...notes.value };
  let taken = 0;
  for (const [id, note] of texts) {
    if (typeof note !== "string") faults.push(say("out.notes no text", { id }));
    else if (id !== "" && !m.at.has(id)) unknown.add(id);
    else if (note.trim()) {
      const before = now[id] ?? "";
      // two people's notes on one plan both stay
      if (!before.includes(note)) now[id] = before.trim() && !note.includes(before) ? `${before}\n${note}` : note;
      taken++;
    }
  }
  batch(() => {
    notes.value = now;
    shortlist.value = [...new Set([...shortlist.value, ...more])];
  });
  if (unknown.size) {
    const first = [...unknown].slice(0, 5);
    faults.push(say("out.notes unknown", { count: unknown.size, ids: listed(first) + (unknown.size > first.length ? " …" : "") }));
  }
  if (told["digest"] !== undefined && told["digest"] !== m.about.digest) faults.push(say("out.notes front"));
  return [say("out.notes taken", { alternatives: more.length, notes: taken }), ...faults].join(" ");
}
