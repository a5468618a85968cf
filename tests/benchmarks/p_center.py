"""p-center: published values reproduced with proof, and seconds for it.

    python -m tests.benchmarks.p_center [pmed|tsplib|small]

- pmed: the OR-Library graphs, every node a demand point and a site; shortest paths are made before the clock starts.
- tsplib: points with rounded Euclidean distances as in TSPLIB's EUC_2D.
- small: 120 demand points and 60 sites at random in the plane, p = 8; nothing is published, the proof is what counts.

Published is the value of known_values.csv, bound the one that was proven, verified the one that rests on no solver's
word. Seconds are those of ``locate``, with the check of the plan. A value that is not the published one or is not
proven makes the exit 1.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from formulations.location import Access
from formulations.location.median.p_center import PCenter
from solver.locating.locate import locate
from solver.solution import Status
from tests.conftest import DATA, data_folder
from tests.location.pmed import read_pmed
from tests.location.tsplib import read_points

HEAD = (
    f"{'instance':10} {'n':>5} {'p':>4} {'published':>10} {'value':>10} {'bound':>10} {'verified':>10} {'seconds':>8}"
)


@dataclass(frozen=True)
class Case:
    """One question and what is published about it, None if nothing is."""

    name: str
    access: Access
    p: int
    published: float | None


def pmed(data: Path) -> Iterator[Case]:
    """All graphs that there are."""
    for path, question, value in _known(data):
        if path.startswith("pmed/") and question == "p-center":
            access, p = read_pmed(data / path)
            yield Case(Path(path).stem, access, p, value)


def tsplib(data: Path) -> Iterator[Case]:
    """All points with a published radius."""
    for path, question, value in _known(data):
        if path.startswith("tsplib/") and question.startswith("p-center"):
            points = read_points(data / path)
            distance = np.floor(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)) + 0.5)
            yield Case(Path(path).stem, Access.of(np.ones(len(points)), distance), int(question.split("=")[1]), value)


def small() -> Iterator[Case]:
    """Five times random points in a square of 10 km."""
    for seed in range(5):
        rng = np.random.default_rng(seed)
        people, places = rng.uniform(0, 10_000, (120, 2)), rng.uniform(0, 10_000, (60, 2))
        distance = np.hypot(*(people[:, None] - places[None]).transpose(2, 0, 1))
        yield Case(f"120x60/{seed}", Access.of(rng.integers(1, 500, 120), distance), 8, None)


def show(cases: Iterator[Case]) -> bool:
    """Answer and print one after the other; whether all are right and proven."""
    print(f"{HEAD}  status", flush=True)
    right, wall, cpu = True, 0.0, 0.0
    for case in cases:
        began, used = time.perf_counter(), time.process_time()
        found = locate(PCenter(case.p), case.access)
        seconds = time.perf_counter() - began
        wall, cpu = wall + seconds, cpu + time.process_time() - used
        numbers = [f"{'' if x is None else f'{x:.10g}':>10}" for x in (case.published, found.value, found.bound)]
        verified = "" if found.verified_bound is None else f"{found.verified_bound:.10g}"
        line = f"{case.name:10} {case.access.demand.size:5} {case.p:4} {' '.join(numbers)} {verified:>10}"
        print(f"{line} {seconds:8.3f}  {found.status.value}", flush=True)
        right &= found.status is Status.PROVEN and case.published in (None, found.value)
    print(f"together {wall:.2f} s, {cpu:.2f} s of one core\n", flush=True)
    return right


def _known(data: Path) -> list[tuple[str, str, float]]:
    with (data / "known_values.csv").open() as lines:
        rows = list(csv.reader(lines))[1:]
    return [(row[0], row[1], float(row[2])) for row in rows if row[1].startswith("p-center")]


def main() -> int:
    names = sys.argv[1:] or ["pmed", "tsplib", "small"]
    if unknown := [name for name in names if name not in ("pmed", "tsplib", "small")]:
        print(f"unknown: {', '.join(unknown)}\n\n{__doc__}")
        return 2
    data = data_folder()
    right = True
    for name in names:
        if name == "small":
            right &= show(small())
        elif data is None:
            print(f"{name} skipped: no benchmark data; set {DATA} to its folder")
        else:
            right &= show(pmed(data) if name == "pmed" else tsplib(data))
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
