"""Hurricanes on the US Gulf and Atlantic coast: where to hold relief goods before the season, and how much.

The case of Rawls & Turnquist (2010), "Pre-positioning of emergency supplies for disaster response", Transportation
Research Part B 44(4), 521-534, doi:10.1016/j.trb.2009.08.003. Its facts are kept in ``hurricanes_tables``: prices,
volumes and freight (Table 1), facilities (Table 2), hurricanes with landfall, unusable links and total demands
(Table 3), scenarios with probabilities (Table 4). The list of links is a public reconstruction, so that the paper's
optimum of 89.5 million dollars is a landmark and not a value this case must reproduce.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.catalog import option
from instances.index import Index, Map
from instances.instance import About, Instance
from instances.network import Hauls, Roads
from instances.places import Demand, Sites
from instances.preparation import Modes, Phases
from instances.preparation import Options as Preparations
from instances.scenarios import Effects, Requests, Scenarios
from instances.supply import Commodities

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

TITLE = {"en": "Hurricanes on the Gulf and Atlantic coast", "zh": "墨西哥湾与大西洋沿岸飓风"}
ABOUT = {
    "en": "Where to hold relief goods before the season: the published case of Rawls and Turnquist (2010) with "
    "30 nodes, 51 scenarios, 3 commodities and 3 facility sizes.",
    "zh": "飓风季前救援物资预置：Rawls 与 Turnquist（2010）发表的算例，30 个节点、51 个情景、3 种物资、3 种库容。",
}
TABLES = Path(__file__).parent / "hurricanes_tables"
CRS = "EPSG:5070"  # Albers equal area for the contiguous US; lengths are right within 2 % on this coast
GOODS = ("water", "food", "medicine")
CUBIC_FOOT = 0.028316846592  # m3, exact
MILE = 1609.344  # m, exact
MINOR = 2  # strongest category of a minor hurricane
MINOR_SURVIVES = 0.5  # share of stock left at a landfall node of a minor hurricane; of a major one nothing is left
PENALTY = 10.0  # loss on a unit short, in prices
HOLDING = 0.25  # loss on a unit left unused, in prices
CIRCUITY = 1.20  # road metres per straight metre
NO_LIMIT = 10_000.0  # min; the paper sets no longest haul
EARTH = 6_371_008.8  # m, mean radius


@dataclass(frozen=True)
class Options:
    """What may be chosen; the defaults give the published case."""

    scenarios: int = option(51, "the first so many scenarios, probabilities scaled to sum to 1", lower=1, upper=51)
    metres: str = option(
        "straight", "link lengths from straight lines (x 1.2) or from hours", among=("straight", "hours")
    )
    speed: float = option(55.0, "miles an hour, for lengths from hours and for times", lower=1.0, upper=100.0)


def build(options: Options | None = None) -> Instance:
    """The published case as an Instance; money in US dollars, goods in the paper's units."""
    options = options or Options()
    roads = _roads(options)
    towns = _table("nodes")
    storms = {row["hurricane"]: row for row in _table("hurricanes")}
    listed = _table("scenarios")[: options.scenarios]
    struck = [row["hurricanes"].split() for row in listed]
    scenarios = _scenarios(listed, struck, storms)
    site = Index.named("site", [t["name"] for t in towns])
    sites = Sites(
        site,
        x=roads.x,
        y=roads.y,
        area=np.zeros(len(site)),
        use=np.array(["warehouse"] * len(site)),
        status=np.array(["candidate"] * len(site)),
        title=np.array(site.labels()),
        node=Map(site, roads.node, np.arange(len(site))),
    )
    phases = Phases(Index.named("phase", ["days"]), np.array([0.0]), np.array([3.0]), np.array([1.0]))
    demand = _demand(towns, roads)
    scenario = scenarios.scenario
    goods = _commodities()
    modes = _modes(phases)
    effects = Effects(
        scenario,
        demand.demand,
        phases.phase,
        site,
        need=np.zeros((len(demand.demand), 1, len(scenario))),
        usable=np.ones((len(site), len(scenario))),
        survives=_survives(len(site), struck, storms),
    )
    request = _request(len(site), struck, storms)
    return Instance(
        about=_about(options, float(sum(float(row["probability"]) for row in listed))),
        sites=sites,
        scenarios=scenarios,
        demand=demand,
        phases=phases,
        modes=modes,
        options=_preparations(sites, modes, phases),
        effects=effects,
        roads=roads,
        commodities=goods,
        hauls=_hauls(roads, site, scenario, struck, storms),
        requests=Requests(scenario, site, goods.commodity, request),
    )


def _table(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _column(rows: list[dict[str, str]], name: str) -> Floats:
    return np.array([float(row[name]) for row in rows])


def _pairs(text: str) -> list[tuple[int, int]]:
    """Links written ``12-14 14-15``, as positions of their ends, the smaller first."""
    ends = [sorted(int(n) - 1 for n in pair.split("-")) for pair in text.split()]
    return [(a, b) for a, b in ends]


def _roads(options: Options) -> Roads:
    towns, rows = _table("nodes"), _table("links")
    tail, head = (_column(rows, k).astype(np.intp) - 1 for k in ("tail", "head"))
    node = Index.named("node", [t["name"] for t in towns])
    link = Index.named("link", [f"{node.label(a)} - {node.label(b)}" for a, b in zip(tail, head, strict=True)])
    hours = _column(rows, "hours")
    straight = CIRCUITY * _great_circle(_column(towns, "lon"), _column(towns, "lat"), tail, head)
    length = straight if options.metres == "straight" else hours * options.speed * MILE
    minutes = 60.0 * hours if options.metres == "hours" else length / MILE / options.speed * 60.0
    return Roads(
        node,
        link,
        tail=Map(link, node, tail),
        head=Map(link, node, head),
        x=_column(towns, "x"),
        y=_column(towns, "y"),
        length=length,
        walk=length / 75.0,
        drive=minutes,
        drivable=np.ones(len(link), bool),
        harden=np.zeros(len(link)),
        kind=np.array(["highway"] * len(link)),
        title=np.array([""] * len(link)),
    )


def _great_circle(lon: Floats, lat: Floats, a: Ints, b: Ints) -> Floats:
    """Metres between places on a sphere (haversine formula)."""
    lon, lat = np.deg2rad(lon), np.deg2rad(lat)
    half = np.sin((lat[a] - lat[b]) / 2) ** 2 + np.cos(lat[a]) * np.cos(lat[b]) * np.sin((lon[a] - lon[b]) / 2) ** 2
    metres: Floats = 2.0 * EARTH * np.arcsin(np.sqrt(half))
    return metres


def _scenarios(listed: list[dict[str, str]], struck: list[list[str]], storms: dict[str, dict[str, str]]) -> Scenarios:
    names = [" + ".join(storms[h]["name"] for h in hit) or "no hurricane" for hit in struck]
    worst = [max((int(storms[h]["category"]) for h in hit), default=0) for hit in struck]
    probability = _column(listed, "probability")
    titles = [
        " and ".join(f"{storms[h]['name']} ({storms[h]['year']}, category {storms[h]['category']})" for h in hit)
        or "No hurricane"
        for hit in struck
    ]
    return Scenarios(
        Index.named("scenario", names),
        probability=probability / probability.sum(),
        level=np.array(["moderate" if w <= MINOR else "high" if w == 3 else "extreme" for w in worst]),
        hazard=np.array(["hurricane" if hit else "none" for hit in struck]),
        title=np.array(titles),
    )


def _demand(towns: list[dict[str, str]], roads: Roads) -> Demand:
    people = _column(towns, "people")
    lived = np.flatnonzero(people > 0)  # two nodes are motorway junctions
    index = Index.named("demand", [towns[k]["name"] for k in lived])
    return Demand(index, roads.x[lived], roads.y[lived], people[lived], title=np.array(index.labels()))


def _modes(phases: Phases) -> Modes:
    rows = _table("facilities")
    return Modes(
        Index.named("mode", [row["facility"] for row in rows]),
        phases.phase,
        role=np.array(["stock"] * len(rows)),
        standard=np.full(len(rows), NO_LIMIT),
        serves=np.zeros((len(rows), 1), bool),
        title=np.array([row["title"] for row in rows]),
    )


def _preparations(sites: Sites, modes: Modes, phases: Phases) -> Preparations:
    """A facility of each size at each node; Table 2."""
    rows = _table("facilities")
    site, mode = np.divmod(np.arange(len(sites.site) * len(rows)), len(rows))
    return Preparations(
        Index.tuples("option", site=(sites.site, site), mode=(modes.mode, mode)),
        phases.phase,
        capacity=_column(rows, "cubic_feet")[mode] * CUBIC_FOOT,
        cost=_column(rows, "cost")[mode],
        disturbance=np.zeros(len(site)),
        interruption=np.zeros((len(site), 1)),
        footprint=np.ones(len(site)),
        ready=np.ones((len(site), 1)),
    )


def _commodities() -> Commodities:
    """Table 1; penalty and holding cost as shares of the price."""
    rows = _table("commodities")
    price = _column(rows, "price")
    return Commodities(
        Index.named("commodity", [row["commodity"] for row in rows]),
        unit=np.array([row["unit"] for row in rows]),
        ration=np.zeros(len(rows)),
        volume=_column(rows, "cubic_feet") * CUBIC_FOOT,
        price=price,
        holding=HOLDING * price,
        freight=_column(rows, "per_mile") / MILE,
        severity=PENALTY * price,
        title=np.array([row["title"] for row in rows]),
        severity_unit="USD",
    )


def _survives(nodes: int, struck: list[list[str]], storms: dict[str, dict[str, str]]) -> Floats:
    """Share of stock that survives, shape (site, scenario); of two hurricanes at a node the worse counts."""
    share = np.ones((nodes, len(struck)))
    for s, hit in enumerate(struck):
        for h in hit:
            left = MINOR_SURVIVES if int(storms[h]["category"]) <= MINOR else 0.0
            for node in storms[h]["landfall"].split():
                share[int(node) - 1, s] = min(share[int(node) - 1, s], left)
    return share


def _request(nodes: int, struck: list[list[str]], storms: dict[str, dict[str, str]]) -> Floats:
    """Goods asked for, shape (site, commodity, scenario).

    The published totals of a hurricane are shared out among nodes as in the public reconstruction, whose sums are off
    by rounding, and tenfold for Katrina. Two hurricanes ask for the sum of what each asks for.
    """
    each = {h: np.zeros((nodes, len(GOODS))) for h in storms}
    for row in _table("demands"):
        each[row["hurricane"]][int(row["node"]) - 1] = [float(row[c]) for c in GOODS]
    for h, amount in each.items():
        amount *= np.array([float(storms[h][c]) for c in GOODS]) / amount.sum(axis=0)
    request = np.zeros((nodes, len(GOODS), len(struck)))
    for s, hit in enumerate(struck):
        for h in hit:
            request[:, :, s] += each[h]
    return request


def _hauls(
    roads: Roads, site: Index, scenario: Index, struck: list[list[str]], storms: dict[str, dict[str, str]]
) -> Hauls:
    """Every link in both directions; goods may pass through nodes."""
    tail, head = roads.tail.position, roads.head.position
    at = {(min(a, b), max(a, b)): k for k, (a, b) in enumerate(zip(tail.tolist(), head.tolist(), strict=True))}
    open_ = np.ones((len(roads.link), len(scenario)), bool)
    for s, hit in enumerate(struck):
        for h in hit:
            for pair in _pairs(storms[h]["unusable"]):
                open_[at[pair], s] = False
    ends: dict[str, Any] = {
        "origin": (site, np.concatenate([tail, head])),
        "destination": (site, np.concatenate([head, tail])),
    }
    return Hauls(
        Index.tuples("haul", **ends),
        scenario,
        metres=np.tile(roads.length, 2),
        minutes=np.tile(roads.drive, 2),
        passable=np.tile(open_, (2, 1)),
    )


def _about(options: Options, covered: float) -> About:
    lengths = {
        "straight": f"Link lengths are straight lines x {CIRCUITY:.2f}, the US road circuity of Ballou, Rahardja & "
        "Sakai (2002). Hours x 55 miles an hour was not taken: on half of the links that is less than straight.",
        "hours": f"Link lengths are hours x {options.speed:g} miles an hour.",
    }
    notes = () if options.scenarios == 51 else (
        f"scenarios: the first {options.scenarios} of 51; their probabilities ({covered:.4f} in all) were scaled to 1",
    )  # fmt: skip
    return About(
        name="hurricanes",
        title=TITLE,
        crs=CRS,
        money="USD",
        sources=(
            "Rawls & Turnquist (2010), Transportation Research Part B 44(4), 521-534, doi:10.1016/j.trb.2009.08.003: "
            "commodities, facilities, hurricanes, scenarios.",
            "Ballou, Rahardja & Sakai (2002), Transportation Research Part A 36(9), 843-848, "
            "doi:10.1016/S0965-8564(01)00044-1: road circuity.",
            "github.com/mtonbari/tsdro at dc5c6c1: coordinates, links in hours, populations, shares of demand by node.",
        ),
        assumptions=(
            "The paper's network has 58 links; the public reconstruction used here has 54, in hours. Costs can "
            "therefore not equal the paper's, whose optimum is 89.5 million dollars.",
            lengths[options.metres],
            "Demand by node is the reconstruction's share of the paper's total of each hurricane (for Katrina the "
            "reconstruction's own numbers are ten times the paper's); two hurricanes ask for the sum.",
            "Stock at a landfall node is lost if the hurricane is of category 3 or more; half of it is lost otherwise; "
            "each hurricane of a pair counts with its own category.",
            "People in need of a place are not part of the paper: need is zero; areas of nodes are not known: zero.",
            "Strengthening links is not part of the paper: unusable links are impassable hauls, without damage.",
            "Shock levels: category 1 and 2 moderate, 3 high, 4 and 5 extreme; a pair takes the worse.",
        ),
        notes=notes,
    )
