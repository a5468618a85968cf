"""What a plan is worth and which rules it breaks, counted from the data and not from any program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.rules import SiteRules
from formulations.location.siting import Siting
from instances.index import Index

TOLERANCE = 1e-6
"""A rule holds if it is broken by at most this share of its own size (or of one)."""


@dataclass(frozen=True)
class Checked:
    """One rule, looked at.

    Attributes
    ----------
    rule
        Name of the rule, as the rows of the program are called.
    by, relative
        Largest violation in the unit of the rule, and as a share of its size; zero where it holds.
    count
        Where it is broken beyond :data:`TOLERANCE`.
    worst
        Labels of the first three of these places.
    """

    rule: str
    by: float = 0.0
    relative: float = 0.0
    count: int = 0
    worst: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Judgement:
    """The verdict of the data on a plan.

    Attributes
    ----------
    value
        The objective, in its own sense: a question that wants much has a large value for a good plan.
    objectives
        What else is worth reporting, by name; the objective is among them.
    burden
        Shape (n,): how far people of each demand point go, or which share of them is without cover.
    checks
        All rules, kept or broken.
    """

    value: float
    objectives: Mapping[str, float]
    burden: Floats
    checks: tuple[Checked, ...]

    @property
    def kept(self) -> bool:
        """Whether all rules are kept."""
        return not any(check.count for check in self.checks)


def checked(rule: str, excess: Floats, scale: Floats | float, index: Index | None = None) -> Checked:
    """A rule from how much it is exceeded element by element (negative where there is room) and the size of it."""
    by = np.maximum(np.atleast_1d(np.asarray(excess, float)), 0.0)
    share = by / np.maximum(np.abs(np.broadcast_to(np.asarray(scale, float), by.shape)), 1.0)
    bad = ~(share <= TOLERANCE)
    order = np.flatnonzero(bad)[np.argsort(-by[bad], kind="stable")][:3]
    worst = () if index is None else tuple(index.label(int(k)) for k in order)
    return Checked(rule, float(by.max(initial=0.0)), float(share.max(initial=0.0)), int(bad.sum()), worst)


def site_checks(rules: SiteRules, access: Access, opened: NDArray[np.bool_]) -> list[Checked]:
    """Whether open sites keep the rules about sites."""
    y = opened.astype(float)
    found = [
        checked("stays_open", rules.lower - y, 1.0, access.site),
        checked("may_open", y - rules.upper, 1.0, access.site),
    ]
    activity = np.asarray(rules.A @ y)
    for k, name in enumerate(rules.names):
        low, high = rules.row_lower[k], rules.row_upper[k]
        excess = np.array([max(low - activity[k], activity[k] - high)])
        scale = max(abs(side) for side in (low, high, 1.0) if np.isfinite(side))
        found.append(checked(name, excess, scale))
    return found


def trip_checks(access: Access, siting: Siting, *, everybody: bool = True) -> list[Checked]:
    """Whether trips go to open sites within reach and, if asked, everybody has one."""
    trips = [np.flatnonzero(~siting.open[siting.site]), np.flatnonzero(~np.isfinite(siting.way(access)))]
    names = ["goes_to_open", "within_reach"]
    found = []
    for name, bad in zip(names, trips, strict=True):
        labels = tuple(
            f"{access.demand.label(int(siting.demand[k]))}|{access.site.label(int(siting.site[k]))}" for k in bad[:3]
        )
        found.append(Checked(name, float(bool(bad.size)), float(bool(bad.size)), int(bad.size), labels))
    share = np.bincount(siting.demand, siting.share, minlength=access.demand.size)
    need = (access.weight > 0).astype(float)
    off = np.abs(share - need) if everybody else share - need
    found.append(checked("served", np.where(access.weight > 0, off, 0.0), 1.0, access.demand))
    return found
