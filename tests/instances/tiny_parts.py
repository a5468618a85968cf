"""The parts that only a recipe makes, put into a tiny town: units, groups, exclusions, ranks, books and land."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from instances.accounts import Ledger, accounts
from instances.index import Index, Map
from instances.instance import Instance
from instances.places import Groups
from instances.scenarios import Ambiguity
from instances.screening import Exclusions, Suitability
from instances.units import Units
from tests.instances.tiny_land import tiny_land


def with_every_part(town: Instance) -> Instance:
    """The town with all parts; day and night, seasons and one-way streets included."""
    assert town.demand is not None and town.roads is not None
    demand, site, scenario = town.demand, town.sites.site, town.scenarios.scenario
    places, futures = len(site), len(scenario)
    ledger = Ledger("sites")
    ledger.read("yards", 5, 100.0, "m2")
    ledger.drop("yards", "too small", ["y1", "y2"], 20.0, "m2")
    units = _units()
    return replace(
        town,
        demand=replace(demand, day=np.rint(demand.people / 2)),
        roads=replace(town.roads, oneway=np.arange(len(town.roads.link)) % 3 == 0),
        scenarios=replace(
            town.scenarios, time=np.full(futures, "day"), season=np.array(["winter", "rest"])[np.arange(futures) % 2]
        ),
        units=units,
        land=tiny_land(scenario, unit=units.unit),
        groups=Groups(
            demand.demand,
            Index.named("group", ["children", "elderly"]),
            night=np.outer(demand.people, [0.1, 0.2]),
            day=np.outer(demand.people, [0.05, 0.1]),
            vulnerability=np.array([1.5, 2.0]),
            title=np.array(["Children", "Old people"]),
        ),
        exclusions=_exclusions(site),
        suitability=Suitability(
            site,
            Index.named("criterion", ["size"]),
            value=np.arange(1.0, places + 1)[:, None],
            weight=np.array([1.0]),
            better=np.array(["more"]),
            unit=np.array(["m2"]),
            score=np.linspace(0.0, 1.0, places),
            rank=np.arange(places, 0.0, -1.0),
            best_rank=np.arange(places, 0.0, -1.0),
            worst_rank=np.full(places, float(places)),
        ),
        ambiguity=Ambiguity(
            scenario,
            lower=town.scenarios.probability / 2,
            upper=np.minimum(1.0, town.scenarios.probability * 2),
            kind="wasserstein",
            radius=0.1,
            distance=1.0 - np.eye(futures),
        ),
        accounts=accounts([ledger]),
    )


def _units() -> Units:
    unit = Index.named("unit", ["town", "west half", "east half"])
    rings = [[(0, 0), (2, 0), (2, 1), (0, 1), (0, 0)], [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]]
    rings.append([(1, 0), (2, 0), (2, 1), (1, 1), (1, 0)])
    return Units(
        unit,
        Index.tuples("border", unit=(unit, [1]), neighbour=(unit, [2])),
        level=np.array(["town", "half", "half"]),
        x=np.array([1.0, 0.5, 1.5]),
        y=np.full(3, 0.5),
        area=np.array([2.0, 1.0, 1.0]),
        title=np.array(["Town", "West", "东半"]),
        shared=np.array([1.0]),
        within=Map(unit, unit, [0, 0, 0]),
        ring_unit=np.arange(3),
        ring_start=np.array([0, 5, 10, 15]),
        ring_xy=np.array([p for ring in rings for p in ring], float),
    )


def _exclusions(site: Index) -> Exclusions:
    rule = Index.named("rule", ["deep"])
    return Exclusions(
        site,
        rule,
        Index.tuples("exclusion", site=(site, [0]), rule=(rule, [0])),
        layer=np.array(["depth"]),
        reason=np.array(["Deep water"]),
        kind=np.array(["evade"]),
        basis=np.array(["assumed: deep water is deep"]),
        unit=np.array(["m"]),
        limit=np.array([0.5]),
        found=np.array([1.2]),
    )


def halves(town: Instance) -> Instance:
    """The town with its units moved and stretched over it: the town, and its western and eastern half."""
    assert town.units is not None and town.units.ring_xy is not None and town.demand is not None
    x, y = (np.concatenate([getattr(part, axis) for part in (town.demand, town.sites)]) for axis in ("x", "y"))
    corner, size = np.array([x.min(), y.min()]) - 100.0, np.array([np.ptp(x), np.ptp(y)]) + 200.0
    stretch = size / (2.0, 1.0)
    units = replace(
        town.units,
        x=corner[0] + stretch[0] * town.units.x,
        y=corner[1] + stretch[1] * town.units.y,
        area=stretch.prod() * town.units.area,
        shared=stretch[1] * town.units.shared,
        ring_xy=corner + stretch * town.units.ring_xy,
    )
    return replace(town, units=units)
