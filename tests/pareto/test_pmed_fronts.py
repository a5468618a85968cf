"""p-median against p-center on OR-Library graphs: the ends are published, the number of points was found elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from formulations.location import MedianCenter
from solver.pareto.exact import exact_front
from solver.pareto.front import Label
from solver.pareto.starts.interchange import descending
from tests.location.pmed import published, read_pmed


@pytest.mark.long
@pytest.mark.parametrize(("name", "points"), [("pmed8", 15), ("pmed13", 12), ("pmed18", 17)])
def test_the_front_is_complete_proven_and_ends_at_the_published_optima(
    benchmark_data: Path, name: str, points: int
) -> None:
    access, p = read_pmed(benchmark_data / "pmed" / f"{name}.txt")
    question = MedianCenter(p)
    starts = question.plans(access, descending(access, p))
    front = exact_front(question.build(access), starts=starts)
    assert len(front) == points
    assert front.complete
    assert set(front.labels) == {Label.PROVEN}
    assert front.points[:, 0].min() == published(benchmark_data, name, "p-median")
    assert front.points[:, 1].min() == published(benchmark_data, name, "p-center")
    # the plans really have these values: sites alone, evaluated apart from the program
    matrix = question.build(access).matrix()
    opened = np.array([matrix.value("open", x) for x in front.plans.toarray()]) > 0.5
    sites = np.array([np.flatnonzero(row) for row in opened])
    assert question.values(access, sites).tolist() == front.points.tolist()
