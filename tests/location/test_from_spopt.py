"""The names and arguments of spopt give the same answers here, against spopt where it is and by hand where not."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import scipy.sparse as sp

from instances.schema import InstanceError
from solver.locating import from_spopt
from solver.locating.from_spopt import LSCP, LSCPB, MCLP, KNearestPMedian, PCenter, PDispersion, PMedian
from solver.locating.spopt_models import from_spopt as from_model

# Five clients and four facilities.
COST = np.array([[2, 7, 9, 8], [6, 1, 5, 9], [9, 4, 3, 7], [8, 8, 4, 2], [3, 6, 8, 5]], float)
WEIGHTS = np.array([5, 3, 4, 2, 6])
BETWEEN = np.array([[0, 4, 9, 7], [4, 0, 6, 5], [9, 6, 0, 3], [7, 5, 3, 0]], float)


def choices(p: int, must: tuple[int, ...] = ()) -> list[list[int]]:
    return [list(c) for c in combinations(range(4), p) if set(must) <= set(c)]


def opened(model: Any) -> list[int]:
    return [int(label) for label in model.open_sites]


def test_p_median_gives_value_mean_distance_and_associations() -> None:
    model = PMedian.from_cost_matrix(COST, WEIGHTS, 3).solve()
    best = min(choices(3), key=lambda c: WEIGHTS @ COST[:, c].min(axis=1))
    value = float(WEIGHTS @ COST[:, best].min(axis=1))
    assert model.good and model.value == value and opened(model) == best
    assert model.mean_dist == pytest.approx(value / 20)
    nearest = np.array(best)[COST[:, best].argmin(axis=1)]
    assert model.cli2fac == [[int(j)] for j in nearest]
    assert model.fac2cli == [np.flatnonzero(nearest == j).tolist() for j in range(4)]


@pytest.mark.parametrize(
    "predefined",
    [[0, 0, 0, 1], np.array([0, 0, 0, 1]), np.array([False, False, False, True]), np.array([3]), [[0], [0], [0], [1]]],
)
def test_predefined_facilities_are_the_ones_that_are_meant_however_they_are_given(predefined: Any) -> None:
    model = PMedian.from_cost_matrix(COST, WEIGHTS, 2, predefined).solve()
    best = min(choices(2, (3,)), key=lambda c: WEIGHTS @ COST[:, c].min(axis=1))
    assert 3 in opened(model) and model.value == float(WEIGHTS @ COST[:, best].min(axis=1))


@pytest.mark.parametrize(
    "wrong", [[0, 2, 0, 0], [4], [-1], [0.5, 0, 0, 1], [0, 1, 0, 0, 1], ["a"] * 4, [np.nan, 0, 0, 0]]
)
def test_predefined_facilities_that_cannot_be_meant_are_refused(wrong: Any) -> None:
    with pytest.raises(InstanceError, match="predefined_facilities_arr"):
        PMedian.from_cost_matrix(COST, WEIGHTS, 2, wrong)


def test_capacities_send_every_client_to_one_facility_that_has_room() -> None:
    room = np.array([8.0, 8.0, 8.0, 8.0])
    model = PMedian.from_cost_matrix(COST, WEIGHTS, 3, facility_capacities=room).solve()
    assert model.good and all(len(facilities) == 1 for facilities in model.cli2fac)
    assert all(WEIGHTS[clients].sum() <= 8 for clients in model.fac2cli)
    least = np.inf
    for c in choices(3):
        for ways in np.ndindex(3, 3, 3, 3, 3):
            goes = np.array(c)[list(ways)]
            if (np.bincount(goes, WEIGHTS, minlength=4) <= 8).all():
                least = min(least, float(WEIGHTS @ COST[np.arange(5), goes]))
    assert model.value == least


def test_p_center_covers_and_spread_are_those_of_all_choices() -> None:
    assert PCenter.from_cost_matrix(COST, 2).solve().value == min(COST[:, c].min(axis=1).max() for c in choices(2))
    within = COST <= 4
    fewest = next(p for p in range(1, 5) if any(within[:, c].any(axis=1).all() for c in choices(p)))
    cover = LSCP.from_cost_matrix(COST, 4).solve()
    assert cover.value == fewest and cover.perc_cov == 100.0
    assert cover.fac2cli == [np.flatnonzero(within[:, j]).tolist() if j in opened(cover) else [] for j in range(4)]
    most = MCLP.from_cost_matrix(COST, WEIGHTS, 3, 2).solve()
    reached = {tuple(c): (COST[:, c] <= 3).any(axis=1) for c in choices(2)}
    assert WEIGHTS @ reached[tuple(opened(most))] == max(WEIGHTS @ r for r in reached.values())
    assert most.n_cli_uncov == int((~reached[tuple(opened(most))]).sum())
    assert most.perc_cov == pytest.approx(100 * (1 - most.n_cli_uncov / 5))
    apart = PDispersion.from_cost_matrix(BETWEEN, 2, np.array([0, 1, 0, 0])).solve()
    assert apart.value == 6.0 and opened(apart) == [1, 2]


def test_backup_takes_the_fewest_facilities_and_then_the_most_second_ones() -> None:
    within = COST <= 6
    model = LSCPB.from_cost_matrix(COST, 6, object()).solve()
    plans = {p: [within[:, c].sum(axis=1) for c in choices(p)] for p in range(1, 5)}
    fewest = next(p for p in range(1, 5) if any((times > 0).all() for times in plans[p]))
    assert len(opened(model)) == fewest
    most = max((times > 1).mean() for times in plans[fewest] if (times > 0).all())
    assert model.backup_perc == pytest.approx(100 * most)


def test_lscp_with_capacities_needs_room_for_the_demand() -> None:
    room = np.full(4, 10.0)
    model = LSCP.from_cost_matrix(COST, 6, None, WEIGHTS, room).solve()
    assert model.good and model.value is not None and model.value >= 2
    with pytest.raises(InstanceError, match="facility_capacity_arr"):
        LSCP.from_cost_matrix(COST, 6, None, WEIGHTS)


def test_what_cannot_be_is_an_answer_and_what_we_do_not_ask_is_refused() -> None:
    impossible = LSCP.from_cost_matrix(COST, 1.5).solve()
    assert impossible.status.value == "infeasible" and "0, 2, 3" in impossible.message
    assert impossible.fac2cli == [[], [], [], []] and impossible.mean_dist is None
    with pytest.raises(InstanceError, match="fulfill_predefined_fac"):
        PMedian.from_cost_matrix(COST, WEIGHTS, 2, [1, 0, 0, 0], np.full(4, 20.0), True)


def test_sparse_matrices_are_taken_as_they_are() -> None:
    sparse = sp.csr_array(np.where(COST <= 4, COST, 0.0))
    assert LSCP.from_cost_matrix(sparse, 4).solve().value == LSCP.from_cost_matrix(COST, 4).solve().value


@pytest.fixture
def tables() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    rng = np.random.default_rng(5)
    x, y = 385000 + 3000 * rng.random((2, 20))
    clients = gpd.GeoDataFrame(
        {"weights": rng.integers(1, 9, 20)}, geometry=gpd.points_from_xy(x, y + 6287000), crs="EPSG:3067"
    )
    x, y = 385000 + 3000 * rng.random((2, 6))
    facilities = gpd.GeoDataFrame(
        {"must": [0, 0, 0, 0, 1, 0], "room": 60.0}, geometry=gpd.points_from_xy(x, y + 6287000), crs="EPSG:3067"
    )
    return clients, facilities


CALLS: dict[str, tuple[dict[str, Any], bool]] = {
    "PMedian": ({"weights_cols": "weights", "p_facilities": 2}, True),
    "PCenter": ({"p_facilities": 2}, True),
    "LSCP": ({"service_radius": 2500.0}, True),
    "MCLP": ({"weights_cols": "weights", "service_radius": 700.0, "p_facilities": 2}, True),
    "LSCPB": ({"service_radius": 2500.0, "solver": None}, True),
    "PDispersion": ({"p_facilities": 3}, False),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("metric", ["euclidean", "cityblock"])
def test_tables_give_what_their_matrix_gives(name: str, metric: str, tables: Any) -> None:
    from scipy.spatial.distance import cdist

    arguments, both = CALLS[name]
    clients, facilities = tables
    xy = [np.column_stack([t.geometry.x, t.geometry.y]) for t in tables]
    model = getattr(from_spopt, name)
    more = {"predefined_facility_col": "must", "distance_metric": metric}
    if both:
        ours = model.from_geodataframe(clients, facilities, "geometry", "geometry", **arguments, **more).solve()
        matrix = cdist(*xy, metric)
    else:
        ours = model.from_geodataframe(facilities, "geometry", **arguments, **more).solve()
        matrix = cdist(xy[1], xy[1], metric)
    rest = {k: v for k, v in arguments.items() if k != "weights_cols"}
    rest |= {"weights": clients["weights"]} if "weights_cols" in arguments else {}
    same = model.from_cost_matrix(matrix, predefined_facilities_arr=facilities["must"].to_numpy(), **rest).solve()
    assert ours.good and same.good
    assert ours.value == pytest.approx(same.value, rel=1e-9)
    assert "4" in ours.open_sites


def test_k_nearest_is_the_p_median_that_it_looks_for(tables: Any) -> None:
    terms = ("geometry", "geometry", "weights", 2)
    near = KNearestPMedian.from_geodataframe(*tables, *terms, k_array=np.full(20, 1)).solve()
    assert near.value == pytest.approx(PMedian.from_geodataframe(*tables, *terms).solve().value)
    with pytest.raises(InstanceError, match="k_array"):
        KNearestPMedian.from_geodataframe(*tables, *terms, k_array=np.full(20, 7))


def test_tables_in_degrees_are_refused_and_drawings_without_a_system_are_not(tables: Any) -> None:
    degrees = [table.to_crs(4326) for table in tables]
    with pytest.raises(InstanceError, match="degrees"):
        PCenter.from_geodataframe(*degrees, "geometry", "geometry", 2)
    drawn = [table.set_crs(None, allow_override=True) for table in tables]
    assert PCenter.from_geodataframe(*drawn, "geometry", "geometry", 2).solve().good
    with pytest.raises(InstanceError, match="no column 'souls'"):
        PMedian.from_geodataframe(*tables, "geometry", "geometry", "souls", 2)


@pytest.mark.parametrize("seed", range(3))
def test_values_are_those_of_spopt(seed: int) -> None:
    theirs = pytest.importorskip("spopt.locate")
    pulp = pytest.importorskip("pulp")
    rng = np.random.default_rng(seed)
    cost, weights = rng.integers(1, 60, (18, 7)).astype(float), rng.integers(1, 9, 18)
    must = np.zeros(7, int)
    must[rng.integers(7)] = 1

    def solver() -> Any:
        return pulp.PULP_CBC_CMD(msg=False)

    calls: list[tuple[str, tuple[Any, ...]]] = [
        ("PMedian", (cost, weights, 3, must)),
        ("PMedian", (cost, weights, 3, None, np.full(7, 45.0))),
        ("PCenter", (cost, 2, must)),
        ("LSCP", (cost, float(cost.min(axis=1).max()) + 3, must)),
        ("MCLP", (cost, weights, 12, 2, must)),
    ]
    for name, arguments in calls:
        peer = getattr(theirs, name).from_cost_matrix(*arguments).solve(solver())
        ours = getattr(from_spopt, name).from_cost_matrix(*arguments).solve()
        value = peer.problem.objective.value()
        assert ours.good
        if name == "MCLP":
            assert weights.sum() - (ours.judgement.objectives["uncovered"]) == pytest.approx(value)
        else:
            assert ours.value == pytest.approx(value)
        if name == "PMedian":
            assert ours.mean_dist == pytest.approx(peer.mean_dist)
    between = rng.integers(1, 99, (7, 7)).astype(float)
    between = between + between.T
    np.fill_diagonal(between, 0.0)
    peer = theirs.PDispersion.from_cost_matrix(between, 3, must).solve(solver())
    ours = PDispersion.from_cost_matrix(between, 3, must).solve()
    assert ours.value == pytest.approx(peer.problem.objective.value())


def test_a_model_built_with_spopt_is_read_and_answered_with_its_value() -> None:
    theirs = pytest.importorskip("spopt.locate")
    pulp = pytest.importorskip("pulp")
    rng = np.random.default_rng(4)
    cost, weights, must = rng.integers(1, 60, (14, 6)).astype(float), rng.integers(1, 9, 14), np.eye(6, dtype=int)[2]
    radius = float(cost.min(axis=1).max())
    models = [
        theirs.PMedian.from_cost_matrix(cost, weights, 2, must),
        theirs.PCenter.from_cost_matrix(cost, 3, must),
        theirs.LSCP.from_cost_matrix(cost, radius, must),
        theirs.MCLP.from_cost_matrix(cost, weights, 9, 2, must),
    ]
    for model in models:
        ours = from_model(model).solve()
        model.solve(pulp.PULP_CBC_CMD(msg=False))
        value = model.problem.objective.value()
        found = weights.sum() - ours.value if type(model).__name__ == "MCLP" else ours.value
        assert ours.good and found == pytest.approx(value) and "2" in ours.open_sites
    assert from_model(models[0]).solve().mean_dist == pytest.approx(models[0].mean_dist)
    full = theirs.PMedian.from_cost_matrix(cost, weights, 2, None, np.full(6, 99.0))
    with pytest.raises(InstanceError, match="capacities and weights are not kept"):
        from_model(full)


def test_an_object_that_is_no_model_is_refused() -> None:
    with pytest.raises(InstanceError, match="dict cannot be read"):
        from_model({})


def test_spopt_counts_clients_with_one_facility_in_reach_as_backed_up_and_we_do_not() -> None:
    theirs = pytest.importorskip("spopt.locate")
    pulp = pytest.importorskip("pulp")
    cost = np.random.default_rng(0).integers(1, 60, (25, 10)).astype(float)
    alone = int(((cost <= 30).sum(axis=1) == 1).sum())
    assert alone
    peer = theirs.LSCPB.from_cost_matrix(cost, 30, pulp.PULP_CBC_CMD(msg=False)).solve()
    ours = LSCPB.from_cost_matrix(cost, 30).solve()
    assert len(ours.open_sites) == sum(v.value() > 0.5 for v in peer.fac_vars)
    assert ours.backup_perc == pytest.approx(peer.backup_perc - 100 * alone / 25)
