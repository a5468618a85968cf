"""Every published value for a question of location, reproduced: value, bound, proof and seconds.

    python -m tests.benchmarks.known_values [FAMILY ...]

Families: p-median, p-center, "maximal covering", uncapacitated, capacitated, single-source (facility location). One
thread, gap zero; where no optimum is published, the best value known has to be reached. ``verified`` is the bound
that rests on no solver's word. Seconds are those of ``locate`` with the check of the plan; shortest ways in graphs and
distances are worked out before. A value that is not reached, or an optimum that is not proven, is exit 1.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict

from solver.locating.locate import locate
from solver.solution import Status
from tests.conftest import DATA, data_folder
from tests.location.known import FAMILIES, known_values

LIMIT = 600.0
ROW = "{:<30} {:>13} {:>16} {:>16} {:>16} {:<11} {:>9} {:>7}"


def main(families: list[str]) -> int:
    """Print the table."""
    data = data_folder()
    if data is None:
        print(f"no benchmark data: set {DATA} to its folder")
        return 1
    print(ROW.format("question", "published", "value", "bound", "verified", "status", "seconds", "nodes"))
    total: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0.0, 0])
    for known in known_values(data):
        if known.family not in families:
            continue
        question, access = known.case(data)
        began, used = time.perf_counter(), time.process_time()
        found = locate(question, access, time_limit=LIMIT)
        seconds, cpu = time.perf_counter() - began, time.process_time() - used
        told = (found.value, found.bound, found.verified_bound)
        if known.family == "maximal covering":  # published is what is covered, ours is what is not
            told = tuple(None if x is None else float(access.weight.sum()) - x for x in told)
        numbers = ["-" if x is None else f"{x:.3f}" for x in told]
        right = known.reached(found) and (found.status is Status.PROVEN or not known.optimal)
        nodes = found.work.get("nodes", 0)
        cells = [known.name, f"{known.value:.3f}", *numbers, found.status.value, f"{seconds:.3f}", nodes]
        print(ROW.format(*cells), "" if right else "NOT REACHED", flush=True)
        group = f"{known.path.split('/')[0]} {known.family}"
        for k, more in enumerate((1, seconds, cpu, not right)):
            total[group][k] += more
    for group, (count, seconds, cpu, wrong) in total.items():
        print(f"{group}: {count:.0f} questions in {seconds:.2f} s, {cpu:.2f} s of one core; {wrong:.0f} not reached")
    return 1 if any(wrong for *_, wrong in total.values()) else 0


if __name__ == "__main__":
    asked = sys.argv[1:] or list(FAMILIES)
    if unknown := [name for name in asked if name not in FAMILIES]:
        print(f"unknown: {', '.join(unknown)}\n\n{__doc__}")
        sys.exit(2)
    sys.exit(main(asked))
