"""The best choices so far, merged with each other again and again: two good ones often have parts of the best."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.coverage.exchange import Chooser
from solver.locating.coverage.shortage import Shortage

SIZE = 10
"""Choices kept."""

ROUNDINGS, SHAKES, MERGES = 10, 60, 20
"""At the root: choices made from one fractional point, and how often the best is shaken. How often choices are merged
each time that one is asked for; three times as often at the root."""


class Pool:
    """A few choices of sites that differ in value, the best first.

    Parameters
    ----------
    over
        Whether to stop now.
    """

    def __init__(self, shortage: Shortage, chooser: Chooser, seed: int, over: Callable[[], bool]) -> None:
        self._shortage, self._chooser, self._over = shortage, chooser, over
        self._rng = np.random.default_rng(seed)
        self._known: list[tuple[float, NDArray[np.bool_]]] = []
        self._asked = 0

    @property
    def best(self) -> NDArray[np.bool_] | None:
        """The best choice; None if there is none yet."""
        return self._known[0][1] if self._known else None

    def take(self, opened: NDArray[np.bool_] | None) -> None:
        """Keep a choice if it is among the best and not known."""
        if opened is None:
            return
        value = self._shortage.of_choice(opened)
        if all(value != other for other, _ in self._known):
            self._known.append((value, opened))
            self._known.sort(key=lambda entry: entry[0])
            del self._known[SIZE:]

    def near(self, y: Floats) -> NDArray[np.bool_] | None:
        """The best choice, after a look around a fractional one, shape (m,); None if none keeps the rules."""
        self._asked += 1
        # at the root it pays to look around for longer: every better plan decides sites
        first = self._asked == 1
        for k in range(ROUNDINGS if first else 1):
            if k and self._over():
                break
            grown = self._chooser.grown(prefer=y if k == 0 else y * self._rng.uniform(size=len(y)))
            self.take(None if grown is None else self._chooser.exchanged(grown, moves=50))
        if not self._known:
            return None
        start = self._known[0][1]
        self.take(self._chooser.shaken(start, SHAKES if first else 2, self._rng))
        for _ in range((3 if first else 1) * MERGES):
            if len(self._known) < 2 or self._over():
                break
            a, b = self._rng.choice(len(self._known), 2, replace=False)
            self.take(self._chooser.merged(self._known[a][1], self._known[b][1], self._rng))
        return self.best
