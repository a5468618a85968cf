"""What is said while a front is searched: points so far, how many are proven, and how much may still be missed."""

from __future__ import annotations

import numpy as np

from solver.clock import Clock
from solver.events import Event, Sink
from solver.pareto.archive import Archive
from solver.pareto.assemble import still_open
from solver.pareto.front import Front, Label
from solver.words import say

PAUSE = 0.2
"""Seconds between two looks at the whole archive."""


def last_word(front: Front, lang: str) -> Event:
    """What is known in the end."""
    proven, points = front.labels.count(Label.PROVEN), len(front)
    gap = front.epsilon if np.isfinite(front.epsilon) else None
    said = say("front.progress", lang, points=points, proven=proven)
    return Event("front", done=float(points), gap=gap, elapsed=front.seconds, message=said)


class Told:
    """A sink for the archive of a search: each event goes on with the number of points, and what is known of them.

    ``done`` is the number of points and ``gap`` the share of the range that may be missed (the epsilon of the front).
    """

    def __init__(self, archive: Archive, clock: Clock, sink: Sink, lang: str) -> None:
        self._archive, self._clock, self._sink, self._lang = archive, clock, sink, lang
        self._looked, self._gap, self._proven = -np.inf, np.inf, 0

    def __call__(self, event: Event) -> None:
        """Pass an event on."""
        archive, elapsed = self._archive, self._clock.elapsed
        if elapsed - self._looked >= PAUSE:
            self._gap = min(self._gap, still_open(archive.space, archive.points, archive.bounds))
            self._proven = int(archive.bounds.efficient(archive.points, archive.space.step).sum())
            # a look takes longer the more there is to see
            self._looked = elapsed + 4 * (self._clock.elapsed - elapsed)
        points, gap = len(archive.points), self._gap if np.isfinite(self._gap) else None
        said = say("front.progress", self._lang, points=points, proven=min(self._proven, points))
        self._sink(Event("front", done=float(points), gap=gap, elapsed=elapsed, message=said))
