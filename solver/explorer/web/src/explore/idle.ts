// Slow counts that wait until nothing else has to be done, in pieces that nobody notices.

/** Work in steps: each `yield` is a place where it may stop for a while. */
export type Work = Generator<void, void, void>;

const PIECE = 10; // milliseconds

/** Starts the work soon; the function given back stops it. */
export function whenIdle(work: () => Work): () => void {
  let running: Work | null = null;
  let timer = setTimeout(next, 30);
  function next(): void {
    running ??= work();
    const end = performance.now() + PIECE;
    while (performance.now() < end) if (running.next().done) return;
    timer = setTimeout(next, 0);
  }
  return () => clearTimeout(timer);
}
