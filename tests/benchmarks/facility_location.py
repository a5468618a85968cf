"""Facility location with published optima: OR-Library's small warehouse problems, and Holmberg's with one source each.

    python -m tests.benchmarks.facility_location [names ...]

One thread. Every question is asked with gap zero; `verified` is the bound that Refugia counts itself, without trust in
a solver. Published values are given to three decimals. Seconds are those of the processor. A value that is not the
published one, not proven, or whose verified bound does not meet it is exit 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from formulations.location.access import Access
from formulations.location.charge.capacitated_facility_location import CapacitatedFacilityLocation
from formulations.location.charge.facility_location import FacilityLocation
from formulations.location.charge.single_source_facility_location import SingleSourceFacilityLocation
from formulations.location.question import Question
from solver.locating.locate import locate
from solver.solution import Status
from tests.conftest import DATA, data_folder
from tests.location.warehouses import CAP, HOLMBERG, published, read_cap, read_holmberg

KINDS: dict[str, tuple[str, Question]] = {
    "UFL": ("uncapacitated facility location", FacilityLocation()),
    "CFL": ("capacitated facility location (divisible demand)", CapacitatedFacilityLocation()),
    "single source": ("single-source capacitated facility location", SingleSourceFacilityLocation()),
}
ROUNDED, MEETS = 1.001e-3, 1e-9


@dataclass(frozen=True)
class Case:
    """One question of one file."""

    file: str
    kind: str

    def read(self, data: Path) -> Access:
        """The data of the file."""
        return (read_holmberg if self.kind == "single source" else read_cap)(data / self.file)


def cases(names: list[str]) -> Iterator[Case]:
    """All questions with a published optimum, or those of some files."""
    for name in CAP:
        if not names or name in names:
            yield Case(f"cap/{name}.txt", "CFL")
            if name[:-1] in ("cap7", "cap10", "cap13"):
                yield Case(f"cap/{name}.txt", "UFL")
    for name in HOLMBERG:
        if not names or name in names:
            yield Case(f"holmberg/{name}", "single source")


def main(names: list[str]) -> int:
    """Print the table; 1 if anything is not as published."""
    data = data_folder()
    if data is None:
        print(f"no benchmark data: set {DATA} to its folder")
        return 1
    row = "{:<16} {:<14} {:>13} {:>15} {:>15} {:>15} {:<8} {:>8}"
    print(row.format("file", "question", "published", "value", "bound", "verified", "status", "seconds"))
    total, wrong = dict.fromkeys(KINDS, 0.0), 0
    for case in cases(names):
        title, question = KINDS[case.kind]
        access, known = case.read(data), published(data, case.file, title)
        began = time.process_time()
        answer = locate(question, access)
        seconds = time.process_time() - began
        total[case.kind] += seconds
        numbers = [number for number in (answer.value, answer.bound, answer.verified_bound) if number is not None]
        right = len(numbers) == 3 and answer.status is Status.PROVEN and abs(numbers[0] - known) <= ROUNDED
        right = right and numbers[0] - numbers[2] <= MEETS * numbers[0]
        wrong += not right
        cells = [f"{number:.6f}" for number in numbers] + ["-"] * (3 - len(numbers))
        status = answer.status.value
        print(row.format(case.file, case.kind, f"{known:.3f}", *cells, status, f"{seconds:.2f}"), flush=True)
    print(", ".join(f"{kind}: {seconds:.2f} s" for kind, seconds in total.items()), f"in all; {wrong} not as published")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="files, such as cap71 or p1; all by default")
    sys.exit(main(parser.parse_args().names))
