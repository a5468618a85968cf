"""A bound in closed form, and multipliers that make it high.

For any v (n,) with ``v_i <= cap_i`` and prices u of the rows that the rules add,

    bound(v, u) = constant + sum_i v_i - u side + min { sum_j r_j y_j : count }
    r_j = fixed_j + (u A)_j - sum_i (v_i - cost_ij)+

is no more than the cost of any choice of sites: the best y opens the ``count`` sites with the least r, or all with
r < 0. It says more than one number: opening j though it does not belong to the best y costs at least as much more as
its r lies above the last one chosen, and so sites are decided for good.

Sources: Cornuejols, Fisher and Nemhauser (1977), Management Science 23(8), 789-810, DOI 10.1287/mnsc.23.8.789, for the
bound; Camerini, Fratta and Maffioli (1975), Mathematical Programming Study 3, 26-34, for the direction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.implied import UNIT
from solver.locating.median.core import Core
from solver.locating.median.window import Window


@dataclass(frozen=True, eq=False)
class Price:
    """Multipliers and what they prove.

    Attributes
    ----------
    v, u
        Shape (n,) and (rows,).
    bound
        Rounding already taken off.
    apart
        Shape (k,): deciding a site against ``y`` raises the bound by at least so much (rounding taken off).
    y
        The choice that attains the bound, shape (k,).
    """

    v: Floats
    u: Floats
    bound: float
    apart: Floats
    y: NDArray[np.bool_]


def rhos(core: Core, window: Window, v: Floats, u: Floats) -> tuple[Floats, Floats]:
    """``r`` of each site and how much each pair of the window is worth, (k,) and (pairs,)."""
    worth = v[window.owner]
    worth -= window.cost
    np.maximum(worth, 0.0, out=worth)
    r = core.fixed - np.bincount(window.at, worth, minlength=core.size)
    return (r + u @ core.A if len(u) else r), worth


def cheapest(core: Core, r: Floats) -> NDArray[np.bool_]:
    """The choice that makes ``r y`` least."""
    if core.count is None:
        return r < 0
    y = np.zeros(core.size, bool)
    if core.count > 0:
        y[np.argpartition(r, core.count - 1)[: core.count]] = True
    return y


def knapsack(core: Core) -> int | None:
    """The row with an upper side that binds most, if the number of sites is free: its best price has a closed form."""
    if core.count is not None or not len(core.A):
        return None
    over = np.where((core.A >= 0).all(axis=1) & np.isfinite(core.high), core.A.sum(axis=1) - core.high, -np.inf)
    k = int(over.argmax())
    return k if over[k] > 0 and core.high[k] > 0 else None


def best_price(core: Core, row: int, r: Floats) -> tuple[float, int, float]:
    """The price of a row that makes the bound highest, the site that fits in part at that price, and which part.

    Parameters
    ----------
    r
        Shape (k,), without the price of the row. Site -1 if all that are worth opening fit.
    """
    takes = core.A[row]
    some = np.flatnonzero((takes > 0) & (r < 0))
    ratio = -r[some] / takes[some]
    order = np.argsort(-ratio, kind="stable")
    taken = np.cumsum(takes[some[order]])
    k = int(np.searchsorted(taken, core.high[row], side="right"))
    if k == len(order):
        return 0.0, -1, 0.0
    j = int(some[order[k]])
    left = float(core.high[row] - (taken[k] - takes[j]))
    return float(ratio[order[k]]), j, left / float(takes[j])


def sides(core: Core, u: Floats) -> float:
    """``u`` times the side of each row that it prices."""
    side = np.where(u > 0, core.high, core.low)
    return float((np.where(u == 0, 0.0, side) * u).sum())


def priced(core: Core, v: Floats, u: Floats) -> Price:
    """Evaluate multipliers with care."""
    window = Window(core)
    v = np.minimum(v, core.cap)
    u = np.where((u > 0) & np.isinf(core.high) | (u < 0) & np.isinf(core.low), 0.0, u)
    window.reach(v)
    r, worth = rhos(core, window, v, u)
    y = cheapest(core, r)
    side = sides(core, u)
    total = core.constant + float(v.sum()) - side + float(r[y].sum())
    sizes = np.abs(u) @ np.abs(core.A) if len(u) else 0.0
    size = abs(core.constant) + 2.0 * float(np.abs(v).sum()) + float(np.abs(u) @ np.abs(np.where(u == 0, 0.0, 1.0)))
    size += abs(side) + float((core.fixed + sizes + worth.max(initial=0.0)).sum() if len(u) else core.fixed.sum())
    size += float(worth.sum())
    # three times: the sum, and the two r whose difference is added when a site is decided
    off = 3.0 * (core.points + core.size + len(u) + 8) * UNIT * size
    if core.count is None:
        apart = np.abs(r)
    else:
        inner = float(r[y].max(initial=-np.inf))
        outer = float(r[~y].min(initial=np.inf))
        apart = np.where(y, outer - r, r - inner)
    return Price(v, u, total - off, apart, y)


def start_price(core: Core) -> Price:
    """Multipliers to begin with: what the k-th cheapest site costs, k as many sites as share one open site."""
    row = knapsack(core)
    most = core.size if row is None else int(core.high[row] / core.A[row].mean())
    most = most if core.count is None else core.count
    share = max(1, core.size // max(most, 1) // 2)
    counts = np.diff(core.start)
    some = np.flatnonzero(counts)
    v = np.where(np.isfinite(core.cap), core.cap, 0.0)
    v[some] = np.minimum(core.cost[core.start[some] + np.minimum(share, counts[some] - 1)], core.cap[some])
    u = np.zeros(len(core.A))
    if row is not None:
        window = Window(core)
        window.reach(v, tight=True)
        u[row] = best_price(core, row, rhos(core, window, v, u)[0])[0]
    return priced(core, v, u)


def ascend(
    core: Core,
    price: Price,
    target: Callable[[], float],
    rounds: int,
    seen: Callable[[Price, NDArray[np.bool_], Floats], bool],
    patience: int = 12,
    pace: float = 1.5,
) -> Price:
    """Better multipliers by subgradient steps.

    Parameters
    ----------
    target
        What the bound may reach: the value of the best plan.
    seen
        Told of every round the best price so far, the choice of this round and its ``r``; True ends the ascent.
    """
    window = Window(core)
    v, u, best = price.v.copy(), price.u.copy(), price
    direction, push = np.zeros(core.points), np.zeros(len(u))
    idle, row = 0, knapsack(core)
    window.reach(v, tight=True)
    for number in range(rounds):
        if number % 60 == 59:
            window.reach(v, tight=True)
        window.reach(v)
        part, much = -1, 0.0
        if row is not None:
            u[row] = 0.0
        r, worth = rhos(core, window, v, u)
        if row is not None:
            u[row], part, much = best_price(core, row, r)
            r = r + u[row] * core.A[row]
            r[part if part >= 0 else []] = 0.0
        y = cheapest(core, r)
        value = core.constant + float(v.sum()) - sides(core, u) + float(r[y].sum())
        if value > best.bound:
            if value > best.bound + 1e-4 * max(target() - best.bound, 0.0):
                idle = 0
            best = Price(v.copy(), u.copy(), value, best.apart, y)
        idle += 1
        if seen(best, y, r):
            break
        if idle > patience:
            pace, idle = pace / 2.0, 0
            v, u = best.v.copy(), best.u.copy()
            direction[:], push[:] = 0.0, 0.0
            if pace < 0.02:
                break
            continue
        served = np.flatnonzero(y[window.at] & (worth > 0))
        g = 1.0 - np.bincount(window.owner[served], minlength=core.points)
        if part >= 0:
            g[window.owner[(window.at == part) & (worth > 0)]] -= much
        h = core.A @ y - np.where(
            u > 0, core.high, np.where(np.isfinite(core.low) & (core.A @ y < core.low), core.low, core.high)
        )
        if row is not None:
            h[row] = 0.0
        size = float(direction @ direction + push @ push)
        turn = 0.0 if size == 0 else max(0.0, -1.5 * float(g @ direction + h @ push) / size)
        direction, push = g + turn * direction, h + turn * push
        size = float(direction @ direction + push @ push)
        if size == 0.0:
            break
        step = pace * max(target() - value, 1e-9 * abs(value)) / size
        v = np.clip(v + step * direction, 0.0, core.cap)
        if len(u):
            u = u + step * push
            u = np.where((u > 0) & np.isinf(core.high) | (u < 0) & np.isinf(core.low), 0.0, u)
    return priced(core, best.v, best.u)
