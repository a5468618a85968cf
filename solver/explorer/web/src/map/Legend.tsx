// What the marks, lines and colours of a map mean, with how many of each it shows.

import type { ComponentChildren } from "preact";
import { whole } from "../format.ts";
import type { Layer } from "../model.ts";
import { INK } from "../pen.ts";
import { forced, hidden, model, scenario } from "../state.ts";
import { listed, say, told } from "../words.ts";
import { oftenLine } from "./lines.ts";
import { oftenStyle, type Style } from "./look.ts";
import { GAINED, KEPT } from "./marks.ts";
import { oftenMark } from "./places.ts";
import { AreaSwatch, KindSwatch, LineSwatch, MarkSwatch } from "./Swatch.tsx";
import { decided, itemsOf, type Shown } from "./what.ts";

const STEPS = [0, 1, 3, 5, 7, 9, 10];

export function Legend({ shown }: { shown: () => Shown }) {
  const what = shown();
  const layers = model.value.layers.filter((l) => !hidden.value.has(l.name));
  return (
    <div class="legend" role="group" aria-label={say("map.legend")}>
      {layers.map((layer) => (
        <Part key={layer.name} title={told(layer.label)}>
          {what.kind === "frequency" ? (
            <Often layer={layer} count={what.alternatives.length} />
          ) : what.kind === "difference" ? (
            <Differs layer={layer} />
          ) : (
            <Kinds layer={layer} shown={what} />
          )}
        </Part>
      ))}
      <Hazards />
      {forced.value.size > 0 && <Told />}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="part">
      {title && <span class="of">{title}</span>}
      <ul>{children}</ul>
    </div>
  );
}

function Entry({ picture, text, count }: { picture: ComponentChildren; text: string; count?: number }) {
  return (
    <li>
      {picture}
      <span>
        {text}
        {count !== undefined && <span class="quiet"> {whole(count)}</span>}
      </span>
    </li>
  );
}

/** Kinds that the layer can have, each with its number. */
function Kinds({ layer, shown }: { layer: Layer; shown: Shown }) {
  const counts = new Uint32Array(layer.kinds.length);
  if (layer.classes && shown.kind === "alternative") for (const k of decided(layer, shown.alternative)) counts[k]!++;
  else for (const item of itemsOf(layer, shown)) counts[item.kind]!++;
  const on = layer.shapes.kind;
  return (
    <>
      {layer.kinds.map((kind, k) => (
        <Entry key={kind.name} picture={<KindSwatch kind={kind} on={on} />} text={told(kind.label) || kind.name} count={counts[k]!} />
      ))}
      {on === "point" && layer.kinds.some((k) => k.dual) && (
        <Entry picture={<MarkSwatch shape="circle" style={{ fill: null, line: INK.quiet, width: 1.2 }} r={6.4} />} text={say("map.dual")} />
      )}
      {on === "point" && (
        <Entry picture={<MarkSwatch shape="circle" style={{ fill: "#fff", line: INK.quiet, width: 1 }} r={2.6} />} text={say("map.candidate")} />
      )}
      {on === "line" && layer.forceable && (
        <Entry picture={<LineSwatch style={{ colour: KEPT, width: 0.9, dash: [], casing: "#fff", sides: false }} />} text={say("map.candidate line")} />
      )}
    </>
  );
}

function Differs({ layer }: { layer: Layer }) {
  const on = layer.shapes.kind;
  if (on === "polygon" && layer.classes)
    return (
      <>
        {layer.kinds.map((kind) => (
          <Entry key={kind.name} picture={<KindSwatch kind={kind} on={on} />} text={`→ ${told(kind.label) || kind.name}`} />
        ))}
        <Entry picture={<AreaSwatch style={plain("#eceae4")} />} text={say("map.legend same land")} />
      </>
    );
  const line = (colour: string, dash: number[], width: number) => ({ colour, dash, width, casing: "#fff", sides: false });
  const shape = layer.kinds[0]?.shape ?? "circle";
  return (
    <>
      <Entry
        picture={
          on === "line" ? (
            <LineSwatch style={line(GAINED, [], 3)} sign="+" />
          ) : (
            <MarkSwatch shape={shape} style={{ fill: GAINED, line: "#fff", width: 1 }} sign="+" />
          )
        }
        text={say("map.legend gained")}
      />
      <Entry
        picture={
          on === "line" ? (
            <LineSwatch style={line(INK.loss, [4, 3], 2)} sign="−" />
          ) : (
            <MarkSwatch shape={shape} style={{ fill: "#fff", line: INK.loss, width: 1.5, dash: [2.6, 2] }} sign="−" />
          )
        }
        text={say("map.legend lost")}
      />
      <Entry
        picture={
          on === "line" ? <LineSwatch style={line(KEPT, [], 2)} /> : <MarkSwatch shape={shape} style={{ fill: KEPT, line: "#fff", width: 1 }} r={4.4} />
        }
        text={say("map.legend kept")}
      />
      {on === "point" && layer.kinds.length > 1 && <Shapes layer={layer} />}
    </>
  );
}

/** Which shape is which kind, where colour says something else. */
function Shapes({ layer }: { layer: Layer }) {
  return (
    <>
      {layer.kinds.map((kind) => (
        <Entry
          key={kind.name}
          picture={<MarkSwatch shape={kind.shape} style={{ fill: "#fff", line: INK.quiet, width: 1.3 }} r={4.8} />}
          text={told(kind.label) || kind.name}
        />
      ))}
    </>
  );
}

function Often({ layer, count }: { layer: Layer; count: number }) {
  const on = layer.shapes.kind;
  const picture = (step: number) =>
    on === "polygon" ? (
      <AreaSwatch style={oftenStyle(step)} />
    ) : on === "line" ? (
      <LineSwatch style={step ? oftenLine(step) : { ...oftenLine(0), colour: KEPT }} />
    ) : (
      <MarkSwatch shape="circle" style={step ? oftenMark(step) : { fill: "#fff", line: INK.quiet, width: 1 }} r={step ? 2.6 + step * 0.3 : 2.6} />
    );
  return (
    <>
      {STEPS.map((step) => (
        <Entry
          key={step}
          picture={picture(step)}
          text={step === 0 ? say("map.legend never") : step === 10 ? say("map.nearly always") : `${(step - 1) * 10}–${step * 10} %`}
        />
      ))}
      {on === "point" && layer.kinds.length > 1 && <Shapes layer={layer} />}
      <li class="fine">{say(layer.classes ? "map.legend often land" : "map.legend often", { count: whole(count) })}</li>
    </>
  );
}

const plain = (fill: string, hazard = 0): Style => ({ fill, hatch: "", ink: "", hazard });

function Hazards() {
  const m = model.value;
  const at = scenario.value;
  if (at < 0) return null;
  const on = (name: string) => m.layers.find((l) => l.name === name)?.shapes.kind ?? m.backdrops.find((b) => b.name === name)?.shapes.kind;
  const drawn = m.overlays.filter((o) => !hidden.value.has(o.on) && !hidden.value.has(o.name));
  if (!drawn.length) return null;
  const land = drawn.filter((o) => on(o.on) === "polygon").map((o) => told(o.label));
  return (
    <Part title={told(m.futures?.titles[at])}>
      {land.length > 0 && (
        <>
          {[1, 2, 3, 4].map((level) => (
            <Entry
              key={level}
              picture={<AreaSwatch style={plain("#f6f4ee", level)} />}
              text={level === 1 ? say("map.legend weak") : level === 4 ? say("map.legend strong") : ""}
            />
          ))}
          <li class="fine">{land.length > 1 ? say("map.legend worst of", { labels: listed(land) }) : land[0]}</li>
        </>
      )}
      {drawn.map((o) => {
        const kind = on(o.on);
        if (kind === "polygon") return null;
        if (kind === "line")
          return (
            <Entry
              key={o.name}
              picture={<LineSwatch style={{ colour: INK.loss, width: 2.2, dash: [5, 3.2], casing: "#fff", sides: false }} sign="×" />}
              text={told(o.label) || say("map.legend cut")}
            />
          );
        return (
          <Entry
            key={o.name}
            picture={<MarkSwatch shape="circle" style={{ fill: KEPT, line: "#fff", width: 1 }} sign="×" r={4.6} />}
            text={`${told(o.label) || say("map.legend unusable")} (${say("map.legend harmed")})`}
          />
        );
      })}
    </Part>
  );
}

function Told() {
  return (
    <Part title="">
      <Entry
        picture={
          <svg class="swatch" width={18} height={16} viewBox="-9 -8 18 16" aria-hidden="true">
            <circle r={7} fill="#fff" stroke={INK.ink} stroke-width={1.4} />
            <path d="M-3.2 -0.8h6.4v4.6h-6.4z" fill={INK.ink} />
            <path d="M-2.1 -0.8a2.1 2.1 0 0 1 4.2 0" fill="none" stroke={INK.ink} stroke-width={1.4} />
          </svg>
        }
        text={say("map.legend must")}
      />
      <Entry
        picture={
          <svg class="swatch" width={18} height={16} viewBox="-9 -8 18 16" aria-hidden="true">
            <circle r={7} fill="#fff" stroke={INK.loss} stroke-width={1.4} />
            <circle r={4.2} fill="none" stroke={INK.loss} stroke-width={1.8} />
            <path d="M-3 -3L3 3" stroke={INK.loss} stroke-width={1.8} />
          </svg>
        }
        text={say("map.legend must not")}
      />
    </Part>
  );
}

