"""Zoning plans on the map: parcels by the class that a plan gives them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from formulations.zoning import Zoning
from instances.land import Land
from solver.explorer import outcomes
from solver.explorer.content import Classes, Kind, Layer, Measure, Shapes
from solver.explorer.naming import begun, both
from solver.robustness import Futures
from solver.words import LANGUAGES

if TYPE_CHECKING:
    from solver.fronts.asked import Asked
    from solver.pareto.front import Front

HATCHES = {"housing": "", "mixed": "/", "industry": "x", "farm": ".", "green": "-", "water": "|", "reserve": "\\"}
OTHERS = ("+", "", "/", "x", ".", "-", "|", "\\")
"""For classes of other names, in order."""


@dataclass(frozen=True, eq=False)
class LandTeller:
    """Tells what zoning plans come to; see :class:`solver.explorer.contents.Teller`."""

    asked: Asked
    front: Front
    names: tuple[str, ...]
    layer: Layer

    @classmethod
    def of(cls, asked: Asked, front: Front) -> LandTeller:
        """A teller for all plans of the program."""
        from solver.explorer.contents import objectives_of

        names, _ = objectives_of(asked, front, sp.csr_array(front.plans[[0]]))
        return cls(asked, front, names, _layer(asked, front))

    @property
    def land(self) -> Land:
        """The parcels."""
        assert self.asked.instance.land is not None
        return self.asked.instance.land

    def values(self, plans: Csr) -> Floats:
        """Objectives of plans: shape (n, objectives)."""
        from solver.explorer.contents import objectives_of

        return objectives_of(self.asked, self.front, plans)[1]

    def layers(self, plans: Csr) -> tuple[Layer, ...]:
        """The class of every parcel in each plan."""
        today = self.land.present.position.astype(np.int64)
        return (replace(self.layer, decisions=Classes(today, self._classes(plans).astype(np.uint8))),)

    def measures(self, plans: Csr, outcomes: Futures | None = None) -> tuple[Measure, ...]:
        """What plans come to in each scenario."""
        return _measures(self, self._classes(plans), outcomes)

    def _classes(self, plans: Csr) -> np.ndarray:
        from solver.fronts.asked import classes_of

        rows = sp.csr_array(plans)
        return classes_of(self.asked.matrix, replace(self.front, plans=rows, points=np.zeros((rows.shape[0], 0))))


def _measures(teller: LandTeller, classes: np.ndarray, known: Futures | None) -> tuple[Measure, ...]:
    from solver.robustness.land import futures_on_land

    asked, land, question = teller.asked, teller.land, teller.asked.question
    assert isinstance(question, Zoning)
    if known is None and question.shelters:
        names = [str(k + 1) for k in range(len(classes))]
        known = futures_on_land(question, asked.instance, classes, names, asked.instance)
    found = [*outcomes.people(known)]
    if "exposure" in teller.names:
        lost = (land.area * land.worth[classes]) @ land.damage
        found.append(outcomes.measure("exposure", asked.instance.about.money, lost))
    if "displaced" in teller.names:
        moved = (land.area * land.residents[classes]) @ land.displaced
        found.append(outcomes.measure("displaced", "people", moved))
    return tuple(found)


def _layer(asked: Asked, front: Front) -> Layer:
    from solver.fronts.landscape import colours
    from solver.fronts.parcels import Parcels

    one = replace(front, plans=sp.csr_array(front.plans[[0]]), points=front.points[:1])
    parcels = Parcels.of(one, asked)
    assert parcels is not None
    land = parcels.land
    names = land.land_class.labels()
    other = [name for name in names if name not in HATCHES]
    kinds = tuple(
        Kind(
            name,
            begun({lang: parcels.title(c, lang) for lang in LANGUAGES}),
            "land",
            colour,
            hatch=HATCHES[name] if name in HATCHES else OTHERS[other.index(name) % len(OTHERS)],
        )
        for c, (name, colour) in enumerate(zip(names, colours(land), strict=True))
    )
    ids = tuple(land.parcel.labels())
    today = land.present.position
    facts = {"area": land.area, "people": land.area * land.residents[today]}
    return Layer(
        "land",
        both("land"),
        ids,
        ids,
        _shapes(land),
        kinds,
        Classes(today.astype(np.int64), np.zeros((0, land.parcel.size), np.uint8)),
        facts,
        tuple(land.unit.target.labels(land.unit.position)),
        forceable=True,
    )


def _shapes(land: Land) -> Shapes:
    """Outlines of the parcels, or points inside them where the land has none."""
    if land.ring_parcel is None or land.ring_start is None or land.ring_xy is None:
        return Shapes.points(land.x, land.y)
    from instances.outlines import rings_of, shapes_of

    # shells with their holes behind them, parcel by parcel, whatever the order in which the rings are kept
    outlines = shapes_of(land.parcel.size, land.ring_parcel, land.ring_start, land.ring_xy)
    rings, owner = rings_of(outlines)
    ends = np.asarray(rings.start, np.int64)
    kept = np.ones(len(rings.xy), bool)
    kept[ends[1:] - 1] = False  # the last point repeats the first
    start = ends - np.arange(len(ends))
    return Shapes("polygon", owner.astype(np.int64), start, rings.xy[kept])
