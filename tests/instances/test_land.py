"""Land: faulty parcels make no instance, whole ones survive the disk, and the generated town is what it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx
import numpy as np
import pyogrio
import pytest
import shapely

from instances.catalog import build
from instances.container import load, save
from instances.geopackage import parcel_shapes, write_layers
from instances.index import Index, Map
from instances.instance import Instance
from instances.land import Land
from instances.quality import quality
from instances.schema import InstanceError
from tests.instances.tiny import tiny_instance
from tests.instances.tiny_land import tiny_land

TOWN = tiny_instance()
LAND = tiny_land(TOWN.scenarios.scenario, rows=2, columns=3, classes=3, seed=1)
P, K = LAND.parcel.size, LAND.land_class.size


def faults_of(land: Land) -> list[str]:
    """What an instance says about its land."""
    with pytest.raises(InstanceError) as caught:
        replace(TOWN, land=land)
    return caught.value.faults


def changed(name: str, value: Any, *at: Any) -> Land:
    """The land with one value of one array changed."""
    array = getattr(LAND, name).copy()
    array[at] = value
    return replace(LAND, **{name: array})


def boundary(a: list[int], b: list[int]) -> Land:
    pairs = Index.tuples("boundary", a=(LAND.parcel, a), b=(LAND.parcel, b))
    return replace(LAND, boundary=pairs, boundary_length=np.ones(len(a)))


@pytest.mark.parametrize(
    ("land", "fault"),
    [
        (changed("area", 0.0, 2), "Land.area [m2]: 1 parcels without area, first p3"),
        (changed("suitability", 1.5, 0, 1), "Land.suitability [1]: 1 of 18 values outside [0, 1]"),
        (changed("allowed", False, 4), "Land.allowed: 1 parcels may have no class at all, first p5"),
        (changed("change_cost", 5.0, 3), "Land.change_cost: 1 parcels pay for staying what they are, first p4"),
        (changed("apart", True, 0, 2), "Land.apart: not symmetric for housing and green"),
        (changed("apart", True, 2, 2), "Land.apart: green would have to keep apart from itself"),
        (replace(LAND, most=LAND.most * 0 + 1e4), "Land.most: sums to 30000 m2"),
        (replace(LAND, least=LAND.most * 0 + 5e4), "Land.least: sums to 150000 m2"),
        (replace(LAND, least=LAND.most + 1.0), "Land.least: above most for housing, industry, green"),
        (changed("displaced", np.nan, 0, 0), "Land.displaced [1]: 1 of 18 values are missing or infinite"),
        (changed("usable", 2.0, 1, 1), "Land.usable [1]: 1 of 18 values outside [0, 1], first at p2 x shock 2"),
        (boundary([0, 1], [1, 1]), "Land.boundary: 1 parcels are neighbours of themselves"),
        (boundary([0, 1], [1, 0]), "Land.boundary: 1 pairs stand there more than once"),
        (replace(LAND, ring_start=None), "Land.rings: ring_parcel, ring_start and ring_xy belong together"),
        (replace(LAND, ring_parcel=np.arange(P) + 1), "Land.ring_parcel: must be positions in parcel[6]"),
        (replace(LAND, present=Map(LAND.parcel, LAND.parcel, [0] * P)), "Land.present: maps to parcel[6], not to"),
        (
            replace(LAND, boundary=Index.tuples("boundary", a=(LAND.parcel, [0]), c=(LAND.parcel, [1])),
                    boundary_length=np.ones(1)),
            "Land.boundary: has components ['a', 'c'], expected a and b",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_the_parcel_or_class(land: Land, fault: str) -> None:
    assert any(found.startswith(fault) for found in faults_of(land)), faults_of(land)


def test_land_asked_for_must_exist() -> None:
    allowed = LAND.allowed.copy()
    allowed[:, 2] = LAND.present.position == 2
    least = np.array([0.0, 0.0, LAND.area[LAND.present.position == 2].sum() + 1_000.0])
    faults = faults_of(replace(LAND, allowed=allowed, least=least))
    assert any(fault.startswith("Land.least: ") and "m2 of green asked for" in fault for fault in faults)


def test_all_faults_come_in_one_error() -> None:
    wrong = replace(changed("area", -1.0, 0), suitability=LAND.suitability + 1.0, patch=[np.nan] * K)
    faults = faults_of(wrong)
    assert {fault.split(" ")[0] for fault in faults} >= {"Land.area", "Land.suitability", "Land.patch"}


def test_scenarios_of_the_land_are_those_of_the_instance() -> None:
    other = Index.named("scenario", TOWN.scenarios.scenario.labels())
    faults = faults_of(tiny_land(other))
    assert any("another index set called 'scenario'" in fault for fault in faults)


def test_land_survives_the_disk_and_a_moved_border_is_another_instance(tmp_path: Path) -> None:
    town = replace(TOWN, land=LAND)
    again = load(save(town, tmp_path / "town", layers=False))
    assert again.digest == town.digest != TOWN.digest
    assert again.land is not None and (again.land.suitability == LAND.suitability).all()
    assert again.land.boundary["a"].target is again.land.parcel
    assert replace(town, land=changed("boundary_length", 1.0, 0)).digest != town.digest


def test_parcels_are_drawn_as_they_are(tmp_path: Path) -> None:
    town = replace(TOWN, land=LAND)
    write_layers(town, tmp_path / "layers.gpkg")
    drawn = pyogrio.read_dataframe(tmp_path / "layers.gpkg", layer="parcels")
    assert drawn["class"].tolist() == [LAND.land_class.label(k) for k in LAND.present.position]
    assert shapely.equals(drawn.geometry.values, parcel_shapes(LAND)).all()
    assert drawn.geometry.area.tolist() == [1e4] * P
    assert drawn["may stay"].all()
    bare = replace(LAND, ring_parcel=None, ring_start=None, ring_xy=None)
    assert shapely.get_coordinates(parcel_shapes(bare)).tolist() == np.column_stack([LAND.x, LAND.y]).tolist()


@pytest.fixture(scope="module", params=[{}, {"parcels": 150, "seed": 5, "mixed": True}], ids=["default", "mixed"])
def generated(request: pytest.FixtureRequest) -> Instance:
    return build("land", **request.param)


def land_of(instance: Instance) -> Land:
    assert instance.land is not None
    return instance.land


def test_the_same_seed_gives_the_same_town_and_another_one_another() -> None:
    small = {"parcels": 80, "scenarios": 2}
    assert build("land", **small).digest == build("land", **small).digest != build("land", **small, seed=2).digest


def test_parcels_cover_the_town_without_gap_or_overlap(generated: Instance) -> None:
    land = land_of(generated)
    shapes = parcel_shapes(land)
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapes) == pytest.approx(land.area)
    assert set(shapely.get_type_id(shapes)) == {shapely.GeometryType.POLYGON}
    whole = shapely.union_all(shapes)
    assert whole.area == pytest.approx(land.area.sum(), rel=1e-6)
    assert shapely.contains_xy(shapes, land.x, land.y).all()


def test_borders_are_as_long_as_the_outlines_that_parcels_share(generated: Instance) -> None:
    land = land_of(generated)
    shapes = parcel_shapes(land)
    a, b = land.boundary["a"].position, land.boundary["b"].position
    shared = shapely.length(shapely.intersection(shapely.boundary(shapes[a]), shapely.buffer(shapes[b], 0.02)))
    assert land.boundary_length == pytest.approx(shared, abs=0.3)
    graph = networkx.Graph(zip(a.tolist(), b.tolist(), strict=True))
    assert networkx.is_connected(graph) and graph.number_of_nodes() == land.parcel.size


def test_rules_about_single_parcels_hold(generated: Instance) -> None:
    land, name = land_of(generated), land_of(generated).land_class.position
    river = (land.present.position == name("water")) & (land.allowed.sum(axis=1) == 1)
    assert river.any()
    flooded = (land.displaced[:, generated.scenarios.hazard == "flood"] > 0).any(axis=1)
    lived_in = [k for k, c in enumerate(land.land_class.labels()) if c in ("housing", "mixed")]
    low = ~land.allowed[:, [name("farm"), name("reserve"), name("industry"), *lived_in]].any(axis=1) & ~river
    assert low.any() and (land.allowed[low][:, [name("green"), name("water")]]).any(axis=1).all()
    assert flooded.any() and land.allowed[:, name("industry")].any()
    plant = np.flatnonzero(land.allowed[:, name("industry")] & (land.allowed.sum(axis=1) == 1))
    assert plant.size == 1
    near = np.hypot(land.x - land.x[plant], land.y - land.y[plant]) < 250.0
    assert not land.allowed[np.ix_(near, lived_in)].any()


def test_a_parcel_that_may_not_change_its_use_has_it_already(generated: Instance) -> None:
    land = land_of(generated)
    price = land.change_cost
    assert (price[np.arange(land.parcel.size), land.present.position] == 0).all()
    other = land.allowed.copy()
    other[np.arange(land.parcel.size), land.present.position] = False
    assert (price[other] > 0).all()


def test_neighbourhoods_are_whole_parcels_and_sites_are_land_that_can_be_held_open(generated: Instance) -> None:
    land, units = land_of(generated), generated.units
    assert units is not None
    assert np.bincount(land.unit.position, land.area, units.unit.size) == pytest.approx(units.area, rel=1e-6)
    held = [land.parcel.position(label) for label in generated.sites.site.labels()]
    assert land.allowed[held, land.land_class.position("reserve")].all()


def test_a_planner_reads_what_the_land_is_used_for_and_who_finds_no_place(generated: Instance) -> None:
    found, land = quality(generated), land_of(generated)
    table = found.section("land")
    heads = [name for name, _ in table.columns]
    columns = dict(zip(heads, zip(*table.rows, strict=True), strict=True))
    assert sum(columns["parcels"]) == land.parcel.size
    assert sum(columns["area"]) == pytest.approx(land.area.sum() / 1e4)
    stays = land.allowed[np.arange(land.parcel.size), land.present.position]
    assert sum(columns["parcels to change"]) == (~stays).sum() > 0
    assert f"land: {(~stays).sum()} parcels may not stay what they are, so every plan changes them" in found.warnings
    for _, _, need, places, without, _ in found.section("open land").rows:
        assert max(0.0, need - places) - 1e-6 <= without <= need + 1e-6


def test_what_keeps_land_from_being_as_asked_for_is_a_warning() -> None:
    allowed = np.ones_like(LAND.allowed)
    present = Map(LAND.parcel, LAND.land_class, [0, 1, 0, 1, 0, 1])
    cost = np.zeros_like(LAND.change_cost)
    lone = replace(boundary([0, 1], [1, 2]), allowed=allowed, present=present, change_cost=cost)
    lone = replace(lone, shelter_places=[0.0] * K, least=[0.0, 0.0, 1e3], most=[1e4, 1e6, 1e6])
    told = quality(replace(TOWN, land=lone)).warnings
    for piece in (
        "3 parcels have no neighbour", "there is less green today", "there is more housing today",
        "2 borders lie between classes", "no class offers places",
    ):  # fmt: skip
        assert any(piece in text for text in told), piece
