from __future__ import annotations

import numpy as np
import pytest

from formulations.algebra.program import Program
from instances.index import Index
from solver.certificate import keeps
from solver.clock import Clock
from solver.pareto.scalar import Scalars, with_limits
from solver.pareto.space import Space


def test_a_plan_that_is_spoilt_by_making_whole_numbers_whole_is_solved_once_more() -> None:
    """Room for 10,000 people times an opening of 2e-7 is 0.002 people too many in a place that is shut."""
    program = Program("hall")
    place = Index.named("place", ["hall", "school"])
    opened, people = program.binary("open", place), program.variable("people", place, upper=10_000.0)
    program.require(room=people <= 10_000.0 * opened)
    program.objective("cost", (np.array([3.0, 2.0]) * opened).sum())
    program.objective("left", 5_000.0 - people.sum())
    program.require(all=people.sum() <= 5_000.0)
    space = Space.of(program.matrix())
    ask = Scalars(space)
    off = np.array([2e-7, 1.0, 0.002, 4_999.998])
    limits = np.array([2.0, np.inf])
    rounded = np.array([0.0, 1.0, 0.002, 4_999.998])
    assert not keeps(space.matrix, rounded[None, :])[0]
    cost = np.asarray(space.C.toarray()[1])
    settled = ask._settled(off, with_limits(space, limits), limits, cost, Clock(None))
    assert settled is not None and keeps(space.matrix, settled[None, :])[0]
    assert settled == pytest.approx([0.0, 1.0, 0.0, 5_000.0])
    tight = np.array([1.0, np.inf])
    assert ask._settled(off, with_limits(space, tight), tight, cost, Clock(None)) is None
