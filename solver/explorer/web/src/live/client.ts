// New solves: what is asked, what becomes of it, and the alternatives that come of it. What the server keeps outlives the
// page, and the page outlives the server: each finds the other's state again.

import { batch, signal } from "@preact/signals";
import { added } from "../model.ts";
import { remember } from "../out/session.ts";
import type { Addition, Text } from "../payload.ts";
import { current, model } from "../state.ts";
import { ask, events, type Info, type Job, Refused, type Wish } from "./server.ts";

/** Whether new solves can be asked for. */
export const connected = signal(false);

/** Seconds until the page tries again; 0 while the server answers. */
export const lost = signal(0);

/** Why trying again is of no use. */
export const over = signal<"" | "stale" | "other front">("");

/** In the order they were asked. */
export const jobs = signal<readonly Job[]>([]);

/** Why the last wish was refused. */
export const faults = signal<readonly Text[]>([]);

export const seconds = signal(60);
export const gap = signal(0.01);
export const ends = signal<{ seconds: [number, number]; gap: [number, number] }>({ seconds: [1, 3600], gap: [0, 0.5] });

/** Spoken to those who do not see the list. */
export const news = signal<{ word: "new" | "known" | "failed"; id: string } | null>(null);

const LONGEST = 10;
/** Jobs that are listened to. */
const followed = new Set<string>();
let token = "";
let wake: (() => void) | null = null;

export async function startLive(given: string): Promise<void> {
  token = given;
  connected.value = token !== "";
  if (!connected.value) return;
  try {
    await refresh(3_000);
  } catch (error) {
    if (!hopeless(error)) void again();
  }
}

/** Take over what the server knows; alternatives that the page lacks are fetched. */
async function refresh(patience = 10_000): Promise<void> {
  const info = (await ask(token, "GET", "api/info", undefined, patience)) as Info;
  if (info.digest !== model.value.about.digest) {
    over.value = "other front";
    return;
  }
  if (!jobs.value.length && !followed.size && lost.value === 0) {
    seconds.value = info.defaults.seconds;
    gap.value = info.defaults.gap;
  }
  ends.value = { seconds: info.options.seconds, gap: info.options.gap };
  batch(() => {
    jobs.value = info.jobs;
    lost.value = 0;
  });
  for (const job of info.jobs) {
    if (job.state === "done" && job.added && job.alternative && !model.value.at.has(job.alternative)) {
      const whole = (await ask(token, "GET", `api/jobs/${encodeURIComponent(job.id)}`)) as { addition: Addition | null };
      if (whole.addition) await take(whole.addition);
    }
    if (open(job)) void follow(job.id);
  }
}

export const open = (job: Job): boolean => job.state === "waiting" || job.state === "running";

/** Ask for a plan; true where the server took the wish. */
export async function submit(wish: Wish): Promise<boolean> {
  faults.value = [];
  try {
    const job = (await ask(token, "POST", "api/jobs", wish)) as Job;
    put(job);
    void follow(job.id);
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status !== 403) faults.value = error.faults;
    else if (!hopeless(error)) void again();
    return false;
  }
}

/** Cancel a job, or remove one that is over from the list. */
export async function drop(job: Job): Promise<void> {
  try {
    await ask(token, "DELETE", `api/jobs/${encodeURIComponent(job.id)}`);
  } catch (error) {
    if (!(error instanceof Refused && error.status === 404)) {
      if (!hopeless(error)) void again();
      return;
    }
  }
  // one that was cancelled says so itself
  if (!open(job)) jobs.value = jobs.value.filter((other) => other.id !== job.id);
}

/** What the server has at a path. */
export const fromServer = (path: string, patience?: number): Promise<unknown> => ask(token, "GET", path, undefined, patience);

/** Try to reach the server at once. */
export function retry(): void {
  wake?.();
}

function put(job: Job): void {
  const at = jobs.value.findIndex((other) => other.id === job.id);
  jobs.value = at < 0 ? [...jobs.value, job] : jobs.value.map((other, k) => (k === at ? job : other));
}

/** Listen to a job until it is over, whatever happens to the connection in between. */
async function follow(id: string): Promise<void> {
  if (followed.has(id)) return;
  followed.add(id);
  let last = 0;
  try {
    while (!over.value) {
      try {
        for await (const [number, told] of events(token, id, last)) {
          last = number;
          const job = jobs.value.find((other) => other.id === id);
          if (told.event === "progress") {
            if (job) put({ ...job, state: "running", progress: told.data });
          } else if (told.event === "alternative") {
            await take(told.data.addition);
          } else {
            put(told.data);
            finished(told.data);
            return;
          }
        }
        // the server closed the stream without an end: it is going down
        throw new Error("closed");
      } catch (error) {
        if (error instanceof Refused && error.status === 404) {
          jobs.value = jobs.value.filter((other) => other.id !== id);
          return;
        }
        if (hopeless(error)) return;
        followed.delete(id);
        void again();
        return;
      }
    }
  } finally {
    followed.delete(id);
  }
}

function finished(job: Job): void {
  if (job.state === "failed") news.value = { word: "failed", id: job.id };
  if (job.state !== "done" || !job.alternative) return;
  const at = model.value.at.get(job.alternative);
  if (at !== undefined) current.value = at;
  news.value = { word: job.added ? "new" : "known", id: job.alternative };
}

/** Try again and again, each time a little later. */
let trying = false;
async function again(): Promise<void> {
  if (trying) return;
  trying = true;
  try {
    for (let pause = 1; !over.value; pause = Math.min(LONGEST, pause * 2)) {
      for (let left = pause; left > 0; left--) {
        lost.value = left;
        const woken = await new Promise<boolean>((resolve) => {
          wake = () => resolve(true);
          setTimeout(() => resolve(false), 1000);
        });
        if (woken) break;
      }
      try {
        await refresh();
        return;
      } catch (error) {
        if (hopeless(error)) return;
      }
    }
  } finally {
    wake = null;
    trying = false;
    if (over.value) lost.value = 0;
  }
}

/** Another server listens there now, or this one was started again: its token is another one. */
function hopeless(error: unknown): boolean {
  if (error instanceof Refused && error.status === 403) {
    over.value = "stale";
    lost.value = 0;
    return true;
  }
  return false;
}

/** One addition after another: each is added to the model that the last one left. */
let taken: Promise<void> = Promise.resolve();
function take(addition: Addition): Promise<void> {
  taken = taken.then(async () => {
    // a copy of the page, or what was here before it was loaded again, may have it already
    if (model.value.at.has(addition.id)) return;
    model.value = await added(model.value, addition);
    remember(addition);
  });
  return taken;
}
