"""Good choices of sites: the best site again and again, then exchanges as long as one pays, under all rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.rules import SiteRules
from solver.locating.coverage.shortage import Shortage

NOISE = 0.2
"""Share by which what is lost is changed at random when choices are merged."""

SLACK = 1e-9
"""Rows may be missed by this share of their size: rounding."""


class Chooser:
    """Builds and improves choices of sites.

    Parameters
    ----------
    over
        Whether to stop now.
    """

    def __init__(self, shortage: Shortage, rules: SiteRules, over: Callable[[], bool]) -> None:
        self._shortage, self._rules, self._over = shortage, rules, over
        self._rows = rules.A.toarray()
        self._high = rules.row_upper + SLACK * np.maximum(1.0, np.abs(rules.row_upper))
        self._low = rules.row_lower - SLACK * np.maximum(1.0, np.abs(rules.row_lower))
        self._price = self._prices()

    def keeps(self, opened: NDArray[np.bool_]) -> bool:
        """Whether a choice keeps all rules."""
        y, rules = np.asarray(opened, float), self._rules
        activity = self._rows @ y
        inside = (activity >= self._low).all() and (activity <= self._high).all()
        return bool(inside and (y >= rules.lower).all() and (y <= rules.upper).all())

    def grown(
        self,
        prefer: Floats | None = None,
        until: float = -np.inf,
        price: Floats | None = None,
        base: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.bool_] | None:
        """Site by site, the one that helps most for its price, or as preferred; None if the rules are not met so.

        Parameters
        ----------
        prefer
            How much each site is wanted, shape (m,); those not wanted at all only where the rules need more sites, or
            to get down to ``until``.
        until
            Go on until no more than this is short; no site is opened beyond that.
        price
            What each site takes, shape (m,); its part of the budget if None.
        base
            Open sites to begin with; those that must be open if None.
        """
        price = self._price if price is None else np.maximum(price, 1e-9 * max(1.0, float(price.max(initial=0.0))))
        s, aimed = self._shortage, until > -np.inf
        opened = self._rules.lower > 0 if base is None else base.copy()
        free = self._rules.free.copy()
        count = self._shortage.cover @ opened.astype(float)
        activity = self._rows @ opened.astype(float)
        while True:
            fits = free & ~opened & (activity[:, None] + self._rows <= self._high[:, None]).all(axis=0)
            need = bool((activity < self._low).any())
            if aimed:
                left = s.constant + float((s.weight * s.each(count)).sum()) - until
                if left <= 0 and not need:
                    break
                need = True
            if not fits.any() or (not need and prefer is not None and not (prefer[fits] > 1e-6).any()):
                break
            gain = self._gain(count)
            if not need and prefer is None and gain[fits].max() <= 0:
                break
            if aimed:
                gain = np.minimum(gain, max(left, 0.0))
            rate = gain / price if prefer is None else prefer + 1e-9 * gain / max(1.0, gain.max())
            j = int(np.where(fits, rate, -np.inf).argmax())
            opened[j] = True
            activity += self._rows[:, j]
            self._moved(count, j, 1.0)
        return opened if self.keeps(opened) else None

    def exchanged(self, opened: NDArray[np.bool_], moves: int = 10_000, more: bool = True) -> NDArray[np.bool_]:
        """Exchange one open site for a closed one or, if ``more``, open one, the best first, until nothing helps."""
        opened, free = opened.copy(), self._rules.free
        count = self._shortage.cover @ opened.astype(float)
        activity = self._rows @ opened.astype(float)
        for _ in range(moves):
            out, into = np.flatnonzero(opened & free), np.flatnonzero(~opened & free)
            if not len(into) or self._over():
                break
            gain = self._gain(count)
            after = activity[:, None] + self._rows[:, into]
            fits = ((after <= self._high[:, None]) & (after >= self._low[:, None])).all(axis=0) & more
            best = float(np.where(fits, gain[into], 0.0).max())
            j = int(into[np.where(fits, gain[into], 0.0).argmax()]) if best > 0 else -1
            k = -1
            if len(out):
                change = self._changes(count, gain, out, into)
                for row, low, high, now in zip(self._rows, self._low, self._high, activity, strict=True):
                    after = now + row[into][None, :] - row[out][:, None]
                    change[(after > high) | (after < low)] = -np.inf
                at = int(change.argmax())
                if change.flat[at] > best:
                    best = float(change.flat[at])
                    k, j = int(out[at // len(into)]), int(into[at % len(into)])
            if best <= 1e-9 * max(1.0, float(self._shortage.weight.max(initial=0.0))):
                break
            for site, sign in ((k, -1.0), (j, 1.0)):
                if site >= 0:
                    opened[site] = sign > 0
                    activity += sign * self._rows[:, site]
                    self._moved(count, site, sign)
        return opened

    def merged(
        self, one: NDArray[np.bool_], other: NDArray[np.bool_], rng: np.random.Generator
    ) -> NDArray[np.bool_] | None:
        """The sites of two choices, closed one by one where little is lost, until the rules are met; then exchanges.

        Source: Alp, Erkut and Drezner (2003), DOI 10.1023/A:1026130003508, there for p-median.
        """
        s, opened = self._shortage, one | other
        count = s.cover @ opened.astype(float)
        loss = s.columns @ (s.weight * (s.each(count - 1.0) - s.each(count)))
        while (over := self._rows @ opened.astype(float) > self._high).any():
            helps = opened & self._rules.free & (self._rows[over] > 0).any(axis=0)
            if not helps.any():
                return None
            # not always the least, so that the same two give others too
            rate = loss / self._price * rng.uniform(1.0 - NOISE, 1.0 + NOISE, len(loss))
            k = int(np.where(helps, rate, np.inf).argmin())
            sets = self._members(k)
            before, after = count[sets], count[sets] - 1.0
            change = s.each(after - 1.0) - 2.0 * s.each(after) + s.each(before)
            loss += s.cover[sets].T @ (s.weight[sets] * change)
            opened[k], count[sets] = False, after
        grown = self.grown(base=opened)
        return None if grown is None else self.exchanged(grown, moves=50)

    def shaken(self, opened: NDArray[np.bool_], tries: int, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Again and again open a site at random and close some that cover the same, exchange, keep what is better."""
        best, value = opened, self._shortage.of_choice(opened)
        for _ in range(tries):
            out, into = np.flatnonzero(best & self._rules.free), np.flatnonzero(~best & self._rules.free)
            if len(out) < 2 or not len(into) or self._over():
                break
            j = int(rng.choice(into))
            shared = np.asarray(self._shortage.cover[self._members(j)].sum(axis=0)).reshape(-1)[out]
            fewer = best.copy()
            fewer[out[np.argsort(-shared, kind="stable")[: int(rng.integers(2, 5))]]] = False
            fewer[j] = True
            grown = self.grown(base=fewer)
            if grown is None:
                continue
            moved = self.exchanged(grown, moves=50)
            if (now := self._shortage.of_choice(moved)) < value:
                best, value = moved, now
        return best

    def _changes(self, count: Floats, gain: Floats, out: NDArray[np.intp], into: NDArray[np.intp]) -> Floats:
        """How much less is short for each exchange, shape (out, into)."""
        s = self._shortage
        loss = s.weight * (s.each(count - 1.0) - s.each(count))
        rise = s.weight * (s.each(count) - s.each(count + 1.0))
        # a set that both cover neither loses nor gains
        both = np.flatnonzero((count > 0) & (loss > rise))
        part: Any = s.cover[both]
        own: Any = sp.csr_array(part[:, out].T).multiply((loss - rise)[both]).tocsr()
        common: Floats = (own @ part[:, into]).toarray()
        kept: Floats = (s.columns @ loss)[out]
        return gain[into][None, :] - kept[:, None] + common

    def _gain(self, count: Floats) -> Floats:
        s = self._shortage
        found: Floats = s.columns @ (s.weight * (s.each(count) - s.each(count + 1.0)))
        return found

    def _moved(self, count: Floats, site: int, sign: float) -> None:
        count[self._members(site)] += sign

    def _members(self, site: int) -> NDArray[np.intp]:
        columns = self._shortage.columns
        found: NDArray[np.intp] = columns.indices[columns.indptr[site] : columns.indptr[site + 1]]
        return found

    def _prices(self) -> Floats:
        """What a site takes of the budget; one without a budget, or where the number of sites is the scarcer good."""
        names = self._rules.names
        if "budget" not in names or "count" in names:
            return np.ones(len(self._rules.lower))
        row = self._rows[names.index("budget")]
        price: Floats = np.maximum(row, 1e-9 * max(1.0, float(row.max(initial=0.0))))
        return price
