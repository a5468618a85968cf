"""Search zones: the boxes in which a point may still lie that no known point dominates.

A zone is the open box below a local upper bound u; a new point y leaves, of every zone that holds it, those boxes that
have ``u_k = y_k`` in one objective.

Source: Klamroth, Lacour and Vanderpooten (2015), "On the representation of the search region in multi-objective
optimization", DOI 10.1016/j.ejor.2015.03.031, Algorithm 3 and Theorem 2 (no redundant bounds).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from formulations.algebra.elements import Floats
from solver.pareto.bounds import Fact
from solver.pareto.space import Space


def local_upper_bounds(points: Floats, top: Floats) -> Floats:
    """Upper bounds of all zones left by a set of points: (n, p) -> (zones, p).

    Parameters
    ----------
    top
        Shape (p,): above every point worth having; points not below it in every objective are cut to it.
    """
    uppers = top[None, :].astype(float)
    for y in points[np.lexsort(points.T[::-1])] if len(points) else points:
        uppers = split(uppers, y)
    return uppers


def split(uppers: Floats, y: Floats) -> Floats:
    """The zones left after a point was found: those that do not hold it, and the parts of those that do."""
    holds = (y < uppers).all(axis=1)
    if not holds.any():
        return uppers
    kept = uppers[~holds]
    return np.vstack([kept, _parts(kept, uppers[holds], y)])


def _parts(kept: Floats, held: Floats, y: Floats) -> Floats:
    """What is left of the zones that held ``y``, without what lies in another zone."""
    parts = np.unique(np.vstack([np.where(np.arange(len(y)) == k, y, held) for k in range(len(y))]), axis=0)
    # a zone that reaches below y in some objective holds no part but one cut there
    everything = np.vstack([kept[(kept >= y).all(axis=1)], parts])
    inside = np.asarray((parts[:, None, :] <= everything[None, :, :]).all(axis=2))
    inside[np.arange(len(parts)), len(everything) - len(parts) + np.arange(len(parts))] = False
    return parts[~inside.any(axis=1)]


@dataclass(eq=False)
class OpenZones:
    """The zones that neither a point nor a fact has closed yet.

    A zone u counts as closed once no plan lies in its box: ``y <= u - resolution`` in every objective, which on a space
    with steps is all of ``y < u`` if the resolution is one step. When all are closed, every plan is matched by a point
    that is nowhere worse by more than the resolution: a plan z that no point matches so would lie, with ``z +
    resolution``, in some zone, and so itself in the box of that zone.

    Attributes
    ----------
    uppers
        Upper bounds of the open zones, shape (zones, p).
    resolution
        Shape (p,), positive.
    """

    space: Space
    resolution: Floats
    uppers: Floats
    _within: list[Floats] = field(default_factory=list)
    _weights: list[Floats] = field(default_factory=list)
    _levels: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.uppers)

    def boxes(self, uppers: Floats) -> Floats:
        """The largest values that count as inside: (..., p) -> (..., p)."""
        step = self.space.step
        steps = np.ceil(self.resolution / np.where(step > 0, step, 1.0) - 1e-6) * step
        return np.where(step > 0, self.space.below(uppers) + step - np.maximum(steps, step), uppers - self.resolution)

    def point(self, y: Floats) -> bool:
        """A point was found; whether it lay in an open zone."""
        holds = (y < self.uppers).all(axis=1)
        if not holds.any():
            return False
        kept = self.uppers[~holds]
        parts = _parts(kept, self.uppers[holds], y)
        # closed zones are gone, so parts that lie in one come back here and fall by the fact that closed it
        self.uppers = np.vstack([kept, parts[~self._closed(self.boxes(parts))]])
        return True

    def learn(self, fact: Fact) -> int:
        """A fact was proven; how many zones it closes."""
        if np.isinf(fact.value):
            return self.settled(fact.within, np.zeros_like(fact.weights), 0.0) if fact.value > 0 else 0
        # half the least difference of values, so that rounding does not decide
        apart = max(self.space.resolution(fact.weights), 1e-9 * max(1.0, abs(fact.value)))
        return self.settled(fact.within, fact.weights, fact.value - 0.5 * apart)

    def settled(self, within: Floats, weights: Floats, level: float) -> int:
        """Every plan with ``y <= within`` and ``weights @ y <= level`` is matched by a point; how many zones close."""
        self._within.append(within)
        self._weights.append(weights)
        self._levels.append(level)
        boxes = self.boxes(self.uppers)
        closed = (boxes <= within).all(axis=1) & (_weighted(boxes, weights[None, :])[:, 0] <= level)
        self.uppers = self.uppers[~closed]
        return int(closed.sum())

    def leave(self, at: int) -> Floats:
        """Take a zone out unsettled."""
        upper: Floats = self.uppers[at]
        self.uppers = np.delete(self.uppers, at, axis=0)
        return upper

    def _closed(self, boxes: Floats) -> np.ndarray:
        if not self._levels or not len(boxes):
            return np.zeros(len(boxes), bool)
        inside = (boxes[:, None, :] <= np.array(self._within)[None, :, :]).all(axis=2)
        low = _weighted(boxes, np.array(self._weights)) <= np.array(self._levels)
        return np.asarray((inside & low).any(axis=1))


def _weighted(boxes: Floats, weights: Floats) -> Floats:
    """Weighted sums, shape (boxes, weights); an objective without weight counts nothing even where it is infinite."""
    if np.isfinite(boxes).all():
        return boxes @ weights.T
    parts = np.where(weights[None, :, :] > 0, weights[None, :, :] * boxes[:, None, :], 0.0)
    return np.asarray(parts.sum(axis=2))
