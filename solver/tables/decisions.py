"""Values of the decisions, by name, with what they are about in the instance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from instances.index import Index
from instances.instance import Instance
from instances.schema import InstanceError

Ints = NDArray[np.intp]

CHOSEN = 0.5
"""A yes-or-no decision counts as yes from here on; solvers return 0.9999998."""

WHOLE = 1e-3
"""A yes-or-no decision further than this from a whole number is no decision."""

SOMEBODY = 1e-6
"""Fewer people (or units of goods) than this are rounding noise of the solver."""


@dataclass(frozen=True, eq=False)
class Moves:
    """Trips that are taken, as positions in the index sets of the instance; all of shape (trips,)."""

    scenario: Ints
    phase: Ints
    demand: Ints
    site: Ints
    mode: Ints
    option: Ints
    people: Floats
    minutes: Floats


@dataclass(frozen=True, eq=False)
class Decisions:
    """A solution laid over the variables of its matrix. A variable that the question left out is empty.

    Raises
    ------
    InstanceError
        If the solution does not fit the matrix, or takes yes-or-no decisions by halves.
    """

    instance: Instance
    matrix: Matrix
    x: Floats
    stock_days: float | None = None  # days that stock covers; None for every phase to its end

    def __post_init__(self) -> None:
        columns = self.matrix.shape[1]
        if self.x.shape != (columns,):
            raise InstanceError(
                "These values are no solution of this program",
                [f"{self.x.shape} values for {columns} variables; solve the program that the plan is made from"],
            )
        halves = np.flatnonzero(self.matrix.integer & (np.abs(self.x - np.round(self.x)) > WHOLE))
        if halves.size:
            some = ", ".join(f"{self.matrix.column_label(int(j))} = {self.x[j]:.3g}" for j in halves[:3])
            raise InstanceError(
                "These values are no plan",
                [f"{halves.size} yes-or-no decisions are taken by halves, first {some}; solve without relaxing them"],
            )

    def __contains__(self, name: str) -> bool:
        return name in self.matrix.columns

    def over(self, name: str) -> Index:
        """The index set that a variable runs over."""
        (index,) = self.matrix.columns[name].dims
        return index

    def value(self, name: str) -> Floats:
        """Values of a variable, shape (elements,)."""
        values: Floats = self.x[self.matrix.columns[name].span]
        return values

    def chosen(self, name: str) -> Ints:
        """Positions at which a yes-or-no variable says yes; none if the question left it out."""
        if name not in self:
            return np.empty(0, np.intp)
        return np.flatnonzero(self.value(name) > CHOSEN)

    @cached_property
    def opened(self) -> Ints:
        """Positions of the options that are opened."""
        if "open" not in self:
            return np.empty(0, np.intp)
        option: Ints = self.over("open")["option"].position[self.chosen("open")]
        return option

    @cached_property
    def moves(self) -> Moves:
        """Trips that are taken; the people on them are counted from the instance's need."""
        if "go" not in self:
            none, nobody = np.empty(0, np.intp), np.empty(0)
            return Moves(none, none, none, none, none, none, nobody, nobody)
        instance, trip = self.instance, self.over("go")
        assert instance.effects is not None and instance.routes is not None and instance.options is not None
        scenario, phase, demand, route = (trip[k].position for k in ("scenario", "phase", "demand", "route"))
        people = instance.effects.need[demand, phase, scenario] * self.value("go")
        taken = np.flatnonzero(people > SOMEBODY)
        option = trip["prepared"].then(trip["prepared"].target["option"]).position[taken]
        found = Moves(
            scenario=scenario[taken],
            phase=phase[taken],
            demand=demand[taken],
            site=instance.options.option["site"].position[option],
            mode=instance.options.option["mode"].position[option],
            option=option,
            people=people[taken],
            minutes=instance.routes.minutes[route[taken], scenario[taken]],
        )
        order = np.lexsort([found.option, found.demand, found.phase, found.scenario])
        return Moves(**{name: values[order] for name, values in vars(found).items()})

    @cached_property
    def without(self) -> Floats:
        """People in need without a place: need less those on trips, shape (demand, phase, scenario)."""
        assert self.instance.effects is not None
        left = np.array(self.instance.effects.need)
        moves = self.moves
        np.subtract.at(left, (moves.demand, moves.phase, moves.scenario), moves.people)
        left[np.abs(left) <= SOMEBODY] = 0.0
        return left
