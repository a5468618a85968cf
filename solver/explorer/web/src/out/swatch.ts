// Legends on the page as items of a sheet: their small SVG pictures drawn again with a pen, so that what is saved
// explains itself in the very marks of the page.

import type { LegendItem } from "../figure.tsx";
import { number } from "../format.ts";
import { INK, type Pen, ramp } from "../pen.ts";
import { colourBy, model } from "../state.ts";
import { say, told, type Word } from "../words.ts";

/** Rows of a legend that have a picture; their text as it is read, with or without how many there are. */
function itemsOf(legend: Element, counted: boolean): LegendItem[] {
  return Array.from(legend.querySelectorAll("li")).flatMap((row) => {
    const picture = row.querySelector("svg");
    const text = row.cloneNode(true) as Element;
    if (!counted) text.querySelectorAll(".quiet").forEach((count) => count.remove());
    const label = (text.textContent ?? "").trim();
    return picture && label ? [{ label, mark: (pen) => drawSwatch(pen, picture) }] : [];
  });
}

function drawSwatch(pen: Pen, picture: SVGSVGElement): void {
  const [x = 0, y = 0] = (picture.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  pen.save();
  pen.translate(-x, -y);
  for (const shape of picture.children) {
    const number = (name: string, otherwise = 0) => Number(shape.getAttribute(name) ?? otherwise);
    pen.save();
    pen.beginPath();
    if (shape.tagName === "circle") {
      pen.arc(number("cx"), number("cy"), number("r"), 0, 2 * Math.PI);
      pen.closePath();
    } else if (shape.tagName === "rect") pen.rect(number("x"), number("y"), number("width"), number("height"));
    else if (shape.tagName === "polygon") polygon(pen, shape.getAttribute("points") ?? "");
    else if (shape.tagName === "path") follow(pen, shape.getAttribute("d") ?? "");
    const [fill, line] = [shape.getAttribute("fill") ?? "#000000", shape.getAttribute("stroke") ?? "none"];
    pen.globalAlpha = number("opacity", 1);
    if (fill !== "none") {
      pen.fillStyle = fill;
      pen.fill();
    }
    if (line !== "none") {
      pen.strokeStyle = line;
      pen.lineWidth = number("stroke-width", 1);
      pen.setLineDash((shape.getAttribute("stroke-dasharray") ?? "").split(/[\s,]+/).map(Number).filter((v) => v > 0));
      pen.stroke();
    }
    pen.restore();
  }
  pen.restore();
}

function polygon(pen: Pen, points: string): void {
  points.split(/\s+/).forEach((point, k) => {
    const [x, y] = point.split(",").map(Number);
    if (k) pen.lineTo(x!, y!);
    else pen.moveTo(x!, y!);
  });
  pen.closePath();
}

/** Straight lines and half circles, of which the pictures are made. */
function follow(pen: Pen, path: string): void {
  let [x, y] = [0, 0];
  for (const [, sign, rest] of path.matchAll(/([a-z])([^a-z]*)/gi)) {
    const numbers = (rest!.match(/-?[\d.]+/g) ?? []).map(Number);
    const relative = sign === sign!.toLowerCase();
    const [fromX, fromY] = relative ? [x, y] : [0, 0];
    switch (sign!.toUpperCase()) {
      case "M":
      case "L":
        [x, y] = [fromX + numbers[0]!, fromY + numbers[1]!];
        if (sign!.toUpperCase() === "M") pen.moveTo(x, y);
        else pen.lineTo(x, y);
        break;
      case "H":
        pen.lineTo((x = fromX + numbers[0]!), y);
        break;
      case "V":
        pen.lineTo(x, (y = fromY + numbers[0]!));
        break;
      case "A": {
        const [toX, toY] = [fromX + numbers[5]!, fromY + numbers[6]!];
        const turn = Math.atan2(y - toY, x - toX);
        pen.arc((x + toX) / 2, (y + toY) / 2, Math.hypot(toX - x, toY - y) / 2, turn, turn + Math.PI, numbers[4] === 0);
        [x, y] = [toX, toY];
        break;
      }
      case "Z":
        pen.closePath();
    }
  }
}

/** The legends in the card of a figure. */
export function legendOf(canvas: HTMLCanvasElement): LegendItem[] {
  const card = canvas.closest(".card");
  return distinct(legends().filter((l) => l.closest(".card") === card), true);
}

/** Legends that stand by themselves, for several figures at once. */
export function sharedLegend(figures: readonly HTMLCanvasElement[]): LegendItem[] {
  const cards = new Set(figures.map((c) => c.closest(".card")));
  // counts are those of one of them
  return distinct(legends().filter((l) => !cards.has(l.closest(".card"))), false);
}

function legends(): Element[] {
  return Array.from(document.querySelectorAll("main .legend"));
}

function distinct(found: readonly Element[], counted: boolean): LegendItem[] {
  const seen = new Set<string>();
  return found.flatMap((legend) => itemsOf(legend, counted)).filter(({ label }) => !seen.has(label) && seen.add(label));
}

/** What colours and marks mean in figures that show all alternatives. */
export function frontLegend(): LegendItem[] {
  const m = model.value;
  const k = colourBy.value;
  const o = m.objectives[k]!;
  const unit = told(o.unit) === "1" ? "" : ` ${told(o.unit)}`;
  const scale: LegendItem = {
    label: `${told(o.label) || o.name} ${number(m.low[k]!, 3)} – ${number(m.high[k]!, 3)}${unit}`,
    mark: (pen, { width }) => {
      for (let x = 0; x < width; x++) {
        pen.fillStyle = ramp(x / (width - 1));
        pen.fillRect(x, 3, 1, 10);
      }
    },
  };
  return [scale, ...m.labels.map((name) => ({ label: say(`label.${name}` as Word), mark: (pen: Pen) => proofMark(pen, name) }))];
}

function proofMark(pen: Pen, name: string): void {
  const colour = name === "proven" ? INK.sure : name === "found" ? INK.found : INK.gap;
  const [x, y, r] = [20, 8, 4.5];
  pen.fillStyle = pen.strokeStyle = colour;
  pen.lineWidth = 1.6;
  pen.beginPath();
  pen.arc(x, y, r, 0, 2 * Math.PI);
  pen.closePath();
  pen.stroke();
  if (name === "found") return;
  pen.beginPath();
  pen.arc(x, y, r, Math.PI / 2, (name === "proven" ? 2.5 : 1.5) * Math.PI);
  pen.closePath();
  pen.fill();
}

/** What a figure is called on the page: the heading of its card, where it has the card to itself. */
export function headingOf(canvas: HTMLCanvasElement): string {
  const card = canvas.closest(".card");
  if (!card || card.querySelectorAll("canvas[data-figure]").length > 1) return "";
  const heading = card.querySelector("h2, h3")?.cloneNode(true) as Element | undefined;
  heading?.querySelectorAll("button, .hidden").forEach((part) => part.remove());
  return heading?.textContent?.trim().replace(/\s+/g, " ") ?? "";
}
