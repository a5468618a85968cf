// How good the plan is: status, value, bound and gap as a picture, what we checked ourselves, and how it came about.
const SOL = P.solution;
const kindOf = (status) =>
  String(status)
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, "_");
const valueUnit = () => (rowsOf.objectives.length === 1 ? rowsOf.objectives[0].unit : null);
const valued = (v, exact = false) =>
  !isNumber(v)
    ? none()
    : valueUnit() === P.about.money
      ? money(v, !exact)
      : num(v, exact && Math.abs(v) < 1e5 ? 2 : undefined);
const gapText = () =>
  SOL.gap === null ? none() : SOL.gap > 0 && SOL.gap < 1e-5 ? "< 0.001 %" : percent(SOL.gap, SOL.gap < 0.01 ? 2 : 1);

function drawProof() {
  const kind = kindOf(SOL.status),
    key = TEXTS[`status.${kind}`] ? kind : "other";
  const claim =
    SOL.gap === null ? t("proof.noclaim") : SOL.gap <= 1e-9 ? t("proof.best") : t("proof.claim", { gap: gapText() });
  byId("proof").replaceChildren(
    ...[
      h("p", { class: "over", id: "proof-title", role: "heading", "aria-level": "2" }, t("proof.title")),
      h(
        "div",
        { class: "verdict" },
        h("p", { class: `status ${key}` }, t(`status.${key}`, { status: SOL.status, gap: gapText() })),
        h("p", { class: "claim" }, claim),
      ),
      gapPicture(),
      h(
        "div",
        { class: "twocolumns" },
        h(
          "div",
          {},
          h("h3", {}, t("proof.meaning")),
          h("p", {}, rich(t("proof.plain"))),
          valueUnit() === null && h("p", { class: "fine" }, weights()),
        ),
        h("div", {}, h("h3", {}, t("proof.checked")), checks()),
      ),
    ].filter(Boolean),
  );
}
const weights = () =>
  t("proof.weights", {
    sum: rowsOf.objectives
      .filter((o) => o.weight)
      .map((o) => `${num(o.weight)} × ${term("objective", o.name)}`)
      .join(" + "),
  });

/** The bar from nothing to the plan's value; what the proof leaves open is enlarged below it. */
function gapPicture() {
  const { value, bound } = SOL;
  if (value === null || bound === null) return null;
  const share = value > 0 && bound >= 0 ? (value - bound) / value : null;
  if (share !== null && share < 1e-7) {
    return h(
      "figure",
      { class: "gap" },
      h(
        "div",
        { class: "bars" },
        h("span", { class: "sure", style: { width: "100%" } }, t("gap.met", { value: valued(value) })),
      ),
      h("figcaption", {}, t("gap.metcaption")),
    );
  }
  const open = share === null ? 12 : Math.min(Math.max(share * 100, 0.7), 100),
    end = 100 - open;
  return h(
    "figure",
    {
      class: "gap",
      role: "group",
      "aria-label": t("gap.label", { value: valued(value), bound: valued(bound), gap: gapText() }),
    },
    h(
      "div",
      { class: "bars", "aria-hidden": "true" },
      h("span", { class: "sure", style: { width: `${end}%` } }, t("gap.sure")),
      h("span", { class: "open", style: { width: `${open}%` } }),
    ),
    h(
      "svg",
      { viewBox: "0 0 100 30", preserveAspectRatio: "none", class: "lens", "aria-hidden": "true" },
      h("polygon", { points: `${end},0 100,0 100,30 0,30` }),
    ),
    h(
      "div",
      { class: "bars zoomed", "aria-hidden": "true" },
      h("span", { class: "open", style: { width: "100%" } }, t("gap.open", { gap: gapText() })),
    ),
    h(
      "div",
      { class: "ends" },
      h("span", {}, h("b", {}, valued(bound)), h("br"), t("gap.bound")),
      h("span", {}, h("b", {}, valued(value)), h("br"), t("gap.value")),
    ),
  );
}
function checks() {
  const c = SOL.certificate;
  if (!c) return h("p", {}, t("check.none"));
  const line = (good, text) =>
    h(
      "li",
      { class: good ? "good" : "bad" },
      h("span", { class: "mark", role: "img", "aria-label": t(good ? "check.yes" : "check.no") }, good ? "✓" : "✗"),
      h("span", {}, text),
    );
  const sound = c.problems.length === 0;
  return h(
    "ul",
    { class: "checks" },
    c.rows
      ? line(sound, t("check.rows", { n: c.rows, worst: tiny(c.largest), allowed: tiny(c.allowed) }))
      : line(sound, t("check.kinds", { n: c.kinds, worst: tiny(c.largest) })),
    line(sound, t("check.value", { value: valued(c.value, true) })),
    isNumber(c.verified_bound)
      ? line(sound, t("check.bound", { own: valued(c.verified_bound, true), theirs: valued(c.claimed_bound, true) }))
      : isNumber(c.claimed_bound) &&
          h(
            "li",
            {},
            h("span", { class: "mark" }, "·"),
            h("span", {}, t("check.nobound", { theirs: valued(c.claimed_bound, true) })),
          ),
    c.problems.map((text) => line(false, text)),
  );
}

/** Best plan and best bound over the seconds of the solve. */
function historyChart() {
  const points = SOL.history.filter((p) => isNumber(p[0]));
  const known = points.flatMap((p) => [p[1], p[2]]).filter(isNumber);
  if (points.length < 2 || known.length < 2) return null;
  const last = SOL.value ?? known.at(-1),
    lowest = Math.min(...known);
  // The first plans can be many times dearer than the last; the axis ends where the story is.
  const top = Math.min(Math.max(...known), last + Math.max(3 * (last - lowest), Math.abs(last) * 0.08));
  const bottom = Math.max(lowest, last - 1.6 * Math.max(top - last, Math.abs(last) * 0.02)),
    W = 640,
    H = 190,
    end = Math.max(SOL.seconds ?? 0, points.at(-1)[0]) || 1;
  const X = (s) => (s / end) * W,
    Y = (v) => H - 8 - ((Math.min(Math.max(v, bottom), top) - bottom) / (top - bottom || 1)) * (H - 16);
  const steps = (k) => {
    let text = "",
      before = null;
    for (const p of points)
      if (isNumber(p[k])) {
        text += before === null ? `M${X(p[0])} ${Y(p[k])}` : `H${X(p[0])}V${Y(p[k])}`;
        before = p[k];
      }
    return before === null ? "" : `${text}H${W}`;
  };
  return h(
    "figure",
    { class: "history" },
    h(
      "div",
      { class: "plot" },
      h(
        "svg",
        { viewBox: `0 0 ${W} ${H}`, preserveAspectRatio: "none", "aria-hidden": "true" },
        [0.25, 0.5, 0.75].map((f) => h("line", { x1: 0, x2: W, y1: H * f, y2: H * f, class: "rule" })),
        h("path", { d: steps(2), class: "line bound" }),
        h("path", { d: steps(1), class: "line incumbent" }),
      ),
      h("span", { class: "tl" }, top < Math.max(...known) ? "↑ " : "", valued(top)),
      h("span", { class: "bl" }, valued(bottom)),
    ),
    h("div", { class: "axis" }, h("span", {}, "0 s"), h("span", {}, `${num(end, 1)} s`)),
    h(
      "figcaption",
      {},
      h("span", { class: "key incumbent" }, t("history.incumbent")),
      h("span", { class: "key bound" }, t("history.bound")),
    ),
  );
}
