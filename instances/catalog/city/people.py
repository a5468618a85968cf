"""Where people live in a generated city, and the places that might help them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instances.catalog.city.land import BEARINGS, ORIGIN, Land
from instances.index import Index, Map
from instances.places import Demand, Sites, Zones
from instances.streets.graph import Network, snap

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

WALK_SPEED = 4.0  # km/h, from the door to the road
CELLS_A_PLACE = 14  # squares of land to choose from, for every demand point and site
LARGE = 400  # demand points from which a city has an outer and an inner town


@dataclass(frozen=True)
class Kind:
    """How many sites of a use there are, where they like to be, and how large they are."""

    title: str
    share: float
    draw: float  # exponent on the density of people: 1 follows people, 2 seeks the centres, -1 the outskirts
    area: float  # m2, median
    spread: float  # of the logarithm of the area


KINDS = {
    "school": Kind("School", 0.24, 0.9, 4_500, 0.35),
    "park": Kind("Park", 0.15, 0.4, 14_000, 0.7),
    "community": Kind("Community centre", 0.10, 0.9, 1_500, 0.4),
    "sports_hall": Kind("Sports hall", 0.08, 0.6, 2_600, 0.35),
    "warehouse": Kind("Warehouse", 0.07, -0.6, 6_000, 0.5),
    "church": Kind("Church", 0.07, 1.0, 700, 0.4),
    "car_park": Kind("Car park", 0.04, 0.8, 3_000, 0.5),
    "garage": Kind("Parking garage", 0.03, 1.3, 5_000, 0.4),
    "sports": Kind("Sports ground", 0.06, 0.2, 9_000, 0.3),
    "hotel": Kind("Hotel", 0.04, 2.0, 5_000, 0.5),
    "hospital": Kind("Hospital", 0.03, 0.8, 15_000, 0.4),
    "university": Kind("University", 0.03, 1.0, 14_000, 0.4),
    "reserve_land": Kind("Reserve land", 0.03, -1.0, 30_000, 0.4),
    "library": Kind("Library", 0.02, 1.4, 2_200, 0.4),
    "theatre": Kind("Theatre", 0.01, 2.0, 1_800, 0.4),
}
ALWAYS = ("school", "park", "warehouse", "hospital")  # one at least, as far as there are sites


@dataclass(frozen=True, eq=False)
class Cells:
    """Squares of dry land in the city, with the relative number of people in each."""

    x: Floats
    y: Floats
    people: Floats
    size: float


def dry_cells(land: Land, places: int, rng: np.random.Generator) -> Cells:
    """Enough squares to choose ``places`` from."""
    size = float(np.sqrt(np.pi * land.radius**2 / (CELLS_A_PLACE * max(places, 150))))
    steps = np.arange(-1.2 * land.radius, 1.2 * land.radius, size)
    x, y = (c.ravel() for c in np.meshgrid(steps, steps, indexing="ij"))
    dry = (land.edge(x, y) < 0.98) & (land.to_river(x, y) > 45.0)
    x, y = x[dry], y[dry]
    return Cells(x, y, land.density(x, y, rng), size)


def settle(cells: Cells, demand: int, people: float, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Demand points: the land is halved again and again so that each part holds about as many people.

    Returns
    -------
    x, y, people
        Each of shape (demand,); points are smaller in area where people live densely.
    """
    groups = [(np.arange(len(cells.x)), demand)]
    done = []
    while groups:
        inside, parts = groups.pop()
        if parts == 1:
            done.append(inside)
            continue
        x, y, weight = cells.x[inside], cells.y[inside], cells.people[inside]
        first = parts // 2
        order = np.argsort(x if np.ptp(x) >= np.ptp(y) else y, kind="stable")
        goal = np.clip(first / parts + rng.uniform(-0.04, 0.04), 0.02, 0.98)
        cut = int(np.searchsorted(np.cumsum(weight[order]), goal * weight.sum())) + 1
        cut = int(np.clip(cut, first, len(inside) - (parts - first)))
        groups += [(inside[order[:cut]], first), (inside[order[cut:]], parts - first)]
    x, y, living = np.zeros(demand), np.zeros(demand), np.zeros(demand)
    for k, inside in enumerate(done):
        weight = np.maximum(cells.people[inside], 1e-12)
        middle = np.average(np.column_stack([cells.x[inside], cells.y[inside]]), axis=0, weights=weight)
        nearest = inside[np.argmin(np.hypot(cells.x[inside] - middle[0], cells.y[inside] - middle[1]))]
        x[k], y[k], living[k] = cells.x[nearest], cells.y[nearest], weight.sum()
    x, y = x + rng.uniform(-0.35, 0.35, demand) * cells.size, y + rng.uniform(-0.35, 0.35, demand) * cells.size
    order = np.lexsort((x, -y))
    living = np.maximum(np.rint(living / living.sum() * people), 1.0)
    return x[order], y[order], living[order]


def quarters(land: Land, x: Floats, y: Floats, demand: int) -> tuple[tuple[str, ...], Ints]:
    """Names of quarters, and the quarter of each point: the old town and the sides around it."""
    share = land.edge(x, y)
    side = np.rint(np.arctan2(y, x) / (np.pi / 4.0)).astype(np.intp) % 8
    if demand < LARGE:
        sides = ("Old town", "East side", "North side", "West side", "South side")
        four = np.rint(np.arctan2(y, x) / (np.pi / 2.0)).astype(np.intp) % 4
        return sides, np.where(share < 0.22, 0, four + 1).astype(np.intp)
    names = ("Old town", *(f"Inner {b.lower()}" for b in BEARINGS), *(f"Outer {b.lower()}" for b in BEARINGS))
    return names, np.where(share < 0.16, 0, np.where(share < 0.55, side + 1, side + 9)).astype(np.intp)


def people_of(land: Land, cells: Cells, demand: int, people: float, rng: np.random.Generator) -> tuple[Demand, Zones]:
    """Demand points with names and quarters."""
    x, y, living = settle(cells, demand, people, rng)
    names, of = quarters(land, x, y, demand)
    zone = Index.named("zone", names)
    rank = _rank(of)
    titles = np.array([f"{names[z]} {k + 1}" for z, k in zip(of, rank, strict=True)])
    index = Index.named("demand", titles)
    points = Demand(index, x + ORIGIN[0], y + ORIGIN[1], living, titles, zone=Map(index, zone, of))
    return points, Zones(zone, np.array(names))


def sites_of(
    land: Land, cells: Cells, network: Network, zones: Zones, count: int, demand: int, rng: np.random.Generator
) -> Sites:
    """Candidate sites: uses in fixed shares, each where it likes to be, no two in the same square of land."""
    uses = _uses(count)
    dense = np.maximum(cells.people, 1e-9)
    free = np.ones(len(dense), bool)
    at = np.zeros(count, np.intp)
    for use in dict.fromkeys(uses):
        mine = np.flatnonzero(np.array(uses) == use)
        # Largest of log-weight plus Gumbel noise: a weighted draw without replacement.
        score = KINDS[use].draw * np.log(dense) + rng.gumbel(size=len(dense))
        score[~free] = -np.inf
        at[mine] = np.argsort(-score, kind="stable")[: len(mine)]
        free[at[mine]] = False
    x = cells.x[at] + rng.uniform(-0.35, 0.35, count) * cells.size
    y = cells.y[at] + rng.uniform(-0.35, 0.35, count) * cells.size
    kinds = [KINDS[u] for u in uses]
    area = np.array([k.area for k in kinds]) * np.exp(np.array([k.spread for k in kinds]) * rng.standard_normal(count))
    rank = _rank(np.unique(uses, return_inverse=True)[1])
    title = np.array([f"{k.title} {n + 1}" for k, n in zip(kinds, rank, strict=True)])
    site = Index.named("site", title)
    east, north = x + ORIGIN[0], y + ORIGIN[1]
    door = snap(network, east, north, WALK_SPEED)
    return Sites(
        site,
        east,
        north,
        area=np.rint(area / 10.0) * 10.0,
        use=np.array(uses),
        status=np.array(["candidate"] * count),
        title=title,
        zone=Map(site, zones.zone, quarters(land, x, y, demand)[1]),
        node=Map(site, network.roads.node, door.node),
    )


def _uses(count: int) -> list[str]:
    """Use of every site: shares by largest remainder, after one of each that no city lacks."""
    number = dict.fromkeys(KINDS, 0)
    for use in ALWAYS[:count]:
        number[use] = 1
    left = count - sum(number.values())
    ideal = {use: max(kind.share * count - number[use], 0.0) for use, kind in KINDS.items()}
    scale = left / max(sum(ideal.values()), 1e-9)
    exact = {use: value * scale for use, value in ideal.items()}
    for use in exact:
        number[use] += int(exact[use])
    rest = count - sum(number.values())
    for use in sorted(exact, key=lambda u: int(exact[u]) - exact[u])[:rest]:
        number[use] += 1
    return [use for use in KINDS for _ in range(number[use])]


def _rank(group: Ints) -> Ints:
    """How many earlier elements are in the same group."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    first = np.concatenate([[True], np.diff(ordered) != 0]) if len(group) else np.zeros(0, bool)
    start = np.maximum.accumulate(np.where(first, np.arange(len(group)), 0))
    rank = np.empty(len(group), np.intp)
    rank[order] = np.arange(len(group)) - start
    return rank
