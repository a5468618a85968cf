"""Published fronts, found again: ``python -m tests.benchmarks.exact_fronts [part of a file name]``, on one thread.

The seconds of the study are those of zones with one tuned HiGHS question each, without layers or a pass over all
columns, on other hardware (two cores, partly shared); published sizes: files of 2kp50 and 3kp50, and MOrepo-Forget21
for facility location.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from solver.pareto import regions
from solver.pareto.archive import Archive, Budget
from solver.pareto.scalar import Scalars
from solver.pareto.space import Space
from tests.conftest import data_folder
from tests.pareto.published import FORGET, KNAPSACKS, read_fgt, read_knapsack, read_knapsack_front

SIZES = {(6, 1): 991, (6, 2): 893, (6, 3): 1127, (7, 1): 2655, (7, 2): 2420, (7, 3): 2655}
STUDY = {(6, 1): 92.0, (6, 2): 63.0, (6, 3): 206.0}


def cases(folder: Path) -> Iterator[tuple[Program, int, Floats | None, float | None]]:
    """Program, published number of points, published points where there are any, the study's seconds."""
    for name in KNAPSACKS:
        front = read_knapsack_front(folder / name)
        yield read_knapsack(folder / name), len(front), front, None
    for (n, k), size in SIZES.items():
        yield read_fgt(folder / "uflp" / FORGET.format(n=n, k=k)), size, None, STUDY.get((n, k))


def main() -> None:
    """Print the table."""
    data = data_folder()
    if data is None:
        print("No benchmark data: set REFUGIA_DATA to its folder.")
        return
    head = ("file", "published", "found", "identical", "complete", "solves", "questions", "CPU s", "wall s", "study s")
    print(f"{head[0]:48}" + "".join(f"{word:>10}" for word in head[1:]))
    for program, size, front, study in cases(data / "fronts"):
        if not all(part in program.name for part in sys.argv[1:]):
            continue
        space = Space.of(program.matrix())
        ask, archive = Scalars(space), Archive.empty(space)
        wall, cpu = time.perf_counter(), time.process_time()
        complete = regions.run(ask, archive, Budget())
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        found = archive.points[np.lexsort(archive.points.T[::-1])]
        same = "size only" if front is None else "yes" if np.array_equal(found, front) else "NO"
        cells = (
            size,
            len(found),
            same,
            complete,
            archive.solves,
            ask.solves,
            f"{cpu:.1f}",
            f"{wall:.1f}",
            study or "-",
        )
        print(f"{program.name:48}" + "".join(f"{cell!s:>10}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
