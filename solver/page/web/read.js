// The payload, the two languages, numbers as people write them, and elements.
const P = JSON.parse(document.getElementById("payload").textContent);
const TEXTS = JSON.parse(document.getElementById("texts").textContent);
let LANG = P.lang;

/** Reverse of pack() in packing.py: base64 of zigzag-coded differences, seven bits a byte. */
function unpack(text) {
  const octets = atob(text || "");
  const out = [];
  let code = 0,
    place = 1,
    last = 0;
  for (let k = 0; k < octets.length; k++) {
    const octet = octets.charCodeAt(k);
    code += (octet & 127) * place;
    if (octet & 128) {
      place *= 128;
      continue;
    }
    last += code % 2 ? -(code + 1) / 2 : code / 2;
    out.push(last);
    code = 0;
    place = 1;
  }
  return Float64Array.from(out);
}

/** Rows of one of the plan's tables as objects. */
const rowsOf = {};
for (const [name, table] of Object.entries(P.tables)) {
  rowsOf[name] = table.rows.map((row) => Object.fromEntries(table.columns.map((c, k) => [c, row[k]])));
}

const locale = () => (LANG === "zh" ? "zh-CN" : "en-GB");
const none = () => "–";
const isNumber = (v) => typeof v === "number" && Number.isFinite(v);

/** Whole numbers from a hundred up, otherwise three figures. */
function num(v, digits) {
  if (!isNumber(v)) return none();
  const most = digits ?? (Math.abs(v) >= 100 || Number.isInteger(v) ? 0 : Math.abs(v) >= 1 ? 1 : 3);
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: most }).format(v);
}
function percent(share, digits = 1) {
  if (!isNumber(share)) return none();
  // 99.96 % is not all: never round up to everybody, nor down to nobody.
  const fine = (share > 0.9994 && share < 1) || (share < 0.0006 && share > 0);
  const shown = fine ? Math.min(Math.max(share, 1e-5), 0.99999) : share;
  return new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: fine ? 3 : digits }).format(shown);
}
function money(v, long = false) {
  if (!isNumber(v)) return none();
  const big = long && Math.abs(v) >= 1e5;
  const style = { maximumFractionDigits: big ? 2 : Math.abs(v) < 10 ? 2 : 0 };
  if (big) {
    Object.assign(style, { notation: "compact", compactDisplay: "long", maximumSignificantDigits: 4 });
    delete style.maximumFractionDigits;
  }
  try {
    Object.assign(style, {
      style: "currency",
      currency: P.about.money,
      currencyDisplay: "narrowSymbol",
      ...(big ? {} : { minimumFractionDigits: 0 }),
    });
    return new Intl.NumberFormat(locale(), style).format(v);
  } catch {
    delete style.currency;
    delete style.style;
    delete style.currencyDisplay;
    return `${new Intl.NumberFormat(locale(), style).format(v)} ${P.about.money}`;
  }
}
const tiny = (v) => (isNumber(v) ? (v === 0 ? "0" : Math.abs(v) < 1e-3 ? v.toExponential(1) : num(v)) : none());
const length = (m) =>
  m >= 950
    ? `${num(m / 1000, m < 20000 ? 1 : 0)}\u00a0${LANG === "zh" ? "公里" : "km"}`
    : `${num(m, 0)}\u00a0${LANG === "zh" ? "米" : "m"}`;
const withUnit = (v, unit) => (unit === P.about.money ? money(v) : `${num(v)} ${term("unit", unit)}`);

/** A text in the reader's language; {n} is filled in, {n|place|places} chooses by number. */
function t(key, values = {}) {
  const entry = TEXTS[key];
  if (!entry) throw new Error(`no text ${key}`);
  return entry[LANG].replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, name, one, many) => {
    const value = values[name];
    if (one !== undefined) return value === 1 ? one : many;
    return isNumber(value) ? num(value) : String(value ?? none());
  });
}
/** A word of the data (a hazard, a use) in the reader's language, or as it stands. */
function term(kind, word, fallback) {
  // What the data call it in English stands; other languages come from our own words, first by its full title.
  if (LANG === "en" && fallback) return fallback;
  const entry = TEXTS[`title:${fallback}`] ?? TEXTS[`${kind}:${word}`];
  if (entry) return entry[LANG];
  return fallback ?? String(word ?? "").replaceAll("_", " ");
}
const titled = (title, id) => (LANG === "en" ? title || id : (TEXTS[`title:${title}`]?.[LANG] ?? (title || id)));
const hazardName = (hazard) =>
  String(hazard)
    .split("+")
    .map((h) => term("hazard", h))
    .join(" + ");
const listed = (parts) => new Intl.ListFormat(locale(), { type: "conjunction" }).format(parts);

/** An element with attributes and children; text is always text, never markup. */
function h(tag, attributes = {}, ...children) {
  const svg = ["svg", "path", "line", "polyline", "polygon", "rect", "circle", "g"].includes(tag);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(3))
    if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}
/** Text with **strong** parts. */
const rich = (text) => text.split("**").map((part, k) => (k % 2 ? h("strong", {}, part) : part));
const byId = (id) => document.getElementById(id);
const sum = (values) => values.reduce((a, b) => a + (b || 0), 0);
const most = (values) => values.reduce((a, b) => Math.max(a, b || 0), 0);
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
