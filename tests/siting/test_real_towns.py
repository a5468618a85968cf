"""Kampen's land use under its flood raster, and Andorra from its map."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from instances.index import Index
from instances.layers.grid import Grid
from instances.layers.layer import Layer
from instances.layers.osm import CLASSES, read_extract
from instances.people.residents import ResidentRule
from instances.siting.tagged import tallied
from instances.streets.graph import build_network
from tests.siting.made import dropped, found

KAMPEN = """
from:
  - layer: landuse
    use_column: landuse
    classes: {grass: park, meadow: reserve_land, commercial: warehouse, farmyard: warehouse, retail: car_park}
    share: {park: 0.5, reserve_land: 0.5, warehouse: 0.3, car_park: 0.5}
    dissolve: true
least_area: {park: 2000, reserve_land: 5000}
most: {sites: 40}
exclude:
  - name: flood
    title: {en: Flooded deeper than 0.5 m, zh: 淹没深度超过0.5米}
    kind: evade
    layer: depth
    above: 0.5
    how: mean
    assumption: nobody can stay in water deeper than this
suitability:
  assumption: equal weights
  criteria:
    - {name: size, measure: area, better: more, weight: 1}
    - {name: depth, measure: raster, layer: depth, how: max, better: less, weight: 1, missing: 0}
"""


class Depth:
    """The depths of the published raster by rasterio and exactextract, without our reader."""

    unit = "m"

    def __init__(self, path):
        self.path = path

    def sample(self, x, y):
        import rasterio

        with rasterio.open(self.path) as source:
            return np.array([v[0] for v in source.sample(np.column_stack([x, y]))], float)

    def zonal(self, shapes, how):
        import geopandas as gpd
        import rasterio
        from exactextract import exact_extract

        with rasterio.open(self.path) as source:
            frame = gpd.GeoDataFrame(geometry=list(shapes), crs=source.crs)
            return exact_extract(str(self.path), frame, [how], output="pandas")[how].to_numpy(float)


@pytest.fixture(scope="module")
def kampen(benchmark_data):
    from pyogrio import raw

    folder = benchmark_data / "kampen"
    meta, _, wkb, (classes,) = raw.read(folder / "landuse.shp", columns=["landuse"])
    shapes = np.asarray(shapely.from_wkb(wkb), object)
    ids = np.array([f"k{k}" for k in range(len(shapes))], np.str_)
    land = Layer("landuse", ids, shapes, {"landuse": classes.astype(np.str_)}, meta["crs"])
    path = folder / "inundation_map.tif"
    return {"landuse": land, "depth": Grid.open("depth", path, "EPSG:28992", unit="m"), "oracle": Depth(path)}


def test_kampen_sites_from_land_use_are_excluded_where_the_flood_is_deep(kampen):
    sites, ledger = found(KAMPEN, kampen)
    assert set(sites.use.tolist()) == {"park", "reserve_land", "warehouse", "car_park"}
    assert max(np.unique(sites.use, return_counts=True)[1]) >= 40
    exclusions, suitability = sites.parts(Index.named("site", sites.id.tolist()))
    assert exclusions.faults == () and suitability.faults == ()
    at = exclusions.exclusion["site"].position
    assert (exclusions.found > 0.5).all() and len(at) == (sites.status == "forbidden").sum() > 0
    other, _ = found(KAMPEN, {**kampen, "depth": kampen["oracle"]})
    assert other.id.tolist() == sites.id.tolist() and other.status.tolist() == sites.status.tolist()
    assert exclusions.found == pytest.approx(other.exclusions.found, rel=1e-4)  # exactextract keeps shares in 32 bits
    assert suitability.rank.tolist() == other.suitability.rank.tolist()
    reasons = dropped(ledger)
    assert reasons[("landuse", "landuse forest is no use")] == 1412
    assert ("landuse", "touches another outline of the same use") in reasons


def test_kampen_area_is_half_of_the_union_of_touching_grass(kampen):
    import geopandas as gpd

    text = "from: [{layer: landuse, use_column: landuse, classes: {grass: park}, share: 0.5, dissolve: true}]"
    sites, _ = found(text, kampen)
    land = kampen["landuse"]
    grass = shapely.make_valid(land.shape[land.columns["landuse"] == "grass"])
    whole = gpd.GeoSeries(list(grass), crs=land.crs).union_all()
    assert sites.area.sum() == pytest.approx(0.5 * whole.area, rel=1e-6)


@pytest.fixture(scope="module")
def andorra(benchmark_data):
    return read_extract(benchmark_data / "osm" / "andorra.osm.pbf")


def test_andorra_from_its_map_has_the_sites_of_the_tag_rules(andorra):
    sites, _ = found("from: [{osm: map}]", {"map": andorra})
    plain, _, tally = tallied(andorra, ResidentRule())
    assert len(sites) == len(plain)
    assert sorted(sites.area.tolist()) == pytest.approx(sorted(plain.area.tolist()))
    assert sorted(sites.title.tolist()) == sorted(plain.title.tolist())
    assert len(plain) + len(tally.apart) + len(tally.merged) + len(tally.outside) + len(tally.small) == tally.read


def test_andorra_blocks_lie_between_streets_and_keep_clear_of_water(andorra):
    network = build_network(andorra.streets, CLASSES)
    text = """
    from:
      - {osm: map, uses: [school, park, sports]}
      - {blocks: network, use: reserve_land, draw: 0.2, least: 5000, most: 100000,
         assumption: the land register is not public}
    exclude:
      - {name: water, title: {en: Near water}, kind: avoid, layer: map, where: {natural: [water]}, within: 30,
         assumption: a planning assumption}
    suitability:
      method: promethee
      assumption: planners ranked the criteria
      keep: 30
      criteria:
        - {name: size, measure: area, better: more, rank: 1, preference: vshape, strict: 5000}
        - {name: road, measure: road, classes: [primary], better: less, rank: 2, preference: linear,
           indifference: 50, strict: 500}
        - {name: ways, measure: ways, better: more, rank: 3}
    """
    sites, _ = found(text, {"map": andorra}, network)
    streets = shapely.union_all(network.tree.geometries).buffer(0.01)
    blocks = sites.outline[sites.use == "reserve_land"]
    assert len(blocks) > 5
    for k, block in enumerate(blocks):  # streets bound them all around, and no two overlap
        assert streets.covers(block.boundary)
        assert shapely.area(shapely.intersection(block, blocks[k + 1 :])).sum() < 1e-3
    assert sites.area[sites.use == "reserve_land"] == pytest.approx(0.3 * shapely.area(blocks))
    water = andorra.areas.tagged("natural", "water").shape
    points = andorra.points.tagged("natural", "water").shape
    near = np.array([shapely.distance(s, np.concatenate([water, points])).min() for s in sites.shapes()])
    assert ((near <= 30) == (sites.status == "forbidden")).all()
    assert (sites.status == "candidate").sum() == 30
    assert sites.suitability.rank[sites.status == "candidate"].max() <= 30
