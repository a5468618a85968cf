// Alternatives by two or three objectives. The table is the same in words, for whom a picture says nothing.

import { batch, useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { Figure } from "../figure.tsx";
import { number, whole } from "../format.ts";
import { COLOURS } from "./scatterColours.ts";
import {
  clearLimits,
  colourBy,
  current,
  goals,
  hovered,
  limits,
  model,
  scatterAxes,
  selected,
  selection,
  setLimit,
  setSlot,
  SLOTS,
  solid,
  toggleShortlist,
  turn,
} from "../state.ts";
import { say, told } from "../words.ts";
import { towards } from "./scatterKeys.ts";
import { paintScatter, quickScatter } from "./scatterPaint.ts";
import { titled } from "./scatterPlane.ts";
import { pointerOf, tipPlace, turned } from "./scatterPointer.ts";
import { boundOf, spots } from "./scatterSpots.ts";
import { labelClass, labelWord } from "./tableRows.ts";

const START = turn.peek();

export function Scatter() {
  const inside = useSignal(false);
  const spoken = useSignal("");
  const frame = useRef<HTMLElement>(null);
  const pointer = useMemo(() => pointerOf((is) => (inside.value = is)), []);
  const quick = useMemo(quickScatter, []);
  const m = model.value;
  const [a, b, c] = scatterAxes.value;
  const inSpace = solid.value;
  const used = inSpace ? [a, b, c] : [a, b];
  const some = m.objectives.length > 2;
  const marked = used.some((k) => limits.value[k]?.some((v) => v !== null));
  const size = () => {
    const canvas = frame.current!.querySelector("canvas")!;
    return { width: canvas.clientWidth, height: canvas.clientHeight };
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const slot = SLOTS.findIndex((s) => s.toLowerCase() === event.key.toLowerCase());
    if (arrow && inSpace && event.shiftKey) turn.value = turned(turn.value, arrow[0] * -0.12, arrow[1] * 0.12);
    else if (arrow) {
      current.value = towards(spots(size()), current.value, arrow[0], arrow[1], selected.value);
      spoken.value = sentence(current.value, used);
    } else if (event.key === "Escape") pointer.escape();
    else if (slot >= 0) setSlot(slot, current.value);
    else if (event.key.toLowerCase() === "s") toggleShortlist(current.value);
    else if (event.key.toLowerCase() === "r") clearLimits();
    else return;
    event.preventDefault();
  };
  const { escape: _, ...handlers } = pointer;
  const title = () =>
    say(inSpace ? "scatter.title of three" : "scatter.title of two", {
      a: titled(a),
      b: titled(b),
      c: titled(c),
      inside: whole(selection.value.length),
      all: whole(m.count),
    });
  return (
    <section class="card scatter" ref={frame} aria-label={say("scatter.heading")}>
      <header>
        <h2>{say("scatter.heading")}</h2>
        <div role="group" class="switch" aria-label={say("scatter.dimensions")}>
          <button type="button" aria-pressed={!inSpace} onClick={() => (solid.value = false)}>
            {say("scatter.plane")}
          </button>
          <button type="button" aria-pressed={inSpace} disabled={!some} onClick={deepen}>
            {say("scatter.space")}
          </button>
        </div>
      </header>
      <div class="picks">
        <Pick word={inSpace ? "scatter.first" : "scatter.up"} at={inSpace ? 0 : 1} />
        <Pick word={inSpace ? "scatter.second" : "scatter.across"} at={inSpace ? 1 : 0} />
        {inSpace && <Pick word="scatter.third" at={2} />}
        <label>
          <span>{say("scatter.colour")}</span>
          <select value={String(colourBy.value)} onChange={(e) => (colourBy.value = Number(e.currentTarget.value))}>
            {m.objectives.map((o, k) => (
              <option key={o.name} value={String(k)}>
                {told(o.label)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Figure
        name="scatter"
        class="cloud"
        title={title}
        paint={paintScatter}
        quick={quick}
        canvas={{ role: "application", tabIndex: 0, "aria-describedby": "scatter-keys", onKeyDown, ...handlers }}
      >
        {inside.value && <Tip used={used} size={size} />}
      </Figure>
      <p class="hidden" aria-live="polite">
        {spoken.value}
      </p>
      <Key />
      <p class="fine" id="scatter-keys">
        {say(inSpace ? "scatter.how in space" : "scatter.how")}{" "}
        {marked && (
          <button type="button" class="small" onClick={() => used.forEach((k) => setLimit(k, [null, null]))}>
            {say("scatter.clear")}
          </button>
        )}
        {inSpace && turn.value !== START && (
          <button type="button" class="small" onClick={() => (turn.value = START)}>
            {say("scatter.turn back")}
          </button>
        )}
      </p>
    </section>
  );
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Shows the cloud; a third axis that says nothing new makes way for another. */
function deepen(): void {
  const [a, b, c] = scatterAxes.value;
  const free = model.value.objectives.findIndex((_, k) => k !== a && k !== b);
  batch(() => {
    if (c === a || c === b) scatterAxes.value = [a, b, free];
    solid.value = true;
  });
}

/** One alternative in a sentence. */
function sentence(alternative: number, used: number[]): string {
  const m = model.value;
  return [
    say("shell.alternative", { id: m.ids[alternative]! }),
    ...used.map((k) => `${titled(k)} ${number(m.values[k]![alternative]!)}`),
    labelWord(m, alternative),
  ].join("; ");
}

function Pick({ word, at }: { word: "scatter.up" | "scatter.across" | "scatter.first" | "scatter.second" | "scatter.third"; at: number }) {
  const choose = (objective: number) => {
    const now = scatterAxes.value;
    // one that stands on another axis already changes places
    scatterAxes.value = now.map((k, i) => (i === at ? objective : k === objective ? now[at]! : k)) as unknown as [number, number, number];
  };
  return (
    <label>
      <span>{say(word)}</span>
      <select value={String(scatterAxes.value[at])} onChange={(e) => choose(Number(e.currentTarget.value))}>
        {model.value.objectives.map((o, k) => (
          <option key={o.name} value={String(k)}>
            {told(o.label)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Tip({ used, size }: { used: number[]; size: () => { width: number; height: number } }) {
  const over = hovered.value;
  const m = model.value;
  if (over < 0 || over >= m.count) return null;
  const { left, top, before } = tipPlace(over, size());
  return (
    <div class={`tip ${before ? "before" : ""}`} style={{ left: `${left}px`, top: `${top}px` }} aria-hidden="true">
      <b>{say("shell.alternative", { id: m.ids[over]! })}</b>
      {used.map((k) => (
        <span key={k}>
          {titled(k)}: <b>{number(m.values[k]![over]!)}</b>
        </span>
      ))}
      <span class={`label ${labelClass(m, over)}`}>{labelWord(m, over)}</span>
      {!selected.value[over] && <span>{say("scatter.outside")}</span>}
    </div>
  );
}

/** What colours and shapes mean. */
function Key() {
  const m = model.value;
  const by = colourBy.value;
  const used = scatterAxes.value.slice(0, solid.value ? 3 : 2);
  return (
    <ul class="key">
      <li class="colours">
        <span>{titled(by)}</span> <span>{number(m.low[by]!, 3)}</span>
        <span class="steps" aria-hidden="true">
          {COLOURS.map((colour) => (
            <i key={colour} style={{ background: colour }} />
          ))}
        </span>
        <span>{number(m.high[by]!, 3)}</span>
      </li>
      {m.labels.map((name) => (
        <li key={name} class={`label plain ${name.replace(" ", "-")}`}>
          {say(`label.${name}` as "label.found")}
        </li>
      ))}
      {m.count > m.given && <li>✦ {say("scatter.live")}</li>}
      {used.some((k) => (goals.value[k] ?? null) !== null) && <li class="aim">{say("scatter.goal")}</li>}
      {solid.value && used.some((k) => boundOf(m.objectives[k]!) !== null) && (
        <li class="bound">{say("scatter.bound")}</li>
      )}
    </ul>
  );
}
