// What charts and maps draw with: the part of a canvas context that can be written as SVG too (out/svgpen.ts).

export type Pen = Pick<
  CanvasRenderingContext2D,
  | "save"
  | "restore"
  | "translate"
  | "rotate"
  | "scale"
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "closePath"
  | "rect"
  | "arc"
  | "quadraticCurveTo"
  | "bezierCurveTo"
  | "fill"
  | "stroke"
  | "clip"
  | "fillRect"
  | "strokeRect"
  | "clearRect"
  | "fillText"
  | "strokeText"
  | "measureText"
  | "setLineDash"
  | "globalAlpha"
  | "fillStyle"
  | "strokeStyle"
  | "lineWidth"
  | "lineCap"
  | "lineJoin"
  | "font"
  | "textAlign"
  | "textBaseline"
>;

export interface Size {
  width: number;
  height: number;
}

export const FONT =
  '"Segoe UI", "Helvetica Neue", "Noto Sans", "Liberation Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", Arial, sans-serif';

/** Colours of the page; app.css has the same under the same names. */
export const INK = {
  ink: "#22303c",
  quiet: "#5c6875",
  faint: "#b9bdbf",
  line: "#dcdbd5",
  paper: "#fdfcf9",
  wash: "#f6f4ee",
  sure: "#2b7a78",
  gap: "#b7791f",
  found: "#7a6f9b",
  loss: "#b3261e",
  focus: "#1668a8",
  slots: ["#b4531a", "#20639b", "#6b3fa0"],
} as const;

/** A colour between the ends of a scale, 0 best (dark) to 1 worst (light): even steps of lightness, safe for all eyes. */
export function ramp(share: number): string {
  const at = Math.max(0, Math.min(1, share)) * (RAMP.length - 1);
  const k = Math.min(RAMP.length - 2, Math.floor(at));
  const [a, b] = [RAMP[k]!, RAMP[k + 1]!];
  const mix = (i: number) => Math.round(a[i]! + (b[i]! - a[i]!) * (at - k));
  return `rgb(${mix(0)},${mix(1)},${mix(2)})`;
}

// viridis (Smith & van der Walt 2015, CC0), cut before its palest end, which is lost on paper
const RAMP = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 210, 40],
];
