"""Zones and groups compared by the mean burden of their people.

    m_z = sum_i w_iz b_i / sum_i w_iz                 w_iz people of zone or group z at demand point i

    LargestZone, LargestGroup    max_z m_z
    MeanZoneGap                  max_z m_z - min_z m_z

A demand point is in one zone. Groups may overlap; of their people those count who live where somebody needs a place.
"""

from __future__ import annotations

from dataclasses import dataclass

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.measures.fairness.parts import Parts, part_faults
from formulations.measures.fairness.people import Fairness, People
from formulations.measures.worst import worst


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
        return part_faults(access, "zones", self.zones)

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """One variable and a row for each zone."""
        return worst(self.name, _means(access, "zones", self.zones, burden))

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        return float(_numbers(access, "zones", self.zones, burden).max())


@dataclass(frozen=True)
class LargestGroup(Fairness):
    """Mean burden of the group of people (children, elderly people) that is worst off.

    Parameters
    ----------
    groups
        Names of the groups compared; all if empty.
    """

    groups: tuple[str, ...] = ()

    monotone = True

    @property
    def name(self) -> str:
        """Name of the objective or limit."""
        return "_".join(["largest_group_mean", *self.groups])

    def faults(self, access: Access) -> list[str]:
        """Groups that are not there, or to which nobody belongs."""
        return part_faults(access, "groups", self.groups)

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """One variable and a row for each group."""
        return worst(self.name, _means(access, "groups", self.groups, burden))

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        return float(_numbers(access, "groups", self.groups, burden).max())


@dataclass(frozen=True)
class MeanZoneGap(Fairness):
    """How far apart the mean burdens of the zone worst off and of the zone best off are.

    Everybody equally badly off has no gap: combine it with a limit or with the mean.
    """

    name = "mean_zone_gap"
    monotone = False

    def faults(self, access: Access) -> list[str]:
        """No zones."""
        return part_faults(access, "zones", ())

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """Two variables and two rows for each zone."""
        means = _means(access, "zones", (), burden)
        low, high = means.bounds()
        least = program.variable("mean_zone_gap_least", lower=low.min(), upper=high.min(), doc="Least mean of a zone.")
        program.subject_to(mean_zone_gap_below=least.over(*means.dims) <= means)
        program.describe("mean_zone_gap_below", doc="The least mean is at most that of each zone.")
        return worst(self.name, means) - least

    def value(self, access: Access, burden: Floats) -> float:
        """From numbers, shape (n,)."""
        means = _numbers(access, "zones", (), burden)
        return float(means.max() - means.min())


def _means(access: Access, kind: str, names: tuple[str, ...], burden: Affine) -> Affine:
    people = People.of(access)
    return Parts.among(access, people, kind, names).means(people, burden)


def _numbers(access: Access, kind: str, names: tuple[str, ...], burden: Floats) -> Floats:
    people = People.of(access)
    return Parts.among(access, people, kind, names).numbers(people, burden)
