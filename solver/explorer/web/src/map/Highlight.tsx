// The outline of what is pointed at, on every map on view; over the drawing, which therefore stays as it is.

import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Pen } from "../pen.ts";
import { model } from "../state.ts";
import { cameraOf, nearness, screenX, screenY } from "./camera.ts";
import { extentsOf, trace } from "./extents.ts";
import { layerNamed, pointed } from "./pointing.ts";

export function Highlight({ name }: { name: string }) {
  const at = pointed.value;
  const frame = useRef<SVGSVGElement>(null);
  const size = useMemo(() => signal({ width: 0, height: 0 }), [name]);
  useEffect(() => {
    const box = frame.current!;
    const watch = new ResizeObserver(() => (size.value = { width: box.clientWidth, height: box.clientHeight }));
    watch.observe(box);
    return () => watch.disconnect();
  }, [size]);
  return (
    <svg ref={frame} class="pointed" aria-hidden="true">
      {at && size.value.width > 0 && <Outline layer={at.layer} feature={at.feature} {...size.value} />}
    </svg>
  );
}

function Outline({ layer: wanted, feature, width, height }: { layer: string; feature: number; width: number; height: number }) {
  const layer = layerNamed(model.value, wanted);
  if (!layer) return null;
  const e = extentsOf(layer.shapes);
  const c = cameraOf({ width, height });
  if (layer.shapes.kind === "point") {
    const [x, y] = [screenX(c, e.x[feature]!), screenY(c, e.y[feature]!)];
    const r = 12 * nearness(c);
    return (
      <>
        <circle class="under" cx={x} cy={y} r={r} />
        <circle cx={x} cy={y} r={r} />
      </>
    );
  }
  const steps: string[] = [];
  const pen = {
    moveTo: (x: number, y: number) => steps.push(`M${x.toFixed(1)} ${y.toFixed(1)}`),
    lineTo: (x: number, y: number) => steps.push(`L${x.toFixed(1)} ${y.toFixed(1)}`),
    closePath: () => steps.push("Z"),
  } as unknown as Pen;
  trace(pen, layer.shapes, e, feature, c);
  const d = steps.join("");
  return (
    <>
      <path class="under" d={d} />
      <path d={d} />
    </>
  );
}
