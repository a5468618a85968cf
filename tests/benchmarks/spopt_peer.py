"""The classic questions of location, ours and spopt's with CBC, side by side.

    python -m tests.benchmarks.spopt_peer [median | center | small | all]

Both sides get the same matrix in memory and are timed end to end: from that matrix to the plan, the writing of the
model included. Each side of each question runs in a process of its own. "answer" is wall clock without imports and
"CPU" the same in seconds of processor, CBC included, which a busy machine does not change; "with imports" is wall clock
of the process from its start, less the making of the data; memory is the largest resident set of that process,
libraries included, and of CBC, which spopt runs as a process of its own, in brackets where it is larger.

- median: p-median, 900 demand points and 900 sites, p = 90 (about 7 minutes and 6 GB for spopt);
- center: p-center and capacitated p-median, 120 x 60, p = 8, also with CBC stopped at a time limit: what spopt calls
  optimal then need not be (the table compares the values);
- small: both of them at moderate size, LSCP, MCLP, capacitated p-median, p-dispersion.

The values are compared: where one side claims an optimum that the other beats, the table says who is wrong, and the
exit is 1 if that is us. Needs spopt (in the extra ``dev``).
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

ROOM = 1e-6
"""Values that differ by less than this share of them are the same."""


@dataclass(frozen=True)
class Task:
    """One question on both sides.

    Attributes
    ----------
    n, m
        Demand points and sites, at random in a square of 1000 x 1000; Euclidean distances, in a seeded order.
    more
        Parameters of the question.
    limit
        Seconds after which spopt is stopped; None for no limit.
    largest
        A large value is the good one.
    """

    kind: str
    n: int
    m: int
    more: dict[str, Any]
    limit: float | None = None
    largest: bool = False


HOMES = {
    "median": "median.p_median:PMedian",
    "center": "median.p_center:PCenter",
    "lscp": "covering.set_covering:SetCovering",
    "mclp": "covering.maximal_covering:MaximalCovering",
    "capacitated": "median.capacitated_p_median:CapacitatedPMedian",
    "dispersion": "spread.p_dispersion:PDispersion",
}
"""Our questions by kind."""

TASKS = {
    "median": {"p-median 900 x 900, p=90": Task("median", 900, 900, {"p": 90})},
    "center": {
        "p-center 120 x 60, p=8": Task("center", 120, 60, {"p": 8}, limit=60.0),
        "p-center 120 x 60, p=8, CBC 5 s": Task("center", 120, 60, {"p": 8}, limit=5.0),
        "capacitated p-median 120 x 60, p=8, CBC 2 s": Task("capacitated", 120, 60, {"p": 8}, limit=2.0),
    },
    "small": {
        "p-median 200 x 200, p=20": Task("median", 200, 200, {"p": 20}),
        "p-center 50 x 25, p=5": Task("center", 50, 25, {"p": 5}, limit=60.0),
        "LSCP 1000 x 300, 100 m": Task("lscp", 1000, 300, {"radius": 100.0}, limit=60.0),
        "MCLP 1000 x 300, 80 m, p=20": Task("mclp", 1000, 300, {"radius": 80.0, "p": 20}, limit=60.0, largest=True),
        "capacitated p-median 120 x 60, p=8": Task("capacitated", 120, 60, {"p": 8}, limit=60.0),
        "p-dispersion 60, p=8": Task("dispersion", 60, 60, {"p": 8}, limit=60.0, largest=True),
    },
}


def data(task: Task) -> dict[str, np.ndarray]:
    """The same arrays on both sides."""
    rng = np.random.default_rng(7)
    homes, sites = 1000 * rng.random((task.n, 2)), 1000 * rng.random((task.m, 2))
    weight = rng.integers(1, 100, task.n).astype(float)
    capacity = np.round(weight.sum() / task.more.get("p", 1) * rng.uniform(1.0, 1.6, task.m))
    if task.kind == "lscp":
        # every demand point has a site within the radius
        homes = sites[rng.integers(0, task.m, task.n)] + rng.uniform(-70, 70, (task.n, 2))
    return {
        "distance": np.hypot(*(homes[:, None] - sites[None]).transpose(2, 0, 1)),
        "between": np.hypot(*(sites[:, None] - sites[None]).transpose(2, 0, 1)),
        "weight": weight,
        "capacity": capacity,
    }


def ours(task: Task) -> Callable[[dict[str, np.ndarray]], dict[str, Any]]:
    """Imports what our side needs; the rest is timed."""
    from importlib import import_module

    from formulations.location.access import Access
    from solver.locating.locate import locate

    home, name = HOMES[task.kind].split(":")
    question = getattr(import_module(f"formulations.location.{home}"), name)(**task.more)

    def run(arrays: dict[str, np.ndarray]) -> dict[str, Any]:
        extra: dict[str, Any] = {}
        if task.kind == "capacitated":
            extra["capacity"] = arrays["capacity"]
        if task.kind == "dispersion":
            extra["between"] = arrays["between"]
        access = Access.of(arrays["weight"], arrays["distance"], **extra)
        located = locate(question, access, time_limit=300.0)
        assert located.judgement is not None
        value = located.judgement.objectives["covered"] if task.kind == "mclp" else located.value
        return {"status": located.status.value, "value": value, "proven": located.good}

    return run


def spopt(task: Task) -> Callable[[dict[str, np.ndarray]], dict[str, Any]]:
    """Imports spopt and PuLP; the rest is timed."""
    import pulp
    from spopt import locate

    def run(arrays: dict[str, np.ndarray]) -> dict[str, Any]:
        d, w, more = arrays["distance"], arrays["weight"], task.more
        if task.kind == "median":
            model = locate.PMedian.from_cost_matrix(d, w, p_facilities=more["p"])
        elif task.kind == "center":
            model = locate.PCenter.from_cost_matrix(d, p_facilities=more["p"])
        elif task.kind == "lscp":
            model = locate.LSCP.from_cost_matrix(d, more["radius"])
        elif task.kind == "mclp":
            model = locate.MCLP.from_cost_matrix(d, w, more["radius"], p_facilities=more["p"])
        elif task.kind == "capacitated":
            model = locate.PMedian.from_cost_matrix(
                d, w, p_facilities=more["p"], facility_capacities=arrays["capacity"]
            )
        else:
            model = locate.PDispersion.from_cost_matrix(arrays["between"], p_facilities=more["p"])
        solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=task.limit)
        solved = model.solve(solver)
        status = pulp.LpStatus[solved.problem.status]
        value = solved.problem.objective.value() if task.kind != "dispersion" else _apart(solved, arrays["between"])
        # what PuLP knows beside the status that spopt shows: whether CBC came to an end
        ended = pulp.LpSolution[solved.problem.sol_status]
        return {"status": f"{status} ({ended})", "value": value, "proven": status == "Optimal"}

    return run


def _apart(solved: Any, between: np.ndarray) -> float:
    chosen = np.flatnonzero([variable.varValue > 0.5 for variable in solved.fac_vars])
    near = between[np.ix_(chosen, chosen)]
    return float(near[np.triu_indices(len(chosen), 1)].min())


def child(side: str, group: str, name: str) -> None:
    """Answer one question and write what it took, as JSON."""
    task = TASKS[group][name]
    run = {"ours": ours, "spopt": spopt}[side](task)
    imported = time.perf_counter()
    arrays = data(task)
    before, used = time.perf_counter(), processor()
    answer = run(arrays)
    after, used = time.perf_counter(), processor() - used
    own, others = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(
        json.dumps(
            {
                **answer,
                "seconds": after - before,
                "cpu": used,
                "made": before - imported,
                "memory": own,
                "beside": others,
            }
        ),
        flush=True,
    )
    # a thread that is left running must not hold the table up
    os._exit(0)


def processor() -> float:
    """Seconds of processor that this process and those that it waited for have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def ask(side: str, group: str, name: str) -> dict[str, Any] | None:
    """One side in a process of its own; None if it failed."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "tests.benchmarks.spopt_peer", "--side", side, group, name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    whole = time.perf_counter() - started
    if done.returncode or not done.stdout.strip():
        print(f"{name}, {side}: failed\n{done.stderr[-2000:]}", flush=True)
        return None
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return {**answer, "whole": whole - answer["made"]}


def verdict(task: Task, mine: dict[str, Any], theirs: dict[str, Any]) -> tuple[str, bool]:
    """Who is right, and whether we are not."""
    if mine["value"] is None or theirs["value"] is None:
        return "one side has no plan", mine["value"] is None
    sign = -1.0 if task.largest else 1.0
    ahead = sign * (theirs["value"] - mine["value"])
    room = ROOM * max(abs(mine["value"]), abs(theirs["value"]))
    if abs(ahead) <= room:
        return "same value", False
    if ahead > 0:
        return f"ours is better{'; spopt calls its own optimal' if theirs['proven'] else ''}", False
    return f"spopt is better{'; WE CALLED OURS PROVEN' if mine['proven'] else ''}", bool(mine["proven"])


def main(groups: list[str]) -> int:
    """Print the table; 1 if we claimed what is not so."""
    print(f"{platform.platform()}, {os.cpu_count()} CPUs, Python {platform.python_version()}")
    print(f"spopt {version('spopt')}, PuLP {version('pulp')} with CBC; highspy {version('highspy')}\n", flush=True)
    head = f"{'':36}{'status':>28}{'value':>15}{'answer':>10}{'CPU':>10}{'with imports':>14}{'memory':>16}"
    wrong = False
    for group in groups:
        for name, task in TASKS[group].items():
            print(f"{head}\n{name}", flush=True)
            answers = {}
            for side in ("ours", "spopt"):
                answers[side] = answer = ask(side, group, name)
                if answer is None:
                    continue
                beside = f" ({answer['beside']:.0f})" if answer["beside"] > answer["memory"] else ""
                value = "-" if answer["value"] is None else f"{answer['value']:,.4f}"
                memory = f"{answer['memory']:.0f}{beside} MB"
                took = f"{answer['seconds']:>8.2f} s{answer['cpu']:>8.2f} s{answer['whole']:>12.2f} s{memory:>16}"
                print(f"  {side:34}{answer['status']:>28}{value:>15}{took}", flush=True)
            mine, theirs = answers["ours"], answers["spopt"]
            if mine is None or theirs is None:
                wrong |= mine is None
                continue
            words, lied = verdict(task, mine, theirs)
            wrong |= lied
            longer = [f"{theirs[what] / mine[what]:,.1f}" for what in ("seconds", "cpu", "whole")]
            largest = max(theirs["memory"], theirs["beside"]) / mine["memory"]
            print(
                f"  {words}; spopt takes {longer[0]} times as long ({longer[1]} in CPU, {longer[2]} with imports) "
                f"and {largest:.1f} times the memory\n",
                flush=True,
            )
    return int(wrong)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--side"]:
        child(*sys.argv[2:5])
    wanted = sys.argv[1:] or ["small", "center"]
    if unknown := [word for word in wanted if word not in (*TASKS, "all")]:
        sys.exit(f"unknown: {', '.join(unknown)}; use median, center, small or all")
    sys.exit(main(list(TASKS) if "all" in wanted else wanted))
