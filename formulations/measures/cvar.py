"""Conditional value-at-risk, once as linear rows and once as numbers: the mean of the worst share of scenarios.

    CVaR_alpha(L) = min_eta  eta + 1 / (1 - alpha) sum_s probability_s max(0, L_s - eta)

Source: Rockafellar and Uryasev (2000), Journal of Risk 2(3), 21-41, Theorem 1, DOI 10.21314/JOR.2000.038; for discrete
scenarios, where an atom is split between tail and rest, Rockafellar and Uryasev (2002), Journal of Banking and Finance
26(7), 1443-1471, DOI 10.1016/S0378-4266(02)00271-6.

The rows bound the measure from above, so the expression is right wherever less is better: minimised, or limited by
``cvar <= limit``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.measures.probability import checked_losses, checked_probability, scenario_of


def cvar(
    name: str, loss: Affine, probability: ArrayLike, alpha: float, *, upper: float = np.inf, unit: str = ""
) -> Affine:
    """CVaR of a loss over scenarios, as an expression to be minimised or bounded above.

    Adds the variables ``{name}_eta`` (value-at-risk) and ``{name}_excess`` (loss beyond it, by scenario) and the rows
    ``{name}_tail``.

    Parameters
    ----------
    name
        Prefix of what is added to the program.
    loss
        Over exactly one dimension, the scenarios.
    probability
        Shape (scenarios,), adds up to 1.
    alpha
        Share of the outcomes left out, in [0, 1): 0 gives the mean, 0.9 the mean of the worst tenth.
    upper
        A number that no loss exceeds in any plan worth having, in the unit of the loss; it caps the excess, and so the
        losses.
    unit
        Unit of the loss, for the reader.

    Notes
    -----
    Bounds of the new variables are finite where those of the loss are. For fixed losses the best ``eta`` is one of
    them (a quantile; Theorem 1), so eta may be confined to [least, greatest conceivable loss], in particular to
    eta >= 0 for a loss that cannot be negative; then no excess is larger than the distance from the least conceivable
    loss to that of its scenario. Without this a safe dual bound computed from bounds would be minus infinity.
    """
    scenario = scenario_of(loss, f"cvar {name}")
    p, tail = checked_probability(probability, scenario.size), 1.0 - checked_alpha(alpha)
    low, high = loss.bounds()
    high = np.minimum(high, upper)
    floor = float(low.min())
    eta = loss.program.variable(
        f"{name}_eta", lower=floor, upper=high.max(), unit=unit, doc=f"Loss not exceeded with probability {alpha:g}"
    )
    excess = loss.program.variable(
        f"{name}_excess", scenario, upper=np.maximum(high - floor, 0.0), unit=unit, doc="Loss beyond eta"
    )
    rows = f"{name}_tail"
    loss.program.subject_to(**{rows: excess >= loss - eta.across(scenario)})
    loss.program.describe(rows, unit=unit, doc="The excess covers what the loss of a scenario has beyond eta")
    return eta + (p / tail * excess).sum()


def cvar_value(loss: ArrayLike, probability: ArrayLike, alpha: float) -> Floats:
    """CVaR of each row of ``loss``: (members, scenarios) -> (members,).

    Sorts the losses and spends the tail probability from the worst on; the last scenario used may count in part.
    """
    losses, tail = checked_losses(loss, "cvar"), 1.0 - checked_alpha(alpha)
    p = checked_probability(probability, losses.shape[1])
    order = np.argsort(-losses, axis=1, kind="stable")
    worst_first, weight = np.take_along_axis(losses, order, axis=1), p[order]
    before = np.cumsum(weight, axis=1) - weight
    used = np.clip(tail - before, 0.0, weight)
    value: Floats = (used * worst_first).sum(axis=1) / tail
    return value


def checked_alpha(alpha: float) -> float:
    """The share left out.

    Raises
    ------
    ValueError
        If it is not in [0, 1); the limit 1 is the worst case, which has its own measure.
    """
    if not 0.0 <= alpha < 1.0:
        raise ValueError(f"alpha must lie in [0, 1), got {alpha}; for the worst scenario use the measure 'worst'.")
    return float(alpha)
