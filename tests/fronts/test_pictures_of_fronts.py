from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.fronts.picture import edges, excluded_below, write_picture
from solver.fronts.summary import proof
from solver.fronts.tables import alternatives
from solver.pareto.front import Label
from tests.fronts.small import listed


@given(st.integers(0, 10_000))
def test_no_plan_lies_where_the_picture_says_that_there_is_none(seed: int) -> None:
    case = listed(2, items=6, seed=seed, known=0.5)
    level = excluded_below(case.front.bounds, case.values[:, 0])
    assert (case.values[:, 1] >= level - 1e-9).all()


@given(st.integers(0, 10_000))
def test_the_shade_is_as_large_as_the_facts_allow(seed: int) -> None:
    bounds = listed(2, items=6, seed=seed).front.bounds
    rng = np.random.default_rng(seed)
    spots = rng.uniform(0, 200, (200, 2))
    level = excluded_below(bounds, spots[:, 0])
    stated = [
        any((y <= f.within).all() and f.weights @ y < f.value for f in bounds.facts) or (y < bounds.ideal).any()
        for y in spots
    ]
    assert (spots[:, 1] < level).tolist() == stated


def test_the_picture_looks_on_both_sides_of_every_step() -> None:
    case = listed(2, seed=4)
    x = edges(case.front.bounds, case.front.points, 0.0, 300.0)
    steps = [float(f.within[0]) for f in case.front.bounds.facts if 0 < f.within[0] < 300]
    assert steps and (np.diff(x) > 0).all()
    for step in steps:
        at = int(np.searchsorted(x, step))
        assert x[at] == step and 0 < step - x[at - 1] < 1e-3 and 0 < x[at + 1] - step < 1e-3


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("objectives", [2, 3])
def test_the_same_front_gives_the_same_picture_in_both_languages(tmp_path: Path, objectives: int, lang: str) -> None:
    front = listed(objectives, known=0.7).front
    for name, head in (("a.png", b"\x89PNG"), ("b.svg", b"<?xml")):
        first = write_picture(front, tmp_path / name, lang, title="Boxes", foot=" ".join(proof(front, 0.05, lang)))
        again = write_picture(
            front, tmp_path / f"again-{name}", lang, title="Boxes", foot=" ".join(proof(front, 0.05, lang))
        )
        assert first.read_bytes().startswith(head) and first.read_bytes() == again.read_bytes()
    assert len(list(tmp_path.iterdir())) == 4


def test_a_front_of_which_nothing_is_known_from_below_can_be_drawn(tmp_path: Path) -> None:
    front = listed(2).front
    blind = dataclasses.replace(
        front,
        ideal=np.full(2, -np.inf),
        bounds=dataclasses.replace(front.bounds, ideal=np.full(2, -np.inf), facts=[]),
        labels=(Label.FOUND,) * len(front),
        epsilon=np.inf,
    )
    assert write_picture(blind, tmp_path / "blind.png").stat().st_size > 5000


def test_a_picture_of_nothing_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    front = listed(2).front
    with pytest.raises(ValueError, match=r"png or \.svg"):
        write_picture(front, tmp_path / "front.pdf")
    with pytest.raises(ValueError, match="without points"):
        write_picture(dataclasses.replace(front, points=np.empty((0, 2))), tmp_path / "front.png")
    assert list(tmp_path.iterdir()) == []


@given(st.integers(0, 10_000), st.integers(2, 3), st.integers(3, 8))
def test_the_best_in_each_objective_is_always_among_the_representatives(seed: int, objectives: int, most: int) -> None:
    front = listed(objectives, items=8, seed=seed).front
    shown = alternatives(front, most)
    assert len(shown) == len(set(shown.tolist())) == min(most, len(front))
    assert (front.points[shown].min(axis=0) == front.points.min(axis=0)).all()
