"""The least Gini coefficient, a ratio, by a few programs that are linear.

Half the mean difference N and the mean D of burdens give the coefficient N / D. For a level l the program minimises
N - l D. Its optimum is zero where l is the least coefficient, and negative where l is larger; then the plan found has a
smaller coefficient, which is the next level. The levels fall faster than any geometric series.

What is proven on the way: if no plan has N - l D below -e, then none has a coefficient below l - e / D_least, where
D_least is a mean below which no plan lies.

Source: Dinkelbach (1967), Management Science 13(7), 492-498, DOI 10.1287/mnsc.13.7.492.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from formulations.location.access import Access
from formulations.location.question import Measure, Question
from formulations.location.siting import Siting
from formulations.measures.fairness.gini import Gini, GiniOver
from formulations.measures.fairness.ordered import Ordered
from formulations.measures.fairness.people import People
from formulations.measures.fairness.tail import Tail
from solver.clock import Clock, Limit
from solver.events import Sink
from solver.locating.certified import concluded
from solver.locating.located import Located
from solver.locating.plain import locate_plain
from solver.locating.terms import Found, Terms
from solver.solution import Status

ROUNDS = 50
"""Far more than are ever needed; 3 to 6 are usual."""

ENOUGH = 1e-9
"""A level that falls by no more than this is the same level: rounding."""


TRUST = 2e-6
"""What solvers leave open below zero though asked for everything: taken for zero where no mean can be bounded."""


def is_ratio(question: Question) -> bool:
    """Whether what is minimised is a ratio."""
    return isinstance(question.objective, Gini)


def locate_ratio(
    question: Question, access: Access, *, time_limit: float | None, gap: float, **options: Any
) -> Located:
    """Minimise the Gini coefficient of burdens; parameters as for :func:`solver.locating.plain.locate_plain`."""
    clock = Clock(time_limit)
    sink: Sink | None = options.pop("on_event", None)
    level, bound, verified = 1.0, 0.0, 0.0
    best: Located | None = None
    least, scale = _means(access, question)
    state: str = "stopped"
    limit: Limit | None = None
    rounds = 0
    if least <= 0.0:
        # where nobody bears anything the coefficient is 0 and the ratio says nothing: look for such a plan first
        taken = {one.measure.name for one in question.limits}
        mean: Measure = Tail(1.0) if Tail(1.0).name not in taken else Ordered(((1.0, 1.0),))
        asked = replace(question, objective=mean)
        one = locate_plain(asked, access, gap=1e-3, time_limit=_left(clock), on_event=sink, **options)
        rounds = 1
        if one.siting is None or one.judgement is None or not one.judgement.kept:
            return _no_plan(one, question, bound)
        if one.value == 0.0:
            return _answer(question, access, one.siting, "finished", 0.0, 0.0, clock, gap, None, rounds, options)
        least = max(one.bound or 0.0, 0.0)
    for _ in range(ROUNDS):
        if best is not None and clock.left == 0.0:
            limit = "time"
            break
        asked = replace(question, objective=GiniOver(level, scale))
        one = locate_plain(asked, access, gap=0.0, time_limit=_left(clock), on_event=sink, **options)
        rounds += 1
        limit = one.solution.limit_hit
        if one.siting is None or one.judgement is None or not one.judgement.kept:
            if best is None:
                return _no_plan(one, question, bound)
            break
        bound = max(bound, _raised(level, one.bound, least * scale, TRUST))
        verified = max(verified, _raised(level, one.verified_bound, least * scale, 0.0))
        coefficient = question.objective.value(access, one.judgement.burden)  # type: ignore[union-attr]
        better = best is None or coefficient < level - ENOUGH
        if best is None or coefficient < level:
            best, level = one, min(level, coefficient)
        ended = one.status in (Status.PROVEN, Status.WITHIN_GAP)
        if not ended:
            break
        if not better or level <= 0.0 or level - bound <= gap * max(level, ENOUGH):
            state = "finished"
            break
    assert best is not None and best.siting is not None
    return _answer(question, access, best.siting, state, bound, verified, clock, gap, limit, rounds, options)


def _answer(
    question: Question,
    access: Access,
    siting: Siting,
    state: Any,
    bound: float,
    verified: float,
    clock: Clock,
    gap: float,
    limit: Limit | None,
    rounds: int,
    options: dict[str, Any],
) -> Located:
    judgement = question.judge(access, siting)
    # a level found before may be larger than the value of the last plan by rounding only
    tight = min(bound, judgement.value) if bound <= judgement.value + ENOUGH else bound
    terms = Terms(clock, gap, options.get("seed", 0), options.get("threads", 1))
    found = Found(state, siting, tight, min(verified, judgement.value))
    told = {"gap": gap, "time_limit": clock.limit, "threads": terms.threads}
    ended: Limit | None = None if state == "finished" else limit or "time"
    solution = concluded(question, access, terms, found, judgement, ended, False, told)
    plan = siting if solution.x is not None else None
    kept = judgement if plan is not None else None
    return Located(question, access, solution, plan, kept, "program, one after another", {"programs": rounds})


def _left(clock: Clock) -> float | None:
    """Seconds left; a moment even when time is over, for a search with none at all cannot be asked for."""
    return None if clock.left is None else max(clock.left, 1e-3)


def _no_plan(one: Located, question: Question, bound: float) -> Located:
    """The answer without a plan: what another objective was worth says nothing about the ratio."""
    known = None if one.status is Status.INFEASIBLE else bound
    bare = replace(one.solution, value=None, objectives={}, bound=known, gap=None, x=None, certificate=None, history=())
    return replace(one, question=question, solution=bare, siting=None, judgement=None)


def _means(access: Access, question: Question) -> tuple[float, float]:
    """A mean burden below which no plan lies, from the bounds of the program (0 where nothing is known), and a scale
    that makes means a thousand or so, small against which is what a solver leaves open.
    """
    matrix = replace(question, objective=GiniOver(1.0)).build(access).matrix()
    share = People.of(access).share
    low, high = (float(share @ side[matrix.columns["gini_over_burden"].span]) for side in (matrix.lower, matrix.upper))
    return max(low, 0.0), 1000.0 / high if 0 < high < math.inf else 1.0


def _raised(level: float, over: float | None, least: float, trust: float) -> float:
    """What is known of the coefficient when no plan has scale (N - level D) below ``over``, scale D below ``least``."""
    if over is None or not math.isfinite(over):
        return 0.0
    if over >= 0.0 or (least <= 0.0 and over >= -trust):
        return level
    return max(level + over / least, 0.0) if least > 0 else 0.0
