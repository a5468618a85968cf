"""Streets as a source gives them, before they are a graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.layers.osm import CLASSES, LINKS
from instances.streets.graph import RoadClass, Streets
from instances.streets.pieces import Pieces
from instances.streets.polylines import Polylines

if TYPE_CHECKING:
    from instances.accounts import Ledger
    from instances.layers.layer import Box
    from instances.streets.rule import RoadsRule

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Streets of a source; ``pieces`` if it says itself what ends where, else lines meet at shared points."""

    streets: Streets
    pieces: Pieces | None = None


def classes_of(rule: RoadsRule) -> dict[str, RoadClass]:
    """The classes that the rule knows: those of OpenStreetMap, and those it adds or replaces."""
    return CLASSES | {name: RoadClass(c.walk, c.drive, c.harden) for name, c in rule.classes.items()}


def classed(written: Texts, rule: RoadsRule) -> Texts:
    """Class of each street by its name in the source; "" where the rule knows none."""
    known = classes_of(rule)
    found, of = np.unique(written, return_inverse=True)
    names = []
    for text in found.tolist():
        name = rule.rename.get(text, text)
        base = name.removesuffix("_link")
        if name not in known and base in known and (base in LINKS or base in rule.classes):
            name = base
        names.append(name if name in known else rule.otherwise or "")
    return np.array(names, np.str_)[of.ravel()]


def drop_unknown(ledger: Ledger, layer: str, ids: Texts, written: Texts, kind: Texts, metres: Floats) -> Flags:
    """Books streets without a class by what the source calls them; returns which are kept."""
    keep: Flags = kind != ""
    for text in np.unique(written[~keep]).tolist():
        mine = ~keep & (written == text)
        reason = f"class {text!r} is not known to the rule" if text else "no class is given"
        ledger.drop(layer, reason, ids[mine].tolist(), float(metres[mine].sum()), "m")
    return keep


def book(ledger: Ledger, layer: str, reason: str, ids: Texts, which: Flags, metres: Floats) -> None:
    """Books the streets for which ``which`` is true as dropped, with their metres."""
    names: Sequence[object] = ids[which].tolist()
    ledger.drop(layer, reason, names, float(metres[which].sum()), "m")


def outside(
    ledger: Ledger, layer: str, ids: Texts, keep: Flags, bounds: Floats, metres: Floats, box: Box | None
) -> Flags:
    """Books streets wholly outside the extent, by their bounds (west, south, east, north); returns which they are."""
    if box is None:
        return np.zeros(len(keep), bool)
    west, south, east, north = bounds.T
    beside: Flags = keep & ((east < box[0]) | (west > box[2]) | (north < box[1]) | (south > box[3]))
    book(ledger, layer, "outside the extent", ids, beside, metres)
    return beside


def beyond(
    ledger: Ledger, layer: str, ids: Texts, keep: Flags, points: Polylines, metres: Floats, box: Box | None
) -> Flags:
    """As :func:`outside`, for lines that are not shapes."""
    if box is None or not len(points):
        return np.zeros(len(keep), bool)
    low, high = (ends.reduceat(points.xy, points.start[:-1], axis=0) for ends in (np.minimum, np.maximum))
    return outside(ledger, layer, ids, keep, np.concatenate([low, high], axis=1), metres, box)


def turned(points: list[Floats], back: Flags) -> list[Floats]:
    """Lines with some of them turned round, so that one-way lines run the way vehicles go."""
    return [p[::-1].copy() if b else p for p, b in zip(points, back.tolist(), strict=True)]
