// The sections under the map, in the order in which somebody would ask.
const section = (id, title, intro, ...content) =>
  content.flat().some(Boolean) &&
  h(
    "section",
    { id, class: "column", "aria-labelledby": `${id}-title` },
    h("h2", { id: `${id}-title` }, title),
    intro && h("p", { class: "note" }, intro),
    ...content.flat().filter(Boolean),
  );
const SERVED = "#2b7a78";

function answerSentence() {
  const s = P.summary,
    parts = [];
  if (s.places) parts.push(t("answer.places", { n: s.places, of: s.sites }));
  if (s.depots) parts.push(t("answer.depots", { n: s.depots }));
  if (s.corridor_m) parts.push(t("answer.corridors", { km: length(s.corridor_m) }));
  if (s.hardened) parts.push(t("answer.hardened", { n: s.hardened }));
  const out = [parts.length ? t("answer.do", { list: listed(parts), cost: money(s.cost, true) }) : t("answer.nothing")];
  if (isNumber(s.served_mean)) {
    const [scenario, phase] = s.worst,
      worst = P.names.scenario.find((x) => x.id === scenario);
    const title =
      P.names.phase.length > 1
        ? `${scenarioTitle(worst)}${LANG === "zh" ? "，" : ", "}${phaseTitle(phase)}`
        : scenarioTitle(worst);
    out.push(
      s.worst_unserved < 0.5
        ? t("answer.all", { scenarios: s.scenarios })
        : t("answer.served", {
            scenarios: s.scenarios,
            mean: percent(s.served_mean),
            n: Math.round(s.worst_unserved),
            title,
          }),
    );
  }
  if (!isNumber(s.served_mean) && isNumber(s.short))
    out.push(t(s.short ? "answer.short" : "answer.supplied", { n: s.short, scenarios: s.scenarios }));
  return out.join(LANG === "zh" ? "" : " ");
}
function banners() {
  const out = [];
  if (P.about.synthetic) out.push(t("banner.synthetic"));
  if (P.about.assumptions.length) out.push(t("banner.assumptions", { n: P.about.assumptions.length }));
  return out.map((text, k) =>
    h(
      "p",
      { class: "banner", role: "note" },
      h("span", { class: "sign", "aria-hidden": "true" }, "!"),
      h(
        "span",
        {},
        rich(text),
        " ",
        k === out.length - 1 && P.about.assumptions.length ? h("a", { href: "#sources" }, t("banner.more")) : "",
      ),
    ),
  );
}

function scenarioSection() {
  const rows = rowsOf.scenarios.filter((r) => isNumber(r.need));
  if (!rows.length) {
    const rest = [shortages(), promises()].filter(Boolean);
    return rest.length > 0 && section("scenarios", t("scenarios.title"), null, rest);
  }
  const biggest = most(rows.map((r) => r.need)),
    phases = P.names.phase.filter((p) => rows.some((r) => r.phase === p.id));
  const line = (scenario, s) => {
    const mine = rows.filter((r) => r.scenario === scenario.id);
    if (!mine.length) return null;
    const served = sum(mine.map((r) => r.served)),
      minutes = served ? sum(mine.map((r) => (r.mean_minutes || 0) * r.served)) / served : null;
    return h(
      "tr",
      {},
      h(
        "th",
        { scope: "row" },
        h(
          "button",
          { type: "button", class: "link", onclick: () => setScenario(s, true), title: t("scenarios.show") },
          scenarioTitle(scenario),
        ),
        h(
          "span",
          { class: "under" },
          chip(scenario.level),
          " ",
          hazardName(scenario.hazard),
          " · ",
          percent(scenario.probability),
        ),
      ),
      phases.map((phase) => {
        const row = mine.find((r) => r.phase === phase.id);
        if (!row) return h("td", { "data-label": phaseTitle(phase.id) }, none());
        return h(
          "td",
          { class: "phase", "data-label": phaseTitle(phase.id) },
          bar(
            [
              { value: row.served, colour: SERVED },
              { value: row.unserved >= 0.05 ? row.unserved : 0, colour: LOSS },
            ],
            biggest,
          ),
          row.need < 0.5
            ? h("span", { class: "under" }, t("scenarios.noneed"))
            : h(
                "span",
                { class: "under" },
                t("scenarios.ofneed", { served: num(row.served, 0), need: num(row.need, 0) }),
              ),
          row.unserved >= 0.5
            ? h(
                "span",
                { class: "under loss" },
                t("scenarios.without", { n: num(row.unserved, 0), share: percent(row.unserved_share) }),
              )
            : row.need >= 0.5 && h("span", { class: "under good" }, t("scenarios.nobody")),
        );
      }),
      h("td", { class: "number", "data-label": t("scenarios.minutes") }, num(minutes, 0)),
      h("td", { class: "number", "data-label": t("scenarios.longest") }, num(most(mine.map((r) => r.max_minutes)), 0)),
    );
  };
  const tableBox = h(
    "div",
    { class: "tablebox" },
    h(
      "table",
      { class: "scenarios" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, t("scenarios.scenario")),
          phases.map((p) =>
            h("th", { scope: "col" }, phaseTitle(p.id), h("small", {}, t("scenarios.days", { n: p.days }))),
          ),
          h("th", { scope: "col", class: "number" }, t("scenarios.minutes")),
          h("th", { scope: "col", class: "number" }, t("scenarios.longest")),
        ),
      ),
      h("tbody", {}, P.names.scenario.map(line)),
    ),
  );
  return section(
    "scenarios",
    t("scenarios.title"),
    t("scenarios.intro"),
    h(
      "p",
      { class: "keys" },
      h("span", { class: "swatch", style: { background: SERVED } }),
      t("scenarios.served"),
      h("span", { class: "swatch", style: { background: LOSS } }),
      t("scenarios.unserved"),
    ),
    tableBox,
    promises(),
  );
}
