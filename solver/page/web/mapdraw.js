// Drawing of the map on a canvas. The quiet ground is kept as a picture and redrawn only when the view settles.
const VIEW = { x: 0, y: 0, k: 1, w: 0, h: 0, d: 1 };
const toScreen = (x, y) => [(x - VIEW.x) * VIEW.k + VIEW.w / 2, (VIEW.y - y) * VIEW.k + VIEW.h / 2];
const toGround = (px, py) => [(px - VIEW.w / 2) / VIEW.k + VIEW.x, VIEW.y - (py - VIEW.h / 2) / VIEW.k];
const ground = document.createElement("canvas");
let groundView = null;
let HITS = [];
const WIDTH = new Map(); // how far the symbols of a place reach to the right
const shown = (layer) => STATE.layers[layer] !== false;
const FONT =
  '"Segoe UI", "Helvetica Neue", "Noto Sans", "Liberation Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

function inMetres(c) {
  c.setTransform(
    VIEW.k * VIEW.d,
    0,
    0,
    VIEW.k * VIEW.d,
    (VIEW.w / 2 - VIEW.x * VIEW.k) * VIEW.d,
    (VIEW.h / 2 + VIEW.y * VIEW.k) * VIEW.d,
  );
}
const inPixels = (c) => c.setTransform(VIEW.d, 0, 0, VIEW.d, 0, 0);
function strokePath(c, path, colour, width, dash = [], cap = "round") {
  c.strokeStyle = colour;
  c.lineWidth = width / VIEW.k;
  c.lineCap = cap;
  c.lineJoin = "round";
  c.setLineDash(dash.map((v) => v / VIEW.k));
  c.stroke(path);
  c.setLineDash([]);
}

/** Outlines of districts and roads: what does not change with scenario or choice. */
function drawGround() {
  ground.width = VIEW.w * VIEW.d;
  ground.height = VIEW.h * VIEW.d;
  const c = ground.getContext("2d");
  c.fillStyle = PALETTE.ground;
  c.fillRect(0, 0, ground.width, ground.height);
  if (UNITS && shown("units")) {
    inMetres(c);
    for (let n = UNITS.paths.length - 1; n >= 0; n--)
      strokePath(c, UNITS.paths[n], PALETTE.unit, [1.4, 0.8, 0.6][n] ?? 0.5, n ? [3, 3] : []);
  }
  if (ROADS && shown("roads")) {
    inMetres(c);
    const near = Math.min(Math.max(VIEW.k * 9, 0.55), 2.2);
    [3, 2, 1, 0].forEach((n) => strokePath(c, ROADS.classes[n], PALETTE.roads[n], [2, 1.4, 0.9, 0.55][n] * near));
  }
  groundView = { ...VIEW };
}
function paintGround(c) {
  c.setTransform(1, 0, 0, 1, 0, 0);
  c.fillStyle = PALETTE.ground;
  c.fillRect(0, 0, VIEW.w * VIEW.d, VIEW.h * VIEW.d);
  const r = VIEW.k / groundView.k;
  const [px, py] = toScreen(...[groundView.x, groundView.y]);
  c.drawImage(
    ground,
    (px - (groundView.w * r) / 2) * VIEW.d,
    (py - (groundView.h * r) / 2) * VIEW.d,
    ground.width * r,
    ground.height * r,
  );
}

function drawShape(c, shape, x, y, r, fill, { line = "#fff", width = 1.4, alpha = 1 } = {}) {
  c.save();
  c.translate(x, y);
  c.scale(r, r);
  c.globalAlpha = alpha;
  if (fill) {
    c.fillStyle = fill;
    c.fill(outlinePath(shape));
  }
  c.lineWidth = width / r;
  c.strokeStyle = line;
  c.lineJoin = "round";
  c.stroke(outlinePath(shape));
  c.restore();
}
function cross(c, x, y, r, width = 2.2) {
  c.strokeStyle = "#fff";
  c.lineCap = "round";
  for (const [colour, w] of [
    ["#fff", width + 2],
    [LOSS, width],
  ]) {
    c.strokeStyle = colour;
    c.lineWidth = w;
    c.beginPath();
    c.moveTo(x - r, y - r);
    c.lineTo(x + r, y + r);
    c.moveTo(x + r, y - r);
    c.lineTo(x - r, y + r);
    c.stroke();
  }
}
// Places grow with the people they take, between 5 and 12 pixels.
const largest = most(rowsOf.openings.filter((o) => o.role === "shelter").map((o) => o.capacity));
const radius = (people) => 5 + 7 * Math.sqrt(largest > 0 ? Math.max(people, 0) / largest : 0);
const zoomed = () => (VIEW.fit ? Math.min(Math.max(Math.pow(VIEW.k / VIEW.fit, 0.35), 1), 2.1) : 1);
const circleRadius = (people) =>
  Math.max(2.2, circleScale * Math.sqrt(people) * Math.min(Math.max(VIEW.w / 1000, 0.6), 1)) * zoomed();

function drawMap() {
  const canvas = byId("map"),
    c = canvas.getContext("2d"),
    s = STATE.scenario;
  HITS = [];
  paintGround(c);
  inMetres(c);
  if (ROADS) drawLines(c, s);
  inPixels(c);
  if (PEOPLE && shown("people")) drawPeople(c);
  if (FLOWS && shown("trips")) s < 0 ? drawMainWays(c) : drawFlows(c, s);
  if (PEOPLE && shown("unserved")) drawUnserved(c);
  if (shown("other")) drawOthers(c);
  if (shown("forbidden")) drawForbidden(c);
  const boxes = [];
  drawPrepared(c, s, boxes);
  if (shown("keys")) drawKeys(c, boxes);
  if (ROADS && shown("hardened")) drawHardened(c);
  if (shown("zones")) drawZones(c, boxes);
  if (shown("labels")) drawLabels(c, boxes);
  drawChosen(c);
  drawScale();
}
function drawLines(c, s) {
  if (shown("hardened")) {
    strokePath(c, ROADS.hardened, INK, 8);
    strokePath(c, ROADS.hardened, "#fff", 4.6);
  }
  if (shown("corridors"))
    for (const tier of [...ROADS.tiers].reverse()) {
      strokePath(c, tier.path, "rgba(255,255,255,.75)", tier.width + 1.6);
      strokePath(c, tier.path, tier.colour, tier.width, tier.dash, tier.dash.length ? "butt" : "round");
    }
  if (s >= 0 && ROADS.cutPaths[s] && shown("cuts")) {
    strokePath(c, ROADS.cutPaths[s], "#fff", 4.4);
    strokePath(c, ROADS.cutPaths[s], LOSS, 2.4, [5, 3.2], "butt");
  }
}
// Where a district's name may go, in halves of its width and lines: never so far that it seems to name its neighbour.
const AROUND = [
  ...[[0, 0], [0, -1], [0, 1], [-1, 0], [1, 0], [-1, -1], [1, -1], [-1, 1], [1, 1], [0, -2], [0, 2]],
  ...[[-1.6, 0], [1.6, 0], [0, -3], [0, 3]],
];
/** Names of districts, each near its middle where it covers neither a symbol nor another name, or not at all. */
function drawZones(c, boxes) {
  if (NAMED.length < 2) return;
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.letterSpacing = VIEW.w < 600 ? "1px" : "2px";
  for (const zone of NAMED) {
    const [x, middle] = toScreen(zone.x, zone.y),
      text = zone.title.toUpperCase(),
      level = zone.level || 0,
      size = (VIEW.w < 600 ? 10 : 13) - (level ? 2 : 0);
    c.font = `600 ${size}px ${FONT}`;
    const half = c.measureText(text).width / 2 + 4,
      high = size * 0.7;
    // Land that is no zone waits until one is near.
    if (zone.wide && zone.wide * VIEW.k < (level ? 6 : 2) * half) continue;
    const spot = AROUND.map(([right, down]) => [x + right * (half + 8), middle + down * size * 1.3]).find(
      ([px, py]) =>
        px > half &&
        px + half < VIEW.w &&
        py > 20 &&
        py < VIEW.h - 30 &&
        !boxes.some((o) => o[0] < px + half && o[2] > px - half && o[1] < py + high && o[3] > py - high),
    );
    if (!spot) continue;
    boxes.push([spot[0] - half, spot[1] - high, spot[0] + half, spot[1] + high]);
    c.lineWidth = 4;
    c.lineJoin = "round";
    c.strokeStyle = "rgba(246,244,238,.85)";
    c.strokeText(text, ...spot);
    c.fillStyle = level ? "#9a9486" : "#7d796b";
    c.fillText(text, ...spot);
  }
  c.letterSpacing = "0px";
}
function drawPeople(c) {
  c.fillStyle = "rgba(92,104,117,.42)";
  for (const row of rowsOf.people) {
    const k = PEOPLE.of.get(row.demand),
      [x, y] = toScreen(PEOPLE.x[k], PEOPLE.y[k]);
    if (x < -20 || y < -20 || x > VIEW.w + 20 || y > VIEW.h + 20) continue;
    const r = Math.max(1.2, dotScale * Math.sqrt(row.people)) * zoomed();
    c.beginPath();
    c.arc(x, y, r, 0, 7);
    c.fill();
    HITS.push({ kind: "demand", id: row.demand, x, y, r: Math.max(r, 3), low: true });
  }
}
function way(c, i, j) {
  const [x, y] = toScreen(PEOPLE.x[i], PEOPLE.y[i]),
    [u, v] = toScreen(SITE.x[j], SITE.y[j]);
  c.beginPath();
  c.moveTo(x, y);
  c.quadraticCurveTo((x + u) / 2 - (v - y) * 0.12, (y + v) / 2 + (u - x) * 0.12, u, v);
  c.stroke();
}
function drawMainWays(c) {
  c.strokeStyle = "rgba(34,48,60,.17)";
  c.lineWidth = 0.9;
  for (const row of rowsOf.people)
    if (SITE.of.has(row.main_site)) way(c, PEOPLE.of.get(row.demand), SITE.of.get(row.main_site));
}
function drawFlows(c, s) {
  for (const k of flowsOf(s, STATE.phase)) {
    c.strokeStyle = MODES[P.names.mode[FLOWS.mode[k]].id].colour;
    c.globalAlpha = 0.5;
    c.lineWidth = Math.min(0.5 + Math.sqrt(FLOWS.people[k] / 10) * 0.075, 5);
    way(c, FLOWS.demand[k], FLOWS.site[k]);
  }
  c.globalAlpha = 1;
}
function drawUnserved(c) {
  for (const [i, people] of unservedNow()) {
    if (people < 0.5) continue;
    const [x, y] = toScreen(PEOPLE.x[i], PEOPLE.y[i]),
      r = circleRadius(people);
    c.beginPath();
    c.arc(x, y, r, 0, 7);
    c.fillStyle = "rgba(179,38,30,.24)";
    c.fill();
    c.strokeStyle = LOSS;
    c.lineWidth = 1.3;
    c.stroke();
  }
}
function drawOthers(c) {
  P.names.site.forEach((site, j) => {
    if (placeOf.has(site.id) || site.status === "forbidden") return;
    const [x, y] = toScreen(SITE.x[j], SITE.y[j]);
    drawShape(c, "circle", x, y, 2.6, "#fff", { line: "#8a94a0", width: 1.1 });
    HITS.push({ kind: "site", id: site.id, x, y, r: 3, low: true });
  });
}
function drawForbidden(c) {
  for (const site of FORBIDDEN) {
    const [x, y] = toScreen(SITE.x[site.j], SITE.y[site.j]);
    drawShape(c, "saltire", x, y, 4.2, "#6b7480", { width: 1 });
    HITS.push({ kind: "site", id: site.id, x, y, r: 4, low: true });
  }
}
function drawPrepared(c, s, boxes) {
  for (const place of [...PREPARED].reverse()) {
    const wanted = place.options.filter((o) => shown(`mode:${o.mode}`));
    if (!wanted.length) continue;
    const [x, y] = toScreen(SITE.x[place.j], SITE.y[place.j]),
      left = s < 0 ? 1 : usable(s, place.j);
    let shift = 0;
    wanted.forEach((option, n) => {
      const r = (option.role === "stock" ? 7 : radius(option.capacity)) * (n ? 0.8 : 1) * Math.min(zoomed(), 1.5);
      if (n) shift += r * 1.25;
      drawShape(c, MODES[option.mode].shape, x + shift, y, r, left > 0 ? MODES[option.mode].colour : "#b9bec4");
      if (!n) {
        boxes.push([x - r - 2, y - r - 2, x + r + 2, y + r + 2]);
        HITS.push({ kind: "site", id: place.site, x, y, r });
      }
      shift += r * 0.75;
      WIDTH.set(place.site, shift + r * 0.4);
    });
    if (left === 0 && shown("lost")) cross(c, x, y, Math.max(8, HITS.at(-1).r + 2), 1.8);
  }
}
function drawKeys(c, boxes) {
  M.keys.forEach(([title, kx, ky, gateway], k) => {
    const [x, y] = toScreen(kx, ky);
    drawShape(c, gateway ? "arrow" : "plus", x, y, 7.5, INK, { width: 1.6 });
    boxes.push([x - 9, y - 9, x + 9, y + 9]);
    HITS.push({ kind: "key", id: k, x, y, r: 8 });
  });
}
function drawHardened(c) {
  ROADS.hardenedLinks.forEach((link, k) => {
    const [x, y] = toScreen(...ROADS.middle(link));
    drawShape(c, "diamond", x, y, 4.2, "#fff", { line: INK, width: 1.6 });
    HITS.push({ kind: "link", id: rowsOf.hardened[k].link, x, y, r: 5 });
  });
}
/** Names of the largest places, only where they cover nothing: right, left, below, above are tried in turn. */
function drawLabels(c, boxes) {
  const wanted = [
    ...M.keys.map(([title, x, y]) => ({ title: titled(title), x, y, r: 9, strong: true })),
    ...PREPARED.filter((p) => p.options.some((o) => shown(`mode:${o.mode}`))).map((p) => ({
      title: p.title,
      x: SITE.x[p.j],
      y: SITE.y[p.j],
      r: radius(p.capacity),
      wide: WIDTH.get(p.site),
    })),
  ];
  let left = Math.round((VIEW.w < 600 ? 7 : 16) * Math.pow(Math.max(VIEW.k / VIEW.fit, 1), 1.2));
  c.textBaseline = "middle";
  c.textAlign = "left";
  for (const item of wanted) {
    if (left <= 0) break;
    const [x, y] = toScreen(item.x, item.y);
    if (x < 0 || y < 0 || x > VIEW.w || y > VIEW.h) continue;
    c.font = `${item.strong ? 600 : 500} 12px ${FONT}`;
    const wide = c.measureText(item.title).width,
      r = item.r + 4;
    const spots = [
      [x + Math.max(r, (item.wide ?? 0) + 4), y],
      [x - r - wide, y],
      [x - wide / 2, y + r + 6],
      [x - wide / 2, y - r - 6],
    ];
    const spot = spots.find(([a, b]) => {
      const box = [a - 3, b - 8, a + wide + 3, b + 8];
      const inside = box[0] > 4 && box[2] < VIEW.w - 4 && box[1] > 4 && box[3] < VIEW.h - 22;
      return inside && !boxes.some((o) => o[0] < box[2] && o[2] > box[0] && o[1] < box[3] && o[3] > box[1]);
    });
    if (!spot) continue;
    boxes.push([spot[0] - 3, spot[1] - 8, spot[0] + wide + 3, spot[1] + 8]);
    c.lineWidth = 3.5;
    c.lineJoin = "round";
    c.strokeStyle = "rgba(255,255,255,.92)";
    c.strokeText(item.title, ...spot);
    c.fillStyle = "#22303c";
    c.fillText(item.title, ...spot);
    left--;
  }
}
function drawChosen(c) {
  const hit = STATE.chosen && HITS.find((o) => o.kind === STATE.chosen.kind && o.id === STATE.chosen.id);
  if (!hit) return;
  c.beginPath();
  c.arc(hit.x, hit.y, hit.r + 6, 0, 7);
  c.lineWidth = 5;
  c.strokeStyle = "#fff";
  c.stroke();
  c.lineWidth = 2.4;
  c.strokeStyle = INK;
  c.stroke();
}
function drawScale() {
  const bar = byId("scalebar");
  bar.hidden = !M.metric;
  if (!M.metric) return;
  const longest = 130 / VIEW.k,
    power = 10 ** Math.floor(Math.log10(longest));
  const metres = [5, 2, 1].map((f) => f * power).find((v) => v <= longest);
  bar.style.width = `${metres * VIEW.k}px`;
  bar.textContent = metres >= 1000 ? `${num(metres / 1000)} km` : `${num(metres)} m`;
}
