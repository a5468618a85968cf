"""p-dispersion: sizes solved, beside spopt in the same run where it is installed.

python -m tests.benchmarks.dispersion            sizes up to 400 sites, spopt up to 30
"""

from __future__ import annotations

import time

import numpy as np

from formulations.location.access import Access
from formulations.location.spread.p_dispersion import PDispersion
from solver.locating.locate import locate

SIZES = [(30, 5), (100, 10), (200, 20), (400, 20)]
PEER = 30
"""Sites up to which spopt is asked as well."""

LIMIT = 60.0


def scattered(m: int) -> np.ndarray:
    """Distances between points drawn in a square of one kilometre, in metres."""
    xy = np.random.default_rng(m).random((m, 2)) * 1000
    between = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return (between + between.T) / 2


def peer(between: np.ndarray, p: int) -> str:
    """Value and seconds of spopt's model with CBC."""
    try:
        import pulp
        from spopt.locate import PDispersion as Theirs
    except ImportError:
        return "not installed"
    began = time.perf_counter()
    theirs = Theirs.from_cost_matrix(between, p_facilities=p)
    told = theirs.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=LIMIT))
    return f"{told.problem.objective.value():.3f} in {time.perf_counter() - began:.2f} s"


def main() -> None:
    """Print the table."""
    print(f"{'sites':>6} {'p':>4} {'status':>12} {'value':>10} {'bound':>10} {'verified':>10} {'seconds':>8}  spopt")
    for m, p in SIZES:
        between = scattered(m)
        told = locate(PDispersion(p), Access.of_sites(between, unit="m"), time_limit=LIMIT)
        numbers = " ".join(f"{value:10.3f}" for value in (told.value, told.bound, told.verified_bound))
        beside = peer(between, p) if m <= PEER else "-"
        print(f"{m:6d} {p:4d} {told.status.value:>12} {numbers} {told.solution.seconds:8.2f}  {beside}", flush=True)


if __name__ == "__main__":
    main()
