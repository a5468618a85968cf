// One set of shapes and colours for map, legend and tables. No meaning rests on colour alone.
const PALETTE = JSON.parse(document.getElementById("palette").textContent);
const INK = PALETTE.ink,
  LOSS = PALETTE.loss,
  TIER = PALETTE.tier;
const OUTLINE = { circle: "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0-2 0z" };
for (const [name, points] of Object.entries(PALETTE.shapes))
  OUTLINE[name] = `M${points.map((p) => p.join(" ")).join("L")}z`;

/** Mode id -> {shape, colour, role, title}. Grades of shelter and tiers of stock each count along their own palette. */
const MODES = (() => {
  const counted = { shelter: 0, stock: 0, reserve: 0 };
  const out = {};
  for (const mode of P.names.mode) {
    const choices = PALETTE[mode.role];
    const [shape, colour] = choices[counted[mode.role]++ % choices.length];
    out[mode.id] = { ...mode, shape, colour };
  }
  return out;
})();
const modeTitle = (id) => term("mode", id, MODES[id]?.title || id);
const tierStyle = (tier) =>
  TIER[
    Math.min(
      Math.max(
        P.names.tier.findIndex((x) => x.id === tier),
        0,
      ),
      TIER.length - 1,
    )
  ];
const tierTitle = (tier) => term("tier", tier);
const phaseTitle = (id) => term("phase", id);
const scenarioTitle = (s) => titled(s.title, s.id);
const circleScale = (() => {
  const w = most(rowsOf.people.map((r) => r.worst_unserved));
  return w > 0 ? Math.min(26 / Math.sqrt(w), 1.6) : 1;
})();
const dotScale = (() => {
  const w = most(rowsOf.people.map((r) => r.people));
  return w > 0 ? 5 / Math.sqrt(w) : 1;
})();

const paths = {};
const outlinePath = (shape) => (paths[shape] ??= new Path2D(OUTLINE[shape]));

/** A small picture of a shape, beside words. */
function symbol(shape, colour, { size = 16, hollow = false, crossed = false } = {}) {
  return h(
    "svg",
    { viewBox: "-1.6 -1.6 3.2 3.2", width: size, height: size, class: "symbol", "aria-hidden": "true" },
    h("path", {
      d: OUTLINE[shape],
      fill: hollow ? "none" : colour,
      stroke: hollow ? colour : "#fff",
      "stroke-width": hollow ? 0.3 : 0.16,
    }),
    crossed && h("path", { d: "M-1.2-1.2 1.2 1.2M1.2-1.2-1.2 1.2", stroke: LOSS, "stroke-width": 0.42, fill: "none" }),
  );
}
const modeSymbol = (id, options) => symbol(MODES[id]?.shape ?? "circle", MODES[id]?.colour ?? INK, options);
function stroke(colour, width, dash = [], mark = false) {
  return h(
    "svg",
    { viewBox: "0 0 30 12", width: 30, height: 12, class: "symbol", "aria-hidden": "true" },
    mark && h("line", { x1: 1, x2: 29, y1: 6, y2: 6, stroke: INK, "stroke-width": width + 3 }),
    h("line", {
      x1: 1,
      x2: 29,
      y1: 6,
      y2: 6,
      stroke: colour,
      "stroke-width": width,
      "stroke-dasharray": dash.join(" ") || null,
    }),
  );
}
const chip = (level) => h("span", { class: `chip ${level}` }, term("level", level));
