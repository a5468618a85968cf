from __future__ import annotations

import numpy as np
import pytest
import shapely

from instances.layers.grid import Grid
from instances.schema import InstanceError
from tests.people.towns import CRS, layer, run


def grid(name, values):
    values = np.array(values, float)
    return Grid.of(name, values, (100.0, 0.0, 0.0, 0.0, -100.0, 100.0 * len(values)), CRS, "people")


PEOPLE = grid("pop", [[10.0, 20.0, 0.0], [30.0, np.nan, 40.0]])


def test_cells_without_people_are_booked_and_missing_ones_are_no_cells():
    who, ledger = run({"raster": "pop", "to": {"places": True}}, [PEOPLE])
    assert sorted(who.people.tolist()) == [10, 20, 30, 40]
    assert ("pop", "read", "", 5.0, 100.0, "people", "") in ledger.rows
    assert [row[3:5] for row in ledger.rows if row[2] == "nobody lives there"] == [(1.0, 0.0)]


def test_a_cell_on_the_border_of_two_zones_is_split_by_its_area():
    zones = [shapely.box(0, 0, 125, 200), shapely.box(125, 0, 300, 200)]
    who, _ = run({"raster": "pop", "to": {"areas": "z"}}, [PEOPLE, layer("z", zones)])
    assert who.people.tolist() == [10 + 30 + 5, 15 + 40]


def test_what_zones_do_not_cover_is_booked():
    who, ledger = run({"raster": "pop", "to": {"areas": "z"}}, [PEOPLE, layer("z", [shapely.box(0, 0, 100, 200)])])
    assert who.people.tolist() == [40]
    assert [row[2:5] for row in ledger.rows if row[1] == "dropped"] == [("outside the target areas", 0.0, 60.0)]


def test_cells_outside_the_frame_are_left_out():
    who, ledger = run({"raster": "pop", "to": {"grid": 100.0}, "within": "city"}, [
        PEOPLE, layer("city", [shapely.box(0, 0, 100, 200)]),
    ])  # fmt: skip
    assert who.people.tolist() == [30, 10]
    assert next(row[2:5] for row in ledger.rows if row[1] == "dropped") == ("outside the extent", 2.0, 60.0)


def test_fewer_than_no_people_in_a_cell_is_a_fault():
    with pytest.raises(InstanceError, match="fewer than 0 people; declare its nodata"):
        run({"raster": "pop"}, [grid("pop", [[5.0, -9999.0]])])


def test_workers_follow_a_raster_of_workplaces():
    work = grid("work", [[0.0, 0.0, 0.0], [0.0, 0.0, 8.0]])
    rule = {"share": 1.0, "towards": {"raster": "work"}, "assumption": "everybody works there"}
    who, _ = run({"raster": "pop", "to": {"grid": 100.0}, "day": {"commuters": rule}}, [PEOPLE, work])
    assert dict(zip(who.people.tolist(), who.day.tolist(), strict=True)) == {10: 0, 20: 0, 30: 0, 40: 100}
