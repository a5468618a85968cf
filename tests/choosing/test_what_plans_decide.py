"""Shared decisions and families of plans, against definitions, enumeration and scikit-learn."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from formulations.algebra.program import Program
from formulations.plan import IntegratedPlan, StockRules
from instances.index import Index
from solver.choosing import Choices, choices, clusters, decisions
from solver.choosing import medoids as module
from solver.choosing.clusters import distances, silhouette
from solver.choosing.medoids import cost, medoids
from tests.instances.tiny import tiny_instance

BITS = st.tuples(st.integers(1, 9), st.integers(1, 8)).flatmap(lambda shape: arrays(bool, shape))


def made(bits: np.ndarray) -> Choices:
    m = bits.shape[1]
    return Choices(tuple(f"open[{k}]" for k in range(m)), ("open",) * m, np.asarray(bits, bool))


# -- shared decisions ------------------------------------------------------------------------------------------------


def test_what_all_do_is_the_core_and_what_some_do_is_optional() -> None:
    table = decisions(made(np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 0, 0]])))
    assert table["label"].tolist() == ["open[0]", "open[1]", "open[2]", "open[3]"]
    assert table["plans"].tolist() == [3, 2, 1, 0]
    assert table["share"].to_numpy() == pytest.approx([1, 2 / 3, 1 / 3, 0])
    assert table["kind"].tolist() == ["core", "optional", "optional", "never"]
    looser = decisions(made(np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 0, 0]])), core=0.6)
    assert looser["kind"].tolist() == ["core", "core", "optional", "never"]


@given(BITS, st.data())
def test_with_fewer_plans_the_core_never_shrinks(bits: np.ndarray, data: st.DataObject) -> None:
    some = data.draw(st.sets(st.integers(0, len(bits) - 1), min_size=1))
    core = [set(decisions(c).query("kind == 'core'")["label"]) for c in (made(bits), made(bits).only(sorted(some)))]
    assert core[0] <= core[1]


def test_first_stage_decisions_are_found_by_themselves_and_named() -> None:
    town = tiny_instance(demand=4, sites=3, seed=0)
    question = IntegratedPlan(stock=StockRules(), harden="all", objectives=("cost", "unserved"))
    matrix = question.build(town).matrix()
    x = np.zeros((2, matrix.shape[1]))
    x[0, matrix.columns["open"].start + 1] = 0.9999999
    x[1, matrix.columns["harden"].start] = 1.0
    found = choices(matrix, x)
    assert set(found.blocks) == {"open", "harden"}
    assert found.open(0) == (matrix.column_label(matrix.columns["open"].start + 1),)
    assert found.open(1) == (matrix.column_label(matrix.columns["harden"].start),)
    assert set(choices(matrix, x, ["open"]).blocks) == {"open"}
    with pytest.raises(ValueError, match="no variable named 'opne'"):
        choices(matrix, x, ["opne"])
    with pytest.raises(ValueError, match="expected \\(plans"):
        choices(matrix, x[:, :3])


def test_numbers_and_decisions_in_scenarios_are_no_choices() -> None:
    program, site = Program("p"), Index.named("site", ["a", "b"])
    scenario = Index.named("scenario", ["s", "t"])
    program.binary("open", site)
    program.binary("turn", site, scenario)
    program.variable("count", site, upper=3, integer=True)
    program.variable("share", site, upper=1)
    program.minimize(cost=program.constant(0.0))
    assert choices(program.matrix(), np.ones((1, 10))).labels == ("open[a]", "open[b]")


# -- families --------------------------------------------------------------------------------------------------------


def test_three_ways_of_building_a_city_are_three_families() -> None:
    ways = np.kron(np.eye(3, dtype=int), np.ones(6, int))
    bits = np.repeat(ways, 4, axis=0)
    bits[np.arange(12), np.tile(np.arange(4), 3) + 6 * np.repeat(np.arange(3), 4)] = 0
    for metric in ("jaccard", "hamming"):
        found = clusters(made(bits), metric=metric)
        assert found.family.tolist() == np.repeat(found.family[[0, 4, 8]], 4).tolist()
        assert len(found.medoids) == 3 and found.silhouette > 0.5
        assert found.tried[3] == max(found.tried.values())
        assert sorted(np.concatenate([found.members(k) for k in range(3)]).tolist()) == list(range(12))


def test_plans_that_decide_alike_are_one_family() -> None:
    assert clusters(made(np.ones((5, 3), int))).medoids == (0,)
    assert clusters(made(np.array([[1, 0], [0, 1]]))).family.tolist() == [0, 0]
    with pytest.raises(ValueError, match="decide differently"):
        clusters(made(np.ones((5, 3), int)), 2)
    with pytest.raises(ValueError, match="is unknown"):
        clusters(made(np.ones((5, 3), int)), metric="euclid")


@given(BITS)
def test_distances_are_those_of_sets(bits: np.ndarray) -> None:
    jaccard, hamming = distances(bits), distances(bits, "hamming")
    for a, b in combinations(range(len(bits)), 2):
        A, B = set(np.flatnonzero(bits[a])), set(np.flatnonzero(bits[b]))
        assert jaccard[a, b] == pytest.approx(len(A ^ B) / len(A | B) if A | B else 0.0)
        assert hamming[a, b] == pytest.approx(len(A ^ B) / bits.shape[1])


@given(BITS, st.integers(1, 4))
def test_medoids_are_the_best_of_all_subsets(bits: np.ndarray, k: int) -> None:
    assume(k <= len(bits))
    D = distances(bits)
    least = min(D[:, list(c)].min(axis=1).sum() for c in combinations(range(len(D)), k))
    assert cost(D, medoids(D, k)) == pytest.approx(least)


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_beyond_enumeration_no_exchange_of_one_medoid_is_better(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    D = distances(rng.random((25, 12)) < 0.4)
    chosen = module._swapped(D, module._built(D, k))
    assert len(set(chosen)) == k and chosen == module._swapped(D, module._built(D, k))
    now = cost(D, chosen)
    for m in range(k):
        for other in range(len(D)):
            swapped = tuple(other if j == m else c for j, c in enumerate(chosen))
            assert cost(D, swapped) >= now - 1e-9


@given(BITS, st.integers(0, 1000))
def test_the_silhouette_is_that_of_scikit_learn(bits: np.ndarray, seed: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    family = np.random.default_rng(seed).integers(0, 3, len(bits))
    assume(2 <= len(np.unique(family)) <= len(bits) - 1)
    D = distances(bits)
    assert silhouette(D, family) == pytest.approx(metrics.silhouette_score(D, family, metric="precomputed"), abs=1e-9)


@given(BITS)
def test_the_number_of_families_is_the_one_that_stands_apart_best(bits: np.ndarray) -> None:
    found = clusters(made(bits))
    assert found.silhouette == pytest.approx(max(found.tried.values()))
    for k, middle in enumerate(found.medoids):
        assert found.family[middle] == k
    near = found.distance[:, list(found.medoids)]
    assert near[np.arange(len(bits)), found.family] == pytest.approx(near.min(axis=1))
