"""How long the p-median takes, and what is proven: published graphs, large random places, points of TSPLIB.

    python -m tests.benchmarks.p_median [pmed|large|tsplib ...]

- pmed: the OR-Library graphs, published optima; shortest ways are worked out before the clock starts;
- large: random places in a square, people 1 to 99 each: 900 x 900 with all pairs, 10,000 x 10,000 with the 400 nearest
  sites of each demand point, the second within a gap of 0.5 %;
- tsplib: fl1400 and u1060, distances as they are, published values where they are known.

Seconds run from the arrays (``Access.of``) to the checked answer; of the graphs, from the distances between all nodes.
Where the published data are missing the table says so.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from formulations.location.access import Access
from formulations.location.median.p_median import PMedian
from solver.locating.locate import locate
from tests.conftest import data_folder
from tests.location.pmed import published, read_pmed
from tests.location.tsplib import read_points

COLUMNS = "instance            n    p    published        value        bound     verified  status      seconds  nodes"


class Case(NamedTuple):
    """One question: who, how many, what is published, and makes the data (timed where they are ours)."""

    name: str
    p: int
    published: float | None
    access: Callable[[], Access]
    gap: float = 0.0
    limit: float = 600.0


def pmed(data: Path) -> Iterator[Case]:
    for path in sorted((data / "pmed").glob("pmed*.txt"), key=lambda path: int(path.stem[4:])):
        read, p = read_pmed(path)
        yield Case(path.stem, p, published(data, path.stem, "p-median"), lambda read=read: read)  # type: ignore[misc]


def large(data: Path | None) -> Iterator[Case]:
    rng = np.random.default_rng(6)
    places, people = rng.random((900, 2)) * 1000, rng.integers(1, 100, 900)
    distance = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    yield Case("random 900", 90, None, lambda: Access.of(people, distance))
    points, weight = rng.random((10_000, 2)) * 1000, rng.integers(1, 100, 10_000)
    way, near = cKDTree(points).query(points, 400)
    rows = np.repeat(np.arange(10_000), 400)
    pairs = sp.coo_array((way.ravel(), (rows, near.ravel())), shape=(10_000, 10_000))
    yield Case("random 10000", 100, None, lambda: Access.of(weight, pairs), gap=0.005)


def tsplib(data: Path) -> Iterator[Case]:
    with (data / "known_values.csv").open() as lines:
        rows = [row for row in csv.reader(lines) if row[0].startswith("tsplib/") and row[1].startswith("p-median")]
    for path, question, value, *_ in rows:
        points = read_points(data / path)
        distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
        made = lambda distance=distance: Access.of(np.ones(len(distance)), distance)  # noqa: E731
        yield Case(Path(path).stem, int(question.split("=")[1]), float(value), made)


def report(cases: Iterator[Case]) -> bool:
    """Print the table; True if every published value was reached."""
    print(COLUMNS)
    total, fine = 0.0, True
    for case in cases:
        began = time.perf_counter()
        access = case.access()
        answer = locate(PMedian(p=case.p), access, gap=case.gap, time_limit=case.limit)
        seconds = time.perf_counter() - began
        total += seconds
        known = "" if case.published is None else f"{case.published:.2f}"
        value, bound, lowest = (
            "-" if number is None else f"{number:.2f}" for number in (answer.value, answer.bound, answer.verified_bound)
        )
        print(
            f"{case.name:14} {access.demand.size:6d} {case.p:4d} {known:>12} {value:>12} {bound:>12} {lowest:>12}"
            f"  {answer.status.value:11} {seconds:7.2f} {answer.work.get('nodes', 0):6d}",
            flush=True,
        )
        if case.published is not None:
            fine &= answer.value is not None and answer.value <= case.published * (1 + 1e-6)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"total {total:.2f} s, peak {peak:.0f} MB\n")
    return fine


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else "")
    parser.add_argument("what", nargs="*", choices=["pmed", "large", "tsplib", []], default=[])
    wanted = parser.parse_args().what or ["pmed", "large", "tsplib"]
    data, fine = data_folder(), True
    for name in wanted:
        if data is None and name != "large":
            print(f"{name}: no benchmark data; set REFUGIA_DATA to its folder")
            continue
        fine &= report({"pmed": pmed, "large": large, "tsplib": tsplib}[name](data))  # type: ignore[operator]
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
