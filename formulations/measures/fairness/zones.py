"""Zones compared by the mean burden of their people.

m_z = sum_{i in z} w_i b_i / sum_{i in z} w_i     zones where somebody lives

LargestZone    max_z m_z
MeanZoneGap    max_z m_z - min_z m_z
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.measures.fairness.people import Fairness, People
from formulations.measures.worst import worst
from instances.index import Index, Map


def zone_faults(access: Access, zones: tuple[str, ...]) -> list[str]:
    """What is missing for comparing zones."""
    if access.zone is None:
        return ["zone: the data say nothing about zones; give the zone of each demand point"]
    labels = access.zone.target.labels()
    if unknown := [z for z in zones if z not in labels]:
        return [f"zones: no zone named {', '.join(map(repr, unknown[:3]))}"]
    lived = np.bincount(access.zone.position, access.weight, minlength=len(labels)) > 0
    if empty := [z for z in zones if not lived[labels.index(z)]]:
        return [f"zones: nobody lives in {', '.join(map(repr, empty[:3]))}"]
    return []


@dataclass(frozen=True, eq=False)
class Zones:
    """Zones where somebody lives, and which part of its zone's people each point holds.

    Attributes
    ----------
    zone
        Tuples of a zone.
    member, of, part
        Positions in :class:`People`, in ``zone``, and share of the zone's people; shape (members,) each.
    """

    zone: Index
    member: NDArray[np.intp]
    of: NDArray[np.intp]
    part: Floats

    @classmethod
    def among(cls, access: Access, people: People, zones: tuple[str, ...]) -> Zones:
        """All zones, or those named."""
        assert access.zone is not None, "faults() says so"
        target = access.zone.target
        home = access.zone.position[people.at]
        lived = np.bincount(home, minlength=target.size) > 0
        if zones:
            lived &= np.isin(np.array(target.labels()), np.array(zones))
        chosen = np.flatnonzero(lived)
        member = np.flatnonzero(lived[home])
        of = np.searchsorted(chosen, home[member])
        weight = access.weight[people.at[member]]
        part = weight / np.bincount(of, weight, minlength=len(chosen))[of]
        return cls(Index.tuples("lived", zone=(target, chosen)), member, of, part)

    def means(self, people: People, burden: Affine) -> Affine:
        """Mean burden of each zone, over ``zone``."""
        inside = Index.tuples("inside", point=(people.point, self.member), zone=(self.zone, self.of))
        return (self.part * people.burden(burden).at(inside["point"])).sum_by(Map(inside, self.zone, self.of))

    def numbers(self, people: People, burden: Floats) -> Floats:
        """The same from numbers."""
        bear = burden[people.at][self.member]
        means: Floats = np.bincount(self.of, self.part * bear, minlength=self.zone.size).astype(np.float64)
        return means


@dataclass(frozen=True)
class LargestZone(Fairness):
    """Mean burden of the zone that is worst off.

    Parameters
    ----------
    zones
        Labels of the zones compared; all where somebody lives if empty.
    """

    zones: tuple[str, ...] = ()

    monotone = True

    @property
    def name(self) -> str:
        """Name of the objective or limit."""
        return "_".join(["largest_zone_mean", *self.zones])

    def faults(self, access: Access) -> list[str]:
        """Zones that are not there, or where nobody lives."""
        return zone_faults(access, self.zones)

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """One variable and a row for each zone."""
        people = People.of(access)
        return worst(self.name, Zones.among(access, people, self.zones).means(people, burden))

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        people = People.of(access)
        return float(Zones.among(access, people, self.zones).numbers(people, burden).max())


@dataclass(frozen=True)
class MeanZoneGap(Fairness):
    """How far apart the mean burdens of the zone worst off and of the zone best off are.

    Everybody equally badly off has no gap: combine it with a limit or with the mean.
    """

    name = "mean_zone_gap"
    monotone = False

    def faults(self, access: Access) -> list[str]:
        """No zones."""
        return zone_faults(access, ())

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """Two variables and two rows for each zone."""
        people = People.of(access)
        means = Zones.among(access, people, ()).means(people, burden)
        low, high = means.bounds()
        least = program.variable("mean_zone_gap_least", lower=low.min(), upper=high.min(), doc="Least mean of a zone.")
        program.subject_to(mean_zone_gap_below=least.over(*means.dims) <= means)
        program.describe("mean_zone_gap_below", doc="The least mean is at most that of each zone.")
        return worst(self.name, means) - least

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        people = People.of(access)
        means = Zones.among(access, people, ()).numbers(people, burden)
        return float(means.max() - means.min())
