"""The integrated plan: prepare places, stock and roads before the event so that people are served after it.

In one sentence: which sites should be prepared as what, where should goods be held, and which roads should be kept
open as corridors, so that in every shock we can think of people find a place and goods in time, at a cost we can bear?

It is a two-stage program. Before the event (first stage): ``open`` an option (a site prepared for a mode), hold
``stock``, designate ``corridor`` lanes, ``harden`` links. After the event, in each scenario (second stage): ``go``
(share of a demand point's need that takes a route to a prepared site), ``unserved``, ``ship`` and ``short``. The rows
are written where they are made: shelters.py, supply.py, corridors.py and promises.py.

Sources: Rawls & Turnquist (2010) doi:10.1016/j.trb.2009.08.003 for stock; Kilci, Kara & Bozkaya (2015), European
Journal of Operational Research 243(1), 323-332, for shelters; Balakrishnan, Magnanti & Mirchandani (1994)
doi:10.1287/mnsc.40.7.846 for tiered networks; Rockafellar & Uryasev (2000) doi:10.21314/JOR.2000.038 for CVaR.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.measures.robust import checked_ambiguity
from formulations.plan.corridors import add_corridors
from formulations.plan.draft import Draft
from formulations.plan.objectives import add_objectives
from formulations.plan.promises import add_rules
from formulations.plan.rules import OBJECTIVES, UNSERVED, CorridorRules, Promise, ShelterRules, StockRules
from formulations.plan.shelters import add_shelters
from formulations.plan.supply import add_supply
from instances.instance import Instance
from instances.scenarios import LEVELS
from instances.schema import InstanceError


@dataclass(frozen=True)
class IntegratedPlan:
    """What is asked: the parts of the plan, its rules, and the objectives to be measured.

    A part set to None leaves no variable and no row behind.

    Parameters
    ----------
    shelters, stock, corridors
        Rules of each part, or None to leave the part out.
    harden
        Which links that a scenario cuts may be strengthened beforehand: those where a corridor may run (all, if the
        instance has no corridors), every one, or none.
    promises, budget, counts, limits
        Rules that somebody set: service promises by level, money to spend before the event, largest number of options
        by mode, and largest value by objective.
    require, forbid
        Labels of sites, or of options written ``site|mode``.
    objectives
        Names from :data:`OBJECTIVES`; they are added up with the weights given at the solve.
    alpha
        Confidence of the CVaR: 0.9 averages the worst tenth of futures.
    best_unserved
        By scenario, the fewest people without a place (weighted by phase) that a plan under the same rules could have,
        had one known that this scenario comes; regret counts from it. :func:`solver.robustness.referred` finds it.
    """

    shelters: ShelterRules | None = field(default_factory=ShelterRules)
    stock: StockRules | None = None
    corridors: CorridorRules | None = None
    harden: Literal["none", "lanes", "all"] = "lanes"
    promises: tuple[Promise, ...] = ()
    budget: float | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    require: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ("cost", "unserved")
    alpha: float = 0.9
    best_unserved: Mapping[str, float] | None = None

    def build(self, instance: Instance) -> Program:
        """The program for one instance.

        Raises
        ------
        InstanceError
            If the instance lacks a part the question needs, or the question names what the instance does not have;
            all faults at once.
        """
        self.check(instance)
        if self.best_unserved is None and "unserved_regret" in self.measured:
            fault = "objective unserved_regret: best_unserved is not given; solver.robustness.referred computes it"
            raise InstanceError(f"The question cannot be put to {instance.about.name!r}", [fault])
        draft = Draft.begin(self, instance)
        if self.shelters is not None:
            add_shelters(draft, self.shelters)
        if self.stock is not None:
            add_supply(draft, self.stock)
        if self.corridors is not None:
            add_corridors(draft, self.corridors)
        add_objectives(draft)
        add_rules(draft)
        return draft.program

    @property
    def measured(self) -> frozenset[str]:
        """Objectives that are minimised, measured or limited."""
        return frozenset({*self.objectives, *self.limits})

    def best_losses(self, instance: Instance) -> Floats:
        """What regret counts from, in the order of the instance's scenarios, shape (scenarios,)."""
        best = self.best_unserved or {}
        return np.array([best[label] for label in instance.scenarios.scenario.labels()], float)

    def check(self, instance: Instance) -> None:
        """Raise one InstanceError that names everything wrong with this question for this instance."""
        needed = {
            "options": True,
            "modes": True,
            "routes": self.shelters is not None,
            "demand": self.shelters is not None,
            "phases": self.shelters is not None,
            "effects": self.shelters is not None or self.stock is not None,
            "commodities": self.stock is not None,
            "hauls": self.stock is not None,
            "corridors": self.corridors is not None,
            "roads": self.corridors is not None,
        }
        instance.need(*(part for part, wanted in needed.items() if wanted))
        faults = [*self._parameter_faults(), *self._name_faults(instance)]
        if faults:
            raise InstanceError(f"The question cannot be put to {instance.about.name!r}", faults)

    def _parameter_faults(self) -> list[str]:
        faults = []
        if not self.objectives:
            faults.append("objectives: none given")
        for where, names in (("objectives", self.objectives), ("limits", tuple(self.limits))):
            faults += [f"{where}: {n!r} is unknown; use {', '.join(OBJECTIVES)}" for n in names if n not in OBJECTIVES]
        for name, (value, floor) in {
            "budget": (self.budget, 0.0),
            **{f"limits.{k}": (v, 0.0) for k, v in self.limits.items()},
            **{f"counts.{k}": (v, 0.0) for k, v in self.counts.items()},
        }.items():
            if value is not None and not value >= floor:
                faults.append(f"{name}: {value} is not a number from {floor:g} up")
        if self.stock is not None:
            for word, value in (("days", self.stock.days), ("standing", self.stock.standing)):
                if value is not None and not value >= 0:
                    faults.append(f"stock.{word}: {value} is not a number from 0 up")
        if self.harden not in ("none", "lanes", "all"):
            faults.append(f"harden: {self.harden!r} is unknown; use none, lanes or all")
        if not 0 <= self.alpha < 1:
            faults.append(f"alpha: {self.alpha} is not in [0, 1)")
        for promise in self.promises:
            if promise.level not in LEVELS:
                faults.append(f"promise level {promise.level!r} is unknown; use {', '.join(LEVELS)}")
            if promise.unserved is None and promise.short is None:
                faults.append(f"promise for {promise.level}: give a largest share unserved or short")
            for word, share in (("unserved", promise.unserved), ("short", promise.short)):
                if share is not None and not 0 <= share <= 1:
                    faults.append(f"promise for {promise.level}: {word} {share} is not a share from 0 to 1")
            if promise.unserved is not None and self.shelters is None:
                faults.append(f"promise for {promise.level}: unserved people need shelters in the question")
            if promise.short is not None and self.stock is None:
                faults.append(f"promise for {promise.level}: a shortage promise needs stock in the question")
        asked = {*self.objectives, *self.limits}
        for group, part, word in (
            ({*UNSERVED, "travel"}, self.shelters, "shelters"),
            ({"shortage", "operations"}, self.stock, "stock"),
        ):
            if part is None and asked & group:
                faults.append(f"objectives {', '.join(sorted(asked & group))} need {word} in the question")
        if self.corridors is not None and self.corridors.holds not in LEVELS:
            faults.append(f"corridors: level {self.corridors.holds!r} is unknown; use {', '.join(LEVELS)}")
        return faults

    def _name_faults(self, instance: Instance) -> list[str]:
        faults = []
        assert instance.modes is not None and instance.options is not None
        if "unserved_robust" in self.measured:
            faults += _ambiguity_faults(instance)
        if self.best_unserved is not None:
            faults += _reference_faults(instance, self.best_unserved)
        modes = set(instance.modes.mode.labels())
        faults += [
            f"counts: mode {m!r} is unknown; use {', '.join(sorted(modes))}" for m in self.counts if m not in modes
        ]
        phases = set(instance.phases.phase.labels()) if instance.phases else set()
        faults += [
            f"promise for {p.level}: phase {p.phase!r} is unknown; use {', '.join(sorted(phases))}"
            for p in self.promises
            if p.phase is not None and p.phase not in phases
        ]
        if any(p.by_zone for p in self.promises) and (instance.demand is None or instance.demand.zone is None):
            faults.append("promises by zone: this instance has no zones")
        known = {*instance.sites.site.labels(), *instance.options.option.labels()}
        for word, names in (("require", self.require), ("forbid", self.forbid)):
            faults += [f"{word}: site or option {n!r} is unknown" for n in names if n not in known]
        both = set(self.require) & set(self.forbid)
        faults += [f"{n!r} is both required and forbidden" for n in sorted(both)]
        return faults


def _ambiguity_faults(instance: Instance) -> list[str]:
    """What keeps the worst probabilities from being found: there is no set of them, or it is around other ones."""
    if instance.ambiguity is None:
        return [
            "objective unserved_robust: the probabilities of this instance are taken as known; give the scenarios of "
            "the recipe an ambiguity set, or use unserved_cvar or unserved_worst"
        ]
    try:
        checked_ambiguity(instance.ambiguity, instance.scenarios.probability)
    except ValueError as error:
        return [f"objective unserved_robust: {error}"]
    return []


def _reference_faults(instance: Instance, best: Mapping[str, float]) -> list[str]:
    """What keeps regret from being counted: a scenario without its best value, one unknown, or no number."""
    known = instance.scenarios.scenario.labels()
    faults = [f"best_unserved: scenario {label!r} is unknown" for label in best if label not in set(known)]
    faults += [f"best_unserved: scenario {label!r} is missing" for label in known if label not in best]
    faults += [
        f"best_unserved.{label}: {value} is not a number from 0 up"
        for label, value in best.items()
        if not 0 <= value < np.inf
    ]
    return faults
