"""Many small steps at once, each better for a weighted sum: how a plan comes close to the best for some weights."""

from __future__ import annotations

import numpy as np

from formulations.algebra.elements import Floats
from solver.genetic.land.repair import LandRepair, ranked
from solver.genetic.land.terrain import Plans, Terrain


def improved(
    terrain: Terrain, plans: Plans, weights: Floats, rng: np.random.Generator, *, share: Floats | float = 1.0
) -> Plans:
    """Plans in which parcels, no two of them neighbours, took the class that improves a weighted sum most.

    Changes stay within targets of area, keep clear of clashes, and leave each patch as much land as it needs (it may
    still fall apart, which is for repair).

    Parameters
    ----------
    weights
        Shape (members, objectives), or (objectives,) for all.
    share
        Of the parcels that could improve, those that do, by chance: (members,) or one number.
    """
    t, area = terrain, terrain.land.area
    plans = np.array(plans, np.int8)
    weights = np.broadcast_to(weights, (len(plans), len(t.numbers.objectives)))
    beside = t.beside(plans)
    fit = t.fits(beside, t.clashes(beside))
    np.put_along_axis(fit, plans[:, :, None].astype(np.intp), False, axis=2)
    areas = t.areas(plans)
    room, spare = t.most - areas, areas - t.least
    fit &= room[:, None, :] >= area[:, None]
    fit &= (np.take_along_axis(spare, plans.astype(np.intp), axis=1) >= area)[:, :, None]
    gain = np.where(fit, -t.marginal(plans, beside, weights), -np.inf)
    best = gain.argmax(axis=2)
    value = np.take_along_axis(gain, best[:, :, None], axis=2)[:, :, 0]
    luck = rng.random(value.shape)
    value = np.where((value > 0) & (luck < np.reshape(np.broadcast_to(share, len(plans)), (-1, 1))), value, 0.0)
    # no two neighbours at once: the better one goes first, of equals the luckier one
    told = value * (1.0 + 1e-3 * luck)
    most = np.zeros_like(told)
    full = np.flatnonzero(np.diff(t.start))
    if full.size:
        most[:, full] = np.maximum.reduceat(told[:, t.head], t.start[full], axis=1)
    member, parcel = np.nonzero((value > 0) & (told >= most))
    order = np.lexsort((-told[member, parcel] / area[parcel], member))
    member, parcel = member[order], parcel[order]
    to, was, size = best[member, parcel], plans[member, parcel].astype(np.intp), area[parcel]
    classes = t.shape[1]
    keep = ranked(size, member * classes + to) + size <= room[member, to]
    keep &= ranked(size, member * classes + was) + size <= spare[member, was]
    if t.patch.any():
        found = t.patches(plans)
        patch = found.number[member, parcel]
        left = found.area[patch] - ranked(size, patch) - size
        keep &= left >= t.patch[was]
    plans[member[keep], parcel[keep]] = to[keep]
    return plans


def descended(
    repair: LandRepair,
    plans: Plans,
    weights: Floats,
    rng: np.random.Generator,
    rounds: int,
) -> tuple[Plans, int]:
    """Plans after rounds of improvement and repair, the best of each kept; and how many plans were looked at.

    Every plan that comes in must keep all rules; so does every one that goes out.

    Parameters
    ----------
    weights
        Shape (members, objectives).
    """
    t = repair.terrain
    plans, looked = np.array(plans, np.int8), 0
    value = (t.values(plans) * weights).sum(axis=1)
    idle = np.zeros(len(plans), int)
    for _ in range(rounds):
        active = np.flatnonzero(idle < 3)
        if not active.size:
            break
        share = rng.uniform(0.3, 1.0, active.size)
        tried, broken = repair.tried(improved(t, plans[active], weights[active], rng, share=share), rng)
        looked += active.size
        now = (t.values(tried) * weights[active]).sum(axis=1)
        better = ~broken & (now < value[active] - 1e-9 * np.abs(value[active]))
        plans[active[better]], value[active[better]] = tried[better], now[better]
        idle[active] = np.where(better, 0, idle[active] + 1)
    return plans, looked
