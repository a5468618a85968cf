// What a reader has added to the page, as it is kept in a copy of it: shortlist, notes, view, and alternatives found live.

import { signal } from "@preact/signals";
import { read, written } from "../hash.ts";
import { added } from "../model.ts";
import type { Addition } from "../payload.ts";
import { lang, model, notes, shortlist } from "../state.ts";

interface Session {
  shortlist?: string[];
  notes?: Record<string, string>;
  /** What would stand behind the #. */
  view?: string;
  additions?: Addition[];
}

/** Alternatives found live, as they came. */
const additions = signal<readonly Addition[]>([]);

/** Keeps an alternative for copies of the page; one that came before takes its place. */
export function remember(addition: Addition): void {
  additions.value = [...additions.value.filter((a) => a.id !== addition.id), addition];
}

export function sessionNow(): Session {
  const m = model.value;
  const kept = Object.entries(notes.value).filter(([, text]) => text.trim());
  return {
    shortlist: shortlist.value.map((a) => m.ids[a]!),
    notes: Object.fromEntries(kept),
    view: written(),
    additions: [...additions.value],
  };
}

/** Takes over what stands in the page; what a hand has broken is left out. */
export async function readSession(given: unknown): Promise<void> {
  const told = (given && typeof given === "object" ? given : {}) as Session;
  for (const addition of Array.isArray(told.additions) ? told.additions : []) {
    if (model.value.at.has(addition.id)) continue;
    model.value = await added(model.value, addition);
    remember(addition);
  }
  if (told.notes && typeof told.notes === "object") {
    const texts = Object.entries(told.notes).filter((entry): entry is [string, string] => typeof entry[1] === "string");
    notes.value = Object.fromEntries(texts);
  }
  if (typeof told.view === "string" && told.view) read(told.view);
  if (Array.isArray(told.shortlist))
    shortlist.value = told.shortlist.flatMap((id) => model.value.at.get(String(id)) ?? []);
}

// As the file came, before anything is drawn: the copy is made of these and of nothing that a browser or its
// extensions have put in since.
const script = document.currentScript?.textContent ?? "";
const shell = document.getElementById("app")?.innerHTML ?? "";
const head = Array.from(document.head.children).filter((e) => /^(meta|link|title|style)$/i.test(e.tagName));

const LINE = "\u2028\u2029";

/** JSON that may stand inside a script element, whatever the texts in it say. */
function embedded(value: unknown): string {
  return JSON.stringify(value).replace(new RegExp(`[<>&${LINE}]`, "g"), (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The same file with the session in it. It may connect to nothing, and knows no token. */
export function copyOfPage(): string {
  const lines = head.map((element) => {
    const clone = element.cloneNode(true) as Element;
    const policy = clone.getAttribute("content");
    if (clone.getAttribute("http-equiv") === "Content-Security-Policy" && policy)
      clone.setAttribute("content", policy.replace(/connect-src [^;]*/, "connect-src 'none'"));
    return clone.outerHTML;
  });
  const data = (id: string, text: string) => `<script type="application/json" id="${id}">${text}</script>`;
  return [
    "<!doctype html>",
    `<html lang="${lang.value === "zh" ? "zh-Hans" : "en"}">`,
    "<head>",
    ...lines,
    "</head>",
    "<body>",
    `<div id="app">${shell}</div>`,
    data("payload", document.getElementById("payload")!.textContent!),
    data("session", embedded(sessionNow())),
    data("live", "{}"),
    `<script>${script}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}
