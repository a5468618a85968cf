"""Which parts of census units hold their people, by which weight, and which share of a unit lies in the extent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instances.accounts import Ledger
from instances.layers.layer import Floats
from instances.people.carriers import Carriers
from instances.people.overlay import Measure, Pieces, Shapes, cut, extent_of, join, overlay
from instances.people.sources import Units


@dataclass(frozen=True, eq=False)
class Parts:
    """Pieces of units inside the extent, how they are weighed, and the share of each unit's people in there.

    Attributes
    ----------
    inside
        Shape (units,), 0 to 1; the rest of the people lives outside the extent.
    even
        Units whose carriers weigh nothing, filled evenly instead, shape (units,).
    """

    pieces: Pieces
    weight: Floats
    inside: Floats
    even: np.ndarray
    measure: Measure


def part_areas(units: Units, carriers: Carriers | None, extent: Shapes | None, ledger: Ledger) -> Parts:
    """Census areas cut to the extent and to what people live on.

    With carriers that are known everywhere the share of a unit inside the extent goes by their weight, else by area.
    A unit with people whose carriers weigh nothing is filled evenly, with a warning.
    """
    count = len(units.id)
    whole = _evenly(units.shape, np.arange(count))
    clipped = whole if extent is None else cut(whole, extent)[0]
    area = np.bincount(clipped.unit, clipped.weights(), minlength=count)
    full = whole.weights()
    inside = np.clip(np.divide(area, full, out=np.zeros(count), where=full > 0), 0.0, 1.0)
    measure: Measure = extent_of
    cut_off = (inside > 0) & (inside < 1 - 1e-12) & (units.people > 0)
    if cut_off.any() and (carriers is None or not carriers.everywhere):
        some = ", ".join(units.id[cut_off][:3].tolist()) + (", ..." if cut_off.sum() > 3 else "")
        ledger.warn(
            f"{cut_off.sum()} census units with {units.people[cut_off].sum():.0f} people reach beyond the extent "
            f"({some}); their share inside goes by area ({(units.people * inside)[cut_off].sum():.0f} people), which "
            "is too low where people cluster inside; give weights that are known everywhere (land, raster, buildings)"
        )
    if carriers is None:
        return Parts(clipped, clipped.weights(), inside, np.zeros(count, bool), measure)
    if carriers.grid is not None:
        measure = raster_measure(carriers)
    pieces = _carried(clipped, carriers)
    weight = pieces.weights(measure)
    mass = np.bincount(pieces.unit, weight, minlength=count)
    peopled = units.people > 0 if units.day is None else (units.people > 0) | (units.day > 0)
    if carriers.everywhere:
        parted = (inside < 1 - 1e-12) | (mass <= 0)
        every = mass
        if parted.any():
            outer = _carried(whole, carriers)
            every = np.where(parted, np.bincount(outer.unit, outer.weights(measure), minlength=count), mass)
        even = (every <= 0) & peopled
        by_weight = np.divide(mass, every, out=np.zeros(count), where=every > 0)
        inside = np.where(even, inside, np.clip(by_weight, 0.0, 1.0))
    else:
        even = (mass <= 0) & peopled & (inside > 0)
    held = ~even[pieces.unit] & (weight > 0)
    plain = clipped.where(even[clipped.unit])
    if even.any():
        some = ", ".join(units.id[even][:3].tolist()) + (", ..." if even.sum() > 3 else "")
        ledger.warn(
            f"{carriers.name}: {even.sum()} census units with {units.people[even].sum():.0f} people hold nothing of "
            f"weight ({some}), so their people are spread evenly over their area; check the layer there"
        )
    # Evenly filled pieces are weighed by area, whatever weighs the others; within a unit there is only one kind.
    return Parts(
        join(pieces.where(held), plain),
        np.concatenate([weight[held], plain.weights()]),
        inside,
        even,
        measure,
    )


def raster_measure(carriers: Carriers) -> Measure:
    """Sum of the raster over outlines, by exact coverage of its cells; nothing where it has no data."""

    def measure(shapes: Shapes) -> Floats:
        found = np.nan_to_num(np.asarray(carriers.grid.zonal(shapes, "sum"), np.float64), nan=0.0)
        return np.maximum(found, 0.0)

    return measure


def weigh(pieces: Pieces, even: np.ndarray, measure: Measure) -> Floats:
    """Weights of pieces that have been cut further."""
    if measure is extent_of or not len(pieces):
        return pieces.weights()
    weight = pieces.weights()
    by_measure = ~even[pieces.unit]
    if by_measure.any():
        weight[by_measure] = pieces.where(by_measure).weights(measure)
    return weight


def _evenly(shapes: Shapes, unit: np.ndarray) -> Pieces:
    return Pieces(unit.astype(np.intp), shapes, np.ones(len(shapes)), np.full(len(shapes), -1, np.intp))


def _carried(units: Pieces, carriers: Carriers) -> Pieces:
    """Parts of the carriers in each unit. A raster has no shapes of its own: the units stay whole."""
    import shapely

    if carriers.grid is not None:
        return units
    if not len(carriers.shape) or not len(units):
        return units.where(np.zeros(len(units), bool))
    # Carriers are cut by the units, not the other way round, so that a point on a border belongs to one unit.
    points = shapely.get_dimensions(carriers.shape) == 0
    some = []
    for chosen in (np.flatnonzero(points), np.flatnonzero(~points)):
        which, at, part = overlay(carriers.shape[chosen], units.shape)
        carrier = chosen[which]
        some.append(Pieces(units.unit[at], part, carriers.density[carrier], carrier.astype(np.intp)))
    return join(*some)
