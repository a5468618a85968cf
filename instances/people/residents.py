"""Residents from buildings: where no register is at hand, people are spread by dwelling floor area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instances.layers.osm import Features

Floats = NDArray[np.float64]

# Share of the floor area that is dwellings, by building tag; an untagged "yes" is judged by the land around it.
DWELLING = {
    "apartments": 0.9,
    "residential": 0.9,
    "house": 1.0,
    "detached": 1.0,
    "semidetached_house": 1.0,
    "terrace": 1.0,
    "dormitory": 1.0,
    "block": 0.4,
}
UNKNOWN = ("yes",)
DWELLING_BY_LAND = {"residential": 0.7, "retail": 0.05, "commercial": 0.05, "civil": 0.0, "industrial": 0.0}
ONE_STOREY_BELOW = 100.0  # m2 of footprint: sheds, kiosks, pavilions
TWO_STOREYS_BELOW = 300.0  # m2: family houses
HOUSES = ("house", "detached", "semidetached_house", "terrace")


@dataclass(frozen=True)
class ResidentRule:
    """How floor area becomes people; every figure is an assumption of the case and is reported as one."""

    floor_per_person: float = 40.0  # m2 of dwelling floor
    unknown_share: float = 0.25  # of the floor area of buildings of unknown use on land of unknown use
    storeys: float = 5.0  # of large buildings where the map gives none

    def in_words(self) -> tuple[str, ...]:
        """The assumptions, one sentence each."""
        tagged = ", ".join(f"{k} {v:.0%}" for k, v in DWELLING.items())
        land = ", ".join(f"{k} {v:.0%}" for k, v in DWELLING_BY_LAND.items())
        return (
            f"Residents: one on {self.floor_per_person:g} m2 of dwelling floor (footprint x storeys x dwelling share).",
            f"Dwelling share by building tag: {tagged}; building=yes by the land use around it: {land}, "
            f"elsewhere {self.unknown_share:.0%}; every other tag 0 %.",
            f"Storeys where the map gives none: 1 below {ONE_STOREY_BELOW:g} m2 of footprint, 2 below "
            f"{TWO_STOREYS_BELOW:g} m2 and for houses, else {self.storeys:g}.",
        )


@dataclass(frozen=True, eq=False)
class Dwellers:
    """Places with people: points in metres and how many live there."""

    x: Floats
    y: Floats
    people: Floats


def buildings_of(areas: Features) -> Features:
    """The buildings among the areas; parts of a building and roofs without walls are not buildings of their own."""
    return areas.where(np.array([t.get("building", "no") not in ("no", "roof", "entrance") for t in areas.tags], bool))


def storeys_of(tags: dict[str, str], footprint: float, rule: ResidentRule) -> float:
    """Storeys above ground from the tag, or by rule where the tag is missing or no number."""
    try:
        given = float(tags.get("building:levels", ""))
    except ValueError:
        given = 0.0
    if given > 0:
        return given
    if tags.get("building") in HOUSES:
        return 2.0
    if footprint < ONE_STOREY_BELOW:
        return 1.0
    return 2.0 if footprint < TWO_STOREYS_BELOW else rule.storeys


def inhabitants(areas: Features, rule: ResidentRule) -> tuple[Features, Dwellers, tuple[str, ...]]:
    """All buildings, how many people live in each (0 where nobody does), and notes on the rules that counted."""
    import shapely

    buildings = buildings_of(areas)
    middle = shapely.point_on_surface(buildings.shape) if len(buildings) else np.zeros(0, object)
    footprint = shapely.area(buildings.shape) if len(buildings) else np.zeros(0)
    storeys = np.array([storeys_of(t, a, rule) for t, a in zip(buildings.tags, footprint, strict=True)])
    land = areas.tagged("landuse", *DWELLING_BY_LAND)
    tree = shapely.STRtree(land.shape)
    at, on = tree.query(middle, predicate="within")
    around = np.full(len(buildings), rule.unknown_share)
    for k, j in sorted(zip(at.tolist(), on.tolist(), strict=True)):
        around[k] = DWELLING_BY_LAND[land.tags[j]["landuse"]]
    unknown = np.array([t["building"] in UNKNOWN for t in buildings.tags], bool)
    taken = np.array([any(t.get(k) for k in ("amenity", "tourism", "shop", "office")) for t in buildings.tags], bool)
    share = np.where(unknown, around, [DWELLING.get(t["building"], 0.0) for t in buildings.tags])
    share[taken & unknown] = 0.0  # a bank or a theatre is no dwelling
    people = footprint * storeys * share / rule.floor_per_person
    lived = people > 0
    xy = shapely.get_coordinates(middle)
    given = sum("building:levels" in t for t in buildings.tags)
    note = (
        f"residents: {people.sum():.0f} people in {lived.sum()} of {len(buildings)} buildings "
        f"({unknown.sum()} of unknown use, {given} with storeys on the map)"
    )
    return buildings, Dwellers(xy[:, 0], xy[:, 1], people), (note,)


def hosts(who: Dwellers, least: float) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Which points have at least ``least`` people (or are the largest), and which of those each point joins."""
    from scipy.spatial import KDTree

    large = who.people >= min(least, who.people.max())
    xy = np.column_stack([who.x, who.y])
    _, host = KDTree(xy[large]).query(xy)
    return large, np.asarray(host, np.intp)
