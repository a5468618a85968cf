"""Fronts of three siting cases of growing size, equal wall time: Refugia's beside what else there is, in one run.

    python -m tests.benchmarks.fronts [--cases small,middle,large] [--seconds-factor 1] [--pyaugmecon PYTHON]

Each case is a made-up city (``city``): which sites to prepare as shelters, cost against people without a place,
expected over all scenarios. All methods get the same matrix, the same seconds and one thread, one after the other, each
in a process of its own:

- Refugia: what ``refugia front`` does with ``method: auto`` (or those of ``--methods``), asked for every point within
  :data:`GAP` of the range;
- NSGA-II: pymoo's own with its defaults for yes-or-no variables, 100 members, completed by Refugia's decoder;
- pyaugmecon: AUGMECON-R on grids of more and more points, each with all of the time; the finest that ended counts;
- weighted sums: HiGHS for one weighting after the other, evenly spread, gap 1e-4.

Every plan of every method is checked against all rows and evaluated by the same code. Hypervolume is a share of the box
from the ideal that Refugia has proven to the worst values of the union of all points and 10 % of the range beyond.
The proven gap is the share of the hypervolume that may be missing, by the bounds that Refugia proved in its own time;
the others prove nothing about their fronts, so it is Refugia's word on theirs. ``best`` counts points that no method's
point dominates; ``cpu`` is processor time, less than the seconds where others use the machine. Exit 1 if a peer has no
less hypervolume than the best of Refugia's ways that were run.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import sys
import traceback
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from formulations.algebra.elements import Floats
from solver.certificate import keeps
from solver.fronts.asked import Asked, asked
from solver.pareto.assemble import hypervolume
from solver.pareto.bounds import LowerBounds
from solver.pareto.corners import open_boxes
from solver.pareto.front import nondominated
from solver.pareto.space import Space
from solver.study import Study
from tests.benchmarks import fronts_peers as peers
from tests.benchmarks.fronts_peers import Found

GAP = 0.001
"""Share of each range within which Refugia is asked for every point: less than anybody decides on."""

BEYOND = 0.1
"""Hypervolumes count from this share of the range beyond the worst values."""

GRACE = 60.0
"""Seconds after its time at which a method is ended."""

THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
WAYS = ("auto", "exact", "hybrid", "genetic")
PEERS = ("NSGA-II", "pyaugmecon", "weighted sums")


@dataclass(frozen=True)
class Case:
    """One size of the made-up city."""

    name: str
    demand: int
    sites: int
    scenarios: int
    seconds: float
    objectives: tuple[str, ...] = ("cost", "unserved")

    def asked(self, seconds: float, method: str) -> Asked:
        """The question as ``refugia front`` reads it."""
        options = {"demand": self.demand, "sites": self.sites, "scenarios": self.scenarios, "seed": 1}
        study = Study.model_validate(
            {
                "title": f"A made-up city, {self.name}",
                "instance": {"case": "city", "options": options},
                "question": {"shelters": True, "harden": "none"},
                "minimize": dict.fromkeys(self.objectives, 1),
                "front": {
                    "objectives": list(self.objectives),
                    "points": None,
                    "gap": GAP,
                    "time_limit": seconds,
                    "method": method,
                },
                "solve": {"threads": 1, "seed": 1},
            }
        )
        return asked(study, study.instance.build())


CASES = (
    Case("small", 40, 15, 8, 20.0),
    Case("middle", 150, 50, 16, 40.0),
    Case("large", 400, 120, 30, 80.0),
)


@dataclass(frozen=True, eq=False)
class Row:
    """What one method found, checked."""

    method: str
    points: Floats
    broken: int
    found: Found


def _work(pipe: Any, name: str, case: Case, seconds: float, python: str | None) -> None:
    """One method in its own process."""
    try:
        question = case.asked(seconds, name if name in WAYS else "auto")
        if name in WAYS:
            found = peers.refugia(question, seconds)
        elif name == "NSGA-II":
            found = peers.nsga2(question, seconds)
        elif name == "pyaugmecon":
            assert python is not None
            found = peers.pyaugmecon(question, seconds, python)
        else:
            found = peers.weighted_sums(question, seconds)
        pipe.send(found)
    except Exception:
        pipe.send(traceback.format_exc())
    finally:
        pipe.close()


def run(name: str, case: Case, seconds: float, python: str | None) -> Found | str:
    """What a method found, or why there is nothing."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(there, name, case, seconds, python))
    process.start()
    there.close()
    runs = len(peers.GRIDS[len(case.objectives)]) if name == "pyaugmecon" else 1
    building = peers.BUILDING * runs
    try:
        answer = here.recv() if here.poll(building + runs * seconds + GRACE) else "did not end in time"
    except EOFError:
        answer = "ended without an answer"
    finally:
        if process.is_alive():
            process.join(5.0)
        if process.is_alive():
            process.kill()
        process.join()
    assert isinstance(answer, Found | str)
    return answer


def checked(name: str, found: Found, matrix: Any, objectives: tuple[str, ...]) -> Row:
    """Points of the plans that keep all rows, none dominated by another; and how many plans do not keep them."""
    kept = [k for k in range(found.plans.shape[0]) if keeps(matrix, found.plans[[k]].toarray())[0]]
    at = [matrix.objectives[n].start for n in objectives]
    values = matrix.evaluate(found.plans[kept])[:, at] if kept else np.empty((0, len(at)))
    values = values[nondominated(values)]
    return Row(name, values, found.plans.shape[0] - len(kept), found)


def compare(case: Case, names: list[str], factor: float, python: str | None, why: str) -> bool:
    """Run and print one case; whether no peer has more hypervolume than the best of Refugia's ways asked for."""
    seconds = case.seconds * factor
    matrix = case.asked(seconds, "auto").matrix
    whole = int(matrix.integer.sum())
    print(
        f"\n{case.name}: {case.demand} demand points, {case.sites} sites, {case.scenarios} scenarios; "
        f"{' against '.join(case.objectives)}; {matrix.shape[0]:,} rows, {matrix.shape[1]:,} columns, {whole} whole; "
        f"{seconds:g} s each",
        flush=True,
    )
    rows: list[Row] = []
    for name in names:
        if name == "pyaugmecon" and python is None:
            print(f"  pyaugmecon left out: {why}", flush=True)
            continue
        answer = run(name, case, seconds, python)
        if isinstance(answer, str):
            print(f"  {name}: {answer}", flush=True)
            continue
        rows.append(checked(name, answer, matrix, case.objectives))
    return table(rows, Space.of(matrix, case.objectives))


def table(rows: list[Row], space: Space) -> bool:
    """Print a case; whether Refugia is ahead."""
    every = np.vstack([np.empty((0, space.size)), *(row.points for row in rows)])
    if not len(every):
        print("  nobody found a plan")
        return False
    ours = [row for row in rows if row.found.bounds is not None]
    bounds = LowerBounds(np.full(space.size, -np.inf))
    for row in ours:
        assert row.found.bounds is not None
        bounds.ideal = np.maximum(bounds.ideal, row.found.bounds.ideal)
    union = every[nondominated(every)]
    ideal = np.where(np.isfinite(bounds.ideal), np.minimum(bounds.ideal, union.min(axis=0)), union.min(axis=0))
    reference = every.max(axis=0) + BEYOND * (every.max(axis=0) - ideal)
    # each of Refugia's ways by its own proof; the peers by the best of these
    most = {row.method: _most(row, space, reference, ideal) for row in ours}
    best = min(most.values(), default=1.0)
    shares = ", ".join(f"{n} {r:,.0f}" for n, r in zip(space.names, reference, strict=True))
    print(f"reference: {shares}; ideal: {', '.join(f'{v:,.0f}' for v in ideal)}; no front has more than {best:.4f}")
    print(f"{'':24}{'seconds':>8}{'cpu':>7}{'points':>8}{'best':>6}{'hypervolume':>13}{'proven gap':>12}")
    volumes = {}
    for row in rows:
        volumes[row.method] = hypervolume(row.points, reference, ideal) if len(row.points) else 0.0
        bound = most.get(row.method, best)
        gap = max(0.0, 1.0 - volumes[row.method] / bound) if bound > 0 else 0.0
        lasting = sum(not ((union <= y).all(axis=1) & (union < y).any(axis=1)).any() for y in row.points)
        title = f"Refugia, {row.method}" if row.method in WAYS else row.method
        broken = f"; {row.broken} plans break rows" if row.broken else ""
        print(
            f"{title:24}{row.found.seconds:8.1f}{row.found.cpu:7.1f}{len(row.points):8}{lasting:6}{volumes[row.method]:13.4f}{gap:12.2%}"
            f"  {row.found.remark}{broken}",
            flush=True,
        )
    mine = max((volumes[row.method] for row in ours), default=0.0)
    theirs = max((v for name, v in volumes.items() if name not in WAYS), default=0.0)
    print(f"Refugia is {'ahead' if mine > theirs else 'NOT ahead'}: {mine:.4f} against {theirs:.4f}", flush=True)
    return mine > theirs


def _most(row: Row, space: Space, reference: Floats, ideal: Floats) -> float:
    """Hypervolume that no front can exceed: a plan is dominated by a point of the row, or in a box left open."""
    assert row.found.bounds is not None
    lows, _ = open_boxes(space, row.points, row.found.bounds)
    return hypervolume(np.vstack([row.points, np.maximum(lows, ideal)]), reference, ideal)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default=",".join(case.name for case in CASES))
    parser.add_argument("--seconds-factor", type=float, default=1.0, help="of the seconds of each case")
    parser.add_argument("--methods", default="auto", help=f"Refugia's ways to be run: some of {', '.join(WAYS)}")
    parser.add_argument("--peers", default=",".join(PEERS), help="others to be run")
    parser.add_argument("--pyaugmecon", metavar="PYTHON", help="a Python that has pyaugmecon and highspy")
    chosen = parser.parse_args()
    wanted = chosen.cases.split(",")
    names = [*filter(None, chosen.methods.split(",")), *filter(None, chosen.peers.split(","))]
    known = {case.name: case for case in CASES}
    strange = [n for n in wanted if n not in known] + [n for n in names if n not in (*WAYS, *PEERS)]
    if strange:
        parser.error(f"unknown: {', '.join(strange)}")
    os.environ.update(THREADS)
    python, why = peers.python_of(chosen.pyaugmecon) if "pyaugmecon" in names else (None, "not asked for")
    packages = ", ".join(f"{p} {version(p)}" for p in ("highspy", "pymoo", "numpy"))
    print(f"Python {platform.python_version()}, {packages}; {os.cpu_count()} cores, one thread each")
    ahead = [compare(known[name], names, chosen.seconds_factor, python, why) for name in wanted]
    return 0 if all(ahead) else 1


if __name__ == "__main__":
    sys.exit(main())
