"""The books of the people: what became of every feature of the source, and of everybody in it."""

from __future__ import annotations

import numpy as np

from instances.accounts import Ledger
from instances.layers.layer import Floats
from instances.people.carriers import Carriers
from instances.people.counting import Counted
from instances.people.overlay import Pieces, Shapes
from instances.people.sources import Units
from instances.people.targets import FAR, OUTSIDE, Targets
from instances.people.wholes import whole

REASONS = ("outside the extent", "outside the target areas", "too far from a road")
EMPTY = "nobody lives there"
PEOPLE = "people"


def book_features(name: str, units: Units, counted: Counted, reach: float | None, ledger: Ledger) -> None:
    """Points or census areas: those left out whole, and what those that are cut leave behind.

    Amounts are whole people; where the source gives fractions, they are the nearest.
    """
    left = _in_whole(units, counted)
    day = np.zeros(len(units.id)) if units.day is None else units.day
    gone = (units.people > 0) & (counted.left.sum(axis=1) >= units.people * counted.factor * (1 - 1e-12))
    empty = (units.people <= 0) & (day <= 0)
    main = counted.left.argmax(axis=1)
    dropped = [gone & (main == k) for k in range(3)]
    partly = [~dropped[k] & (left[:, k] > 0) for k in range(3)]
    amount = [[float(np.rint(left[rows[k], k].sum())) for k in range(3)] for rows in (dropped, partly)]
    ledger.read(name, len(units.id), float(counted.kept.sum()) + sum(amount[0]) + sum(amount[1]), PEOPLE)
    for k, reason in enumerate(_reasons(reach)):
        ledger.drop(name, reason, units.id[dropped[k]].tolist(), amount[0][k], PEOPLE)
        if amount[1][k] > 0:
            ledger.leave(name, reason, units.id[partly[k]].tolist(), amount[1][k], PEOPLE)
    ledger.drop(name, EMPTY, units.id[empty].tolist(), 0.0, PEOPLE)


def book_places(
    name: str,
    carriers: Carriers,
    places: Pieces,
    extent: Shapes | None,
    targets: Targets,
    counted: Counted,
    ledger: Ledger,
) -> None:
    """Buildings or cells: each is kept or dropped as a whole, with the people it has by its floor area or value."""
    n = len(carriers.id)
    fate = np.full(n, -9)  # outside the extent, until it is found in a target
    fate[places.place[places.density <= 0]] = -8
    fate[targets.pieces.place] = np.minimum(targets.target, 0)
    amount = carriers.density * counted.factor
    codes = {REASONS[0]: -9, REASONS[1]: OUTSIDE, REASONS[2]: FAR, EMPTY: -8}
    lost = {reason: float(np.rint(amount[fate == code].sum())) for reason, code in codes.items()}
    # Fractions of a person belong to the rounding, which a note tells.
    ledger.read(name, n, float(counted.kept.sum()) + sum(lost.values()), PEOPLE)
    for reason, code in codes.items():
        ledger.drop(name, reason, carriers.id[fate == code].tolist(), lost[reason], PEOPLE)


def _in_whole(units: Units, counted: Counted) -> Floats:
    """What stays behind by unit and reason, rounded so that kept and left of a whole unit are its people."""
    left = counted.left.copy()
    if counted.factor != 1.0 or (units.people != np.rint(units.people)).any():
        return left
    for k in np.flatnonzero(left.sum(axis=1) > 0):
        # Reasons have no place: the order in which they are listed breaks ties.
        order = np.arange(3, dtype=np.float64)
        left[k] = whole(left[k], float(units.people[k] - counted.kept[k]), order, order)
    return left


def _reasons(reach: float | None) -> tuple[str, ...]:
    far = REASONS[2] if reach is None else f"farther than {reach:g} m from a road"
    return REASONS[0], REASONS[1], far
