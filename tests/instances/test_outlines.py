"""Outlines of units become the polygons they came from, and people are counted in the right one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.polygon import orient

from instances.index import Index, Map
from instances.outlines import NOWHERE, polygons, units_of
from instances.units import Units


def units(shapes, levels=None, within=None, backwards=False) -> Units:
    """Units of these shapes; ``backwards`` stores holes before the rings that they lie in."""
    rings = []
    for k, shape in enumerate(shapes):
        for part in shapely.get_parts(shape):
            part = orient(part)
            mine = [(k, np.array(ring.coords)) for ring in (part.exterior, *part.interiors)]
            rings += mine[::-1] if backwards else mine
    unit = Index.named("unit", [f"unit {k}" for k in range(len(shapes))])
    inner = shapely.get_coordinates(shapely.point_on_surface(shapes))
    return Units(
        unit,
        Index.tuples("border", unit=(unit, []), neighbour=(unit, [])),
        level=np.array(["all"] * len(shapes) if levels is None else levels),
        x=inner[:, 0],
        y=inner[:, 1],
        area=shapely.area(shapes),
        title=np.array([f"Unit {k}" for k in range(len(shapes))]),
        shared=np.zeros(0),
        within=Map(unit, unit, within) if within is not None else None,
        ring_unit=np.array([k for k, _ in rings]),
        ring_start=np.cumsum([0, *[len(ring) for _, ring in rings]]),
        ring_xy=np.concatenate([ring for _, ring in rings]),
    )


discs = st.lists(
    st.tuples(*(st.floats(-8, 8).map(lambda v: round(v, 1)) for _ in range(2)), st.sampled_from([0.5, 1.0, 2.0, 4.0])),
    min_size=1, max_size=5,
)  # fmt: skip


@given(st.lists(st.tuples(discs, discs), min_size=1, max_size=4), st.booleans())
def test_polygons_with_holes_and_islands_come_back_from_their_rings(drawn, backwards):
    shapes = []
    for land, water in drawn:
        wet = [shapely.Point(x, y).buffer(r, quad_segs=3) for x, y, r in water]
        dry = [shapely.Point(x, y).buffer(r, quad_segs=3) for x, y, r in land]
        shape = shapely.set_precision(shapely.difference(shapely.union_all(dry), shapely.union_all(wet)), 0.01)
        if shape.area > 0.01:
            shapes.append(shape)
    if not shapes:
        return
    for back, shape in zip(polygons(units(shapes, backwards=backwards)), shapes, strict=True):
        assert back.is_valid
        assert shapely.symmetric_difference(back, shape).area < 1e-9


def test_an_island_in_a_lake_belongs_to_the_unit_around_the_lake():
    land = shapely.box(0, 0, 10, 10) - shapely.box(2, 2, 8, 8)
    whole = shapely.MultiPolygon([land, shapely.box(4, 4, 6, 6) - shapely.box(4.5, 4.5, 5.5, 5.5)])
    for backwards in (False, True):
        (back,) = polygons(units([whole], backwards=backwards))
        assert back.equals(whole)
        assert back.area == 100 - 36 + 4 - 1


def test_a_unit_without_a_ring_is_empty_and_units_without_outlines_are_refused():
    two = units([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    less = replace(two, ring_unit=two.ring_unit[:1], ring_start=two.ring_start[:2], ring_xy=two.ring_xy[:5])
    assert [shape.is_empty for shape in polygons(less)] == [False, True]
    with pytest.raises(ValueError, match="no outlines"):
        polygons(replace(two, ring_unit=None, ring_start=None, ring_xy=None))


def test_places_are_in_the_unit_of_each_level_that_covers_them():
    rng = np.random.default_rng(3)
    coarse = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
    fine = [shapely.box(x, 0, x + 5, 10) for x in range(0, 20, 5)]
    land = units([*coarse, *fine], ["district"] * 2 + ["block"] * 4, [0, 1, 0, 0, 1, 1])
    x, y = rng.uniform(-2, 22, 300), rng.uniform(-2, 12, 300)
    found = units_of(land, x, y)
    for level, shapes, first in (("district", coarse, 0), ("block", fine, 2)):
        for k in range(300):
            inside = [first + n for n, shape in enumerate(shapes) if shape.covers(shapely.Point(x[k], y[k]))]
            assert found[level][k] == (inside[0] if inside else NOWHERE)


def test_where_zones_are_units_the_zone_decides_even_beyond_the_outline():
    land = units([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], ["half", "half"])
    named = replace(land, unit=Index.named("unit", ["half west", "half east"]), border=land.border)
    named = replace(named, border=Index.tuples("border", unit=(named.unit, []), neighbour=(named.unit, [])))
    demand, zone = Index.named("demand", "abc"), Index.named("zone", ["east", "west"])
    x = np.array([0.5, 1.5, 9.0])
    assert units_of(named, x, np.full(3, 0.5))["half"].tolist() == [0, 1, NOWHERE]
    assert units_of(named, x, np.full(3, 0.5), Map(demand, zone, [1, 1, 0]))["half"].tolist() == [0, 0, 1]
