"""The p-median at scale: random places in a square, people 1 to 99 each; how long, how well proven, how much memory.

    python -m tests.benchmarks.p_median [900|10000 ...]

- 900: 900 demand points and sites with all pairs, p = 90, to the proven optimum;
- 10000: 10,000 demand points and sites with the 400 nearest sites of each, p = 100, within a gap of 0.5 %.

Seconds run from the arrays (``Access.of``) to the checked answer, each case in a process of its own.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from formulations.location import Access, PMedian
from solver.locating.locate import locate

NEAREST, LIMIT = 400, 300.0
CASES = {900: (90, 0.0), 10_000: (100, 0.005)}
ROW = "{:>8} {:>5} {:>14} {:>14} {:>14} {:<11} {:>8} {:>9} {:>9}"


def distances(places: np.ndarray) -> object:
    """All of them, or the nearest ones where there are too many."""
    if len(places) <= NEAREST * 5:
        return np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    way, near = cKDTree(places).query(places, NEAREST)
    rows = np.repeat(np.arange(len(places)), NEAREST)
    return sp.coo_array((way.ravel(), (rows, near.ravel())), shape=(len(places), len(places)))


def measure(size: int) -> None:
    """One line of the table."""
    p, gap = CASES[size]
    rng = np.random.default_rng(6)
    places, people = rng.random((size, 2)) * 1000, rng.integers(1, 100, size)
    given = distances(places)
    began, used = time.perf_counter(), time.process_time()
    found = locate(PMedian(p), Access.of(people, given), gap=gap, time_limit=LIMIT)
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    numbers = ["-" if x is None else f"{x:.2f}" for x in (found.value, found.bound, found.verified_bound)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    gap_left = "-" if found.gap is None else f"{100 * found.gap:.3f} %"
    cells = [size, p, *numbers, found.status.value, gap_left, f"{seconds:.1f} s", f"{cpu:.1f} s"]
    print(ROW.format(*cells), f"{peak:6.0f} MB", flush=True)


def main(sizes: list[int]) -> int:
    """Print the table."""
    if unknown := [size for size in sizes if size not in CASES]:
        print(f"unknown: {unknown}\n\n{__doc__}")
        return 2
    print(ROW.format("points", "p", "value", "bound", "verified", "status", "gap", "wall", "CPU"), "     peak")
    for size in sizes:
        process = multiprocessing.get_context("spawn").Process(target=measure, args=(size,))
        process.start()
        process.join()
    return 0


if __name__ == "__main__":
    sys.exit(main([int(word) for word in sys.argv[1:]] or list(CASES)))
