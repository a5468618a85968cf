// The frame around the views: title, tabs, language, what can be taken out, and the keys.

import { useEffect } from "preact/hooks";
import { batch } from "@preact/signals";
import { Standing } from "./about/Standing.tsx";
import { whole } from "./format.ts";
import { foreign } from "./hash.ts";
import { connected } from "./live/client.ts";
import { OutMenu } from "./out/OutMenu.tsx";
import { chosen } from "./robustness/state.ts";
import { clearLimits, current, lang, limited, model, selection, setSlot, SLOTS, toggleShortlist, view, VIEWS, type View } from "./state.ts";
import { About } from "./views/About.tsx";
import { Compare } from "./views/Compare.tsx";
import { Explore } from "./views/Explore.tsx";
import { NoRegret } from "./views/NoRegret.tsx";
import { Robustness } from "./views/Robustness.tsx";
import { say, told } from "./words.ts";

const SHOWN = { explore: Explore, compare: Compare, robustness: Robustness, noregret: NoRegret, about: About };

export function App() {
  const { about } = model.value;
  const Shown = SHOWN[view.value];
  useEffect(() => {
    document.documentElement.lang = lang.value === "zh" ? "zh-Hans" : "en";
    document.title = `Refugia: ${told(about.title) || about.name}`;
  }, [lang.value]);
  useEffect(() => {
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {say("shell.skip")}
      </a>
      <header class="top">
        <div class="masthead">
          <div class="titled">
            <h1>{told(about.title) || about.name}</h1>
            <Standing />
          </div>
          <div class="badges">
            {about.synthetic && <span class="badge warn">{say("shell.invented")}</span>}
            {about.withheld.length > 0 && (
              <button type="button" class="badge warn" onClick={() => (view.value = "about")}>
                {say("shell.withheld")}
              </button>
            )}
            {connected.value ? (
              <span class="badge sure">{say("shell.live")}</span>
            ) : (
              <span class="badge" title={say("shell.offline why")}>
                {say("shell.offline")}
              </span>
            )}
          </div>
          <div class="languages" role="group" aria-label={say("shell.language")}>
            <button type="button" lang="en" aria-pressed={lang.value === "en"} onClick={() => (lang.value = "en")}>
              English
            </button>
            <button type="button" lang="zh-Hans" aria-pressed={lang.value === "zh"} onClick={() => (lang.value = "zh")}>
              中文
            </button>
          </div>
        </div>
        <div class="bar">
          <nav class="tabs" aria-label={say("shell.views")}>
            {VIEWS.map((name) => (
              <button key={name} type="button" aria-current={view.value === name ? "page" : undefined} onClick={() => (view.value = name)}>
                {say(`view.${name}`)}
              </button>
            ))}
          </nav>
          <OutMenu />
        </div>
      </header>
      {foreign.value && (
        <p class="banner" role="alert">
          {say("shell.other front", { digest: foreign.value })}{" "}
          <button type="button" onClick={() => (foreign.value = "")}>
            {say("shell.close")}
          </button>
        </p>
      )}
      <main id="main" tabIndex={-1} class={`view ${view.value}`}>
        <Lead />
        <Shown />
      </main>
      <footer class="keys">{say("shell.keys")}</footer>
    </>
  );
}

/** What the view is for, and which limits narrow it where they cannot be seen. */
function Lead() {
  const narrowed = limited.value && view.value !== "explore" && view.value !== "about";
  return (
    <div class="lead">
      <p>{say(`lead.${view.value}`)}</p>
      {narrowed && (
        <p class="narrowed">
          {say("axes.count", { n: whole(selection.value.length), all: whole(model.value.count) })}{" "}
          <button type="button" class="noprint" onClick={clearLimits}>
            {say("axes.clear")}
          </button>
        </p>
      )}
    </div>
  );
}

export function Fault({ error }: { error: unknown }) {
  return (
    <main class="fault">
      <h1>{say("shell.fault")}</h1>
      <p role="alert">{error instanceof Error ? error.message : String(error)}</p>
    </main>
  );
}

// the address belongs to the view, so the link moves the focus by hand
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function onKey(event: KeyboardEvent): void {
  const at = event.target as HTMLElement;
  // a control that uses the key itself keeps it
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (at.closest("input, select, textarea, [role=slider], [role=application], [role=menu], dialog, [contenteditable]")) return;
  const key = event.key.toLowerCase();
  const slot = SLOTS.findIndex((s) => s.toLowerCase() === key);
  if (slot >= 0) setSlot(slot, current.value);
  else if (key === "s") toggleShortlist(current.value);
  else if (key === "r") clearAll();
  else if (/^[1-5]$/.test(key)) view.value = VIEWS[Number(key) - 1] as View;
  else if ((key === "arrowdown" || key === "arrowup") && !at.closest("[data-arrows]")) step(key === "arrowdown" ? 1 : -1);
  else return;
  event.preventDefault();
}

/** All limits: on the axes, and on single scenarios. */
function clearAll(): void {
  batch(() => {
    clearLimits();
    chosen.value = new Map();
  });
}

/** To the next or last alternative of the selection. */
export function step(by: number): void {
  const among = Array.from(selection.value);
  if (!among.length) return;
  const at = among.findIndex((a) => a >= current.value);
  const here = among[at] === current.value;
  const next = at < 0 ? (by > 0 ? 0 : among.length - 1) : here ? at + by : by > 0 ? at : at - 1;
  current.value = among[(next + among.length) % among.length]!;
}
