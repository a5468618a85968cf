"""p-dispersion and p-maxian: fast searches, programs and enumeration agree."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formulations.location.access import Access
from formulations.location.question import Limit
from formulations.location.spread.p_dispersion import PDispersion
from formulations.location.spread.p_maxian import PMaxian
from formulations.measures.fairness import Largest
from instances.schema import InstanceError
from solver.locating.locate import locate
from solver.locating.spread.cliques import Cliques

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
STATUS = ["candidate", "candidate", "candidate", "existing", "required", "forbidden"]


@st.composite
def sites(draw):
    m = draw(st.integers(3, 7))
    xy = np.array(draw(st.lists(st.integers(0, 4), min_size=2 * m, max_size=2 * m)), float).reshape(m, 2)
    between = np.abs(xy[:, None] - xy[None]).sum(axis=2)
    status = draw(st.lists(st.sampled_from(STATUS), min_size=m, max_size=m))
    cost = np.array(draw(st.lists(st.integers(0, 4), min_size=m, max_size=m)), float)
    return between, status, cost, draw(st.integers(1, 3)), draw(st.none() | st.integers(2, 9))


def choices(status, cost, p, budget):
    status = np.array(status)
    kept = status == "existing"
    for chosen in combinations(np.flatnonzero(~kept & (status != "forbidden")), p):
        opened = kept.copy()
        opened[list(chosen)] = True
        if opened[status == "required"].all() and (budget is None or cost[list(chosen)].sum() <= budget):
            yield opened, kept


def told_by_both(question, access, best):
    for method in ("fast", "program") if not (question.budget and isinstance(question, PMaxian)) else ("program",):
        told = locate(question, access, method=method)
        if best is None:
            assert told.status.value == "infeasible"
            continue
        assert told.good, told.message
        assert told.value == pytest.approx(best, abs=1e-6)
        if told.verified_bound is not None:
            assert told.verified_bound >= best - 1e-6


@given(sites())
@QUICK
def test_dispersion_by_bisection_program_and_enumeration_agree(case):
    between, status, cost, p, budget = case
    access, question = Access.of_sites(between, status=status, cost=cost), PDispersion(p, budget=budget)
    if question.faults(access):
        return
    values = [
        min(between[i, j] for i, j in combinations(np.flatnonzero(o), 2) if not (k[i] and k[j]))
        for o, k in choices(status, cost, p, budget)
    ]
    told_by_both(question, access, max(values, default=None))


@given(sites(), st.sampled_from(["nearest", "all"]), st.lists(st.integers(0, 3), min_size=4, max_size=4))
@QUICK
def test_maxian_by_search_program_and_enumeration_agree(case, counts, people):
    between, status, cost, p, budget = case
    weight = np.array(people, float)
    weight[0] = 2
    distance = np.vstack([between, between[::-1]])[:4]
    weight = weight[: len(distance)]
    access = Access.of(weight, distance, status=status, cost=cost)
    question = PMaxian(p, counts, budget=budget)
    if question.faults(access):
        return
    values = [
        float(weight @ (distance[:, o].min(axis=1) if counts == "nearest" else distance[:, o].mean(axis=1)))
        for o, _ in choices(status, cost, p, budget)
    ]
    told_by_both(question, access, max(values, default=None))


@given(sites(), st.floats(0.5, 6))
@QUICK
def test_cliques_hold_every_clash_and_bound_every_set_without_one(case, length):
    between = case[0]
    clash = between < length
    np.fill_diagonal(clash, False)
    cliques = Cliques.of(clash)
    A = cliques.A.toarray() > 0
    assert A.any(axis=0).all()
    for row in A:
        members = np.flatnonzero(row)
        assert clash[np.ix_(members, members)].sum() == len(members) * (len(members) - 1)
    for i, j in zip(*np.nonzero(clash), strict=True):
        assert (A[:, i] & A[:, j]).any()
    m = len(between)
    largest = max(len(c) for k in range(m + 1) for c in combinations(range(m), k) if not clash[np.ix_(c, c)].any())
    rng = np.random.default_rng(0)
    for _ in range(5):
        assert cliques.most(rng.random(len(A)) * 2 - 0.5) >= largest - 1e-9


def scattered(m, seed=0):
    xy = np.random.default_rng(seed).random((m, 2)) * 1000
    between = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return Access.of_sites((between + between.T) / 2)


def test_labels_of_sites_do_not_matter_and_one_site_more_is_never_farther_apart():
    access = scattered(40)
    values = [locate(PDispersion(p), access).value for p in (2, 4, 6, 8)]
    assert values == sorted(values, reverse=True)
    assert values[0] == access.between.max()
    order = np.random.default_rng(1).permutation(40)
    other = Access.of_sites(access.between[np.ix_(order, order)])
    assert locate(PDispersion(6), other).value == values[2]


def test_existing_sites_keep_new_ones_away_and_their_own_nearness_does_not_count():
    line = np.abs(np.subtract.outer([0.0, 1.0, 5.0, 9.0], [0.0, 1.0, 5.0, 9.0]))
    access = Access.of_sites(line, site=list("abcd"), status=["existing", "existing", "candidate", "candidate"])
    told = locate(PDispersion(1), access)
    assert (told.chosen, told.value, told.status.value) == (["d"], 8.0, "proven")


def test_a_dispersion_search_that_is_stopped_never_says_proven():
    told = locate(PDispersion(60), scattered(500), time_limit=0.3)
    assert told.status.value in ("time limit", "no plan")
    if told.value is not None and told.bound is not None:
        assert told.bound >= told.value


def test_a_maxian_search_that_is_stopped_never_says_proven():
    rng = np.random.default_rng(2)
    told = locate(PMaxian(25), Access.of(np.ones(300), rng.random((300, 300))), time_limit=0.3)
    assert told.status.value in ("time limit", "no plan")
    if told.value is not None:
        assert told.verified_bound >= told.value


def test_one_maxian_site_is_the_most_remote_one_either_way():
    rng = np.random.default_rng(3)
    distance, weight = rng.random((30, 12)), rng.integers(1, 9, 30).astype(float)
    access = Access.of(weight, distance)
    for counts in ("nearest", "all"):
        told = locate(PMaxian(1, counts), access)
        assert told.open_sites == [str(int((weight @ distance).argmax()))]
        assert told.status.value == "proven"


def test_what_cannot_be_asked_is_named():
    near = np.array([[0.0, 1.0], [1.0, 0.0]])
    people = Access.of([1.0, 1.0], near)
    for question, access, says in [
        (PDispersion(2), people, "give between"),
        (PDispersion(1), Access.of_sites(near), "two sites"),
        (PDispersion(None), Access.of_sites(near), "p: None"),
        (PDispersion(2, limits=(Limit(Largest(), 1.0),)), Access.of_sites(near), "fairness"),
        (PMaxian(1), Access.of_sites(near), "nobody lives"),
        (PMaxian(1, "some"), people, "counts"),
        (PMaxian(1), Access.of([1.0, 1.0], [[1.0, np.inf], [1.0, 2.0]]), "lack the distance"),
    ]:
        with pytest.raises(InstanceError, match=says):
            locate(question, access)
    with pytest.raises(InstanceError, match="differ from the way back"):
        Access.of_sites([[0.0, 1.0], [2.0, 0.0]])
    with pytest.raises(InstanceError, match="expected \\(sites, sites\\)"):
        Access.of_sites([[0.0, 1.0]])
