"""Partial set covering: fast, program and enumeration agree; what cannot be reached is said."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.covering.maximal_covering import MaximalCovering
from formulations.location.covering.partial_covering import PartialCovering
from formulations.location.nearby import nearby
from instances.schema import InstanceError
from solver.clock import Clock
from solver.locating.coverage.fewest import partial
from solver.locating.locate import locate
from solver.locating.terms import Terms
from solver.solution import Status

SHARES = [0.0, 0.3, 0.5, 2 / 3, 0.9, 1.0]


@st.composite
def towns(draw: st.DrawFn) -> Access:
    n, m = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    d = np.array(draw(st.lists(st.lists(st.integers(0, 5), min_size=m, max_size=m), min_size=n, max_size=n)), float)
    d[d == 5] = np.inf
    w = np.array(draw(st.lists(st.integers(0, 6), min_size=n, max_size=n)), float)
    w[0] = max(w[0], 1.0)
    w *= draw(st.sampled_from([1.0, 3.0, 0.7]))
    kind = st.sampled_from(["candidate"] * 4 + ["existing", "required", "forbidden"])
    status = draw(st.lists(kind, min_size=m, max_size=m))
    cost = np.array(draw(st.lists(st.integers(0, 4), min_size=m, max_size=m)), float)
    return Access.of(w, d, status=status, cost=cost * draw(st.sampled_from([1.0, 0.3])), unreached=True)


def least(access: Access, coverage: float, radius: float, by_cost: bool, budget: float | None) -> float | None:
    """By enumeration; None if no choice covers enough."""
    assert access.status is not None and access.cost is not None
    kept, m = access.status == "existing", access.site.size
    price = np.where(kept, 0.0, access.cost if by_cost else 1.0)
    total = access.weight.sum()
    best = None
    for size in range(m + 1):
        for some in combinations(range(m), size):
            y = np.zeros(m, bool)
            y[list(some)] = True
            if not y[kept | (access.status == "required")].all() or y[access.status == "forbidden"].any():
                continue
            if budget is not None and access.cost[y & ~kept].sum() > budget + 1e-9:
                continue
            covered = access.weight[((access.distance <= radius) & y).any(axis=1)].sum()
            if covered >= coverage * total - 1e-7 * total and (best is None or price[y].sum() < best):
                best = float(price[y].sum())
    return best


@given(towns(), st.sampled_from(SHARES), st.sampled_from([0.0, 1.0, 2.5, 4.0]), st.booleans(), st.booleans())
def test_fast_program_and_enumeration_agree(
    access: Access, coverage: float, radius: float, by_cost: bool, limited: bool
) -> None:
    assert access.cost is not None and access.status is not None
    budget = float(access.cost[access.status == "required"].sum()) + 3.0 if limited else None
    wanted = least(access, coverage, radius, by_cost, budget)
    question = PartialCovering(coverage=coverage, radius=radius, by_cost=by_cost, budget=budget)
    for method in ("fast", "program"):
        found = locate(question, access, method=method)
        if wanted is None:
            assert found.status is Status.INFEASIBLE
            continue
        assert found.status is Status.PROVEN, found.message
        assert found.value == pytest.approx(wanted, abs=1e-6)
        if method == "fast":
            assert found.verified_bound == pytest.approx(wanted, abs=1e-6)


def test_three_of_ten_may_be_left_out_when_seventy_per_cent_are_asked_for() -> None:
    # 1 - 0.7 is a hair less than 0.3
    access = Access.of([3, 7], [[0, 9], [9, 0]])
    assert locate(PartialCovering(coverage=0.7, radius=1.0), access).chosen == ["1"]


def test_it_is_the_least_number_with_which_maximal_covering_reaches_the_share() -> None:
    rng = np.random.default_rng(4)
    people, sites, w = rng.uniform(0, 10, (5000, 2)), rng.uniform(0, 10, (60, 2)), rng.integers(1, 100, 5000)
    access = Access.of(w, nearby(people, sites, 1.5), unreached=True)
    found = locate(PartialCovering(coverage=0.7), access)
    assert found.status is Status.PROVEN and found.value is not None
    p = round(found.value)
    allowed = 0.3 * w.sum()
    below, at = (locate(MaximalCovering(p=k), access) for k in (p - 1, p))
    assert below.status is at.status is Status.PROVEN
    assert below.value is not None and below.value > allowed
    assert at.value is not None and at.value <= allowed


def test_a_share_out_of_reach_is_explained_in_numbers() -> None:
    access = Access.of([30, 70], [[0, 9], [9, 9]], weight_unit="people")
    question = PartialCovering(coverage=0.5, radius=1.0)
    found = partial(question, access, Terms())
    assert found.state == "infeasible"
    assert "30 of 100 people" in found.message
    located = locate(question, access)
    assert located.status is Status.INFEASIBLE
    assert located.message


def test_a_stopped_run_is_not_called_proven() -> None:
    rng = np.random.default_rng(2)
    people, sites = rng.uniform(0, 30, (20_000, 2)), rng.uniform(0, 30, (300, 2))
    access = Access.of(rng.integers(1, 101, 20_000), nearby(people, sites, 3.0), unreached=True)
    assert partial(PartialCovering(coverage=0.8), access, Terms(Clock(0.0))).state == "stopped"
    located = locate(PartialCovering(coverage=0.8), access, time_limit=0.001)
    assert located.status in (Status.TIME_LIMIT, Status.NO_PLAN)


def test_everything_wrong_is_said_at_once() -> None:
    access = Access.of([1], [[1.0]])
    with pytest.raises(InstanceError) as told:
        locate(PartialCovering(coverage=1.5, radius=-2.0, by_cost=True), access)
    for part in ("coverage: 1.5", "radius: -2.0", "cost: the data say nothing"):
        assert part in str(told.value)
