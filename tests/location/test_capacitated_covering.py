"""Covering with capacities: the program and enumeration agree, divided and undivided; too little room is explained."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from formulations.location.access import Access
from formulations.location.covering.capacitated_covering import CapacitatedMaximalCovering
from formulations.location.covering.capacitated_set_covering import CapacitatedSetCovering
from formulations.location.covering.maximal_covering import MaximalCovering
from formulations.location.siting import Siting
from instances.schema import InstanceError
from solver.locating.locate import locate
from solver.solution import Status


@st.composite
def towns(draw: st.DrawFn) -> Access:
    """Ties, pairs out of reach, empty points; a unit of demand may take more or less room than it counts people."""
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    d = np.array(draw(st.lists(st.lists(st.integers(0, 5), min_size=m, max_size=m), min_size=n, max_size=n)), float)
    d[d == 5] = np.inf
    d[np.isinf(d).all(axis=1), 0] = 2.0
    w = np.array(draw(st.lists(st.integers(0, 5), min_size=n, max_size=n)), float)
    w[0] = max(w[0], 1.0)
    amount = np.array(draw(st.lists(st.integers(0, 5), min_size=n, max_size=n)), float) if draw(st.booleans()) else None
    capacity = np.array(draw(st.lists(st.sampled_from([0, 2, 4, 6, 99]), min_size=m, max_size=m)), float)
    capacity[capacity == 99] = np.inf
    kind = st.sampled_from(["candidate"] * 4 + ["existing", "forbidden"])
    status = draw(st.lists(kind, min_size=m, max_size=m))
    cost = draw(st.lists(st.integers(1, 4), min_size=m, max_size=m))
    return Access.of(w, d, capacity=capacity, amount=amount, status=status, cost=cost)


def choices(access: Access) -> list[np.ndarray]:
    assert access.status is not None
    m = access.site.size
    found = []
    for size in range(m + 1):
        for some in combinations(range(m), size):
            y = np.zeros(m, bool)
            y[list(some)] = True
            if y[access.status == "existing"].all() and not y[access.status == "forbidden"].any():
                found.append(y)
    return found


def reached(access: Access, y: np.ndarray, radius: float, undivided: bool) -> float:
    """Most people with room within the radius when these sites are open."""
    assert access.capacity is not None
    near = (access.distance <= radius) & y & (access.weight > 0)[:, None]
    if undivided:
        best = 0.0
        for goes in product(*([-1, *np.flatnonzero(row).tolist()] for row in near)):
            load = np.zeros(access.site.size)
            for i, j in enumerate(goes):
                if j >= 0:
                    load[j] += access.takes[i]
            if (load <= access.capacity + 1e-9).all():
                best = max(best, sum(access.weight[i] for i, j in enumerate(goes) if j >= 0))
        return best
    i, j = np.nonzero(near)
    if not len(i):
        return 0.0
    room = np.isfinite(access.capacity)
    rows = [np.where(i == k, 1.0, 0.0) for k in range(access.demand.size)]
    rows += [np.where(j == k, access.takes[i], 0.0) for k in np.flatnonzero(room)]
    found = linprog(
        -access.weight[i],
        A_ub=np.array(rows),
        b_ub=[*np.ones(access.demand.size), *access.capacity[room]],
        bounds=(0, 1),
    )
    return float(-found.fun)


@settings(max_examples=40)
@given(towns(), st.sampled_from([1.0, 2.5, 4.0]), st.booleans(), st.integers(0, 3))
def test_as_many_people_as_enumeration_finds_room_for(access: Access, radius: float, undivided: bool, p: int) -> None:
    assert access.status is not None
    kept = access.status == "existing"
    p = min(p, int((access.status == "candidate").sum()))
    values = [reached(access, y, radius, undivided) for y in choices(access) if (y & ~kept).sum() == p]
    found = locate(CapacitatedMaximalCovering(p=p, radius=radius, undivided=undivided), access)
    assert found.status is Status.PROVEN, found.message
    assert found.judgement is not None
    assert found.judgement.objectives["covered"] == pytest.approx(max(values), abs=1e-5)


@settings(max_examples=40)
@given(towns(), st.sampled_from([2.5, 4.0]), st.booleans(), st.booleans())
def test_the_fewest_or_cheapest_sites_with_room_for_everybody(
    access: Access, radius: float, undivided: bool, by_cost: bool
) -> None:
    assert access.status is not None and access.cost is not None
    price = np.where(access.status == "existing", 0.0, access.cost if by_cost else 1.0)
    total = access.weight.sum()
    values = [price[y].sum() for y in choices(access) if reached(access, y, radius, undivided) >= total - 1e-6]
    question = CapacitatedSetCovering(radius=radius, undivided=undivided, by_cost=by_cost)
    if not (access.distance <= radius)[access.weight > 0].any(axis=1).all():
        with pytest.raises(InstanceError, match=r"radius: .* demand points have no site within"):
            locate(question, access)
        return
    found = locate(question, access)
    if not values:
        assert found.status is Status.INFEASIBLE
    else:
        assert found.status is Status.PROVEN, found.message
        assert found.value == pytest.approx(min(values), abs=1e-6)


def test_without_limits_of_capacity_it_is_maximal_covering() -> None:
    rng = np.random.default_rng(6)
    d = rng.integers(0, 20, (60, 15)).astype(float)
    w = rng.integers(1, 30, 60)
    free = locate(MaximalCovering(p=3, radius=2.0), Access.of(w, d))
    wide = locate(CapacitatedMaximalCovering(p=3, radius=2.0), Access.of(w, d, capacity=np.full(15, np.inf)))
    assert free.status is wide.status is Status.PROVEN
    assert free.value == pytest.approx(wide.value)


def test_an_overfull_site_and_a_trip_beyond_the_radius_are_seen() -> None:
    access = Access.of([4, 4], [[1, 9], [2, 9]], capacity=[5, 5])
    everybody_to_the_first = Siting(np.array([True, False]), np.array([0, 1]), np.array([0, 0]), np.ones(2))
    judgement = CapacitatedMaximalCovering(p=1, radius=1.0).judge(access, everybody_to_the_first)
    broken = {check.rule: check.by for check in judgement.checks if check.count}
    assert broken == {"room": 3.0, "radius": 1.0}


def test_unknown_capacities_and_costs_are_named() -> None:
    access = Access.of([1], [[1.0]])
    with pytest.raises(InstanceError, match="capacity: the data say nothing"):
        locate(CapacitatedMaximalCovering(p=1), access)
    with pytest.raises(InstanceError, match="cost: the data say nothing"):
        locate(CapacitatedSetCovering(by_cost=True), Access.of([1], [[1.0]], capacity=[1]))


def test_too_little_room_is_explained() -> None:
    access = Access.of([4, 4], [[0, 1], [1, 0]], capacity=[3, 3])
    found = locate(CapacitatedSetCovering(radius=2.0), access)
    assert found.status is Status.INFEASIBLE
    assert "8" in found.message and "6" in found.message
