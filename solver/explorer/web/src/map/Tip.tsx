// The card of what is pointed at, beside it on the map; spoken as well where it was chosen by key or tap.

import { useLayoutEffect, useRef } from "preact/hooks";
import { mapView, model } from "../state.ts";
import { cameraOf, screenX, screenY } from "./camera.ts";
import { extentsOf } from "./extents.ts";
import { moving } from "./picture.ts";
import { layerNamed, pointed } from "./pointing.ts";
import { KindSwatch } from "./Swatch.tsx";
import { spoken, tellingOf } from "./telling.ts";
import type { Shown } from "./what.ts";

export function Tip({ name, shown, force }: { name: string; shown: () => Shown; force: boolean }) {
  const at = pointed.value?.map === name ? pointed.value : null;
  const layer = at && layerNamed(model.value, at.layer);
  const telling = layer && tellingOf(model.value, layer, at.feature, shown(), force);
  const card = useRef<HTMLDivElement>(null);
  const view = mapView.value;
  useLayoutEffect(() => {
    const element = card.current;
    const box = element?.parentElement;
    if (!element || !box || !layer || !at) return;
    const { clientWidth: width, clientHeight: height } = box;
    const c = cameraOf({ width, height });
    const e = extentsOf(layer.shapes);
    const clamp = (v: number, most: number) => Math.max(4, Math.min(v, most));
    const [x, y] = [clamp(screenX(c, e.x[at.feature]!), width - 4), clamp(screenY(c, e.y[at.feature]!), height - 4)];
    const [wide, high] = [element.offsetWidth, element.offsetHeight];
    // beside the feature, on the side that has more room
    const left = x > width / 2 ? x - wide - 18 : x + 18;
    element.style.left = `${clamp(left, Math.max(4, width - wide - 4))}px`;
    element.style.top = `${clamp(y - high / 2, Math.max(4, height - high - 4))}px`;
  });
  void view;
  return (
    <>
      {telling && layer && !moving.value && (
        <div ref={card} class="tip" aria-hidden="true">
          <p class="name">
            {telling.title}
            {telling.group && <span class="quiet"> {telling.group}</span>}
          </p>
          {telling.decided.map((d) => (
            <p key={d.kind} class="decided">
              {d.kind >= 0 && <KindSwatch kind={layer.kinds[d.kind]!} on={layer.shapes.kind} />}
              {d.text}
            </p>
          ))}
          {telling.hazard.map((text) => (
            <p key={text} class="harm">
              {text}
            </p>
          ))}
          {telling.facts.length + telling.amounts.length > 0 && (
            <dl>
              {[...telling.amounts, ...telling.facts].map((f) => (
                <div key={f.label}>
                  <dt>{f.label}</dt>
                  <dd>{f.value}</dd>
                </div>
              ))}
            </dl>
          )}
          {telling.often.map((text) => (
            <p key={text} class="fine">
              {text}
            </p>
          ))}
          {telling.told && <p class="told">{telling.told}</p>}
          {telling.hint && <p class="fine">{telling.hint}</p>}
        </div>
      )}
      <p class="hidden" aria-live="polite">
        {telling && at.pinned ? spoken(telling) : ""}
      </p>
    </>
  );
}
