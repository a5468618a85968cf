// What it costs, what was weighed, who is where, what was assumed, and how it was computed.
const COSTS = { corridors: "#00665c", hardened: "#22303c", goods: "#dcb3d8", rest: "#b9bec4" };

function costSection() {
  const parts = [];
  for (const mode of P.names.mode) {
    const value = sum(rowsOf.openings.filter((o) => o.mode === mode.id).map((o) => o.cost));
    if (value > 0) parts.push({ label: modeTitle(mode.id), value, colour: MODES[mode.id].colour });
  }
  const add = (label, rows, colour) => {
    const value = sum(rows.map((r) => r.cost));
    if (value > 0) parts.push({ label, value, colour });
  };
  add(t("cost.goods"), rowsOf.stock, COSTS.goods);
  add(t("legend.corridors"), rowsOf.corridors, COSTS.corridors);
  add(t("cost.hardened"), rowsOf.hardened, COSTS.hardened);
  const listedCost = sum(parts.map((p) => p.value)),
    total = P.summary.cost;
  if (total - listedCost > 0.005 * Math.abs(total))
    parts.push({ label: t("cost.rest"), value: total - listedCost, colour: COSTS.rest });
  if (!parts.length) return null;
  const budget = P.question.budget,
    whole = Math.max(sum(parts.map((p) => p.value)), isNumber(budget) ? budget : 0);
  return section(
    "cost",
    t("cost.title"),
    isNumber(budget)
      ? t("cost.budget", { cost: money(total), budget: money(budget), share: percent(total / budget) })
      : t("cost.intro", { cost: money(total) }),
    h(
      "div",
      { class: "stack", "aria-hidden": "true" },
      parts.map((p) =>
        h("span", {
          style: { width: `${(p.value / whole) * 100}%`, background: p.colour },
          title: `${p.label} ${money(p.value)}`,
        }),
      ),
    ),
    h(
      "table",
      { class: "list parts" },
      h(
        "tbody",
        {},
        parts.map((p) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, h("span", { class: "swatch", style: { background: p.colour } }), p.label),
            h("td", { class: "number" }, money(p.value)),
            h("td", { class: "number" }, percent(p.value / total)),
          ),
        ),
      ),
    ),
  );
}
function objectiveSection() {
  if (!rowsOf.objectives.length) return null;
  return section(
    "weighed",
    t("weighed.title"),
    t("weighed.intro"),
    h(
      "div",
      { class: "tablebox" },
      h(
        "table",
        { class: "list" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "col" }, t("weighed.name")),
            h("th", { scope: "col", class: "number" }, t("weighed.value")),
            h("th", { scope: "col", class: "number" }, t("weighed.weight")),
          ),
        ),
        h(
          "tbody",
          {},
          rowsOf.objectives.map((o) =>
            h(
              "tr",
              {},
              h(
                "th",
                { scope: "row" },
                term("objective", o.name),
                h("small", {}, term("objective.doc", o.name, o.doc)),
              ),
              h("td", { class: "number", "data-label": t("weighed.value") }, withUnit(o.value, o.unit)),
              h(
                "td",
                { class: "number", "data-label": t("weighed.weight") },
                o.weight ? num(o.weight) : t("weighed.measured"),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
/** Rules that somebody set, one line a rule: in how many cases it is kept, and the case that comes closest to it. */
function promises() {
  const rules = [...new Set(rowsOf.promises.map((p) => p.rule))];
  if (!rules.length) return null;
  return [
    h("h3", {}, t("promises.title")),
    h(
      "ul",
      { class: "promises" },
      rules.map((rule) => {
        const cases = rowsOf.promises.filter((p) => p.rule === rule),
          kept = cases.filter((p) => p.kept).length,
          good = kept === cases.length;
        const near = cases.reduce((a, b) =>
          b.slack / Math.max(Math.abs(b.limit), 1) < a.slack / Math.max(Math.abs(a.limit), 1) ? b : a,
        );
        const shares = isNumber(near.limit_share) && isNumber(near.achieved_share);
        const [limit, achieved] = shares ? [near.limit_share, near.achieved_share] : [near.limit, near.achieved];
        const show = (v) => (shares ? percent(v) : near.unit === P.about.money ? money(v) : num(v));
        const whole = Math.max(achieved, limit, 1e-9) * 1.12,
          where = [near.scenario, near.phase, near.zone, near.commodity].some(Boolean);
        return h(
          "li",
          { class: good ? "good" : "bad" },
          h(
            "span",
            { class: "mark", role: "img", "aria-label": t(good ? "promises.kept" : "promises.broken") },
            good ? "✓" : "✗",
          ),
          h(
            "span",
            { class: "what" },
            near.level && chip(near.level),
            " ",
            promiseText(near, show(limit)),
            cases.length > 1 &&
              h(
                "span",
                { class: "under" },
                t("promises.cases", { kept, n: cases.length }),
                where && ` · ${caseText(near)}`,
              ),
          ),
          h(
            "span",
            { class: "bar" },
            h(
              "span",
              { class: "track", "aria-hidden": "true" },
              h("span", {
                class: "fill",
                style: { width: `${(achieved / whole) * 100}%`, background: good ? SERVED : LOSS },
              }),
              h("i", { class: "tick", style: { left: `${(limit / whole) * 100}%` } }),
            ),
            h(
              "span",
              { class: "text" },
              t(near.sense === "at least" ? "promises.floor" : "promises.tightest", {
                achieved: show(achieved),
                limit: show(limit),
              }),
            ),
          ),
        );
      }),
    ),
  ];
}
const nameOf = (kind, id) => P.names[kind].find((x) => x.id === id);
const caseText = (p) =>
  t("promises.closest", {
    where: [
      p.scenario && scenarioTitle(nameOf("scenario", p.scenario) ?? { id: p.scenario }),
      p.phase && phaseTitle(p.phase),
      p.zone && (rowsOf.zones.find((z) => z.zone === p.zone)?.title ?? p.zone),
      p.commodity && term("commodity", p.commodity),
    ]
      .filter(Boolean)
      .join(", "),
  });
function promiseText(p, limit) {
  const level = term("level", p.level);
  if (/^promise_.*_goods$/.test(p.rule)) return t("promises.goods", { level, limit });
  if (p.rule.startsWith("promise_")) return t("promises.promise", { level, limit });
  if (p.rule.startsWith("limit_")) return t("promises.limit", { objective: term("objective", p.rule.slice(6)) });
  return term("rule", p.rule, p.doc || p.rule);
}

function zoneSection() {
  const rows = rowsOf.zones;
  if (rows.length < 2) return null;
  const biggest = most(rows.map((r) => r.people)),
    worst = most(rows.map((r) => r.worst_unserved));
  return section(
    "zones",
    t("zones.title"),
    t("zones.intro"),
    sortable(
      [
        { key: "title", label: t("prepared.zone"), show: (r) => r.title || r.zone },
        {
          key: "people",
          label: t("people.residents"),
          number: true,
          show: (r) => bar([{ value: r.people, colour: "#7c8894" }], biggest, num(r.people, 0)),
        },
        { key: "expected_unserved", label: t("zones.mean"), number: true, show: (r) => num(r.expected_unserved) },
        {
          key: "worst_unserved",
          label: t("zones.worst"),
          number: true,
          show: (r) => bar([{ value: r.worst_unserved, colour: LOSS }], worst, num(r.worst_unserved, 0)),
        },
      ],
      rows,
      { by: "people", first: 20 },
    ),
  );
}
function sourceSection() {
  const list = (title, items) =>
    items.length > 0 && [
      h("h3", {}, title),
      h(
        "ul",
        { class: "plain" },
        items.map((text) => h("li", {}, text)),
      ),
    ];
  return section(
    "sources",
    t("sources.title"),
    null,
    LANG !== "en" && h("p", { class: "fine" }, t("sources.language")),
    list(t("sources.assumptions"), P.about.assumptions),
    list(t("sources.sources"), P.about.sources),
    list(t("sources.notes"), P.about.notes),
  );
}
function computedSection() {
  const facts = [
    [
      t("computed.status"),
      t(TEXTS[`status.${kindOf(SOL.status)}`] ? `status.${kindOf(SOL.status)}` : "status.other", {
        status: SOL.status,
        gap: gapText(),
      }),
    ],
    [t("computed.value"), valued(SOL.value)],
    [t("computed.bound"), valued(SOL.bound)],
    [t("computed.gap"), gapText()],
    [t("computed.solver"), SOL.backend],
    [t("computed.seconds"), isNumber(SOL.seconds) ? `${num(SOL.seconds, 1)} s` : none()],
    [t("computed.seed"), SOL.seed === null ? none() : String(SOL.seed)],
    [t("computed.case"), P.about.name],
    [t("computed.crs"), P.about.crs || none()],
    [t("computed.digest"), h("code", {}, P.about.digest)],
    [
      t("computed.versions"),
      h(
        "span",
        {},
        Object.entries(SOL.versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(", ") || none(),
      ),
    ],
  ];
  if (SOL.message) facts.push([t("computed.message"), SOL.message]);
  return section(
    "computed",
    t("computed.title"),
    t("computed.intro"),
    historyChart(),
    h(
      "dl",
      { class: "facts" },
      facts.map(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]),
    ),
  );
}
