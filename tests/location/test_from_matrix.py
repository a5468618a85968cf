"""An instance of a bare matrix: every form of it gives the same instance, and what is wrong is said by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from formulations.location.median.p_median import PMedian
from formulations.location.reading import access_of
from instances import matrix
from instances.container import load, save
from instances.instance import Instance
from instances.quality.report import quality
from instances.schema import InstanceError
from solver.locating.locate import locate

D = np.array([[0.0, 400.0, np.inf], [300.0, 100.0, 700.0], [np.inf, 250.0, 50.0]])
PEOPLE, SITES = ["north", "mill", "south"], ["hall", "park", "gym"]


def test_a_matrix_comes_back_as_it_was_with_its_names() -> None:
    instance = Instance.from_matrix(D, [1.0, 2.0, 0.0], demand=PEOPLE, site=SITES)
    access = access_of(instance)
    np.testing.assert_array_equal(access.distance, D)
    np.testing.assert_array_equal(access.weight, [1.0, 2.0, 0.0])
    assert access.demand.labels() == PEOPLE and access.site.labels() == SITES


def test_matrix_labelled_table_sparse_matrix_and_list_of_pairs_give_the_same_instance() -> None:
    row, column = np.nonzero(np.isfinite(D))
    pairs = pd.DataFrame(
        {"demand": np.array(PEOPLE)[row], "site": np.array(SITES)[column], "metres": D[row, column]}
    ).sample(frac=1.0, random_state=1)
    sparse = sp.coo_array((D[row, column], (row, column)), shape=D.shape)
    labelled = pd.DataFrame(D, index=PEOPLE, columns=SITES).iloc[::-1, [2, 0, 1]]
    names = {"demand": PEOPLE, "site": SITES}
    forms = (D, D.tolist(), sparse, sparse.tocsr(), labelled, pairs)
    read = [access_of(Instance.from_matrix(form, **names)).distance for form in forms]
    for distance in read:
        np.testing.assert_array_equal(distance, D)


def test_a_stored_zero_is_a_distance_of_zero_and_what_is_not_stored_is_out_of_reach() -> None:
    sparse = sp.coo_array(([0.0, 5.0], ([0, 1], [0, 1])), shape=(2, 2))
    distance = access_of(Instance.from_matrix(sparse)).distance
    np.testing.assert_array_equal(distance, [[0.0, np.inf], [np.inf, 5.0]])


def test_values_by_name_are_put_in_order_and_a_plain_series_is_taken_as_it_stands() -> None:
    by_name = Instance.from_matrix(
        D, pd.Series({"south": 3.0, "north": 1.0, "mill": 2.0}), demand=PEOPLE, site=SITES,
        capacity={"gym": 30.0, "hall": 10.0, "park": 20.0}, cost=pd.Series([4.0, 5.0, 6.0]), zone=["a", "b", "a"],
    )  # fmt: skip
    access = access_of(by_name)
    assert access.weight.tolist() == [1.0, 2.0, 3.0]
    assert access.capacity is not None and access.capacity.tolist() == [10.0, 20.0, 30.0]
    assert access.cost is not None and access.cost.tolist() == [4.0, 5.0, 6.0]
    assert access.zone is not None and access.zone.target.labels() == ["a", "b"]
    assert access.zone.position.tolist() == [0, 1, 0]


def test_what_is_not_known_is_said_and_stays_unknown_when_a_question_reads_it() -> None:
    bare = Instance.from_matrix(D)
    assert bare.about.crs == ""
    for sentence in (matrix.NO_AREA, matrix.NO_PLACES, matrix.NO_CAPACITY, matrix.NO_COST, matrix.NO_UNIT):
        assert sentence in bare.about.assumptions
    access = access_of(bare)
    assert access.capacity is None and access.cost is None and access.unit == "" and access.frames == (None, None)
    known = Instance.from_matrix(D, capacity=9.0, cost=1.0, unit="m")
    for sentence in (matrix.NO_CAPACITY, matrix.NO_COST, matrix.NO_UNIT):
        assert sentence not in known.about.assumptions


def test_a_matrix_of_minutes_is_read_in_minutes_and_its_metres_follow_from_the_speed() -> None:
    instance = Instance.from_matrix(D, unit="min", speed=6.0)
    access = access_of(instance)
    assert access.unit == "min"
    np.testing.assert_array_equal(access.distance, D)
    np.testing.assert_allclose(access_of(instance, by="metres").distance, D * 100.0)


def test_coordinates_and_their_system_are_kept() -> None:
    xy = np.array([[385000.0, 6672000.0], [386000.0, 6673000.0], [387000.0, 6671000.0]])
    instance = Instance.from_matrix(D, demand_xy=xy, site_xy=xy + 10.0, crs="EPSG:3067", unit="m")
    assert instance.about.crs == "EPSG:3067" and matrix.NO_PLACES not in instance.about.assumptions
    np.testing.assert_array_equal(instance.sites.x, xy[:, 0] + 10.0)
    with pytest.raises(InstanceError, match="3857"):
        Instance.from_matrix(D, demand_xy=xy, site_xy=xy, crs="EPSG:3857")


def test_it_is_saved_and_loaded_without_a_change_and_the_quality_report_calls_it_usable(tmp_path: Path) -> None:
    instance = Instance.from_matrix(D, [1.0, 2.0, 3.0], capacity=[4.0, 5.0, 6.0], cost=1.0)
    again = load(save(instance, tmp_path / "bare.zip"))
    assert again.digest == instance.digest
    np.testing.assert_array_equal(access_of(again).distance, D)
    assert not quality(instance).faults


def test_a_question_put_to_it_gives_the_best_of_all_choices() -> None:
    rng = np.random.default_rng(3)
    distance, weight = rng.integers(1, 50, (9, 5)).astype(float), rng.integers(0, 4, 9).astype(float)
    located = locate(PMedian(2), Instance.from_matrix(distance, weight))
    best = min(float(weight @ np.minimum(distance[:, i], distance[:, j])) for i in range(5) for j in range(i + 1, 5))
    assert located.good and located.value == pytest.approx(best)


def test_all_faults_are_told_at_once_and_by_name() -> None:
    bad = D.copy()
    bad[0, 0], bad[1, 2] = np.nan, -1.0
    with pytest.raises(InstanceError) as told:
        Instance.from_matrix(
            bad, [1.0, np.inf, np.nan], demand=PEOPLE, site=SITES, capacity=[1.0, 2.0], cost=[1.0, -2.0, 3.0],
            status=["existing", "open", "candidate"], unit="miles", zone=["a", None, "b"],
        )  # fmt: skip
    text = "\n".join(told.value.faults)
    for part in (
        "distance: 1 missing (NaN), first from north to hall", "distance: 1 negative, first from mill to gym",
        "weights: 1 missing (NaN), first at south", "weights: 1 infinite, first at mill", "capacity: of shape (2,)",
        "cost: 1 negative, first at park", "status: unknown values 'open'", "unit: 'miles'",
        "zone: 1 missing, first at mill",
    ):  # fmt: skip
        assert part in text


def test_people_who_reach_no_site_are_named_and_places_without_people_may() -> None:
    lost = np.array([[1.0, 2.0], [np.inf, np.inf]])
    with pytest.raises(InstanceError, match="1 demand points where somebody lives reach no site, first b"):
        Instance.from_matrix(lost, [1.0, 1.0], demand=["a", "b"])
    assert access_of(Instance.from_matrix(lost, [1.0, 0.0], demand=["a", "b"])).served.tolist() == [0]


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"demand": ["a", "a", "b"]}, "demand: 1 names stand twice, first 'a'"),
        ({"site": ["a", "b"]}, "distance: 3 sites along axis 1, but 2 names"),
        ({"weights": {"0": 1.0, "1": 1.0}}, "weights: 1 have none, first '2'"),
        ({"weights": {"0": 1.0, "1": 1.0, "2": 1.0, "x": 1.0}}, "weights: 1 unknown names, first 'x'"),
        ({"weights": np.zeros(3)}, "weights: nobody needs a place"),
        ({"crs": "EPSG:3067"}, "crs: a reference system needs coordinates"),
        ({"demand_xy": np.full((3, 2), np.nan)}, "demand_xy: 3 missing or infinite"),
    ],
)
def test_a_fault_is_named(more: dict[str, object], fault: str) -> None:
    with pytest.raises(InstanceError) as told:
        Instance.from_matrix(D, **more)
    assert any(fault in one for one in told.value.faults)


def test_pairs_that_stand_twice_or_name_strangers_are_faults() -> None:
    pairs = pd.DataFrame({"demand": ["a", "a"], "site": ["x", "x"], "distance": [1.0, 2.0]})
    with pytest.raises(InstanceError, match="1 pairs stand twice, first from a to x"):
        Instance.from_matrix(pairs)
    with pytest.raises(InstanceError, match="names 1 that are unknown, first 'a'"):
        Instance.from_matrix(pairs, demand=["b"], site=["x"])
    with pytest.raises(InstanceError, match="of shape"):
        Instance.from_matrix(np.zeros(3))
