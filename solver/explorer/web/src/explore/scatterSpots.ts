// Where everything lies in the scatter: ends of each axis, and the place of each alternative in pixels.

import type { Model } from "../model.ts";
import type { ObjectiveTold } from "../payload.ts";
import type { Size } from "../pen.ts";
import { model, scatterAxes, solid, turn } from "../state.ts";

export interface Span {
  low: number;
  high: number;
  /** What is proven: no plan has less than this; null where nothing is, or it lies too far off to be shown. */
  bound: number | null;
}

export interface Spots {
  x: Float32Array;
  y: Float32Array;
  /** Nearness to the eye, -1 to 1, of the cloud; empty in the plane. */
  z: Float32Array;
  spans: readonly Span[];
}

/** Room around the plane for its axes. */
export const ROOM = { left: 56, right: 16, top: 34, bottom: 44 };

/** What is proven about one objective alone. */
export function boundOf(objective: ObjectiveTold): number | null {
  return objective.measured ? null : (objective.bound ?? objective.ideal);
}

function spanOf(m: Model, k: number): Span {
  let [low, high] = [m.low[k]!, m.high[k]!];
  const width = high - low || Math.abs(high) || 1;
  let bound = boundOf(m.objectives[k]!);
  // one that lies far off would press the alternatives together
  if (bound !== null && (bound < low - 0.35 * width || bound > high)) bound = null;
  if (bound !== null) low = Math.min(low, bound);
  const rest = 0.05 * width;
  return { low: low - rest, high: high + rest, bound };
}

/** Left to right, 0 to 1: less is better, and better is right and up. */
export function share(span: Span, value: number): number {
  return (span.high - value) / (span.high - span.low);
}

export function placed(span: Span, value: number, size: Size, down: boolean): number {
  const at = share(span, value);
  if (down) return size.height - ROOM.bottom - at * (size.height - ROOM.top - ROOM.bottom);
  return ROOM.left + at * (size.width - ROOM.left - ROOM.right);
}

/** The value at a place in pixels. */
export function valueAt(span: Span, pixel: number, size: Size, down: boolean): number {
  const at = down
    ? (size.height - ROOM.bottom - pixel) / (size.height - ROOM.top - ROOM.bottom)
    : (pixel - ROOM.left) / (size.width - ROOM.left - ROOM.right);
  return span.high - at * (span.high - span.low);
}

/**
 * From the cube, -1 to 1 with better being more, to the screen, turned about the upright axis and then tilted. The worst
 * corner begins at the back, so that the front bulges towards the eye and the names stand clear of it.
 */
export type Project = (x: number, y: number, z: number) => readonly [number, number, number];

export function projection(size: Size, [yaw, tilt]: readonly [number, number]): Project {
  const [c, s, C, S] = [Math.cos(yaw), -Math.sin(yaw), Math.cos(tilt), Math.sin(tilt)];
  // half the diagonal of the cube is 1.73: it never leaves the card, however it is turned
  const scale = Math.min(size.width - 90, size.height - 60) / 3.3;
  const [middle, centre] = [size.width / 2, size.height / 2];
  return (x, y, z) => {
    const [along, near] = [c * x + s * z, c * z - s * x];
    const [up, close] = [C * y - S * near, S * y + C * near];
    return [middle + scale * along, centre - scale * up, close / 1.74];
  };
}

let before: { m: Model; key: string; spots: Spots } | null = null;

/** Of the axes, size and turn that are shown now; kept until one of them changes. */
export function spots(size: Size): Spots {
  const m = model.value;
  const chosen = scatterAxes.value;
  const inSpace = solid.value;
  const key = [size.width, size.height, ...chosen, inSpace, ...(inSpace ? turn.value : [])].join();
  if (before && before.m === m && before.key === key) return before.spots;
  const spans = chosen.map((k) => spanOf(m, k));
  const [x, y] = [new Float32Array(m.count), new Float32Array(m.count)];
  const z = new Float32Array(inSpace ? m.count : 0);
  const [a, b, c] = chosen.map((k) => m.values[k]!);
  if (inSpace) {
    const project = projection(size, turn.value);
    for (let n = 0; n < m.count; n++) {
      const at = project(cube(spans[0]!, a![n]!), cube(spans[1]!, b![n]!), cube(spans[2]!, c![n]!));
      [x[n], y[n], z[n]] = at;
    }
  } else
    for (let n = 0; n < m.count; n++) {
      x[n] = placed(spans[0]!, a![n]!, size, false);
      y[n] = placed(spans[1]!, b![n]!, size, true);
    }
  before = { m, key, spots: { x, y, z, spans } };
  return before.spots;
}

/** Place in the cube, -1 to 1. */
export function cube(span: Span, value: number): number {
  return 2 * share(span, value) - 1;
}
