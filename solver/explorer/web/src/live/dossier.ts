// The dossier of an alternative: written by the server while the reader goes on, or by a command where there is none.

import { signal } from "@preact/signals";
import { deliver, textFile } from "../out/deliver.ts";
import type { Text } from "../payload.ts";
import { lang, notes } from "../state.ts";
import { fromServer } from "./client.ts";
import { Refused } from "./server.ts";

/** What is known of the dossier that is being written. */
interface Writing {
  id: string;
  stage: string;
  done: number;
  total: number;
  seconds: number;
}

export const writing = signal<Writing | null>(null);

/** Name of the file that was saved last, or why there is none. */
export const outcome = signal<{ saved: string } | { faults: readonly Text[] } | null>(null);

const LONGEST = 15 * 60_000;
const PAUSE = 500;
const NOTE = 4000;

export const command = (id: string): string => `refugia dossier RUN ${id}${lang.value === "zh" ? " --lang zh" : ""}`;

/** Have it written and hand it to the reader; `quick` leaves out what is lost without each place. */
export async function write(id: string, quick: boolean): Promise<void> {
  if (writing.value) return;
  const began = performance.now();
  const elapsed = () => Math.round((performance.now() - began) / 1000);
  outcome.value = null;
  writing.value = { id, stage: "loading", done: 0, total: 0, seconds: 0 };
  let asking = false;
  const timer = setInterval(async () => {
    if (writing.value) writing.value = { ...writing.value, seconds: elapsed() };
    if (asking) return;
    asking = true;
    try {
      const told = (await fromServer("api/dossier/progress")) as Partial<Writing>;
      if (writing.value) writing.value = { ...writing.value, done: 0, total: 0, ...told, id, seconds: elapsed() };
    } catch {
      // the answer itself will tell
    } finally {
      asking = false;
    }
  }, PAUSE);
  try {
    const asked = new URLSearchParams({ id, lang: lang.value, quick: quick ? "1" : "0" });
    const note = (notes.value[id] ?? "").trim();
    if (note) asked.set("note", note.slice(0, NOTE));
    const page = (await fromServer(`api/dossier?${asked}`, LONGEST)) as string;
    const name = `alternative-${id}.html`;
    deliver(textFile(page, "text/html"), name);
    outcome.value = { saved: name };
  } catch (error) {
    outcome.value = { faults: error instanceof Refused ? error.faults : [] };
  } finally {
    clearInterval(timer);
    writing.value = null;
  }
}
