// What is prepared: places, stock, and roads kept open.
function preparedSection() {
  const columns = [
    {
      key: "title",
      label: t("prepared.place"),
      show: (r) =>
        SITE.of.has(r.site)
          ? h(
              "button",
              {
                type: "button",
                class: "link",
                onclick: () => {
                  byId("where").scrollIntoView();
                  choose("site", r.site, true);
                },
              },
              r.title || r.site,
            )
          : r.title,
    },
    { key: "use", label: t("prepared.use"), show: (r) => term("use", r.use) },
    {
      key: "mode",
      label: t("prepared.as"),
      sort: (r) => modeNumber.get(r.mode),
      show: (r) => h("span", { class: "withsymbol" }, modeSymbol(r.mode, { size: 14 }), modeTitle(r.mode)),
    },
    ...(ZONES.length > 1
      ? [
          {
            key: "zone",
            label: t("prepared.zone"),
            show: (r) => rowsOf.zones.find((z) => z.zone === r.zone)?.title ?? r.zone ?? none(),
          },
        ]
      : []),
    {
      key: "capacity",
      label: t("prepared.capacity"),
      number: true,
      show: (r) => (r.role === "stock" ? `${num(r.capacity)} m³` : num(r.capacity, 0)),
    },
    {
      key: "used_mean",
      label: t("prepared.used"),
      number: true,
      show: (r) => (r.role === "shelter" ? num(r.used_mean, 0) : none()),
    },
    {
      key: "used_max",
      label: t("prepared.fullest"),
      number: true,
      sort: (r) => (r.role === "shelter" && r.capacity ? r.used_max / r.capacity : -1),
      show: (r) =>
        r.role === "shelter" && r.capacity
          ? bar([{ value: r.used_max, colour: MODES[r.mode]?.colour }], r.capacity, percent(r.used_max / r.capacity, 0))
          : none(),
    },
    { key: "cost", label: t("prepared.cost"), number: true, show: (r) => money(r.cost) },
  ];
  const byMode = P.names.mode
    .map((m) => [m, rowsOf.openings.filter((o) => o.mode === m.id)])
    .filter(([, rows]) => rows.length);
  const overview = h(
    "ul",
    { class: "overview" },
    byMode.map(([m, rows]) =>
      h(
        "li",
        {},
        modeSymbol(m.id, { size: 22 }),
        h("b", {}, num(rows.length)),
        " ",
        modeTitle(m.id),
        h(
          "small",
          {},
          m.role === "stock"
            ? t("card.room", { n: sum(rows.map((r) => r.capacity)) })
            : t("card.capacity", { n: sum(rows.map((r) => r.capacity)) }),
        ),
      ),
    ),
  );
  return (
    rowsOf.openings.length &&
    section(
      "prepared",
      t("prepared.title"),
      t("prepared.intro"),
      overview,
      sortable(columns, rowsOf.openings, { by: "capacity" }),
    )
  );
}
function stockSection() {
  if (!rowsOf.stock.length) return null;
  const goods = [...new Map(rowsOf.stock.map((r) => [r.commodity, r])).values()];
  const totals = h(
    "ul",
    { class: "overview" },
    goods.map((g) => {
      const mine = rowsOf.stock.filter((r) => r.commodity === g.commodity);
      return h(
        "li",
        {},
        h("b", {}, `${num(sum(mine.map((r) => r.amount)), 0)} ${g.unit}`),
        " ",
        term("commodity", g.commodity, g.commodity_title),
        mine.some((r) => isNumber(r.person_days)) &&
          h("small", {}, t("stock.days", { n: sum(mine.map((r) => r.person_days)) })),
      );
    }),
  );
  return section(
    "stock",
    t("stock.title"),
    t("stock.intro"),
    totals,
    sortable(
      [
        { key: "title", label: t("prepared.place") },
        { key: "commodity", label: t("stock.goods"), show: (r) => term("commodity", r.commodity, r.commodity_title) },
        { key: "amount", label: t("stock.amount"), number: true, show: (r) => `${num(r.amount, 0)} ${r.unit}` },
        { key: "person_days", label: t("stock.persondays"), number: true, show: (r) => num(r.person_days, 0) },
        { key: "cost", label: t("prepared.cost"), number: true, show: (r) => money(r.cost) },
      ],
      rowsOf.stock,
      { by: "person_days", first: 10 },
    ),
    rowsOf.scenarios.some((r) => isNumber(r.need)) && shortages(),
  );
}
/** Goods that are short: scenarios down, commodities across. */
function shortages() {
  const rows = rowsOf.goods.filter((r) => r.asked > 0),
    goods = [...new Map(rows.map((r) => [r.commodity, r])).values()];
  if (!rows.length) return null;
  if (rows.every((r) => r.short_share < 1e-9)) return h("p", { class: "note" }, t("stock.noshort"));
  const cells = P.names.scenario.map((s) => ({
    title: scenarioTitle(s),
    ...Object.fromEntries(rows.filter((r) => r.scenario === s.id).map((r) => [r.commodity, r])),
  }));
  // a full bar means that everything asked for is short
  return [
    h("h3", {}, t("stock.short")),
    h("p", { class: "note" }, t("stock.short.intro")),
    sortable(
      [
        { key: "title", label: t("scenarios.scenario") },
        ...goods.map((g) => ({
          key: g.commodity,
          label: term("commodity", g.commodity, g.commodity_title),
          number: true,
          sort: (r) => r[g.commodity]?.short_share ?? 0,
          show: (r) =>
            bar(
              [{ value: r[g.commodity]?.short_share ?? 0, colour: LOSS }],
              1,
              percent(r[g.commodity]?.short_share ?? 0),
            ),
        })),
      ],
      cells,
      { first: 20 },
    ),
  ];
}
function roadSection() {
  if (!rowsOf.corridors.length && !rowsOf.hardened.length) return null;
  const tiers = P.names.tier
    .map((x) => [x, rowsOf.corridors.filter((r) => r.tier === x.id)])
    .filter(([, rows]) => rows.length);
  const style = (x) => tierStyle(x.id);
  const overview = h(
    "ul",
    { class: "overview" },
    tiers.map(([x, rows]) =>
      h(
        "li",
        {},
        stroke(style(x).colour, style(x).width, style(x).dash),
        h("b", {}, length(sum(rows.map((r) => r.length_m)))),
        " ",
        tierTitle(x.id),
        h("small", {}, money(sum(rows.map((r) => r.cost)))),
      ),
    ),
    rowsOf.hardened.length > 0 &&
      h(
        "li",
        {},
        stroke("#1f9d8b", 3, [], true),
        h("b", {}, num(rowsOf.hardened.length)),
        " ",
        t("legend.hardened"),
        h(
          "small",
          {},
          `${length(sum(rowsOf.hardened.map((r) => r.length_m)))} · ${money(sum(rowsOf.hardened.map((r) => r.cost)))}`,
        ),
      ),
  );
  return section(
    "roads",
    t("roads.title"),
    t("roads.intro"),
    overview,
    rowsOf.hardened.length > 0 && h("h3", {}, t("roads.hardened")),
    rowsOf.hardened.length > 0 &&
      sortable(
        [
          {
            key: "title",
            label: t("roads.street"),
            show: (r) =>
              h(
                "button",
                {
                  type: "button",
                  class: "link",
                  onclick: () => {
                    byId("where").scrollIntoView();
                    choose("link", r.link);
                  },
                },
                r.title || t("road.unnamed"),
              ),
          },
          {
            key: "corridor_tier",
            label: t("road.corridor"),
            show: (r) => (r.corridor_tier ? tierTitle(r.corridor_tier) : none()),
          },
          { key: "length_m", label: t("road.length"), number: true, show: (r) => length(r.length_m) },
          { key: "cost", label: t("prepared.cost"), number: true, show: (r) => money(r.cost) },
        ],
        rowsOf.hardened,
        { by: "cost", first: 10 },
      ),
  );
}
