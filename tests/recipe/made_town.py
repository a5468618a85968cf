"""A small town made for tests: eleven layers in eight formats, and a recipe that uses every section.

The town is a grid of streets, 2 km wide, on the UTM zone 33 north. Numbers are chosen so that a hand can check them.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np

CRS = "EPSG:32633"
WEST, SOUTH, BLOCK, STREETS = 500_000.0, 5_400_000.0, 250.0, 9
SIDE = BLOCK * (STREETS - 1)
MIDDLE_X, MIDDLE_Y = WEST + SIDE / 2, SOUTH + SIDE / 2
PEOPLE = {"NW": 4000, "NE": 3001, "SW": 2500, "SE": 1499}
CHILDREN = {"NW": 800, "NE": 450, "SW": 500, "SE": 150}

RECIPE: dict[str, Any] = {
    "recipe": 1,
    "name": "made_town",
    "title": {"en": "Made town", "zh": "试验镇"},
    "crs": CRS,
    "seed": 3,
    "layers": {
        "streets": {"path": "streets.gpkg", "layer": "streets", "key": "way", "source": "made for tests"},
        "census": {"path": "census.geojson", "key": "code", "source": "made for tests"},
        "halves": {"path": "halves.parquet", "key": "half"},
        "land": {"path": "land.shp", "key": "plot"},
        "places": {"path": "places.csv", "key": "place", "x": "x", "y": "y", "crs": CRS},
        "plants": {"path": "plants.fgb", "key": "plant"},
        "water": {"path": "water.gpkg", "layer": "hundred", "key": "area"},
        "depth": {"path": "depth.tif", "unit": "m"},
        "heights": {"path": "heights.tif", "unit": "m"},
        "stations": {"path": "stations.geojson", "key": "station"},
        "centre": {"path": "streets.gpkg", "layer": "centre", "key": "spot"},
    },
    "roads": {
        "source": {"lines": "streets", "class": "class", "name": "name", "oneway": "oneway", "bridge": "bridge"},
        "oneway": "binds",
    },
    "people": {
        "areas": {"layer": "census", "people": "people", "name": "name"},
        "by": {
            "land": {
                "layer": "land",
                "column": "use",
                "weights": {"housing": 1.0, "mixed": 0.5},
                "assumption": "A metre of mixed land has half the people of housing.",
            }
        },
        "to": {"grid": 250},
        "groups": {
            "children": {"title": {"en": "Children"}, "count": "children", "vulnerability": 1.5},
            "elderly": {"title": {"en": "65 and older"}, "share": 0.2, "basis": "assumed", "travels": 0.2},
        },
        "day": {
            "commuters": {
                "share": 0.4,
                "towards": {
                    "land": {
                        "layer": "land",
                        "column": "use",
                        "weights": {"work": 1.0, "mixed": 0.5},
                        "assumption": "Work draws by its area.",
                    }
                },
                "decay": 2.0,
                "assumption": "Two of five spend the day at work or school.",
            }
        },
    },
    "zones": {
        "levels": [
            {"level": "half", "layer": "halves", "title": "title"},
            {"level": "quarter", "layer": "census", "title": "name"},
        ],
        "promise": "quarter",
    },
    "sites": {
        "from": [
            {
                "layer": "places",
                "use_column": "kind",
                "classes": {"school": "school", "gym": "sports", "store": "warehouse", "clinic": "hospital"},
                "area": "floor",
                "title": "title",
                "status_column": "state",
                "statuses": {"ready": "existing"},
                "capacity": "most",
                "cost": "cost",
            },
            {"layer": "land", "where": {"use": ["park"]}, "use": "park", "share": 0.5},
            {
                "blocks": "network",
                "use": "reserve_land",
                "share": 0.2,
                "draw": 0.2,
                "assumption": "One in five blocks has open ground.",
            },
        ],
        "exclude": [
            {
                "name": "plant",
                "title": {"en": "Within 200 m of a plant"},
                "kind": "avoid",
                "layer": "plants",
                "within": 200,
                "assumption": "Plants may leak.",
            },
            {
                "name": "deep",
                "title": {"en": "Under 1 m of water"},
                "kind": "evade",
                "layer": "depth",
                "above": 1.0,
                "how": "point",
                "assumption": "Water above the waist.",
            },
        ],
        "suitability": {
            "method": "weighted_sum",
            "assumption": "Nearness to people counts twice.",
            "criteria": [
                {"name": "near", "measure": "people", "radius": 500, "better": "more", "weight": 2},
                {"name": "size", "measure": "area", "better": "more", "weight": 1},
            ],
            "sensitivity": {"draws": 50},
        },
    },
    "hazards": {
        "footprints": [
            {
                "name": "flood 20",
                "hazard": "flood",
                "layer": "water",
                "column": "depth",
                "unit": "m",
                "return_period": 20,
            },
            {"name": "flood 200", "hazard": "flood", "layer": "depth", "unit": "m", "return_period": 200},
        ],
        "footprints_share": 0.5,
        "earthquakes": [
            {
                "name": "quake",
                "magnitude": 6.5,
                "at": {"x": MIDDLE_X, "y": MIDDLE_Y - 4000},
                "weight": 1,
                "level": "high",
            }
        ],
        "earthquakes_share": 0.2,
        "declared": [
            {"name": "outage", "level": "moderate", "weight": 1, "causes": [{"hazard": "outage", "share": 0.5}]}
        ],
        "declared_share": 0.3,
        "chains": [
            {
                "then": "services",
                "after": ["flood"],
                "services": [{"name": "power", "layer": "stations", "fails": 0.5}],
                "assumption": "Stations under half a metre of water fail.",
            },
            {
                "then": "landslide",
                "after": ["earthquake"],
                "probability": 0.5,
                "heights": "heights",
                "steep": 20,
                "trigger": 0.05,
                "assumption": "Half of strong quakes loosen slopes.",
            },
        ],
        "seasons": [
            {"name": "winter", "share": 0.4, "open_air": 0.3, "assumption": "Four in ten events come in winter."},
            {"name": "summer", "share": 0.6, "assumption": "Six in ten events come in summer."},
        ],
        "times": {"day": 0.5, "night": 0.5},
    },
    "travel": {
        "walk": {"cutoff": 25, "alternatives": 1, "most_ways": 3, "snap_limit": 400},
        "drive": {"cutoff": 15, "nearest": 3, "oneway": "ignored"},
    },
    "corridors": {
        "gateways": True,
        "keys": [{"layer": "centre", "name": "title", "tier": "city", "ways": 2}, {"use": "hospital", "ways": 1}],
    },
}


def recipe() -> dict[str, Any]:
    """The recipe as plain data, to be changed at will."""
    return copy.deepcopy(RECIPE)


def write_recipe(folder: Path, content: dict[str, Any] | None = None, name: str = "recipe.yaml") -> Path:
    """The recipe as a YAML file beside its layers."""
    import yaml

    path = folder / name
    path.write_text(yaml.safe_dump(content or RECIPE, sort_keys=False, allow_unicode=True, width=1000), "utf-8")
    return path


def write_town(folder: Path) -> Path:
    """Write all layers; returns the folder."""
    for write in (_streets, _census, _halves, _land, _places, _points, _water, _rasters):
        write(folder)
    return folder


def census(folder: Path, **changes: int) -> None:
    """Write the census again with other numbers of people, by quarter."""
    _census(folder, PEOPLE | changes)


def _streets(folder: Path) -> None:
    import geopandas
    from shapely import LineString, Point

    at = [k * BLOCK for k in range(STREETS)]
    rows = []
    for k, away in enumerate(at):
        east = LineString([(WEST + s, SOUTH + away) for s in at])
        north = LineString([(WEST + away, SOUTH + s) for s in at])
        kind = "primary" if k in (0, 4) else "residential"
        oneway = {2: "yes", 3: "-1"}.get(k, "no")
        rows.append((f"e{k}", f"East Street {k}", kind, oneway, "yes" if k == 6 else "no", east))
        rows.append((f"n{k}", f"North Street {k}", kind, "no", "no", north))
    columns = "way", "name", "class", "oneway", "bridge", "geometry"
    table = geopandas.GeoDataFrame(dict(zip(columns, zip(*rows, strict=True), strict=True)), crs=CRS)
    table.to_file(folder / "streets.gpkg", layer="streets", driver="GPKG")
    centre = {"spot": ["hall"], "title": ["Town hall"]}
    centre = geopandas.GeoDataFrame(centre, geometry=[Point(MIDDLE_X, MIDDLE_Y)], crs=CRS)
    centre.to_file(folder / "streets.gpkg", layer="centre", driver="GPKG")


def _census(folder: Path, people: dict[str, int] = PEOPLE) -> None:
    import geopandas
    from shapely import box

    half = SIDE / 2
    corner = {"NW": (0, half), "NE": (half, half), "SW": (0, 0), "SE": (half, 0)}
    shape = [box(WEST + x, SOUTH + y, WEST + x + half, SOUTH + y + half) for x, y in (corner[q] for q in people)]
    columns = {
        "code": list(people),
        "name": [f"Quarter {q}" for q in people],
        "people": list(people.values()),
        "children": [CHILDREN[q] for q in people],
        "remark": ["counted by hand"] * len(people),
    }
    table = geopandas.GeoDataFrame(columns, geometry=shape, crs=CRS).to_crs(4326)
    table.to_file(folder / "census.geojson", driver="GeoJSON", COORDINATE_PRECISION=9)


def _halves(folder: Path) -> None:
    import geopandas
    from shapely import box

    shape = [box(WEST, SOUTH, MIDDLE_X, SOUTH + SIDE), box(MIDDLE_X, SOUTH, WEST + SIDE, SOUTH + SIDE)]
    table = {"half": ["W", "E"], "title": ["West", "East"]}
    geopandas.GeoDataFrame(table, geometry=shape, crs=CRS).to_parquet(folder / "halves.parquet")


def _land(folder: Path) -> None:
    import geopandas
    from shapely import box

    rows = []
    for column in range(STREETS - 1):
        for row in range(STREETS - 1):
            x, y = WEST + column * BLOCK, SOUTH + row * BLOCK
            use = ("housing", "housing", "mixed", "work")[(column + row) % 4]
            if (column, row) in ((1, 1), (6, 6), (1, 6)):
                use = "park"
            rows.append((f"{column}/{row}", use, box(x + 10, y + 10, x + BLOCK - 10, y + BLOCK - 10)))
    plot, use, shape = zip(*rows, strict=True)
    geopandas.GeoDataFrame({"plot": plot, "use": use}, geometry=list(shape), crs=CRS).to_file(folder / "land.shp")


def _places(folder: Path) -> None:
    lines = ["place,x,y,kind,floor,title,state,most,cost"]
    for k, (x, y, kind, floor, state, most, cost) in enumerate(
        [
            (400, 400, "school", 3000, "", "", ""),
            (1400, 1400, "school", 5000, "ready", 900, ""),
            (600, 1500, "gym", 2500, "", "", 400_000),
            (1500, 600, "gym", 2500, "", "", ""),
            (900, 900, "store", 2000, "", "", ""),
            (1800, 1800, "store", 3000, "", "", ""),
            (1100, 700, "clinic", 4000, "", "", ""),
            (1700, 200, "school", 3000, "", "", ""),
            (300, 1700, "kiosk", 40, "", "", ""),
        ],
        1,
    ):
        lines.append(f"p{k},{WEST + x},{SOUTH + y},{kind},{floor},{kind.title()} {k},{state},{most},{cost}")
    (folder / "places.csv").write_text("\n".join(lines) + "\n", "utf-8")


def _points(folder: Path) -> None:
    import geopandas
    from shapely import Point

    plant = geopandas.GeoDataFrame({"plant": ["tanks"]}, geometry=[Point(WEST + 1550, SOUTH + 650)], crs=CRS)
    plant.to_file(folder / "plants.fgb", driver="FlatGeobuf")
    where = [Point(WEST + 1750, SOUTH + 1000), Point(WEST + 250, SOUTH + 1000)]
    station = geopandas.GeoDataFrame({"station": ["east", "west"]}, geometry=where, crs=CRS).to_crs(4326)
    station.to_file(folder / "stations.geojson", driver="GeoJSON")


def _water(folder: Path) -> None:
    import geopandas
    from shapely import box

    flood = box(WEST + SIDE - 300, SOUTH, WEST + SIDE, SOUTH + SIDE)
    table = geopandas.GeoDataFrame({"area": ["shore"], "depth": [0.8]}, geometry=[flood], crs=CRS)
    table.to_file(folder / "water.gpkg", layer="hundred", driver="GPKG")


def _rasters(folder: Path) -> None:
    """Water 2 m deep along the eastern rim, falling to none 600 m inland; hills that rise to the north-west."""
    import rasterio

    size, margin = 25.0, 500.0
    count = int((SIDE + 2 * margin) / size)
    east = -margin + size * (np.arange(count) + 0.5)
    inland = SIDE - east
    depth = np.tile(np.clip(2.0 * (600.0 - inland) / 600.0, 0.0, 2.0), (count, 1))
    north = (-margin + size * (np.arange(count) + 0.5))[::-1]
    heights = 0.5 * np.clip(north[:, None] - 1500.0, 0.0, None) + 0.0 * east[None, :]
    for name, values in (("depth", depth), ("heights", heights)):
        grid = {"driver": "GTiff", "height": count, "width": count, "count": 1, "dtype": "float32", "crs": CRS}
        place = rasterio.Affine(size, 0.0, WEST - margin, 0.0, -size, SOUTH + SIDE + margin)
        with rasterio.open(folder / f"{name}.tif", "w", transform=place, nodata=-9999.0, **grid) as file:
            file.write(values.astype("float32"), 1)
