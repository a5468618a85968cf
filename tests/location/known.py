"""The published values for questions of location (known_values.csv), each with its question and its data."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from formulations.algebra.elements import Floats
from formulations.location import (
    Access,
    CapacitatedFacilityLocation,
    FacilityLocation,
    MaximalCovering,
    PCenter,
    PMedian,
    SingleSourceFacilityLocation,
)
from formulations.location.nearby import nearby
from formulations.location.question import Question
from solver.locating.located import Located
from tests.location.pmed import read_pmed
from tests.location.tsplib import read_points
from tests.location.warehouses import read_cap, read_holmberg

FAMILIES = ("p-median", "p-center", "maximal covering", "uncapacitated", "capacitated", "single-source")
"""Kinds of questions, by how their text in the table begins."""

RADIUS = 800.0
"""Of the maximal covering questions, as their text says."""

ROUNDED = 1.001e-3
"""Costs of facility location are published to three decimals."""


@dataclass(frozen=True)
class Known:
    """One row of the table.

    Attributes
    ----------
    optimal
        Whether the value is a proven optimum; else it is the best one somebody reached.
    """

    path: str
    text: str
    value: float
    optimal: bool

    @property
    def family(self) -> str:
        """One of :data:`FAMILIES`."""
        return next(name for name in FAMILIES if self.text.startswith(name))

    @property
    def name(self) -> str:
        """Short and unique."""
        p = f" p={self._p}" if "p=" in self.text else ""
        return f"{Path(self.path).stem}{p} {self.family}"

    @property
    def _p(self) -> int:
        return int(self.text.rsplit("p=", 1)[1])

    def case(self, data: Path) -> tuple[Question, Access]:
        """The question and its data; shortest ways in graphs and distances between points are worked out here."""
        path = data / self.path
        if self.path.startswith("pmed/"):
            graph, p = read_pmed(path)
            return (PMedian(p) if self.family == "p-median" else PCenter(p)), graph
        if self.path.startswith("tsplib/"):
            points = read_points(path)
            distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
            if self.family == "p-median":
                return PMedian(self._p), Access.of(np.ones(len(points)), distance)
            return PCenter(self._p), Access.of(np.ones(len(points)), np.floor(distance + 0.5))
        if self.path.startswith("mclp/"):
            places, people = read_sjc(path)
            return MaximalCovering(p=self._p, radius=RADIUS), Access.of(people, nearby(places, places, RADIUS))
        if self.path.startswith("holmberg/"):
            return SingleSourceFacilityLocation(), read_holmberg(path)
        return (FacilityLocation() if self.family == "uncapacitated" else CapacitatedFacilityLocation()), read_cap(path)

    def reached(self, found: Located) -> bool:
        """Whether an answer is the published value, or better than one that is not known to be the best."""
        if found.value is None or found.judgement is None:
            return False
        if self.family == "maximal covering":
            return found.judgement.objectives["covered"] == self.value
        allowed = ROUNDED if self.path.startswith(("cap/", "holmberg/")) else 1e-6 * self.value
        return found.value - self.value <= allowed and (not self.optimal or self.value - found.value <= allowed)


def known_values(data: Path) -> Iterator[Known]:
    """Every row about p-median, p-center, covering and facility location; a row that stands twice comes once."""
    seen = set()
    with (data / "known_values.csv").open() as lines:
        for row in csv.DictReader(lines):
            if row["question"].startswith(FAMILIES) and (key := (row["path"], row["question"])) not in seen:
                seen.add(key)
                yield Known(*key, float(row["value"]), row["kind"].startswith("optimal"))


def read_sjc(path: Path) -> tuple[Floats, Floats]:
    """Coordinates and demand: after a header one line ``x y demand`` for each point, all of them sites as well."""
    header, *lines = (line.split() for line in path.read_text().splitlines() if line.strip())
    rows = np.array(lines, float)
    if len(rows) != int(header[0]):
        raise ValueError(f"{path.name}: {len(rows)} points, {header[0]} announced")
    return rows[:, :2], rows[:, 2]
