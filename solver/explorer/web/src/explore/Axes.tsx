// The front as lines across one axis for each objective: where limits and goals are set, and lines are chosen.

import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Figure } from "../figure.tsx";
import { number, percent, whole } from "../format.ts";
import { ramp, type Size } from "../pen.ts";
import { axes, clearLimits, colourBy, goals, hovered, limited, model, selection, shortlist } from "../state.ts";
import { listed, say, type Word } from "../words.ts";
import { AxesMenu } from "./AxesMenu.tsx";
import { APART, placeOf, px, spans } from "./axesgeometry.ts";
import { paintAxes } from "./axespaint.ts";
import { reactions, tip } from "./axespointer.ts";
import { axesScreen } from "./axesscreen.ts";
import { AxisControls, axisName } from "./AxisControls.tsx";

export function Axes() {
  const plot = useRef<HTMLDivElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const size = useSignal<Size & { overflows: boolean }>({ width: 0, height: 0, overflows: false });
  const open = useSignal(-1);
  const quick = useMemo(axesScreen, []);
  const react = useMemo(() => reactions(() => placeOf(size.peek(), axes.peek())), []);
  useEffect(() => {
    const [box, frame] = [plot.current!, scroll.current!];
    const watch = new ResizeObserver(() => {
      size.value = { width: box.clientWidth, height: box.clientHeight, overflows: frame.scrollWidth > frame.clientWidth + 1 };
    });
    watch.observe(box);
    watch.observe(frame);
    return () => watch.disconnect();
  }, []);
  const order = axes.value;
  const place = placeOf(size.value, order);
  const names = listed(order.map(axisName));
  return (
    <section class="card axes" aria-labelledby="axes-title">
      <header>
        <h2 id="axes-title">{say("axes.title")}</h2>
        <span class="axes-better">{say("axes.better")}</span>
        <Colours />
        <Count />
        <AxesMenu />
        <button type="button" disabled={!limited.value} onClick={clearLimits}>
          {say("axes.clear")}
        </button>
      </header>
      <div ref={scroll} class="axes-scroll" {...(size.value.overflows ? { tabIndex: 0, role: "region", "aria-label": say("axes.scroll") } : {})}>
        <div ref={plot} class="axes-plot" style={{ minWidth: px(order.length * APART) }} {...react}>
          <Figure name="axes" title={() => say("axes.figure", { names })} paint={paintAxes} quick={quick} class="axes-figure">
            {size.value.width > 0 && order.map((k, at) => <AxisControls key={k} place={place} at={at} open={open} />)}
            <Tip width={size.value.width} />
          </Figure>
        </div>
      </div>
      <p class="hidden" id="axes-handles">
        {say("axes.handles")}
      </p>
      <Legend />
    </section>
  );
}

function Count() {
  const values = { n: whole(selection.value.length), all: whole(model.value.count) };
  return (
    <p class="axes-count" role="status" aria-live="polite">
      {say(limited.value ? "axes.count" : "axes.all", values)}
    </p>
  );
}

/** What the colours of the lines say. */
function Colours() {
  const k = colourBy.value;
  const { low, high } = model.value;
  const stops = Array.from({ length: 9 }, (_, i) => ramp(i / 8)).join(",");
  return (
    <span class="axes-colours">
      <span>{axisName(k)}</span> {number(low[k])}
      <i style={{ background: `linear-gradient(90deg,${stops})` }} aria-hidden="true" />
      {number(high[k])}
    </span>
  );
}

/** Only what is on view. */
function Legend() {
  const { count, given } = model.value;
  const shown: [string, Word, boolean][] = [
    ["bound", "axes.legend bound", axes.value.some((k) => spans.value[k]!.bound !== null)],
    ["goal", "axes.legend goal", axes.value.some((k) => (goals.value[k] ?? null) !== null)],
    ["short", "axes.legend short", shortlist.value.length > 0],
    ["live", "axes.legend live", count > given],
    ["grey", "axes.legend grey", limited.value],
  ];
  return (
    <div class="axes-foot fine">
      <p>{say("axes.hint")}</p>
      <ul class="axes-legend">
        {shown.map(
          ([kind, word, there]) =>
            there && (
              <li key={kind} class={kind}>
                {say(word)}
              </li>
            ),
        )}
      </ul>
    </div>
  );
}

function Tip({ width }: { width: number }) {
  const [a, at] = [hovered.value, tip.value];
  if (a < 0 || !at) return null;
  const { ids, labels, label, distance } = model.value;
  const kind = labels[label[a]!]!;
  const right = at.x > width - 220;
  const below = at.y < 120;
  return (
    <div class={`axes-tip ${below ? "" : "above"}`} aria-hidden="true" style={{ top: px(below ? at.y + 14 : at.y - 10), ...(right ? { right: px(width - at.x + 6) } : { left: px(at.x + 6) }) }}>
      <b>{say("shell.alternative", { id: ids[a]! })}</b>
      <span class={`label ${kind.replace(" ", "-")}`}>{say(`label.${kind}` as Word)}</span>
      {distance[a]! > 0 && <span class="quiet">{say("axes.from bound", { share: percent(distance[a]) })}</span>}
    </div>
  );
}
