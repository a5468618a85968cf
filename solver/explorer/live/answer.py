"""The efficient plan nearest to a wish, under limits and with decisions settled, and what is proven about it.

    min  t + rho sum_k (f_k(x) - r_k) / s_k   subject to   x in X,  settled,  f_k(x) <= e_k,  (f_k(x) - r_k) / s_k <= t

Source: Wierzbicki (1986), DOI 10.1007/BF01719738; see :mod:`solver.pareto.tchebycheff`. The scale s is the range of the
front, so that t is a share of it. A second question asks for the least sum among plans nowhere worse than the answer:
it moves an answer that is only nearest within the gap to the front, and proves that it is there.

"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from formulations.zoning import Zoning, assigned, patch_faults, with_cuts
from solver.certificate import keeps, snapped
from solver.clock import Clock
from solver.events import Event
from solver.explorer.content import LABELS, Layer, Text
from solver.explorer.live.aim import Aim, Task, task_of
from solver.explorer.live.levers import altered, levers, settled
from solver.explorer.live.wish import Wish, both
from solver.firststage import first_stage
from solver.pareto.bounds import Fact, LowerBounds
from solver.pareto.front import Front, Label
from solver.pareto.scalar import Scalars, with_limits
from solver.pareto.space import Space
from solver.pareto.tchebycheff import RHO
from solver.solution import Status
from solver.words import percent

if TYPE_CHECKING:
    from solver.fronts.asked import Asked

SEARCH_SHARE = 0.75
"""Share of the time that the search for the nearest plan may take; the rest is for the proof that it is efficient."""

SAME = 1e-9
"""Share of the range below which two values are the same."""

Tell = Callable[[str, dict[str, Any]], None]
"""Takes a stage (:data:`solver.words.live.LIVE`, ``live.stage.*``) and what is known: incumbent, bound, gap."""


@dataclass(eq=False)
class Desk:
    """What a process keeps between two wishes.

    Attributes
    ----------
    plans, ids
        Known plans, shape (members, columns), and their ids: those of the front first, in its order.
    layers
        Of the page, for what a wish settles.
    labels
        What people call each objective of the front.
    left_running
        A solver did not end when it was asked to; the process had better end.
    """

    asked: Asked
    front: Front
    plans: Csr
    ids: list[str]
    layers: Sequence[Layer]
    labels: Sequence[Text]

    def __post_init__(self) -> None:
        self.space = Space.of(self.asked.matrix, self.front.names)
        self.points = self.space.values(self.plans)
        self.facts: list[Fact] = []
        self.left_running = False

    @property
    def bounds(self) -> LowerBounds:
        """What is proven of all plans, whether a known one is better or not."""
        facts = [fact for fact in (*self.front.bounds.facts, *self.facts) if not fact.matched]
        return LowerBounds(self.front.bounds.ideal.copy(), facts)

    def learn(self, name: str, x: Floats) -> None:
        """Take in a plan that was found."""
        row = sp.csr_array(x[None, :])
        self.plans = sp.csr_array(sp.vstack([self.plans, row], format="csr"))
        self.points = np.vstack([self.points, self.space.values(row)])
        self.ids.append(name)


@dataclass(frozen=True, eq=False)
class Answer:
    """A plan for a wish.

    Attributes
    ----------
    x, y
        The plan, shape (columns,), and its objectives, shape (p,); checked against all rows by our own arithmetic.
    label
        Position in :data:`solver.explorer.content.LABELS`: what is proven without regard to what was settled.
    distance, verified
        Share of the range by which any plan may be better in all objectives at most; infinite where nothing is known.
    gap
        Share of the range by which a plan that keeps the wish may be nearer to it; None where nothing is known.
    known
        Id of the alternative that it is, if it was there already.
    """

    x: Floats
    y: Floats
    label: int
    distance: float
    verified: float
    gap: float | None
    known: str | None
    sentences: tuple[Text, ...]


@dataclass(frozen=True, eq=False)
class Refusal:
    """Why there is no plan for a wish; ``nearest`` has values within reach by objective, where they are known."""

    sentences: tuple[Text, ...]
    nearest: dict[str, float] | None = None


def answer(desk: Desk, wish: Wish, tell: Tell) -> Answer | Refusal:
    """Look for the plan; what is settled has to be about features of the page, as ``read_wish`` makes sure."""
    given, missing = levers(desk.asked.matrix, desk.layers, wish.force)
    if missing:
        return Refusal((both("live.fault.no decision", names=missing),))
    return _Search(desk, task_of(desk, wish, given), tell).run()


@dataclass(frozen=True, eq=False)
class Found:
    """What a search comes to: a plan if there is one, a bound on what was minimised, or that no plan is possible."""

    x: Floats | None
    bound: float
    empty: bool = False
    fault: str = ""


@dataclass
class _Search:
    """One wish from beginning to end."""

    desk: Desk
    task: Task
    tell: Tell

    def run(self) -> Answer | Refusal:
        self.clock = Clock(self.task.seconds)
        self.base = self.desk.asked.matrix
        while True:
            aim, space, found = self._searched()
            if found.empty:
                from solver.explorer.live.conflict import refusal

                return refusal(self.desk, self.task, self.base, self.tell)
            if found.x is None or not self._holds(space, found.x):
                return Refusal(
                    (both("live.solver failed", message=found.fault) if found.fault else both("live.nothing found"),)
                )
            x, fact = self._polished(space, aim.upper, found.x)
            again = self._with_cuts(x)
            if again is None:
                return self._answered(space, aim, found, x, fact)
            if self.clock.left == 0.0:
                best = self._best_known(aim)
                return (
                    Refusal((both("live.nothing found"),))
                    if best is None
                    else self._answered(space, aim, found, best, fact)
                )
            self.base = again

    # -- the two questions ---------------------------------------------------------------------------------------

    def _searched(self) -> tuple[Aim, Space, Found]:
        task = self.task
        if task.partly:
            given = np.isfinite(task.goals)
            upper = np.where(given, np.fmin(task.upper, task.goals), task.upper)
            weights = np.where(given, 0.0, 1.0 / float((~given).sum()))
            # what has no goal is counted from the ideal, so that a bound means something
            start = np.where(given, task.goals, self._lowest())
            aim = Aim(upper, start, task.scale, weights, most=False)
            space = self._space(upper)
            found = self._solved(aim, space, 0.5)
            if found.x is not None:
                return aim, space, found
        aim = Aim(task.upper, task.reference, task.scale, np.full(len(task.upper), RHO), most=True)
        space = self._space(task.upper)
        return aim, space, self._solved(aim, space, SEARCH_SHARE)

    def _space(self, upper: Floats) -> Space:
        """The program with what is settled and the limits as rows."""
        inner = replace(self.desk.space, matrix=settled(self.base, self.task.levers))
        return replace(inner, matrix=with_limits(inner, upper))

    def _solved(self, aim: Aim, space: Space, share: float) -> Found:
        from solver.solve import solve

        # a constant that makes every value 1 at least: the solver's gap, a share of the value, then means something
        least = float(aim.value(self._lowest()[None, :])[0])
        self.lift = 1.0 - least
        values, fits = aim.value(self.desk.points), self._fitting(aim.upper)
        at = int(np.where(fits, values, np.inf).argmin()) if fits.any() else int(values.argmin())
        # facts about all plans hold for those that do as settled too
        self.bound = aim.bound(self.desk.bounds, self._lowest(), float(values[at]))
        x = np.asarray(self.desk.plans[[at]].toarray())[0]
        if fits.any() and values[at] - self.bound <= self.task.gap:
            return Found(x, self.bound)
        left, options = self.clock.left, self.desk.asked.study.solve
        matrix = aim.matrix(space, self.lift)
        found = solve(
            matrix,
            gap=self.task.gap / (1.0 + max(0.0, float(values[at]) - least)),
            time_limit=max(0.5, (self.task.seconds if left is None else left) * share),
            seed=options.seed,
            threads=options.threads,
            start=aim.start(x, self.desk.points[at]) if fits.any() else self._altered(matrix, x),
            on_event=self._on_event,
        )
        self.desk.left_running |= found.left_running
        plan = None if found.x is None else snapped(self.base, found.x[: self.base.shape[1]])
        bound = self.bound if found.bound is None else max(self.bound, found.bound - self.lift)
        fault = found.message if found.status is Status.FAILED else ""
        return Found(plan, bound, found.status is Status.INFEASIBLE, fault)

    def _lowest(self) -> Floats:
        """Below which no plan lies; a range below the lowest known where that is not known."""
        ideal, scale = self.desk.front.ideal, self.task.scale
        return np.where(np.isfinite(ideal), ideal, self.desk.points.min(axis=0) - scale)

    def _fitting(self, upper: Floats) -> np.ndarray:
        """Which known plans keep the limits and do as settled."""
        fits = (self.desk.points <= upper + SAME * self.task.scale).all(axis=1)
        for lever in self.task.levers:
            fits &= lever.kept(self.desk.plans)
        return np.asarray(fits)

    def _best_known(self, aim: Aim) -> Floats | None:
        """The plan that keeps the wish best among those known; None where none keeps it."""
        fits = self._fitting(aim.upper)
        at = int(np.where(fits, aim.value(self.desk.points), np.inf).argmin())
        return np.asarray(self.desk.plans[[at]].toarray())[0] if fits.any() else None

    def _altered(self, matrix: Matrix, x: Floats) -> dict[str, Floats] | None:
        """Yes-or-no decisions of the nearest plan, made to do as settled: the solver may find the rest to them."""
        x = altered(x, self.task.levers)
        blocks = [b for b in first_stage(self.base) if matrix.integer[b.span].any()]
        return {block.name: x[block.span].reshape(block.shape) for block in blocks} or None

    def _on_event(self, event: Event) -> None:
        best = None if event.incumbent is None else event.incumbent - self.lift
        known = self.bound if event.bound is None else max(self.bound, event.bound - self.lift)
        bound = known if math.isfinite(known) else None
        gap = None if best is None or bound is None else max(0.0, best - bound)
        self.tell(event.stage, {"incumbent": best, "bound": bound, "gap": gap})

    def _polished(self, space: Space, upper: Floats, x: Floats) -> tuple[Floats, Fact]:
        """A plan nowhere worse with the least sum, and what the search for it proves."""
        self.tell("polish", {})
        y = space.values(x[None, :])[0]
        ask = Scalars(space, 0.0, self.desk.asked.study.solve.seed, self.desk.asked.study.solve.threads, self.clock)
        # never less than a moment: most often the plan is proven in the root
        ask.clock = Clock(max(1.0, self.clock.left or 0.0))
        w = 1.0 / self.task.scale
        outcome = ask.minimize(w, np.minimum(y, upper), start=x)
        if outcome.x is None or outcome.y is None or w @ outcome.y > w @ y or not self._holds(space, outcome.x):
            return x, outcome.fact
        return outcome.x, outcome.fact

    # -- what comes of it ----------------------------------------------------------------------------------------

    def _holds(self, space: Space, x: Floats) -> bool:
        """All rows, limits and settled decisions, by our own arithmetic."""
        return bool(keeps(space.matrix, x[None, :])[0])

    def _with_cuts(self, x: Floats) -> Matrix | None:
        """The program with rows against patches of the plan that are too small; None where there are none."""
        question, land = self.desk.asked.question, self.desk.asked.instance.land
        if not isinstance(question, Zoning) or question.patches != "local" or land is None:
            return None
        classes = assigned(self.base, x)
        if not patch_faults(land, classes):
            return None
        return with_cuts(self.base, land, classes[None, :])

    def _answered(self, space: Space, aim: Aim, found: Found, x: Floats, fact: Fact) -> Answer:
        desk, task = self.desk, self.task
        y = space.values(x[None, :])[0]
        bound = found.bound if math.isfinite(found.bound) else None
        gap = None if bound is None else max(0.0, float(aim.value(y[None, :])[0]) - bound)
        if not task.levers:
            # with decisions settled nothing is said about other plans
            desk.facts += [fact, *([] if bound is None else aim.facts(bound, y))]
        proven_here = bool(LowerBounds(desk.front.bounds.ideal.copy(), [fact]).efficient(y[None, :], space.step)[0])
        label, distance, verified, better = _standing(desk, y)
        known = self._same(x, y)
        sentences: list[Text] = [both("live.known", id=known)] if known else []
        sentences += self._nearness(gap, aim.most)
        if label is Label.PROVEN:
            sentences.append(both("live.efficient"))
        elif proven_here and task.levers:
            sentences.append(both("live.efficient forced"))
        elif math.isfinite(distance):
            sentences.append(both("live.distance", distance=percent(distance)))
        if task.levers and gap is not None:
            sentences.append(both("live.forced only"))
        if better is not None:
            sentences.append(both("live.cost of forcing", id=better))
        sentences.append(both("live.checked", rows=f"{desk.asked.matrix.shape[0]:,}"))
        at = LABELS.index(label.value)
        return Answer(x, y, at, distance, verified, gap, known, tuple(sentences))

    def _nearness(self, gap: float | None, nearest: bool) -> list[Text]:
        about = "nearest" if nearest else "best"
        if gap is None:
            return [both("live.nearest unknown")]
        if gap <= 1e-6:
            return [both(f"live.{about} exact")]
        kept = gap <= self.task.gap * (1 + 1e-9)
        return [both(f"live.{about} {'proven' if kept else 'open'}", gap=percent(gap))]

    def _same(self, x: Floats, y: Floats) -> str | None:
        """The alternative with these values that does as settled, if there is one."""
        desk, task = self.desk, self.task
        same = (np.abs(desk.points - y) <= SAME * np.maximum(task.scale, np.abs(y))).all(axis=1)
        for lever in task.levers:
            same &= lever.kept(desk.plans)
        at = np.flatnonzero(same)
        return desk.ids[int(at[0])] if at.size else None


def _standing(desk: Desk, y: Floats) -> tuple[Label, float, float, str | None]:
    """Label, distance and verified distance of a point among all plans, and the alternative that is better, if any."""
    front, scale = desk.front, desk.front.scale
    nowhere_worse = (desk.points <= y + SAME * scale).all(axis=1)
    better = nowhere_worse & (desk.points < y - SAME * scale).any(axis=1)
    # what is known only of plans that no point dominates says nothing about one that is dominated
    every = LowerBounds(front.bounds.ideal.copy(), [*front.bounds.facts, *desk.facts])
    bounds = desk.bounds if better.any() else every
    point = y[None, :]
    distance = float(bounds.distance(point, scale)[0])
    verified = float(bounds.verified().distance(point, scale)[0])
    if better.any():
        away = float(((y - desk.points[better]) / scale).min(axis=1).max())
        at = int(np.flatnonzero(better)[0])
        return Label.FOUND, max(distance, away, 0.0), max(verified, away, 0.0), desk.ids[at]
    if bounds.efficient(point, desk.space.step)[0]:
        return Label.PROVEN, 0.0, verified, None
    label = Label.WITHIN_GAP if distance <= desk.asked.tradeoffs.gap else Label.FOUND
    return label, distance, verified, None
