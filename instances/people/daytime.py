"""People by day: commuters leave where they live and spend the day where work draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from instances.layers.layer import Floats
from instances.people.carriers import Carriers
from instances.people.overlay import extent_of
from instances.people.wholes import apportion, whole

if TYPE_CHECKING:
    from instances.people.rule import CommuteRule

ROWS = 512  # origins at a time: 7,000 x 512 distances are 29 MB


def pull(carriers: Carriers, x: Floats, y: Floats) -> tuple[Floats, float]:
    """Weight of the workplaces that lie nearest to each demand point, and the mean distance to them in metres."""
    import shapely
    from scipy.spatial import KDTree

    if carriers.grid is not None:
        px, py, value, _ = carriers.grid.cells(None)
        weight = np.maximum(value, 0.0)
    else:
        middle = shapely.centroid(carriers.shape)
        px, py = (np.asarray(get(middle), np.float64) for get in (shapely.get_x, shapely.get_y))
        weight = carriers.density * extent_of(carriers.shape)
    if not len(px) or not weight.sum() > 0:
        return np.zeros(len(x)), 0.0
    distance, near = KDTree(np.column_stack([x, y])).query(np.column_stack([px, py]))
    return np.bincount(near, weight, minlength=len(x)).astype(np.float64), float(distance @ weight / weight.sum())


def commute(
    rule: CommuteRule, x: Floats, y: Floats, people: Floats, groups: Floats, travels: Floats, draw: Floats
) -> tuple[Floats, Floats]:
    """People and groups by day, whole numbers.

    Of the residents of each point ``rule.share`` leaves. They go where ``draw`` [any unit] is, all alike, or with
    ``rule.decay`` [km] by the singly constrained gravity model, draw_j exp(-d_ij / decay) (Wilson 1971,
    doi:10.1068/a030001). By day there are as many as by night, plus ``arriving``, less ``leaving``.

    Parameters
    ----------
    groups
        Residents of each group, shape (points, groups).
    travels
        How likely one of a group commutes, relative to anybody, shape (groups,).
    """
    out = whole(people * rule.share, float(np.rint(people.sum() * rule.share)), x, y)
    gone = float(out.sum())
    leaving = min(float(rule.leaving), gone)
    staying = _where_to(rule.decay, x, y, out, draw) * ((gone - leaving) / gone if gone else 0.0)
    # Where people from outside start is not known, so distance does not count for them.
    coming = staying + rule.arriving * draw / draw.sum()
    arriving = whole(coming, gone - leaving + rule.arriving, x, y)
    day = people - out + arriving
    by_day = np.zeros_like(groups)
    for g in range(groups.shape[1]):
        # At least those stay home for whom too few others leave; at most as many leave as do at all.
        least = np.maximum(groups[:, g] - (people - out), 0.0)
        most = np.minimum(groups[:, g], out)
        share = np.divide(groups[:, g], people, out=np.zeros(len(people)), where=people > 0)
        wish = np.clip(out * share * travels[g], least, most)
        mine = np.clip(whole(wish, float(np.rint(wish.sum())), x, y), least, most)
        back = np.rint(mine.sum() * (1.0 - leaving / gone)) if gone else 0.0
        back = min(back, float(arriving.sum()))
        arrived = _within(arriving, back, x, y)
        by_day[:, g] = groups[:, g] - mine + arrived
    return day, by_day


def in_proportion(people: Floats, groups: Floats, day: Floats, x: Floats, y: Floats) -> Floats:
    """Groups by day where only the number of all people by day is known: the mix of the residents.

    Where nobody lives the mix of the whole area is taken. Whole numbers, never above ``day``.
    """
    everyone = people.sum()
    result = np.zeros_like(groups)
    for g in range(groups.shape[1]):
        mean = groups[:, g].sum() / everyone if everyone > 0 else 0.0
        share = np.divide(groups[:, g], people, out=np.full(len(people), mean), where=people > 0)
        result[:, g] = whole(share * day, float(np.rint((share * day).sum())), x, y)
    return np.minimum(result, day[:, None])


def _where_to(decay: float | None, x: Floats, y: Floats, out: Floats, draw: Floats) -> Floats:
    """Expected arrivals at each point, as many as leave."""
    if decay is None:
        return np.asarray(out.sum() * draw / draw.sum(), np.float64)
    came = np.zeros(len(x))
    at = np.flatnonzero(draw > 0)
    for start in range(0, len(x), ROWS):
        rows = slice(start, start + ROWS)
        metres = np.hypot(x[rows, None] - x[None, at], y[rows, None] - y[None, at])
        # Shifted by the nearest so that far origins do not underflow to nowhere.
        metres -= metres.min(axis=1, keepdims=True)
        flow = draw[None, at] * np.exp(-metres / (decay * 1000.0))
        came[at] += (out[rows] / flow.sum(axis=1)) @ flow
    return came


def _within(people: Floats, total: float, x: Floats, y: Floats) -> Floats:
    mass = people.sum()
    if mass <= 0 or total <= 0:
        return np.zeros(len(people))
    one = np.zeros(len(people), np.intp)
    return apportion(people * (total / mass), one, np.array([total]), x, y)
