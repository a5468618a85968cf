"""Features and rules for the tests of readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from instances.accounts import Ledger, accounts
from instances.layers.layer import Frame, Layer
from instances.layers.read import read_layers
from instances.layers.rule import LayerRule

CRS = "EPSG:3067"
X, Y = 385_000.0, 6_672_000.0
NAMES = ["Kallio", "Töölö", "中央公园", "", "Vallila"]
PEOPLE = [10.5, 20.0, float("nan"), 40.0, 0.25]
FLOORS = [1, 2, 3, 4, 2**40]


def frame(folder: Path, box: Any = None, crs: str = CRS) -> Frame:
    return Frame(crs, folder, box)


def shapes() -> list[Any]:
    """A polygon with a hole, one of two parts, and others."""
    square = shapely.box(X, Y, X + 100, Y + 80)
    return [
        shapely.Polygon(square.exterior, [shapely.box(X + 10, Y + 10, X + 30, Y + 30).exterior]),
        shapely.MultiPolygon([shapely.box(X + 200, Y, X + 250, Y + 50), shapely.box(X + 300, Y, X + 310, Y + 50)]),
        shapely.box(X + 400, Y + 400, X + 450.5, Y + 460.25),
        shapely.Polygon([(X, Y + 500), (X + 70, Y + 500), (X + 35, Y + 580)]),
        shapely.box(X + 1000, Y + 1000, X + 1100, Y + 1100),
    ]


def table(crs: str = CRS, **change: Any) -> Any:
    import geopandas

    columns = {"code": ["a1", "b2", "c3", "d4", "007"], "name": NAMES, "people": PEOPLE, "floors": FLOORS, **change}
    geometry = columns.pop("geometry", None)
    given = {k: v for k, v in columns.items() if v is not None}
    found = geopandas.GeoDataFrame(given, geometry=shapes() if geometry is None else geometry, crs=CRS)
    return found if crs == CRS else found.to_crs(crs)


def read(rules: dict[str, Any], where: Frame) -> tuple[dict[str, Any], Ledger]:
    """The layers, with books that balance."""
    ledger = Ledger("read")
    found = read_layers({name: LayerRule(**rule) for name, rule in rules.items()}, where, ledger)
    assert accounts([ledger]).faults == ()
    return found, ledger


def one(where: Frame, /, **rule: Any) -> tuple[Layer, Ledger]:
    found, ledger = read({"land": rule}, where)
    return found["land"], ledger


def booked(ledger: Ledger, layer: str = "land") -> dict[str, tuple[float, str]]:
    """What was dropped, by reason: how many and the first of them."""
    return {row[2]: (row[3], row[6]) for row in ledger.rows if row[0] == layer and row[1] == "dropped"}


def same(found: Layer, expected: Any, atol: float = 1e-3) -> None:
    """The features of ``expected`` (a GeoDataFrame in CRS with column code), in any order."""
    order = np.argsort(found.id)
    theirs = expected.sort_values("code")
    assert found.id[order].tolist() == theirs["code"].tolist()
    assert found.columns["name"][order].tolist() == theirs["name"].fillna("").tolist()
    np.testing.assert_array_equal(found.columns["people"][order], theirs["people"].to_numpy())
    np.testing.assert_array_equal(found.columns["floors"][order].astype(np.int64), theirs["floors"].to_numpy())
    apart = shapely.area(shapely.symmetric_difference(found.shape[order], theirs.geometry.to_numpy()))
    assert (apart <= atol * shapely.length(theirs.geometry.to_numpy())).all()


def geojson(path: Path, features: list[tuple[dict[str, Any], Any]], **more: Any) -> Path:
    """A GeoJSON file in degrees, without its reference system, as the standard wants it."""
    content = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": p, "geometry": None if g is None else shapely.geometry.mapping(g)}
            for p, g in features
        ],
        **more,
    }
    path.write_text(json.dumps(content))
    return path
