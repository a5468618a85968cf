from __future__ import annotations

import numpy as np
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from instances.people.overlay import Pieces, cut, cut_to_grid
from tests.people.towns import censuses, layer, partitions, run

AREAS = {"areas": {"layer": "census", "people": "people"}}
LAND = {"layer": "land", "column": "use", "weights": {"home": 1.0, "mixed": 0.25}, "assumption": "weights of a test"}


def census_of(census, **columns):
    shapes, people = census
    return layer("census", shapes, people=people, **columns)


def at(who):
    return {tuple(np.round([x, y], 6)): n for x, y, n in zip(who.x, who.y, who.people, strict=True)}


@given(censuses(), st.sampled_from([90.0, 130.0, 333.0, 1000.0, 2000.0]))
def test_squares_hold_exactly_the_people_of_the_census(census, spacing):
    who, _ = run(AREAS | {"to": {"grid": spacing}}, [census_of(census)])
    assert who.people.sum() == census[1].sum()
    assert (who.people == np.rint(who.people)).all()


@given(censuses(), st.integers(1, 60))
def test_each_census_unit_keeps_its_own_people_to_the_person(census, columns):
    shapes, people = census
    strips = [shapely.box(1000 * k / columns, 0, 1000 * (k + 1) / columns, 1000) for k in range(columns)]
    for k, shape in enumerate(shapes):
        alone = people * (np.arange(len(people)) == k)
        if alone.sum():
            who, _ = run(AREAS | {"to": {"areas": "strips"}}, [census_of((shapes, alone)), layer("strips", strips)])
            assert who.people.sum() == people[k]
            assert set(who.id) <= {f"strips{j}" for j, s in enumerate(strips) if s.intersection(shape).area > 0}


@given(censuses(fractions=True))
def test_fractions_of_people_are_rounded_to_their_whole_total(census):
    who, ledger = run(AREAS | {"to": {"grid": 170.0}}, [census_of(census)])
    assert who.people.sum() == np.rint(census[1].sum())
    if (census[1] != np.rint(census[1])).any():
        assert any("fractions" in text for text in ledger.notes)


@given(censuses(), st.integers(1, 10**6))
def test_a_known_total_is_met_to_the_person(census, total):
    rule = {"to": {"grid": 170.0}, "total": {"people": total, "assumption": "a number of this test"}}
    who, ledger = run(AREAS | rule, [census_of(census)])
    assert who.people.sum() == total
    assert any(str(total) in text for text in ledger.assumptions)


@given(censuses())
def test_targets_equal_to_the_census_change_nothing(census):
    shapes, people = census
    who, _ = run(
        AREAS | {"to": {"areas": "same"}}, [census_of(census), layer("same", shapes, [*map(str, range(len(shapes)))])]
    )
    assert dict(zip(who.id.tolist(), who.people, strict=True)) == {str(k): n for k, n in enumerate(people) if n}


@given(censuses(), partitions(), st.randoms(use_true_random=False))
def test_the_order_and_the_names_of_units_do_not_matter(census, targets, random):
    shapes, people = census
    order = list(range(len(shapes)))
    random.shuffle(order)
    rule = AREAS | {"to": {"areas": "blocks"}}
    first, _ = run(rule, [census_of(census), layer("blocks", targets)])
    other = layer("census", [shapes[k] for k in order], [f"z{-k}" for k in order], people=people[order])
    again, _ = run(rule, [other, layer("blocks", targets[::-1])])
    assert at(first) == at(again)


@given(censuses(), partitions(), st.sampled_from([0.5, 2.0, 1024.0]))
def test_scaling_all_weights_changes_nothing(census, plots, factor):
    use = ["home", "mixed", "none"] * len(plots)
    land = layer("land", plots, use=use[: len(plots)])
    scaled = LAND | {"weights": {k: v * factor for k, v in LAND["weights"].items()}}
    rules = [AREAS | {"by": {"land": how}, "to": {"grid": 130.0}} for how in (LAND, scaled)]
    first, again = (run(rule, [census_of(census), land])[0] for rule in rules)
    assert first.people.tolist() == again.people.tolist()
    assert first.id.tolist() == again.id.tolist()


@given(censuses(), partitions())
def test_nobody_is_put_on_land_without_weight_while_a_unit_has_other_land(census, plots):
    use = np.array((["home", "none"] * len(plots))[: len(plots)])
    shapes, people = census
    home = shapely.union_all(np.array(plots, object)[use == "home"])
    who, ledger = run(AREAS | {"by": {"land": LAND}, "to": {"areas": "plots"}}, [
        census_of(census), layer("land", plots, use=use), layer("plots", plots),
    ])  # fmt: skip
    assert who.people.sum() == people.sum()
    lost = [shapely.area(shapely.intersection(s, home)) == 0 for s in shapes]
    stranded = people[lost].sum()
    on_none = np.isin(who.id, [f"plots{k}" for k in np.flatnonzero(use == "none")])
    assert who.people[on_none].sum() == stranded
    assert bool(ledger.warnings) == bool(stranded)


@given(censuses(), partitions(), partitions())
def test_unrounded_shares_do_not_depend_on_how_the_targets_are_cut(census, coarse, other):
    shapes, _ = census
    n = len(shapes)
    pieces = Pieces(np.arange(n), np.array(shapes, object), np.ones(n), np.full(n, -1))
    once, target = cut(pieces, np.array(coarse, object))
    finer, _ = cut(once, np.array(other, object))
    for cutting in (once, finer, cut_to_grid(once, 137.0)[0]):
        np.testing.assert_allclose(np.bincount(cutting.unit, cutting.weights(), minlength=n), pieces.weights())
    twice, _ = cut(cut(pieces, np.array(other, object))[0], np.array(coarse, object))
    np.testing.assert_allclose(np.sort(finer.weights()), np.sort(twice.weights()), atol=1e-6)
    assert target.max() < len(coarse)


@given(censuses(), st.floats(1, 999), st.floats(1, 999))
def test_what_lies_outside_the_frame_is_left_out_by_its_area_and_booked(census, east, north):
    shapes, people = census
    box = (0.0, 0.0, east, north)
    inside = [shapely.intersection(s, shapely.box(*box)).area / s.area for s in shapes]
    expected = float(people @ np.array(inside))
    assume(expected >= 1)
    who, ledger = run(AREAS, [census_of(census)], box=box)
    assert abs(who.people.sum() - expected) <= 0.5 + 1e-6
    dropped = sum(row[4] for row in ledger.rows if row[1] == "dropped")
    assert dropped + who.people.sum() == people.sum()


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10), st.integers(1, 99)), min_size=1, max_size=40))
def test_people_on_the_corner_of_squares_are_counted_once(points):
    shapes = [shapely.Point(100 * x, 100 * y) for x, y, _ in points]
    people = [n for _, _, n in points]
    homes = layer("homes", shapes, people=people)
    by_square, _ = run({"points": {"layer": "homes"}, "to": {"grid": 100.0}}, [homes])
    assert by_square.people.sum() == sum(people)
    assert len(by_square.id) == len({(x, y) for x, y, _ in points})
    cells = [shapely.box(x, y, x + 100, y + 100) for x in range(-100, 1001, 100) for y in range(-100, 1001, 100)]
    by_cell, _ = run({"points": {"layer": "homes"}, "to": {"areas": "cells"}}, [homes, layer("cells", cells)])
    assert by_cell.people.sum() == sum(people)


@given(censuses(), st.integers(0, 400))
def test_joining_small_points_loses_nobody_and_leaves_none_below_the_least(census, least):
    rule = AREAS | {"to": {"grid": 130.0}}
    before, _ = run(rule, [census_of(census)])
    who, _ = run(rule | {"least": least}, [census_of(census)])
    assert who.people.sum() == census[1].sum()
    assert who.people.min() >= min(least, before.people.max())
