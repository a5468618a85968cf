"""Zoning: which class of use should each parcel of land have, before and for the day of an emergency?

Parcels get classes such as housing, industry, green or reserve land held open. A good plan uses land for what it suits,
changes little, keeps classes together, keeps people and goods out of harm, and leaves open land where people would need
it: reserve land and other open classes turn into emergency places in the scenarios, so that zoning and siting are one
question. The rows are written where they are made: allotment.py, patch_rows.py, emergency.py and objectives.py.

Multi-objective land allocation on a grid or on parcels, with compactness by like neighbours: Aerts & Heuvelink (2002),
"Using simulated annealing for resource allocation", International Journal of Geographical Information Science 16(6),
571-587; Stewart, Janssen & van Herwijnen (2004), "A genetic algorithm approach to multiobjective land use planning",
Computers & Operations Research 31(14), 2293-2313.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from formulations.algebra.program import Program
from formulations.zoning.allotment import add_allotment
from formulations.zoning.draft import Draft
from formulations.zoning.emergency import add_emergency
from formulations.zoning.objectives import add_objectives
from formulations.zoning.patch_rows import add_patches
from formulations.zoning.patches import roomy
from formulations.zoning.rules import OBJECTIVES, UNSERVED
from instances.instance import Instance
from instances.schema import InstanceError


@dataclass(frozen=True)
class Zoning:
    """What is asked: objectives, and which rules hold.

    Parameters
    ----------
    objectives
        Names from :data:`OBJECTIVES`.
    targets
        Least and largest area of each class.
    apart
        No border between classes that must keep apart.
    patches
        ``exact``: no connected patch smaller than its class asks for. ``local``: only that land too small for a patch
        has a neighbour of its class, which is necessary and gives a smaller program; check plans with
        :func:`formulations.zoning.patch_faults` and cut off those that break the rule with
        :func:`formulations.zoning.with_cuts`. ``none``: patches of any size.
    shelters
        Open land takes people in; without, nobody is counted as unserved.
    limits
        Largest value by objective.
    alpha
        Confidence of the CVaR: 0.9 averages the worst tenth of futures.
    """

    objectives: tuple[str, ...] = ("unsuitability", "change", "fragmentation", "unserved", "exposure")
    targets: bool = True
    apart: bool = True
    patches: Literal["exact", "local", "none"] = "exact"
    shelters: bool = True
    limits: Mapping[str, float] = field(default_factory=dict)
    alpha: float = 0.9

    def build(self, instance: Instance) -> Program:
        """The program for one instance.

        Raises
        ------
        InstanceError
            If the instance has no land, or the question does not fit it; all faults at once.
        """
        self.check(instance)
        draft = Draft.begin(self, instance)
        add_allotment(draft)
        if self.patches != "none":
            add_patches(draft)
        if self.shelters:
            add_emergency(draft)
        add_objectives(draft)
        return draft.program

    def check(self, instance: Instance) -> None:
        """Raise one InstanceError that names everything wrong with this question for this instance."""
        instance.need("land")
        faults = [*self._parameter_faults(), *self._land_faults(instance)]
        if faults:
            raise InstanceError(f"The question cannot be put to {instance.about.name!r}", faults)

    def _parameter_faults(self) -> list[str]:
        faults = [] if self.objectives else ["objectives: none given"]
        for where, names in (("objectives", self.objectives), ("limits", tuple(self.limits))):
            faults += [f"{where}: {n!r} is unknown; use {', '.join(OBJECTIVES)}" for n in names if n not in OBJECTIVES]
        twice = sorted({n for n in self.objectives if self.objectives.count(n) > 1})
        faults += [f"objectives: {n!r} stands twice" for n in twice]
        faults += [f"limits.{k}: {v} is not a number from 0 up" for k, v in self.limits.items() if not v >= 0]
        if self.patches not in ("exact", "local", "none"):
            faults.append(f"patches: {self.patches!r} is unknown; use exact, local or none")
        if not 0 <= self.alpha < 1:
            faults.append(f"alpha: {self.alpha} is not in [0, 1)")
        people = sorted({*self.objectives, *self.limits} & UNSERVED)
        if people and not self.shelters:
            faults.append(f"objectives {', '.join(people)} need shelters in the question")
        return faults

    def _land_faults(self, instance: Instance) -> list[str]:
        land = instance.land
        if land is None or self.patches == "none":
            return []
        stuck = np.flatnonzero(~roomy(land).any(axis=1))
        if not stuck.size:
            return []
        some = ", ".join(land.parcel.labels(stuck[:3]))
        return [f"patches: {stuck.size} parcels could be part of no patch that is large enough, first {some}"]
