"""Fronts by exact search: which engine suits, what it starts from, and what its result is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from solver.clock import Clock
from solver.events import Sink, nowhere
from solver.options import OptionError
from solver.pareto.archive import Archive, Budget
from solver.pareto.assemble import assemble
from solver.pareto.bounds import Fact
from solver.pareto.front import Front
from solver.pareto.recall import Recalling
from solver.pareto.scalar import Scalars
from solver.pareto.space import Space

Method = Literal["auto", "epsilon", "regions", "tchebycheff", "supported", "large"]
METHODS: tuple[Method, ...] = ("auto", "epsilon", "regions", "tchebycheff", "supported", "large")


class NoFrontError(RuntimeError):
    """There is no front: ``infeasible`` says whether that is proven, or the search ended before it found any plan."""

    def __init__(self, infeasible: bool) -> None:
        super().__init__("no plan keeps all the rules" if infeasible else "stopped before any plan was found")
        self.infeasible = infeasible


def exact_front(
    program: Program | Matrix,
    names: Sequence[str] | None = None,
    *,
    method: Method = "auto",
    gap: float = 0.0,
    points: int | None = None,
    resolution: ArrayLike | None = None,
    time_limit: float | None = None,
    max_solves: int | None = None,
    threads: int = 1,
    processes: int = 1,
    seed: int = 0,
    starts: Floats | Csr | None = None,
    facts: Iterable[Fact] = (),
    archive: Archive | None = None,
    on_event: Sink | None = None,
) -> Front:
    """The front of some objectives, all minimised.

    With no limit and a gap of 0 every point of the front of a program of whole numbers is found. With limits it is an
    anytime search: it looks where most is open, so that what it has at any moment covers the front as well as it can,
    and says how well.

    Parameters
    ----------
    names
        Objectives, two or more; all of the program if None.
    method
        ``epsilon`` for two objectives, ``regions`` for any number, ``tchebycheff`` for well spread points,
        ``supported`` for those that weighted sums find, ``large`` for two objectives of a program too large for
        questions to be answered to the end (:mod:`solver.pareto.parallel`); ``auto`` takes the first that suits, the
        last for every program that is that large.
    gap
        Share of the range of the front that may be left open: searches end at a tenth of it, points within it are
        labelled ``within gap``.
    points
        Stop at this many points.
    resolution
        Shape (p,), or one number for all: points that differ by less in an objective need not be told apart.
    time_limit, max_solves
        Seconds, and questions to a solver.
    processes
        So many share the work of method ``large``; with more than one the caller's script must be importable
        (``if __name__ == "__main__"``).
    starts
        Plans at hand, shape (members, columns); those that do not keep all rows are a fault.
    facts
        What is already proven about this program.
    archive
        Takes what is found and proven, and gives what it has; a new one if None. Its own sink is told about progress.
    on_event
        Told about progress, in the thread that called.

    Raises
    ------
    OptionError
        If anything is asked for in a way that cannot be meant; lists all faults.
    NoFrontError
        If no plan keeps all rows, or none was found in time.
    """
    matrix = program.matrix() if isinstance(program, Program) else program
    faults = _faults(method, gap, points, time_limit, max_solves, threads, processes)
    try:
        space = Space.of(matrix, names)
    except ValueError as error:
        raise OptionError([*faults, str(error)]) from None
    fine = None if resolution is None else np.broadcast_to(np.asarray(resolution, float), (space.size,))
    faults += [] if fine is None or (fine > 0).all() else [f"resolution is {resolution!r}; give numbers above 0"]
    for_two = method in ("epsilon", "large") and space.size > 2
    faults += [f"method {method} is for two objectives; use regions"] if for_two else []
    if faults:
        raise OptionError(faults)
    clock, sink = Clock(time_limit), on_event or nowhere
    archive = Archive.empty(space, sink) if archive is None else archive
    for x in np.empty((0, matrix.shape[1])) if starts is None else _dense(starts):
        archive.take(x, "start")
    for fact in facts:
        archive.prove(fact)
    ask = Recalling(space, gap / 10, seed, threads, clock, archive=archive if archive.bounds.facts else None)
    budget, complete = Budget(clock, max_solves, points, ask.stop), False
    try:
        complete = _engine(method, space, processes)(ask, archive, budget, fine)
    except KeyboardInterrupt:
        ask.stop.set()
    if not len(archive.points):
        raise NoFrontError(complete)
    whole = complete and gap == 0.0 and fine is None and space.discrete
    enough = points is not None and len(archive.points) >= points and not ask.stop
    ended = complete or enough or not budget.over(max(ask.solves, archive.solves), len(archive.points))
    return assemble(
        space,
        np.array(archive.plans),
        archive.origins,
        archive.bounds,
        gap=gap,
        complete=whole,
        status="complete" if whole else "representation" if ended else "stopped",
        method=method,
        seconds=clock.elapsed,
        solves=ask.solves,
        seed=seed,
        resolution=fine,
        loss=fine if complete and gap == 0.0 else None,
        options={
            "gap": gap,
            "points": points,
            "time_limit": time_limit,
            "max_solves": max_solves,
            "threads": threads,
            "processes": processes,
            "interrupted": bool(ask.stop),
        },
    )


def _engine(method: Method, space: Space, processes: int) -> Callable[[Scalars, Archive, Budget, Floats | None], bool]:
    from solver.pareto import parallel

    if method == "auto":
        method = "large" if parallel.suits(space) else "epsilon" if space.size == 2 else "regions"
    if method == "large":
        return partial(parallel.run, processes=processes)
    if method == "epsilon":
        from solver.pareto import epsilon

        return epsilon.run
    if method == "regions":
        from solver.pareto import regions

        return regions.run
    if method == "tchebycheff":
        from solver.pareto import tchebycheff

        return tchebycheff.run
    from solver.pareto import supported

    return supported.run


def _faults(
    method: str,
    gap: float,
    points: int | None,
    time_limit: float | None,
    solves: int | None,
    threads: int,
    processes: int,
) -> list[str]:
    faults = [] if method in METHODS else [f"method {method!r} is unknown; use {', '.join(METHODS)}"]
    faults += [] if 0.0 <= gap < 1.0 else [f"gap is {gap}; give a share from 0 to below 1"]
    faults += [] if time_limit is None or time_limit > 0 else [f"time_limit is {time_limit}; give seconds above 0"]
    counts = {"points": points, "max_solves": solves, "threads": threads, "processes": processes}
    return faults + [f"{n} is {v}; give a whole number from 1 up" for n, v in counts.items() if v is not None and v < 1]


def _dense(plans: Any) -> Floats:
    return np.asarray(plans if isinstance(plans, np.ndarray) else plans.toarray(), dtype=float)
