"""Earthquakes against the published relation, event sets from tables, classes of land, real rasters."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from scipy import stats

from instances.hazards.exposed import Exposed
from instances.hazards.luck import Luck
from instances.hazards.sources.earthquakes import campbell1981
from instances.hazards.sources.nearest import nearest
from instances.hazards.splits import by_draw
from instances.layers.layer import Layer
from instances.schema import InstanceError
from tests.hazards.town import CRS, EAST, NORTH, ONE, SIDE, X, Y, footprint, futures, grid, ground, layer, square

QUAKE = {"name": "quake", "magnitude": 6.5, "at": {"x": EAST + 300, "y": NORTH + 300}, "weight": 1.0}


def test_shaking_follows_campbells_equation_and_falls_with_distance():
    # ln PGA = -4.141 + 0.868 M - 1.09 ln(R + 0.0606 exp(0.7 M)), the same equation in logarithms
    km = np.array([1.0, 5.0, 20.0, 50.0])
    for magnitude in (5.0, 6.5, 7.7):
        log = -4.141 + 0.868 * magnitude - 1.09 * np.log(km + 0.0606 * np.exp(0.7 * magnitude))
        assert np.log(campbell1981(magnitude, km)) == pytest.approx(log, abs=0.001)
        assert (np.diff(campbell1981(magnitude, km)) < 0).all()


def test_the_spread_of_shaking_has_a_part_that_all_share_and_one_that_neighbours_share():
    from instances.accounts import Ledger
    from instances.hazards.rule import HazardsRule
    from instances.hazards.sources.earthquakes import source_events
    from instances.layers.layer import Frame

    rule = HazardsRule.model_validate({"earthquakes": [QUAKE | {"spread": 0.4, "shared": 0.25, "reach": 300.0}]})
    exposed = Exposed(ground())
    source = source_events(rule.earthquakes, None, {}, exposed, Frame(CRS, __file__), Ledger("t"), [])[0]
    median = source.happenings[0].forces[0].homes
    draws = by_draw(list(source.happenings), 3000, Luck(exposed.xy, 1))
    log = np.log([d.forces[0].homes / median for d in draws])
    assert log.std(axis=0) == pytest.approx(0.4, rel=0.06)
    cov = np.cov(log.T) / 0.16
    for k, metres in ((1, 100.0), (SIDE - 1, 600.0)):
        assert cov[0, k] == pytest.approx(0.25 + 0.75 * np.exp(-3.0 * metres / 300.0), abs=0.06)


def test_distance_is_that_to_the_trace_where_a_fault_is_given():
    fault = layer("fault", [shapely.LineString([(EAST, NORTH), (EAST, NORTH + 600)])])
    found, ledger = futures(
        {"fault": fault},
        earthquakes=[QUAKE | {"at": None, "fault": "fault", "spread": 0.0, "depth": 0.1}],
        sampling={"sites": "expected"},
    )
    shaking = campbell1981(6.5, np.hypot((X - EAST) / 1000.0, 0.1))
    homes = stats.lognorm(s=0.6, scale=0.8).cdf(shaking)
    assert found.effects.need[:, 0, 0] == pytest.approx(1000 * 0.8 * homes, abs=0.51)
    assert any("Campbell" in text for text in ledger.sources) and any("Jayaram" in text for text in ledger.sources)
    with pytest.raises(InstanceError, match="'nowhere'"):
        futures({"fault": fault}, earthquakes=[QUAKE | {"at": None, "fault": "nowhere"}])


def table(name, **columns):
    size = len(next(iter(columns.values())))
    ids = np.array([f"{name}{k}" for k in range(size)])
    return Layer(name, ids, np.full(size, None, object), {k: np.asarray(v) for k, v in columns.items()}, CRS)


def mesh():
    from pyproj import Transformer

    return Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(X, Y)


def test_ground_motion_fields_are_read_from_two_tables_as_openquake_writes_them():
    lon, lat = mesh()
    sites = table("sitemesh", custom_site_id=np.arange(len(X)), lon=lon, lat=lat)
    rng = np.random.default_rng(0)
    pga = rng.uniform(0.1, 1.5, (3, len(X)))
    event, place = (v.ravel() for v in np.meshgrid([7, 8, 9], np.arange(len(X)), indexing="ij"))
    order = rng.permutation(len(event))
    motion = table("gmf", event_id=event[order], custom_site_id=place[order], gmv_PGA=pga.ravel()[order])
    rule = {
        "name": "set", "layer": "gmf", "event": "event_id", "intensity": "gmv_PGA", "places": "sitemesh",
        "place": "custom_site_id", "hazard": "earthquake", "unit": "g",
    }  # fmt: skip
    found, ledger = futures({"gmf": motion, "sitemesh": sites}, events=[rule])
    assert found.scenarios.scenario.labels() == ["set 7", "set 8", "set 9"]
    expected = 1000 * 0.8 * stats.lognorm(s=0.6, scale=0.8).cdf(pga)
    assert found.effects.need[:, 0].T == pytest.approx(expected, abs=0.51)
    assert any("no rates" in text for text in ledger.assumptions)


def test_rows_with_coordinates_and_rates_are_an_event_set_and_faults_are_named():
    lon, lat = mesh()
    rows = {"event": np.repeat(["a", "b"], 49), "lon": np.tile(lon, 2), "lat": np.tile(lat, 2),
            "depth": np.repeat([0.5, 1.0], 49), "rate": np.repeat([0.03, 0.01], 49)}  # fmt: skip
    rule = {"name": "s", "layer": "rows", "event": "event", "intensity": "depth", "hazard": "flood", "unit": "m",
            "rate": "rate"}  # fmt: skip
    found, _ = futures({"rows": table("rows", **rows)}, events=[rule])
    assert found.scenarios.probability == pytest.approx([0.75, 0.25])
    assert found.effects.need[:, 0].mean(axis=0) == pytest.approx([275, 550], abs=1)
    twice = {k: np.concatenate([v, v[:1]]) for k, v in rows.items()}
    with pytest.raises(InstanceError, match="repeat an event and place"):
        futures({"rows": table("rows", **twice)}, events=[rule])
    with pytest.raises(InstanceError, match="differ in rate"):
        futures({"rows": table("rows", **rows | {"rate": np.arange(98.0)})}, events=[rule])
    with pytest.raises(InstanceError, match="no column"):
        futures({"rows": table("rows", **rows)}, events=[rule | {"intensity": "gone"}])


def test_the_nearest_point_holds_within_the_limit_and_nothing_beyond():
    rng = np.random.default_rng(2)
    points, places = rng.uniform(0, 100, (40, 2)), rng.uniform(-50, 150, (60, 2))
    away = np.hypot(*(places[:, None] - points).T).T
    at, _ = nearest(points, places, 20.0)
    assert at.tolist() == np.where(away.min(axis=1) <= 20.0, away.argmin(axis=1), -1).tolist()


def test_curves_tell_homes_apart_by_the_land_they_stand_on():
    land = layer("land", [shapely.box(EAST - 50, NORTH - 50, EAST + 250, NORTH + 700), square(500, 300, 420)],
                 code=["111", "620"])  # fmt: skip
    own = {"id": "safe", "hazard": ["flood"], "measure": "depth", "unit": "m", "asset": ["homes"], "classes": ["111"],
           "effect": "unusable", "step": 9.0, "assumption": ONE}  # fmt: skip
    found, ledger = futures(
        {"depth": grid(1.0), "land": land}, footprints=[footprint()], curves={"own": [own]},
        classes={"homes": {"layer": "land", "column": "code"}},
    )  # fmt: skip
    west = X - EAST <= 250
    assert found.effects.need[:, 0, 0].tolist() == np.where(west, 0.0, 550.0).tolist()
    assert any(row[0].startswith("land") for row in ledger.rows)


@pytest.mark.data
def test_kampens_flood_is_looked_up_cell_by_cell(benchmark_data):
    import rasterio

    from instances.layers.grid import Grid

    path = benchmark_data / "kampen" / "inundation_map.tif"
    with rasterio.open(path) as file:
        depth, transform, missing, crs = file.read(1).astype(float), file.transform, file.nodata, str(file.crs)
    raster = Grid.open("depth", path, crs, "m")
    rng = np.random.default_rng(0)
    rows, columns = rng.integers(depth.shape[0], size=len(X)), rng.integers(depth.shape[1], size=len(X))
    x = transform.c + transform.a * (columns + 0.5)
    y = transform.f + transform.e * (rows + 0.5)
    from dataclasses import replace

    town = ground()
    town = replace(town, demand=replace(town.demand, x=np.asarray(x), y=np.asarray(y)))
    expected = depth[rows, columns]
    good = np.isfinite(expected) & (expected != missing)
    from pathlib import Path

    from instances.accounts import Ledger
    from instances.hazards.futures import happen
    from instances.layers.layer import Frame
    from tests.hazards.town import phases, rule_of

    found = happen(
        rule_of(footprints=[footprint()]), {"depth": raster}, town, phases(), Frame(crs, Path(".")), Ledger("t"), 1
    )
    value = np.where(good, np.clip(expected, 0.0, 1.0), 0.0)
    assert found.effects.need[:, 0, 0] == pytest.approx(550.0 * value, abs=0.51)
    assert (value > 0).sum() > 5
