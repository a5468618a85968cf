"""The whole way to a zoning front: relaxations, plans near them, evolution between these, and what is proven of it.

1. bounds: relaxations of single objectives and weighted sums, made safe by our own arithmetic
2. starts: the relaxations rounded, repaired, improved; the uses of today made to keep the rules
3. evolution: from these, with moves that know space and repair that keeps every rule
4. front: the plans with all their variables, each checked against all rows of the program
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike

from formulations.algebra.elements import Csr
from formulations.algebra.matrix import Matrix
from formulations.zoning import Numbers, Zoning
from formulations.zoning.patches import checked
from instances.instance import Instance
from solver.certificate import keeps
from solver.clock import Clock, Stop
from solver.events import Sink, nowhere
from solver.genetic.evolve import evolve
from solver.genetic.land.bounds import relaxations
from solver.genetic.land.genome import Classes, Zoned
from solver.genetic.land.operators import Zones
from solver.genetic.land.repair import LandRepair
from solver.genetic.land.starts import starting
from solver.genetic.land.terrain import Plans, Terrain
from solver.genetic.polish import spread_out
from solver.options import OptionError
from solver.pareto.archive import Archive, Budget
from solver.pareto.assemble import assemble
from solver.pareto.bounds import Fact
from solver.pareto.exact import NoFrontError
from solver.pareto.front import Front, nondominated
from solver.pareto.space import Space

if TYPE_CHECKING:
    from solver.genetic.algorithms import Name

SHARES = {"bounds": 0.3, "start": 0.5, "evolution": 0.9}
"""Share of the time after which each step has to be over."""

AT_ONCE = 16
"""Plans written out at once."""


def land_front(
    instance: Instance,
    question: Zoning,
    names: Sequence[str] | None = None,
    *,
    matrix: Matrix | None = None,
    algorithm: Name | None = None,
    population: int = 100,
    generations: int = 100,
    evaluations: int | None = None,
    points: int = 200,
    sums: int = 3,
    rounds: int = 12,
    gap: float = 0.01,
    seed: int = 0,
    time_limit: float | None = None,
    starts: ArrayLike | None = None,
    facts: Sequence[Fact] = (),
    on_event: Sink = nowhere,
    checkpoint: Path | str | None = None,
    resume: bool = False,
    stop: Stop | None = None,
) -> Front:
    """A front of zoning plans, none of which breaks a rule, with what is proven about it.

    Without a time limit the same seed gives the same front.

    Parameters
    ----------
    names
        Objectives; those of the question if None. The program has these and no others.
    matrix
        The program of the question with these objectives, if it is at hand.
    algorithm, population, generations, checkpoint, resume
        See :func:`solver.genetic.evolve.evolve`.
    evaluations
        Plans looked at in all, those on the way to the starts among them; a guided move counts like a plan. No
        generation begins at the limit.
    points
        Plans reported at most, those far apart first; all that evolution found count for the hypervolume it tells.
    sums
        Weighted sums per pair of objectives that bounds are computed for.
    rounds
        Of improvement for each plan to start from.
    gap
        Share of the range within which a point counts as ``within gap``.
    time_limit
        Seconds for all of it; without one, generations are the limit.
    starts
        Classes of parcels in plans at hand, shape (members, parcels); repaired where they break rules.
    facts
        What is proven already.

    Raises
    ------
    OptionError
        If an option is out of range; all faults at once.
    InstanceError
        If the question does not fit the instance.
    NoFrontError
        If no plan was found that keeps all rules.
    """
    counts = {"points": points, "rounds": rounds, "sums": sums}
    faults = [f"{name} is {value}; give at least 1" for name, value in counts.items() if value < 1]
    faults += [] if gap >= 0 else [f"gap is {gap}; give a share from 0 up"]
    if faults:
        raise OptionError(faults)
    question = question if names is None else replace(question, objectives=tuple(names))
    clock, stop = Clock(time_limit), Stop() if stop is None else stop
    numbers = Numbers.of(question, instance)
    matrix = question.build(instance).matrix() if matrix is None else matrix
    space = Space.of(matrix, question.objectives)
    terrain, archive = Terrain.of(numbers), Archive.empty(space, on_event)
    genome = Classes(terrain, matrix)
    for fact in facts:
        archive.prove(fact)
    decoder, rng = Zoned(genome), np.random.default_rng([seed, 3])

    def budget(step: str) -> Budget:
        left = None if time_limit is None else max(0.0, SHARES[step] * time_limit - clock.elapsed)
        return Budget(Clock(left), stop=stop)

    best, looked, status = np.empty((0, genome.size), np.int8), 0, "representation"
    try:
        known = relaxations(question, instance, terrain, archive, budget("bounds"), sums)
        given = np.empty((0, genome.size), np.int8)
        if starts is not None:
            given = checked(terrain.land, starts).astype(np.int8)
            given, broken = LandRepair(terrain).tried(given, rng)
            given = given[~broken]
        # a run that is continued needs them too: they stand in for plans that cannot be repaired
        found, looked = starting(terrain, known.shares, known.weights, known.unit, rng, rounds)
        begin = np.vstack([given, found])
        archive.tell("start", clock.elapsed, message=f"{len(begin)} plans")
        if not len(begin):
            raise NoFrontError(False)
        best = begin
        operators = Zones(terrain, known.unit)
        # a guided move weighs all parcels of its parent, which is as much work as to evaluate a plan
        each = 1.0 + operators.guided
        left = None if evaluations is None else max(1, int((evaluations - looked) / each))
        evolved = evolve(
            space,
            genome,
            decoder,
            algorithm=algorithm,
            population=population,
            generations=generations,
            evaluations=left,
            seed=seed,
            starts=begin[spread_out(terrain.values(begin), max(2, 2 * population // 3))],
            operators=operators,
            repair=LandRepair(terrain, sound=begin),
            written=0,
            budget=budget("evolution"),
            archive=archive,
            on_event=on_event,
            checkpoint=checkpoint,
            resume=resume,
        )
        looked += int(each * evolved.evaluations)
        best = np.vstack([begin, evolved.genomes])
        status = "stopped" if evolved.status == "stopped" and evaluations is None else status
    except KeyboardInterrupt:
        status = "stopped"
    values = terrain.values(best)
    best = best[nondominated(values)]
    chosen = np.sort(spread_out(terrain.values(best), points))
    plans = written(decoder, best[chosen])
    if not plans.shape[0]:
        raise NoFrontError(False)
    return assemble(
        space,
        plans,
        ["genetic"] * plans.shape[0],
        archive.bounds,
        gap=gap,
        complete=False,
        status=status,
        method="genetic",
        seconds=clock.elapsed,
        solves=archive.solves,
        seed=seed,
        options={
            "algorithm": algorithm,
            "population": population,
            "generations": generations,
            "evaluations": looked,
            "found": len(best),
            "points": points,
            "sums": sums,
            "rounds": rounds,
            "time_limit": time_limit,
        },
    )


def written(decoder: Zoned, genomes: Plans) -> Csr:
    """Plans with all their variables, those that keep all rows: (members, parcels) -> (n, columns)."""
    matrix = decoder.genome.matrix
    found = [sp.csr_array((0, matrix.shape[1]))]
    for start in range(0, len(genomes), AT_ONCE):
        plans = decoder.decode(genomes[start : start + AT_ONCE])
        found.append(plans[np.flatnonzero(keeps(matrix, plans.toarray()))])
    return sp.csr_array(sp.vstack(found, format="csr"))
