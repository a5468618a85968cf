"""Ask a question of location: the right algorithm, under a clock, and an answer that was checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from formulations.location.access import Access
from formulations.location.question import Question
from formulations.location.siting import Siting
from solver.clock import Clock, watch
from solver.events import Event, Sink, nowhere
from solver.locating.certified import concluded
from solver.locating.located import Located
from solver.locating.plain import locate_plain
from solver.locating.ratio import is_ratio, locate_ratio
from solver.locating.terms import Found, Terms
from solver.options import OptionError, Options
from solver.solution import Status

if TYPE_CHECKING:
    from instances.instance import Instance

Algorithm: TypeAlias = Callable[[Any, Access, Terms], Found | None]

ALGORITHMS: dict[str, str] = {
    "p-median": "solver.locating.median.engine:p_median",
    "p-center": "solver.locating.center.search:center",
    "LSCP": "solver.locating.covers.covering:set_covering",
    "LSCP-B": "solver.locating.covers.backup:backup_set_covering",
    "UFL": "solver.locating.charge.uncapacitated:solve_uncapacitated",
    "CFL": "solver.locating.charge.solve:solve_capacitated",
    "single-source CFL": "solver.locating.charge.solve:solve_capacitated",
    "capacitated p-median": "solver.locating.charge.solve:solve_capacitated",
    "MCLP": "solver.locating.coverage.solve:maximal",
    "MCLP with backup": "solver.locating.coverage.solve:backup",
    "partial covering": "solver.locating.coverage.fewest:partial",
    "capacitated p-center": "solver.locating.charge.center:solve_capacitated_center",
    "k-nearest p-median": "solver.locating.few_pairs:k_nearest",
    "ordered median": "solver.locating.ordered.solve:ordered",
    "p-dispersion": "solver.locating.spread.dispersion:disperse",
    "p-maxian": "solver.locating.spread.maxian:far_away",
}
"""By the title of a question: module and name of the function that answers it when it is asked as in the literature (or
is alike to one that is, :mod:`solver.locating.alike`), ``(question, access, terms) -> Found``. It may return None: then
the plain program is solved."""

METHODS = ("auto", "fast", "program")

REASONS = 10.0
"""Seconds at most to find out why there is no plan."""


def locate(
    question: Question,
    data: Access | Instance,
    *,
    gap: float = 0.0,
    time_limit: float | None = None,
    seed: int = 0,
    threads: int = 1,
    method: str = "auto",
    backend: str = "highs",
    start: Iterable[str] | None = None,
    on_event: Sink | None = None,
    explain: bool = True,
) -> Located:
    """The best plan for a question of location, with a proof or with what is missing from one.

    Parameters
    ----------
    data
        Demand points, sites and distances; or an instance, read by :func:`formulations.location.reading.access_of`.
    gap
        The search may end when ``(value - bound) / |value|`` is at most this; with 0 it goes on to the end.
    time_limit
        Seconds for the whole search, kept within 2 s or 5 %, whichever is more.
    method
        ``fast`` for the algorithm made for the question, ``program`` for the plain program, ``auto`` for the first
        where there is one.
    backend
        Solver of the plain program, see :func:`solver.solve.solve`.
    start
        Labels of sites to begin with; a plan made from them is never lost.
    explain
        Whether to look for the reason when there is no plan (``message`` of the answer).

    Returns
    -------
    Located
        Infeasible is an answer, not an error; Ctrl-C ends the search and returns the best plan.

    Raises
    ------
    InstanceError
        If the question cannot be put to these data; all faults at once.
    OptionError
        If anything is asked for in a way that cannot be meant; all faults at once.
    TypeError
        If the data are neither of the two.
    """
    access = _access(data)
    question.check(access)
    faults = Options(gap, time_limit, seed, threads, backend, True, False).faults()
    if method not in METHODS:
        faults.append(f"method: {method!r} is unknown; use {', '.join(METHODS)}")
    algorithm = _algorithm(question, access) if method != "program" and backend == "highs" else None
    if method == "fast" and algorithm is None:
        faults.append(f"method: there is no fast algorithm for {question.title} asked like this; use program")
    opened, start_faults = _start(access, start)
    if faults or start_faults:
        raise OptionError([*faults, *start_faults])
    clock = Clock(time_limit)
    if algorithm is not None:
        terms = Terms(clock, gap, seed, threads, opened)
        if (answer := _searched(question, access, algorithm, terms, on_event or nowhere)) is not None:
            return _explained(answer, clock) if explain else answer
    # an algorithm that handed the question back may have taken some time
    left = None if time_limit is None or clock.left is None else max(clock.left, min(time_limit, 1e-3))
    solved = locate_ratio if is_ratio(question) else locate_plain
    answer = solved(
        question, access, gap=gap, time_limit=left, seed=seed, threads=threads, backend=backend, on_event=on_event
    )
    return _explained(answer, clock) if explain else answer


def _explained(answer: Located, clock: Clock) -> Located:
    """With the reason why there is no plan: the same words whoever found that there is none."""
    if answer.status is not Status.INFEASIBLE:
        return answer
    from solver.locating.insight.impossible import impossible

    left = REASONS if clock.left is None else min(REASONS, clock.left)
    message = impossible(answer.question, answer.access, time_limit=left, known=answer.message)
    return replace(answer, solution=replace(answer.solution, message=message))


def _access(data: Any) -> Access:
    if isinstance(data, Access):
        return data
    if not hasattr(data, "routes"):
        raise TypeError(f"data: expected an Access or an Instance, got {type(data).__name__}; see Access.of")
    reading = import_module("formulations.location.reading")
    read: Access = reading.access_of(data)
    return read


def _algorithm(question: Question, access: Access) -> Callable[[Terms], Found | None] | None:
    asked, data = question, access
    if not question.classic:
        from solver.locating.alike import alike

        asked, data = alike(question, access)
    home = ALGORITHMS.get(asked.title)
    if home is None or not asked.classic:
        return None
    module, name = home.split(":")
    found: Algorithm = getattr(import_module(module), name)
    return partial(found, asked, data)


def _start(access: Access, start: Iterable[str] | None) -> tuple[tuple[NDArray[np.bool_], ...], list[str]]:
    if start is None:
        return (), []
    labels = list(start)
    known = {label: k for k, label in enumerate(access.site.labels())}
    unknown = [label for label in labels if label not in known]
    if unknown:
        return (), [f"start: no site named {', '.join(map(repr, unknown[:3]))}"]
    opened = np.zeros(access.site.size, bool)
    opened[[known[label] for label in labels]] = True
    return (opened,), []


def _searched(
    question: Question, access: Access, algorithm: Callable[[Terms], Found | None], terms: Terms, sink: Sink
) -> Located | None:
    record = terms.record

    def tell() -> None:
        now = record.now
        sink(Event(terms.stage, None, None, now.incumbent, now.bound, record.gap, terms.clock.elapsed))

    terms.tell = tell
    watched = watch(lambda: (algorithm(terms),), terms.clock, terms.stop, record.news, tell)
    if watched.result is None:
        best = record.best
        siting = terms.kept or (None if best is None else Siting.nearest(access, best[1] > 0.5, question.within))
        found = Found("stopped", siting, record.bound)
    elif watched.result[0] is None:
        return None
    else:
        found = watched.result[0]
    judgement = None if found.siting is None else question.judge(access, found.siting)
    limit = None if found.state != "stopped" else watched.limit_hit or "time"
    options = {"gap": terms.gap, "time_limit": terms.clock.limit, "threads": terms.threads}
    solution = concluded(question, access, terms, found, judgement, limit, watched.left_running, options)
    sink(Event("check", 1, 1, solution.value, solution.bound, solution.gap, solution.seconds, solution.status.value))
    method = f"fast, {question.title}"
    siting = None if solution.x is None else found.siting
    return Located(question, access, solution, siting, judgement if siting is not None else None, method, found.work)
