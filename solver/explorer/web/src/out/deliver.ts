// Hands a file to the reader, and keeps the page alive while one is made.

import { signal } from "@preact/signals";

/** What happened last, in words. */
export const news = signal("");

/** Whether the page stands in a closed-off frame, such as a notebook's, that may refuse downloads without a sign. */
export const framed = ((): boolean => {
  try {
    return window !== window.top;
  } catch {
    return true;
  }
})();

export function deliver(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  // the browser reads the content after the click
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Texts for tables carry a mark by which Excel knows that they are UTF-8. */
export function textFile(text: string, kind: string, mark = false): Blob {
  return new Blob([mark ? "\ufeff" : "", text], { type: `${kind};charset=utf-8` });
}

/** Lets the browser draw and answer, if it has not for a while. */
export function breather(pause = 30): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < pause) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  };
}

/** After the next picture on the screen. */
export function drawn(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
