"""Questions to a large program, each answered from the linear relaxation and from plans already known.

A large program cannot be searched to the end for every point of a front. So a question is answered in two parts:

- what no plan can beat: the relaxation stays alive in HiGHS and is solved again from its last basis; its duals, those
  of the limits included, give ``v @ y >= b`` for all plans, limits or not, computed by us (:mod:`solver.safe_bound`);
- a plan: dive from the relaxation, or take a known plan; then search where plan, relaxation and neighbouring plans
  disagree, and nowhere else (relaxation induced neighbourhoods and crossover; Danna, Rothberg and Le Pape 2005,
  DOI 10.1007/s10107-004-0518-7; Rothberg 2007, DOI 10.1287/ijoc.1060.0189).

Most whole numbers of such a program often belong to one part of the plan, such as its roads, that is worth about the
same whatever is weighed. That part can be held: then plans are searched for with it as it is, while bounds never are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Block, Matrix
from solver.backends.answer import Answer
from solver.backends.search import Search
from solver.certificate import snapped, verify
from solver.clock import Clock
from solver.pareto.bounds import Fact
from solver.pareto.parts import large_part
from solver.pareto.scalar import LIMITS, Outcome, with_limits
from solver.pareto.space import Space

AGREE = 1e-6
"""Distance up to which two plans agree on a decision."""

NODES = 50
"""Nodes of a search in a neighbourhood: most of what it finds is found at the root."""

OPEN = 1e15
"""A limit that no plan comes near to, where a row has to be there all the same."""

DIVE_EFFORT = 0.25
"""Simplex iterations of a dive, as a share of those of the first relaxation, over what a dive may take by itself."""


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The relaxation of a question.

    Attributes
    ----------
    fact
        Holds for all plans, without limits; verified.
    """

    answer: Answer
    fact: Fact


@dataclass(eq=False)
class LargeScalars:
    """Questions to one large program; asked like :class:`solver.pareto.scalar.Scalars`.

    Attributes
    ----------
    gap
        Relative gap at which searching for a better plan ends.
    held
        Shape (columns,): values of the columns held in searches for plans, NaN where free; None for none.
    known
        Plans found so far with their objectives; neighbours are taken from here.
    relaxed
        Columns of the last relaxation, shape (columns,); None if it was not finished.
    """

    space: Space
    gap: float = 0.005
    seed: int = 0
    threads: int = 1
    clock: Clock = field(default_factory=Clock)
    held: Floats | None = None
    solves: int = 0
    known: list[tuple[Floats, Floats]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.relaxed: Floats | None = None
        self._model: Any = None
        self._effort = 0

    # -- what no plan can beat -----------------------------------------------------------------------------------

    def relax(self, weights: Floats, within: Floats | None = None) -> Relaxed:
        """Solve the relaxation of a question from the last basis."""
        import highspy

        from solver.safe_bound import safe_bound

        space, w = self.space, np.asarray(weights, float)
        limits = np.full(space.size, np.inf) if within is None else np.asarray(within, float)
        model = self._relaxation()
        rows, columns = space.matrix.shape
        unit = 1.0 / max(float(np.abs(w @ space.C).max(initial=0.0)), 1e-12)
        unit = max(1.0, 2.0 ** math.floor(math.log2(unit)))
        model.changeColsCost(columns, np.arange(columns, dtype=np.int32), unit * np.asarray(w @ space.C))
        for k in range(space.size):
            side = limits[k] - space.c0[k] if np.isfinite(limits[k]) else highspy.kHighsInf
            model.changeRowBounds(rows + k, -highspy.kHighsInf, side)
        left = self.clock.left
        if left is not None:
            model.setOptionValue("time_limit", model.getRunTime() + left)
        model.run()
        self.solves, self.relaxed = self.solves + 1, None
        status = model.getModelStatus()
        ends = highspy.HighsModelStatus
        if status not in (ends.kOptimal, ends.kInfeasible, ends.kTimeLimit):
            # far from the last question its basis can lead astray
            model.clearSolver()
            model.run()
            status = model.getModelStatus()
        nothing = np.full(space.size, np.inf)
        if status == ends.kInfeasible:
            return Relaxed(Answer("infeasible"), Fact(limits, w, math.inf))
        if status != ends.kOptimal:
            return Relaxed(Answer("stopped"), Fact(nothing, w, -math.inf))
        solution, info = model.getSolution(), model.getInfo()
        x = self.relaxed = np.array(solution.col_value, float)
        duals = np.array(solution.row_dual, float) / unit
        # what a limit is worth turns into a weight of its objective, and the limit is no longer needed
        v = w + np.maximum(0.0, -duals[rows:])
        weighing = {name: float(a) for name, a in zip(space.names, v, strict=True) if a}
        known = min((float(v @ y) for _, y in self.known), default=None)
        value = safe_bound(space.matrix, weighing, duals[:rows], known).value
        self._effort = max(self._effort, int(info.simplex_iteration_count))
        bound = float(w @ (space.C @ x + space.c0))
        answer = Answer("finished", x, bound, duals[:rows], basis=model.getBasis(), iterations=self._effort)
        return Relaxed(answer, Fact(nothing, v, value, verified=True))

    def bound(self, weights: Floats, seconds: float | None = None) -> Fact:
        """A better bound of a weighted sum, from the root of a tree search in which the large part may be any share.

        Leaving out that some numbers are whole only lets more plans in, so the bound holds for all.
        """
        from solver.backends.highs import run_highs

        w = np.asarray(weights, float)
        matrix, part = self.space.matrix, large_part(self.space)
        if part is not None:
            integer = matrix.integer.copy()
            integer[matrix.columns[part].span] = False
            matrix = replace(matrix, integer=integer)
        search = self._search(w, seconds)
        search.nodes = 1
        answer = run_highs(matrix, search)
        self.solves += 1
        value = math.inf if answer.state == "infeasible" else answer.bound
        return Fact(np.full(self.space.size, np.inf), w, value)

    def least(self, k: int, other: float) -> tuple[Relaxed, Fact]:
        """The relaxation with next to no weight on all objectives but one, and what no plan can beat in that alone.

        Blind to the others it would be slow to solve, and answered by plans that are best for nothing.

        Parameters
        ----------
        other
            Weight of each other objective.
        """
        from solver.safe_bound import safe_bound

        w = np.full(self.space.size, 1.0)
        # the other way round the small ones would drown in the solver's tolerances
        w[k] = 1.0 / other
        w /= w.min()
        relaxed = self.relax(w)
        duals = None if relaxed.answer.duals is None else relaxed.answer.duals / w[k]
        known = min((float(y[k]) for _, y in self.known), default=None)
        value = safe_bound(self.space.matrix, {self.space.names[k]: 1.0}, duals, known).value
        return relaxed, Fact(np.full(self.space.size, np.inf), np.eye(self.space.size)[k], value, verified=True)

    def _relaxation(self) -> Any:
        from solver.backends.highs import lowered_for

        if self._model is None:
            space = self.space
            search = Search(np.asarray(np.ones(space.size) @ space.C), 0.0, seed=self.seed)
            self._model = lowered_for(_limited(space, np.full(space.size, OPEN)).relax(), search, 1.0)
        return self._model

    # -- plans ---------------------------------------------------------------------------------------------------

    def minimize(
        self,
        weights: Floats,
        within: Floats | None = None,
        *,
        start: Floats | None = None,
        seconds: float | None = None,
        absolute: float = 0.0,
        thorough: bool = False,
    ) -> Outcome:
        """A plan with a low ``weights @ y`` among those with ``y <= within``, and what no plan can beat.

        Parameters
        ----------
        seconds
            For the search of a plan, after the relaxation; that of the clock counts too.
        absolute
            A plan this near to the bound is good enough, in the unit of ``weights @ y``.
        thorough
            Dive even though plans are known.
        """
        w = np.asarray(weights, float)
        limits = np.full(self.space.size, np.inf) if within is None else np.asarray(within, float)
        relaxed = self.relax(w, limits)
        if relaxed.answer.state == "infeasible":
            return Outcome("empty", None, None, relaxed.fact)
        x = self._accepted(start, limits)
        for plan, y in self._near(w, limits):
            if x is None or w @ y < w @ self._values(x):
                x = plan
        if relaxed.answer.x is not None and self.clock.left != 0.0:
            matrix = self._searched(limits)
            clock = self._clock(seconds)
            if x is None or thorough:
                x = self._better(x, self._dive(matrix, w, limits, relaxed.answer, x, clock), w, limits)
            found = self._neighbourhood(matrix, w, relaxed.answer, x, clock)
            x = self._better(x, found, w, limits)
        if x is None:
            return Outcome("stopped", None, None, relaxed.fact)
        y = self._values(x)
        self.remember(x)
        enough = max(absolute, self.gap * abs(float(w @ y)))
        missing = float(w @ y) - relaxed.answer.bound
        return Outcome("solved" if missing <= enough else "stopped", x, y, relaxed.fact)

    def improve(self, weights: Floats, towards: Floats, seconds: float | None = None) -> Floats | None:
        """Search where the best known plan for some weights and another, relaxed or not, disagree; no limits."""
        nowhere, w = np.full(self.space.size, np.inf), np.asarray(weights, float)
        near = self._near(w, nowhere)
        if not near or self.clock.left == 0.0:
            return None
        matrix, x = self.space.matrix, near[0][0]
        if self.held is not None:
            matrix = _fixed(matrix, np.flatnonzero(~np.isnan(self.held) & matrix.integer), x)
        found = self._neighbourhood(matrix, w, Answer("finished", towards), x, self._clock(seconds))
        return self._better(x, found, w, nowhere)

    def remember(self, x: Floats) -> None:
        """Take a checked plan among the known ones."""
        y = self._values(x)
        if not any((other <= y).all() for _, other in self.known):
            self.known = [(p, o) for p, o in self.known if not (y <= o).all()] + [(x, y)]

    def hold(self, name: str, x: Floats) -> None:
        """Hold a variable at its values in a plan from now on."""
        span = self.space.matrix.columns[name].span
        held = np.full(self.space.matrix.shape[1], np.nan)
        held[span] = x[span]
        self.held = held

    def settle(self, name: str, seconds: float | None = None, others: Floats | None = None) -> Floats | None:
        """A plan in which one variable costs least in the first objective that it counts in; None if none was found.

        Parameters
        ----------
        others
            A plan whose other whole numbers are kept.
        """
        from solver.backends.highs import run_highs

        space, span = self.space, self.space.matrix.columns[name].span
        C = space.C.toarray()
        counts = [k for k in range(space.size) if C[k, span].any()]
        if not counts:
            return None
        matrix, cost, begin = space.matrix, np.zeros(C.shape[1]), None
        cost[span] = C[counts[0], span]
        if others is not None:
            fixed = matrix.integer.copy()
            fixed[span] = False
            matrix, cost, begin = _fixed(matrix, np.flatnonzero(fixed), others), C[counts[0]], others
        search = Search(cost, 0.0, self._clock(seconds), self.gap, self.seed, self.threads, start=begin)
        answer = run_highs(matrix, search)
        self.solves += 1
        x = self._accepted(answer.x, np.full(space.size, np.inf))
        if x is not None:
            self.remember(x)
        return x

    def _searched(self, limits: Floats) -> Matrix:
        matrix = with_limits(self.space, limits)
        if self.held is None:
            return matrix
        return _fixed(matrix, np.flatnonzero(~np.isnan(self.held) & matrix.integer), self.held)

    def _dive(
        self, matrix: Matrix, w: Floats, limits: Floats, relaxed: Answer, x: Floats | None, clock: Clock
    ) -> Floats | None:
        from solver.backends.dive import run_dive

        # the basis has a row for each objective, limited or not
        full = _limited(self.space, np.where(np.isfinite(limits), limits, OPEN))
        full = replace(full, lower=matrix.lower, upper=matrix.upper)
        search = self._search(w, None, clock)
        search.record.bounded(relaxed.bound)
        effort = replace(relaxed, iterations=max(1000, int(DIVE_EFFORT * relaxed.iterations)))
        if x is not None:
            search.record.plan(search.value(x), x)
        run_dive(full, search, effort)
        return None if search.record.best is None else search.record.best[1]

    def _neighbourhood(
        self,
        matrix: Matrix,
        w: Floats,
        relaxed: Answer,
        x: Floats | None,
        clock: Clock,
    ) -> Floats | None:
        from solver.backends.highs import run_highs

        assert relaxed.x is not None
        search = self._search(w, None, clock)
        if x is not None:
            search.start = x
            search.record.plan(search.value(x), x)
            whole = np.flatnonzero(matrix.integer & (matrix.lower < matrix.upper))
            open_ = np.abs(x[whole] - relaxed.x[whole]) > AGREE
            for plan in self._neighbours(self._values(x)):
                open_ |= np.abs(plan[whole] - x[whole]) > AGREE
            if not open_.any():
                return None
            matrix = _fixed(matrix, whole[~open_], x)
            search.nodes = NODES
        answer = run_highs(matrix, search)
        self.solves += 1
        best = search.record.best
        return answer.x if best is None else best[1]

    def _neighbours(self, y: Floats) -> list[Floats]:
        """Known plans on both sides of a point, the nearest in each objective."""
        found: list[Floats] = []
        for k in range(self.space.size):
            for side in (-1.0, 1.0):
                beyond = [(side * (o[k] - y[k]), j) for j, (_, o) in enumerate(self.known) if side * (o[k] - y[k]) > 0]
                if beyond:
                    found.append(self.known[min(beyond)[1]][0])
        return found

    def _near(self, w: Floats, limits: Floats) -> list[tuple[Floats, Floats]]:
        inside = [(x, y) for x, y in self.known if (y <= limits).all()]
        return sorted(inside, key=lambda plan: float(w @ plan[1]))[:1]

    def _better(self, x: Floats | None, other: Floats | None, w: Floats, limits: Floats) -> Floats | None:
        other = self._accepted(other, limits)
        if other is None or (x is not None and w @ self._values(x) <= w @ self._values(other)):
            return x
        return other

    def _accepted(self, x: Floats | None, limits: Floats) -> Floats | None:
        """The plan as it counts, if it keeps all rows and limits."""
        if x is None:
            return None
        x = snapped(self.space.matrix, x)
        if not verify(self.space.matrix, {self.space.names[0]: 1.0}, x, verify_bound=False).feasible:
            return None
        y = self._values(x)
        return x if (y <= limits + 1e-6 + 1e-9 * np.abs(y)).all() else None

    def _values(self, x: Floats) -> Floats:
        return np.asarray(self.space.values(x[None, :])[0])

    def _search(self, w: Floats, seconds: float | None, clock: Clock | None = None) -> Search:
        cost, constant = np.asarray(w @ self.space.C).ravel(), float(w @ self.space.c0)
        return Search(cost, constant, clock or self._clock(seconds), self.gap, self.seed, self.threads)

    def _clock(self, seconds: float | None) -> Clock:
        return Clock(min((s for s in (seconds, self.clock.left) if s is not None), default=None))


def _limited(space: Space, limits: Floats) -> Matrix:
    """The program with a row for every objective, as it is; all limits finite."""
    matrix = space.matrix
    block = Block(LIMITS, (), matrix.shape[0], space.size, rule=True)
    return replace(
        matrix,
        rows={**matrix.rows, LIMITS: block},
        A=sp.csr_array(sp.vstack([matrix.A, space.C], format="csr")),
        row_lower=np.append(matrix.row_lower, np.full(space.size, -np.inf)),
        row_upper=np.append(matrix.row_upper, limits - space.c0),
    )


def _fixed(matrix: Matrix, columns: np.ndarray, x: Floats) -> Matrix:
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    lower[columns] = upper[columns] = np.round(x[columns])
    return replace(matrix, lower=lower, upper=upper)
