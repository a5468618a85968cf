// How QGIS draws the layers: styles as QML, in the colours, shapes, widths and dashes of the page (see solver/outputs/styles.py).

import type { KindTold } from "../payload.ts";
import { INK, ramp } from "../pen.ts";

/** Millimetres on paper for a pixel of the page. */
const PIXEL = 0.35;
const GEOMETRY = { point: 0, line: 1, polygon: 2 } as const;
const MARK = { point: "marker", line: "line", polygon: "fill" } as const;

type Geometry = keyof typeof GEOMETRY;

/** QGIS has its own words for some shapes. */
const SHAPES: Record<string, string> = {
  trapezium: "trapezoid",
  bar: "rectangle",
  plus: "cross_fill",
  saltire: "cross2",
  arrow: "filled_arrowhead",
};

/** Hatches as QGIS names its fills. */
const HATCHES: Record<string, string> = {
  "/": "b_diagonal",
  "\\": "f_diagonal",
  x: "diagonal_x",
  "-": "horizontal",
  "|": "vertical",
  ".": "dense6",
  "+": "cross",
};

export interface Category {
  value: string;
  label: string;
  /** Drawn over one another, the first lowest; none: not chosen. */
  kinds: readonly KindTold[];
  /** Hollow and dashed: what is lost. */
  lost?: boolean;
}

export function xml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
}

/** Drawn by the words in a column. */
export function categorised(kind: Geometry, column: string, categories: readonly Category[]): string {
  const entries = categories
    .map((c, k) => `<category symbol="${k}" value="${xml(c.value)}" label="${xml(c.label)}" render="true" type="string"/>`)
    .join("");
  const symbols = categories.map((c, k) => symbol(kind, String(k), layersOf(kind, c))).join("");
  return document(
    kind,
    `<renderer-v2 type="categorizedSymbol" attr="${xml(column)}" symbollevels="0" enableorderby="0">` +
      `<categories>${entries}</categories><symbols>${symbols}</symbols></renderer-v2>`,
  );
}

/** Drawn by a share between 0 and 1, dark for often. */
export function shared(kind: Geometry, column: string): string {
  const ends = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1];
  const ranges = ends.slice(1).map((most, k) => ({ least: ends[k]!, most, colour: hex(ramp(1 - k / 5)) }));
  const entries = ranges
    .map(
      ({ least, most }, k) =>
        `<range symbol="${k}" lower="${least}" upper="${most}" label="${least * 100} – ${most * 100} %" render="true"/>`,
    )
    .join("");
  const symbols = ranges
    .map(({ colour }, k) => symbol(kind, String(k), [plain(kind, colour, kind === "point" ? 1.6 + 0.4 * k : 0.3 + 0.25 * k)]))
    .join("");
  return document(
    kind,
    `<renderer-v2 type="graduatedSymbol" attr="${xml(column)}" graduatedMethod="GraduatedColor" symbollevels="0" ` +
      `enableorderby="0"><ranges>${entries}</ranges><symbols>${symbols}</symbols></renderer-v2>`,
  );
}

function layersOf(kind: Geometry, { kinds, lost }: Category): string[] {
  if (!kinds.length) return [plain(kind, kind === "polygon" ? "" : INK.faint, kind === "point" ? 1.2 : 0.2)];
  // several marks at one point stand beside one another
  if (kind === "point")
    return kinds.map((told, k) => marker(told, lost ?? false, 3.6 * (k - (kinds.length - 1) / 2)));
  if (kind === "line") return kinds.map((told) => line(told.colour, PIXEL * told.width, lost ? [3, 2] : told.dash));
  return kinds.flatMap((told) => area(told, lost ?? false));
}

function marker(told: KindTold, lost: boolean, offset: number): string {
  return layer("SimpleMarker", {
    name: SHAPES[told.shape] ?? (told.shape || "circle"),
    color: lost ? "255,255,255,255" : rgba(told.colour),
    outline_color: lost ? rgba(INK.loss) : "255,255,255,255",
    outline_style: lost ? "dash" : "solid",
    outline_width: lost ? "0.5" : "0.3",
    size: "3.6",
    size_unit: "MM",
    offset: `${offset},0`,
    offset_unit: "MM",
  });
}

function line(colour: string, width: number, dash: readonly number[]): string {
  return layer("SimpleLine", {
    line_color: rgba(colour),
    line_width: String(width),
    line_width_unit: "MM",
    capstyle: dash.length ? "flat" : "round",
    joinstyle: "round",
    use_customdash: dash.length ? "1" : "0",
    customdash: dash.length ? dash.map((v) => v * PIXEL).join(";") : "5;2",
    customdash_unit: "MM",
  });
}

function area(told: KindTold, lost: boolean): string[] {
  const outline = { outline_color: lost ? rgba(INK.loss) : "255,255,255,255", outline_width: lost ? "0.5" : "0.1" };
  const base = { ...outline, outline_width_unit: "MM", joinstyle: "round" };
  const found = [
    layer("SimpleFill", {
      ...base,
      color: rgba(told.colour),
      style: lost ? "no" : "solid",
      outline_style: lost ? "dash" : "solid",
    }),
  ];
  const hatch = HATCHES[told.hatch];
  if (hatch && !lost)
    found.push(layer("SimpleFill", { color: rgba(INK.ink, 110), style: hatch, outline_style: "no", joinstyle: "round" }));
  return found;
}

function plain(kind: Geometry, colour: string, size: number): string {
  if (kind === "line") return line(colour || INK.faint, size, []);
  if (kind === "point")
    return layer("SimpleMarker", {
      name: "circle",
      color: rgba(colour),
      outline_color: rgba(INK.quiet),
      outline_width: "0.2",
      size: String(size),
      size_unit: "MM",
    });
  return layer("SimpleFill", {
    color: rgba(colour || "#ffffff"),
    style: colour ? "solid" : "no",
    outline_color: rgba(INK.faint),
    outline_width: "0.1",
    outline_width_unit: "MM",
    joinstyle: "round",
  });
}

function layer(kind: string, options: Record<string, string>): string {
  const entries = Object.entries(options)
    .map(([name, value]) => `<Option type="QString" name="${name}" value="${xml(value)}"/>`)
    .join("");
  return `<layer class="${kind}" enabled="1" locked="0" pass="0"><Option type="Map">${entries}</Option></layer>`;
}

function symbol(kind: Geometry, name: string, layers: readonly string[]): string {
  return `<symbol type="${MARK[kind]}" name="${name}" alpha="1" clip_to_extent="1" force_rhr="0">${layers.join("")}</symbol>`;
}

function document(kind: Geometry, renderer: string): string {
  return (
    "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" +
    `<qgis version="3.22.0" styleCategories="Symbology|MapTips" labelsEnabled="0">${renderer}` +
    `<mapTip>&lt;b&gt;[% "title" %]&lt;/b&gt;</mapTip><layerGeometryType>${GEOMETRY[kind]}</layerGeometryType></qgis>\n`
  );
}

function hex(colour: string): string {
  const parts = colour.match(/\d+/g) ?? [];
  return `#${parts.slice(0, 3).map((v) => Number(v).toString(16).padStart(2, "0")).join("")}`;
}

function rgba(colour: string, alpha = 255): string {
  const full = /^#[0-9a-f]{3}$/i.test(colour) ? colour.replace(/[0-9a-f]/gi, "$&$&") : colour;
  return `${[1, 3, 5].map((k) => parseInt(full.slice(k, k + 2), 16) || 0).join(",")},${alpha}`;
}

