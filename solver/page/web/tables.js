// Tables that can be sorted by every column, long ones folded until somebody asks for the rest.
/**
 * columns: {key, label, number?, show?(row) -> text or element, sort?(row) -> value, wide?}
 * options: first (rows shown before "show all"), by (column key to sort by at first, falling)
 */
function sortable(columns, rows, { first = 14, by = null, caption = null } = {}) {
  const state = { by, down: true, all: rows.length <= first + 3 };
  const head = h("thead"),
    body = h("tbody");
  const valueOf = (column, row) => (column.sort ? column.sort(row) : row[column.key]);
  const cell = (column, row) =>
    h(
      "td",
      { class: column.number ? "number" : null, "data-label": column.label },
      column.show ? column.show(row) : column.number ? num(row[column.key]) : String(row[column.key] ?? none()),
    );
  const more = h("button", {
    type: "button",
    class: "more",
    onclick: () => {
      state.all = !state.all;
      fill();
    },
  });
  function fill() {
    const column = columns.find((c) => c.key === state.by);
    const ordered = [...rows];
    if (column)
      ordered.sort((a, b) => {
        const [u, v] = [valueOf(column, a), valueOf(column, b)];
        const order =
          isNumber(u) || isNumber(v)
            ? (u ?? -Infinity) - (v ?? -Infinity)
            : String(u).localeCompare(String(v), locale());
        return state.down ? -order : order;
      });
    head.replaceChildren(
      h(
        "tr",
        {},
        columns.map((c) =>
          h(
            "th",
            {
              scope: "col",
              class: c.number ? "number" : null,
              "aria-sort": c.key === state.by ? (state.down ? "descending" : "ascending") : null,
            },
            h(
              "button",
              {
                type: "button",
                onclick: () => {
                  state.down = state.by === c.key ? !state.down : Boolean(c.number);
                  state.by = c.key;
                  fill();
                },
              },
              c.label,
              h(
                "span",
                { class: "arrow", "aria-hidden": "true" },
                c.key === state.by ? (state.down ? " ↓" : " ↑") : "",
              ),
            ),
          ),
        ),
      ),
    );
    // Folded rows stay in the page, so that the print and a search find them.
    body.replaceChildren(
      ...ordered.map((row, k) =>
        h(
          "tr",
          { class: !state.all && k >= first ? "folded" : null },
          columns.map((c) => cell(c, row)),
        ),
      ),
    );
    more.textContent = state.all ? t("table.less") : t("table.more", { n: rows.length });
    more.setAttribute("aria-expanded", String(state.all));
  }
  fill();
  return h(
    "div",
    { class: "tablebox" },
    h("table", { class: "list" }, caption && h("caption", {}, caption), head, body),
    rows.length > first + 3 && more,
  );
}

/** A bar with its number: parts are {value, colour}, whole is what the full track stands for. */
function bar(parts, whole, text) {
  return h(
    "span",
    { class: "bar" },
    h(
      "span",
      { class: "track", "aria-hidden": "true" },
      parts
        .filter((p) => p.value > 0)
        .map((p) =>
          h("span", {
            class: "fill",
            style: {
              width: `${whole > 0 ? Math.max(Math.min(p.value / whole, 1) * 100, 0.6) : 0}%`,
              background: p.colour,
            },
          }),
        ),
    ),
    text !== undefined && h("span", { class: "text" }, text),
  );
}
