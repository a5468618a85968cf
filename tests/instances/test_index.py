from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.index import Index, Map, matching


def test_an_index_names_its_elements_in_the_order_given():
    index = Index.named("site", ["b", "a", 3])
    assert (index.labels(), len(index), index.position("a")) == (["b", "a", "3"], 3, 1)


def test_duplicate_empty_and_missing_ids_are_named_in_one_error():
    with pytest.raises(ValueError) as caught:
        Index.named("site", ["a", "b", "a", "", "c", "b", None])
    text = str(caught.value)
    assert text.startswith("site: ")
    assert "2 duplicate ids, first 'a', 'b'" in text
    assert "empty ids" in text
    assert "1 missing ids, first at position 6" in text


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT])
def test_a_missing_id_is_a_fault_and_not_the_text_nan(missing):
    with pytest.raises(ValueError, match="missing ids, first at position 1"):
        Index.named("site", ["a", missing])


def test_sets_of_the_same_names_are_still_different_sets():
    assert Index.named("site", ["a"]) != Index.named("site", ["a"])


def test_an_unknown_label_is_answered_with_those_that_look_like_it():
    with pytest.raises(KeyError, match="Did you mean school 1"):
        Index.named("site", ["school 1", "park"]).position("school1")


def test_a_tuple_is_called_after_its_components():
    site, mode = Index.named("site", ["a", "b"]), Index.named("mode", ["refuge"])
    option = Index.tuples("option", site=(site, [1, 0]), mode=(mode, [0, 0]))
    assert option.labels() == ["b|refuge", "a|refuge"]
    assert option.position("a|refuge") == 1
    assert Index.tuples("deep", option=(option, [1])).labels() == ["a|refuge"]


def test_a_component_that_is_not_there_is_answered_with_those_that_are():
    option = Index.tuples("option", site=(Index.named("site", ["a"]), [0]))
    with pytest.raises(KeyError, match=r"no component 'mode'; it has: site\."):
        option["mode"]
    with pytest.raises(KeyError, match="plain names"):
        Index.named("site", ["a"])["mode"]


@pytest.mark.parametrize(
    ("position", "fault"),
    [([0, 2], "outside"), ([0, -1], "outside"), ([0], "needs 2 positions"), ([0.0, 1.0], "must be integers")],
)
def test_a_map_goes_to_elements_that_exist_from_every_element(position, fault):
    with pytest.raises(ValueError, match=fault):
        Map(Index.named("demand", ["p", "q"]), Index.named("zone", ["w", "e"]), position)


def test_truth_values_are_no_positions():
    with pytest.raises(ValueError, match="must be integers, got bool"):
        Map(Index.named("demand", ["p", "q"]), Index.named("zone", ["w", "e"]), np.array([True, False]))


def test_components_of_different_lengths_make_no_tuples():
    site = Index.named("site", ["a", "b"])
    with pytest.raises(ValueError, match=r"different lengths \[1, 2\]"):
        Index.tuples("haul", origin=(site, [0, 1]), destination=(site, [0]))


def test_a_map_keeps_its_own_copy_that_nobody_can_change():
    position = np.array([0, 1])
    map_ = Map(Index.named("a", "xy"), Index.named("b", "xy"), position)
    position[0] = 1
    assert map_.position.tolist() == [0, 1]
    with pytest.raises(ValueError, match="read-only"):
        map_.position[0] = 1


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8), st.lists(st.integers(0, 2), min_size=4, max_size=4))
def test_maps_compose_like_functions(first, second):
    a, b, c = (Index.named(n, range(k)) for n, k in (("a", len(first)), ("b", 4), ("c", 3)))
    composed = Map(a, b, first).then(Map(b, c, second))
    assert composed.position.tolist() == [second[k] for k in first]
    with pytest.raises(ValueError, match="Cannot follow"):
        Map(b, c, second).then(Map(a, b, first))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=30))
def test_groups_are_those_of_pandas(rows):
    site, mode = Index.named("site", range(4)), Index.named("mode", range(3))
    i, m = np.array(rows, int).reshape(-1, 2).T
    source = Index.tuples("row", site=(site, i), mode=(mode, m))
    group, to = Index.grouped("group", source, mode=source["mode"], site=source["site"])
    theirs = pd.DataFrame({"mode": m, "site": i}).groupby(["mode", "site"]).ngroup()
    assert to.position.tolist() == theirs.tolist()
    keys = sorted({(b, a) for a, b in rows})
    assert list(zip(group["mode"].position, group["site"].position, strict=True)) == keys


def test_groups_need_maps_from_the_set_that_is_grouped():
    site = Index.named("site", ["a"])
    one, other = (Index.tuples(name, site=(site, [0])) for name in ("one", "other"))
    with pytest.raises(ValueError, match="every key must be a map from one"):
        Index.grouped("group", one, site=other["site"])


@pytest.mark.parametrize("seed", range(5))
def test_matching_finds_every_pair_with_the_same_image_and_no_other(seed: int) -> None:
    rng = np.random.default_rng(seed)
    here, there, shared = (Index.named(n, range(k)) for n, k in (("here", 7), ("there", 9), ("shared", 4)))
    left = Map(here, shared, rng.integers(0, 4, 7))
    right = Map(there, shared, rng.integers(0, 4, 9))
    pairs = list(zip(*(side.tolist() for side in matching(left, right)), strict=True))
    assert pairs == [(a, b) for a in range(7) for b in range(9) if left.position[a] == right.position[b]]
    with pytest.raises(ValueError, match="Cannot match"):
        matching(left, Map(there, here, rng.integers(0, 7, 9)))
