"""One program asked again and again: least weighted sum of objectives among plans within limits on each.

    min  w @ f(x)   subject to   x in X,   f_k(x) <= e_k

A small model stays in HiGHS (:mod:`solver.pareto.live`); from one question to the next only costs and limits change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Block, Matrix
from solver.backends.highs import unit_of
from solver.backends.search import Search
from solver.certificate import ABSOLUTE, RELATIVE, keeps, snapped
from solver.clock import Clock, Stop
from solver.pareto.bounds import Fact
from solver.pareto.live import Live, small, units
from solver.pareto.space import Space

State = Literal["solved", "empty", "stopped"]

PATIENCE = 2.0
"""Seconds that a question may take in the caller's thread, where Ctrl-C is heard only between two questions."""

SURE = 0.99
"""Share of the least difference between two values at which a search has settled which is the best."""

LIMITS = "front_limit"
"""Name of the row block that holds the limits."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """The answer to one question.

    Attributes
    ----------
    state
        ``solved`` down to the gap asked for, ``empty`` (no plan within the limits), ``stopped`` before either.
    x, y
        The best plan, shape (columns,), and its objectives, shape (p,); None without one. Checked against all rows.
    fact
        What is proven, whatever the state.
    """

    state: State
    x: Floats | None
    y: Floats | None
    fact: Fact


def with_limits(space: Space, within: Floats | None = None) -> Matrix:
    """The program with one more row per finite limit, in units of :func:`solver.pareto.live.units`."""
    matrix = space.matrix
    limits = np.full(space.size, np.inf) if within is None else np.asarray(within, float)
    chosen = np.flatnonzero(np.isfinite(limits))
    if not chosen.size:
        return matrix
    unit = units(space)[chosen]
    A = sp.csr_array(sp.vstack([matrix.A, sp.diags_array(1.0 / unit) @ space.C[chosen]], format="csr"))
    A.sort_indices()  # a matrix keeps its rows in order, and locks them
    block = Block(LIMITS, (), matrix.shape[0], int(chosen.size), rule=True)
    return replace(
        matrix,
        rows={**matrix.rows, LIMITS: block},
        A=A,
        row_lower=np.append(matrix.row_lower, np.full(chosen.size, -np.inf)),
        row_upper=np.append(matrix.row_upper, (limits[chosen] - space.c0[chosen]) / unit),
    )


@dataclass(eq=False)
class Scalars:
    """Questions to one program; see :meth:`minimize`.

    A small program (:func:`solver.pareto.live.small`) stays in HiGHS and is asked in the caller's thread, each time for
    :data:`PATIENCE` seconds at most; what is harder, and every larger program, runs under a watch that keeps time
    limits and Ctrl-C whatever HiGHS does.

    Attributes
    ----------
    gap
        Relative gap at which a search may end. Where two different values are known to lie some way apart
        (:meth:`solver.pareto.space.Space.resolution`), it ends as soon as no other value can be better.
    solves
        Questions answered so far.
    stop
        Set when somebody pressed Ctrl-C during a question: its answer is taken in like any other, and is the last.
    """

    space: Space
    gap: float = 0.0
    seed: int = 0
    threads: int = 1
    clock: Clock = field(default_factory=Clock)
    solves: int = 0
    stop: Stop = field(default_factory=Stop)
    _live: Live | None = field(default=None, init=False, repr=False)

    def minimize(
        self,
        weights: Floats,
        within: Floats | None = None,
        *,
        start: Floats | None = None,
        seconds: float | None = None,
        absolute: float = 0.0,
    ) -> Outcome:
        """Least ``weights @ y`` among plans with ``y <= within``.

        Parameters
        ----------
        weights
            Shape (p,), none negative.
        within
            Shape (p,), infinite or None where there is no limit.
        start
            A plan to start from, shape (columns,).
        seconds
            Limit of this question; that of the clock counts too.
        absolute
            A plan this near to the best is good enough, in the unit of ``weights @ y``.
        """
        # copies: the fact keeps them, and who asks may change its own afterwards
        w = np.array(weights, float)
        limits = np.full(self.space.size, np.inf) if within is None else np.array(within, float)
        apart = self.space.resolution(w)
        enough = max(absolute, SURE * apart)
        limit = min((s for s in (seconds, self.clock.left) if s is not None), default=None)
        self.solves += 1
        state, x, bound = self._quick(w, limits, enough, start, limit)
        if state == "stopped" and (limit is None or limit > PATIENCE or not small(self.space)):
            state, x, bound = self._watched(w, limits, enough, start if x is None else x, limit)
        if x is None and state == "stopped" and start is not None and np.isfinite(start).all():
            # what the caller had is not lost because the solver found nothing that stands up to the check
            x = self._checked(start, limits)
        y = None if x is None else self.space.values(x[None, :])[0]
        if y is not None and 0.0 < w @ y - bound < apart:
            # no value lies between
            bound = float(w @ y)
        return Outcome(state, x, y, Fact(limits, w, bound))

    def _quick(
        self, w: Floats, limits: Floats, enough: float, start: Floats | None, limit: float | None
    ) -> tuple[State, Floats | None, float]:
        """Ask the live model, if there is one, for a short while."""
        if not small(self.space) or limit == 0.0:
            return "stopped", None, -math.inf
        if self._live is None:
            self._live = Live(self.space, whole=True, seed=self.seed)
        cost, constant = np.asarray(w @ self.space.C), float(w @ self.space.c0)
        unit = unit_of(cost)
        seconds = PATIENCE if limit is None else min(limit, PATIENCE)
        reply = self._live.minimize(
            unit * cost, limits, absolute=unit * enough, relative=self.gap, start=start, seconds=seconds
        )
        x = None if reply.x is None else self._checked(reply.x, limits)
        state = "stopped" if reply.state == "solved" and x is None else reply.state
        return state, x, reply.bound / unit + constant

    def _watched(
        self, w: Floats, limits: Floats, enough: float, start: Floats | None, limit: float | None
    ) -> tuple[State, Floats | None, float]:
        from solver.backends.highs import run_highs

        matrix = with_limits(self.space, limits)
        cost, constant = np.asarray(w @ self.space.C), float(w @ self.space.c0)
        gap, clock = max(self.gap, enough / self._largest(w)), Clock(limit)
        for tight in (False, True):
            terms = Search(cost, constant, clock, gap, self.seed, self.threads, start=start, tight=tight)
            answer = run_highs(matrix, terms)
            if answer.limit_hit == "interrupt":
                self.stop.set()
            if answer.state == "infeasible":
                return "empty", None, math.inf
            x = None if answer.x is None else self._checked(answer.x, limits)
            if x is not None:
                return "solved" if answer.state == "finished" else "stopped", x, answer.bound
            if answer.x is None or self.stop:
                break
            x = self._settled(answer.x, matrix, limits, cost, clock)
            if x is not None:
                away = float(w @ self.space.values(x[None, :])[0]) - answer.bound
                near = away <= max(enough, gap * abs(answer.bound + away)) and answer.state == "finished"
                return "solved" if near else "stopped", x, answer.bound
            if answer.state != "finished" or clock.left == 0.0:
                break
        return "stopped", None, answer.bound

    def _settled(self, x: Floats, limited: Matrix, limits: Floats, cost: Floats, clock: Clock) -> Floats | None:
        """Whole numbers made exact may break a row by their large coefficients: solve the rest once more for them."""
        from solver.backends.highs import run_highs

        whole = limited.integer
        if not whole.any() or whole.all():
            return None
        held = np.clip(np.round(x), limited.lower, limited.upper)
        lower, upper = (np.where(whole, held, side) for side in (limited.lower, limited.upper))
        rest = replace(limited.relax(), lower=lower, upper=upper)
        left = clock.left
        again = run_highs(rest, Search(cost, 0.0, Clock(None if left is None else max(0.3, left)), tight=True))
        if again.limit_hit == "interrupt":
            self.stop.set()
        return self._checked(again.x, limits) if again.state == "finished" and again.x is not None else None

    def _checked(self, x: Floats, limits: Floats) -> Floats | None:
        """The plan with whole numbers made whole, or None if it then breaks a row or a limit."""
        x = snapped(self.space.matrix, x)
        y = self.space.values(x[None, :])[0]
        held = keeps(self.space.matrix, x[None, :])[0] and (y <= limits + self._allowed(y)).all()
        return x if held else None

    def _allowed(self, y: Floats) -> Floats:
        """By how much a limit may be passed: as a row of the program, in its unit."""
        return ABSOLUTE * units(self.space) + RELATIVE * np.abs(y)

    def _largest(self, w: Floats) -> float:
        """No weighted value is larger in size than this; infinite if columns are unbounded."""
        matrix = self.space.matrix
        sizes = np.asarray(w @ abs(self.space.C))
        reach = np.maximum(np.abs(matrix.lower), np.abs(matrix.upper))[sizes > 0]
        return max(1e-300, float(w @ np.abs(self.space.c0) + sizes[sizes > 0] @ reach))
