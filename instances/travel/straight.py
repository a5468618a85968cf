"""Ways in a city without roads: straight lines times a detour factor. No scenario slows or cuts them."""

from __future__ import annotations

from typing import Any

import numpy as np

from instances.index import Index
from instances.network import Hauls, Routes
from instances.places import Demand, Sites
from instances.travel.arcs import Floats, Ints


def straight_routes(
    scenario: Index, demand: Demand, sites: Sites, cutoff: float, speed: float, detour: float
) -> Routes:
    """One route for every demand point and site whose way takes at most ``cutoff`` minutes at ``speed`` km/h."""
    person, place, metres = _pairs(demand.x, demand.y, sites.x, sites.y, cutoff, speed, detour)
    way = Index.named("way", ["direct"])
    route = Index.tuples(
        "route",
        demand=(demand.demand, person),
        site=(sites.site, place),
        way=(way, np.zeros(len(person), np.intp)),
    )
    minutes = np.repeat((metres / _pace(speed))[:, None], len(scenario), axis=1)
    return Routes(route=route, scenario=scenario, metres=metres, minutes=minutes, crossing=None)


def straight_hauls(
    scenario: Index,
    sites: Sites,
    origins: Ints,
    destinations: Ints,
    cutoff: float,
    speed: float,
    detour: float,
    nearest: int | None = None,
) -> tuple[Hauls, int]:
    """Hauls between sites within ``cutoff`` minutes, always passable; and how many were left out.

    With ``nearest`` every destination keeps the hauls from so many nearest origins other than itself.
    """
    x, y = sites.x, sites.y
    to, from_, metres = _pairs(x[destinations], y[destinations], x[origins], y[origins], cutoff, speed, detour)
    origin, destination = origins[from_], destinations[to]
    dropped = 0
    if nearest is not None:
        order = np.lexsort((origin, metres, origin != destination, destination))  # itself first, then by distance
        own = np.bincount(destination, origin == destination, minlength=len(sites.site)).astype(np.intp)
        rank = np.arange(len(order)) - np.searchsorted(destination[order], destination[order])
        kept = np.sort(order[rank < nearest + own[destination[order]]])
        dropped = len(origin) - len(kept)
        origin, destination, metres = origin[kept], destination[kept], metres[kept]
    order = np.lexsort((destination, origin))
    origin, destination, metres = origin[order], destination[order], metres[order]
    haul = Index.tuples("haul", origin=(sites.site, origin), destination=(sites.site, destination))
    passable = np.ones((len(haul), len(scenario)), bool)
    return Hauls(haul, scenario, metres=metres, minutes=metres / _pace(speed), passable=passable), dropped


def _pairs(
    x: Floats, y: Floats, to_x: Floats, to_y: Floats, cutoff: float, speed: float, detour: float
) -> tuple[Ints, Ints, Floats]:
    """Pairs of places within reach, sorted: place, other place, metres of way."""
    from scipy.spatial import cKDTree

    if not len(x) or not len(to_x):
        none = np.zeros(0, np.intp)
        return none, none, np.zeros(0)
    here, there = cKDTree(np.column_stack([x, y])), cKDTree(np.column_stack([to_x, to_y]))
    near: Any = here.sparse_distance_matrix(there, cutoff * _pace(speed) / detour, output_type="ndarray")
    order = np.lexsort((near["j"], near["i"]))
    return near["i"][order].astype(np.intp), near["j"][order].astype(np.intp), near["v"][order] * detour


def _pace(speed: float) -> float:
    """Metres a minute."""
    return speed * 1000.0 / 60.0
