"""Maximal covering with a million demand points and 500 sites, from their coordinates to a proven plan.

    python -m tests.benchmarks.maximal_covering                       what is proven in the time, then what is not
    python -m tests.benchmarks.maximal_covering proven | open         one of the two
    python -m tests.benchmarks.maximal_covering 2.0 10 20 50          a radius, and numbers of sites

Points and sites uniform on [0, 30] x [0, 30], demand 1 to 100, drawn as by Cordeau, Furini and Ljubic (2019), European
Journal of Operational Research 275(3), 882-896, but with 500 sites. A run is given 120 s; what is not proven then says
so.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from formulations.location.access import Access
from formulations.location.covering.maximal_covering import MaximalCovering
from formulations.location.nearby import nearby
from solver.locating.locate import locate
from solver.locating.located import Located

POINTS, SITES, SIDE = 1_000_000, 500, 30.0
LIMIT = 120.0
PROVEN = {
    1.0: (10, 30, 50),
    1.5: (10, 30, 50),
    2.0: (10, 20, 30, 40),
    2.5: (10, 20, 25),
    3.0: (10, 15, 20),
    3.5: (10, 15),
}
OPEN = {2.0: (50,), 2.5: (30,), 3.0: (30,), 3.5: (20,)}
"""Radius and numbers of sites; the second kind was not proven in the time, so it tells how far one gets."""
HEAD = f"{'case':26}{'covered':>12}{'bound':>12}{'verified':>12}  {'status':12}{'sets':>7}{'nodes':>7}{'seconds':>9}"


def million(cases: dict[float, tuple[int, ...]]) -> None:
    """From coordinates; the seconds of a radius (pairs, checks of the data) are given once, in a line of their own."""
    print(HEAD)
    rng = np.random.default_rng(1)
    people, sites = rng.uniform(0, SIDE, (POINTS, 2)), rng.uniform(0, SIDE, (SITES, 2))
    weight = rng.integers(1, 101, POINTS)
    for radius, counts in cases.items():
        start = time.perf_counter()
        pairs = nearby(people, sites, radius)
        paired = time.perf_counter() - start
        access = Access.of(weight, pairs, unreached=True)
        ready = time.perf_counter() - start
        print(f"radius {radius:g}: {pairs.size:,} pairs in {paired:.1f} s, data checked after {ready:.1f} s")
        for p in counts:
            start, spent = time.perf_counter(), -time.process_time()
            found = locate(MaximalCovering(p=p), access, time_limit=LIMIT)
            seconds, spent = time.perf_counter() - start, spent + time.process_time()
            line = told(f"radius {radius:g}, p={p}", access, found, seconds)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            print(
                f"{line}  CPU {spent:.1f} s, from coordinates {ready + seconds:.1f} s, peak {peak:.2f} GB", flush=True
            )
        del pairs, access


def told(name: str, access: Access, found: Located, seconds: float) -> str:
    """One line; covered, not uncovered, as it is published."""
    total = float(access.weight.sum())
    parts = [found.value, found.bound, found.verified_bound]
    numbers = "".join(f"{'-':>12}" if part is None else f"{total - part:12.0f}" for part in parts)
    work = found.work
    counts = f"{work.get('cover_sets', 0):7}{work.get('nodes', 0):7}"
    return f"{name:26}{numbers}  {found.status.value:12}{counts}{seconds:9.2f}"


def main(words: list[str]) -> None:
    """See the docstring of the module."""
    if words and words[0] not in ("proven", "open"):
        million({float(words[0]): tuple(map(int, words[1:]))})
        return
    for name, cases in (("proven", PROVEN), ("open", OPEN)):
        if not words or words[0] == name:
            million(cases)


if __name__ == "__main__":
    main(sys.argv[1:])
