"""What is proven about a front from below: facts that no plan contradicts, and what they say about points.

A fact is a triple (within e, weights w, value b):  every plan with objectives y <= e has w @ y >= b.

A fact may also say so of those plans only that no point of the front at hand dominates (``matched``): the same follows.

A solve under limits gives one (its own bound is b), an infeasible one gives b = infinity, and a weighted tree search or
linear relaxation gives one with e = infinity. The facts together are a lower bound set in the sense of Ehrgott and
Gandibleux (2007), DOI 10.1016/j.cor.2005.08.016: every point of the true front satisfies all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from formulations.algebra.elements import Floats

AT_IDEAL = 1e-9
"""Share of the range within which a value is the least there can be."""


@dataclass(frozen=True)
class Fact:
    """Every plan with objectives ``y <= within`` has ``weights @ y >= value``.

    Attributes
    ----------
    within
        Shape (p,), infinite where there is no limit.
    weights
        Shape (p,), none negative, one positive.
    value
        Infinite if there is no such plan at all.
    verified
        The value was computed by us from duals (:mod:`solver.safe_bound`), not claimed by a solver's search tree.
    matched
        There may be plans below the value, but each is dominated by, or equal to, a point of the front that the fact
        belongs to: a list of all plans below a level says so. It then bounds what is still to be found, and nothing
        else; in particular it is no bound on the least value of an objective.
    """

    within: Floats
    weights: Floats
    value: float
    verified: bool = False
    matched: bool = False


@dataclass(eq=False)
class LowerBounds:
    """Facts about the values that plans can have, and what follows from them.

    Attributes
    ----------
    ideal
        Shape (p,): no plan has a lower value of objective k.
    """

    ideal: Floats
    facts: list[Fact] = field(default_factory=list)

    def add(self, fact: Fact) -> None:
        """Take in a fact; a limit on one objective alone moves the ideal too."""
        self.facts.append(fact)
        k = np.flatnonzero(fact.weights)
        if len(k) == 1 and np.isinf(fact.within).all() and np.isfinite(fact.value) and not fact.matched:
            j = int(k[0])
            self.ideal[j] = max(self.ideal[j], fact.value / fact.weights[j])

    def verified(self) -> LowerBounds:
        """Only what rests on our own arithmetic; without an ideal where none of it gives one."""
        mine = LowerBounds(np.full_like(self.ideal, -np.inf))
        for fact in self.facts:
            if fact.verified:
                mine.add(fact)
        return mine

    def arrays(self) -> tuple[Floats, Floats, Floats]:
        """Limits (facts, p), weights (facts, p) and values (facts,); the ideal is among them."""
        p = len(self.ideal)
        within = np.vstack([np.full((p, p), np.inf), *(f.within for f in self.facts)])
        weights = np.vstack([np.eye(p), *(f.weights for f in self.facts)])
        values = np.concatenate([self.ideal, [f.value for f in self.facts]])
        return within, weights, values

    def distance(self, points: Floats, scale: Floats) -> Floats:
        """How far the true front may be from each point at most: (n, p) -> (n,).

        The largest t for which the facts do not exclude a plan better than the point by ``t * scale`` in every
        objective that can be better at all, and as good in those where the point is at the ideal; 0 says that there is
        none. For a fact with ``w``, ``e`` and ``b`` that is excluded as soon as ``point - t * scale <= e`` and
        ``w @ (point - t * scale) < b``, with a scale of 0 where nothing can be better.

        Parameters
        ----------
        scale
            Shape (p,), positive: what counts as one unit in each objective, such as the range of the front.
        """
        within, weights, values = self.arrays()
        unit = np.where(points > self.ideal + AT_IDEAL * scale, scale, 0.0)
        found = np.where((unit > 0).any(axis=1), np.inf, 0.0)
        for e, w, b in zip(within, weights, values, strict=True):
            # a sum that nothing can lower is at most what it is, which a fact excludes only if it says more
            fine = AT_IDEAL * max(abs(b), float(w @ scale)) if np.isfinite(b) else 0.0
            inside, cut = _share(points - e, unit, 0.0).max(axis=1), _share(points @ w - b, unit @ w, -fine)
            found = np.minimum(found, np.maximum(inside, cut))
        away: Floats = np.maximum(found, 0.0)
        return away

    def efficient(self, points: Floats, step: Floats, tolerance: float = 1e-9) -> np.ndarray:
        """Whether each point is proven to be on the front: no plan is as good everywhere and better somewhere.

        True where a fact with positive weights covers the point and leaves less than the least step of any objective
        between the point and its value: (n, p) -> (n,).
        """
        within, weights, values = self.arrays()
        proven = np.zeros(len(points), bool)
        for e, w, b in zip(within, weights, values, strict=True):
            if (w <= 0).any():
                continue
            covered = (points <= e + tolerance * np.maximum(1.0, np.abs(e))).all(axis=1)
            room = max(float((w * step).min()) * (1 - 1e-6), tolerance * max(1.0, abs(b)) if np.isfinite(b) else 0.0)
            proven |= covered & (points @ w - b < room)
        return proven

    def corner(self, uppers: Floats) -> Floats:
        """Lower corners of the boxes ``y <= u``: no plan in box u has a lower value: (m, p) -> (m, p).

        A corner above ``u`` in one objective says that the box is empty. For a fact with limits e that hold in
        all objectives but k over the whole box, a plan with ``y_k <= e_k`` has ``w @ y >= b`` and so
        ``y_k >= (b - sum_{j != k} w_j u_j) / w_k``; any other has ``y_k > e_k``.
        """
        within, weights, values = self.arrays()
        p = len(self.ideal)
        corners = np.broadcast_to(self.ideal, uppers.shape).copy()
        for e, w, b in zip(within, weights, values, strict=True):
            for k in range(p):
                others = np.arange(p) != k
                reaches = (uppers[:, others] <= e[others]).all(axis=1)
                if not reaches.any():
                    continue
                if b == np.inf:
                    least = np.full(len(uppers), e[k])
                elif w[k] > 0:
                    rest = np.where(w[others] > 0, uppers[:, others], 0.0) @ w[others]
                    with np.errstate(invalid="ignore"):
                        least = np.minimum((b - rest) / w[k], e[k])
                else:
                    continue
                corners[:, k] = np.where(reaches & (least > corners[:, k]), least, corners[:, k])
        return corners


def _share(room: Floats, unit: Floats, least: float) -> Floats:
    """Room in units; where there is no unit, more room than ``least`` can never be bridged and any other is."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(unit > 0, room / np.where(unit > 0, unit, 1.0), np.where(room > least, np.inf, -np.inf))
