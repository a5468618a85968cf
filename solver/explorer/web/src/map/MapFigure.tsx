// A map of what an alternative does, of how two differ, or of how often things are chosen.

import { signal } from "@preact/signals";
import { useEffect, useId, useMemo, useRef } from "preact/hooks";
import { Figure } from "../figure.tsx";
import { mapView, model } from "../state.ts";
import { say } from "../words.ts";
import { cameraOf, zoomed } from "./camera.ts";
import { forceNext } from "./forcing.ts";
import { Highlight } from "./Highlight.tsx";
import { layerNamed, pointed, under } from "./pointing.ts";
import { showMap, paintMap } from "./scene.ts";
import { steering } from "./steering.ts";
import { Tip } from "./Tip.tsx";
import { neighbour } from "./tour.ts";
import { sameShown, type Shown } from "./what.ts";

export type { Shown } from "./what.ts";

interface MapFigureProps {
  name: string;
  title: () => string;
  shown: () => Shown;
  /** A click on a feature sets what a live solve is told about it. */
  force?: boolean;
  class?: string;
}

export function MapFigure({ name, title, shown, force = false, class: kind }: MapFigureProps) {
  const keys = useId();
  const box = useRef<HTMLDivElement>(null);
  const now = useRef({ shown, force });
  now.current = { shown, force };
  // a parent may give another `shown` that no signal tells of
  const { given, told } = useMemo(() => ({ given: signal(0), told: { last: null as Shown | null } }), []);
  const wanted = (): Shown => {
    void given.value;
    return (told.last = now.current.shown());
  };
  useEffect(() => {
    if (told.last && !sameShown(told.last, now.current.shown())) given.value++;
  });
  useEffect(
    () => () => {
      if (pointed.peek()?.map === name) pointed.value = null;
    },
    [name],
  );
  const camera = () => {
    const canvas = box.current!.querySelector("canvas")!;
    return cameraOf({ width: canvas.clientWidth, height: canvas.clientHeight });
  };
  const hands = useMemo(
    () =>
      steering(() => ({
        over: (at) => {
          if (pointed.value?.pinned && pointed.value.map === name) return;
          const found = at && under(model.value, now.current.shown(), camera(), at.x, at.y);
          const old = pointed.value;
          if (!found) {
            if (old) pointed.value = null;
          } else if (old?.feature !== found.feature || old.layer !== found.layer.name || old.map !== name)
            pointed.value = { layer: found.layer.name, feature: found.feature, map: name, pinned: false };
        },
        tap: (at) => {
          const found = under(model.value, now.current.shown(), camera(), at.x, at.y);
          if (!found) {
            pointed.value = null;
            return;
          }
          const old = pointed.value;
          const again = old?.pinned && old.map === name && old.layer === found.layer.name && old.feature === found.feature;
          const set = now.current.force && forceNext(found.layer, found.feature, now.current.shown());
          pointed.value = again && !set ? null : { layer: found.layer.name, feature: found.feature, map: name, pinned: true };
        },
        key: (event) => {
          const key = event.key.toLowerCase();
          if (key === "escape" && pointed.value) pointed.value = null;
          else if (key === "n" || key === "p") {
            const next = neighbour(model.value, now.current.shown(), pointed.value, key === "n" ? 1 : -1, camera());
            if (next) pointed.value = { ...next, map: name, pinned: true };
          } else if ((key === "enter" || key === " ") && now.current.force && pointed.value) {
            const layer = layerNamed(model.value, pointed.value.layer);
            if (layer) forceNext(layer, pointed.value.feature, now.current.shown());
          } else return false;
          return true;
        },
      })),
    [name],
  );
  return (
    <div ref={box} class={`map ${kind ?? ""}`}>
      <Figure
        name={name}
        title={title}
        paint={(pen, size) => paintMap(pen, size, wanted())}
        quick={(context, size, ratio) => showMap(context, size, ratio, wanted())}
        canvas={{ role: "application", tabIndex: 0, "aria-describedby": keys, ...hands }}
      >
        <Highlight name={name} />
        <div class="zoom">
          <button type="button" aria-label={say("map.closer")} title={say("map.closer")} onClick={() => zoomed(camera(), 1.6)}>
            +
          </button>
          <button type="button" aria-label={say("map.wider")} title={say("map.wider")} onClick={() => zoomed(camera(), 1 / 1.6)}>
            −
          </button>
          <button type="button" aria-label={say("map.all")} title={say("map.all")} onClick={() => (mapView.value = null)}>
            ⤢
          </button>
        </div>
        <Tip name={name} shown={() => now.current.shown()} force={force} />
      </Figure>
      <p id={keys} class="hidden">
        {say("map.how")} {force && say("map.how force")}
      </p>
    </div>
  );
}
