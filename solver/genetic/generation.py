"""Everything an evolution carries from one generation to the next, as plain arrays and numbers.

What pymoo keeps in objects is taken out and put back here, so that a saved run is data and nothing in it is executed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from formulations.algebra.elements import Floats
from solver.genetic.decoder import Genomes

SLOTS = ("rank", "crowding")
"""What survival writes on members and selection reads, NaN where it wrote nothing."""

NORMS = ("ideal_point", "worst_point", "nadir_point", "extreme_points")
"""What NSGA-III remembers about ranges."""


@dataclass(frozen=True, eq=False)
class Generation:
    """One generation, complete.

    Attributes
    ----------
    number, evaluations
        Generations finished and genomes evaluated.
    seconds
        Spent so far, over all runs that led here.
    random
        State of the generator of the algorithm.
    genomes, values, scaled, broken
        The population: shape (members, genes), (members, p), (members, p), (members,).
    slots
        Per name in :data:`SLOTS`, shape (members,).
    memory
        Arrays an algorithm remembers besides its population.
    origin, unit
        What ``scaled`` is in units of.
    best, best_values
        Genomes of all generations that no other one dominates, shape (n, genes), and their values, shape (n, p).
    """

    number: int
    evaluations: int
    seconds: float
    random: dict[str, Any]
    genomes: Genomes
    values: Floats
    scaled: Floats
    broken: Floats
    slots: dict[str, Floats]
    memory: dict[str, Floats]
    origin: Floats
    unit: Floats
    best: Genomes
    best_values: Floats


def captured(algorithm: Any, problem: Any, seconds: float, best: Genomes, best_values: Floats) -> Generation:
    """The generation an algorithm has just finished."""
    pop = algorithm.pop
    return Generation(
        number=int(algorithm.n_iter) - 1,
        evaluations=int(algorithm.evaluator.n_eval),
        seconds=seconds,
        random=algorithm.random_state.bit_generator.state,
        genomes=np.asarray(pop.get("X")),
        values=np.asarray(pop.get("values"), float),
        scaled=np.asarray(pop.get("F"), float),
        broken=np.asarray(pop.get("CV"), float).reshape(len(pop)),
        slots={name: np.array([_number(member.get(name)) for member in pop]) for name in SLOTS},
        memory=_memory(algorithm),
        origin=problem.origin.copy(),
        unit=problem.unit.copy(),
        best=best,
        best_values=best_values,
    )


def restore(algorithm: Any, problem: Any, generation: Generation) -> None:
    """Bring a fresh algorithm, set up for the problem, to where another one was."""
    from pymoo.core.population import Population

    problem.origin, problem.unit = generation.origin.copy(), generation.unit.copy()
    algorithm._initialize()
    pop = Population.new(X=generation.genomes, F=generation.scaled)
    pop.set("values", generation.values)
    if not problem.sure:
        pop.set("G", generation.broken[:, None])
    for name, slot in generation.slots.items():
        for member, value in zip(pop, slot, strict=True):
            if not np.isnan(value):
                member.set(name, float(value))
    pop.apply(lambda member: member.evaluated.update(("F", "G", "H")))
    algorithm.pop = pop
    algorithm.is_initialized = True
    algorithm.n_iter = generation.number + 1
    algorithm.evaluator.n_eval = generation.evaluations
    algorithm.random_state.bit_generator.state = generation.random
    for name, array in generation.memory.items():
        if name == "ideal":
            algorithm.ideal = array.copy()
        else:
            setattr(algorithm.survival.norm, name, array.copy())


def _memory(algorithm: Any) -> dict[str, Floats]:
    norm = getattr(getattr(algorithm, "survival", None), "norm", None)
    kept = {} if norm is None else {n: getattr(norm, n) for n in NORMS if getattr(norm, n) is not None}
    if hasattr(algorithm, "ideal"):
        kept["ideal"] = algorithm.ideal
    return {name: np.array(value, float) for name, value in kept.items()}


def _number(value: Any) -> float:
    return np.nan if value is None else float(value)
