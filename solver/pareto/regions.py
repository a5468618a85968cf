"""All points of a front with any number of objectives, zone by zone, the largest zone first.

Zones are kept as in :mod:`solver.pareto.zones`. One question settles a zone or finds a point in it:

    min  W f_k(x) + sum_j f_j(x)   subject to   f_j(x) < u_j for j != k,

with W so large that f_k comes first; its answer is on the front at once, without a second question. What it proves
closes every zone below the same limits, not only the one asked for. Source: Tamby and Vanderpooten (2021),
"Enumeration of the nondominated set of multiobjective discrete optimization problems", DOI 10.1287/ijoc.2020.0953,
whose choice of zone (largest) and of k (most volume without it) this follows.

Small programs of yes-or-no columns need few such questions, or none: where rows cross each other little, all points are
found in one pass (:mod:`solver.pareto.stages`); otherwise a plane from the relaxation closes a zone without a question,
or all plans in the layer between a plane and the zone's corner are listed (:mod:`solver.pareto.enumeration`), which
settles every zone whose corner lies in the layer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from formulations.algebra.elements import Floats
from solver.certificate import keeps
from solver.pareto.archive import Archive, Budget
from solver.pareto.bounds import Fact
from solver.pareto.enumeration import Enumeration, Listing
from solver.pareto.live import small
from solver.pareto.relaxation import Relaxation
from solver.pareto.scalar import Scalars
from solver.pareto.space import Space
from solver.pareto.stages import Stages
from solver.pareto.zones import OpenZones, local_upper_bounds

FINE = 1e-6
"""Share of an objective's range below which two values without a common step count as the same, if nothing is said."""

THINNER = 0.7
"""By how much a layer is made thinner that holds too many plans to be listed."""

THICKER = 1.25
"""And made thicker again for the next one."""

LIGHT = 0.2
"""Share of the most numbers that can be carried at which a thicker layer is tried at once."""

THIN = 1e-4
"""Thickness at which layers are given up: too many plans cost the same."""

SHARE = 0.25
"""Share of the time left that one pass over all columns may take."""

THICK = 0.1
"""Thickness of the first layer, as a share of the range of the front."""


def run(ask: Scalars, archive: Archive, budget: Budget, resolution: Floats | None = None) -> bool:
    """Search all zones.

    Parameters
    ----------
    resolution
        Shape (p,): differences of objectives that do not count. Steps, and :data:`FINE` of the range where there is no
        step, if None. With larger ones the points found represent the front: each true point is matched by one that is
        nowhere worse by more.

    Returns
    -------
    bool
        Every true point is matched within the resolution; on a space with steps and a resolution of one step, all
        points were found.
    """
    space = ask.space
    first = _extremes(ask, archive, budget)
    if first is not None:
        return first
    high = archive.points.max(axis=0)
    scale = np.where(high > archive.bounds.ideal, high - archive.bounds.ideal, 1.0)
    least = np.where(space.step > 0, space.step, FINE * scale)
    fine = least if resolution is None else np.maximum(np.asarray(resolution, float), least)
    search = _Regions(
        ask, archive, budget, scale, OpenZones(space, fine, local_upper_bounds(archive.points, _top(space) + fine))
    )
    return search.run()


def _extremes(ask: Scalars, archive: Archive, budget: Budget) -> bool | None:
    """The least value of every objective alone; whether the search ends here, None if it goes on."""
    for k in range(ask.space.size):
        if np.isfinite(archive.bounds.ideal[k]) and len(archive.points):
            continue
        if budget.over(archive.solves, len(archive.points)):
            return False
        outcome = ask.minimize(np.eye(ask.space.size)[k])
        archive.solves += 1
        archive.prove(outcome.fact)
        if outcome.state == "empty":
            return True
        if outcome.x is not None:
            archive.take(outcome.x, "exact")
        if not np.isfinite(outcome.fact.value) or not len(archive.points):
            return False
    return None


def _top(space: Space) -> Floats:
    """Above every value that the bounds of the columns allow; infinite where they allow any."""
    matrix = space.matrix
    up = space.C.maximum(0.0)
    down = space.C.minimum(0.0)
    most = np.array([_reach(up[[k]], matrix.upper) + _reach(down[[k]], matrix.lower) for k in range(space.size)])
    return np.asarray(space.c0 + most + np.where(space.step > 0, space.step, 1.0))


def _reach(row: object, side: Floats) -> float:
    coefficients = row.tocoo()  # type: ignore[attr-defined]
    return float((coefficients.data * side[coefficients.coords[1]]).sum())


@dataclass(eq=False)
class _Regions:
    ask: Scalars
    archive: Archive
    budget: Budget
    scale: Floats
    zones: OpenZones
    unsettled: int = 0
    deepest: float = THICK
    relaxation: Relaxation | None = field(init=False, default=None)
    listing: Enumeration | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if small(self.ask.space):
            self.relaxation = Relaxation(self.ask.space, self.scale)
            self.listing = Enumeration.of(self.ask.space)

    def run(self) -> bool:
        if self._in_one_pass():
            return True
        while len(self.zones):
            if self._over():
                return False
            widths = self._widths()
            upper = self.zones.uppers[int((widths / self.scale).prod(axis=1).argmax())]
            if not self._by_plane(upper):
                self._by_question(upper)
        return self.unsettled == 0

    def _over(self) -> bool:
        return self.budget.over(self.archive.solves, len(self.archive.points))

    def _widths(self) -> Floats:
        high = self.archive.points.max(axis=0) + self.zones.resolution
        return np.asarray(np.maximum(np.minimum(self.zones.uppers, high) - self.archive.bounds.ideal, 0.0))

    # -- small programs --------------------------------------------------------------------------------------------

    def _in_one_pass(self) -> bool:
        """Find all points at once; False if that is not possible, or few are asked for."""
        stages = Stages.of(self.ask.space) if small(self.ask.space) else None
        if stages is None or self.budget.points is not None or self._over():
            return False
        clock = self.budget.clock.part(SHARE)
        listed = stages.front(lambda: clock.left == 0.0 or self._over())
        weights = 1.0 / self.scale
        return listed is not None and self._settle(weights, math.inf, listed)

    def _by_plane(self, upper: Floats) -> bool:
        """Close the zone, or find points in it, without a question; False if that is not possible."""
        box = self.zones.boxes(upper)
        if self.relaxation is None or not np.isfinite(box).all():
            return False
        plane = self.relaxation.plane(box, self.budget.clock.left)
        if plane is None:
            return False
        corner = float(plane.weights @ box)
        if corner < plane.value:
            fact = Fact(np.full(len(box), np.inf), plane.weights, plane.value, verified=True)
            self.archive.prove(fact)
            self.zones.settled(fact.within, fact.weights, math.nextafter(plane.value, -math.inf))
            return self._gone(upper)
        listing = self.listing
        if listing is None:
            return False
        while not self._gone(upper):
            # a layer too thick to be listed as a whole still gives the points near the plane
            level = min(corner, plane.value + self.deepest)
            listed = listing.below(plane, level)
            if listed is None:
                self.deepest = THINNER * (level - plane.value)
                if self.deepest < THIN:
                    self.listing = None
                if self.deepest < THIN or self._over():
                    break
                continue
            # the list goes that far beyond its level
            if not self._settle(plane.weights, level + plane.rounding, listed):
                self.listing = None
                break
            if level == corner:
                break
            self.deepest *= THICKER
            if listed.effort > LIGHT or self._over():
                break
        return self._gone(upper)

    def _settle(self, weights: Floats, level: float, listed: Listing) -> bool:
        """All plans up to a level are listed, or one as good: take the best in, close all zones with corners there.

        False, and nothing is done, if rounding let a plan into the list that does not keep its rows.
        """
        self.archive.solves += 1
        known = self.archive.points
        new = [k for k in _best(listed.values) if not (known <= listed.values[k]).all(axis=1).any()]
        plans = [listed.plan(int(k)) for k in new]
        if plans and not keeps(self.ask.space.matrix, np.array(plans)).all():
            return False
        free = np.full(len(weights), np.inf)
        # before the points, so that zones cut by them fall at once
        self.zones.settled(free, weights, level)
        for x in plans:
            self._take(x)
        self.archive.prove(Fact(free, weights, level, verified=True, matched=True))
        return True

    def _take(self, x: Floats) -> None:
        if self.archive.take(x, "exact"):
            self.zones.point(self.ask.space.values(x[None, :])[0])

    def _gone(self, upper: Floats) -> bool:
        return not (self.zones.uppers == upper).all(axis=1).any()

    # -- questions -------------------------------------------------------------------------------------------------

    def _by_question(self, upper: Floats) -> None:
        box = self.zones.boxes(upper)
        k = self._free_objective(upper)
        within = np.where(np.arange(len(box)) == k, np.inf, box)
        stopped = self._question(within, self._weights(within, k))
        if self._gone(upper):
            return
        if not stopped:
            # rounding, or a gap: ask for the zone alone
            stopped = self._question(box, 1.0 / self.scale)
        if not self._gone(upper):
            self.zones.leave(int(np.flatnonzero((self.zones.uppers == upper).all(axis=1))[0]))
            self.unsettled += 1

    def _question(self, within: Floats, weights: Floats) -> bool:
        """Ask, and take in what is found and proven; whether it was stopped before it was answered."""
        outcome = self.ask.minimize(weights, within, start=self._start(within, weights))
        self.archive.solves += 1
        self.archive.prove(outcome.fact)
        if outcome.x is not None:
            self._take(outcome.x)
        self.zones.learn(outcome.fact)
        return outcome.state == "stopped"

    def _free_objective(self, upper: Floats) -> int:
        """The objective left without a limit: one that has none, else the one without which the zone is largest."""
        if np.isinf(upper).any():
            return int(np.flatnonzero(np.isinf(upper))[0])
        width = np.maximum((upper - self.archive.bounds.ideal) / self.scale, 1e-12)
        return int((width.prod() / width).argmax())

    def _weights(self, within: Floats, k: int) -> Floats:
        """Weights with which objective k comes first and its best plan is on the front."""
        space, others = self.ask.space, np.arange(len(within)) != k
        limits = np.minimum(within, self.archive.points.max(axis=0) + self.zones.resolution)
        room = np.maximum(limits - self.archive.bounds.ideal, 0.0)
        if space.discrete:
            weights = 1.0 / space.step
            weights[k] = (1.0 + math.ceil(float((room / space.step)[others].sum()))) / space.step[k]
            return weights
        # all other objectives together weigh less than half of one resolution of the first
        weights = np.asarray(0.5 / (others.sum() * np.maximum(room, self.zones.resolution)))
        weights[k] = 1.0 / self.zones.resolution[k]
        return weights

    def _start(self, within: Floats, weights: Floats) -> Floats | None:
        """The best plan known within the limits."""
        fits = np.flatnonzero((self.archive.points <= within).all(axis=1))
        if not len(fits):
            return None
        return self.archive.plans[int(fits[(self.archive.points[fits] @ weights).argmin()])]


def _best(values: Floats) -> np.ndarray:
    """Positions of values that no other one dominates, equal ones once."""
    import moocore

    return np.flatnonzero(moocore.is_nondominated(values)) if len(values) else np.empty(0, int)
