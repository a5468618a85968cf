"""Small layers, rasters and recipes that the tests of sites are made of."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import shapely
import yaml

from instances.accounts import Ledger, accounts
from instances.layers.layer import Frame, Layer
from instances.rulepack import load_pack
from instances.siting.find import find_sites
from instances.siting.rule import SitesRule
from instances.streets.graph import RoadClass, Streets, build_network

CRS = "EPSG:32650"
PACK = load_pack()


def layer(name, shapes, **columns):
    """A layer with ids a0, a1, ..."""
    arrays = {key: np.array(values) for key, values in columns.items()}
    ids = np.array([f"a{k}" for k in range(len(shapes))], np.str_)
    return Layer(name, ids, np.array([*shapes, None], object)[:-1], arrays, CRS)


def people(x, y, count):
    return SimpleNamespace(x=np.asarray(x, float), y=np.asarray(y, float), people=np.asarray(count, float))


def rule(text):
    return SitesRule.model_validate(yaml.safe_load(text))


def found(text, layers, network=None, who=None, seed=1):
    """The sites, and the ledger after the books were checked."""
    ledger = Ledger("sites")
    by_name = layers if isinstance(layers, dict) else {one.name: one for one in layers}
    sites = find_sites(rule(text), by_name, network, who, PACK, Frame(CRS, Path(".")), ledger, seed)
    books = accounts([ledger])
    assert books.faults == ()
    kept = {name: n for name, n, o in zip(books.layer, books.features, books.outcome, strict=True) if o == "kept"}
    own, count = np.unique(sites.layer, return_counts=True)
    assert {k: v for k, v in kept.items() if v} == dict(zip(own.tolist(), count.tolist(), strict=True))
    return sites, ledger


def dropped(ledger):
    """Reasons with counts of what was dropped or merged."""
    return {(row[0], row[2]): int(row[3]) for row in ledger.rows if row[1] != "read"}


def grid_town(lines, kind="primary"):
    points = [np.asarray(line, float) for line in lines]
    count = len(points)
    kinds = np.array([kind] * count if isinstance(kind, str) else kind)
    streets = Streets(points, kinds, np.array([""] * count), np.zeros(count, bool), np.zeros(count, bool))
    return build_network(streets, {k: RoadClass(4, 30, 100) for k in set(kinds.tolist())})


def square(x, y, side):
    return shapely.box(x, y, x + side, y + side)
