"""Demand with the same cover set is one, exactly; pairs from coordinates are those of the distance formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.location import cover_sets
from formulations.location.access import Access
from formulations.location.cover_sets import CoverSets
from formulations.location.nearby import nearby
from formulations.location.pairs import Pairs
from instances.schema import InstanceError
from solver.locating.coverage.blocks import blocks
from solver.locating.coverage.shortage import Shortage


@st.composite
def small(draw: st.DrawFn) -> Access:
    n, m = draw(st.integers(1, 12)), draw(st.integers(1, 5))
    d = np.array(draw(st.lists(st.lists(st.integers(0, 6), min_size=m, max_size=m), min_size=n, max_size=n)), float)
    d[d == 6] = np.inf
    w = np.array(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), float)
    w[0] = max(w[0], 1.0)
    return Access.of(w, d, unreached=True)


@given(small(), st.one_of(st.none(), st.integers(0, 6)))
def test_points_share_a_set_exactly_if_the_same_sites_cover_them(access: Access, radius: int | None) -> None:
    sets = CoverSets.of(access, radius)
    limit = np.finfo(float).max if radius is None else radius
    wanted: dict[tuple[int, ...], float] = {}
    for i in range(access.demand.size):
        near = tuple(np.flatnonzero(access.distance[i] <= limit).tolist())
        if access.weight[i] > 0:
            wanted[near] = wanted.get(near, 0.0) + access.weight[i]
            assert tuple(sets.cover[[sets.of_demand[i]]].indices.tolist()) == near
        else:
            assert sets.of_demand[i] == -1
    found = {tuple(sets.cover[[k]].indices.tolist()): sets.weight[k] for k in range(sets.size)}
    assert found == wanted
    assert (sets.of_demand[sets.first] == np.arange(sets.size)).all()


def test_sets_whose_sums_agree_by_chance_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    honest, calls = cover_sets._sums, []

    def clash(pairs: Pairs, end: np.ndarray, code: np.ndarray) -> np.ndarray:
        calls.append(1)
        return np.zeros(pairs.points, np.uint64) if len(calls) == 1 else honest(pairs, end, code)

    monkeypatch.setattr(cover_sets, "_sums", clash)
    sets = CoverSets.of(Access.of([1, 1, 1], [[0, 9], [9, 0], [0, 9]]), 5)
    assert len(calls) == 2
    assert sets.of_demand.tolist() == [0, 1, 0]


def test_many_rows_in_small_blocks_give_the_same_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    access = Access.of(rng.integers(0, 3, 200) + 0.5, rng.integers(0, 5, (200, 4)))
    whole = CoverSets.of(access, 2)
    monkeypatch.setattr(cover_sets, "BLOCK", 7)
    parts = CoverSets.of(access, 2)
    assert (whole.of_demand == parts.of_demand).all()
    assert (whole.cover.toarray() == parts.cover.toarray()).all()
    assert whole.weight.tolist() == parts.weight.tolist()


@given(small())
def test_all_sets_of_a_block_have_a_site_in_common(access: Access) -> None:
    shortage = Shortage.of(CoverSets.of(access, None), (1.0,))
    block = blocks(shortage)
    assert (block >= 0).all()
    for b in range(block.max(initial=-1) + 1):
        assert (shortage.cover[np.flatnonzero(block == b)].toarray() > 0).all(axis=0).any()


@given(st.integers(0, 40), st.integers(1, 8), st.sampled_from([0.0, 1.0, 2**0.5, 2.0, 5**0.5, np.inf]))
def test_pairs_from_coordinates_are_those_within_the_distance(n: int, m: int, within: float) -> None:
    rng = np.random.default_rng(n * 10 + m)
    people, places = rng.integers(0, 4, (n, 2)).astype(float), rng.integers(0, 4, (m, 2)).astype(float)
    distance = np.hypot(people[:, None, 0] - places[None, :, 0], people[:, None, 1] - places[None, :, 1])
    distance[distance > within] = np.inf
    found, wanted = nearby(people, places, within), Pairs.dense(distance)
    assert found.sites == m
    assert found.start.tolist() == wanted.start.tolist()
    assert found.site.tolist() == wanted.site.tolist()
    assert found.distance.tolist() == wanted.distance.tolist()


def test_pairs_are_the_same_in_small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    from formulations.location import nearby as module

    rng = np.random.default_rng(5)
    people, places = rng.uniform(0, 9, (500, 2)), rng.uniform(0, 9, (20, 2))
    whole = nearby(people, places, 2.0)
    monkeypatch.setattr(module, "BLOCK", 1)
    parts = nearby(people, places, 2.0)
    assert whole.site.tolist() == parts.site.tolist()
    assert whole.start.tolist() == parts.start.tolist()


def test_coordinates_that_are_missing_are_named_all_at_once() -> None:
    with pytest.raises(InstanceError) as told:
        nearby([[0.0, np.nan], [1.0, 1.0]], [[1.0, 2.0, 3.0]], -1.0)
    text = str(told.value)
    assert "1 points missing or infinite, first at position 0" in text
    assert "expected (points, 2)" in text
    assert "within: -1.0" in text
