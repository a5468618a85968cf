// Small pictures for legend, card and table: marks of places, pieces of line, squares of land.

import type { ComponentChildren } from "preact";
import type { KindTold } from "../payload.ts";
import { INK } from "../pen.ts";
import { hazardHatch } from "./hatch.ts";
import { kindLine, type LineStyle } from "./lines.ts";
import { hazardInk, kindStyle, type Style } from "./look.ts";
import { type MarkStyle, SHAPES } from "./marks.ts";

function Picture({ width = 18, children }: { width?: number; children: ComponentChildren }) {
  return (
    <svg class="swatch" width={width} height={16} viewBox={`0 0 ${width} 16`} aria-hidden="true">
      {children}
    </svg>
  );
}

export function MarkSwatch({ shape, style, sign, r = 5.2 }: { shape: string; style: MarkStyle; sign?: "+" | "−" | "×"; r?: number }) {
  const corners = SHAPES[shape];
  const line = { fill: style.fill ?? "none", stroke: style.line === "#fff" ? "none" : style.line, "stroke-width": style.width };
  const dash = style.dash ? { "stroke-dasharray": style.dash.join(" ") } : {};
  return (
    <Picture width={sign ? 26 : 20}>
      {style.ring && <circle cx={10} cy={8} r={r * 1.2 + 1} fill="none" stroke={style.ring} stroke-width={1.2} />}
      {corners ? (
        <polygon points={corners.map(([x, y]) => `${10 + x * r * 0.92},${8 + y * r * 0.92}`).join(" ")} {...line} {...dash} />
      ) : (
        <circle cx={10} cy={8} r={r} {...line} {...dash} />
      )}
      {sign === "×" && (
        <path d={`M${10 - r} ${8 - r}L${10 + r} ${8 + r}M${10 + r} ${8 - r}L${10 - r} ${8 + r}`} stroke={INK.loss} stroke-width={2} />
      )}
      {(sign === "+" || sign === "−") && (
        <path d={sign === "+" ? "M18.5 8h6M21.5 5v6" : "M18.5 8h6"} stroke={style.line === "#fff" ? style.fill! : style.line} stroke-width={1.7} fill="none" />
      )}
    </Picture>
  );
}

export function LineSwatch({ style, sign }: { style: LineStyle; sign?: "+" | "−" | "×" }) {
  const middle = 15;
  return (
    <Picture width={30}>
      {style.sides && <path d="M1 8H29" stroke={INK.ink} stroke-width={style.width + 4} />}
      {style.sides && <path d="M1 8H29" stroke="#fff" stroke-width={style.width + 2} />}
      <path d="M1 8H29" stroke={style.colour} stroke-width={style.width} stroke-dasharray={style.dash.join(" ") || "none"} />
      {sign === "×" && <path d={`M${middle - 4} 4l8 8m0-8l-8 8`} stroke={INK.loss} stroke-width={2} />}
      {(sign === "+" || sign === "−") && (
        <>
          <circle cx={middle} cy={8} r={5} fill="#fff" stroke={style.colour} />
          <path d={sign === "+" ? "M12 8h6M15 5v6" : "M12 8h6"} stroke={style.colour} stroke-width={1.6} />
        </>
      )}
    </Picture>
  );
}

/** Lines of a hatch in a square of 16, as d of a path. */
const HATCH: Record<string, string> = {
  "/": "M-2 10L10 -2M-2 18L18 -2M6 18L18 6",
  "\\": "M-2 6L10 18M-2 -2L18 18M6 -2L18 10",
  x: "M-2 10L10 -2M-2 18L18 -2M6 18L18 6M-2 6L10 18M-2 -2L18 18M6 -2L18 10",
  "-": "M0 4H16M0 12H16",
  "|": "M4 0V16M12 0V16",
  "+": "M0 4H16M0 12H16M4 0V16M12 0V16",
};

export function AreaSwatch({ style }: { style: Style }) {
  const hazard = style.hazard ? hazardHatch(style.hazard) : null;
  return (
    <svg class="swatch area" width={18} height={14} viewBox="0 0 16 14" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <rect width={16} height={14} fill={style.fill ?? INK.wash} />
      {style.hatch === "." ? (
        [2, 6, 10, 14].flatMap((x, k) => [k % 2 ? 6 : 2, k % 2 ? 14 : 10].map((y) => <circle key={`${x} ${y}`} cx={x} cy={y} r={0.9} fill={style.ink} opacity={0.7} />))
      ) : (
        style.hatch && <path d={HATCH[style.hatch]} stroke={style.ink} stroke-width={0.9} opacity={0.6} fill="none" />
      )}
      {hazard && <rect width={16} height={14} fill={hazardInk} opacity={hazard.tint} />}
      {hazard && <path d={HATCH[hazard.hatch]} stroke={hazardInk} stroke-width={hazard.width} opacity={hazard.line} fill="none" />}
    </svg>
  );
}

/** The picture of a kind as an alternative shows it. */
export function KindSwatch({ kind, on }: { kind: KindTold; on: "point" | "line" | "polygon" }) {
  if (on === "polygon") return <AreaSwatch style={kindStyle(kind)} />;
  if (on === "line") return <LineSwatch style={kindLine(kind)} />;
  return <MarkSwatch shape={kind.shape} style={{ fill: kind.colour, line: "#fff", width: 1, ring: kind.dual ? kind.colour : null }} />;
}
