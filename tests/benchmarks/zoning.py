"""Zoning fronts of a generated town: Refugia's, plain NSGA-II's, and that of random restarts, in one run.

    python -m tests.benchmarks.zoning [--parcels 5000] [--evaluations 4000] [--seed 1] [--population 100]

Five objectives (unsuitability, change, fragmentation, unserved, exposure), six classes, rules about what is allowed
where, areas, classes that keep apart, and least patches. Everybody looks at the same number of plans:

- Refugia: :func:`solver.genetic.land.front.land_front`. Its count has every plan evaluated on the way to its starts
  and a plan more for each move that weighs parcels.
- NSGA-II: pymoo's, with its defaults for whole numbers (random sampling, SBX and polynomial mutation, both rounded).
  A gene says which of its allowed classes a parcel has; the rules are constraints, by how much each is broken.
- restarts: allowed classes by chance, made to keep the rules by Refugia's repair, then improved for random weights by
  Refugia's own steps, 20 looks each.

For all, points are those that no other plan seen dominates, of plans that break no rule. Hypervolume is the share of
the box from the best value of each objective over all methods to one reference point for all, a tenth of the range
beyond the worst values in Refugia's and the restarts' points. Violations are reported plans that break a rule by the
figures of the formulation, and by the rows of the program for Refugia. The proven gap is the share of the best
conceivable hypervolume that Refugia's front may miss. Refugia behind, or a violation of its, is exit 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from formulations.algebra.elements import Floats
from formulations.zoning import Numbers, Zoning, assigned
from instances.catalog import build
from instances.instance import Instance
from solver.certificate import keeps
from solver.genetic.land.front import land_front
from solver.genetic.land.improve import descended
from solver.genetic.land.repair import LandRepair
from solver.genetic.land.terrain import Terrain
from solver.pareto.assemble import hypervolume
from solver.pareto.front import nondominated

LOOKS = 20
ROUNDS = 120


@dataclass(frozen=True)
class Result:
    """What one method reports."""

    name: str
    points: Floats
    evaluations: int
    violations: int
    seconds: float
    said: str = ""


def ours(town: Instance, question: Zoning, evaluations: int, population: int, seed: int, points: int) -> Result:
    """Refugia's front."""
    began = time.perf_counter()
    matrix = question.build(town).matrix()
    front = land_front(
        town, question, matrix=matrix, population=population, generations=10**6, evaluations=evaluations,
        points=points, seed=seed,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    plans = front.plans.toarray()
    broken = Numbers.of(question, town).evaluate(assigned(matrix, plans))[1]
    wrong = int(((broken > 0).any(axis=1) | ~keeps(matrix, plans)).sum())
    said = f"proven hypervolume gap {front.hypervolume_gap:.3f}, {front.options['found']} points before the choice"
    return Result("Refugia", front.points, front.options["evaluations"], wrong, seconds, said)


def plain(town: Instance, question: Zoning, evaluations: int, population: int, seed: int) -> Result:
    """pymoo's NSGA-II, and every plan without a fault that it saw."""
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.problem import Problem
    from pymoo.operators.crossover.sbx import SBX
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.repair.rounding import RoundingRepair
    from pymoo.operators.sampling.rnd import IntegerRandomSampling
    from pymoo.optimize import minimize

    numbers = Numbers.of(question, town)
    allowed = numbers.land.allowed
    choice = np.argsort(~allowed, axis=1, kind="stable")
    kept: list[Floats] = []
    least = [np.inf]

    class Parcels(Problem):  # type: ignore[misc]
        def __init__(self) -> None:
            highest = allowed.sum(axis=1) - 1
            super().__init__(
                n_var=len(allowed), n_obj=len(numbers.objectives), n_ieq_constr=len(numbers.rules), xl=0, xu=highest,
                vtype=int,
            )  # fmt: skip

        def _evaluate(self, X: Any, out: Any, *args: Any, **kwargs: Any) -> None:
            plans = choice[np.arange(len(allowed)), np.asarray(X, int)]
            out["F"], out["G"] = numbers.evaluate(plans)
            sound = (out["G"] == 0).all(axis=1)
            kept.append(out["F"][sound])
            least[0] = min(least[0], int((out["G"] > 0).sum(axis=1).min()))

    rounding = RoundingRepair()
    algorithm = NSGA2(
        pop_size=population,
        sampling=IntegerRandomSampling(),
        crossover=SBX(repair=rounding, vtype=float),
        mutation=PM(repair=rounding, vtype=float),
    )
    began = time.perf_counter()
    found = minimize(Parcels(), algorithm, ("n_eval", evaluations), seed=seed)
    seconds = time.perf_counter() - began
    points = np.vstack(kept)
    reported = 0 if found.X is None else len(np.atleast_2d(found.X))
    wrong = 0 if reported else population
    said = "" if len(points) else f"no plan without a broken rule; the best breaks {least[0]} of {len(numbers.rules)}"
    return Result("NSGA-II", points[nondominated(points)], found.algorithm.evaluator.n_eval, wrong, seconds, said)


def restarts(town: Instance, question: Zoning, evaluations: int, seed: int) -> Result:
    """Random plans, repaired and improved."""
    terrain = Terrain.of(Numbers.of(question, town))
    rng, repair = np.random.default_rng(seed), LandRepair(terrain)
    began, looked, found = time.perf_counter(), 0, [np.empty((0, len(terrain.numbers.objectives)))]
    unit, wrong = np.empty(0), 0
    while looked < evaluations:
        count = max(1, min(10, (evaluations - looked) // LOOKS))
        plans = np.where(terrain.possible, rng.random((count, *terrain.shape)), -1.0).argmax(axis=2).astype(np.int8)
        plans, broken = repair.tried(plans, rng, ROUNDS)
        looked += count
        plans, wrong = plans[~broken], wrong + int(broken.sum())
        if not len(plans):
            continue
        values = terrain.values(plans)
        found.append(values)
        unit = np.abs(values).mean(axis=0) / 5.0 if not unit.size else unit
        weights = rng.dirichlet(np.ones(len(unit)), len(plans)) / unit
        better, more = descended(repair, plans, weights, rng, min(LOOKS - 1, max(0, (evaluations - looked) // count)))
        looked += more
        found.append(terrain.values(better))
    points = np.vstack(found)
    seconds = time.perf_counter() - began
    return Result("restarts", points[nondominated(points)], looked, 0, seconds, f"{wrong} given up" if wrong else "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parcels", type=int, default=5000)
    parser.add_argument("--evaluations", type=int, default=4000)
    parser.add_argument("--population", type=int, default=100)
    parser.add_argument("--points", type=int, default=200, help="plans that Refugia reports at most")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    town, question = build("land", parcels=asked.parcels), Zoning()
    land = town.land
    assert land is not None
    sizes = land.parcel.size, land.land_class.size, len(question.objectives)
    print("{} parcels, {} classes, {} objectives".format(*sizes), flush=True)
    first = ours(town, question, asked.evaluations, asked.population, asked.seed, asked.points)
    results = [
        first,
        plain(town, question, first.evaluations, asked.population, asked.seed),
        restarts(town, question, first.evaluations, asked.seed),
    ]
    everything = np.vstack([r.points for r in results])
    ideal, worst = everything.min(axis=0), np.vstack([results[0].points, results[2].points]).max(axis=0)
    reference = worst + 0.1 * (worst - ideal)
    print("reference: " + ", ".join(f"{n} {v:.5g}" for n, v in zip(question.objectives, reference, strict=True)))
    print(f"\n{'':10} {'hypervolume':>12} {'points':>7} {'violations':>11} {'looked at':>10} {'seconds':>8}")
    volumes = []
    for r in results:
        volumes.append(hypervolume(r.points, reference, ideal) if len(r.points) else 0.0)
        row = f"{r.name:10} {volumes[-1]:12.4f} {len(r.points):7} {r.violations:11} {r.evaluations:10} {r.seconds:8.1f}"
        print(f"{row}  {r.said}")
    return 0 if volumes[0] > max(volumes[1:]) and not first.violations else 1


if __name__ == "__main__":
    sys.exit(main())
