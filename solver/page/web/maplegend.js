// The legend of the map.
/** The legend is also the switchboard: every line of it can be taken off the map. */
function drawLegend() {
  const item = (layer, mark, text, note) =>
    h(
      "label",
      { class: "layer" },
      h("input", {
        type: "checkbox",
        checked: shown(layer),
        onchange: (e) => {
          STATE.layers[layer] = e.target.checked;
          refresh(["roads", "units"].includes(layer));
        },
      }),
      mark,
      h("span", {}, text, note && h("small", {}, note)),
    );
  const group = (title, ...items) =>
    items.flat().some(Boolean) && h("fieldset", {}, h("legend", {}, title), ...items.flat().filter(Boolean));
  const opened = (role) =>
    P.names.mode
      .filter((m) => m.role === role && rowsOf.openings.some((o) => o.mode === m.id))
      .map((m) =>
        item(
          `mode:${m.id}`,
          modeSymbol(m.id),
          modeTitle(m.id),
          num(rowsOf.openings.filter((o) => o.mode === m.id).length),
        ),
      );
  const tiers = P.names.tier.filter((x) => rowsOf.corridors.some((r) => r.tier === x.id));
  const dots = (n) =>
    h(
      "span",
      { class: "dots", "aria-hidden": "true" },
      [n / 4, n].map((v) =>
        h("i", { style: { width: `${2 * circleRadius(v)}px`, height: `${2 * circleRadius(v)}px` } }),
      ),
    );
  const worst = most(unservedNow().map((v) => v[1])),
    large = worst > 0 ? Number(worst.toPrecision(1)) : 0,
    small = large < 20 ? Math.max(large / 4, 0.1) : Math.round(large / 4);
  byId("legend").replaceChildren(
    ...[
      group(
        t("legend.places"),
        opened("shelter"),
        opened("stock"),
        opened("reserve"),
        M.keys.length && item("keys", symbol("plus", INK), t("legend.key")),
        PREPARED.length + FORBIDDEN.length < P.names.site.length &&
          item("other", symbol("circle", "#8a94a0", { hollow: true, size: 12 }), t("legend.other")),
        FORBIDDEN.length &&
          item("forbidden", symbol("saltire", "#6b7480", { size: 13 }), t("legend.forbidden"), num(FORBIDDEN.length)),
      ),
      ROADS &&
        group(
          t("legend.roads"),
          item("roads", stroke("#c5c1b7", 2), t("legend.streets")),
          tiers.length && item("corridors", stroke(tierStyle(tiers[0].id).colour, 4), t("legend.corridors")),
          tiers.length &&
            h(
              "ul",
              { class: "tiers" },
              tiers.map((x) =>
                h(
                  "li",
                  {},
                  stroke(tierStyle(x.id).colour, tierStyle(x.id).width, tierStyle(x.id).dash),
                  tierTitle(x.id),
                ),
              ),
            ),
          rowsOf.hardened.length &&
            item("hardened", stroke("#1f9d8b", 3, [], true), t("legend.hardened"), num(rowsOf.hardened.length)),
          STATE.scenario >= 0 &&
            item("cuts", stroke(LOSS, 2.4, [5, 3.2]), t("legend.cuts"), num(ROADS.cuts[STATE.scenario]?.length || 0)),
        ),
      group(
        t("legend.people"),
        PEOPLE && item("people", symbol("circle", "#9ba2aa", { size: 11 }), t("legend.residents")),
        PEOPLE &&
          item(
            "unserved",
            symbol("circle", LOSS, { hollow: true }),
            t(STATE.scenario < 0 ? "legend.unserved.mean" : "legend.unserved"),
          ),
        PEOPLE &&
          large > 0 &&
          h("p", { class: "scaleof" }, dots(large), t("legend.circle", { a: small, b: large })),
        FLOWS &&
          item(
            "trips",
            stroke("#7c8894", 1.4),
            t(STATE.scenario < 0 ? "legend.main" : "legend.trips"),
            STATE.scenario >= 0 && M.flows.left_out ? t("legend.leftout", { n: M.flows.left_out }) : null,
          ),
        STATE.scenario >= 0 &&
          item(
            "lost",
            symbol("circle", "#b9bec4", { crossed: true }),
            t("legend.lost"),
            num(
              P.names.site.filter((_, j) => usable(STATE.scenario, j) === 0 && placeOf.has(P.names.site[j].id)).length,
            ),
          ),
        UNITS && item("units", stroke(PALETTE.unit, 1.6), t("legend.units")),
        NAMED.length > 1 && item("zones", null, t("legend.zones")),
        item("labels", null, t("legend.labels")),
      ),
    ].filter(Boolean),
  );
}
