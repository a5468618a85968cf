"""Which demand points a site would take for the prices offered, all sites at once: knapsacks."""

from __future__ import annotations

import math

import numpy as np

from formulations.algebra.elements import Floats

LARGEST = 20_000_000
"""Cells of the table of whole knapsacks (demand points x sites x capacity) beyond which they are taken divided."""


def divided(gain: Floats, amount: Floats, room: Floats) -> tuple[Floats, Floats, Floats]:
    """The best mix for each site: value, shares and the price of its capacity.

    Parameters
    ----------
    gain
        Shape (n, m), not negative.

    Returns
    -------
    value
        Shape (m,): no less than what any mix gains, counted as ``price * room + sum (gain - price * amount)+``, which
        holds for any price.
    taken, price
        Shapes (n, m) and (m,).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(gain > 0, gain / amount[:, None], 0.0)
    order = np.argsort(-ratio, axis=0, kind="stable")
    sorted_amount = np.where(np.take_along_axis(gain, order, axis=0) > 0, amount[order], 0.0)
    before = np.cumsum(sorted_amount, axis=0) - sorted_amount
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(sorted_amount > 0, np.clip((room - before) / sorted_amount, 0.0, 1.0), 1.0)
    taken = np.empty_like(gain)
    np.put_along_axis(taken, order, part, axis=0)
    taken[gain <= 0] = 0.0
    full = (sorted_amount > 0) & (part < 1.0)
    at = np.argmax(full, axis=0)
    sites = np.arange(gain.shape[1])
    price = np.where(full.any(axis=0), ratio[order[at, sites], sites], 0.0)
    value = price * room + np.maximum(gain - price * amount[:, None], 0.0).sum(axis=0)
    return value, taken, price


class Whole:
    """Knapsacks whose items are taken as a whole: exact, where amounts are whole multiples of something."""

    def __init__(self, amount: Floats, room: Floats, unit: float) -> None:
        self.size = np.rint(amount / unit).astype(np.int64)
        self.hold = np.floor(room / unit * (1.0 + 1e-12)).astype(np.int64)

    @classmethod
    def fitting(cls, amount: Floats, room: Floats) -> Whole | None:
        """None where amounts are no whole numbers, or the table would be too large."""
        if (amount != np.rint(amount)).any() or (amount > 2**40).any() or not (amount > 0).any():
            return None
        unit = math.gcd(*(int(a) for a in amount))
        if len(amount) * len(room) * (float(room.max()) / unit + 1.0) > LARGEST:
            return None
        return cls(amount, room, float(unit))

    def solve(self, gain: Floats) -> tuple[Floats, Floats]:
        """Value, shape (m,), and what is taken, shape (n, m)."""
        n, m = gain.shape
        most = int(self.hold.max(initial=0))
        best = np.zeros((m, most + 1))
        taken = np.zeros((n, m, most + 1), bool)
        useful = np.flatnonzero((gain > 0).any(axis=1) & (self.size <= most))
        for i in useful:
            # most demand points pay only for the few sites near them
            near, k = np.flatnonzero(gain[i] > 0), int(self.size[i])
            rows = best[near]
            with_it = rows[:, : most + 1 - k] + gain[i, near][:, None]
            taken[i, near, k:] = with_it > rows[:, k:]
            np.maximum(rows[:, k:], with_it, out=rows[:, k:])
            best[near] = rows
        sites, left = np.arange(m), self.hold.copy()
        chosen = np.zeros((n, m))
        for i in useful[::-1]:
            here = taken[i, sites, left]
            chosen[i] = here
            left -= np.where(here, self.size[i], 0)
        return best[sites, self.hold], chosen
