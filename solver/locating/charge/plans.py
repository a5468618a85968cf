"""The best plan so far of a question with capacities, and how sites that somebody proposes become one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.location.access import Access
from formulations.location.charge.capacitated_facility_location import CapacitatedFacilityLocation
from formulations.location.median.capacitated_p_median import CapacitatedPMedian
from formulations.location.siting import Siting
from solver.locating.charge.packing import packed
from solver.locating.charge.rationed import Rationed
from solver.locating.terms import Terms

Rationing: TypeAlias = CapacitatedFacilityLocation | CapacitatedPMedian

TRIES = 500
"""Choices of sites that are filled at most."""

SOME, MORE = 1e-6, 3
"""What counts as open in a fractional choice; sites added one by one where there is too little room."""


class Plans:
    """Keeps the best plan, judged from the data, and tells the record of it.

    Attributes
    ----------
    value, siting
        The best plan; infinite and None without one.
    """

    def __init__(self, question: Rationing, access: Access, problem: Rationed, terms: Terms) -> None:
        self.question, self.access, self.problem, self.terms = question, access, problem, terms
        self.value = math.inf
        self.siting: Siting | None = None
        self._tried: set[bytes] = set()

    def take(self, siting: Siting) -> None:
        """Keep a plan if it stands up to the data and is better."""
        judgement = self.question.judge(self.access, siting)
        if judgement.kept and judgement.value < self.value:
            self.value, self.siting = judgement.value, siting
            self.terms.kept = siting
            self.terms.record.plan(judgement.value, siting.open.astype(float))

    def heed(self, y: Floats) -> float:
        """Fill sites that a relaxation opens with undivided demand points, if they are new; returns the best value."""
        for opened in self._rounded(y):
            key = opened.tobytes()
            if len(self._tried) >= TRIES:
                break
            if key in self._tried:
                continue
            self._tried.add(key)
            if self.problem.keeps_rules(opened) and self._fill(opened):
                break
        return self.value

    def columns(self, matrix: Matrix) -> Floats | None:
        """The best plan as a start for a solver: open sites only, the rest follows; NaN where nothing is said."""
        known = self.siting.open if self.siting is not None else self.terms.start[0] if self.terms.start else None
        if known is None:
            return None
        x = np.full(matrix.shape[1], np.nan)
        x[matrix.columns["open"].span] = known
        return x

    def why(self) -> str:
        """Why there is no plan, where no single site or demand point is to blame."""
        total = float(self.problem.amount.sum())
        held = float(self.problem.room[self.problem.rules.upper > 0].sum())
        how = "as a whole " if self.problem.undivided else ""
        return (
            f"No choice of sites that keeps the rules can take everybody {how}within reach: {total:g} are needed, all "
            f"sites that may open hold {held:g}, but not where and as they are needed."
        )

    def _rounded(self, y: Floats) -> Iterator[NDArray[np.bool_]]:
        """Whole choices near a fractional one, with more and more room."""
        rules, room = self.problem.rules, self.problem.room
        yield y > 0.5
        opened = y > SOME
        wanted = np.lexsort((-room, -np.round(y, 6)))
        if rules.count is not None:
            opened = np.zeros(len(y), bool)
            opened[wanted[: rules.count]] = True
        yield opened
        for _ in range(MORE):
            may = np.flatnonzero(~opened & (rules.upper > 0))
            if not may.size:
                return
            opened = opened.copy()
            if rules.count is not None:
                inside = np.flatnonzero(opened & rules.free)
                if not inside.size:
                    return
                opened[inside[room[inside].argmin()]] = False
                opened[may[room[may].argmax()]] = True
            else:
                opened[may[((self.problem.fixed[may] + 1e-9) / (room[may] + 1e-9)).argmin()]] = True
            yield opened

    def _fill(self, opened: NDArray[np.bool_]) -> bool:
        p, sites = self.problem, np.flatnonzero(opened)
        to = packed(p.cost[:, sites], p.amount, p.room[sites])
        if to is None:
            return False
        way = float(p.cost[np.arange(len(to)), sites[to]].sum())
        if p.fixed[opened].sum() + way < self.value:
            self.take(Siting(opened, p.who, sites[to], np.ones(len(to))))
        return True
