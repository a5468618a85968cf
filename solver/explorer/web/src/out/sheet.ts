// Figures on a sheet that explains itself: what front, which alternatives and limits, each figure with its title and
// legend, and where it comes from. One drawing makes the PNG and the SVG.

import type { LegendItem, Paint } from "../figure.tsx";
import { number } from "../format.ts";
import { FONT, INK, type Pen, type Size } from "../pen.ts";
import { compared, limits, model, selection, view } from "../state.ts";
import { listed, say, told } from "../words.ts";
import { xml } from "./qml.ts";
import { SvgPen } from "./svgpen.ts";

export interface Picture {
  title: string;
  /** What it shows, in a sentence. */
  caption: string;
  paint: Paint;
  size: Size;
  legend: readonly LegendItem[];
}

const EDGE = 28;
const GAP = 24;
const MARK: Size = { width: 30, height: 16 };
/** Widths of the content that a sheet has at least, and may have for the sake of figures side by side. */
const NARROW = 760;
const WIDE = 1400;

const face = (size: number, weight = 400) => `${weight} ${size}px ${FONT}`;

interface Line {
  text: string;
  x: number;
  y: number;
  font: string;
  colour: string;
}

interface Placed {
  x: number;
  y: number;
  size: Size;
  paint: Paint;
}

interface Sheet extends Size {
  paint: (pen: Pen) => void;
}

/** Of one figure, or of all on view; `shared` is a legend for all of them. */
export function sheet(pictures: readonly Picture[], shared: readonly LegendItem[] = []): Sheet {
  const ruler = new SvgPen();
  const widest = Math.max(NARROW, ...pictures.map((p) => p.size.width));
  // figures that stand beside one another on the page do so here
  const wide = Math.max(widest, Math.min(WIDE, sumOfWidths(pictures)));
  const lines: Line[] = [];
  const placed: Placed[] = [];
  let y = EDGE;
  const write = (text: string, size: number, weight: number, colour: string, x: number, room: number, from: number): number => {
    ruler.font = face(size, weight);
    let at = from;
    for (const part of wrapped(ruler, text, room)) {
      lines.push({ text: part, x, y: at + size, font: face(size, weight), colour });
      at += Math.round(size * 1.4);
    }
    return at;
  };
  const { about } = model.value;
  y = write(told(about.title) || about.name, 22, 600, INK.ink, EDGE, wide, y);
  for (const text of context()) y = write(text, 13, 400, INK.quiet, EDGE, wide, y + 2);
  y += GAP / 2;
  for (const row of shelves(pictures, wide)) {
    let x = EDGE;
    let lowest = y;
    const heads = row.map(({ title, caption, size }) => {
      const at = write(title, 14, 600, INK.ink, x, size.width, y);
      const end = caption && caption !== title ? write(caption, 12, 400, INK.quiet, x, size.width, at) : at;
      x += size.width + GAP;
      return end;
    });
    // figures of a row begin on one line
    const top = Math.max(...heads) + 6;
    x = EDGE;
    for (const { paint, size, legend } of row) {
      let at = top;
      placed.push({ x, y: at, size, paint });
      at = keyed(legend, x, at + size.height + 8, size.width);
      lowest = Math.max(lowest, at);
      x += size.width + GAP;
    }
    y = lowest + GAP;
  }
  if (shared.length) y = keyed(shared, EDGE, y, wide) + GAP;
  y = write(source(), 11, 400, INK.quiet, EDGE, wide, y) + EDGE / 2;

  /** Rows of marks below a figure; where they end. */
  function keyed(legend: readonly LegendItem[], left: number, top: number, room: number): number {
    let [x, at] = [left, top];
    ruler.font = face(12);
    for (const { label, mark } of legend) {
      const needed = MARK.width + 6 + ruler.measureText(label).width + 16;
      if (x > left && x + needed > left + room) [x, at] = [left, at + 20];
      placed.push({ x, y: at, size: MARK, paint: mark });
      lines.push({ text: label, x: x + MARK.width + 6, y: at + 12, font: face(12), colour: INK.ink });
      x += needed;
    }
    return legend.length ? at + 20 : at;
  }

  return {
    width: Math.ceil(wide + 2 * EDGE),
    height: Math.ceil(y),
    paint: (pen) => {
      pen.fillStyle = "#ffffff";
      pen.fillRect(0, 0, Math.ceil(wide + 2 * EDGE), Math.ceil(y));
      for (const part of placed) {
        pen.save();
        pen.translate(part.x, part.y);
        pen.beginPath();
        pen.rect(0, 0, part.size.width, part.size.height);
        pen.clip();
        part.paint(pen, part.size);
        pen.restore();
      }
      pen.textAlign = "left";
      pen.textBaseline = "alphabetic";
      for (const line of lines) {
        pen.font = line.font;
        pen.fillStyle = line.colour;
        pen.fillText(line.text, line.x, line.y);
      }
    },
  };
}

export function svg(given: Sheet): string {
  const pen = new SvgPen();
  given.paint(pen);
  const { width, height } = given;
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}">\n<title>${xml(told(model.value.about.title) || model.value.about.name)}</title>\n` +
    `<desc>${xml([...context(), source()].join("\n"))}</desc>\n${pen.done()}\n</svg>\n`
  );
}

/** Browsers refuse canvases beyond this many pixels, some silently. */
const MOST = 60e6;

export async function png(given: Sheet, wanted = 2): Promise<Blob> {
  const ratio = Math.min(wanted, Math.sqrt(MOST / (given.width * given.height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(given.width * ratio);
  canvas.height = Math.round(given.height * ratio);
  const context = canvas.getContext("2d")!;
  context.scale(ratio, ratio);
  given.paint(context);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(say("out.no picture")))), "image/png"),
  );
}

/** View, alternatives and limits in words. */
export function context(): string[] {
  const m = model.value;
  const shown = compared.value.map(({ slot, alternative }) => {
    const name = say("shell.alternative", { id: m.ids[alternative]! });
    return slot ? `${slot}: ${name}` : name;
  });
  const bounds = limits.value.flatMap(([low, high], k) => {
    if (low === null && high === null) return [];
    const o = m.objectives[k]!;
    const unit = told(o.unit);
    const range = low === null ? `≤ ${number(high)}` : high === null ? `≥ ${number(low)}` : `${number(low)} – ${number(high)}`;
    return [`${told(o.label) || o.name} ${range}${unit && unit !== "1" ? ` ${unit}` : ""}`];
  });
  return [
    `${say(`view.${view.value}`)} · ${listed(shown)}`,
    bounds.length
      ? say("out.limits", { limits: listed(bounds), count: selection.value.length, all: m.count })
      : say("out.no limits", { all: m.count }),
    ...(m.about.synthetic ? [say("out.invented")] : []),
  ];
}

/** Where the sheet comes from. */
export function source(): string {
  const { digest, created, name } = model.value.about;
  return [say("out.front", { name, digest }), created && say("out.created", { date: created.slice(0, 10) }), say("out.made")]
    .filter(Boolean)
    .join(" · ");
}

function sumOfWidths(pictures: readonly Picture[]): number {
  return pictures.reduce((sum, p) => sum + p.size.width + GAP, -GAP);
}

/** Pictures in rows, in their order. */
function shelves(pictures: readonly Picture[], wide: number): Picture[][] {
  const found: Picture[][] = [];
  let left = -1;
  for (const picture of pictures) {
    if (left < picture.size.width) {
      found.push([]);
      left = wide;
    }
    found[found.length - 1]!.push(picture);
    left -= picture.size.width + GAP;
  }
  return found;
}

/** Lines no wider than the room; Chinese breaks between any two signs. */
export function wrapped(pen: Pick<Pen, "measureText">, text: string, room: number): string[] {
  const pieces = text.match(/[\u3000-\u9fff\uff00-\uffef][，。；：、）”]?|[^\s\u3000-\u9fff\uff00-\uffef]+\s*|\s+/g) ?? [];
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces) {
    if (line && pen.measureText((line + piece).trimEnd()).width > room) {
      lines.push(line.trimEnd());
      line = piece;
    } else line += piece;
  }
  return line ? [...lines, line.trimEnd()] : lines;
}
