// A pen that writes SVG: what is drawn on the screen as lines, areas and real text. Everything is written in the
// coordinates of the drawing as it is drawn, so that turning and scaling are already in the numbers.

import type { Pen } from "../pen.ts";
import { xml } from "./qml.ts";
import { arcPath, type Matrix, multiplied, placed, widthOf } from "./svgpath.ts";

interface State {
  matrix: Matrix;
  fillStyle: Pen["fillStyle"];
  strokeStyle: Pen["strokeStyle"];
  globalAlpha: number;
  lineWidth: number;
  lineCap: CanvasLineCap;
  lineJoin: CanvasLineJoin;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  dash: number[];
  /** Groups that clip, opened since the state was saved. */
  groups: number;
}

const FRESH: State = {
  matrix: [1, 0, 0, 1, 0, 0],
  fillStyle: "#000000",
  strokeStyle: "#000000",
  globalAlpha: 1,
  lineWidth: 1,
  lineCap: "butt",
  lineJoin: "miter",
  font: "10px sans-serif",
  textAlign: "start",
  textBaseline: "alphabetic",
  dash: [],
  groups: 0,
};

let ruler: CanvasRenderingContext2D | null = null;

export class SvgPen implements Pen {
  private state: State = { ...FRESH };
  private readonly kept: State[] = [];
  private readonly out: string[] = [];
  private path: string[] = [];
  private at: readonly [number, number] | null = null;
  private begun: readonly [number, number] | null = null;
  private clips = 0;
  private readonly prefix: string;

  /** `prefix` keeps names apart where several drawings stand in one file. */
  constructor(prefix = "c") {
    this.prefix = prefix;
  }

  get fillStyle() { return this.state.fillStyle; }
  set fillStyle(value) { this.state.fillStyle = value; }
  get strokeStyle() { return this.state.strokeStyle; }
  set strokeStyle(value) { this.state.strokeStyle = value; }
  get globalAlpha() { return this.state.globalAlpha; }
  set globalAlpha(value) { if (value >= 0 && value <= 1) this.state.globalAlpha = value; }
  get lineWidth() { return this.state.lineWidth; }
  set lineWidth(value) { if (value > 0) this.state.lineWidth = value; }
  get lineCap() { return this.state.lineCap; }
  set lineCap(value) { this.state.lineCap = value; }
  get lineJoin() { return this.state.lineJoin; }
  set lineJoin(value) { this.state.lineJoin = value; }
  get font() { return this.state.font; }
  set font(value) { this.state.font = value; }
  get textAlign() { return this.state.textAlign; }
  set textAlign(value) { this.state.textAlign = value; }
  get textBaseline() { return this.state.textBaseline; }
  set textBaseline(value) { this.state.textBaseline = value; }

  save(): void {
    this.kept.push({ ...this.state, groups: 0 });
    [this.state, this.kept[this.kept.length - 1]] = [this.kept[this.kept.length - 1]!, this.state];
  }

  restore(): void {
    const before = this.kept.pop();
    if (!before) return;
    this.close(this.state.groups);
    this.state = before;
  }

  private close(groups: number): void {
    for (let k = 0; k < groups; k++) this.out.push("</g>");
  }

  translate(x: number, y: number): void {
    this.state.matrix = multiplied(this.state.matrix, [1, 0, 0, 1, x, y]);
  }

  rotate(angle: number): void {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    this.state.matrix = multiplied(this.state.matrix, [c, s, -s, c, 0, 0]);
  }

  scale(x: number, y: number): void {
    this.state.matrix = multiplied(this.state.matrix, [x, 0, 0, y, 0, 0]);
  }

  beginPath(): void {
    this.path = [];
    this.at = this.begun = null;
  }

  moveTo(x: number, y: number): void {
    this.path.push(`M${this.place(x, y)}`);
    this.at = this.begun = [x, y];
  }

  lineTo(x: number, y: number): void {
    if (!this.at) return this.moveTo(x, y);
    this.path.push(`L${this.place(x, y)}`);
    this.at = [x, y];
  }

  closePath(): void {
    if (!this.at) return;
    this.path.push("Z");
    this.at = this.begun;
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.moveTo(x, y);
    this.lineTo(x + width, y);
    this.lineTo(x + width, y + height);
    this.lineTo(x, y + height);
    this.closePath();
  }

  arc(x: number, y: number, radius: number, from: number, to: number, counter = false): void {
    const { start, pieces, end } = arcPath(this.state.matrix, x, y, radius, from, to, counter);
    if (this.at) this.lineTo(...start);
    else this.moveTo(...start);
    this.path.push(...pieces);
    this.at = end;
  }

  quadraticCurveTo(a: number, b: number, x: number, y: number): void {
    if (!this.at) this.moveTo(a, b);
    this.path.push(`Q${this.place(a, b)} ${this.place(x, y)}`);
    this.at = [x, y];
  }

  bezierCurveTo(a: number, b: number, c: number, d: number, x: number, y: number): void {
    if (!this.at) this.moveTo(a, b);
    this.path.push(`C${this.place(a, b)} ${this.place(c, d)} ${this.place(x, y)}`);
    this.at = [x, y];
  }

  fill(...given: unknown[]): void {
    const rule = given.includes("evenodd") ? ' fill-rule="evenodd"' : "";
    if (this.path.length) this.out.push(`<path d="${this.path.join("")}"${rule}${this.filling()}/>`);
  }

  stroke(): void {
    if (this.path.length) this.out.push(`<path d="${this.path.join("")}" fill="none"${this.stroking()}/>`);
  }

  clip(...given: unknown[]): void {
    const name = `${this.prefix}${this.clips++}`;
    const rule = given.includes("evenodd") ? ' clip-rule="evenodd"' : "";
    // a clip without a path leaves nothing, and so does an empty path
    this.out.push(`<clipPath id="${name}"><path d="${this.path.join("") || "M0 0"}"${rule}/></clipPath><g clip-path="url(#${name})">`);
    this.state.groups++;
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.aside(() => {
      this.rect(x, y, width, height);
      this.fill();
    });
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.aside(() => {
      this.rect(x, y, width, height);
      this.stroke();
    });
  }

  /** Paper shows through: nothing has to be written before anything is drawn. */
  clearRect(x: number, y: number, width: number, height: number): void {
    if (!this.out.length) return;
    const { fillStyle, globalAlpha } = this.state;
    Object.assign(this.state, { fillStyle: "#ffffff", globalAlpha: 1 });
    this.fillRect(x, y, width, height);
    Object.assign(this.state, { fillStyle, globalAlpha });
  }

  fillText(text: string, x: number, y: number): void {
    this.write(text, x, y, this.filling());
  }

  strokeText(text: string, x: number, y: number): void {
    this.write(text, x, y, ` fill="none"${this.stroking(false)}`);
  }

  measureText(text: string): TextMetrics {
    ruler ??= document.createElement("canvas").getContext("2d")!;
    ruler.font = this.state.font;
    ruler.textBaseline = this.state.textBaseline;
    ruler.textAlign = this.state.textAlign;
    return ruler.measureText(text);
  }

  setLineDash(dash: Iterable<number>): void {
    this.state.dash = [...dash];
  }

  /** What has been drawn; the pen is done with. */
  done(): string {
    for (const state of [this.state, ...this.kept.reverse()]) this.close(state.groups);
    return this.out.join("\n");
  }

  private aside(draw: () => void): void {
    const { path, at, begun } = this;
    this.beginPath();
    draw();
    Object.assign(this, { path, at, begun });
  }

  private place(x: number, y: number): string {
    return placed(this.state.matrix, x, y);
  }

  private write(text: string, x: number, y: number, drawn: string): void {
    const { font, textAlign, textBaseline, matrix } = this.state;
    const found = /^(?:(italic|oblique) )?(?:(\d{3}|bold|normal) )?([\d.]+)px(?:\/\S+)? (.+)$/.exec(font.trim());
    const [, style, weight, size, family] = found ?? [null, "", "", "10", "sans-serif"];
    // renderers disagree about baselines, so that the letters are put where they stand on the screen
    const seen = textBaseline === "alphabetic" ? 0 : this.measureText(text).actualBoundingBoxAscent;
    let drop = 0;
    if (textBaseline !== "alphabetic") {
      this.state.textBaseline = "alphabetic";
      drop = this.measureText(text).actualBoundingBoxAscent - seen;
      this.state.textBaseline = textBaseline;
    }
    const anchor = { start: "", left: "", center: "middle", end: "end", right: "end" }[textAlign];
    const [a, b, c, d] = matrix;
    const upright = a === 1 && b === 0 && c === 0 && d === 1;
    const where = upright
      ? ` x="${round(x + matrix[4])}" y="${round(y + drop + matrix[5])}"`
      : ` transform="matrix(${matrix.map((v) => round(v, 5)).join(" ")})" x="${round(x)}" y="${round(y + drop)}"`;
    this.out.push(
      `<text${where} font-family="${xml(family!.replace(/"/g, "'"))}" font-size="${size}"` +
        (weight && weight !== "normal" ? ` font-weight="${weight}"` : "") +
        (style ? ` font-style="${style}"` : "") +
        (anchor ? ` text-anchor="${anchor}"` : "") +
        `${drawn} xml:space="preserve">${xml(text)}</text>`,
    );
  }

  private filling(): string {
    return coloured("fill", this.state.fillStyle, this.state.globalAlpha);
  }

  /** `scaled`: the path is already in the drawing's coordinates, so that the width has to follow. */
  private stroking(scaled = true): string {
    const { strokeStyle, globalAlpha, lineWidth, lineCap, lineJoin, dash, matrix } = this.state;
    const by = scaled ? widthOf(matrix) : 1;
    return (
      coloured("stroke", strokeStyle, globalAlpha) +
      ` stroke-width="${round(lineWidth * by, 3)}"` +
      (lineCap === "butt" ? "" : ` stroke-linecap="${lineCap}"`) +
      (lineJoin === "miter" ? ' stroke-miterlimit="10"' : ` stroke-linejoin="${lineJoin}"`) +
      (dash.length ? ` stroke-dasharray="${dash.map((v) => round(v * by)).join(" ")}"` : "")
    );
  }
}

/** Colours as programs for drawing know them: opacity beside the colour. */
function coloured(what: "fill" | "stroke", style: Pen["fillStyle"], alpha: number): string {
  let colour = typeof style === "string" ? style : "#b9bdbf";
  let opacity = alpha;
  const parts = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)(?:[\s,/]+([\d.]+)(%?))?\s*\)$/.exec(colour);
  if (parts) {
    colour = `rgb(${parts[1]},${parts[2]},${parts[3]})`;
    if (parts[4]) opacity *= Number(parts[4]) / (parts[5] ? 100 : 1);
  } else if (/^#[0-9a-f]{8}$/i.test(colour)) {
    opacity *= parseInt(colour.slice(7), 16) / 255;
    colour = colour.slice(0, 7);
  } else if (colour === "transparent") return ` ${what}="none"`;
  return ` ${what}="${xml(colour)}"${opacity < 1 ? ` ${what}-opacity="${round(opacity, 3)}"` : ""}`;
}

function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits)) + 0;
}
