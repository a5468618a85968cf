"""The plan as tables: what to prepare, who is served, and what is promised, in pandas frames.

Every number is derived from the instance and the values of the decisions, not from what a solver says about them:
people on a trip are the people in need in the instance times the share that takes it; those without a place are the
people in need less those on trips.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from formulations.algebra.matrix import Matrix
from formulations.plan import IntegratedPlan
from instances.instance import Instance
from instances.schema import InstanceError

if TYPE_CHECKING:
    import pandas as pd

    from solver.solution import Solution

TABLES = (
    "openings",
    "stock",
    "corridors",
    "hardened",
    "scenarios",
    "people",
    "zones",
    "trips",
    "goods",
    "shipments",
    "objectives",
    "promises",
)


@dataclass(frozen=True, eq=False)
class Plan:
    """A plan for one instance, as tables. A part that the question left out has a table without rows.

    Attributes
    ----------
    openings
        Sites prepared for a mode: option, site, title, use, mode, mode_title, role, zone, x, y [m], area [m2], capacity
        [people, or m3 of stock], cost, disturbance, used_mean, used_max.
    stock
        Goods held: site, title, x, y, commodity, commodity_title, unit, amount, person_days, cost.
    corridors, hardened
        Links: link, title, length_m, cost and tier with hardened, or corridor_tier.
    scenarios
        By scenario and phase: title, hazard, level, probability, need, served, unserved, unserved_share, mean_minutes,
        max_minutes.
    people, zones
        By demand point and by zone: people, expected_unserved, worst_unserved and more.
    trips, shipments
        Who goes where, and what is sent where, in every scenario.
    goods
        By scenario and commodity: asked, short, short_share.
    objectives
        name, value, unit, weight, doc.
    promises
        Rules: rule, level, scenario, phase, zone, commodity, of, sense, limit, achieved, slack, unit, limit_share,
        achieved_share, kept, doc.
    """

    question: IntegratedPlan
    instance: Instance
    solution: Solution
    openings: pd.DataFrame
    stock: pd.DataFrame
    corridors: pd.DataFrame
    hardened: pd.DataFrame
    scenarios: pd.DataFrame
    people: pd.DataFrame
    zones: pd.DataFrame
    trips: pd.DataFrame
    goods: pd.DataFrame
    shipments: pd.DataFrame
    objectives: pd.DataFrame
    promises: pd.DataFrame

    @classmethod
    def of(
        cls,
        question: IntegratedPlan,
        instance: Instance,
        matrix: Matrix,
        solution: Solution,
        weights: Mapping[str, float] | None = None,
    ) -> Plan:
        """Lay a solution out as tables.

        Parameters
        ----------
        matrix
            Of the program that ``question`` builds for ``instance``, and that ``solution`` solves.
        weights
            Weights of the objectives in the solve, for the table of objectives; those of the solution if None.

        Raises
        ------
        InstanceError
            If the solution holds no plan, does not fit the matrix, or takes yes-or-no decisions by halves.
        """
        from solver.tables import futures, people, places, rules
        from solver.tables.decisions import Decisions

        if solution.x is None:
            raise InstanceError("There is no plan to show", [f"the solve ended without one: {solution.status.value}"])
        days = question.stock.days if question.stock is not None else None
        decisions = Decisions(instance, matrix, np.asarray(solution.x, dtype=float), days)
        asked = solution.weights if weights is None else weights
        return cls(
            question,
            instance,
            solution,
            openings=places.openings(decisions),
            stock=places.stock(decisions),
            corridors=places.corridors(decisions),
            hardened=places.hardened(decisions),
            scenarios=futures.scenarios(decisions),
            people=people.people(decisions),
            zones=people.zones(decisions),
            trips=futures.trips(decisions),
            goods=futures.goods(decisions),
            shipments=futures.shipments(decisions),
            objectives=rules.objectives(decisions, question, asked),
            promises=rules.promises(decisions, question),
        )

    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name."""
        return {name: getattr(self, name) for name in TABLES}

    def summary(self, lang: str = "en") -> list[str]:
        """The plan in a few sentences, in English (``en``) or Chinese (``zh``)."""
        from solver.summary import summary

        return summary(self, lang)

    def __repr__(self) -> str:
        values: dict[str, Any] = dict(zip(self.objectives["name"], self.objectives["value"], strict=True))
        words = ", ".join(f"{name} {value:,.6g}" for name, value in values.items())
        return f"Plan for {self.instance.about.name!r}: {len(self.openings)} openings, {words}"


class NoPlanError(RuntimeError):
    """The solve ended without a plan; ``solution`` says how, and ``matrix`` is what :func:`solver.explain` takes."""

    def __init__(self, message: str, solution: Solution, matrix: Matrix) -> None:
        super().__init__(message)
        self.solution, self.matrix = solution, matrix


def answer(question: IntegratedPlan, instance: Instance, weights: Mapping[str, float], **options: Any) -> Plan:
    """Put a question to an instance and return the plan, in one call.

    Parameters
    ----------
    weights
        Weight of each objective of the question.
    options
        As for :func:`solver.solve.solve`: gap, time_limit, seed, threads, backend, ...

    Raises
    ------
    InstanceError
        If the question cannot be put to the instance.
    NoPlanError
        If there is no plan, or none was found in time.
    """
    from solver.solve import solve
    from solver.summary import proof

    matrix = question.build(instance).matrix()
    solution = solve(matrix, weights, **options)
    if solution.x is None:
        raise NoPlanError(" ".join(proof(solution, "en")), solution, matrix)
    return Plan.of(question, instance, matrix, solution)
