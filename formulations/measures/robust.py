"""The worst expectation over an ambiguity set, once as linear rows and once as numbers.

    max_{p in P} sum_s p_s L_s        P: the distributions that must be reckoned with

The maximum is a linear program in p; the rows are those of its dual. With nominal probabilities q, bounds l <= p <= u
and m = 1 - sum_s l_s:

    interval          min  sum_s l_s L_s + m t + sum_s (u_s - l_s) above_s        above_s >= L_s - t
    total variation   min  sum_s q_s L_s + r price + sum_s (u_s - q_s) above_s + (q_s - l_s) below_s
                           above_s >= L_s - t - price,  below_s >= t - L_s
    Wasserstein       min  r price + sum_s q_s worth_s + sum_t u_t high_t - l_t low_t
                           worth_s + price d_st + high_t - low_t >= L_t           for all s, t

Sources: interval sets as duals of bounded expectations, of which CVaR (l = 0, u = q / (1 - alpha)) is one: Rockafellar
(2007), Tutorials in Operations Research, DOI 10.1287/educ.1073.0032; total variation: Jiang and Guan (2018),
Operations Research 66(5), 1390-1405, DOI 10.1287/opre.2018.1729; Wasserstein: Mohajerin Esfahani and Kuhn (2018),
Mathematical Programming 171, 115-166, DOI 10.1007/s10107-017-1172-1.

The rows bound the measure from above, so the expression is right wherever less is better: minimised, or limited by
``robust <= limit``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.relation import Relation
from formulations.measures.probability import TOLERANCE, checked_losses, checked_probability, scenario_of
from instances.index import Index

if TYPE_CHECKING:
    from instances.scenarios import Ambiguity


def robust(
    name: str,
    loss: Affine,
    probability: ArrayLike,
    ambiguity: Ambiguity,
    *,
    upper: float = np.inf,
    unit: str = "",
) -> Affine:
    """Worst expectation of a loss, as an expression to be minimised or bounded above.

    Adds variables and rows that begin with ``{name}_``: for intervals ``threshold``, ``above`` and the rows ``tail``;
    for total variation also ``price``, ``below`` and the rows ``head``; for Wasserstein sets ``price``, ``worth``, and
    the rows ``moved`` for every pair of scenarios, with ``high`` and ``low`` where bounds of probabilities matter. The
    last two name the loss of each scenario (``{name}_loss``, rows ``{name}_covers``), so that it is written down once.

    Parameters
    ----------
    name
        Prefix of what is added to the program.
    loss
        Over exactly one dimension, the scenarios of the ambiguity set.
    probability
        Nominal probabilities, shape (scenarios,), add up to 1.
    upper
        A number that no loss exceeds in any plan worth having, in the unit of the loss; it caps the losses.
    unit
        Unit of the loss, for the reader.

    Raises
    ------
    ValueError
        If the set is one of other scenarios, or one with a radius whose bounds leave out the nominal probabilities.

    Notes
    -----
    Bounds of the new variables are finite where those of the loss are, with m and M the least and the greatest
    conceivable loss. The rows are satisfied with threshold and worth in [m, M], and with above, below, high, low and
    the price of total variation in [0, M - m], at no loss: outside, cutting back to the bound lowers the objective,
    because the bounds leave room for a distribution (interval) or for the nominal one (the others), so that no slope
    turns around. A Wasserstein price above (M - m) / least positive distance is never needed: then nothing moves.
    """
    scenario = scenario_of(loss, f"robust {name}")
    q = checked_probability(probability, scenario.size)
    checked_ambiguity(ambiguity, q)
    if ambiguity.scenario is not scenario:
        raise ValueError(f"robust {name}: the loss runs over {scenario!r}, the set over {ambiguity.scenario!r}.")
    draft = _Rows(name, loss, scenario, upper, unit)
    if ambiguity.kind == "interval":
        return draft.interval(ambiguity.lower, ambiguity.upper)
    draft.name_losses()
    if ambiguity.kind == "total variation":
        return draft.total_variation(q, ambiguity)
    return draft.wasserstein(q, ambiguity)


class _Rows:
    """The pieces of one measure in its program."""

    def __init__(self, name: str, loss: Affine, scenario: Index, upper: float, unit: str) -> None:
        self.name, self.loss, self.scenario, self.unit = name, loss, scenario, unit
        low, high = loss.bounds()
        self.low, self.high = low, np.minimum(high, upper)
        self.floor, self.top = float(self.low.min()), float(self.high.max())

    def name_losses(self) -> None:
        """One variable that covers the loss of a scenario wherever it stands; every measure grows with it."""
        named = self._variable("loss", self.scenario, lower=self.low, upper=self.high, doc="Loss of the scenario")
        self._rows("covers", named >= self.loss, "The loss named is at least that of the scenario")
        self.loss = named

    def interval(self, lower: Floats, upper: Floats) -> Affine:
        least = float(max(1.0 - lower.sum(), 0.0))
        threshold = self._variable(
            "threshold", lower=self.floor, upper=self.top, doc="Loss from which scenarios are as likely as may be"
        )
        above = self._excess("above", self.high - self.floor, "Loss beyond the threshold")
        self._rows(
            "tail", above >= self.loss - threshold.across(self.scenario), "What the loss has beyond the threshold"
        )
        value: Affine = (lower * self.loss).sum() + least * threshold + ((upper - lower) * above).sum()
        return value

    def total_variation(self, q: Floats, unknown: Ambiguity) -> Affine:
        threshold = self._variable(
            "threshold", lower=self.floor, upper=self.top, doc="Loss below which scenarios give probability away"
        )
        price = self._price(self.top - self.floor, "Loss gained by the last probability moved")
        above = self._excess("above", self.high - self.floor, "Loss beyond threshold and price")
        below = self._excess("below", self.top - self.low, "Loss that is missing to the threshold")
        level = threshold.across(self.scenario)
        self._rows("tail", above >= self.loss - level - price.across(self.scenario), "What the loss has beyond both")
        self._rows("head", below >= level - self.loss, "What the loss lacks to the threshold")
        more, less = np.maximum(unknown.upper - q, 0.0), np.maximum(q - unknown.lower, 0.0)
        expected: Affine = (q * self.loss).sum() + _radius(unknown) * price
        moved: Affine = (more * above).sum() + (less * below).sum()
        return expected + moved

    def wasserstein(self, q: Floats, unknown: Ambiguity) -> Affine:
        distance, giving = _distance(unknown), np.flatnonzero(q > 0)
        apart = distance[distance > 0]
        span = self.top - self.floor
        price = self._price(span / apart.min() if apart.size else 0.0, "Loss gained by moving probability once further")
        worth = self._variable(
            "worth",
            self.scenario,
            lower=self.floor,
            upper=self.top,
            doc="Expected loss per probability that starts here",
        )
        size = self.scenario.size
        pair = Index.tuples(
            f"{self.name}_move",
            start=(self.scenario, np.repeat(giving, size)),
            end=(self.scenario, np.tile(np.arange(size), giving.size)),
        )
        start, end = pair["start"], pair["end"]
        moved = worth.at(start) + distance[start.position, end.position] * price.across(pair)
        value: Affine = _radius(unknown) * price + (q * worth).sum()
        if unknown.upper.min() < 1.0 or unknown.lower.max() > 0.0:
            high = self._excess("high", self.high - self.floor, "Loss beyond what the greatest probability lets count")
            low = self._excess("low", self.top - self.low, "Loss short of what the least probability makes count")
            moved = moved + high.at(end) - low.at(end)
            value = value + (unknown.upper * high).sum() - (unknown.lower * low).sum()
        self._rows("moved", moved >= self.loss.at(end), "Probability is worth the loss wherever it moves, less the way")
        return value

    def _price(self, most: float, doc: str) -> Affine:
        return self._variable("price", lower=0.0, upper=max(most, 0.0), doc=doc)

    def _excess(self, word: str, most: Floats, doc: str) -> Affine:
        return self._variable(word, self.scenario, lower=0.0, upper=np.maximum(most, 0.0), doc=doc)

    def _variable(self, word: str, *dims: Index, lower: ArrayLike, upper: ArrayLike, doc: str) -> Affine:
        return self.loss.program.variable(
            f"{self.name}_{word}", *dims, lower=lower, upper=upper, unit=self.unit, doc=doc
        )

    def _rows(self, word: str, relation: Relation, doc: str) -> None:
        rows = f"{self.name}_{word}"
        self.loss.program.subject_to(**{rows: relation})
        self.loss.program.describe(rows, unit=self.unit, doc=doc)


def robust_value(loss: ArrayLike, probability: ArrayLike, ambiguity: Ambiguity) -> Floats:
    """Worst expectation of each row of ``loss``: (members, scenarios) -> (members,).

    Intervals and total variation by sorting: probability goes from the least losses to the greatest as far as it may.
    Wasserstein sets by a transport problem for each member, solved with SciPy.
    """
    losses = checked_losses(loss, "robust")
    q = checked_probability(probability, losses.shape[1])
    checked_ambiguity(ambiguity, q)
    if ambiguity.kind == "wasserstein":
        return np.array([_transported(row, q, ambiguity) for row in losses])
    order = np.argsort(-losses, axis=1, kind="stable")
    worst_first = np.take_along_axis(losses, order, axis=1)
    lower, upper = ambiguity.lower[order], ambiguity.upper[order]
    if ambiguity.kind == "interval":
        p = lower + _filled(upper - lower, np.full((len(losses), 1), 1.0 - ambiguity.lower.sum()))
    else:
        room, spare = np.maximum(upper - q[order], 0.0), np.maximum(q[order] - lower, 0.0)
        # what those down to a place may take, and those after it may give: the place where the lesser is greatest
        taken, given = np.cumsum(room, axis=1), np.cumsum(spare[:, ::-1], axis=1)[:, ::-1] - spare
        moved = np.minimum(np.minimum(taken, given).max(axis=1, keepdims=True), _radius(ambiguity))
        p = q[order] + _filled(room, moved) - _filled(spare[:, ::-1], moved)[:, ::-1]
    value: Floats = (p * worst_first).sum(axis=1)
    return value


def _filled(room: Floats, amount: Floats) -> Floats:
    """An amount laid into rooms from the first on: (members, scenarios) and (members, 1) -> (members, scenarios)."""
    before = np.cumsum(room, axis=1) - room
    return np.clip(amount - before, 0.0, room)


def _transported(loss: Floats, q: Floats, unknown: Ambiguity) -> float:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, vstack

    size, giving = q.size, np.flatnonzero(q > 0)
    start, end = np.repeat(np.arange(giving.size), size), np.tile(np.arange(size), giving.size)
    ones, column = np.ones(start.size), np.arange(start.size)
    leaves = csr_array((ones, (start, column)), shape=(giving.size, start.size))
    arrives = csr_array((ones, (end, column)), shape=(size, start.size))
    way = csr_array(_distance(unknown)[giving].reshape(1, -1))
    rows = LinearConstraint(
        vstack([leaves, arrives, way]),
        np.concatenate([q[giving], unknown.lower, [0.0]]),
        np.concatenate([q[giving], unknown.upper, [_radius(unknown)]]),
    )
    found = milp(-loss[end], constraints=rows, bounds=Bounds(0.0, np.inf))
    if not found.success:
        raise ArithmeticError(f"robust: the worst distribution was not found ({found.message})")
    return -float(found.fun)


def checked_ambiguity(unknown: Ambiguity, q: Floats) -> None:
    """Refuse a set with faults, of another size, or with a radius around probabilities outside its bounds.

    Raises
    ------
    ValueError
        Naming what is wrong.
    """
    if unknown.faults:
        raise ValueError(f"ambiguity: {'; '.join(unknown.faults)}.")
    if unknown.scenario.size != q.size:
        raise ValueError(f"ambiguity: a set over {unknown.scenario.size} scenarios, the losses have {q.size}.")
    if unknown.distance is not None and np.diag(unknown.distance).any():
        raise ValueError("ambiguity: the distance of a scenario to itself must be 0.")
    outside = (q < unknown.lower - TOLERANCE) | (q > unknown.upper + TOLERANCE)
    if unknown.kind != "interval" and outside.any():
        raise ValueError(
            f"ambiguity: the nominal probability of {int(outside.sum())} scenarios lies outside its bounds, first "
            f"{unknown.scenario.label(int(np.argmax(outside)))}; a radius is around the nominal probabilities."
        )


def _radius(unknown: Ambiguity) -> float:
    return float(unknown.radius or 0.0)


def _distance(unknown: Ambiguity) -> NDArray[np.float64]:
    return np.zeros((0, 0)) if unknown.distance is None else np.asarray(unknown.distance, float)
