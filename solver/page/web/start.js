// Putting the page together, once for each language.
function attribution() {
  return P.about.sources.some((s) => /openstreetmap|\bosm\b/i.test(s)) ? "© OpenStreetMap contributors, ODbL" : "";
}
function drawPage() {
  document.documentElement.lang = LANG === "zh" ? "zh-Hans" : "en";
  const city = P.about.title[LANG] || P.about.title.en || P.about.name;
  document.title = t("title", { city });
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  byId("city").textContent = city;
  byId("sentence").replaceChildren(...rich(answerSentence()));
  byId("banner").replaceChildren(...banners());
  byId("languages").setAttribute("aria-label", t("language"));
  byId("languages").replaceChildren(
    ...[
      ["en", "English"],
      ["zh", "中文"],
    ].map(([code, name]) =>
      h(
        "button",
        {
          type: "button",
          lang: code,
          "aria-pressed": String(code === LANG),
          onclick: () => {
            LANG = code;
            drawPage();
            byId("languages").querySelector("[aria-pressed=true]").focus();
          },
        },
        name,
      ),
    ),
  );
  drawProof();
  const rest = [
    scenarioSection(),
    preparedSection(),
    stockSection(),
    roadSection(),
    costSection(),
    objectiveSection(),
    zoneSection(),
    sourceSection(),
    computedSection(),
  ].filter(Boolean);
  byId("rest").replaceChildren(...rest);
  byId("contents").setAttribute("aria-label", t("contents"));
  byId("contents").replaceChildren(
    ...["proof", "where", ...rest.map((s) => s.id)].map((id) => h("a", { href: `#${id}` }, t(`nav.${id}`))),
  );
  byId("attribution").textContent = attribution();
  byId("zoom").replaceChildren(
    ...[
      ["+", "map.in", () => zoomAt(1.5)],
      ["−", "map.out", () => zoomAt(1 / 1.5)],
      [
        "⤢",
        "map.fit",
        () => {
          fitMap();
          refresh(true);
        },
      ],
    ].map(([sign, key, act]) =>
      h("button", { type: "button", "aria-label": t(key), title: t(key), onclick: act }, sign),
    ),
  );
  byId("foot").replaceChildren(h("p", {}, t("foot")));
  drawMapbar();
  afterChange();
}
/** What a test (or a worried reader) can ask of the page without looking at it. */
function report() {
  const canvas = byId("map"),
    data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const colours = new Set();
  for (let k = 0; k < data.length; k += 4 * 37) colours.add((data[k] << 16) | (data[k + 1] << 8) | data[k + 2]);
  return JSON.stringify({ width: VIEW.w, height: VIEW.h, colours: colours.size, marks: HITS.length });
}
function fault(error) {
  document.documentElement.dataset.ready = "failed";
  document.documentElement.dataset.fault = String(error?.stack || error);
}
addEventListener("error", (e) => fault(e.error || e.message));
/** A link may open a view: page.html#scenario=flood 1&phase=days&place=school 3&lang=zh */
function fromLink() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  if (["en", "zh"].includes(wanted.get("lang"))) LANG = wanted.get("lang");
  const at = (kind) => P.names[kind].findIndex((x) => x.id === wanted.get(kind));
  if (at("scenario") >= 0) STATE.scenario = at("scenario");
  if (at("phase") >= 0) STATE.phase = at("phase");
  if (SITE.of.has(wanted.get("place"))) STATE.chosen = { kind: "site", id: wanted.get("place") };
}
function start() {
  if (P.schema !== "refugia-page/1") throw new Error(`unknown payload ${P.schema}`);
  STATE.layers.other = !PEOPLE; // beside people, sites that were not chosen only crowd the map
  STATE.layers.forbidden = FORBIDDEN.length <= 60;
  fromLink();
  drawPage();
  startMap();
  byId("maptwin").addEventListener("toggle", drawTwin);
  addEventListener("beforeprint", () => printMap(true));
  addEventListener("afterprint", () => printMap(false));
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (document.documentElement.dataset.ready === "failed") return;
      document.documentElement.dataset.map = report();
      document.documentElement.dataset.ready = "yes";
    }),
  );
}
try {
  start();
} catch (error) {
  fault(error);
  throw error;
}
