from __future__ import annotations

from fractions import Fraction

import geopandas as gpd
import numpy as np
import rasterio.features
import rasterio.transform
import shapely
from hypothesis import given
from hypothesis import strategies as st

from instances.layers.grid import Grid
from instances.people.wholes import apportion, whole
from tests.people.towns import CRS, censuses, layer, partitions, run

AREAS = {"areas": {"layer": "census", "people": "people"}}
WEST, NORTH, CELL = 0.0, 1000.0, 100.0


@given(censuses(), partitions())
def test_areal_interpolation_agrees_with_an_overlay_of_geopandas(census, blocks):
    shapes, people = census
    who, _ = run(AREAS | {"to": {"areas": "blocks"}}, [layer("census", shapes, people=people), layer("blocks", blocks)])
    left = gpd.GeoDataFrame({"unit": np.arange(len(shapes)), "people": people}, geometry=shapes, crs=CRS)
    right = gpd.GeoDataFrame({"block": [f"blocks{k}" for k in range(len(blocks))]}, geometry=blocks, crs=CRS)
    both = gpd.overlay(left, right, how="intersection", keep_geom_type=False)
    both["part"] = both.people * both.area / left.area.to_numpy()[both.unit]
    expected = both.groupby("block").part.sum()
    found = dict(zip(who.id.tolist(), who.people, strict=True))
    parts = both.groupby("block").size()
    for block, amount in expected.items():
        # Every part is rounded up or down by less than one person.
        assert abs(found.get(block, 0.0) - amount) < parts[block] + 1e-6


def raster(values):
    return Grid.of("census", values, (CELL, 0.0, WEST, 0.0, -CELL, NORTH), CRS, "people")


CELLS = st.lists(st.floats(0, 300), min_size=100, max_size=100).filter(lambda v: sum(v) > 1)


@given(CELLS, partitions())
def test_a_raster_on_zones_agrees_with_counting_its_cells_split_into_fine_ones(values, zones):
    # Zones lie on whole metres, so cells split to one metre lie in exactly one zone: an exact oracle by rasterio.
    grid = np.array(values).reshape(10, 10)
    who, _ = run({"raster": "census", "to": {"areas": "zones"}}, [raster(grid), layer("zones", zones)])
    fine = np.kron(grid / 100**2, np.ones((100, 100)))
    transform = rasterio.transform.from_origin(WEST, NORTH, 1.0, 1.0)
    label = rasterio.features.rasterize(
        [(z, k + 1) for k, z in enumerate(zones)], fine.shape, transform=transform, dtype="int32"
    )
    expected = np.bincount(label.ravel(), fine.ravel(), minlength=len(zones) + 1)[1:]
    found = np.zeros(len(zones))
    found[[int(i.removeprefix("zones")) for i in who.id]] = who.people
    assert who.people.sum() == np.rint(grid.sum())
    assert (np.abs(found - expected * who.people.sum() / grid.sum()) < 1 + 1e-3).all()


@given(CELLS)
def test_a_raster_on_its_own_squares_is_the_raster_rounded(values):
    grid = np.array(values).reshape(10, 10)
    who, _ = run({"raster": "census", "to": {"grid": CELL}}, [raster(grid)])
    assert who.people.sum() == np.rint(grid.sum())
    row, column = ((NORTH - who.y) // CELL).astype(int), ((who.x - WEST) // CELL).astype(int)
    assert (np.abs(who.people - grid[row, column]) < 1).all()


@given(CELLS, censuses())
def test_a_raster_as_weight_shares_each_unit_in_its_proportion(values, census):
    shapes, people = census
    grid = raster(np.array(values).reshape(10, 10))
    weights = Grid.of("density", grid.raster.values, (CELL, 0.0, WEST, 0.0, -CELL, NORTH), CRS)
    halves = [shapely.box(0, 0, 500, 1000), shapely.box(500, 0, 1000, 1000)]
    who, _ = run(
        AREAS | {"by": {"raster": "density"}, "to": {"areas": "half"}},
        [layer("census", shapes, people=people), weights, layer("half", halves)],
    )
    assert who.people.sum() == people.sum()
    expected = np.zeros(2)
    for shape, number in zip(shapes, people, strict=True):
        parts = np.array([shapely.intersection(shape, half) for half in halves], object)
        real = shapely.area(parts) > 0  # where they only touch, the intersection is a line
        mass = np.zeros(2)
        mass[real] = np.nan_to_num(weights.zonal(parts[real], "sum"))
        mass = mass if mass.sum() > 0 else shapely.area(parts)
        expected += number * mass / mass.sum()
    found = np.zeros(2)
    found[[int(i.removeprefix("half")) for i in who.id]] = who.people
    assert (np.abs(found - expected) < len(shapes) + 1e-3).all()


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any), st.integers(0, 500))
def test_rounding_is_the_method_of_the_largest_remainder_in_exact_fractions(votes, seats):
    quota = [Fraction(v * seats, sum(votes)) for v in votes]
    floors = [q.numerator // q.denominator for q in quota]
    order = sorted(range(len(votes)), key=lambda k: (-(quota[k] - floors[k]), k))
    expected = list(floors)
    for k in order[: seats - sum(floors)]:
        expected[k] += 1
    x = np.arange(len(votes), dtype=float)
    amount = np.array([float(q) for q in quota])
    found = apportion(amount, np.zeros(len(votes), np.intp), np.array([float(seats)]), x, np.zeros(len(votes)))
    assert found.tolist() == expected


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30).filter(lambda v: sum(v) > 1))
def test_rounding_moves_no_amount_by_a_whole_person(amounts):
    amount = np.array(amounts)
    found = whole(amount, float(np.rint(amount.sum())), amount * 0, amount * 0)
    assert found.sum() == np.rint(amount.sum())
    assert (np.abs(found - amount) < 1 + 1e-6).all()
    assert found[amount == 0].sum() == 0
