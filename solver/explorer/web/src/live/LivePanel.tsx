// Asking for new plans, and what has become of what was asked.

import { useState } from "preact/hooks";
import { number, percent, whole } from "../format.ts";
import { current, model } from "../state.ts";
import { listed, say, told } from "../words.ts";
import { drop, ends, faults, gap, jobs, lost, news, open, over, retry, seconds, submit } from "./client.ts";
import type { Job } from "./server.ts";
import { leftOut, parts, relax, wished } from "./wish.ts";

export function LivePanel() {
  return (
    <section class="card livepanel" aria-labelledby="live-title">
      <header>
        <h2 id="live-title">{say("live.title")}</h2>
      </header>
      <p class="fine">{say("live.intro")}</p>
      <Connection />
      <Asked />
      <Terms />
      <Refusals />
      <Answers />
      <p class="hidden" role="status">
        {news.value ? say(`live.${news.value.word} said`, { id: news.value.id }) : ""}
      </p>
    </section>
  );
}

function Connection() {
  if (over.value)
    return (
      <p class="notice" role="alert">
        {say(`live.${over.value}`)}
      </p>
    );
  if (!lost.value) return null;
  return (
    <p class="notice" role="status" aria-live="off">
      {say("live.lost", { seconds: lost.value })}{" "}
      <button type="button" onClick={retry}>
        {say("live.retry")}
      </button>
    </p>
  );
}

function Asked() {
  const asked = parts(wished());
  const without = leftOut();
  return (
    <>
      {asked.length ? (
        <ul class="asked" aria-label={say("live.wish")}>
          {asked.map((part) => (
            <li key={part.key} title={part.why}>
              {part.text}
              <button type="button" class="plain" aria-label={say("live.remove", { what: part.text })} onClick={part.remove}>
                ×
              </button>
            </li>
          ))}
        </ul>
      ) : (
        <p class="quiet">{say("live.nothing set")}</p>
      )}
      {without.length > 0 && <p class="fine">{say("live.left out", { names: listed(without) })}</p>}
    </>
  );
}

function Terms() {
  const [busy, setBusy] = useState(false);
  const find = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    await submit(wished());
    setBusy(false);
  };
  const [least, most] = ends.value.seconds;
  const [fine, rough] = ends.value.gap;
  const read = (event: Event) => (event.currentTarget as HTMLInputElement).valueAsNumber;
  return (
    <form class="terms" onSubmit={(event) => void find(event)}>
      <label title={say("live.seconds why")}>
        {say("live.seconds")}
        <input
          type="number"
          required
          min={least}
          max={most}
          step={1}
          value={seconds.value}
          onChange={(event) => Number.isFinite(read(event)) && (seconds.value = read(event))}
        />
      </label>
      <label title={say("live.gap why")}>
        {say("live.gap")}
        <input
          type="number"
          required
          min={fine * 100}
          max={rough * 100}
          step="any"
          value={Number((gap.value * 100).toPrecision(6))}
          onChange={(event) => Number.isFinite(read(event)) && (gap.value = read(event) / 100)}
        />
      </label>
      <button type="submit" class="main" disabled={busy || over.value !== "" || lost.value > 0}>
        {say("live.find")}
      </button>
    </form>
  );
}

function Refusals() {
  if (!faults.value.length) return null;
  return (
    <div class="notice" role="alert">
      <p>{say("live.refused")}</p>
      <ul>
        {faults.value.map((fault, k) => (
          <li key={k}>{told(fault)}</li>
        ))}
      </ul>
    </div>
  );
}

function Answers() {
  if (!jobs.value.length) return null;
  return (
    <>
      <h3 id="live-jobs">{say("live.jobs")}</h3>
      <ol class="jobs" aria-labelledby="live-jobs" reversed>
        {[...jobs.value].reverse().map((job) => (
          <li key={job.id} class={`job ${job.state}`}>
            <One job={job} />
          </li>
        ))}
      </ol>
    </>
  );
}

function One({ job }: { job: Job }) {
  const asked = parts(job.wish).map((part) => part.text);
  const running = open(job);
  return (
    <>
      <div class="line">
        <strong>
          {job.state === "done" && job.added && <span aria-hidden="true">✦ </span>}
          {say("live.job", { id: job.id })}
        </strong>
        <span class="state">{say(`live.state.${job.state}`)}</span>
        <span class="acts">
          {running ? (
            <button type="button" aria-label={say("live.cancel which", { id: job.id })} onClick={() => void drop(job)}>
              {say("live.cancel")}
            </button>
          ) : (
            <Ended job={job} />
          )}
        </span>
      </div>
      <p class="fine">{asked.length ? listed(asked) : say("live.balanced")}</p>
      {job.state === "running" && <Running job={job} />}
      {!running && job.sentences.length > 0 && (
        <ul class="said">
          {job.sentences.map((sentence, k) => (
            <li key={k}>{told(sentence)}</li>
          ))}
        </ul>
      )}
      {job.state === "failed" && job.nearest && (
        <button type="button" onClick={() => relax(job.wish, job.nearest!)}>
          {say("live.nearest")}
        </button>
      )}
    </>
  );
}

function Ended({ job }: { job: Job }) {
  const at = job.alternative === null ? undefined : model.value.at.get(job.alternative);
  return (
    <>
      {at !== undefined && (
        <button type="button" aria-pressed={current.value === at} onClick={() => (current.value = at)}>
          {say(current.value === at ? "live.shown" : "live.show", { id: job.alternative! })}
        </button>
      )}
      {job.state !== "done" && (
        <button type="button" aria-label={say("live.again which", { id: job.id })} onClick={() => void submit(job.wish)}>
          {say("live.again")}
        </button>
      )}
      <button
        type="button"
        class="plain"
        title={job.added ? say("live.forget why") : undefined}
        aria-label={say("live.forget", { id: job.id })}
        onClick={() => void drop(job)}
      >
        ×
      </button>
    </>
  );
}

function Running({ job }: { job: Job }) {
  const now = job.progress;
  const share = Math.round(100 * (now?.share ?? 0));
  const facts = [
    told(now?.message),
    now ? say("live.elapsed", { seconds: whole(now.elapsed) }) : "",
    now?.incumbent != null ? say("live.best now", { value: percent(now.incumbent) }) : "",
    now?.bound != null ? say("live.bound now", { bound: percent(now.bound) }) : "",
    now?.gap != null ? say("live.gap now", { gap: percent(now.gap) }) : "",
  ].filter(Boolean);
  return (
    <>
      <div
        class="bar"
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share}
        aria-valuetext={`${number(share)} %${facts.length ? `, ${listed(facts)}` : ""}`}
        aria-label={say("live.progress", { id: job.id })}
      >
        <div style={{ width: `${share}%` }} />
      </div>
      <p class="fine facts">{facts.join(" · ")}</p>
    </>
  );
}
