"""Whom fairness looks at: the demand points where somebody lives, each with its share of all people."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.algebra.relation import Relation
from formulations.location.access import Access
from instances.index import Index


@dataclass(frozen=True, eq=False)
class People:
    """Demand points where somebody lives.

    Attributes
    ----------
    point
        Tuples of a demand point.
    at
        Their positions among the demand points, shape (points,).
    share
        Part of all people who live there, shape (points,); adds up to 1.
    """

    point: Index
    at: NDArray[np.intp]
    share: Floats

    @classmethod
    def of(cls, access: Access) -> People:
        """The people of some data."""
        at = access.served
        weight = access.weight[at]
        return cls(Index.tuples("point", demand=(access.demand, at)), at, weight / weight.sum())

    def burden(self, burden: Affine) -> Affine:
        """Only what these bear, over ``point``."""
        return burden.at(self.point["demand"])

    def named(self, program: Program, name: str, burden: Affine) -> Affine:
        """The same as variables ``{name}_burden``, so that rows that compare many of them stay short."""
        own = self.burden(burden)
        low, high = own.bounds()
        variable = program.variable(f"{name}_burden", self.point, lower=low, upper=high, doc="Burden of this point.")
        rows = f"{name}_is"
        program.subject_to(**{rows: variable == own})
        program.describe(rows, doc="What people of this point bear.")
        return variable


class Fairness(ABC):
    """What measures of fairness share: most of them are linear, so a limit is one row."""

    def faults(self, access: Access) -> list[str]:
        """What is wrong with asking this of these data."""
        return []

    @abstractmethod
    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """The measure as an expression without dimension."""

    def within(self, program: Program, access: Access, burden: Affine, at_most: float) -> Relation:
        """The measure does not exceed a number, as a row."""
        return self.add(program, access, burden) <= at_most
