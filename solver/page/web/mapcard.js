// What a place on the map is: the card under the pointer, and the same map as a table.
function showCard(hit, passing = false) {
  const card = byId("card");
  card.hidden = !hit;
  card.setAttribute("aria-live", passing ? "off" : "polite");
  if (!hit) {
    card.dataset.of = "";
    return;
  }
  const key = `${hit.kind}|${hit.id}|${STATE.scenario}|${STATE.phase}|${LANG}|${passing}`;
  if (card.dataset.of === key) return;
  card.dataset.of = key;
  const at = hit.x === undefined ? HITS.find((o) => o.kind === hit.kind && o.id === hit.id) : hit;
  card.classList.toggle("left", Boolean(at) && at.x > VIEW.w * 0.55);
  const close = passing
    ? null
    : h(
        "button",
        {
          type: "button",
          class: "close",
          "aria-label": t("card.close"),
          onclick: () => {
            choose(null);
            byId("map").focus();
          },
        },
        "×",
      );
  card.replaceChildren(
    ...[close, ...{ site: siteCard, demand: peopleCard, link: linkCard, key: keyCard }[hit.kind](hit.id)].filter(
      Boolean,
    ),
  );
}
const pair = (label, value) => [h("dt", {}, label), h("dd", {}, value)];
const heading = (title, under) => [h("h3", {}, title), under && h("p", { class: "fine" }, under)];

function siteCard(id) {
  const place = placeOf.get(id),
    site = P.names.site[SITE.of.get(id)];
  if (!place)
    return [
      ...heading(site.title || id, term("use", site.use)),
      site.status !== "forbidden" && h("p", {}, t("card.unused")),
      ...judged(site),
    ].filter(Boolean);
  const out = heading(place.title, `${term("use", place.use)} · ${num(place.options[0].area, 0)} m²`);
  out.push(
    h(
      "ul",
      { class: "roles" },
      place.options.map((o) =>
        h(
          "li",
          {},
          modeSymbol(o.mode),
          h(
            "span",
            {},
            h("b", {}, modeTitle(o.mode)),
            h("br"),
            t(o.role === "stock" ? "card.room" : "card.capacity", { n: o.capacity }),
            " · ",
            money(o.cost),
          ),
        ),
      ),
    ),
  );
  if (place.stock.length)
    out.push(
      h(
        "p",
        { class: "fine" },
        listed(
          place.stock.map(
            (row) => `${term("commodity", row.commodity, row.commodity_title)} ${num(row.amount)} ${row.unit}`,
          ),
        ),
      ),
    );
  out.push(...judged(site));
  for (const option of place.options.filter((o) => o.role === "shelter").slice(0, 2)) out.push(useBars(place, option));
  return out;
}
/** Why a site may not be used, or how it ranks among the others and how firm its rank is. */
function judged(site) {
  const out = [];
  if (site.why || site.status === "forbidden")
    out.push(h("p", {}, t(site.status === "forbidden" ? "card.forbidden" : "card.barred")));
  if (site.why)
    out.push(
      h(
        "ul",
        { class: "why" },
        site.why.map(([reason, found, limit, unit, kind]) => {
          // Planners in China sort such rules under one sign each; in English it would only puzzle.
          const sign = LANG === "zh" ? { avoid: "避：", defend: "防：", evade: "让：" }[kind] || "" : "";
          const text = sign + reason;
          const measured = [found, limit].map((v) => `${num(v, 2)}${unit ? `\u00a0${unit}` : ""}`);
          return h("li", {}, t("card.why", { reason: text, found: measured[0], limit: measured[1] }));
        }),
      ),
    );
  if (site.ranked) {
    const [, rank, best, worst] = site.ranked;
    const n = P.names.site.filter((s) => s.ranked).length;
    out.push(h("p", { class: "fine" }, t(best < worst ? "card.ranks" : "card.rank", { rank, n, best, worst })));
  }
  return out;
}
/** How full the place gets in each scenario. */
function useBars(place, option) {
  const rows = P.names.scenario.map((scenario, s) => {
    const lost = usable(s, place.j) === 0,
      used = useOf(place.site, option.mode, s),
      share = option.capacity ? used / option.capacity : 0;
    return h(
      "li",
      {
        class: s === STATE.scenario ? "now" : null,
        title: `${scenarioTitle(scenario)}: ${lost ? t("card.lost") : num(used, 0)}`,
      },
      h("span", { class: "name" }, scenarioTitle(scenario)),
      h(
        "span",
        { class: "track" },
        h("span", {
          class: "fill",
          style: { width: `${Math.min(share, 1) * 100}%`, background: MODES[option.mode].colour },
        }),
      ),
      h("span", { class: lost ? "value lost" : "value" }, lost ? t("card.lost") : num(used, 0)),
    );
  });
  return h(
    "div",
    { class: "uses" },
    h("p", { class: "fine" }, t("card.use", { mode: modeTitle(option.mode) })),
    h("ol", {}, rows),
  );
}
function peopleCard(id) {
  const row = rowsOf.people.find((r) => r.demand === id),
    k = PEOPLE.of.get(id);
  const facts = [...pair(t("people.residents"), num(row.people, 0))];
  if (STATE.scenario >= 0 && UNSERVED)
    facts.push(...pair(t("card.without.now"), num(unservedAt(STATE.scenario, STATE.phase, k), 0)));
  facts.push(
    ...pair(t("card.without.mean"), num(row.expected_unserved)),
    ...pair(t("card.without.worst"), num(row.worst_unserved, 0)),
  );
  if (SITE.of.has(row.main_site))
    facts.push(
      ...pair(t("card.main"), placeOf.get(row.main_site)?.title || row.main_site),
      ...pair(t("card.walk"), t("minutes", { n: row.mean_minutes })),
    );
  return [
    ...heading(row.title || id, rowsOf.zones.find((z) => z.zone === row.zone)?.title || row.zone),
    h("dl", {}, facts),
  ];
}
function linkCard(id) {
  const corridor = rowsOf.corridors.find((r) => r.link === id),
    hard = rowsOf.hardened.find((r) => r.link === id),
    row = corridor || hard;
  const cut = ROADS.cuts
    .map((links, s) => [new Set(links), s])
    .filter(([links]) => links.has(ROADS.hardenedLinks[rowsOf.hardened.indexOf(hard)])).length;
  const facts = [...pair(t("road.length"), length(row.length_m))];
  if (corridor) facts.push(...pair(t("road.corridor"), tierTitle(corridor.tier)));
  if (hard)
    facts.push(
      ...pair(t("road.strengthening"), money(hard.cost)),
      ...pair(t("road.cutin"), t("road.ofscenarios", { n: cut, of: P.names.scenario.length })),
    );
  return [...heading(row.title || t("road.unnamed"), hard ? t("road.held") : t("road.kept")), h("dl", {}, facts)];
}
const keyCard = (k) => heading(titled(M.keys[k][0]), M.keys[k][3] ? t("legend.gateway") : t("legend.key"));

/** The choice of scenario and phase above the map, and the way to a place by name. */
function drawMapbar() {
  const option = (value, text) => h("option", { value, selected: Number(value) === STATE.scenario }, text);
  const scenario = h(
    "select",
    { id: "scenario", onchange: (e) => setScenario(Number(e.target.value)) },
    option(-1, t("map.all")),
    P.names.scenario.map((s, k) =>
      option(k, `${scenarioTitle(s)} · ${term("level", s.level)} · ${percent(s.probability)}`),
    ),
  );
  const place = h(
    "select",
    { id: "place", onchange: (e) => e.target.value && choose("site", e.target.value, true) },
    h("option", { value: "" }, t("map.choose")),
    [...PREPARED]
      .sort((a, b) => a.title.localeCompare(b.title, locale()))
      .map((p) => h("option", { value: p.site }, p.title)),
  );
  const phases =
    STATE.scenario >= 0 &&
    P.names.phase.length > 1 &&
    h(
      "div",
      { class: "segments", role: "group", "aria-label": t("map.phase") },
      P.names.phase.map((phase, k) =>
        h(
          "button",
          {
            type: "button",
            "aria-pressed": String(k === STATE.phase),
            onclick: () => {
              STATE.phase = k;
              drawMapbar();
              afterChange();
              byId("mapbar").querySelector("[aria-pressed=true]").focus();
            },
          },
          phaseTitle(phase.id),
        ),
      ),
    );
  byId("mapbar").replaceChildren(
    ...[
      h("label", {}, h("span", {}, t("map.scenario")), scenario),
      phases,
      h("label", {}, h("span", {}, t("map.find")), place),
    ].filter(Boolean),
  );
}
function setScenario(s, show = false) {
  STATE.scenario = s;
  drawMapbar();
  afterChange();
  if (show) {
    byId("where").scrollIntoView({ behavior: calm() ? "auto" : "smooth" });
    byId("scenario").focus({ preventScroll: true });
  }
}
function afterChange() {
  drawLegend();
  showCard(STATE.chosen);
  drawTwin();
  refresh();
  const s = P.names.scenario[STATE.scenario];
  byId("map").setAttribute(
    "aria-label",
    s
      ? t("map.label.scenario", { title: scenarioTitle(s), n: sum(unservedNow().map((v) => v[1])) })
      : t("map.label", { places: PREPARED.length }),
  );
}
/** Everything on the map in words; filled only when somebody opens it. */
function drawTwin() {
  const box = byId("maptable");
  if (!byId("maptwin").open) {
    box.replaceChildren();
    return;
  }
  const s = STATE.scenario;
  const rows = PREPARED.flatMap((p) =>
    p.options.map((o) => ({
      title: p.title,
      mode: modeTitle(o.mode),
      capacity: o.capacity,
      state: s < 0 ? null : usable(s, p.j),
      used: s < 0 ? o.used_mean : useOf(p.site, o.mode, s),
    })),
  );
  const without = unservedNow()
    .filter((v) => v[1] >= 0.5)
    .sort((a, b) => b[1] - a[1]);
  const titleOf = new Map(rowsOf.people.map((r) => [r.demand, r.title]));
  box.replaceChildren(
    sortable(
      [
        { key: "title", label: t("prepared.place") },
        { key: "mode", label: t("prepared.as") },
        { key: "capacity", label: t("prepared.capacity"), number: true },
        { key: "used", label: t(s < 0 ? "prepared.used" : "twin.used"), number: true, show: (r) => num(r.used, 0) },
        ...(s < 0 ? [] : [{ key: "state", label: t("twin.usable"), number: true, show: (r) => percent(r.state, 0) }]),
      ],
      rows,
      { first: 12 },
    ),
    h("p", {}, t("twin.without", { n: without.length })),
    without.length
      ? sortable(
          [
            { key: "title", label: t("twin.where") },
            { key: "n", label: t("scenarios.unserved"), number: true },
          ],
          without.map(([i, n]) => ({ title: titleOf.get(P.names.demand[i]), n })),
          { first: 8 },
        )
      : "",
  );
}
