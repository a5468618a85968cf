"""The Lagrangian relaxation that lets prices see to it that everybody is served; any prices give a bound.

    L(a) = sum_i a_i + min_y sum_j y_j (fixed_j - K_j(a)),   K_j(a) = max { sum_i (a_i - cost_ij) x_i : x fits into j }

with ``y`` within the rules and room enough. Knapsacks are whole where demand points are undivided: then the bound is
better than that of the linear relaxation. Prices are improved by subgradients.

Source: Holmberg, Ronnqvist and Yuan (1999), DOI 10.1016/S0377-2217(98)00008-3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.charge.floors import UNIT, floor_of
from solver.locating.charge.knapsacks import Whole, divided
from solver.locating.charge.rationed import Rationed


@dataclass(frozen=True, eq=False)
class Box:
    """A part of the plans: bounds of the sites, and pairs that are allowed, shape (n, m)."""

    low: Floats
    high: Floats
    allowed: NDArray[np.bool_]

    @classmethod
    def whole(cls, problem: Rationed) -> Box:
        """All plans; who does not fit into a site does not go there as a whole."""
        allowed = np.isfinite(problem.cost)
        if problem.undivided:
            allowed &= problem.amount[:, None] <= problem.room * (1.0 + 1e-9)
        return cls(problem.rules.lower.copy(), problem.rules.upper.copy(), allowed)


@dataclass(frozen=True, eq=False)
class Priced:
    """What prices say about a box.

    Attributes
    ----------
    bound
        No plan in the box costs less; infinite if there is none.
    prices
        Shape (n,).
    reduced
        Shape (m,): by how much the bound rises if a site is decided against its sign.
    y, x
        Shapes (m,) and (n, m): the sites that the relaxation opens and whom it sends there; averages if improved.
    pairs
        Shape (n, m): by how much the bound rises if somebody goes to a site; None where nothing is known.
    """

    bound: float
    prices: Floats
    reduced: Floats
    y: Floats
    x: Floats
    pairs: Floats | None = None


class Pricing:
    """Bounds of one problem; keeps a small linear program over the sites warm.

    Parameters
    ----------
    heed
        Told the sites of every relaxation, shape (m,); says what the best plan known is worth.
    over
        Whether it is time to stop.
    """

    def __init__(self, problem: Rationed, heed: Callable[[Floats], float], over: Callable[[], bool]) -> None:
        self.problem, self.heed, self.over = problem, heed, over
        self.safe_cost = np.where(np.isfinite(problem.cost), problem.cost, 0.0)
        self.whole = Whole.fitting(problem.amount, problem.room) if problem.undivided else None
        self.size = abs(problem.rows[0])
        self.model = self._sites()

    def at(self, prices: Floats, box: Box) -> Priced:
        """The bound at some prices."""
        p = self.problem
        gain = np.where(box.allowed & (box.high > 0), np.maximum(prices[:, None] - self.safe_cost, 0.0), 0.0)
        value, taken = self.whole.solve(gain) if self.whole else divided(gain, p.amount, p.room)[:2]
        net = p.fixed - value
        y, duals, possible = self._best_sites(net, box)
        bound, reduced = self._floor(np.zeros_like(net) if not possible else net, duals, box)
        if not possible:
            return Priced(math.inf if bound > 0 else -math.inf, prices, reduced, y, taken * y)
        total = float(prices.sum())
        weight = float(np.abs(prices).sum() + p.fixed @ box.high + value @ box.high)
        return Priced(bound + total - 8.0 * (len(prices) + 8) * UNIT * weight, prices, reduced, y, taken * y)

    def improved(self, prices: Floats, box: Box, rounds: int, enough: float) -> Priced:
        """Prices made better by subgradients for some rounds, or until the bound passes ``enough``."""
        now = self.at(prices, box)
        best, step, idle, current = now, 1.0, 0, prices
        y, x = now.y.copy(), now.x.copy()
        for _ in range(rounds):
            if best.bound >= enough or not math.isfinite(now.bound) or self.over():
                break
            target = self.heed(now.y)
            if not math.isfinite(target):
                target = best.bound + 0.02 * abs(best.bound) + 1e-9
            slope = 1.0 - now.x.sum(axis=1)
            length = float(slope @ slope)
            if length < 1e-12:
                break
            current = current + step * max(target - now.bound, 1e-6 * abs(target) + 1e-12) / length * slope
            now = self.at(current, box)
            y, x = 0.85 * y + 0.15 * now.y, 0.85 * x + 0.15 * now.x
            if now.bound > best.bound:
                best, idle = now, 0
            else:
                idle += 1
                if idle >= 5:
                    step, idle, current, now = step / 2.0, 0, best.prices, best
        return Priced(best.bound, best.prices, best.reduced, y, x)

    def _floor(self, net: Floats, duals: Floats, box: Box) -> tuple[float, Floats]:
        A, low, high = self.problem.rows
        return floor_of(A, low, high, net, duals, box.low, box.high)

    def _sites(self) -> Any:
        import highspy

        A, low, high = self.problem.rows
        m = A.shape[1]
        model = highspy.Highs()
        model.setOptionValue("output_flag", False)
        model.setOptionValue("threads", 1)
        model.setOptionValue("presolve", "off")
        model.addVars(m, np.zeros(m), np.ones(m))
        for r in range(A.shape[0]):
            part = slice(A.indptr[r], A.indptr[r + 1])
            index, data = A.indices[part].astype(np.int32), A.data[part]
            keep = data != 0
            model.addRow(float(low[r]), float(high[r]), int(keep.sum()), index[keep], data[keep])
        return model

    def _best_sites(self, net: Floats, box: Box) -> tuple[Floats, Floats, bool]:
        """Sites of the relaxation over the rules, duals of its rows (a ray if it has no plan), and whether it has."""
        import highspy

        m = len(net)
        columns = np.arange(m, dtype=np.int32)
        self.model.changeColsCost(m, columns, net)
        self.model.changeColsBounds(m, columns, box.low, box.high)
        self.model.run()
        solution = self.model.getSolution()
        if self.model.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            _, has, ray = self.model.getDualRay()
            return box.low, np.asarray(ray if has else np.zeros(self.size.shape[0])), False
        return np.asarray(solution.col_value), np.asarray(solution.row_dual), True
