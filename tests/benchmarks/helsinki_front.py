"""A front of 50 plans for the centre of Helsinki, cost against harm, with a proof for each, in under five minutes.

    python -m tests.benchmarks.helsinki_front

The question is that of the study ``helsinki.yaml``, with stock and corridors. Harm is everything that it weighs beside
cost, in its own weights, counted in people without a place: 10,000 EUR of the study are one.
"""

from __future__ import annotations

import argparse
import platform
import time
from dataclasses import replace
from importlib.resources import files

import numpy as np
import scipy.sparse as sp

from formulations.algebra.matrix import Block, Matrix
from solver.clock import Clock
from solver.pareto.archive import Archive, Budget
from solver.pareto.assemble import assemble
from solver.pareto.large import LargeScalars
from solver.pareto.parallel import run
from solver.pareto.space import Space
from solver.study import load_study

NAMES = ("cost", "harm")


def question() -> Matrix:
    """The study's program with two objectives."""
    study = load_study(str(files("solver") / "studies" / "helsinki.yaml"))
    matrix = study.plan_question().build(study.instance.build()).matrix()
    weights = study.weights()
    harm, constant = matrix.cost({n: w / weights["unserved"] for n, w in weights.items() if n != "cost"})
    cost, zero = matrix.cost({"cost": 1.0})
    return replace(
        matrix,
        objectives={"cost": Block("cost", (), 0, 1, "EUR"), "harm": Block("harm", (), 1, 1, "people")},
        C=sp.csr_array(np.vstack([cost, harm])),
        c0=np.array([zero, constant]),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="A front of the Helsinki case, cost against harm.")
    parser.add_argument("--seconds", type=float, default=290.0, help="for everything, building included")
    parser.add_argument("--points", type=int, default=50)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    began = time.monotonic()
    matrix = question()
    space = Space.of(matrix, NAMES)
    built = time.monotonic() - began
    clock = Clock(chosen.seconds - built - 10.0)
    ask, archive = LargeScalars(space, gap=0.005), Archive.empty(space)
    run(ask, archive, Budget(clock, points=chosen.points), processes=chosen.processes)
    searched = time.monotonic() - began
    if not archive.plans:
        print(f"no plan found in {searched:.0f} s")
        return
    front = assemble(
        space,
        np.array(archive.plans),
        archive.origins,
        archive.bounds,
        gap=0.05,
        complete=False,
        status="stopped",
        method="large",
        seconds=searched,
        solves=archive.solves,
    )
    ended = time.monotonic() - began
    print(f"{matrix}\nPython {platform.python_version()}, {chosen.processes} processes")
    print(f"built after {built:.0f} s, searched after {searched:.0f} s, all after {ended:.0f} s")
    print(f"{len(front)} plans that no other one dominates, {front.solves} questions\n")
    print(f"{'cost':>12}{'harm':>10}{'distance':>10}{'verified':>10}  label")
    for y, d, v, label in zip(front.points, front.distance, front.verified, front.labels, strict=True):
        print(f"{y[0]:>12,.0f}{y[1]:>10.1f}{d:>10.2%}{v:>10.2%}  {label.value}")
    print(f"\ndistance to the true front: median {np.median(front.distance):.2%}, most {front.distance.max():.2%}")
    print(f"verified by our own bounds: median {np.median(front.verified):.2%}, most {front.verified.max():.2%}")
    print(f"hypervolume {front.hypervolume:.4f}, at most {front.hypervolume_bound:.4f}; epsilon {front.epsilon:.2%}")
    enough = len(front) >= chosen.points and ended < 300.0
    print(f"target, {chosen.points} points in 300 s: {'met' if enough else 'missed'}")


if __name__ == "__main__":
    main()
