"""A front study answered by evolution, alone or together with exact searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formulations.algebra.elements import Floats
from instances.schema import InstanceError
from solver.clock import Clock
from solver.events import Sink
from solver.fronts.asked import Asked
from solver.pareto.exact import NoFrontError
from solver.pareto.front import Front

if TYPE_CHECKING:
    from solver.genetic.decoder import Decoder
    from solver.genetic.genome import Genome

GENES = ("open", "harden")
"""Yes-or-no decisions that evolve; decoders make all others from them."""


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
    """What completes a genome.

    Raises
    ------
    InstanceError
        If plans of this kind cannot be completed that way; ``front.method: exact`` needs no decoder.
    """
    from solver.genetic.decoders.shelters import Greedy, Nearest

    wanted = asked.tradeoffs.genetic.decoder
    try:
        return Nearest.of(genome) if wanted == "nearest" else Greedy.of(genome)
    except ValueError as error:
        said = str(error).split("\n  - ")[1:] or [str(error)]
        raise InstanceError("These plans cannot evolve; use front.method: exact", said) from error


def evolve_front(asked: Asked, known: Front | None, method: str, sink: Sink) -> Front:
    """The front by ``genetic`` (evolution, with bounds from linear relaxations) or ``hybrid`` search.

    Parameters
    ----------
    known
        What an earlier run found.

    Raises
    ------
    InstanceError
        If plans of this kind cannot evolve.
    NoFrontError
        If no plan was found at all.
    """
    from solver.genetic.hybrid import hybrid

    genome = genome_of(asked)
    decoder, terms, seed = decoder_of(asked, genome), asked.tradeoffs.genetic, asked.study.solve.seed
    starts = None if known is None else known.plans.toarray()
    algorithm = None if terms.algorithm == "auto" else terms.algorithm
    if method == "genetic":
        return _genetic(asked, genome, decoder, starts, sink)
    return hybrid(
        asked.matrix,
        genome,
        decoder,
        asked.names,
        algorithm=algorithm,
        population=terms.population,
        generations=terms.generations,
        gap=asked.tradeoffs.gap,
        mip_gap=asked.tradeoffs.gap / 10,
        seed=seed,
        threads=asked.study.solve.threads,
        time_limit=asked.tradeoffs.time_limit,
        starts=starts,
        on_event=sink,
    )


def _genetic(asked: Asked, genome: Genome, decoder: Decoder, starts: Floats | None, sink: Sink) -> Front:
    from solver.genetic.evolve import evolve
    from solver.genetic.relaxations import relaxations
    from solver.pareto.archive import Archive, Budget
    from solver.pareto.assemble import assemble
    from solver.pareto.space import Space

    space, terms, clock = (
        Space.of(asked.matrix, asked.names),
        asked.tradeoffs.genetic,
        Clock(asked.tradeoffs.time_limit),
    )
    archive = Archive.empty(space, sink)
    for x in np.empty((0, asked.matrix.shape[1])) if starts is None else starts:
        archive.take(np.asarray(x, float), "start")
    status = "representation"
    try:
        relaxations(archive, Budget(clock.part(0.1)))
        found = evolve(
            space,
            genome,
            decoder,
            algorithm=None if terms.algorithm == "auto" else terms.algorithm,
            population=terms.population,
            generations=terms.generations,
            seed=asked.study.solve.seed,
            seeds=np.array(archive.plans) if archive.plans else None,
            budget=Budget(clock),
            archive=archive,
            on_event=sink,
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
