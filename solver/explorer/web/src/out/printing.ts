// Whether the page is about to be printed: then tables show more than fits on the screen.

import { signal } from "@preact/signals";

export const printing = signal(false);

/** Rows that a long table has on paper. */
export const ON_PAPER = 200;

addEventListener("beforeprint", () => (printing.value = true));
addEventListener("afterprint", () => (printing.value = false));
