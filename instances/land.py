"""Parcels of land, the classes of use they may take, and what each class means before and during an emergency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instances.index import Index, Map
from instances.outlines import ring_faults
from instances.schema import Part, datum

SHARE = 1.0 + 1e-9  # of all land: sums of areas are right up to rounding


@dataclass(frozen=True, eq=False)
class Land(Part):
    """Which use each parcel has and may get. What rules say about single parcels is already in ``allowed``.

    People, values and places in an emergency follow from the classes: a parcel of class c houses
    ``residents[c] * area`` people, of whom the share ``displaced`` needs a place in a scenario, carries goods worth
    ``worth[c] * area``, of which the share ``damage`` is lost, and offers ``shelter_places[c] * area`` places, of which
    the share ``usable`` can be used. Needs and places are balanced within each unit (the parcels that ``unit`` maps
    to it): whoever finds no place there is unserved.
    """

    parcel: Index
    land_class: Index
    scenario: Index
    boundary: Index  # tuples of a and b, two parcels that share a border; each pair once
    unit: Map  # parcel to its neighbourhood, where people find a place on foot
    present: Map  # parcel to the class of today
    area: np.ndarray = datum("parcel", unit="m2", doc="Area.")
    x: np.ndarray = datum("parcel", unit="m", doc="Easting of a point inside.", lower=-np.inf)
    y: np.ndarray = datum("parcel", unit="m", doc="Northing of a point inside.", lower=-np.inf)
    title: np.ndarray = datum("land_class", unit="", doc="Name of the class shown to people.", dtype=str)
    suitability: np.ndarray = datum(
        "parcel", "land_class", unit="1", doc="How well the parcel suits the class; 1 is best.", upper=1.0
    )
    allowed: np.ndarray = datum(
        "parcel",
        "land_class",
        unit="",
        doc="The parcel may have the class: hazard, protection, transition.",
        dtype=bool,
    )
    change_cost: np.ndarray = datum(
        "parcel", "land_class", unit="money", doc="Cost of turning the parcel into the class; 0 for the present one."
    )
    boundary_length: np.ndarray = datum("boundary", unit="m", doc="Length of the shared border.")
    least: np.ndarray = datum("land_class", unit="m2", doc="Least area of the class.")
    most: np.ndarray = datum("land_class", unit="m2", doc="Largest area of the class.")
    patch: np.ndarray = datum("land_class", unit="m2", doc="Least area of a connected patch of the class; 0 for none.")
    apart: np.ndarray = datum(
        "land_class", "land_class", unit="", doc="The two classes may not share a border; symmetric.", dtype=bool
    )
    residents: np.ndarray = datum("land_class", unit="people/m2", doc="People who live on land of the class.")
    worth: np.ndarray = datum("land_class", unit="money/m2", doc="Value of what stands on land of the class.")
    shelter_places: np.ndarray = datum("land_class", unit="people/m2", doc="Places the class offers in an emergency.")
    displaced: np.ndarray = datum(
        "parcel", "scenario", unit="1", doc="Share of residents there who need a place.", upper=1.0
    )
    damage: np.ndarray = datum(
        "parcel", "scenario", unit="1", doc="Share of what stands there that is lost.", upper=1.0
    )
    usable: np.ndarray = datum(
        "parcel", "scenario", unit="1", doc="Share of the parcel's places that can be used.", upper=1.0
    )
    # Outlines for maps: ring r has the points ring_xy[ring_start[r]:ring_start[r + 1]] and bounds ring_parcel[r].
    # Outer rings run counter-clockwise, holes clockwise.
    ring_parcel: np.ndarray | None = None
    ring_start: np.ndarray | None = None
    ring_xy: np.ndarray | None = None

    def extra_faults(self) -> list[str]:
        return [
            *self._wiring_faults(),
            *self._parcel_faults(),
            *self._class_faults(),
            *self._boundary_faults(),
            *ring_faults("ring_parcel", self.parcel, self.ring_parcel, self.ring_start, self.ring_xy),
        ]

    def _wiring_faults(self) -> list[str]:
        maps = {"unit": self.unit, "present": self.present}
        strays = {name: m.source for name, m in maps.items() if m.source is not self.parcel}
        faults = [f"{name}: maps from {source!r}, not from the parcels" for name, source in strays.items()]
        if self.present.target is not self.land_class:
            faults.append(f"present: maps to {self.present.target!r}, not to the classes")
        if sorted(self.boundary.parts) != ["a", "b"]:
            return [*faults, f"boundary: has components {sorted(self.boundary.parts)}, expected a and b"]
        strange = [key for key in ("a", "b") if self.boundary[key].target is not self.parcel]
        return [*faults, *(f"boundary[{key}]: is no parcel of this land" for key in strange)]

    def _parcel_faults(self) -> list[str]:
        faults, some = [], self.parcel.labels
        if not self.parcel.size or not self.land_class.size:
            return [f"parcel: {self.parcel.size} parcels and {self.land_class.size} classes; need one of each or more"]
        empty = np.flatnonzero(self.area <= 0)
        if empty.size:
            faults.append(f"area [m2]: {empty.size} parcels without area, first {', '.join(some(empty[:3]))}")
        stuck = np.flatnonzero(~self.allowed.any(axis=1))
        if stuck.size:
            faults.append(f"allowed: {stuck.size} parcels may have no class at all, first {', '.join(some(stuck[:3]))}")
        if self.present.source is self.parcel and self.present.target is self.land_class:
            paid = np.flatnonzero(self.change_cost[np.arange(self.parcel.size), self.present.position] != 0)
            if paid.size:
                first = ", ".join(some(paid[:3]))
                faults.append(f"change_cost: {paid.size} parcels pay for staying what they are, first {first}")
        return faults

    def _class_faults(self) -> list[str]:
        faults, labels = [], self.land_class.labels
        if (self.apart != self.apart.T).any():
            pairs = [f"{labels([i])[0]} and {labels([j])[0]}" for i, j in np.argwhere(self.apart & ~self.apart.T)[:3]]
            faults.append(f"apart: not symmetric for {', '.join(pairs)}")
        alone = np.flatnonzero(np.diag(self.apart))
        if alone.size:
            faults.append(f"apart: {', '.join(labels(alone))} would have to keep apart from itself")
        crossed = np.flatnonzero(self.least > self.most)
        if crossed.size:
            faults.append(f"least: above most for {', '.join(labels(crossed))}")
        possible, total = self.area @ self.allowed, float(self.area.sum())
        short = np.flatnonzero(self.least > possible * SHARE)
        faults += [
            f"least: {self.least[c]:g} m2 of {labels([c])[0]} asked for, parcels that may have it have {possible[c]:g}"
            for c in short.tolist()
        ]
        if self.least.sum() > total * SHARE:
            faults.append(f"least: sums to {self.least.sum():g} m2, there are {total:g}")
        if self.most.sum() * SHARE < total:
            faults.append(f"most: sums to {self.most.sum():g} m2, there are {total:g} to be used")
        return faults

    def _boundary_faults(self) -> list[str]:
        if sorted(self.boundary.parts) != ["a", "b"]:
            return []
        a, b = self.boundary["a"].position, self.boundary["b"].position
        faults = []
        if (a == b).any():
            faults.append(f"boundary: {int((a == b).sum())} parcels are neighbours of themselves")
        pairs = np.unique(np.column_stack([np.minimum(a, b), np.maximum(a, b)]), axis=0)
        if len(pairs) < a.size:
            faults.append(f"boundary: {a.size - len(pairs)} pairs stand there more than once")
        return faults
