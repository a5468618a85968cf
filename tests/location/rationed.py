"""Small questions with capacities and costs, and their answers by trying everything: no program, no row of ours."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from formulations.location.access import Access
from formulations.location.question import Question
from solver.locating.locate import locate
from solver.solution import Status

STATUS = ("candidate", "candidate", "candidate", "existing", "required", "forbidden")


@dataclass(frozen=True)
class Case:
    """Data, how many sites (None: any number) and how much money (None: no limit)."""

    access: Access
    p: int | None
    budget: float | None

    def choices(self) -> Iterator[NDArray[np.bool_]]:
        """All choices of open sites that keep the rules."""
        a = self.access
        status = np.full(a.site.size, "candidate") if a.status is None else a.status
        kept = status == "existing"
        for choice in itertools.product((False, True), repeat=a.site.size):
            y = np.array(choice)
            forced = (kept | (status == "required")) & ~y
            if forced.any() or (y & (status == "forbidden")).any():
                continue
            new = y & ~kept
            if self.p is not None and int(new.sum()) != self.p:
                continue
            if self.budget is not None and a.cost is not None and float(a.cost[new].sum()) > self.budget:
                continue
            yield y

    def best(self, worth: Callable[[NDArray[np.bool_]], float]) -> float:
        """The least worth of any choice, infinite without one."""
        return min((worth(y) for y in self.choices()), default=math.inf)

    def opening(self, y: NDArray[np.bool_]) -> float:
        """What open sites cost that were not there before."""
        a = self.access
        assert a.cost is not None
        return float(a.cost[y & ~a.is_status("existing")].sum())


def travelled(access: Access, y: NDArray[np.bool_], undivided: bool, room: bool = True) -> float:
    """Least weight times distance with these sites open, infinite if somebody is left out."""
    who, open_ = np.flatnonzero(access.weight > 0), np.flatnonzero(y)
    if not len(open_):
        return math.inf
    cost = access.weight[who, None] * access.distance[np.ix_(who, open_)]
    amount = access.takes[who]
    hold = np.full(len(open_), np.inf) if access.capacity is None or not room else access.capacity[open_]
    if undivided:
        return min((_assigned(cost, amount, hold, to) for to in _ways(cost)), default=math.inf)
    return _transported(cost, amount, hold)


def longest(access: Access, y: NDArray[np.bool_], undivided: bool) -> float:
    """Least longest way with these sites open, infinite if somebody is left out."""
    who, open_ = np.flatnonzero(access.weight > 0), np.flatnonzero(y)
    if not len(open_):
        return math.inf
    assert access.capacity is not None
    way, amount, hold = access.distance[np.ix_(who, open_)], access.takes[who], access.capacity[open_]
    if undivided:
        fits = (to for to in _ways(way) if _fits(amount, hold, to))
        return min((float(way[np.arange(len(who)), to].max()) for to in fits), default=math.inf)
    for length in np.unique(way[np.isfinite(way)]):
        if math.isfinite(_transported(np.where(way <= length, 0.0, np.inf), amount, hold)):
            return float(length)
    return math.inf


def _ways(cost: Any) -> Iterator[list[int]]:
    for to in itertools.product(*(np.flatnonzero(np.isfinite(row)).tolist() for row in cost)):
        yield list(to)


def _fits(amount: Any, hold: Any, to: list[int]) -> bool:
    return bool((np.bincount(to, amount, minlength=len(hold)) <= hold + 1e-9).all())


def _assigned(cost: Any, amount: Any, hold: Any, to: list[int]) -> float:
    return float(cost[np.arange(len(to)), to].sum()) if _fits(amount, hold, to) else math.inf


def _transported(cost: Any, amount: Any, hold: Any) -> float:
    """Transportation problem by SciPy's linear programming."""
    n, m = cost.shape
    there = np.isfinite(cost)
    served = np.kron(np.eye(n), np.ones((1, m)))
    load = np.kron(amount[None, :], np.eye(m))
    limited = np.isfinite(hold)
    answer = linprog(
        np.where(there, cost, 0.0).ravel(),
        A_ub=load[limited] if limited.any() else None,
        b_ub=hold[limited] if limited.any() else None,
        A_eq=served,
        b_eq=np.ones(n),
        bounds=[(0.0, 1.0 if near else 0.0) for near in there.ravel()],
    )
    return float(answer.fun) if answer.status == 0 else math.inf


@st.composite
def cases(draw: st.DrawFn, points: int = 4, sites: int = 4) -> Case:
    """Few points and sites; ties, points without people, pairs out of reach, all kinds of sites, tight capacities."""
    n, m = draw(st.integers(1, points)), draw(st.integers(1, sites))
    weight = np.array(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), float)
    weight[draw(st.integers(0, n - 1))] += 1
    way = np.array(draw(st.lists(st.integers(0, 6), min_size=n * m, max_size=n * m)), float).reshape(n, m)
    far = np.array(draw(st.lists(st.booleans(), min_size=n * m, max_size=n * m))).reshape(n, m)
    far &= way > 3
    far[np.arange(n), way.argmin(axis=1)] = False
    room = np.array(draw(st.lists(st.integers(0, 9), min_size=m, max_size=m)), float)
    cost = np.array(draw(st.lists(st.integers(0, 9), min_size=m, max_size=m)), float)
    amount = None
    if draw(st.booleans()):
        amount = np.array(draw(st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.5]), min_size=n, max_size=n)))
    status = draw(st.lists(st.sampled_from(STATUS), min_size=m, max_size=m)) if draw(st.booleans()) else None
    held = status or ["candidate"] * m
    must = sum(s == "required" for s in held)
    may = sum(s in ("required", "candidate") for s in held)
    p = draw(st.none() | st.integers(must, may))
    spent = sum(c for c, s in zip(cost, held, strict=True) if s == "required")
    budget = draw(st.none() | st.integers(0, 15).map(lambda extra: float(spent + extra)))
    access = Access.of(weight, np.where(far, np.inf, way), capacity=room, cost=cost, status=status, amount=amount)
    return Case(access, p, budget)


def scattered(seed: int, n: int, m: int, load: float = 0.7) -> Access:
    """Places in the plane, whole amounts, sites that together hold ``1 / load`` of what is needed."""
    draw = np.random.default_rng(seed)
    people, places = draw.uniform(0, 100, (n, 2)), draw.uniform(0, 100, (m, 2))
    weight = draw.integers(1, 20, n).astype(float)
    way = np.rint(np.hypot(*(people[:, None] - places).transpose(2, 0, 1)))
    room = np.rint(draw.uniform(0.5, 1.5, m) * weight.sum() / load / m)
    return Access.of(weight, way, capacity=room, cost=np.rint(draw.uniform(200, 800, m)))


def agrees(question: Question, access: Access, truth: float) -> None:
    """The algorithm and the program find the value that trying everything found, infinite if there is no plan."""
    for method in ("fast", "program"):
        answer = locate(question, access, method=method)
        if math.isinf(truth):
            assert answer.status is Status.INFEASIBLE, (method, answer.message)
            continue
        assert answer.status is Status.PROVEN, (method, answer.message)
        assert answer.value == pytest.approx(truth, abs=1e-6)
        if method == "fast":
            assert answer.verified_bound == pytest.approx(truth, rel=1e-8, abs=1e-8)
