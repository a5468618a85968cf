// All alternatives in figures. Only the rows on view are elements, so that thousands of alternatives scroll smoothly.

import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { whole } from "../format.ts";
import { ON_PAPER, printing } from "../out/printing.ts";
import { current, model, selected, shortlist, sorted } from "../state.ts";
import { say, told } from "../words.ts";
import { BY_DISTANCE, BY_ID, BY_LABEL, ordered } from "./tableRows.ts";
import { TableRow } from "./TableRow.tsx";

/** Height of a row in pixels; explore.css has the same. */
const ROW = 28;
const AROUND = 6;

export function Table() {
  const among = useSignal<"selection" | "all" | "shortlist">("selection");
  const order = useComputed(() => ordered(model.value, sorted.value.by, sorted.value.down));
  const rows = useComputed(() => {
    if (among.value === "all") return order.value;
    if (among.value === "shortlist") {
      const chosen = new Set(shortlist.value);
      return order.value.filter((a) => chosen.has(a));
    }
    const flags = selected.value;
    return order.value.filter((a) => flags[a]);
  });
  const top = useSignal(0);
  const height = useSignal(400);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const target = box.current!;
    const watch = new ResizeObserver(() => (height.value = target.clientHeight));
    watch.observe(target);
    return () => watch.disconnect();
  }, []);
  // the current row comes into view, whatever made it the current one
  useSignalEffect(() => {
    const at = rows.value.indexOf(current.value);
    const target = box.current;
    if (at < 0 || !target) return;
    const head = target.querySelector("thead")!.offsetHeight;
    const [above, below] = [at * ROW, (at + 1) * ROW + head];
    if (above < target.scrollTop) target.scrollTop = above;
    else if (below > target.scrollTop + target.clientHeight) target.scrollTop = below - target.clientHeight;
  });

  const m = model.value;
  const list = rows.value;
  const paper = printing.value;
  const first = paper ? 0 : Math.max(0, Math.min(Math.floor(top.value / ROW) - AROUND, list.length - 1));
  const last = Math.min(list.length, paper ? ON_PAPER : Math.ceil((top.value + height.value) / ROW) + AROUND);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).closest("th")) return;
    const page = Math.max(1, Math.floor(height.value / ROW) - 2);
    const at = list.indexOf(current.value);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: list.length - 1 }[event.key];
    if (to === undefined || !list.length) return;
    event.preventDefault();
    current.value = list[at < 0 ? 0 : Math.max(0, Math.min(list.length - 1, to))]!;
  };
  const width = m.objectives.length + 5;
  return (
    <section class="card alternatives" aria-label={say("table.heading")}>
      <header>
        <h2>{say("table.heading")}</h2>
        <label>
          <span class="hidden">{say("table.show")}</span>
          <select value={among.value} onChange={(e) => (among.value = e.currentTarget.value as "all")}>
            <option value="selection">{say("table.selection", { n: whole(selected.value.reduce((s, v) => s + v, 0)) })}</option>
            <option value="all">{say("table.all", { n: whole(m.count) })}</option>
            <option value="shortlist">{say("table.shortlist", { n: whole(shortlist.value.length) })}</option>
          </select>
        </label>
      </header>
      <div
        ref={box}
        class="rows"
        role="region"
        tabIndex={0}
        data-arrows
        aria-label={say("table.region")}
        onScroll={(e) => (top.value = e.currentTarget.scrollTop)}
        onKeyDown={onKeyDown}
      >
        <table aria-rowcount={list.length + 1} aria-colcount={width}>
          <caption class="hidden">{say("table.caption")}</caption>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col" class="star">
                <span aria-hidden="true">★</span>
                <span class="hidden">{say("table.shortlisted")}</span>
              </th>
              <Head by={BY_ID} name={say("table.id")} />
              {m.objectives.map((o, k) => (
                <Head key={o.name} by={k} name={told(o.label)} unit={told(o.unit) === "1" ? "" : told(o.unit)} />
              ))}
              <Head by={BY_LABEL} name={say("table.known")} text />
              <Head by={BY_DISTANCE} name={say("table.distance")} unit={say("table.of range")} />
              <th scope="col" class="text">
                {say("table.origin")}
              </th>
            </tr>
          </thead>
          <Space rows={first} width={width} />
          <tbody>
            {Array.from(list.subarray(first, last), (a, k) => (
              <TableRow key={a} alternative={a} row={first + k + 2} />
            ))}
          </tbody>
          <Space rows={list.length - last} width={width} />
        </table>
        {!list.length && <p class="none">{say(among.value === "shortlist" ? "table.no shortlist" : "table.none")}</p>}
      </div>
      {paper && last < list.length && <p>{say("out.first rows", { shown: whole(last), all: whole(list.length) })}</p>}
      <p class="fine">{say("table.how")}</p>
    </section>
  );
}

/** Stands for rows that are not on view. */
function Space({ rows, width }: { rows: number; width: number }) {
  if (rows <= 0) return null;
  return (
    <tbody aria-hidden="true">
      <tr>
        <td colSpan={width} style={{ height: `${rows * ROW}px`, padding: 0 }} />
      </tr>
    </tbody>
  );
}

function Head({ by, name, unit = "", text = false }: { by: number; name: string; unit?: string; text?: boolean }) {
  const now = sorted.value;
  const is = now.by === by;
  return (
    <th scope="col" class={text ? "text" : ""} data-name={unit ? `${name}\n${unit}` : name} aria-sort={is ? (now.down ? "descending" : "ascending") : "none"}>
      <button type="button" onClick={() => (sorted.value = { by, down: is && !now.down })}>
        <span class="name">{name}</span>
        {unit && <span class="unit">{unit}</span>}
        <span class="way" aria-hidden="true">
          {is ? (now.down ? "▼" : "▲") : "↕"}
        </span>
      </button>
    </th>
  );
}
