// Moving about the map: drag, wheel, pinch, buttons and keys; then choosing what lies under the pointer.
let waiting = 0,
  settle = 0;
function refresh(andGround = false) {
  if (andGround) groundView = null;
  if (waiting) return;
  waiting = requestAnimationFrame(() => {
    waiting = 0;
    if (!groundView) drawGround();
    drawMap();
    clearTimeout(settle);
    if (groundView.k !== VIEW.k || groundView.x !== VIEW.x || groundView.y !== VIEW.y)
      settle = setTimeout(() => refresh(true), 110);
  });
}
function fitMap() {
  const sites = PREPARED.map((p) => p.j);
  const xs = [...(PEOPLE?.x || []), ...sites.map((j) => SITE.x[j]), ...M.keys.map((k) => k[1])];
  const ys = [...(PEOPLE?.y || []), ...sites.map((j) => SITE.y[j]), ...M.keys.map((k) => k[2])];
  if (!PEOPLE) {
    xs.push(...SITE.x);
    ys.push(...SITE.y);
  }
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  VIEW.x = (x0 + x1) / 2;
  VIEW.y = (y0 + y1) / 2;
  const margin = VIEW.w < 600 ? 24 : 46;
  VIEW.k = VIEW.fit = Math.min(
    (VIEW.w - 2 * margin) / Math.max(x1 - x0, 1e-6),
    (VIEW.h - 2 * margin) / Math.max(y1 - y0, 1e-6),
  );
}
/** On paper the map has a size of its own and three dots to a pixel; afterwards the screen's view comes back. */
let printing = null;
function printMap(begin) {
  const canvas = byId("map");
  if (begin && !printing) {
    printing = { ...VIEW };
    const fitted = VIEW.k === VIEW.fit;
    Object.assign(VIEW, { w: 620, h: 740, d: 3 });
    if (fitted) fitMap();
  } else if (!begin && printing) {
    Object.assign(VIEW, printing);
    printing = null;
  } else return;
  canvas.width = VIEW.w * VIEW.d;
  canvas.height = VIEW.h * VIEW.d;
  drawGround();
  drawMap();
}
function sizeMap() {
  if (printing) return;
  const canvas = byId("map"),
    box = byId("mapbox").getBoundingClientRect(),
    first = !VIEW.w;
  const fitted = !first && VIEW.k === VIEW.fit;
  const wide = Math.max(Math.round(box.width), 50),
    high = Math.max(Math.round(box.height), 50),
    dots = Math.min(window.devicePixelRatio || 1, 3);
  if (wide === VIEW.w && high === VIEW.h && dots === VIEW.d) return; // setting the size of a canvas empties it
  VIEW.w = wide;
  VIEW.h = high;
  VIEW.d = dots;
  canvas.width = VIEW.w * VIEW.d;
  canvas.height = VIEW.h * VIEW.d;
  if (first || fitted) fitMap();
  refresh(true);
}
function zoomAt(factor, px = VIEW.w / 2, py = VIEW.h / 2) {
  const [x, y] = toGround(px, py);
  VIEW.k = Math.min(Math.max(VIEW.k * factor, VIEW.fit / 2), VIEW.fit * 60);
  VIEW.x = x - (px - VIEW.w / 2) / VIEW.k;
  VIEW.y = y + (py - VIEW.h / 2) / VIEW.k;
  refresh();
}
function pan(dx, dy) {
  VIEW.x -= dx / VIEW.k;
  VIEW.y += dy / VIEW.k;
  refresh();
}
function flyTo(x, y, k) {
  const from = { ...VIEW },
    begun = performance.now(),
    lasts = calm() ? 0 : 420;
  const step = (now) => {
    const p = lasts ? Math.min((now - begun) / lasts, 1) : 1,
      e = 1 - (1 - p) ** 3;
    VIEW.x = from.x + (x - from.x) * e;
    VIEW.y = from.y + (y - from.y) * e;
    VIEW.k = from.k * (k / from.k) ** e;
    refresh(p === 1);
    if (p < 1) requestAnimationFrame(step);
  };
  step(begun);
}
function under(px, py, reach = 6) {
  let best = null,
    least = Infinity;
  for (const hit of HITS) {
    const far = Math.hypot(hit.x - px, hit.y - py) - hit.r,
      cost = Math.max(far, 0) + (hit.low ? 5 : 0);
    if (far < reach && cost <= least) {
      best = hit;
      least = cost;
    }
  }
  if (best || !ROADS || !shown("corridors")) return best;
  const [gx, gy] = toGround(px, py);
  let near = 6 / VIEW.k,
    found = null;
  ROADS.corridorLinks.forEach((link, n) => {
    for (let p = ROADS.start[link]; p + 1 < ROADS.start[link + 1]; p++) {
      const ax = ROADS.x[p],
        ay = ROADS.y[p],
        bx = ROADS.x[p + 1] - ax,
        by = ROADS.y[p + 1] - ay;
      const u = Math.min(Math.max(((gx - ax) * bx + (gy - ay) * by) / (bx * bx + by * by || 1), 0), 1);
      const far = Math.hypot(ax + u * bx - gx, ay + u * by - gy);
      if (far < near) {
        near = far;
        found = { kind: "link", id: rowsOf.corridors[n].link, x: px, y: py, r: 4 };
      }
    }
  });
  return found;
}
function choose(kind, id, fly = false) {
  const seen = HITS.find((o) => o.kind === kind && o.id === id);
  STATE.chosen = kind ? { kind, id, x: seen?.x } : null;
  showCard(STATE.chosen);
  if (fly && kind === "site") {
    const j = SITE.of.get(id);
    flyTo(SITE.x[j], SITE.y[j], Math.max(VIEW.k, VIEW.fit * 2.6));
  }
  refresh();
}
/** Step through the prepared places from north to south with the keyboard. */
function stepChosen(by) {
  const order = [...PREPARED].sort((a, b) => SITE.y[b.j] - SITE.y[a.j]);
  if (!order.length) return;
  const k = STATE.chosen?.kind === "site" ? order.findIndex((p) => p.site === STATE.chosen.id) : by > 0 ? -1 : 0;
  choose("site", order[(k + by + order.length) % order.length].site, VIEW.k > VIEW.fit * 1.5);
}
function startMap() {
  const canvas = byId("map"),
    pointers = new Map();
  let moved = 0,
    pinch = 0;
  const place = (e) => {
    const b = canvas.getBoundingClientRect();
    return [e.clientX - b.left, e.clientY - b.top];
  };
  canvas.addEventListener("pointerdown", (e) => {
    pointers.set(e.pointerId, place(e));
    moved = 0;
    pinch = 0;
    canvas.setPointerCapture(e.pointerId);
  });
  canvas.addEventListener("pointermove", (e) => {
    const now = place(e),
      before = pointers.get(e.pointerId);
    if (!before) {
      const hit = under(...now);
      canvas.style.cursor = hit ? "pointer" : "grab";
      if (!STATE.chosen && e.pointerType === "mouse") showCard(hit, true);
      return;
    }
    pointers.set(e.pointerId, now);
    moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (pointers.size === 1 && moved > 3) pan(now[0] - before[0], now[1] - before[1]);
    if (pointers.size === 2) {
      const [a, b] = [...pointers.values()],
        wide = Math.hypot(a[0] - b[0], a[1] - b[1]);
      if (pinch) zoomAt(wide / pinch, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
      pinch = wide;
    }
  });
  const end = (e) => {
    if (pointers.delete(e.pointerId) && e.type === "pointerup" && moved <= 3) {
      const hit = under(...place(e), e.pointerType === "touch" ? 14 : 6);
      choose(hit?.kind, hit?.id);
    }
    pinch = 0;
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("pointerleave", () => {
    if (!STATE.chosen) showCard(null);
  });
  canvas.addEventListener("dblclick", (e) => zoomAt(2, ...place(e)));
  canvas.addEventListener(
    "wheel",
    (e) => {
      if (!e.ctrlKey && !e.metaKey && document.activeElement !== canvas) return; // the page scrolls until the map is chosen
      e.preventDefault();
      zoomAt(Math.exp(-e.deltaY * (e.ctrlKey ? 0.008 : 0.0016)), ...place(e));
    },
    { passive: false },
  );
  canvas.addEventListener("keydown", (e) => {
    const step = e.shiftKey ? 160 : 50;
    const act = {
      ArrowLeft: () => pan(step, 0),
      ArrowRight: () => pan(-step, 0),
      ArrowUp: () => pan(0, step),
      ArrowDown: () => pan(0, -step),
      "+": () => zoomAt(1.4),
      "=": () => zoomAt(1.4),
      "-": () => zoomAt(1 / 1.4),
      0: () => {
        fitMap();
        refresh(true);
      },
      n: () => stepChosen(1),
      p: () => stepChosen(-1),
      Escape: () => choose(null),
    }[e.key];
    if (act) {
      e.preventDefault();
      act();
    }
  });
  new ResizeObserver(sizeMap).observe(byId("mapbox"));
  sizeMap();
}
