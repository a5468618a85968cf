"""The whole way to a front with proof: exact ends, a few exact points, evolution from them, polish, and what is proven.

    1. bounds     linear relaxations of each objective and of weighted sums, made safe by our own arithmetic; plans near
                  their solutions
    2. ends       the best plan in each objective, exactly, from what a short evolution found
    3. anchors    exact points in the largest boxes between them
    4. evolution  from all of these
    5. polish     small exact searches near points and in gaps
    6. proof      the largest boxes that may still hold a point, until time is over: each finds one or rules it out

Every step takes what the steps before found, and can be ended at any time. Why the ends matter: without them evolution
misses 14-30 % of the hypervolume on p-median against p-center cases, with them 1-2 %.

Where the second stage has no whole numbers, counts in one objective only, and can be completed even if nothing is
chosen that need not be, completing a genome exactly is quick, and its duals are cuts that all weights share
(:mod:`solver.genetic.cuts`). The steps are then:

    1. bounds     weighted sums by cuts; genomes near their mixed solutions, completed exactly
    2. evolution  from these, by the quick decoder
    3. recourse   what evolution found, completed exactly, unless the cuts say that it cannot be worth it
    4. polish     genomes one or two flips away that the cuts like, completed exactly
    5. proof      the largest boxes that may still hold a point, by whole-number searches over cuts and genes alone, as
                  long as these bring something; then polish again
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from solver.clock import Clock, Stop
from solver.events import Sink, nowhere
from solver.genetic.boxes import ends, search_boxes
from solver.genetic.completed import complete_found, complete_mixed, improve, prove_sums, search_cuts
from solver.genetic.cuts import Cuts
from solver.genetic.decoder import Decoder
from solver.genetic.evolve import Evolved, evolve
from solver.genetic.genome import Genome
from solver.genetic.operators import Siting
from solver.genetic.polish import polish
from solver.genetic.relaxations import relaxations, rounded
from solver.genetic.repair import Repair
from solver.genetic.second_stage import SecondStage
from solver.options import OptionError
from solver.pareto.archive import Archive, Budget
from solver.pareto.assemble import assemble
from solver.pareto.bounds import Fact
from solver.pareto.exact import NoFrontError
from solver.pareto.front import Front
from solver.pareto.recall import Recalling
from solver.pareto.scalar import Scalars
from solver.pareto.space import Space

if TYPE_CHECKING:
    from pathlib import Path

    from solver.genetic.algorithms import Name

WARM = 10
"""The short evolution in the beginning has this part of the generations of the long one."""

SHARES = {
    "bounds": 0.05,
    "start": 0.1,
    "ends": 0.25,
    "anchors": 0.4,
    "evolution": 0.7,
    "polish": 0.85,
    # where there are cuts
    "sums": 0.2,
    "mixed": 0.35,
    "cut evolution": 0.45,
    "recourse": 0.65,
    "beside": 0.8,
    "cut boxes": 0.85,
    "beside again": 0.96,
}
"""Share of the time after which each step has to be over; the rest is for the proof, or for putting all together."""

ENDLESS = 10**9
"""Rounds where time is the limit."""

WRITTEN = 20
"""Plans of evolution that are kept as its decoder makes them, where all others are completed exactly."""


def hybrid(
    matrix: Matrix,
    genome: Genome,
    decoder: Decoder,
    names: Sequence[str] | None = None,
    *,
    algorithm: Name | None = None,
    population: int = 100,
    generations: int = 100,
    anchors: int | None = None,
    polished: int = 20,
    radius: int = 4,
    proofs: int = 20,
    gap: float = 0.01,
    mip_gap: float = 0.0,
    seed: int = 0,
    threads: int = 1,
    time_limit: float | None = None,
    starts: Floats | None = None,
    facts: Iterable[Fact] = (),
    worth: Floats | None = None,
    operators: Siting | None = None,
    on_event: Sink = nowhere,
    checkpoint: Path | str | None = None,
    resume: bool = False,
    stop: Stop | None = None,
) -> Front:
    """A front by exact search and evolution together, with what is proven about it.

    Without a time limit the same seed gives the same front.

    Parameters
    ----------
    names
        Objectives; all of the program if None.
    algorithm, population, generations, worth, operators, checkpoint, resume
        See :func:`solver.genetic.evolve.evolve`.
    anchors
        Exact searches between the ends; twice the number of objectives if None.
    polished, radius
        See :func:`solver.genetic.polish.polish`; 0 points for none.
    proofs
        Exact searches after evolution, each of the largest box that may still hold a point.
    gap
        Share of the range within which a point counts as ``within gap``.
    mip_gap
        Relative gap at which each exact search may end.
    time_limit
        Seconds for all of it; without one, numbers of searches and generations are the limit.
    starts
        Plans at hand, shape (members, columns).
    facts
        What is already proven about this program; it may answer questions of exact searches.

    Raises
    ------
    OptionError
        If an option is out of range; all faults at once.
    NoFrontError
        If no plan was found.
    """
    space = Space.of(matrix, names)
    faults = [f"{n} is {v}; give a whole number from 0 up" for n, v in _counts(anchors, polished, proofs) if v < 0]
    faults += [] if radius >= 1 else [f"radius is {radius}; give at least 1"]
    faults += [] if gap >= 0 and mip_gap >= 0 else [f"gap is {gap} and mip_gap {mip_gap}; give shares from 0 up"]
    if faults:
        raise OptionError(faults)
    clock, stop = Clock(time_limit), Stop() if stop is None else stop
    archive = Archive.empty(space, on_event)
    for x in np.empty((0, matrix.shape[1])) if starts is None else starts:
        archive.take(np.asarray(x, float), "start")
    told = list(facts)
    for fact in told:
        archive.prove(fact)

    def budget(step: str) -> Budget:
        left = None if time_limit is None else max(0.0, SHARES.get(step, 1.0) * time_limit - clock.elapsed)
        return Budget(Clock(left), stop=stop)

    none_left, status = False, "representation"
    asked = 2 * space.size if anchors is None else anchors

    def run(step: str, count: int, seeded: int, **more: Any) -> Evolved:
        # as genomes: plans would have to be the same ones when an evolution is continued
        begin = genome.read(sp.csr_array(np.array(archive.plans))) if archive.plans else None
        terms: dict[str, Any] = {"algorithm": algorithm, "population": population, "worth": worth}
        terms |= {"operators": operators, "budget": budget(step), "archive": archive, "on_event": on_event}
        return evolve(space, genome, decoder, generations=count, seed=seeded, starts=begin, **terms, **more)

    def by_search() -> bool:
        solutions = relaxations(archive, budget("bounds"))
        rounded(archive, solutions, decoder, Repair(genome, worth), seed)
        if generations >= WARM:
            run("start", generations // WARM, seed + 1)
        ask = Scalars(space, mip_gap, seed, threads, budget("ends").clock, stop=stop)
        if told:
            ask = Recalling(space, mip_gap, seed, threads, ask.clock, stop=stop, archive=archive)
        ends(ask, archive, budget("ends"))
        ask.clock = budget("anchors").clock
        if search_boxes(ask, archive, budget("anchors"), asked, 0.5 * gap):
            return True
        run("evolution", generations, seed, checkpoint=checkpoint, resume=resume)
        if polished:
            terms: dict[str, Any] = {"gap": mip_gap, "seed": seed, "threads": threads, "budget": budget("polish")}
            polish(archive, genome, radius=radius, points=polished, **terms)
        ask.clock = budget("proof").clock
        return search_boxes(ask, archive, budget("proof"), proofs, 0.5 * gap)

    def by_cuts(cuts: Cuts) -> bool:
        repair = Repair(genome, worth)
        mixed = prove_sums(cuts, archive, budget("sums"))
        complete_mixed(cuts, archive, mixed, repair, seed, budget("mixed"))
        found = run("cut evolution", generations, seed, checkpoint=checkpoint, resume=resume, written=WRITTEN)
        complete_found(cuts, archive, found.genomes, budget("recourse"))
        # these are quick, so that with a time limit only that limits them
        rounds, most = (polished, proofs) if time_limit is None else (ENDLESS, ENDLESS)
        improve(cuts, archive, repair, seed, budget("beside"), rounds)
        if search_cuts(cuts, archive, budget("cut boxes"), most, gap):
            return True
        improve(cuts, archive, repair, seed + 1, budget("beside again"), rounds)
        return False

    second = SecondStage.of(space, genome, seed)
    cuts = None if second is None else Cuts(second)
    try:
        # cuts do not tell which genomes have no plan; where that of the fewest genes has one, others do mostly
        if cuts is not None and cuts.value(genome.lower.astype(float)) is None:
            cuts = None
        none_left = by_search() if cuts is None else by_cuts(cuts)
    except KeyboardInterrupt:
        status = "stopped"
    # without steps there is always room for one more point
    complete = none_left and space.discrete and mip_gap == 0.0
    if not none_left and (stop or clock.left == 0.0):
        status = "stopped"
    if not len(archive.points):
        raise NoFrontError(any(f.value == np.inf and np.isinf(f.within).all() for f in archive.bounds.facts))
    return assemble(
        space,
        np.array(archive.plans),
        archive.origins,
        archive.bounds,
        gap=gap,
        complete=complete,
        status="complete" if complete else status,
        method="hybrid",
        seconds=clock.elapsed,
        solves=archive.solves + (0 if cuts is None else cuts.solves),
        seed=seed,
        options={
            "algorithm": algorithm,
            "population": population,
            "generations": generations,
            "anchors": asked,
            "polished": polished,
            "radius": radius,
            "proofs": proofs,
            "mip_gap": mip_gap,
            "time_limit": time_limit,
        },
    )


def _counts(anchors: int | None, polished: int, proofs: int) -> list[tuple[str, int]]:
    return [("anchors", 0 if anchors is None else anchors), ("polished", polished), ("proofs", proofs)]
