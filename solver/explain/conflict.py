"""The smallest set of rules that cannot hold together.

A set of rules is a conflict if no plan keeps all of them (the rows of structure always hold). Every conflict meets
every correction set (rules whose removal makes the rest possible), so the smallest conflict is found by hitting
known correction sets with as few rules as possible until the hitting set is itself a conflict.

Source: Ignatiev, Previti, Liffiton & Marques-Silva (2015), Smallest MUS extraction with minimal hitting set
dualization, CP 2015, doi:10.1007/978-3-319-23219-5_13. Our test of a set is a linear or mixed-integer program.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import numpy as np

from formulations.algebra.matrix import Matrix
from solver.explain.elastic import Rule


class Stopped(Exception):
    """The time for the search is over."""


class Oracle:
    """Can a set of rules hold together? One live model whose rule rows are switched on and off."""

    def __init__(self, matrix: Matrix, rules: list[Rule], *, relaxed: bool, deadline: float) -> None:
        from solver.backends.highs import to_highs

        subject = matrix.relax() if relaxed else matrix
        self.rules, self.deadline = rules, deadline
        self._model = to_highs(subject, {next(iter(matrix.objectives)): 1.0})
        columns = matrix.shape[1]
        self._model.changeColsCost(columns, np.arange(columns, dtype=np.int32), np.zeros(columns))
        self._model.setOptionValue("output_flag", False)
        self._bounds = {k: (matrix.row_lower[r.row], matrix.row_upper[r.row]) for k, r in enumerate(rules)}
        self._on = set(range(len(rules)))
        self.known: dict[frozenset[int], bool] = {}

    def possible(self, chosen: Iterable[int]) -> bool:
        """Whether some plan keeps all the chosen rules.

        Raises
        ------
        Stopped
            If the deadline passes before the answer is known.
        """
        import highspy

        wanted = frozenset(chosen)
        if wanted in self.known:
            return self.known[wanted]
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Stopped
        for k in self._on - wanted:
            self._model.changeRowBounds(self.rules[k].row, -highspy.kHighsInf, highspy.kHighsInf)
        for k in wanted - self._on:
            self._model.changeRowBounds(self.rules[k].row, *self._bounds[k])
        self._on = set(wanted)
        # HiGHS counts its clock over all runs of one object.
        self._model.setOptionValue("time_limit", self._model.getRunTime() + left)
        self._model.run()
        status = self._model.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            answer = True
        elif status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            answer = False
        else:
            raise Stopped
        self.known[wanted] = answer
        return answer


def irreducible(oracle: Oracle, conflict: Iterable[int]) -> list[int]:
    """A conflict from which no rule can be left out, by deletion (Chinneck & Dravnieks 1991)."""
    kept = list(conflict)
    for k in list(kept):
        rest = [other for other in kept if other != k]
        if not oracle.possible(rest):
            kept = rest
    return kept


def smallest(oracle: Oracle) -> tuple[list[int], bool]:
    """A conflict with as few rules as possible, and whether that is proven."""
    everything = range(len(oracle.rules))
    fallback: list[int] = list(everything)
    try:
        fallback = irreducible(oracle, fallback)
        corrections: list[frozenset[int]] = []
        while True:
            candidate = _smallest_hitting_set(corrections, len(oracle.rules))
            if len(candidate) >= len(fallback):
                return fallback, True
            if not oracle.possible(candidate):
                return sorted(candidate), True
            corrections.append(_correction_set(oracle, candidate))
    except Stopped:
        return fallback, False


def _correction_set(oracle: Oracle, kept: set[int]) -> frozenset[int]:
    """Grow a possible set of rules until nothing more fits; what stays outside is a minimal correction set."""
    grown = set(kept)
    for k in range(len(oracle.rules)):
        if k not in grown and oracle.possible(grown | {k}):
            grown.add(k)
    return frozenset(range(len(oracle.rules))) - grown


def _smallest_hitting_set(sets: list[frozenset[int]], size: int) -> set[int]:
    """Fewest elements that meet every set: a small covering program."""
    if not sets:
        return set()
    from scipy.optimize import LinearConstraint, milp

    rows = np.array([[float(k in group) for k in range(size)] for group in sets])
    answer = milp(np.ones(size), constraints=LinearConstraint(rows, 1, np.inf), integrality=np.ones(size), bounds=(0, 1))
    return {int(k) for k in np.flatnonzero(answer.x > 0.5)}
