// The scatter in three dimensions: a cube seen from far off, better towards the corner where its axes end.

import { FONT, INK, type Pen, type Size } from "../pen.ts";
import { number } from "../format.ts";
import { colourBy, goals, model, scatterAxes, selected, turn } from "../state.ts";
import { say } from "../words.ts";
import { COLOURS, radius, STEPS, steps } from "./scatterColours.ts";
import { arrow, diamond, edged, fitted, marks } from "./scatterMarks.ts";
import { titled } from "./scatterPlane.ts";
import { cube, type Project, projection, type Span, spots } from "./scatterSpots.ts";

type Corner = readonly [number, number, number];

/** All but what is highlighted. */
export function paintCloud(pen: Pen, size: Size): void {
  const project = projection(size, turn.value);
  const corners: Corner[] = [];
  for (const x of [-1, 1]) for (const y of [-1, 1]) for (const z of [-1, 1]) corners.push([x, y, z]);
  const furthest = corners.reduce((a, b) => (project(...b)[2] < project(...a)[2] ? b : a));
  walls(pen, project, furthest);
  // axes that begin at the back lie behind the points
  const behind = project(-1, -1, -1)[2] < 0;
  if (behind) axes(pen, size, project);
  points(pen, size);
  if (!behind) axes(pen, size, project);
}

function line(pen: Pen, project: Project, a: Corner, b: Corner): void {
  const [p, q] = [project(...a), project(...b)];
  pen.moveTo(p[0], p[1]);
  pen.lineTo(q[0], q[1]);
}

/** The three faces behind the points, with a grid to judge places by. */
function walls(pen: Pen, project: Project, [fx, fy, fz]: Corner): void {
  pen.lineWidth = 1;
  pen.strokeStyle = "#eceae4";
  pen.beginPath();
  for (const v of [-0.5, 0, 0.5]) {
    line(pen, project, [fx, v, -1], [fx, v, 1]);
    line(pen, project, [fx, -1, v], [fx, 1, v]);
    line(pen, project, [v, fy, -1], [v, fy, 1]);
    line(pen, project, [-1, fy, v], [1, fy, v]);
    line(pen, project, [v, -1, fz], [v, 1, fz]);
    line(pen, project, [-1, v, fz], [1, v, fz]);
  }
  pen.stroke();
  pen.strokeStyle = INK.line;
  pen.beginPath();
  for (const a of [-1, 1])
    for (const b of [-1, 1]) {
      // edges that touch the nearest corner would lie over the points
      if (a === fx || b === fy) line(pen, project, [a, b, -1], [a, b, 1]);
      if (a === fx || b === fz) line(pen, project, [a, -1, b], [a, 1, b]);
      if (a === fy || b === fz) line(pen, project, [-1, a, b], [1, a, b]);
    }
  pen.stroke();
}

function points(pen: Pen, size: Size): void {
  const m = model.value;
  const { x, y, z } = spots(size);
  const inside = selected.value;
  const step = steps(m, colourBy.value);
  const r = radius(m.count);
  const order = Uint32Array.from({ length: m.count }, (_, n) => n).sort((a, b) => z[a]! - z[b]!);
  // from the back to the front in slices: nearer ones are larger and cover those behind
  const SLICES = 16;
  const outside: number[] = [];
  const by: number[][] = Array.from({ length: STEPS }, () => []);
  for (let s = 0; s < SLICES; s++) {
    const [from, to] = [Math.floor((s * m.count) / SLICES), Math.floor(((s + 1) * m.count) / SLICES)];
    outside.length = 0;
    for (const some of by) some.length = 0;
    for (let k = from; k < to; k++) (inside[order[k]!] ? by[step[order[k]!]!]! : outside).push(order[k]!);
    const near = s / (SLICES - 1);
    pen.globalAlpha = 0.4;
    marks(pen, outside, x, y, m.label, r * 0.6, INK.faint);
    pen.globalAlpha = 0.55 + 0.45 * near;
    by.forEach((some, k) => some.length && marks(pen, some, x, y, m.label, r * (0.78 + 0.5 * near), COLOURS[k]!));
  }
  pen.globalAlpha = 1;
}

/** Axes from the worst corner to the better ends, each with its name and the best value. */
function axes(pen: Pen, size: Size, project: Project): void {
  const { spans } = spots(size);
  const worst = project(-1, -1, -1);
  scatterAxes.value.forEach((objective, k) => {
    bound(pen, project, spans[k]!, k);
    const to: [number, number, number] = [-1, -1, -1];
    to[k] = 1.12;
    const end = project(...to);
    pen.lineWidth = 1.6;
    arrow(pen, worst[0], worst[1], end[0], end[1], INK.sure, 6);
    const above = end[1] < worst[1] - 20;
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    const put = (text: string, line: number, colour: string) => {
      const name = fitted(pen, text, size.width * 0.6);
      const wide = pen.measureText(name).width;
      const x = Math.max(6, Math.min(size.width - wide - 6, end[0] - wide / 2));
      const first = above ? Math.max(10, end[1] - 28) : Math.min(size.height - 24, end[1] + 13);
      edged(pen, name, x, first + 15 * line, colour);
    };
    pen.font = `600 12px ${FONT}`;
    put(titled(objective), 0, INK.ink);
    pen.font = `11px ${FONT}`;
    put(say("scatter.best", { value: number(model.value.low[objective]!, 3) }), 1, INK.quiet);
  });
}

/** What is proven about one objective: across the two walls that its axis belongs to. */
function bound(pen: Pen, project: Project, span: Span, k: number): void {
  if (span.bound === null) return;
  const at: [number, number, number] = [-1, -1, -1];
  at[k] = cube(span, span.bound);
  pen.strokeStyle = INK.sure;
  pen.lineWidth = 1.3;
  pen.setLineDash([5, 4]);
  pen.beginPath();
  for (const other of [0, 1, 2]) {
    if (other === k) continue;
    const to: [number, number, number] = [...at];
    to[other] = 1;
    line(pen, project, at, to);
  }
  pen.stroke();
  pen.setLineDash([]);
}

/** ◆ where the goals of all three meet; of fewer, on their axes. */
export function paintCloudGoals(pen: Pen, size: Size): void {
  const { spans } = spots(size);
  const project = projection(size, turn.value);
  const at = scatterAxes.value.map((objective, k) => {
    const goal = goals.value[objective];
    const span = spans[k]!;
    return goal === null || goal === undefined || goal < span.low || goal > span.high ? null : cube(span, goal);
  });
  const whole = at.every((v) => v !== null);
  at.forEach((v, k) => {
    if (v === null || (whole && k > 0)) return;
    const place: [number, number, number] = [-1, -1, -1];
    if (whole) at.forEach((w, i) => (place[i] = w!));
    else place[k] = v;
    const [x, y] = project(...place);
    diamond(pen, x, y, 6);
  });
}
