"""Criteria measured against brute force, ranks under other weights, and what is kept."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instances.index import Index
from instances.schema import InstanceError
from tests.siting.made import dropped, found, grid_town, layer, people, rule, square

SPOTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=8, unique=True)


def ranking(criteria, more="", source="{layer: a, use_column: use, area: size}"):
    listed = "\n".join(f"    - {{{c}}}" for c in criteria)
    return f"from: [{source}]\nsuitability:\n  assumption: weights of the planners\n  criteria:\n{listed}\n{more}"


def measured(text, layers, **more):
    """Value of the only criterion, by feature."""
    sites, _ = found(text, layers, **more)
    return dict(zip(sites.feature.tolist(), sites.suitability.value[:, 0].tolist(), strict=True))


def places(spots, uses=None, **columns):
    uses = uses or ["park"] * len(spots)
    return layer(
        "a", [shapely.Point(*s) for s in spots], size=[100.0 + k for k in range(len(spots))], use=uses, **columns
    )


@given(SPOTS, SPOTS, st.integers(1, 40))
def test_people_within_a_radius_equal_a_loop(spots, homes, radius):
    who = people(*np.array(homes).T, np.arange(1, len(homes) + 1))
    text = ranking([f"name: near, measure: people, radius: {radius}, better: more, weight: 1"])
    value = measured(text, [places(spots)], who=who)
    for k, (x, y) in enumerate(spots):
        near = [n for n, (u, v) in enumerate(homes, 1) if (x - u) ** 2 + (y - v) ** 2 <= radius**2]
        assert value[f"a{k}"] == sum(near)


@given(SPOTS, st.lists(st.booleans(), min_size=8, max_size=8))
def test_distance_to_other_sites_of_a_use_equals_a_loop(spots, school):
    uses = ["school" if school[k] else "park" for k in range(len(spots))]
    text = ranking(["name: apart, measure: use, use: school, better: less, weight: 1, missing: 999"])
    value = measured(text, [places(spots, uses)])
    for k, (x, y) in enumerate(spots):
        others = [np.hypot(x - u, y - v) for j, (u, v) in enumerate(spots) if j != k and uses[j] == "school"]
        assert value[f"a{k}"] == pytest.approx(min(others, default=999))


def test_distance_to_features_roads_of_a_class_and_ways():
    lines = [[(0, 0), (100, 0)], [(100, 0), (200, 0)], [(100, 0), (100, 100)], [(200, 0), (200, 100)]]
    network = grid_town(lines, ["primary", "primary", "residential", "residential"])
    spots = places([(90, 5), (190, 30)])
    post = layer("posts", [shapely.Point(90, 8), shapely.Point(0, 0)], kind=["fire", "police"])
    one = ranking(["name: fire, measure: distance, layer: posts, where: {kind: [fire]}, better: less, weight: 1"])
    assert measured(one, [spots, post]) == pytest.approx({"a0": 3, "a1": np.hypot(100, 22)})
    one = ranking(["name: main, measure: road, classes: [primary], better: less, weight: 1"])
    assert measured(one, [spots], network=network) == pytest.approx({"a0": 5, "a1": 30})
    one = ranking(["name: ways, measure: ways, better: more, weight: 1"])
    assert measured(one, [spots], network=network) == {"a0": 3, "a1": 2}
    with pytest.raises(InstanceError, match=r"no road of class trunk; the roads have primary, residential"):
        found(ranking(["name: m, measure: road, classes: [trunk], better: less, weight: 1"]), [spots], network)
    with pytest.raises(InstanceError, match="no roads"):
        found(one, [spots])


def test_share_of_land_around_counts_overlapping_outlines_once():
    green = layer("green", [shapely.box(-100, 0, 100, 100), shapely.box(-100, 0, 100, 50)])
    text = ranking(["name: green, measure: share, layer: green, radius: 20, better: more, weight: 1"])
    value = measured(text, [places([(0, 0), (0, 50), (500, 500)]), green])
    assert value == pytest.approx({"a0": 0.5, "a1": 1, "a2": 0})


def test_a_gap_is_a_fault_until_the_rule_says_what_it_means():
    class Nothing:
        unit = "m/s2"

        def sample(self, x, y):
            return np.array([np.nan, 2.0])

    layers = {"a": places([(0, 9), (0, 0)]), "pga": Nothing()}
    text = "name: pga, measure: raster, layer: pga, how: point, better: less, weight: 1"
    with pytest.raises(InstanceError, match=r"suitability pga: 1 of 2 sites have no value, first a:a0"):
        found(ranking([text]), layers)
    sites, _ = found(ranking([text + ", missing: 4"]), layers)
    assert sites.suitability.value[:, 0].tolist() == [4, 2] and sites.suitability.unit.tolist() == ["m/s2"]
    assert sites.suitability.rank.tolist() == [2, 1]


TWO = [
    "name: size, measure: area, better: more, weight: 3",
    "name: way, measure: distance, layer: b, better: less, weight: 1",
]
FAR = [(0, 0), (10, 0), (20, 0), (30, 0), (40, 0), (50, 0)]


@pytest.mark.parametrize("method", ["weighted_sum", "promethee", "topsis"])
def test_ranks_stay_between_the_best_and_the_worst_and_follow_the_seed(method):
    layers = [places(FAR), layer("b", [shapely.Point(0, 0)])]
    text = ranking(TWO, f"  method: {method}\n  sensitivity: {{draws: 300, concentration: 3, top: 2}}")
    one, _ = found(text, layers, seed=1)
    same, _ = found(text, layers, seed=1)
    s = one.suitability
    assert s.weight.tolist() == [0.75, 0.25]
    assert (s.best_rank <= s.rank).all() and (s.rank <= s.worst_rank).all()
    assert (s.worst_rank > s.best_rank).any()
    for name in ("best_rank", "worst_rank", "top"):
        assert getattr(s, name).tolist() == getattr(same.suitability, name).tolist()
    other, _ = found(text, layers, seed=2)
    assert s.top.tolist() != other.suitability.top.tolist()
    assert s.top[s.worst_rank <= 2].tolist() == [1.0] * int((s.worst_rank <= 2).sum())
    assert (s.top[s.best_rank > 2] == 0).all()
    _, part = one.parts(Index.named("site", one.id.tolist()))
    assert part.faults == () and part.rank[part.score.argmax()] == 1


def test_the_share_of_draws_agrees_with_the_law_of_the_weights():
    """Large is far here, so the largest site leads exactly while its weight is above one half: a beta law."""
    from scipy.stats import beta

    layers = [places(FAR), layer("b", [shapely.Point(0, 0)])]
    text = ranking(TWO, "  sensitivity: {draws: 20000, concentration: 6, top: 1}")
    sites, _ = found(text, layers)
    top = dict(zip(sites.feature.tolist(), sites.suitability.top.tolist(), strict=True))
    assert top["a5"] == pytest.approx(beta(4.5, 1.5).sf(0.5), abs=0.01)
    assert top["a0"] == pytest.approx(beta(4.5, 1.5).cdf(0.5), abs=0.01)
    assert sites.suitability.stable[0].tolist() == pytest.approx([0.5, 1.0])


def test_only_the_best_candidates_stay_and_existing_ones_do_not_count():
    state = ["existing", "", "", "", "", ""]
    spots = places(FAR, status=state)
    source = "{layer: a, use_column: use, area: size, status_column: status}"
    text = ranking(["name: size, measure: area, better: more, weight: 1"], "  keep: 2", source)
    sites, ledger = found(text, [spots])
    assert sorted(sites.feature.tolist()) == ["a0", "a4", "a5"]
    assert dropped(ledger) == {("a", "not among the 2 most suitable candidates"): 3}
    rank = dict(zip(sites.feature.tolist(), sites.suitability.rank.tolist(), strict=True))
    assert rank == {"a5": 1, "a4": 2, "a0": 6}


def test_forbidden_sites_are_measured_but_have_the_place_behind_the_last():
    more = """
exclude:
  - {name: r, title: {en: r}, layer: b, within: 15, assumption: a planning assumption}
"""
    layers = [places(FAR), layer("b", [shapely.Point(50, 0)])]
    sites, _ = found(ranking(TWO) + more, layers)
    s = sites.suitability
    forbidden = sites.status == "forbidden"
    assert forbidden.sum() == 2 and (s.rank[forbidden] == 5).all() and (s.rank[~forbidden] <= 4).all()
    assert (s.top[forbidden] == 0).all() and (s.score[forbidden] == s.score[~forbidden].min()).all()
    alone, _ = found(ranking(TWO), [places(FAR[:4]), layers[1]])
    assert alone.suitability.score.tolist() == s.score[~forbidden].tolist()  # they do not move the others either


def test_weights_by_rank_cite_their_source_and_books_name_the_method():
    criteria = [c.replace("weight: 3", "rank: 1").replace("weight: 1", "rank: 2") for c in TWO]
    layers = [places(FAR), layer("b", [square(0, 0, 1)])]
    sites, ledger = found(ranking(criteria, "  method: promethee"), layers)
    assert sites.suitability.weight.tolist() == [0.75, 0.25]
    assert any("10.1287/mnsc.42.11.1515" in s for s in ledger.sources)
    assert any("10.1287/mnsc.31.6.647" in s for s in ledger.sources)
    assert any("PROMETHEE II" in n for n in ledger.notes)


@pytest.mark.parametrize(
    ("criterion", "fault"),
    [
        ("name: a, measure: people, better: more, weight: 1", "needs radius"),
        ("name: a, measure: area, layer: b, better: more, weight: 1", "takes no layer"),
        ("name: a, measure: area, better: more", "either weight or rank"),
        ("name: a, measure: area, better: more, weight: 1, worst: 5", "belong together"),
        ("name: a, measure: area, better: more, weight: 1, worst: 5, best: 1", "best 1 must be more than worst 5"),
        ("name: a, measure: area, better: more, weight: 1, preference: linear, strict: 5", "needs indifference"),
        ("name: a, measure: area, better: more, weight: 1, preference: vshape, strict: 5", "belongs to promethee"),
        ("name: a, measure: area, better: more, weight: 0", "greater than 0"),
    ],
)
def test_a_criterion_that_cannot_be_meant_is_refused(criterion, fault):
    with pytest.raises(ValidationError, match=fault):
        rule(ranking([criterion]))


def test_weights_and_ranks_do_not_mix():
    with pytest.raises(ValidationError, match="all criteria a weight, or all a rank"):
        rule(ranking([TWO[0], TWO[1].replace("weight: 1", "rank: 2")]))
