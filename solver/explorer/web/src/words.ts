// Every sentence of the page in both languages. A key that lacks one does not compile.

import { lang } from "./state.ts";
import type { Lang, Text } from "./payload.ts";
import { shell } from "./words/shell.ts";
import { axes } from "./words/axes.ts";
import { explore } from "./words/explore.ts";
import { map } from "./words/map.ts";
import { views } from "./words/views.ts";
import { robustness } from "./words/robustness.ts";
import { live } from "./words/live.ts";
import { out } from "./words/out.ts";

const WORDS = { ...shell, ...axes, ...explore, ...map, ...views, ...robustness, ...live, ...out };

export type Word = keyof typeof WORDS;

/** A sentence in the language of the page, with values in place of {name}. */
export function say(key: Word, values: Record<string, string | number> = {}): string {
  const text = WORDS[key][lang.value === "zh" ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A text of the data; in the other language where it lacks one. */
export function told(text: Text | undefined, wanted: Lang = lang.value): string {
  return text?.[wanted] ?? text?.en ?? text?.zh ?? "";
}

/** Items in one sentence. */
export function listed(items: string[]): string {
  return items.join(lang.value === "zh" ? "、" : ", ");
}
