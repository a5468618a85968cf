"""Which search makes the front, and what it starts from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from formulations.algebra.elements import Floats
from formulations.zoning import Zoning
from solver.clock import Clock
from solver.events import Sink
from solver.fronts.asked import Asked
from solver.fronts.told import Told, last_word
from solver.fronts.zoned import enough, zoning_front
from solver.pareto.archive import Archive, Budget
from solver.pareto.assemble import assemble
from solver.pareto.bounds import LowerBounds
from solver.pareto.corners import open_boxes
from solver.pareto.exact import NoFrontError, exact_front
from solver.pareto.extremes import best_start, lexicographic
from solver.pareto.front import Front, spread
from solver.pareto.parallel import suits
from solver.pareto.recall import Recalling
from solver.pareto.scalar import Scalars
from solver.pareto.space import Space

MANY = 3
"""Objectives up to which exact search alone is the usual way; with more, evolution finds its points."""


TINY = 2_000
"""Columns up to which a front of few objectives is soon listed by exact search."""


def method_of(asked: Asked) -> str:
    """``exact``, ``genetic`` or ``hybrid``: what the study asks for, or what suits the program.

    ``auto`` is hybrid with more than :data:`MANY` objectives; and with fewer where the plan is about people only (so
    that quick decoders complete it), nothing but what evolves has whole numbers (so that the second stage is linear
    and bounds come from cuts), and there are more than :data:`TINY` columns. Else it is exact. ``python -m
    tests.benchmarks.fronts --methods exact,hybrid`` shows both on three sizes of a made-up city.
    """
    wanted = asked.tradeoffs.method
    if wanted != "auto":
        return wanted
    return "hybrid" if len(asked.names) > MANY or _cuts_well(asked) else "exact"


def _cuts_well(asked: Asked) -> bool:
    question, matrix = asked.question, asked.matrix
    if isinstance(question, Zoning) or question.shelters is None or matrix.shape[1] <= TINY:
        return False
    whole = matrix.integer & (matrix.lower < matrix.upper)
    for name in ("open", "harden"):
        if name in matrix.columns:
            whole[matrix.columns[name].span] = False
    return question.stock is None and question.corridors is None and not whole.any()


def search(asked: Asked, known: Front | None, sink: Sink, lang: str = "en", checkpoint: Path | None = None) -> Front:
    """The front of a study.

    Parameters
    ----------
    known
        What an earlier run found.
    checkpoint
        File in which evolution keeps where it is, and from which it goes on if there is one.

    Raises
    ------
    NoFrontError
        If there is no plan, or none was found in time.
    InstanceError
        If plans of this kind cannot evolve, and evolution is what the study asks for.
    """
    zoned = isinstance(asked.question, Zoning)
    if known is not None and (enough if zoned else _enough)(known, asked):
        front = _kept(known, asked)
    elif zoned and asked.tradeoffs.method != "exact":
        front = zoning_front(asked, known, sink, lang, checkpoint)
    elif method_of(asked) == "exact":
        front = _exact(asked, known, sink, lang)
    else:
        from solver.fronts.evolution import evolve_front

        front = evolve_front(asked, known, method_of(asked), sink, lang, checkpoint)
    front = front if known is None else _with_origins(front, known)
    sink(last_word(front, lang))
    return front


def _enough(known: Front, asked: Asked) -> bool:
    """Whether an earlier run has all that is asked for now."""
    points, gap = asked.tradeoffs.points, asked.tradeoffs.gap
    return known.complete or known.epsilon <= gap or (points is not None and len(known) >= points)


def _kept(known: Front, asked: Asked) -> Front:
    """The front of an earlier run, judged by the gap of now."""
    space, gap = Space.of(asked.matrix, asked.names), asked.tradeoffs.gap
    again = assemble(
        space, known.plans, known.origins, known.bounds, gap=gap, complete=known.complete, status=known.status,
        method=known.method, seconds=0.0, solves=0, seed=known.seed, resolution=known.resolution, options=known.options,
    )  # fmt: skip
    return again if known.complete else replace(again, status="representation")


def _exact(asked: Asked, known: Front | None, sink: Sink, lang: str) -> Front:
    """Both ends first, which tell the range that the gap is a share of; then what lies between, finer and finer."""
    wanted, terms, clock = asked.tradeoffs, asked.study.solve, Clock(asked.tradeoffs.time_limit)
    archive = Archive.empty(Space.of(asked.matrix, asked.names))
    archive.sink = Told(archive, clock, sink, lang)
    if known is not None:
        for x in known.plans.toarray():
            archive.take(x, "start")
        for fact in known.bounds.facts:
            archive.prove(fact)
    ask = Recalling(archive.space, wanted.gap / 10, terms.seed, terms.threads, clock, archive=archive)
    front: Front | None = None
    try:
        width = _range(ask, archive) if wanted.gap > 0 and not suits(archive.space) else None
        if not ask.stop:
            front = exact_front(
                asked.matrix,
                asked.names,
                gap=wanted.gap,
                points=wanted.points,
                resolution=None if width is None else wanted.gap * width,
                time_limit=None if clock.left is None else max(clock.left, 1e-9),
                threads=terms.threads,
                processes=wanted.processes,
                seed=terms.seed,
                archive=archive,
            )
            ask.solves += front.solves
            if front.options["interrupted"]:
                ask.stop.set()
            elif width is not None and not front.complete and front.epsilon > wanted.gap:
                close(ask, archive, Budget(clock, points=wanted.points, stop=ask.stop), wanted.gap)
    except KeyboardInterrupt:
        # Ctrl-C between two questions; during one it is heard there
        ask.stop.set()
    if front is None or not front.complete:
        front = _so_far(asked, archive, front.status if front is not None else "stopped")
    return replace(front, solves=ask.solves, seconds=clock.elapsed)


RIM = 0.1
"""Share of the gap by which a question keeps off the rim of a box."""


def close(ask: Scalars, archive: Archive, budget: Budget, gap: float) -> None:
    """Ask about the box that may hold the plan farthest from all points, until none is farther than the gap.

    Parameters
    ----------
    gap
        Share of the range of each objective.
    """
    tried: set[bytes] = set()
    while not budget.over(0, len(archive.points)):
        points = archive.points
        lows, tops = open_boxes(archive.space, points, archive.bounds)
        high, low = points.max(axis=0), points.min(axis=0)
        scale = spread(np.minimum(archive.bounds.ideal, low), high, low)
        away = ((points[None] - lows[:, None]) / scale).max(axis=2).min(axis=1)
        away[[top.tobytes() in tried for top in tops]] = 0.0
        if not len(away) or away.max() <= gap:
            return
        worst = int(away.argmax())
        tried.add(tops[worst].tobytes())
        # without a step a point on the rim of the box would be the answer; the strip left is far thinner than the gap
        top = tops[worst]
        rim = (np.abs(points - top) <= 1e-9 * scale).any(axis=0) & (archive.space.step <= 0)
        within = np.where(rim, top - RIM * gap * scale, top)
        outcome = ask.minimize(1.0 / scale, within, start=best_start(archive, 1.0 / scale, within))
        archive.solves += 1
        archive.prove(outcome.fact)
        if outcome.x is not None:
            archive.take(outcome.x, "exact")
        archive.tell("front", budget.clock.elapsed)


def _so_far(asked: Asked, archive: Archive, status: str) -> Front:
    """The front of what is found and proven by now."""
    if not archive.plans:
        raise NoFrontError(infeasible=False)
    wanted, terms = asked.tradeoffs, asked.study.solve
    front = assemble(
        archive.space, np.array(archive.plans), archive.origins, archive.bounds, gap=wanted.gap, complete=False,
        status=status, method="exact", seconds=0.0, solves=0, seed=terms.seed,
        options={"gap": wanted.gap, "points": wanted.points, "time_limit": wanted.time_limit, "threads": terms.threads},
    )  # fmt: skip
    enough = front.epsilon <= wanted.gap or (wanted.points is not None and len(front) >= wanted.points)
    # without a gap to be kept the search itself says whether it came to its end
    enough |= wanted.gap == 0 and status == "representation"
    return replace(front, status="representation" if enough else "stopped")


def _range(ask: Recalling, archive: Archive) -> Floats | None:
    """Range of each objective between the ends of the front, shape (p,); None where it is not known."""
    p = archive.space.size
    for k in range(p):
        if ask.stop or ask.clock.left == 0.0:
            return None
        end = lexicographic(ask, archive, [k, *(j for j in range(p) if j != k)])
        archive.tell("front", ask.clock.elapsed)
        if end.state == "empty":
            raise NoFrontError(infeasible=True)
    if not len(archive.points):
        return None
    width = np.ptp(archive.points, axis=0)
    return width if (width > 0).all() else None


def _with_origins(front: Front, known: Front) -> Front:
    """Points that were known before keep the origin that they had; facts that stand twice stand once."""
    before = {tuple(y): origin for y, origin in zip(known.points.tolist(), known.origins, strict=True)}
    points = map(tuple, front.points.tolist())
    origins = tuple(before.get(y, now) for y, now in zip(points, front.origins, strict=True))
    once = {(f.within.tobytes(), f.weights.tobytes(), f.value, f.verified, f.matched): f for f in front.bounds.facts}
    return replace(front, origins=origins, bounds=LowerBounds(front.bounds.ideal, list(once.values())))
