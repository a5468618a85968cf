"""A made-up town small enough to check by hand or by enumeration, with every part an instance may have.

A street grid of 3 x 4 junctions 300 m apart, people and sites on some of them, three shocks of rising level that cut
more and more links. Numbers of people are whole. Ways are found by a plain textbook search of our own, so that the
tests of instances/travel.py can hold theirs against it.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from instances.index import Index, Map
from instances.instance import About, Instance
from instances.network import Corridors, Hauls, Roads, Routes
from instances.places import Demand, Sites, Zones
from instances.preparation import Modes, Options, Phases, ready_share
from instances.scenarios import LEVELS, Damage, Effects, Requests, Scenarios
from instances.supply import Commodities

BLOCK = 300.0  # metres between junctions
WALK, DRIVE = 80.0, 500.0  # metres a minute
CORNER = (385_000.0, 6_672_000.0)  # in EPSG:32635
PHASES = ("hours", "days", "weeks")


def tiny_instance(
    demand: int = 4,
    sites: int = 3,
    scenarios: int = 3,
    phases: int = 2,
    commodities: int = 2,
    seed: int = 0,
    rows: int = 3,
    columns: int = 4,
    cutoff: float = 20.0,
    requests: bool = False,
    crs: str = "EPSG:32635",
) -> Instance:
    """A valid instance of the sizes asked for; the same seed gives the same instance.

    Every site may become a ``refuge`` (ready at once) or a ``stay`` (ready after 12 h); sites 0, 2, 4, ... may hold a
    ``depot``. Levels go moderate, high, extreme and round again. ``cutoff`` is in minutes of walking; with a short one
    some people are out of reach. ``requests`` adds goods asked for at the last site.
    """
    rng = np.random.default_rng(seed)
    town = _Streets.grid(rows, columns, rng)
    zones = Zones(Index.named("zone", ["west", "east"]), title=np.array(["West side", "东区"]))
    people = _demand(demand, town, zones, rng)
    places = _sites(sites, town, zones, rng)
    scenario = Index.named("scenario", [f"shock {k + 1}" for k in range(scenarios)])
    weight = 0.5 ** np.arange(scenarios)
    level = np.array([LEVELS[k % len(LEVELS)] for k in range(scenarios)])
    futures = Scenarios(
        scenario,
        probability=weight / weight.sum(),
        level=level,
        hazard=np.array([("flood", "flood+wind", "earthquake")[k % 3] for k in range(scenarios)]),
        title=np.array([f"Shock {k + 1}, {name}" for k, name in enumerate(level)]),
    )
    phase = Index.named("phase", PHASES[:phases])
    spans = Phases(
        phase,
        start=np.array([0.0, 24.0, 240.0])[:phases],
        days=np.array([1.0, 9.0, 20.0])[:phases],
        weight=np.array([3.0, 1.0, 1.0])[:phases],
    )
    demand_node = town.nearest(people.x, people.y)
    direct = [town.path(a, b, town.walk) for a in demand_node for b in places.node.position]
    damage = _damage(town, scenario, level, direct, rng)
    modes = _modes(phase)
    goods = _commodities(commodities)
    return Instance(
        about=About(
            name="tiny",
            title={"en": "Tiny town", "zh": "小镇"},
            crs=crs,
            seed=seed,
            synthetic=True,
            sources=("made up",),
            assumptions=("one person in five needs a place in a moderate shock",),
        ),
        sites=places,
        scenarios=futures,
        zones=zones,
        demand=people,
        phases=spans,
        modes=modes,
        options=_options(places, modes, spans),
        effects=_effects(people, spans, places, scenario, level, rng),
        routes=_routes(town, people.demand, demand_node, places, scenario, damage, cutoff),
        roads=town.roads,
        damage=damage,
        corridors=_corridors(town.roads),
        commodities=goods,
        hauls=_hauls(town, places, scenario, damage),
        requests=_requests(scenario, places.site, goods) if requests else None,
    )


@dataclass(frozen=True, eq=False)
class _Streets:
    """The roads, and for each junction its neighbours with the link that leads there."""

    roads: Roads
    walk: np.ndarray
    beside: list[list[tuple[int, int]]]

    @classmethod
    def grid(cls, rows: int, columns: int, rng: np.random.Generator) -> _Streets:
        r, c = np.divmod(np.arange(rows * columns), columns)
        ends = [(n, n + 1) for n in range(rows * columns) if c[n] < columns - 1]
        ends += [(n, n + columns) for n in range(rows * columns) if r[n] < rows - 1]
        tail, head = np.array(ends).T
        node = Index.named("node", [f"n{a}_{b}" for a, b in zip(r, c, strict=True)])
        link = Index.named("link", [f"{node.label(a)}-{node.label(b)}" for a, b in ends])
        x, y = CORNER[0] + BLOCK * c, CORNER[1] + BLOCK * r
        # Bends of different size make every way between two junctions differ in length.
        bend = rng.uniform(5.0, 60.0, len(ends))
        along = np.column_stack([x[head] - x[tail], y[head] - y[tail]]) / BLOCK
        middle = np.column_stack([x[tail] + x[head], y[tail] + y[head]]) / 2 + bend[:, None] * along[:, ::-1]
        length = 2 * np.hypot(BLOCK / 2, bend)
        alley = np.arange(len(ends)) % 7 == 3
        roads = Roads(
            node,
            link,
            tail=Map(link, node, tail),
            head=Map(link, node, head),
            x=x,
            y=y,
            length=length,
            walk=length / WALK,
            drive=length / DRIVE,
            drivable=~alley,
            harden=np.round(30.0 * length, -2),
            kind=np.where(alley, "footway", "residential"),
            title=np.array([f"{'Row' if c[a] != c[b] else 'Column'} street {k}" for k, (a, b) in enumerate(ends)]),
            shape_xy=np.stack([np.column_stack([x, y])[tail], middle, np.column_stack([x, y])[head]], 1).reshape(-1, 2),
            shape_start=np.arange(len(ends) + 1) * 3,
        )
        beside: list[list[tuple[int, int]]] = [[] for _ in range(rows * columns)]
        for k, (a, b) in enumerate(ends):
            beside[a].append((b, k))
            beside[b].append((a, k))
        return cls(roads, length / WALK, beside)

    def nearest(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.argmin(np.hypot(x[:, None] - self.roads.x, y[:, None] - self.roads.y), axis=1)

    def path(self, start: int, end: int, minutes: np.ndarray) -> list[int] | None:
        """Links of the quickest way (Dijkstra 1959), None if there is none; infinite minutes close a link."""
        best = {start: 0.0}
        by: dict[int, tuple[int, int]] = {}
        queue = [(0.0, start)]
        while queue:
            far, here = heapq.heappop(queue)
            if here == end:
                links = []
                while here != start:
                    here, link = by[here]
                    links.append(link)
                return links[::-1]
            for there, link in self.beside[here]:
                length = far + minutes[link]
                if length < best.get(there, np.inf):
                    best[there], by[there] = length, (here, link)
                    heapq.heappush(queue, (length, there))
        return None


def _spread(count: int, nodes: int, rng: np.random.Generator) -> np.ndarray:
    """Junctions for some places, all different as long as there are enough."""
    return np.concatenate([rng.permutation(nodes) for _ in range(-(-max(count, 1) // nodes))])[:count]


def _demand(count: int, town: _Streets, zones: Zones, rng: np.random.Generator) -> Demand:
    index = Index.named("demand", [f"block {k + 1}" for k in range(count)])
    at = _spread(count, len(town.roads.node), rng)
    return Demand(
        index,
        x=town.roads.x[at] + rng.uniform(-40, 40, count).round(),
        y=town.roads.y[at] + rng.uniform(-40, 40, count).round(),
        people=rng.integers(20, 60, count) * 5.0,
        title=np.array([f"Block {k + 1}" for k in range(count)]),
        zone=Map(index, zones.zone, _side(town, at)),
    )


def _sites(count: int, town: _Streets, zones: Zones, rng: np.random.Generator) -> Sites:
    index = Index.named("site", [f"{('school', 'park', 'hall')[k % 3]} {k + 1}" for k in range(count)])
    at = _spread(count, len(town.roads.node), rng)
    return Sites(
        index,
        x=town.roads.x[at],
        y=town.roads.y[at],
        area=rng.integers(60, 150, count) * 10.0,
        use=np.array([("school", "park", "sports hall")[k % 3] for k in range(count)]),
        status=np.array(["candidate"] * count),
        title=np.array([f"Site {k + 1}" for k in range(count)]),
        zone=Map(index, zones.zone, _side(town, at)),
        node=Map(index, town.roads.node, at),
    )


def _side(town: _Streets, node: np.ndarray) -> np.ndarray:
    return (town.roads.x[node] > town.roads.x.mean()).astype(int)


def _modes(phase: Index) -> Modes:
    mode = Index.named("mode", ["refuge", "stay", "depot"])
    serves = np.zeros((3, len(phase)), bool)
    serves[0, 0] = True
    serves[1, :] = True
    return Modes(
        mode,
        phase,
        role=np.array(["shelter", "shelter", "stock"]),
        standard=np.array([15.0, 20.0, 0.0]),
        serves=serves,
        title=np.array(["Refuge for hours", "Stay for days", "Depot"]),
    )


def _options(places: Sites, modes: Modes, spans: Phases) -> Options:
    """Refuge and stay at every site, a depot at every second one."""
    pairs = [(j, m) for j in range(len(places.site)) for m in range(3) if m < 2 or j % 2 == 0]
    site, mode = np.array(pairs).T
    area = places.area[site]
    return Options(
        Index.tuples("option", site=(places.site, site), mode=(modes.mode, mode)),
        spans.phase,
        capacity=np.floor(area / np.array([2.0, 4.0, 20.0])[mode]),
        cost=np.round(np.array([2_000.0, 10_000.0, 5_000.0])[mode] + area * np.array([5.0, 40.0, 10.0])[mode], -2),
        disturbance=area * np.array([0.1, 0.3, 1.0])[mode],
        interruption=area[:, None] * 0.2 * spans.days * (mode < 2)[:, None],
        footprint=np.array([1.0, 0.8, 0.2])[mode],
        ready=ready_share(np.array([0.0, 12.0, 0.0])[mode], spans.start, spans.days),
    )


def _effects(
    people: Demand, spans: Phases, places: Sites, scenario: Index, level: np.ndarray, rng: np.random.Generator
) -> Effects:
    rank = np.array([LEVELS.index(name) for name in level])
    share = np.array([0.2, 0.4, 0.7])[rank] * rng.uniform(0.8, 1.2, (len(people.demand), 1, len(scenario)))
    staying = np.array([1.0, 0.5, 0.25])[: len(spans.phase), None]
    usable = np.ones((len(places.site), len(scenario)))
    hurt = rng.integers(0, len(places.site), len(scenario))
    usable[hurt, np.arange(len(scenario))] = np.array([1.0, 0.5, 0.0])[rank]
    return Effects(
        scenario,
        people.demand,
        spans.phase,
        places.site,
        need=np.floor(people.people[:, None, None] * share * staying),
        usable=usable,
        survives=np.sqrt(usable).round(2),
    )


def _damage(
    town: _Streets, scenario: Index, level: np.ndarray, direct: list[list[int] | None], rng: np.random.Generator
) -> Damage:
    """Cut one, two or four of the links that people would use most, other ones in every scenario."""
    used = np.bincount([link for way in direct for link in way or ()], minlength=len(town.roads.link))
    busy = np.argsort(-used, kind="stable")[: max(6, len(used) // 2)]
    cut = np.zeros((len(town.roads.link), len(scenario)), bool)
    slowdown = np.ones(cut.shape)
    for s, name in enumerate(level):
        rank = LEVELS.index(name)
        cut[rng.choice(busy, size=min(2**rank, len(busy)), replace=False), s] = True
        slowdown[:, s] = (1.0, 1.25, 1.5)[rank]
    return Damage(scenario, town.roads.link, cut=cut, slowdown=slowdown)


def _routes(
    town: _Streets, demand: Index, start: np.ndarray, places: Sites, scenario: Index, damage: Damage, cutoff: float
) -> Routes:
    """The direct way of each pair within the cutoff, and the detour around the links each scenario cuts."""
    rows: list[tuple[int, int, int, list[int]]] = []
    for i in range(len(demand)):
        for j, goal in enumerate(places.node.position):
            ways: list[list[int]] = []
            for s in range(-1, len(scenario)):
                slow = np.ones(len(town.walk)) if s < 0 else np.where(damage.cut[:, s], np.inf, damage.slowdown[:, s])
                way = town.path(start[i], goal, town.walk * slow)
                if way is not None and way not in ways and (town.walk * slow)[way].sum() <= cutoff:
                    ways.append(way)
                if s < 0 and not ways and way is not None and way != []:
                    break  # the direct way is too long, so every detour is
            rows += [(i, j, k, way) for k, way in enumerate(ways)]
    way = Index.named("way", ["direct", *(f"detour {k + 1}" for k in range(max((r[2] for r in rows), default=0)))])
    i, j, k = np.array([r[:3] for r in rows], int).reshape(-1, 3).T
    route = Index.tuples("route", demand=(demand, i), site=(places.site, j), way=(way, k))
    on = np.array([np.bincount(r[3], minlength=len(town.walk)) for r in rows], float).reshape(-1, len(town.walk))
    which, link = np.nonzero((on > 0) & damage.cut.any(axis=1))
    return Routes(
        route,
        scenario,
        metres=on @ town.roads.length,
        minutes=on @ (town.walk[:, None] * damage.slowdown),
        crossing=Index.tuples("crossing", route=(route, which), link=(town.roads.link, link)),
    )


def _hauls(town: _Streets, places: Sites, scenario: Index, damage: Damage) -> Hauls:
    """Drives from sites that may hold a depot to all others; passable if any drivable way is left."""
    drive = np.where(town.roads.drivable, town.roads.drive, np.inf)
    node = places.node.position
    pairs, ways, joined = [], [], []
    for a in range(0, len(places.site), 2):
        for b in range(len(places.site)):
            way = town.path(node[a], node[b], drive)
            if a != b and way is not None:
                pairs.append((a, b))
                ways.append(way)
                open_ = [town.path(node[a], node[b], np.where(cut, np.inf, drive)) is not None for cut in damage.cut.T]
                joined.append(open_)
    a, b = np.array(pairs, int).reshape(-1, 2).T
    haul = Index.tuples("haul", origin=(places.site, a), destination=(places.site, b))
    on = np.array([np.bincount(way, minlength=len(drive)) for way in ways], float).reshape(-1, len(drive))
    which, link = np.nonzero((on > 0) & damage.cut.any(axis=1))
    return Hauls(
        haul,
        scenario,
        metres=on @ town.roads.length,
        minutes=on @ town.roads.drive,
        passable=np.array(joined, bool).reshape(-1, len(scenario)),
        crossing=Index.tuples("haul crossing", haul=(haul, which), link=(town.roads.link, link)),
    )


def _corridors(roads: Roads) -> Corridors:
    """Two tiers; a gateway in the first corner and a hospital with two ways in, in the last."""
    tier, key = Index.named("tier", ["city", "local"]), Index.named("key", ["gateway", "hospital"])
    link, rank = np.divmod(np.arange(2 * len(roads.link)), 2)
    return Corridors(
        tier,
        Index.tuples("lane", link=(roads.link, link), tier=(tier, rank)),
        key,
        key_node=Map(key, roads.node, np.array([0, len(roads.node) - 1])),
        key_tier=Map(key, tier, np.array([0, 1])),
        cost=np.round(roads.length[link] * np.array([10.0, 4.0])[rank]),
        ways=np.array([1.0, 2.0]),
        gateway=np.array([True, False]),
        title=np.array(["West gate", "Hospital"]),
    )


def _commodities(count: int) -> Commodities:
    """Water and food first; more goods are kits of which a person needs one in ten days."""
    extra = max(0, count - 2)
    ration = np.array([3.0, 1.0, *[0.1] * extra])[:count]
    return Commodities(
        Index.named("commodity", ["water", "food", *(f"kit {k + 1}" for k in range(extra))][:count]),
        unit=np.array(["litre", "pack", *["kit"] * extra])[:count],
        ration=ration,
        volume=np.array([0.0012, 0.002, *[0.02] * extra])[:count],
        price=np.array([0.4, 2.0, *[15.0] * extra])[:count],
        holding=np.array([0.1, 1.0, *[3.0] * extra])[:count],
        freight=np.array([1e-5, 1e-5, *[1e-4] * extra])[:count],
        severity=1.0 / ration,
        title=np.array(["Drinking water", "Meals", *(f"Kit {k + 1}" for k in range(extra))])[:count],
    )


def _requests(scenario: Index, site: Index, goods: Commodities) -> Requests:
    asked = np.zeros((len(site), len(goods.commodity), len(scenario)))
    asked[-1] = 100.0 * goods.ration[:, None]
    return Requests(scenario, site, goods.commodity, request=asked)
