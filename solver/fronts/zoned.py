"""A front study of land: zoning plans by evolution that knows space, see :mod:`solver.genetic.land.front`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from formulations.zoning import Zoning
from solver.clock import Clock
from solver.events import Event, Sink
from solver.fronts.asked import Asked, classes_of
from solver.pareto.front import Front
from solver.words import say, term

if TYPE_CHECKING:
    from solver.genetic.algorithms import Name

EVERY = 1_000_000
"""Points asked for where every point is wanted."""

NAMES: dict[str, Name | None] = {"auto": None, "nsga2": "nsga2", "nsga3": "nsga3", "moead": "moead", "sms": "sms"}


def zoning_front(
    asked: Asked, known: Front | None, sink: Sink, lang: str = "en", checkpoint: Path | None = None
) -> Front:
    """The front of a zoning study by evolution, none of whose plans breaks a rule.

    Parameters
    ----------
    known
        What an earlier run found: its plans are where this one starts, and its facts still hold.
    checkpoint
        File in which evolution keeps where it is. If it is there and belongs to the same evolution, this goes on from
        it; one of another evolution gives way to a new one from the plans known.

    Raises
    ------
    NoFrontError
        If no plan was found that keeps all rules.
    """
    from solver.genetic.checkpoint import CheckpointError

    there = checkpoint is not None and checkpoint.exists()
    clock = Clock(None)

    def told(event: Event) -> None:
        sink(replace(event, elapsed=clock.elapsed, message=term("search", event.stage, lang)))

    try:
        return _front(asked, known, told, checkpoint, there)
    except CheckpointError:
        sink(Event("front", message=say("resume.no evolution", lang)))
    return _front(asked, known, told, checkpoint, False)


def enough(known: Front, asked: Asked) -> bool:
    """Whether an earlier run has all that is asked for now: the gap, or as many generations and points."""
    terms = asked.tradeoffs
    if known.complete or known.epsilon <= terms.gap:
        return True
    if known.method != "genetic":
        return terms.points is not None and len(known) >= terms.points
    done, found = (known.options.get(name) or 0 for name in ("generations", "found"))
    wanted = found if terms.points is None else min(found, terms.points)
    return known.status == "representation" and done >= terms.genetic.generations and len(known) >= wanted


def _front(asked: Asked, known: Front | None, sink: Sink, checkpoint: Path | None, resume: bool) -> Front:
    from solver.genetic.land.front import land_front

    if not isinstance(asked.question, Zoning):
        raise TypeError("the question is not one of zoning")
    wanted, terms = asked.tradeoffs, asked.tradeoffs.genetic
    return land_front(
        asked.instance,
        asked.question,
        matrix=asked.matrix,
        algorithm=NAMES[terms.algorithm],
        population=terms.population,
        generations=terms.generations,
        points=EVERY if wanted.points is None else wanted.points,
        gap=wanted.gap,
        seed=asked.study.solve.seed,
        time_limit=wanted.time_limit,
        starts=None if known is None else classes_of(asked.matrix, known),
        facts=() if known is None else known.bounds.facts,
        on_event=sink,
        checkpoint=checkpoint,
        resume=resume,
    )
