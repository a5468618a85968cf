"""Small towns for the tests of this folder: squares cut into rectangles, and a short way to run the step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from hypothesis import strategies as st

from instances.accounts import Ledger, accounts
from instances.layers.layer import Frame, Layer
from instances.people.rule import PeopleRule
from instances.people.settle import Settled, settle

CRS = "EPSG:32650"
SIDE = 1000.0


def layer(name, shapes, ids=None, **columns):
    names = [f"{name}{k}" for k in range(len(shapes))] if ids is None else ids
    values = {key: np.asarray(value) for key, value in columns.items()}
    return Layer(name, np.array(names, np.str_), np.array(shapes, object), values, CRS)


def run(rule, layers, network=None, box=None, settled=False) -> tuple[Settled, Ledger]:
    """The step on layers by name; the books must balance."""
    ledger = Ledger("people")
    given = {one.name: one for one in layers}
    who = settle(PeopleRule.model_validate(rule), given, network, Frame(CRS, Path("."), box), ledger, 0)
    books = accounts([ledger])
    assert books.faults == ()
    kept = books.amount[books.outcome == "kept"]
    merged = books.amount[books.outcome == "merged"].sum()
    assert kept[0] == who.people.sum()
    assert kept[-1] + merged == who.people.sum()
    return who, ledger


@st.composite
def partitions(draw, most=8):
    """Rectangles that fill a square of 1,000 m without gap or overlap, on whole metres."""
    boxes = [(0, 0, int(SIDE), int(SIDE))]
    for _ in range(draw(st.integers(0, most - 1))):
        k = draw(st.integers(0, len(boxes) - 1))
        west, south, east, north = boxes[k]
        if draw(st.booleans()) and east - west > 1:
            at = draw(st.integers(west + 1, east - 1))
            boxes[k : k + 1] = [(west, south, at, north), (at, south, east, north)]
        elif north - south > 1:
            at = draw(st.integers(south + 1, north - 1))
            boxes[k : k + 1] = [(west, south, east, at), (west, at, east, north)]
    return [shapely.box(*b) for b in boxes]


@st.composite
def censuses(draw, fractions=False):
    """A partition with people in each part, somebody somewhere."""
    shapes = draw(partitions())
    number = st.floats(0, 5000, allow_nan=False) if fractions else st.integers(0, 5000)
    people = draw(st.lists(number, min_size=len(shapes), max_size=len(shapes)).filter(lambda v: sum(v) >= 1))
    return shapes, np.array(people, np.float64)
