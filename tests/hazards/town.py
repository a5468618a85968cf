"""A small town on a lattice, its layers, and a way to say what happens to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
import yaml

from instances.accounts import Ledger, accounts
from instances.hazards.declared import Ground
from instances.hazards.futures import happen
from instances.hazards.rule import HazardsRule
from instances.index import Index
from instances.layers.grid import Grid
from instances.layers.layer import Frame, Layer
from instances.places import Demand
from instances.preparation import Phases
from instances.streets.graph import RoadClass, Streets, build_network

CRS = "EPSG:32633"
SIDE = 7
EAST, NORTH = 500_000.0, 5_800_000.0
X, Y = (c.ravel() * 100.0 for c in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
X, Y = X + EAST, Y + NORTH
ONE = "For the test alone."


def phases():
    index = Index.named("phase", ["hours", "days", "weeks"])
    return Phases(index, np.array([0.0, 24.0, 360.0]), np.array([1.0, 14.0, 85.0]), np.array([3.0, 2.0, 1.0]))


def ground(people=1000.0, day=None, order=None, shore=False):
    """People and sites on every corner of a lattice of 600 x 600 m; ``order`` permutes both."""
    order = np.arange(len(X)) if order is None else order
    rows = [np.array([(EAST + 100.0 * i, NORTH + 100.0 * k) for i in range(SIDE)]) for k in range(SIDE)]
    columns = [np.array([(EAST + 100.0 * k, NORTH + 100.0 * i) for i in range(SIDE)]) for k in range(SIDE)]
    lines = rows + columns
    bridge, tunnel = np.zeros((2, len(lines)), bool)
    bridge[0], tunnel[1] = True, True
    names = np.array([f"s{k}" for k in range(len(lines))])
    streets = Streets(lines, np.array(["street"] * len(lines)), names, bridge, tunnel)
    network = build_network(streets, {"street": RoadClass(4.0, 30.0, 300.0)})
    demand = Index.named("demand", [f"d{k}" for k in order])
    site = Index.named("site", [f"j{k}" for k in order])
    number = np.broadcast_to(np.asarray(people, float), X.shape)[order]
    there = None if day is None else np.broadcast_to(np.asarray(day, float), X.shape)[order]
    return Ground(
        Demand(demand, X[order], Y[order], number, np.array(demand.labels()), day=there),
        site,
        X[order],
        Y[order],
        open_air=(order % 3 == 0),
        underground=(order % 3 == 1),
        roads=network.roads,
        middle=network.middle(),
        bridge=network.bridge,
        tunnel=network.tunnel,
        shore=shapely.LineString([(EAST - 5, NORTH - 99), (EAST - 5, NORTH + 999)]) if shore else None,
    )


def grid(values, cell=100.0, name="depth"):
    """Cells that have the lattice's corners as their centres; the first row of ``values`` is the southern one."""
    values = np.broadcast_to(np.asarray(values, float), (SIDE, SIDE))
    corner = EAST - cell / 2, NORTH - cell / 2 + SIDE * cell
    return Grid.of(name, values[::-1], (cell, 0, corner[0], 0, -cell, corner[1]), CRS, "m")


def layer(name, shapes, **columns):
    ids = np.array([f"{name}{k}" for k in range(len(shapes))])
    kept = {key: np.asarray(value) for key, value in columns.items()}
    return Layer(name, ids, np.asarray(shapes, object), kept, CRS)


def square(x, y, half):
    return shapely.box(EAST + x - half, NORTH + y - half, EAST + x + half, NORTH + y + half)


def footprint(name="flood", weight=1.0, **more):
    given = {"name": name, "hazard": "flood", "layer": "depth", "unit": "m", "level": "high"}
    given |= {} if weight is None else {"weight": weight}
    return given | more


def rule_of(**given):
    """A rule as a recipe gives it, through YAML."""
    return HazardsRule.model_validate(yaml.safe_load(yaml.safe_dump(given)))


def futures(layers=None, town=None, seed=1, folder=Path("."), **given):
    """What happens, with the books; the parts have no faults and the books balance."""
    ledger = Ledger("hazards")
    found = happen(rule_of(**given), layers or {}, town or ground(), phases(), Frame(CRS, folder), ledger, seed)
    assert not found.scenarios.faults + found.effects.faults + found.damage.faults
    assert not accounts([ledger]).faults
    return found, ledger
