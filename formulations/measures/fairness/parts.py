"""Parts of the people: those of each zone, or those of each group, and what they bear on average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.measures.fairness.people import People
from instances.index import Index, Map

DATA = {"zones": "the zone", "groups": "the people of each group"}
"""The two kinds of parts, and what the data have to say for each."""


def part_faults(access: Access, kind: str, names: tuple[str, ...]) -> list[str]:
    """What is missing for comparing zones or groups: the data, some names, or people there."""
    size = _sizes(access, kind)
    if not size:
        return [f"{kind}: the data say nothing about {kind}; give {DATA[kind]} at each demand point"]
    if unknown := [name for name in names if name not in size]:
        return [f"{kind}: none named {', '.join(map(repr, unknown[:3]))}; there are {', '.join(list(size)[:9])}"]
    if empty := [name for name in names if not size[name] > 0]:
        return [f"{kind}: nobody who needs a place is in {', '.join(map(repr, empty[:3]))}"]
    return [] if any(size.values()) else [f"{kind}: nobody who needs a place is in any of them"]


@dataclass(frozen=True, eq=False)
class Parts:
    """Zones or groups to which somebody belongs, and which share of their people is at each demand point.

    Attributes
    ----------
    part
        Their names.
    member, of, share
        Positions in :class:`People` and in ``part``, and share of the part's people; shape (members,) each.
    """

    part: Index
    member: NDArray[np.intp]
    of: NDArray[np.intp]
    share: Floats

    @classmethod
    def among(cls, access: Access, people: People, kind: str, names: tuple[str, ...]) -> Parts:
        """All zones or groups, or those named, once :func:`part_faults` has found nothing."""
        size = _sizes(access, kind)
        chosen = [name for name in (names or size) if size[name] > 0]
        if kind == "groups":
            count = np.array([access.groups[name][people.at] for name in chosen])
            of, member = np.nonzero(count)
            held = count[of, member]
        else:
            assert access.zone is not None, "part_faults says so"
            place = {name: k for k, name in enumerate(chosen)}
            rank = np.array([place.get(name, -1) for name in access.zone.target.labels()])
            of = rank[access.zone.position[people.at]]
            member = np.flatnonzero(of >= 0)
            of, held = of[member], access.weight[people.at[member]]
        total = np.bincount(of, held, minlength=len(chosen))
        return cls(Index.named(kind, chosen), member, of, held / total[of])

    def means(self, people: People, burden: Affine) -> Affine:
        """Mean burden of each part, over ``part``."""
        inside = Index.tuples("inside", point=(people.point, self.member), part=(self.part, self.of))
        return (self.share * people.burden(burden).at(inside["point"])).sum_by(Map(inside, self.part, self.of))

    def numbers(self, people: People, burden: Floats) -> Floats:
        """The same from numbers."""
        bear = burden[people.at][self.member]
        means: Floats = np.bincount(self.of, self.share * bear, minlength=self.part.size).astype(np.float64)
        return means


def _sizes(access: Access, kind: str) -> dict[str, float]:
    """How many people there are in each zone or group, where somebody needs a place; empty without data."""
    if kind == "groups":
        lived = access.weight > 0
        return {name: float(count[lived].sum()) for name, count in access.groups.items()}
    if access.zone is None:
        return {}
    total = np.bincount(access.zone.position, access.weight, minlength=access.zone.target.size)
    return dict(zip(access.zone.target.labels(), total.tolist(), strict=True))
