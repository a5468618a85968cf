// What the server of `refugia explore --serve` can be asked. Every request carries the token in a header, which no page
// of another origin can send.

import type { Addition, Text } from "../payload.ts";

type JobState = "waiting" | "running" | "done" | "failed" | "cancelled" | "interrupted";

export interface Wish {
  limits: Record<string, [number | null, number | null]>;
  goals: Record<string, number>;
  force: Record<string, number>;
  start: string | null;
  seconds: number;
  gap: number;
}

export interface Progress {
  stage: string;
  elapsed: number;
  share?: number;
  incumbent?: number | null;
  bound?: number | null;
  gap?: number | null;
  message?: Text;
}

export interface Job {
  id: string;
  state: JobState;
  wish: Wish;
  created: string;
  sentences: Text[];
  nearest: Record<string, number> | null;
  alternative: string | null;
  added: boolean;
  gap: number | null;
  progress: Progress | null;
}

export interface Info {
  digest: string;
  jobs: Job[];
  options: { objectives: string[]; layers: string[]; seconds: [number, number]; gap: [number, number] };
  defaults: { seconds: number; gap: number };
}

export type Told =
  | { event: "progress"; data: Progress }
  | { event: "alternative"; data: { addition: Addition } }
  | { event: Exclude<JobState, "waiting" | "running">; data: Job };

/** The server said no, in words. */
export class Refused extends Error {
  readonly status: number;
  readonly faults: Text[];
  constructor(status: number, faults: Text[]) {
    super(faults.map((fault) => fault.en ?? "").join("\n") || `HTTP ${status}`);
    this.status = status;
    this.faults = faults;
  }
}

/** One request, whose answer is plain data or the text of a page; throws `Refused` where the server says no, and anything else where it does not answer. */
export async function ask(token: string, method: string, path: string, body?: unknown, patience = 10_000): Promise<unknown> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), patience);
  try {
    const response = await fetch(path, {
      method,
      headers: { "X-Token": token, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? null : JSON.stringify(body),
      cache: "no-store",
      signal: abort.signal,
    });
    if (response.status === 204) return null;
    const text = await response.text();
    const page = response.headers.get("Content-Type")?.startsWith("text/html") ?? false;
    if (response.ok) return page ? text : JSON.parse(text);
    throw new Refused(response.status, faultsOf(text));
  } finally {
    clearTimeout(timer);
  }
}

function faultsOf(text: string): Text[] {
  try {
    return (JSON.parse(text) as { faults?: Text[] }).faults ?? [];
  } catch {
    return [{ en: text.trim(), zh: text.trim() }];
  }
}

/** Seconds of silence (the server speaks every ten) after which a stream counts as lost. */
const SILENCE = 30_000;

/**
 * Events of a job behind number `after`, each with its number, until the stream ends.
 * By `fetch`, as an EventSource sends no headers.
 */
export async function* events(token: string, job: string, after: number): AsyncGenerator<[number, Told]> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), SILENCE);
  try {
    const response = await fetch(`api/jobs/${encodeURIComponent(job)}/events`, {
      headers: { "X-Token": token, "Last-Event-ID": String(after), Accept: "text/event-stream" },
      cache: "no-store",
      signal: abort.signal,
    });
    if (!response.ok || !response.body) throw new Refused(response.status, faultsOf(await response.text()));
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), SILENCE);
      text += decoder.decode(value, { stream: true });
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const told = parsed(text.slice(0, end));
        text = text.slice(end + 2);
        if (told) yield told;
      }
    }
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

function parsed(block: string): [number, Told] | null {
  const field = (name: string) =>
    block
      .split("\n")
      .filter((line) => line.startsWith(`${name}: `))
      .map((line) => line.slice(name.length + 2))
      .join("\n");
  const data = field("data");
  if (!data) return null; // a heartbeat
  return [Number(field("id")), { event: field("event"), data: JSON.parse(data) } as Told];
}
