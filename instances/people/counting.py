"""Whole people of each target: every unit's people shared over its pieces and rounded with all totals kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instances.layers.layer import Floats
from instances.people.overlay import Ints
from instances.people.sources import Units
from instances.people.targets import Targets
from instances.people.wholes import apportion, whole, within


@dataclass(frozen=True, eq=False)
class Counted:
    """People by target, and by unit what was kept and what stayed behind.

    Attributes
    ----------
    x, y
        Where each target lies: its own place, else the centre of gravity of its people. Shape (targets,).
    people, day, groups
        Whole numbers, shape (targets,) and (targets, groups); ``day`` None if the source does not say.
    kept
        Whole people of each unit that became part of a target, shape (units,).
    left
        People of each unit that did not, by reason: outside the extent, outside the targets, too far from a road;
        shape (units, 3), as shares of the unit gave them.
    main
        The unit that most people of a target come from, shape (targets,).
    factor
        By which all numbers were scaled.
    """

    x: Floats
    y: Floats
    people: Floats
    groups: Floats
    day: Floats | None
    kept: Floats
    left: Floats
    main: Ints
    factor: float


def count(units: Units, inside: Floats, targets: Targets, total: int | None) -> Counted:
    """Share out, scale to ``total`` if given, and round.

    The sum over all targets is the total, else the people inside rounded to a whole number; each unit keeps what its
    share inside rounds to, up or down, and exactly its people where they are whole and all inside.
    """
    n, m = len(units.id), len(targets.id)
    unit, target = targets.pieces.unit, targets.target
    mass = np.bincount(unit, targets.weight, minlength=n)
    share = np.divide(targets.weight, mass[unit], out=np.zeros(len(unit)), where=mass[unit] > 0) * inside[unit]
    lost = np.zeros((n, 3))
    lost[:, 0] = np.where(mass > 0, 1.0 - inside, 1.0)
    for k, code in ((1, -1), (2, -2)):
        lost[:, k] = np.bincount(unit[target == code], share[target == code], minlength=n)
    x, y = _middles(units, targets, share)

    held = target >= 0
    pair, at = np.unique(unit[held] * max(m, 1) + target[held], return_inverse=True)
    share = np.bincount(at.ravel(), share[held], minlength=len(pair)).astype(np.float64)
    of, to = (pair // max(m, 1)).astype(np.intp), (pair % max(m, 1)).astype(np.intp)
    share_in = np.bincount(of, share, minlength=n)
    share_in[np.abs(share_in - 1.0) < 1e-12] = 1.0
    amount = units.people * share_in
    factor = total / amount.sum() if total is not None and amount.sum() > 0 else 1.0
    ux, uy = _unit_places(units)
    kept = whole(amount * factor, float(total if total is not None else np.rint(amount.sum())), ux, uy)
    relative = np.divide(share, share_in[of], out=np.zeros(len(of)), where=share_in[of] > 0)
    people = apportion(kept[of] * relative, of, kept, x[to], y[to])

    groups = np.zeros((m, units.groups.shape[1]))
    ratio = np.divide(kept, units.people, out=np.zeros(n), where=units.people > 0)
    for g in range(groups.shape[1]):
        mine = np.minimum(units.groups[:, g] * ratio, kept)
        mine = whole(mine, float(np.rint(mine.sum())), ux, uy)
        groups[:, g] = np.bincount(to, within(people, of, mine, x[to], y[to]), minlength=m)
    day = None
    if units.day is not None:
        by_day = units.day * share_in * factor
        by_day = whole(by_day, float(np.rint(by_day.sum())), ux, uy)
        day = np.bincount(to, apportion(by_day[of] * relative, of, by_day, x[to], y[to]), minlength=m)

    order = np.lexsort((-people, to))
    first = order[np.concatenate([[True], np.diff(to[order]) > 0])] if len(to) else order
    main = np.zeros(m, np.intp)
    main[to[first]] = of[first]
    return Counted(
        x=x,
        y=y,
        people=np.bincount(to, people, minlength=m).astype(np.float64),
        groups=groups,
        day=None if day is None else day.astype(np.float64),
        kept=kept,
        left=units.people[:, None] * lost * factor,
        main=main,
        factor=float(factor),
    )


def _middles(units: Units, targets: Targets, share: Floats) -> tuple[Floats, Floats]:
    """Where targets lie; by weight where nobody lives, so that places with people by day only have a middle too."""
    if not np.isnan(targets.x).any():
        return targets.x, targets.y
    held = targets.target >= 0
    to = targets.target[held]
    m = len(targets.id)
    px, py = targets.pieces.where(held).middle()
    amount = (share * units.people[targets.pieces.unit])[held]
    empty = np.bincount(to, amount, minlength=m)[to] <= 0
    amount = np.where(empty, np.maximum(targets.weight[held], 1e-300), amount)
    mass = np.bincount(to, amount, minlength=m)
    # Targets that no piece goes to any more are dropped later; they lie nowhere until then.
    x, y = (np.bincount(to, amount * v, minlength=m) / np.where(mass > 0, mass, 1.0) for v in (px, py))
    return x, y


def _unit_places(units: Units) -> tuple[Floats, Floats]:
    import shapely

    middle = shapely.centroid(units.shape)
    return np.asarray(shapely.get_x(middle), np.float64), np.asarray(shapely.get_y(middle), np.float64)
