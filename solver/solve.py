"""Ask a program for its best plan, and get it back with a proof or with what is missing from one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from solver.backends.answer import Answer
from solver.backends.search import Search
from solver.certificate import Certificate, resolution, snapped, verify
from solver.clock import Clock, Limit
from solver.events import Event, Sink, nowhere
from solver.gap import relative_gap
from solver.options import OptionError, Options, start_of, weights_of
from solver.safe_bound import safe_bound
from solver.solution import Solution, Status
from solver.verdict import gap_of, verdict
from solver.versions import versions

RELAXATION_SHARE = 0.5
"""Share of a time limit that the linear relaxation may take: the search would have to solve it again from nothing."""

DIVE_SHARE = 0.3
"""Share of the time then left that looking for a first good plan may take."""


def solve(
    program: Program | Matrix,
    weights: Mapping[str, float] | None = None,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    seed: int = 0,
    threads: int = 1,
    backend: str = "highs",
    start: ArrayLike | Mapping[str, ArrayLike] | None = None,
    on_event: Sink | None = None,
    verify_bound: bool = True,
) -> Solution:
    """Minimise a weighted sum of objectives.

    Parameters
    ----------
    program
        What is asked.
    weights
        Weight of each objective by name, others weigh zero; None only if there is a single objective.
    gap
        The search may end when ``(value - bound) / |value|`` is at most this. With 0 it goes on to the end.
    time_limit
        Seconds for the whole solve, kept within 2 s or 5 %, whichever is more, whatever the solver does.
    seed, threads
        With one thread, one seed and no limit hit, the answer is the same each time.
    backend
        ``highs``; ``cpsat`` for programs of whole numbers only; ``pyomo`` for HiGHS by way of Pyomo.
    start
        A plan to start from, shape (columns,), or values of some variables by name. A feasible one is never lost.
    on_event
        Told about progress, in the thread that called.
    verify_bound
        Solve the linear relaxation first and compute a bound from it that needs no trust in a solver.

    Returns
    -------
    Solution
        Infeasible and unbounded are answers, not errors; Ctrl-C ends the search and returns the best plan.

    Raises
    ------
    OptionError
        If anything is asked for in a way that cannot be meant; lists all faults.
    ModelError, NotIntegral
        If the backend cannot hold the program without changing it.
    """
    matrix = program.matrix() if isinstance(program, Program) else program
    options = Options(gap, time_limit, seed, threads, backend, verify_bound, start is not None)
    weighed, weight_faults = weights_of(matrix, weights)
    begin, start_faults = start_of(matrix, start)
    if faults := [*options.faults(), *weight_faults, *start_faults]:
        raise OptionError(faults)
    return _Solve(matrix, weighed, options, begin, on_event or nowhere).run()


@dataclass
class _Solve:
    """One solve from beginning to end."""

    matrix: Matrix
    weights: dict[str, float]
    options: Options
    start: Floats | None
    sink: Sink

    def run(self) -> Solution:
        self.clock = Clock(self.options.time_limit)
        self.cost, self.constant = self.matrix.cost(self.weights)
        self.duals: Floats | None = None
        self.relaxed: Answer | None = None
        self.left_running = False
        self.search = self._terms(self.clock)
        # a backend that cannot hold the program says so before any time is spent
        backend = self._backend()
        whole = bool(self.matrix.integer.any())
        self._take_start()
        answer = self._relax() if whole and self.options.verify_bound else None
        if answer is None and self.relaxed is not None:
            answer = self._dive(self.relaxed)
        if answer is None:
            answer = backend(self.matrix, self._reporting(self.search, "search"))
            self.left_running |= answer.left_running
        x, certificate = self._best_checked(answer)
        if certificate is not None and not certificate.feasible and self._may_search_again(answer):
            answer = self._search_again(backend)
            x, certificate = self._best_checked(answer)
        return self._concluded(answer, x, certificate)

    def _terms(self, clock: Clock) -> Search:
        o = self.options
        return Search(self.cost, self.constant, clock, o.gap, o.seed, o.threads, start=self.start)

    def _backend(self) -> Callable[[Matrix, Search], Answer]:
        if self.options.backend == "highs":
            from solver.backends.highs import run_highs

            return run_highs
        if self.options.backend == "cpsat":
            from solver.backends.cpsat import prepared

            return prepared(self.matrix, self.cost, self.constant)
        from solver.backends.pyomo import run_pyomo

        return run_pyomo

    def _reporting(self, search: Search, stage: str, message: str = "") -> Search:
        def tell() -> None:
            now, record = self.search.record.now, self.search.record
            self.sink(Event(stage, None, None, now.incumbent, now.bound, record.gap, self.clock.elapsed, message))

        search.tell = tell
        tell()
        return search

    # -- before the search ---------------------------------------------------------------------------------------

    def _take_start(self) -> None:
        """A feasible start is the first incumbent, whatever the solver makes of it."""
        if self.start is None or np.isnan(self.start).any():
            return
        x = snapped(self.matrix, self.start)
        if verify(self.matrix, self.weights, x, verify_bound=False).feasible:
            self.search.record.plan(self.search.value(x), x)

    def _relax(self) -> Answer | None:
        """Solve the relaxation for duals and a first bound; an answer only if it settles everything."""
        from solver.backends.highs import run_highs

        terms = self._terms(self.clock)
        terms.start, terms.share = None, RELAXATION_SHARE
        relaxed = run_highs(self.matrix.relax(), self._reporting(terms, "relaxation"))
        self.left_running |= relaxed.left_running
        self.duals = relaxed.duals
        if relaxed.state in ("finished", "stopped"):
            self.search.record.bounded(self._safe(None))
        if relaxed.limit_hit == "interrupt" or self.clock.left == 0.0:
            return Answer("stopped", None, -math.inf, None, relaxed.limit_hit or "time", relaxed.left_running)
        if self.options.backend != "highs":
            return None  # who asks for another solver wants its answer
        if relaxed.state == "infeasible":
            return relaxed
        if relaxed.state != "finished":
            return None
        self.relaxed = relaxed
        return self._already_whole(relaxed)

    def _already_whole(self, relaxed: Answer) -> Answer | None:
        """The relaxation's plan, if it happens to be whole: nothing is left to search."""
        if relaxed.x is None:
            return None
        x = snapped(self.matrix, relaxed.x)
        if not verify(self.matrix, self.weights, x, verify_bound=False).feasible:
            return None
        if relative_gap(self.search.value(x), relaxed.bound, resolution(self.matrix, self.weights, x)) != 0.0:
            return None
        self.search.record.plan(self.search.value(x), x)
        return Answer("finished", x, relaxed.bound)

    def _dive(self, relaxed: Answer) -> Answer | None:
        """Look for good plans near the relaxation; an answer only if one reaches the gap, or time is over."""
        from solver.backends.dive import run_dive, worth_diving
        from solver.backends.neighbourhood import near_enough, run_neighbourhood

        bound = max(self.search.record.bound, relaxed.bound)
        if not worth_diving(relaxed):
            return None
        if (reached := self._within_gap(bound)) is not None:
            return reached
        terms = self._early(bound)
        if (known := self.search.record.best) is not None:
            terms.record.plan(*known)
        watched = run_dive(self.matrix, terms, relaxed)
        if (done := self._after(terms, bound, watched.limit_hit, watched.left_running)) is not None:
            return done
        best = self.search.record.best
        if best is None or near_enough(best[0], bound, self.search.gap):
            return None  # the tree search closes a small gap sooner
        terms = self._early(bound)
        near = run_neighbourhood(self.matrix, terms, relaxed, best[1])
        return None if near is None else self._after(terms, bound, near.limit_hit, near.left_running)

    def _early(self, bound: float) -> Search:
        """Terms of a search for plans alone, each taken over if it stands up to the check."""
        terms = self._terms(self.clock.part(DIVE_SHARE))
        terms.record.bounded(bound)
        say = self._reporting(self.search, "dive").tell
        seen: Floats | None = None

        def take_over() -> None:
            nonlocal seen
            found = terms.record.best
            if found is not None and found[1] is not seen:
                seen = found[1]
                x = snapped(self.matrix, seen)
                if verify(self.matrix, self.weights, x, verify_bound=False).feasible:
                    self.search.record.plan(self.search.value(x), x)
            say()

        terms.tell = take_over
        return terms

    def _after(self, terms: Search, bound: float, limit_hit: Limit | None, left_running: bool) -> Answer | None:
        """An answer if the plans found early reach the gap, or time is over."""
        terms.record.close()
        self.left_running |= left_running
        best = self.search.record.best
        if best is not None:
            self.search.start = best[1]
        if limit_hit == "interrupt" or self.clock.left == 0.0:
            x = None if best is None else best[1]
            return Answer("stopped", x, -math.inf, None, limit_hit or "time", left_running)
        return self._within_gap(bound)

    def _within_gap(self, bound: float) -> Answer | None:
        """The best plan so far as the answer, if it is near enough to a bound."""
        best = self.search.record.best
        if best is None:
            return None
        gap = relative_gap(best[0], bound, resolution(self.matrix, self.weights, best[1]))
        return Answer("finished", best[1], bound) if gap is not None and gap <= self.options.gap else None

    def _may_search_again(self, answer: Answer) -> bool:
        return self.options.backend == "highs" and answer.state == "finished" and self.clock.left != 0.0

    def _search_again(self, backend: Callable[[Matrix, Search], Answer]) -> Answer:
        """Large coefficients turn a solver's tolerances into plans that break rows: search with tighter ones."""
        bound = self.search.record.bound
        self.search = self._terms(self.clock)
        self.search.tight = True
        self.search.record.bounded(bound)
        self._take_start()
        answer = backend(self.matrix, self._reporting(self.search, "search", "again, with tighter tolerances"))
        self.left_running |= answer.left_running
        return answer

    def _safe(self, known: float | None) -> float:
        return safe_bound(self.matrix, self.weights, self.duals, known).value

    # -- after the search ----------------------------------------------------------------------------------------

    def _concluded(self, answer: Answer, x: Floats | None, certificate: Certificate | None) -> Solution:
        record = self.search.record
        record.close()
        unfinished = answer.state == "stopped" and not self.matrix.integer.any()
        if unfinished and certificate is not None and not certificate.feasible:
            # where a linear program stands before its first feasible point is not a plan
            x, certificate = None, None
        status, message = verdict(answer, certificate, self.options.gap)
        if status in (Status.INFEASIBLE, Status.UNBOUNDED):
            x, certificate = None, None
        now = record.now
        self.sink(Event("check", 1, 1, now.incumbent, now.bound, record.gap, self.clock.elapsed, status.value))
        return self._solution(status, answer.limit_hit, x, certificate, message)

    def _best_checked(self, answer: Answer) -> tuple[Floats | None, Certificate | None]:
        """The best plan that stands up to the check; else the first one, with what is wrong with it."""
        if answer.duals is not None:
            self.duals = answer.duals
        recorded = self.search.record.best
        plans = [answer.x, None if recorded is None else recorded[1]]
        best: tuple[Floats | None, Certificate | None] = None, None
        seen: list[Floats] = []
        for plan in plans:
            if plan is None or any(np.array_equal(plan, other) for other in seen):
                continue
            seen.append(plan)
            same = recorded is not None and np.array_equal(plan, recorded[1])
            certificate = self._certified(plan, answer, recorded[0] if same and recorded else None)
            x = snapped(self.matrix, plan)
            if not certificate.feasible and self.matrix.integer.any() and not self.matrix.integer.all():
                x, certificate = self._settled(x, certificate, answer)
            if best[1] is None or (certificate.feasible, -certificate.value) > (best[1].feasible, -best[1].value):
                best = x, certificate
        return best

    def _certified(self, x: Floats, answer: Answer, claimed_value: float | None = None) -> Certificate:
        bound = max(answer.bound, self.search.record.bound)
        return verify(
            self.matrix,
            self.weights,
            x,
            claimed_value,
            bound,
            duals=self.duals if self.duals is not None else np.zeros(self.matrix.shape[0]),
            verify_bound=self.options.verify_bound,
        )

    def _settled(self, x: Floats, certificate: Certificate, answer: Answer) -> tuple[Floats, Certificate]:
        """Whole numbers made exact may break a row by their large coefficients: solve the rest once more for them."""
        from solver.backends.highs import run_highs

        fixed = self.matrix.integer
        whole = np.clip(np.round(x), self.matrix.lower, self.matrix.upper)
        rest = replace(
            self.matrix.relax(),
            lower=np.where(fixed, whole, self.matrix.lower),
            upper=np.where(fixed, whole, self.matrix.upper),
        )
        left = self.clock.left
        settled = run_highs(rest, Search(self.cost, self.constant, Clock(None if left is None else max(0.3, left))))
        self.left_running |= settled.left_running
        if settled.state != "finished" or settled.x is None:
            return x, certificate
        again = snapped(self.matrix, settled.x)
        checked = self._certified(again, answer)
        return (again, checked) if checked.feasible else (x, certificate)

    def _solution(
        self, status: Status, limit_hit: Limit | None, x: Floats | None, certificate: Certificate | None, message: str
    ) -> Solution:
        value = None if certificate is None else certificate.value
        bounds = [self.search.record.bound]
        if certificate is not None:
            bounds += [b for b in (certificate.claimed_bound, certificate.verified_bound) if b is not None]
        elif status in (Status.NO_PLAN, Status.FAILED):
            bounds.append(self._safe(None))
        bound = max(bounds) if status not in (Status.INFEASIBLE, Status.UNBOUNDED) else -math.inf
        if value is not None and certificate is not None and certificate.ok:
            # a bound above the value by rounding says no more than the value
            bound = min(bound, value)
        if x is not None:
            x.setflags(write=False)
        return Solution(
            status=status,
            value=value,
            objectives={} if certificate is None else dict(certificate.objectives),
            bound=bound if math.isfinite(bound) else None,
            gap=None if certificate is None else gap_of(certificate),
            limit_hit=None if status in (Status.PROVEN, Status.WITHIN_GAP) else limit_hit,
            x=x,
            certificate=certificate,
            seconds=self.clock.elapsed,
            seed=self.options.seed,
            backend=self.options.backend,
            options=self.options.to_dict(),
            versions=versions(self.options.backend),
            matrix_digest=self.matrix.digest(),
            weights=dict(self.weights),
            history=tuple(self.search.record.history),
            left_running=self.left_running,
            message=message,
            shapes={name: (block.span, block.shape) for name, block in self.matrix.columns.items()},
        )
