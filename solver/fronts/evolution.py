"""A front study answered by evolution, alone or together with exact searches."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from instances.schema import InstanceError
from solver.clock import Clock
from solver.events import Event, Sink
from solver.fronts.asked import Asked
from solver.pareto.exact import NoFrontError
from solver.pareto.front import Front
from solver.words import say, term

if TYPE_CHECKING:
    from solver.genetic.decoder import Decoder
    from solver.genetic.genome import Genome

GENES = ("open", "harden")
"""Yes-or-no decisions that evolve; decoders make all others from them."""

GENERATIONS = 10
"""Where each genome is completed by a search of its own, no search takes so long that fewer generations than these fit
into the time."""

QUICK, PATIENCE = 0.05, 10.0
"""Seconds that such a search has at least and at most."""

SHARE = 0.7
"""Of the time, after which no such search begins or goes on: what is left is for proofs and for writing plans."""


def genome_of(asked: Asked) -> Genome:
    """What evolves: which options are opened and which links are strengthened, with where they lie.

    Raises
    ------
    InstanceError
        If the program has none of these decisions.
    """
    from solver.genetic.genome import Genome

    matrix, instance = asked.matrix, asked.instance
    names = [n for n in GENES if n in matrix.columns and matrix.columns[n].size]
    place, site = [np.empty((0, 2))], [np.empty(0, int)]
    if "open" in names:
        assert instance.options is not None
        (prepared,) = matrix.columns["open"].dims
        at = instance.options.option["site"].position[prepared["option"].position]
        place.append(np.column_stack([instance.sites.x, instance.sites.y])[at])
        site.append(at)
    if "harden" in names:
        assert instance.roads is not None
        (weak,) = matrix.columns["harden"].dims
        link = weak["link"].position
        place.append(np.array([np.mean(instance.roads.line(int(k)), axis=0)[:2] for k in link]))
        site.append(instance.sites.site.size + np.arange(len(link)))
    try:
        return Genome.of(matrix, names, coordinates=np.concatenate(place), groups=np.concatenate(site))
    except ValueError as error:
        raise InstanceError("These plans cannot evolve", [str(error)]) from error


def decoder_of(asked: Asked, genome: Genome) -> Decoder:
    """What completes a genome: ``auto`` is the quick greedy one where it can, and exact recourse for stock and roads.

    Raises
    ------
    InstanceError
        If plans of this kind cannot be completed that way; ``front.method: exact`` needs no decoder.
    """
    from solver.genetic.decoders.recourse import Recourse, default_weights
    from solver.genetic.decoders.remembered import Remembered
    from solver.genetic.decoders.shelters import Greedy, Nearest

    wanted, question = asked.tradeoffs.genetic.decoder, asked.plan
    people_only = question.shelters is not None and question.stock is None and question.corridors is None
    if wanted == "exact" or (wanted == "auto" and not people_only):
        weights, limit = default_weights(asked.matrix), asked.tradeoffs.time_limit
        seconds = PATIENCE if limit is None else max(QUICK, limit / (GENERATIONS * asked.tradeoffs.genetic.population))
        weighed = {name: weights[name] for name in asked.names}
        exact = Recourse.of(genome, weighed, seed=asked.study.solve.seed, seconds=min(seconds, PATIENCE))
        return Remembered(exact)
    try:
        return Nearest.of(genome) if wanted == "nearest" else Greedy.of(genome)
    except ValueError as error:
        said = str(error).split("\n  - ")[1:] or [str(error)]
        hint = "These plans cannot evolve like this; use front.genetic.decoder: exact"
        raise InstanceError(hint, said) from error


def evolve_front(
    asked: Asked, known: Front | None, method: str, sink: Sink, lang: str = "en", checkpoint: Path | None = None
) -> Front:
    """The front by ``genetic`` (evolution, with bounds from linear relaxations) or ``hybrid`` search.

    Parameters
    ----------
    known
        What an earlier run found and proved.
    checkpoint
        File in which evolution keeps where it is. If it is there and belongs to the same evolution, this goes on from
        it; one of another evolution gives way to a new one from the plans known.

    Raises
    ------
    InstanceError
        If plans of this kind cannot evolve.
    NoFrontError
        If no plan was found at all.
    """
    from solver.genetic.checkpoint import CheckpointError

    genome = genome_of(asked)
    decoder = decoder_of(asked, genome)
    search = _genetic if method == "genetic" else _hybrid
    spoken = _spoken(sink, lang)
    there = checkpoint is not None and checkpoint.exists()
    with _until(asked.tradeoffs.time_limit, decoder):
        try:
            return search(asked, genome, decoder, known, spoken, checkpoint, there)
        except CheckpointError:
            sink(Event("front", message=say("resume.no evolution", lang)))
        return search(asked, genome, decoder, known, spoken, checkpoint, False)


@contextmanager
def _until(seconds: float | None, decoder: Decoder) -> Iterator[None]:
    """Ask exact recourse to end when the time of evolution is over, even in the middle of a generation."""
    from solver.genetic.decoders.remembered import Remembered

    if seconds is None or not isinstance(decoder, Remembered):
        yield
        return
    alarm = threading.Timer(SHARE * seconds, decoder.decoder.stop.set)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()


def _spoken(sink: Sink, lang: str) -> Sink:
    """Events of all steps on one clock, in the language of the user."""
    clock = Clock(None)

    def told(event: Event) -> None:
        sink(replace(event, elapsed=clock.elapsed, message=term("search", event.stage, lang)))

    return told


def _hybrid(
    asked: Asked,
    genome: Genome,
    decoder: Decoder,
    known: Front | None,
    sink: Sink,
    checkpoint: Path | None,
    resume: bool,
) -> Front:
    from solver.genetic.hybrid import hybrid

    terms = asked.tradeoffs.genetic
    return hybrid(
        asked.matrix,
        genome,
        decoder,
        asked.names,
        algorithm=None if terms.algorithm == "auto" else terms.algorithm,
        population=terms.population,
        generations=terms.generations,
        gap=asked.tradeoffs.gap,
        mip_gap=asked.tradeoffs.gap / 10,
        seed=asked.study.solve.seed,
        threads=asked.study.solve.threads,
        time_limit=asked.tradeoffs.time_limit,
        starts=None if known is None else known.plans.toarray(),
        facts=() if known is None else known.bounds.facts,
        on_event=sink,
        checkpoint=checkpoint,
        resume=resume,
    )


def _genetic(
    asked: Asked,
    genome: Genome,
    decoder: Decoder,
    known: Front | None,
    sink: Sink,
    checkpoint: Path | None,
    resume: bool,
) -> Front:
    from solver.genetic.decoders.remembered import Remembered
    from solver.genetic.evolve import evolve
    from solver.genetic.relaxations import relaxations
    from solver.pareto.archive import Archive, Budget
    from solver.pareto.assemble import assemble
    from solver.pareto.space import Space

    space, clock = Space.of(asked.matrix, asked.names), Clock(asked.tradeoffs.time_limit)
    terms, archive = asked.tradeoffs.genetic, Archive.empty(space, sink)
    if known is not None:
        for x in known.plans.toarray():
            archive.take(np.asarray(x, float), "start")
        for fact in known.bounds.facts:
            archive.prove(fact)
    status = "representation"
    try:
        if known is None:
            relaxations(archive, Budget(clock.part(0.1)))
        found = evolve(
            space,
            genome,
            decoder,
            algorithm=None if terms.algorithm == "auto" else terms.algorithm,
            population=terms.population,
            generations=terms.generations,
            seed=asked.study.solve.seed,
            # as genomes: plans would have to be the same ones when an evolution is continued
            starts=genome.read(np.array(archive.plans)) if archive.plans else None,
            budget=Budget(clock.part(SHARE) if isinstance(decoder, Remembered) else clock),
            archive=archive,
            on_event=sink,
            checkpoint=checkpoint,
            resume=resume,
        )
        status = "stopped" if found.status == "stopped" else status
    except KeyboardInterrupt:
        status = "stopped"
    if not archive.plans:
        raise NoFrontError(infeasible=False)
    return assemble(
        space,
        np.array(archive.plans),
        archive.origins,
        archive.bounds,
        gap=asked.tradeoffs.gap,
        complete=False,
        status=status,
        method="genetic",
        seconds=clock.elapsed,
        solves=archive.solves,
        seed=asked.study.solve.seed,
        options={"algorithm": terms.algorithm, "population": terms.population, "generations": terms.generations},
    )
