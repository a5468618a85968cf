// What the map draws, unpacked once. Positions are metres east and north of the map's corner.
const M = P.map;
const SITE = { x: unpack(M.sites.x), y: unpack(M.sites.y), of: new Map(P.names.site.map((s, k) => [s.id, k])) };
const PEOPLE = M.people && {
  x: unpack(M.people.x),
  y: unpack(M.people.y),
  of: new Map(P.names.demand.map((d, k) => [d, k])),
};
const USABLE = M.usable && unpack(M.usable); // percent, scenario by site
const usable = (s, j) => (USABLE ? USABLE[s * P.names.site.length + j] / 100 : 1);

const ROADS =
  M.roads &&
  (() => {
    const count = unpack(M.roads.count),
      x = unpack(M.roads.x),
      y = unpack(M.roads.y),
      kind = unpack(M.roads.class);
    const start = new Int32Array(count.length + 1);
    count.forEach((n, k) => {
      start[k + 1] = start[k] + n;
    });
    const draw = (path, k) => {
      for (let p = start[k]; p < start[k + 1]; p++)
        p === start[k] ? path.moveTo(x[p], -y[p]) : path.lineTo(x[p], -y[p]);
    };
    const pathOf = (links) => {
      const path = new Path2D();
      for (const k of links) draw(path, k);
      return path;
    };
    const classes = [[], [], [], []];
    kind.forEach((c, k) => classes[c].push(k));
    const middle = (k) => {
      const p = (start[k] + start[k + 1] - 1) / 2,
        a = Math.floor(p),
        b = Math.ceil(p);
      return [(x[a] + x[b]) / 2, (y[a] + y[b]) / 2];
    };
    const corridorLinks = unpack(M.roads.corridor),
      hardenedLinks = unpack(M.roads.hardened);
    const tiers = P.names.tier.map((tier) => ({
      ...tierStyle(tier.id),
      id: tier.id,
      path: pathOf([...corridorLinks].filter((_, n) => rowsOf.corridors[n].tier === tier.id)),
    }));
    const cuts = M.roads.cut.map((packed) => unpack(packed));
    const held = new Set(hardenedLinks);
    return {
      x,
      y,
      start,
      classes: classes.map(pathOf),
      middle,
      corridorLinks,
      hardenedLinks,
      tiers,
      hardened: pathOf(hardenedLinks),
      cuts,
      cutPaths: cuts.map((links) => pathOf([...links].filter((k) => !held.has(k)))),
    };
  })();

/** Outlines of districts and the like, one path for each level, and where their names may stand. */
const UNITS =
  M.units &&
  (() => {
    const count = unpack(M.units.count),
      level = unpack(M.units.level),
      x = unpack(M.units.x),
      y = unpack(M.units.y);
    const paths = M.units.levels.map(() => new Path2D());
    let p = 0;
    count.forEach((n, k) => {
      const path = paths[level[k]];
      path.moveTo(x[p], -y[p]);
      for (const end = p + n; ++p < end; ) path.lineTo(x[p], -y[p]);
    });
    const of = unpack(M.units.of),
      at = [unpack(M.units.at_x), unpack(M.units.at_y)],
      wide = unpack(M.units.wide);
    const names = M.units.names.map((title, k) => ({ title, level: of[k], x: at[0][k], y: at[1][k], wide: wide[k] }));
    return { levels: M.units.levels, paths, names };
  })();

/** Prepared sites: one entry a site with all that is opened there, largest grade first. */
const PREPARED = (() => {
  const found = new Map();
  const order = new Map(P.names.mode.map((m, k) => [m.id, k]));
  for (const row of rowsOf.openings) {
    if (!found.has(row.site))
      found.set(row.site, {
        site: row.site,
        title: row.title || row.site,
        use: row.use,
        j: SITE.of.get(row.site),
        options: [],
        stock: [],
      });
    found.get(row.site).options.push(row);
  }
  for (const row of rowsOf.stock) found.get(row.site)?.stock.push(row);
  const list = [...found.values()];
  for (const place of list) {
    const rank = (o) => (o.role === "shelter" ? 100 : 0) + order.get(o.mode);
    place.options.sort((a, b) => rank(b) - rank(a));
    place.capacity = most(place.options.filter((o) => o.role === "shelter").map((o) => o.capacity));
  }
  return list.sort((a, b) => b.capacity - a.capacity);
})();
const placeOf = new Map(PREPARED.map((p) => [p.site, p]));

/** Largest number of people in a site's mode over the phases of a scenario. */
const USE = new Map();
if (M.use) {
  const site = unpack(M.use.site),
    mode = unpack(M.use.mode),
    scenario = unpack(M.use.scenario),
    people = unpack(M.use.people);
  site.forEach((j, k) => USE.set(`${j}|${mode[k]}|${scenario[k]}`, people[k] / 10));
}
const modeNumber = new Map(P.names.mode.map((m, k) => [m.id, k]));
const useOf = (site, mode, s) => USE.get(`${SITE.of.get(site)}|${modeNumber.get(mode)}|${s}`) || 0;

const UNSERVED = M.unserved && unpack(M.unserved);
const unservedAt = (s, phase, i) => UNSERVED[(s * P.names.phase.length + phase) * P.names.demand.length + i] / 10;
const FLOWS =
  M.flows &&
  Object.fromEntries(
    ["scenario", "phase", "demand", "site", "mode", "people", "minutes"].map((name) => [name, unpack(M.flows[name])]),
  );
const flowsOf = (() => {
  const cache = new Map();
  return (s, phase) => {
    const key = `${s}|${phase}`;
    if (!cache.has(key)) {
      const list = [];
      if (FLOWS)
        FLOWS.scenario.forEach((v, k) => {
          if (v === s && FLOWS.phase[k] === phase) list.push(k);
        });
      cache.set(key, list);
    }
    return cache.get(key);
  };
})();

const ZONES = (() => {
  const titles = new Map(rowsOf.zones.map((z) => [z.zone, z.title || z.zone]));
  const sums = new Map();
  if (PEOPLE)
    for (const row of rowsOf.people) {
      const k = PEOPLE.of.get(row.demand),
        w = row.people || 0;
      const z = sums.get(row.zone) || [0, 0, 0];
      sums.set(row.zone, [z[0] + w * PEOPLE.x[k], z[1] + w * PEOPLE.y[k], z[2] + w]);
    }
  return [...sums]
    .filter(([zone, z]) => z[2] > 0 && titles.has(zone))
    .sort((a, b) => b[1][2] - a[1][2])
    .map(([zone, [x, y, w]]) => ({ title: titles.get(zone), x: x / w, y: y / w }));
})();
/** Names on the ground: zones where their people are, then units of land that are no zones. */
const NAMED = (() => {
  const known = new Set(ZONES.map((z) => z.title));
  return [...ZONES, ...(UNITS ? UNITS.names.filter((u) => u.title && !known.has(u.title)) : [])];
})();
/** Sites that may not be used. Where there are many they would crowd the map, and are shown when asked for. */
const FORBIDDEN = P.names.site.map((site, j) => ({ ...site, j })).filter((s) => s.status === "forbidden");

/** The state that all map pictures share. Scenario -1 is the plan itself, over all scenarios. */
const STATE = { scenario: -1, phase: 0, chosen: null, layers: {} };
const unservedNow = () => {
  if (!PEOPLE) return [];
  if (STATE.scenario < 0) return rowsOf.people.map((row) => [PEOPLE.of.get(row.demand), row.expected_unserved || 0]);
  return UNSERVED ? P.names.demand.map((_, i) => [i, unservedAt(STATE.scenario, STATE.phase, i)]) : [];
};
