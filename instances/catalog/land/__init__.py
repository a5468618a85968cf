"""The land of a generated town, parcel by parcel: the same seed gives the same town. For tests and for scaling.

A river with a flood zone runs past the middle; homes lie in rings around it, works with a hazardous plant to one side,
a protected wood to the other, and farmland without. Floods, releases from the plant and earthquakes strike in three
levels. Neighbourhoods are the ground that is nearest to scattered middles; people look for a place within theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from instances.catalog import option
from instances.catalog.city.land import ORIGIN
from instances.catalog.land import uses
from instances.catalog.land.parcels import SNAP, Ground, lay_parcels
from instances.catalog.land.shocks import IN_WORDS, Shocks, shake
from instances.catalog.land.uses import TITLES, Uses, settle
from instances.index import Index, Map
from instances.instance import About, Instance
from instances.land import Land
from instances.outlines import rings_of
from instances.places import Demand, Sites
from instances.units import Units
from instances.zones.borders import borders

Floats = NDArray[np.float64]

TITLE = {"en": "Land of a generated town, not a real place", "zh": "生成城镇的土地（非真实地点）"}
ABOUT = {
    "en": "Parcels of a made-up town with their uses: a river with a flood zone, a hazardous plant, a protected wood, "
    "and shocks for which open land must be held. For zoning alternatives, tests and scaling.",
    "zh": "虚构城镇的地块及其用途：河流与洪泛区、危险源工厂、受保护林地，以及需要预留开敞用地的灾害情景，"
    "用于用地布局方案、测试与扩展。",
}
CRS = "EPSG:32631"  # as for the generated city, in the sea, where nobody takes it for real
NEIGHBOURHOOD = 40  # parcels


@dataclass(frozen=True)
class Options:
    """What may be chosen; the default town is small enough to see the effect of each rule."""

    parcels: int = option(400, "parcels of land, about one hectare each", lower=60, upper=50_000)
    scenarios: int = option(6, "scenarios; hazards in turn, levels rising", lower=1, upper=1_000)
    seed: int = option(1, "same seed, same town", lower=0, upper=2**31)
    mixed: bool = option(False, "a seventh class, mixed use")


def build(options: Options | None = None) -> Instance:
    """A generated town.

    Raises
    ------
    InstanceError
        If no town of this size and seed has room for all that belongs to it.
    """
    options = options or Options()
    ground = lay_parcels(options.parcels, np.random.default_rng([options.seed, 0]))
    today = settle(ground, options.mixed, np.random.default_rng([options.seed, 1]))
    shocks = shake(ground, today.plant, options.scenarios, np.random.default_rng([options.seed, 2]))
    units, home = _units(ground, np.random.default_rng([options.seed, 3]))
    land = _land(ground, today, shocks, units, home)
    return Instance(
        about=_about(options, today, land),
        sites=_sites(land, today),
        scenarios=shocks.scenarios,
        demand=_demand(land),
        units=units,
        land=land,
    )


def _land(ground: Ground, today: Uses, shocks: Shocks, units: Units, home: NDArray[np.intp]) -> Land:
    parcel = Index.named("parcel", [f"P{k + 1}" for k in range(len(ground.area))])
    kinds = Index.named("class", today.classes)
    rings, owner = rings_of(ground.shape)
    present = np.bincount(today.present, ground.area, len(today.classes))
    total = float(ground.area.sum())
    least, most = (
        np.array([uses.SHARES[c][k] * present[i] if c in uses.SHARES else uses.HELD_OPEN[k] * total
                  for i, c in enumerate(today.classes)])
        for k in (0, 1)
    )  # fmt: skip
    apart = np.zeros((kinds.size, kinds.size), bool)
    for one, other in uses.APART:
        if one in today.classes:
            i, j = today.classes.index(one), today.classes.index(other)
            apart[i, j] = apart[j, i] = True

    def of_class(values: dict[str, float]) -> Floats:
        return np.array([values.get(name, 0.0) for name in today.classes])

    return Land(
        parcel,
        kinds,
        shocks.scenarios.scenario,
        Index.tuples("boundary", a=(parcel, ground.borders.left), b=(parcel, ground.borders.right)),
        unit=Map(parcel, units.unit, home),
        present=Map(parcel, kinds, today.present),
        area=ground.area,
        x=ORIGIN[0] + ground.xy[:, 0],
        y=ORIGIN[1] + ground.xy[:, 1],
        title=np.array([TITLES[name] for name in today.classes]),
        suitability=today.suitability,
        allowed=today.allowed,
        change_cost=today.change_cost,
        boundary_length=ground.borders.metres,
        least=np.floor(least / 100.0) * 100.0,
        most=np.ceil(most / 100.0) * 100.0,
        patch=10_000.0 * of_class(uses.PATCH),
        apart=apart,
        residents=of_class(uses.RESIDENTS),
        worth=of_class(uses.WORTH),
        shelter_places=of_class(uses.PLACES),
        displaced=shocks.displaced,
        damage=shocks.damage,
        usable=shocks.usable,
        ring_parcel=owner,
        ring_start=rings.start,
        ring_xy=np.array(ORIGIN) + rings.xy,
    )


def _units(ground: Ground, rng: np.random.Generator) -> tuple[Units, NDArray[np.intp]]:
    """Neighbourhoods, and that of each parcel: whole parcels, nearest to middles that were spread out."""
    dry = ground.xy[~ground.river]
    count = max(2, round(len(ground.area) / NEIGHBOURHOOD))
    at = dry[rng.permutation(len(dry))[:count]]
    for _ in range(8):
        near = _closest(ground.xy, at)
        moved = [ground.xy[near == k].mean(axis=0) if (near == k).any() else at[k] for k in range(count)]
        at = np.array(moved)
    nearest = _closest(ground.xy, at)
    home: NDArray[np.intp] = np.asarray(np.searchsorted(np.unique(nearest), nearest), np.intp)
    shape = np.array([shapely.union_all(ground.shape[home == k]) for k in range(home.max() + 1)])
    found = borders(shape, SNAP)
    inner = shapely.get_coordinates(shapely.point_on_surface(shape))
    rings, owner = rings_of(shape)
    unit = Index.named("unit", [f"neighbourhood {k + 1}" for k in range(len(shape))])
    units = Units(
        unit,
        Index.tuples("border", unit=(unit, found.left), neighbour=(unit, found.right)),
        level=np.full(len(shape), "neighbourhood"),
        x=ORIGIN[0] + inner[:, 0],
        y=ORIGIN[1] + inner[:, 1],
        area=shapely.area(shape),
        title=np.array([f"Neighbourhood {k + 1}" for k in range(len(shape))]),
        shared=found.metres,
        within=Map(unit, unit, np.arange(len(shape))),
        ring_unit=owner,
        ring_start=rings.start,
        ring_xy=np.array(ORIGIN) + rings.xy,
    )
    return units, home


def _closest(xy: Floats, at: Floats) -> NDArray[np.intp]:
    from scipy.spatial import cKDTree

    near: NDArray[np.intp] = np.asarray(cKDTree(at).query(xy)[1], np.intp)
    return near


def _sites(land: Land, today: Uses) -> Sites:
    """Parcels that are or may be reserve land; those of today are there already."""
    kind = today.classes.index("reserve")
    at = np.flatnonzero(land.allowed[:, kind])
    site = Index.named("site", land.parcel.labels(at))
    return Sites(
        site,
        x=land.x[at],
        y=land.y[at],
        area=land.area[at],
        use=np.array([today.classes[k] for k in land.present.position[at]]),
        status=np.where(land.present.position[at] == kind, "existing", "candidate"),
        title=np.array([f"Parcel {name}" for name in site.labels()]),
    )


def _demand(land: Land) -> Demand:
    """Residents of today, parcel by parcel."""
    people = np.round(land.area * land.residents[land.present.position])
    at = np.flatnonzero(people > 0)
    demand = Index.named("demand", land.parcel.labels(at))
    return Demand(
        demand, land.x[at], land.y[at], people[at], title=np.array([f"Parcel {name}" for name in demand.labels()])
    )


def _about(options: Options, today: Uses, land: Land) -> About:
    return About(
        name="land",
        title=TITLE,
        crs=CRS,
        seed=options.seed,
        synthetic=True,
        sources=("generated by Refugia from a seed; no place, person or parcel in it exists",),
        assumptions=(
            f"{options.parcels} parcels of one hectare on average, smaller in the middle; about {NEIGHBOURHOOD} make a "
            "neighbourhood.",
            f"Land under {uses.FLOODED:g} m above the river becomes green or water; nobody lives within "
            f"{uses.NEAR_PLANT:g} m of the plant; the wood, the river and the plant stay.",
            "Homes and mixed use never border industry.",
            "Residents a hectare: " + _listed({k: 1e4 * v for k, v in uses.RESIDENTS.items()}) + ".",
            "EUR a square metre of what stands there: " + _listed(uses.WORTH) + ".",
            "People a hectare who find room on open land in an emergency: "
            + _listed({k: 1e4 * v for k, v in uses.PLACES.items()})
            + ".",
            "EUR a square metre to turn land: "
            + "; ".join(f"{one} into {_listed(others)}" for one, others in uses.BECOMES.items() if others)
            + ".",
            "Least and most land of a class, of what there is today: "
            + ", ".join(f"{k} {a:.0%} to {b:.0%}" for k, (a, b) in uses.SHARES.items())
            + f"; reserve {uses.HELD_OPEN[0]:.0%} to {uses.HELD_OPEN[1]:.0%} of all land.",
            "Least patch in hectares: " + _listed(uses.PATCH) + ".",
            *IN_WORDS,
        ),
        notes=(
            f"land: {int((~land.allowed[np.arange(land.parcel.size), land.present.position]).sum())} parcels may not "
            "stay what they are",
        ),
    )


def _listed(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in values.items())


__all__ = ["ABOUT", "TITLE", "Options", "build"]
