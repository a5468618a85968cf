// Slow counts that wait until nothing else has to be done, in pieces that nobody notices.

/** Work in steps: each `yield` is a place where it may stop for a while. */
export type Work = Generator<void, void, void>;

const PIECE = 10; // milliseconds

/** Starts the work soon, or with a first piece at once; the function given back stops it. */
export function whenIdle(work: () => Work, wait = 30): () => void {
  let running: Work | null = null;
  let timer = 0;
  function next(): void {
    running ??= work();
    const end = performance.now() + PIECE;
    while (performance.now() < end) if (running.next().done) return;
    timer = window.setTimeout(next, 0);
  }
  if (wait) timer = window.setTimeout(next, wait);
  else next();
  return () => clearTimeout(timer);
}
