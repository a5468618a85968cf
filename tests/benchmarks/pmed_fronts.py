"""p-median against p-center on OR-Library graphs: Refugia's exact front, and what NSGA-II finds, in one run.

    python -m tests.benchmarks.pmed_fronts [names ...]

- exact: the whole front with a proof for each point, from choices found by interchange; one thread.
- NSGA-II: pymoo's own algorithm with its defaults (100 members, 400 generations, 40,000 evaluations, 3 seeds) on
  choices of p of m sites. Crossover keeps what both parents have and draws the rest from what one of them has;
  mutation exchanges a site for one of its ten nearest in half of the members. A whole generation is evaluated at
  once.
- with both ends: the same, with the two ends of the exact front in the first generation.

Share is the hypervolume of what was found over that of the exact front, both counted from the point 1.3 times the nadir
of the exact front. Hits are points of the exact front that were found. NSGA-II says nothing about how good its points
are; the exact front's labels do. A front that is not complete, not proven or dominated by anything found is exit 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location import Access, MedianCenter
from solver.pareto.exact import exact_front
from solver.pareto.front import Front, Label
from solver.pareto.starts.interchange import descending
from tests.conftest import DATA, data_folder
from tests.location.pmed import read_pmed

NAMES, MEMBERS, GENERATIONS, SEEDS = ("pmed8", "pmed13", "pmed18"), 100, 400, (1, 2, 3)
NEAREST, MUTATED, BEYOND = 10, 0.5, 1.3

Choices = NDArray[np.intp]


@dataclass(frozen=True)
class Case:
    """One graph."""

    name: str
    access: Access
    p: int

    @property
    def question(self) -> MedianCenter:
        return MedianCenter(self.p)

    def neighbours(self) -> Choices:
        """The nearest sites of each site, itself left out."""
        return np.argsort(self.access.distance, axis=1, kind="stable")[:, 1 : NEAREST + 1]


def exact(case: Case) -> tuple[Front, Choices, float]:
    """The front, the sites of each point, and seconds with everything."""
    began = time.perf_counter()
    matrix = case.question.build(case.access).matrix()
    starts = case.question.plans(case.access, descending(case.access, case.p))
    front = exact_front(matrix, starts=starts)
    seconds = time.perf_counter() - began
    opened = matrix.value("open", front.plans.toarray()) > 0.5
    return front, np.nonzero(opened)[1].reshape(-1, case.p), seconds


def nsga2(case: Case, seed: int, seeds: Choices | None = None) -> tuple[Floats, float]:
    """Points of pymoo's NSGA-II, shape (points, 2), and seconds."""
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.crossover import Crossover
    from pymoo.core.mutation import Mutation
    from pymoo.core.problem import Problem
    from pymoo.core.sampling import Sampling
    from pymoo.optimize import minimize

    sites, p, near = case.access.site.size, case.p, case.neighbours()
    rng = np.random.default_rng(seed)

    class Siting(Problem):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(n_var=sites, n_obj=2, xl=0, xu=1, vtype=bool)

        def _evaluate(self, X: Any, out: Any, *args: Any, **kwargs: Any) -> None:
            out["F"] = case.question.values(case.access, np.nonzero(X)[1].reshape(len(X), p))

    class Random(Sampling):  # type: ignore[misc]
        def _do(self, problem: Any, n_samples: int, **kwargs: Any) -> Any:
            X = _members(np.argsort(rng.random((n_samples, sites)), axis=1)[:, :p], sites)
            if seeds is not None:
                X[: len(seeds)] = _members(seeds, sites)
            return X

    class Union(Crossover):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(2, 2)

        def _do(self, problem: Any, X: Any, **kwargs: Any) -> Any:
            # what both have comes first, then what one has, in random order
            rank = rng.random(X.shape) + (X[0].astype(int) + X[1])[None]
            return np.array([_members(np.argsort(-part, axis=1)[:, :p], sites) for part in rank])

    class Exchange(Mutation):  # type: ignore[misc]
        def _do(self, problem: Any, X: Any, **kwargs: Any) -> Any:
            X = X.copy()
            for k in np.flatnonzero(rng.random(len(X)) < MUTATED):
                out = rng.choice(np.flatnonzero(X[k]))
                into = near[out][~X[k][near[out]]]
                if len(into):
                    X[k, out], X[k, rng.choice(into)] = False, True
            return X

    algorithm = NSGA2(pop_size=MEMBERS, sampling=Random(), crossover=Union(), mutation=Exchange())
    began = time.perf_counter()
    found = minimize(Siting(), algorithm, ("n_gen", GENERATIONS), seed=seed)
    return np.unique(np.atleast_2d(found.F), axis=0), time.perf_counter() - began


def _members(choices: Choices, sites: int) -> NDArray[np.bool_]:
    X = np.zeros((len(choices), sites), bool)
    np.put_along_axis(X, choices, True, axis=1)
    return X


def volume(points: Floats, reference: Floats) -> float:
    """Hypervolume below the reference."""
    import moocore

    return float(moocore.hypervolume(points, ref=reference))


def compare(case: Case) -> bool:
    """Run and print one case; whether the exact front is complete, proven, and dominated by nothing found."""
    front, sites, seconds = exact(case)
    reference = BEYOND * front.points.max(axis=0)
    most = volume(front.points, reference)
    proven = sum(label is Label.PROVEN for label in front.labels)
    title = f"{case.name}: {case.access.site.size} sites, p = {case.p}, reference {reference[0]:g}, {reference[1]:g}"
    print(f"\n{title}\n{'':24} {'points':>8} {'hits':>6} {'share':>8} {'seconds':>8}")
    words = f"{proven} proven, {'complete' if front.complete else 'NOT complete'}, {front.solves} solves"
    print(f"{'exact':24} {len(front):8} {len(front):6} {1:8.4f} {seconds:8.1f}  {words}", flush=True)
    sound = front.complete and proven == len(front)
    for label, seeds in (("NSGA-II", None), ("NSGA-II, with both ends", sites[[0, -1]])):
        for seed in SEEDS:
            points, spent = nsga2(case, seed, seeds)
            hits = sum(bool((front.points == y).all(axis=1).any()) for y in points)
            share = volume(points, reference) / most
            print(f"{f'{label}, {seed}':24} {len(points):8} {hits:6} {share:8.4f} {spent:8.1f}", flush=True)
            sound &= all((front.points <= y).all(axis=1).any() for y in points)
    return sound


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=NAMES, help="graphs, such as pmed8")
    names = parser.parse_args().names
    data = data_folder()
    if data is None:
        print(f"skipped: no benchmark data; set {DATA} to its folder")
        return 0
    cases = [Case(name, *read_pmed(data / "pmed" / f"{name}.txt")) for name in names]
    sound = [compare(case) for case in cases]
    return 0 if all(sound) else 1


if __name__ == "__main__":
    sys.exit(main())
