"""Branch and cut over open sites on one live linear program.

HiGHS takes no cuts inside its own tree, but a linear program that stays alive between two questions keeps its basis and
is solved again in milliseconds. So the tree is ours: cuts made anywhere hold everywhere, sites are decided by reduced
costs, and every node is given up on a bound that we computed ourselves from the row duals.

There is one tree only. SCIP, which takes cuts into its own, was given the same masters, cuts and first plans: all the
published p-medians that reach the tree took 2.2 s of the processor here and 8.6 s there, none less there
(``python -m tests.benchmarks.scip_tree``, two loaded cores, SCIP 10 by pyscipopt 6.3).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.certificate import RESOLUTION
from solver.implied import UNIT
from solver.locating.terms import Terms
from solver.locating.tree.branching import Branching
from solver.locating.tree.floor import Floor
from solver.locating.tree.master import Cutter, Master
from solver.locating.tree.node import Node, Queue
from solver.locating.tree.outcome import Outcome
from solver.locating.tree.propagation import SiteRows, widened
from solver.locating.tree.relaxation import Point, Relaxation

__all__ = ["Outcome", "search"]

WHOLE = 1e-6
"""A site this near to 0 or 1 counts as decided by the linear program."""

TRIAL = 100
"""Simplex iterations for trying what deciding a site would bring."""

SMALL = 0.01
"""A rise by less than this share of what is missing for a node to be given up is no progress; a tenth at the root."""

SLICE = 5000
"""Simplex iterations between two looks at the clock."""

SHARE, SPARE = 1.0, 2000
"""Trying may take this share of the iterations that the nodes have taken, and so many more."""

STALE = 4
"""Linear programs in a row without a price after which a cut is put aside."""


def search(master: Master, cutter: Cutter, terms: Terms, incumbent: NDArray[np.bool_] | None = None) -> Outcome:
    """The best choice of sites, or the best that the time allows, with a bound that is ours.

    Parameters
    ----------
    master
        Rows that speak of sites only say which choices are allowed; rows with other columns must hold for every
        allowed choice and its costs, like cuts.
    cutter
        Its ``value`` decides what a choice is worth; its cuts must not exceed that anywhere.
    terms
        Clock, gap, stop and seed are honoured; plans and bounds go to its record.
    incumbent
        A choice of sites known before; ignored if it breaks a row.
    """
    tree = _Tree(master, cutter, terms)
    if incumbent is not None:
        tree.offer(np.asarray(incumbent, dtype=bool))
    return tree.run()


class _Tree:
    def __init__(self, master: Master, cutter: Cutter, terms: Terms) -> None:
        self.master, self.cutter, self.terms = widened(master), cutter, terms
        self.rows = SiteRows(self.master)
        self.lp = Relaxation(self.master, terms.seed)
        if master.cuts is not None:
            self.lp.add(master.cuts)
        sites = master.sites
        self.low = np.ceil(master.lower[:sites] - WHOLE)
        self.high = np.floor(master.upper[:sites] + WHOLE)
        self.opened: NDArray[np.bool_] | None = None
        self.value = math.inf
        self.queue = Queue()
        self.shut = math.inf  # the least bound of what was given up
        self.branching = Branching(sites)
        self.root: tuple[float, Floor] | None = None
        self.nodes = self.made = self.rounds = 0
        self.wait, self.tries, self.trying = 1, 0, 0

    # -- plans and bounds -------------------------------------------------------------------------------------------

    def offer(self, opened: NDArray[np.bool_]) -> bool:
        """Take a choice of sites if it keeps the rows and is better."""
        if not self.allowed(opened):
            return False
        value = float(self.cutter.value(opened))
        if not value < self.value:
            return False
        self.opened, self.value = opened.copy(), value
        self.terms.record.plan(value, opened.astype(float))
        self.fix()
        return True

    def allowed(self, opened: NDArray[np.bool_]) -> bool:
        """Whether a choice keeps the rows over sites and what was decided from the start."""
        low, high = self.master.lower[: self.master.sites], self.master.upper[: self.master.sites]
        return bool((opened >= low - WHOLE).all() and (opened <= high + WHOLE).all()) and self.rows.keeps(opened)

    def rounded(self, bound: float) -> float:
        """A bound, constant included, rounded up to the next value that a plan can have."""
        grain = self.master.grain
        if grain <= 0.0 or not math.isfinite(bound):
            return bound
        steps = bound / grain
        return max(bound, math.ceil(steps - 1e-12 * max(1.0, abs(steps))) * grain)

    @property
    def enough(self) -> float:
        """A node with at least this bound is given up."""
        if not math.isfinite(self.value):
            return math.inf
        return self.value - max(self.terms.gap, RESOLUTION) * abs(self.value)

    def ceiling(self) -> float:
        """The same for a linear program: constant left out, and less by what rounding up gives."""
        if not math.isfinite(self.value):
            return math.inf
        size = max(1.0, abs(self.value))
        return self.enough - self.master.constant - max(0.0, self.master.grain - 1e-9 * size) + 1e-7 * size

    def bound(self, *nodes: Node) -> float:
        return min(self.value, self.shut, self.queue.bound, *(node.bound for node in nodes))

    # -- the search -------------------------------------------------------------------------------------------------

    def run(self) -> Outcome:
        current: Node | None = Node(self.low.copy(), self.high.copy())
        while current is not None or len(self.queue):
            if current is None:
                current = self.queue.pop()
            if self.late():
                return self.outcome("stopped", self.bound(current))
            children = self.explore(current)
            if children is None:
                return self.outcome("stopped", self.bound(current))
            current = None
            for child in children[1:]:
                self.queue.push(child)
            if children:
                current = children[0]
            self.terms.record.bounded(self.bound(*children[:1]))
        if self.opened is None:
            return self.outcome("infeasible", math.inf)
        return self.outcome("finished", self.bound())

    def outcome(self, state: str, bound: float) -> Outcome:
        fixed = int(np.count_nonzero(self.low == self.high))
        return Outcome(state, self.opened, self.value, bound, self.nodes, self.made, self.rounds, fixed)  # type: ignore[arg-type]

    def give_up(self, bound: float) -> list[Node]:
        self.shut = min(self.shut, bound)
        return []

    def explore(self, node: Node) -> list[Node] | None:
        """Solve, cut and branch; children with the one to go on with first, None when time is over."""
        self.nodes += 1
        last, stuck = -math.inf, 0
        while True:
            low, high = np.maximum(node.low, self.low), np.minimum(node.high, self.high)
            if not self.rows.tighten(low, high):
                return []
            node.low, node.high = low, high
            if node.depth == 0:
                # what holds at the root holds everywhere; its bound counts sites that rows have opened as open
                self.low, self.high = low.copy(), high.copy()
            if node.bound >= self.enough:
                return self.give_up(node.bound)
            if (low == high).all():
                # nothing left to decide: the choice is counted
                opened = low > 0.5
                self.offer(opened)
                return self.give_up(float(self.cutter.value(opened))) if self.allowed(opened) else []
            point = self.solve(node)
            if point is None:
                return None
            if point.state == "empty":
                return [] if self.proven(point, low, high) == math.inf else self.halves(node)
            floor = self.lp.floor(point.duals, low, high)
            node.bound = max(node.bound, self.ours(floor.value))
            if node.depth == 0:
                self.root = (floor.value, floor)
                self.fix()
                self.terms.record.bounded(self.bound(node))
            if node.bound >= self.enough:
                return self.give_up(node.bound)
            if point.state != "solved":
                return self.halves(node)
            self.lp.age(point)
            if node.site >= 0:
                self.branching.learn(node.site, node.up, node.share, point.value - node.guess)
            node.guess, node.site = point.value, -1
            self.narrow(node, floor)
            whole = self.whole(point.x)
            cuts = self.cutter.separate(point.x)
            if whole:
                self.offer(point.x[: self.master.sites] > 0.5)
                if node.bound >= self.enough:
                    return self.give_up(node.bound)
            rises = point.value > last + (SMALL if node.depth else 0.1 * SMALL) * self.hope(point.value)
            stuck, last = 0 if rises else stuck + 1, max(last, point.value)
            if cuts is None or not len(cuts.lower) or stuck > (50 if whole else 3 if node.depth == 0 else 1):
                self.ask(node, point)
                if node.bound >= self.enough:
                    return self.give_up(node.bound)
                if (node.low == node.high).all():
                    # reduced costs have decided the last site: the choice is counted next time round
                    continue
                return self.split(node, point)
            if rises:
                # never on a plateau: what is dropped there comes back, and again
                self.lp.drop(STALE)
            self.lp.add(cuts)
            self.made += len(cuts.lower)
            self.rounds += 1

    def hope(self, value: float) -> float:
        """How far a linear program is from being given up."""
        ceiling = self.ceiling()
        return max(1e-9, ceiling - value) if math.isfinite(ceiling) else max(1.0, abs(value))

    def solve(self, node: Node) -> Point | None:
        """The linear program of a node; None when time is over."""
        ceiling = self.ceiling()
        while not self.late():
            before = self.lp.steps
            point = self.lp.solve(node.low, node.high, ceiling=ceiling, seconds=self.terms.seconds, steps=SLICE)
            if point.state == "cut short" and self.lp.steps >= before + SLICE:
                continue
            if point.state == "beyond" and self.proven(point, node.low, node.high) < self.enough:
                ceiling = math.inf
                continue
            return None if point.state == "cut short" and self.late() else point
        return None

    def late(self) -> bool:
        """Whether the search must end now."""
        return self.terms.over

    def whole(self, x: Floats) -> bool:
        y = x[: self.master.sites]
        return bool((np.minimum(np.abs(y), np.abs(1.0 - y)) <= WHOLE).all())

    def ask(self, node: Node, point: Point) -> None:
        """Ask for a good choice near the point, less often the less it helps."""
        self.tries += 1
        if node.depth and self.tries < self.wait:
            return
        self.tries = 0
        opened = self.cutter.improved(point.x)
        if opened is not None and self.offer(np.asarray(opened, dtype=bool)):
            self.wait = 1
        else:
            self.wait = min(2 * self.wait, 64)

    # -- deciding sites ---------------------------------------------------------------------------------------------

    def fix(self) -> None:
        """Decide sites for good by the reduced costs at the root."""
        if self.root is None or not math.isfinite(self.value):
            return
        self.shut = min(self.shut, self.decide(self.root[0], self.root[1], self.low, self.high))

    def narrow(self, node: Node, floor: Floor) -> None:
        """Decide sites for a node by its reduced costs."""
        if math.isfinite(self.value):
            self.shut = min(self.shut, self.decide(floor.value, floor, node.low, node.high))

    def decide(self, value: float, floor: Floor, low: Floats, high: Floats) -> float:
        """Close or open for good what would cost too much the other way; the least bound of what that gives up."""
        sites = self.master.sites
        free = low < high
        least, most = floor.least[:sites], floor.most[:sites]
        up = np.where(free & (least > 0), value + least, -np.inf)
        down = np.where(free & (most < 0), value - most, -np.inf)
        enough, gone = self.enough, math.inf
        margin = 1e-12 * abs(value)
        for ends, side, to in ((up, high, 0.0), (down, low, 1.0)):
            far = np.flatnonzero(ends > -np.inf)
            for j in far[np.argsort(ends[far])][::-1]:
                bound = self.ours(float(ends[j]) - margin)
                if bound < enough:
                    break
                side[j] = to
                gone = min(gone, bound)
        return gone

    # -- branching --------------------------------------------------------------------------------------------------

    def split(self, node: Node, point: Point) -> list[Node]:
        """Children, the one to look at first in front; a single one where the other end holds nothing good."""
        x = point.x[: self.master.sites]
        basis = self.lp.basis()

        def trial(site: int, up: bool) -> float | None:
            low, high = self.moved(node, site, up)
            before = self.lp.steps
            if self.late() or self.trying > SHARE * (before - self.trying) + SPARE:
                return None
            end = self.lp.solve(low, high, ceiling=self.ceiling(), seconds=self.terms.seconds, steps=TRIAL)
            self.trying += self.lp.steps - before
            bound = self.proven(end, low, high)
            self.lp.restore(basis)
            if bound >= self.enough:
                self.shut = min(self.shut, bound)
                return math.inf
            return None if end.state == "empty" else end.value - point.value

        site, rises = self.branching.choose(node, x, trial)
        share = min(1.0, max(0.0, float(x[site])))
        children = [
            Node(
                *self.moved(node, site, up),
                node.bound,
                point.value,
                site,
                up,
                1.0 - share if up else share,
                node.depth + 1,
            )
            for up in (False, True)
            if rises[int(up)] < math.inf
        ]
        return children if rises[0] <= rises[1] else children[::-1]

    def halves(self, node: Node) -> list[Node]:
        """Children by the first site that is not decided, where the linear program gave nothing to go by."""
        site = int(np.flatnonzero(node.low < node.high)[0])
        return [Node(*self.moved(node, site, up), node.bound, node.guess, depth=node.depth + 1) for up in (False, True)]

    @staticmethod
    def moved(node: Node, site: int, up: bool) -> tuple[Floats, Floats]:
        low, high = node.low.copy(), node.high.copy()
        (low if up else high)[site] = 1.0 if up else 0.0
        return low, high

    def proven(self, point: Point, low: Floats, high: Floats) -> float:
        """What a linear program shows by our own count: a bound, constant included, infinite if it holds nothing."""
        if point.state == "empty":
            return math.inf if self.lp.floor(point.duals, low, high, empty=True).value > 0.0 else -math.inf
        return self.ours(self.lp.floor(point.duals, low, high).value)

    def ours(self, value: float) -> float:
        """A bound without constant as one with it, rounded up to what a plan can be worth."""
        constant = self.master.constant
        return self.rounded(value + constant - 4.0 * UNIT * (abs(value) + abs(constant)))
