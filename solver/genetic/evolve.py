"""Evolution of first stages: a population, all points it ever met, and a file to continue from.

The same seed gives the same points, and ``n + m`` generations give what ``n``, a checkpoint and ``m`` more give, to
the last bit: everything a generation needs is in :class:`~solver.genetic.generation.Generation`.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from solver.clock import Clock
from solver.events import Sink, nowhere
from solver.genetic.checkpoint import load, save
from solver.genetic.decoder import Decoder, Genomes
from solver.genetic.generation import Generation, captured, restore
from solver.genetic.genome import Genome
from solver.genetic.operators import Siting
from solver.genetic.repair import Repair
from solver.genetic.variation import Chromosome, Mending, Operators
from solver.options import OptionError
from solver.pareto.archive import Archive, Budget
from solver.pareto.space import Space

if TYPE_CHECKING:
    from solver.genetic.algorithms import Name

SAVE_EVERY = 30.0
"""Seconds between two checkpoints; the last generation is always saved."""

REFERENCE = 1.1
"""Corner that hypervolumes in progress reports count from, in units of the range of the first population."""

COUNTED = 300
"""Points up to which the hypervolume of five and more objectives is cheap enough for a progress report."""


@dataclass(frozen=True, eq=False)
class Evolved:
    """What an evolution found.

    Attributes
    ----------
    archive
        Plans, checked against all rows, that no other one dominates.
    genomes, values
        All genomes that no other one met dominates, shape (n, genes), and their objectives, shape (n, p).
    generations, evaluations, seconds
        What it took; of all runs together if it was continued.
    hypervolume
        Of the points, in units of the first population's range, from a fixed corner; NaN if too dear to compute.
    refused
        Plans that the decoder gave and that do not keep all rows; 0 unless the decoder promises too much.
    status
        ``complete``: all generations were done; ``stopped``: time, evaluations or Ctrl-C ended it before.
    """

    archive: Archive
    genomes: Genomes
    values: Floats
    generations: int
    evaluations: int
    seconds: float
    hypervolume: float
    refused: int
    status: str

    @property
    def points(self) -> Floats:
        """Objectives of the plans found, shape (n, p)."""
        return self.archive.points

    @property
    def plans(self) -> Csr:
        """Plans found, shape (n, columns)."""
        width = self.archive.space.matrix.shape[1]
        return sp.csr_array(np.array(self.archive.plans)) if self.archive.plans else sp.csr_array((0, width))


def evolve(
    space: Space,
    genome: Chromosome,
    decoder: Decoder,
    *,
    algorithm: Name | None = None,
    population: int = 100,
    generations: int = 100,
    evaluations: int | None = None,
    seed: int = 0,
    seeds: Floats | Csr | None = None,
    starts: Genomes | None = None,
    worth: Floats | None = None,
    operators: Operators | None = None,
    repair: Mending | None = None,
    written: int | None = None,
    time_limit: float | None = None,
    budget: Budget | None = None,
    archive: Archive | None = None,
    on_event: Sink = nowhere,
    checkpoint: Path | str | None = None,
    resume: bool = False,
) -> Evolved:
    """Search for a front by evolution.

    Parameters
    ----------
    algorithm
        ``nsga2``, ``nsga3``, ``moead`` or ``sms``; None for the one that fits the number of objectives.
    generations, evaluations
        Where the search ends; of all runs together if it is continued. No generation begins at the limit.
    seeds
        Plans to start from, shape (members, columns), each keeping all rows; exact extremes are worth most.
    starts
        Genomes to start from besides, shape (members, genes); a run that is continued needs none.
    worth
        See :class:`~solver.genetic.repair.Repair`.
    operators, repair
        What makes children and makes them keep the rules; for the choice of sites if None, which needs a
        :class:`~solver.genetic.genome.Genome`.
    written
        Plans written into the archive in the end, those far apart first; all if None.
    time_limit
        Seconds. A generation that has begun is finished.
    budget
        Its clock and its wish to stop are kept too.
    archive
        Takes the plans found; a new one if None.
    checkpoint
        File to save to, every :data:`SAVE_EVERY` seconds and in the end.
    resume
        Continue from ``checkpoint`` if that file exists.

    Raises
    ------
    OptionError
        If an option is out of range; all faults at once.
    ValueError
        If the genome or the decoder does not belong to the program, or a seed breaks a row.
    CheckpointError
        If the file to continue from belongs to another program, genome, decoder or set of options.
    """
    from solver.genetic.algorithms import NAMES, algorithm_of, default_algorithm

    name = default_algorithm(space.size) if algorithm is None else algorithm
    faults = [] if name in NAMES else [f"algorithm {name!r} is unknown; there are {', '.join(NAMES)}"]
    least = space.size + 2
    faults += [] if population >= least else [f"population is {population}; give at least {least}"]
    faults += [] if generations >= 1 else [f"generations is {generations}; give at least 1"]
    faults += [] if evaluations is None or evaluations >= 1 else [f"evaluations is {evaluations}; give at least 1"]
    faults += [] if not resume or checkpoint else ["resume needs a checkpoint file"]
    if faults:
        raise OptionError(faults)
    archive = Archive.empty(space, on_event) if archive is None else archive
    clock, path = Clock(time_limit), None if checkpoint is None else Path(checkpoint)
    operators, repair = _usual(genome, operators, repair, worth)
    given = sp.csr_array((0, space.matrix.shape[1])) if seeds is None else sp.csr_array(seeds)
    terms = {
        "matrix": space.matrix.digest(),
        "objectives": list(space.names),
        "genome": genome.digest(),
        "decoder": f"{type(decoder).__name__} {getattr(decoder, 'digest', '')}",
        "algorithm": name,
        "population": population,
        "seed": seed,
        "seeds": _digest(given.toarray() if given.shape[0] else None),
        "worth": _digest(worth),
        "operators": operators.describe(),
    }
    first = genome.read(given)
    if starts is not None:
        first = np.vstack([first, np.asarray(starts, genome.kind)])
    for x in given:
        archive.take(np.asarray(x.toarray()).ravel(), "start")
    run = _Run(space, genome, decoder, name, population, seed, first, operators, repair)
    resumed = load(path, terms) if resume and path is not None and path.exists() else None
    status, saved = "complete", clock.elapsed
    last = resumed
    before = 0.0 if resumed is None else resumed.seconds
    try:
        run.begin(algorithm_of, resumed)
        while last is None or last.number < generations:
            spent = evaluations is not None and last is not None and last.evaluations >= evaluations
            ended = clock.left == 0.0 or (budget is not None and (bool(budget.stop) or budget.clock.left == 0.0))
            if spent or (ended and last is not None):
                status = "stopped"
                break
            last = run.step(before + clock.elapsed, last)
            message = f"{last.evaluations} evaluations, {len(last.best)} points, hypervolume {_volume(last):.6g}"
            archive.tell("evolution", clock.elapsed, last.number, generations, message)
            if path is not None and clock.elapsed - saved >= SAVE_EVERY:
                save(path, last, terms)
                saved = clock.elapsed
    except KeyboardInterrupt:
        # what an unfinished generation has done is forgotten: the last finished one stands for itself
        status = "stopped"
        if budget is not None:
            budget.stop.set()
    if path is not None and last is not None:
        save(path, last, terms)
    refused = 0 if last is None else _deliver(last, decoder, archive, written)
    return Evolved(
        archive=archive,
        genomes=np.empty((0, genome.size), genome.kind) if last is None else last.best,
        values=np.empty((0, space.size)) if last is None else last.best_values,
        generations=0 if last is None else last.number,
        evaluations=0 if last is None else last.evaluations,
        seconds=before + clock.elapsed,
        hypervolume=0.0 if last is None else _volume(last),
        refused=refused,
        status=status,
    )


def _usual(
    genome: Chromosome, operators: Operators | None, repair: Mending | None, worth: Floats | None
) -> tuple[Operators, Mending]:
    """What is given, and what suits the choice of sites where nothing is."""
    if operators is not None and repair is not None:
        return operators, repair
    if not isinstance(genome, Genome):
        raise ValueError(f"genes of type {genome.kind} need operators and a repair of their own.")
    return operators or Siting(genome), repair or Repair(genome, worth)


class _Run:
    """An algorithm of pymoo, stepped generation by generation."""

    def __init__(
        self,
        space: Space,
        genome: Chromosome,
        decoder: Decoder,
        name: Name,
        population: int,
        seed: int,
        starts: Genomes,
        operators: Operators,
        repair: Mending,
    ) -> None:
        from solver.genetic.problem import SitingProblem

        self.problem = SitingProblem(space, genome, decoder)
        self.terms = name, space.size, population, operators, repair
        self.seed, self.starts = seed, starts
        self.algorithm: Any = None

    def begin(self, algorithm_of: Any, resumed: Generation | None) -> None:
        from pymoo.core.termination import NoTermination

        _, _, population, operators, repair = self.terms
        rng = np.random.default_rng([self.seed, 1])
        if resumed is None:
            first = first_population(self.starts, population, operators, repair, rng)
        else:
            first = resumed.genomes
        self.algorithm = algorithm_of(*self.terms, first, self.seed)
        self.algorithm.setup(self.problem, termination=NoTermination())
        if resumed is not None:
            restore(self.algorithm, self.problem, resumed)

    def step(self, seconds: float, last: Generation | None) -> Generation:
        """One more generation."""
        with warnings.catch_warnings():
            # NSGA-III of pymoo turns all warnings of the process off
            born = self.algorithm.ask()
            self.algorithm.evaluator.eval(self.problem, born, algorithm=self.algorithm)
            self.algorithm.tell(born)
        genomes, values = np.asarray(born.get("X")), np.asarray(born.get("values"), float)
        kept = np.asarray(born.get("CV"), float).reshape(len(born)) <= 0
        best = genomes[:0], values[:0]
        if last is not None:
            best = last.best, last.best_values
        best = merged(*best, genomes[kept], values[kept])
        return captured(self.algorithm, self.problem, seconds, *best)


def first_population(
    starts: Genomes, count: int, operators: Operators, repair: Mending, rng: np.random.Generator
) -> Genomes:
    """Seeds, some of their neighbours, and strangers: (count, genes); twins only if there is nothing else."""
    seeds = np.unique(repair(starts, rng), axis=0) if len(starts) else starts
    if len(seeds) > count:
        seeds = seeds[np.sort(rng.permutation(len(seeds))[:count])]
    near = (count - len(seeds)) // 2 if len(seeds) else 0
    found = [seeds]
    if near:
        found.append(repair(operators.moved(seeds[rng.integers(0, len(seeds), near)], rng), rng))
    fill = count - len(seeds) - near
    found.append(repair.strangers(seeds, 2 * fill, rng))
    everything = np.vstack(found)
    _, once = np.unique(everything, axis=0, return_index=True)
    twins = np.setdiff1d(np.arange(len(everything)), once)
    chosen: Genomes = everything[np.concatenate([np.sort(once), twins])[:count]]
    return chosen


def merged(best: Genomes, best_values: Floats, genomes: Genomes, values: Floats) -> tuple[Genomes, Floats]:
    """Genomes that no other one dominates, of equal values the earliest: (n, genes) and (n, p)."""
    import moocore

    if len(best) and len(genomes):
        new = np.array([not (best_values <= y).all(axis=1).any() for y in values])
        genomes, values = genomes[new], values[new]
    if not len(genomes):
        return best, best_values
    genomes, values = np.vstack([best, genomes]), np.vstack([best_values, values])
    kept = np.asarray(moocore.is_nondominated(values), bool)
    return genomes[kept], values[kept]


def _volume(generation: Generation) -> float:
    """Hypervolume in units of the first population's range."""
    import moocore

    points = (generation.best_values - generation.origin) / generation.unit
    inside = points[(points < REFERENCE).all(axis=1)]
    if not len(inside):
        return 0.0
    if points.shape[1] > 4 and len(inside) > COUNTED:
        return float("nan")
    return float(moocore.hypervolume(inside, ref=np.full(points.shape[1], REFERENCE)))


def _deliver(
    generation: Generation, decoder: Decoder, archive: Archive, most: int | None = None, at_once: int = 64
) -> int:
    """Write the plans of the best genomes and take them in; how many did not keep their rows."""
    from solver.genetic.polish import spread_out

    refused, best = 0, generation.best
    if most is not None and len(best) > most:
        best = best[np.sort(spread_out(generation.best_values, most))] if most else best[:0]
    for start in range(0, len(best), at_once):
        for plan in sp.csr_array(decoder.decode(best[start : start + at_once])):
            try:
                archive.take(np.asarray(plan.toarray()).ravel(), "genetic")
            except ValueError:
                refused += 1
    return refused


def _digest(array: Any) -> str:
    return "none" if array is None else hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
