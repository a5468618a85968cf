"""Objectives and broken rules of whole populations of zoning plans, in NumPy, without a program and without solving.

Agrees with the program of the same question: the objectives are those of its best completion (:mod:`.completion`), and
a rule is broken by as much as its rows are, summed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from formulations.algebra.elements import Csr, Floats
from formulations.measures.cvar import cvar_value
from formulations.measures.mean import mean_value
from formulations.measures.worst import worst_value
from formulations.zoning.emergency import net_need
from formulations.zoning.objectives import linear
from formulations.zoning.patches import checked, patches
from formulations.zoning.question import Zoning
from formulations.zoning.rules import HECTARE, KILOMETRE
from instances.instance import Instance
from instances.land import Land

EXACT = 1e-9
"""Share of a limit on an area that rounding may break."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """The figures of one question to one instance.

    Attributes
    ----------
    objectives
        Names, in the order of the columns.
    rules
        Names from :data:`RULES` that the question asks for, in the order of the columns, with the limits on objectives
        after them (``limit_NAME``).
    """

    land: Land
    question: Zoning
    probability: Floats
    objectives: tuple[str, ...]
    rules: tuple[str, ...]
    sums: Csr  # what one parcel with one class adds: (parcels * classes, linear objectives)
    sum_names: tuple[str, ...]
    net: Csr  # people in need less places: (parcels * classes, units * scenarios)

    @classmethod
    def of(cls, question: Zoning, instance: Instance) -> Numbers:
        """The figures for one question.

        Raises
        ------
        InstanceError
            As :meth:`Zoning.check`.
        """
        question.check(instance)
        land, p = instance.land, instance.scenarios.probability
        assert land is not None
        kept = {"targets": ("least_area", "most_area"), "apart": ("apart",)}
        rules = ["allowed", *(rule for flag, names in kept.items() if getattr(question, flag) for rule in names)]
        rules += ["patches"] if question.patches != "none" else []
        rules += [f"limit_{name}" for name in question.limits]
        tables = linear(land, p)
        sums = sp.csr_array(np.column_stack([table.ravel() for table in tables.values()]))
        net = _by_unit(land) if question.shelters else sp.csr_array((land.allowed.size, 0))
        return cls(land, question, p, question.objectives, tuple(rules), sums, tuple(tables), net)

    def evaluate(self, assignments: ArrayLike) -> tuple[Floats, Floats]:
        """Objectives and broken rules, (members, parcels) -> (members, objectives), (members, rules).

        Parameters
        ----------
        assignments
            Class of every parcel in every plan, as positions in ``land.land_class``.

        Returns
        -------
        values
            In the units of :func:`formulations.zoning.rules.units_of`.
        broken
            By how much each rule is broken, zero where it holds: parcels (allowed), hectares short or too many (areas,
            patches), borders (apart), and units of the objective (limits).
        """
        plans = checked(self.land, assignments)
        names = tuple(dict.fromkeys([*self.objectives, *self.question.limits]))
        values = dict(zip(names, self._values(plans, names), strict=True))
        broken = [self._broken(rule, plans, values) for rule in self.rules]
        return np.column_stack([values[name] for name in self.objectives]), np.column_stack(broken)

    def values(self, assignments: ArrayLike) -> Floats:
        """Objectives alone, (members, parcels) -> (members, objectives)."""
        return np.column_stack(self._values(checked(self.land, assignments), self.objectives))

    def losses(self, assignments: ArrayLike) -> Floats:
        """People without a place: (members, parcels) -> (members, scenarios)."""
        left: Floats = self.unserved(assignments).sum(axis=1)
        return left

    def unserved(self, assignments: ArrayLike) -> Floats:
        """People without a place by neighbourhood: (members, parcels) -> (members, units, scenarios)."""
        balance = (self._one_hot(checked(self.land, assignments)) @ self.net).toarray()
        return np.maximum(balance, 0.0).reshape(balance.shape[0], self.land.unit.target.size, -1)

    def areas(self, assignments: ArrayLike) -> Floats:
        """Hectares of each class: (members, parcels) -> (members, classes)."""
        plans = checked(self.land, assignments)
        members, classes = plans.shape[0], self.land.land_class.size
        code = plans + np.arange(members)[:, None] * classes
        area = np.bincount(code.ravel(), np.tile(self.land.area / HECTARE, members), minlength=members * classes)
        hectares: Floats = area.astype(float).reshape(members, classes)
        return hectares

    def _one_hot(self, plans: NDArray[np.intp]) -> Csr:
        members, parcels = plans.shape
        classes = self.land.land_class.size
        column = (plans + np.arange(parcels) * classes).ravel()
        start = np.arange(members + 1) * parcels
        return sp.csr_array((np.ones(column.size), column, start), shape=(members, parcels * classes))

    def _values(self, plans: NDArray[np.intp], names: tuple[str, ...]) -> list[Floats]:
        linear_sums = (self._one_hot(plans) @ self.sums).toarray()
        loss = self.losses(plans) if any(name.startswith("unserved") for name in names) else None
        return [self._value(name, plans, linear_sums, loss) for name in names]

    def _value(self, name: str, plans: NDArray[np.intp], sums: Floats, loss: Floats | None) -> Floats:
        if name in self.sum_names:
            column: Floats = sums[:, self.sum_names.index(name)]
            return column
        if name == "fragmentation":
            a, b = self.land.boundary["a"].position, self.land.boundary["b"].position
            unlike: Floats = (plans[:, a] != plans[:, b]) @ (self.land.boundary_length / KILOMETRE)
            return unlike
        assert loss is not None
        if name == "unserved":
            return mean_value(loss, self.probability)
        if name == "unserved_cvar":
            return cvar_value(loss, self.probability, self.question.alpha)
        return worst_value(loss)

    def _broken(self, rule: str, plans: NDArray[np.intp], values: dict[str, Floats]) -> Floats:
        land = self.land
        if rule == "allowed":
            wrong: Floats = (~land.allowed[np.arange(land.parcel.size), plans]).sum(axis=1).astype(float)
            return wrong
        if rule == "apart":
            a, b = land.boundary["a"].position, land.boundary["b"].position
            clashes: Floats = land.apart[plans[:, a], plans[:, b]].sum(axis=1).astype(float)
            return clashes
        if rule == "patches":
            found = patches(land, plans)
            short = np.bincount(found.member, found.missing(land) / HECTARE, minlength=plans.shape[0])
            return short.astype(float)
        if rule == "least_area":
            return _beyond(land.least / HECTARE - self.areas(plans), land.least / HECTARE)
        if rule == "most_area":
            return _beyond(self.areas(plans) - land.most / HECTARE, land.most / HECTARE)
        name = rule.removeprefix("limit_")
        limit = self.question.limits[name]
        return _beyond((values[name] - limit)[:, None], np.array([limit]))


def _beyond(excess: Floats, limit: Floats) -> Floats:
    """Sum of what is really beyond a limit: (members, elements) -> (members,)."""
    real = np.where(excess > EXACT * np.maximum(limit, 1.0), excess, 0.0)
    total: Floats = real.sum(axis=1)
    return total


def _by_unit(land: Land) -> Csr:
    """Net need of each parcel and class, in the columns of the parcel's neighbourhood."""
    scenarios, (parcels, classes) = land.scenario.size, land.allowed.shape
    table = np.stack([net_need(land, s) for s in range(scenarios)], axis=2).reshape(-1)
    row = np.repeat(np.arange(parcels * classes), scenarios)
    column = np.repeat(land.unit.position, classes * scenarios) * scenarios
    column += np.tile(np.arange(scenarios), parcels * classes)
    kept = table != 0
    shape = (parcels * classes, land.unit.target.size * scenarios)
    return sp.csr_array((table[kept], (row[kept], column[kept])), shape=shape)
