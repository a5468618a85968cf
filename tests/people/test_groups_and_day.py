from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from instances.index import Index
from instances.people.daytime import commute
from instances.people.rule import CommuteRule
from tests.people.towns import layer, partitions, run

TITLE = {"en": "Old people", "zh": "老人"}


@st.composite
def aged(draw):
    """A census with two groups: counted, and as a share that the file keeps as text."""
    shapes = draw(partitions())
    n = len(shapes)
    people = draw(st.lists(st.integers(0, 3000), min_size=n, max_size=n).filter(any))
    old = [draw(st.integers(0, k)) for k in people]
    share = [f"{draw(st.integers(0, 10000)) / 10000:.4f}" for _ in people]
    return layer("census", shapes, people=people, old=old, young=share)


RULE = {
    "areas": {"layer": "census", "people": "people"},
    "groups": {
        "old": {"title": TITLE, "count": "old", "vulnerability": 2.5},
        "young": {"title": {"en": "Children"}, "share": "young"},
    },
}


@given(aged(), st.sampled_from([130.0, 400.0]), st.integers(0, 200))
def test_groups_keep_their_totals_and_never_exceed_the_people_of_a_point(census, spacing, least):
    who, _ = run(RULE | {"to": {"grid": spacing}, "least": least}, [census])
    people = census.columns["people"]
    young = float(sum(float(s) * n for s, n in zip(census.columns["young"], people, strict=True)))
    assert who.night[:, 0].sum() == census.columns["old"].sum()
    assert abs(who.night[:, 1].sum() - young) <= 0.5 + 1e-6
    assert (who.night <= who.people[:, None]).all()
    assert (who.night == np.rint(who.night)).all()
    assert (who.night >= 0).all()


@given(aged())
def test_groups_of_a_census_unit_stay_with_it(census):
    who, _ = run(RULE, [census])
    own = dict(zip(census.id.tolist(), census.columns["old"], strict=True))
    assert all(own[i] == n for i, n in zip(who.id.tolist(), who.night[:, 0], strict=True))


@given(aged(), st.integers(0, 4000))
def test_a_column_of_people_by_day_keeps_its_total(census, extra):
    workers = np.arange(len(census)) * extra
    census.columns["workers"] = workers
    who, _ = run(RULE | {"day": {"column": "workers"}, "to": {"grid": 170.0}}, [census])
    assert who.day.sum() == workers.sum()
    assert (who.group_day <= who.day[:, None]).all()


def test_a_business_district_without_residents_has_people_by_day():
    shapes = [shapely.box(0, 0, 500, 500), shapely.box(500, 0, 1000, 500)]
    census = layer("census", shapes, people=[100, 0], jobs=[20, 900])
    who, _ = run({"areas": {"layer": "census"}, "day": {"column": "jobs"}, "to": {"grid": 250.0}}, [census])
    assert who.people.sum() == 100
    assert who.day[who.x > 500].sum() == 900
    assert who.people[who.x > 500].sum() == 0


@st.composite
def commuting(draw):
    n = draw(st.integers(1, 8))
    numbers = lambda top: np.array(draw(st.lists(st.integers(0, top), min_size=n, max_size=n)), float)  # noqa: E731
    people = numbers(500)
    old = np.minimum(people, numbers(500))
    draw_of_work = numbers(50)
    draw_of_work[draw(st.integers(0, n - 1))] += 1
    rule = {
        "share": draw(st.floats(0, 1)),
        "towards": {"jobs": {"layer": "jobs", "column": "jobs"}},
        "decay": draw(st.sampled_from([None, 0.2, 5.0])),
        "arriving": draw(st.integers(0, 100)),
        "leaving": draw(st.integers(0, 100)),
        "assumption": "numbers of this test",
    }
    return rule, people, old, draw_of_work, draw(st.floats(0, 1))


@given(commuting())
def test_by_day_there_are_as_many_as_by_night_but_for_who_comes_and_leaves(case):
    rule, people, old, work, travels = case
    how = CommuteRule.model_validate(rule)
    x, y = 700.0 * np.arange(len(people)), np.zeros(len(people))
    day, groups = commute(how, x, y, people, old[:, None], np.array([travels]), work)
    gone = np.rint(people.sum() * how.share)
    leaving = min(how.leaving, gone)
    assert day.sum() == people.sum() - leaving + how.arriving
    assert (day >= 0).all()
    assert (groups[:, 0] >= 0).all()
    assert (groups[:, 0] <= day).all()
    assert (day == np.rint(day)).all()
    if not how.leaving:
        assert groups.sum() == old.sum()


def test_commuters_go_where_work_is_and_near_work_draws_more():
    homes = [shapely.Point(0, 0), shapely.Point(1000, 0), shapely.Point(9000, 0)]
    layers = [
        layer("homes", homes, people=[1000, 10, 10]),
        layer("jobs", homes[1:], jobs=[50, 50]),
    ]
    base = {"points": {"layer": "homes"}}
    move = {"share": 0.5, "towards": {"jobs": {"layer": "jobs", "column": "jobs"}}, "assumption": "half of all people"}
    anywhere, _ = run(base | {"day": {"commuters": move}}, layers)
    near, ledger = run(base | {"day": {"commuters": move | {"decay": 2.0}}}, layers)
    assert anywhere.day.tolist() == [500, 5 + 255, 5 + 255]
    assert near.day.sum() == 1020
    # Singly constrained gravity by hand: from home 500 leave, the far place is 8 km farther than the near one.
    share = 1 / (1 + np.exp(-8 / 2))
    expected = 500 * share + 5 * share + 5 * (1 - share) + 5
    assert near.day[1] == pytest.approx(expected, abs=1)
    assert any("half of all people" in text for text in ledger.assumptions)


def test_the_parts_of_an_instance_take_them_as_they_are():
    census = layer("census", [shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9)], people=[10, 20], old=[1, 20],
                   young=["0.5", "0"])  # fmt: skip
    who, _ = run(RULE, [census])
    index = Index.named("demand", who.id.tolist())
    demand, groups = who.demand(index, title=who.id), who.groups(index)
    assert demand.faults == () and groups is not None and groups.faults == ()
    assert groups.vulnerability.tolist() == [2.5, 1.0]
    assert groups.title.tolist() == ["Old people", "Children"]
    assert groups.night.tolist() == [[1, 5], [20, 0]]
    bare, _ = run({"areas": {"layer": "census"}}, [census])
    assert bare.groups(index) is None
