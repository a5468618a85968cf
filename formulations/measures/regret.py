"""The worst regret over scenarios, once as linear rows and once as numbers.

    max_s (L_s - best_s)  =  min t  subject to  t >= L_s - best_s for every s

``best_s`` is the least loss of scenario s that any plan could have, had one known that s would come. It is data here;
who computes it should take a lower bound where the least loss is not known exactly: then a regret is never
understated. Every scenario counts, also one of probability zero.

Source: Savage (1951), "The theory of statistical decision", Journal of the American Statistical Association 46(253),
55-67, DOI 10.1080/01621459.1951.10500768; for decisions of yes or no: Kouvelis and Yu (1997), Robust Discrete
Optimization and Its Applications, Springer, DOI 10.1007/978-1-4757-2620-6 ("absolute robust deviation").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.measures.probability import checked_losses, scenario_of
from formulations.measures.worst import worst


def regret(name: str, loss: Affine, best: ArrayLike, *, upper: float = np.inf, unit: str = "") -> Affine:
    """Worst regret as a new variable ``{name}_worst`` with rows ``{name}_above``, to be minimised or bounded above.

    Parameters
    ----------
    name
        Prefix of what is added to the program.
    loss
        Over exactly one dimension, the scenarios.
    best
        Shape (scenarios,): the least loss of each scenario, or a lower bound on it, in the unit of the loss.
    upper
        A number that no regret exceeds in any plan worth having.
    unit
        Unit of the loss, for the reader.
    """
    scenario = scenario_of(loss, f"regret {name}")
    return worst(name, loss - checked_best(best, scenario.size), upper=upper, unit=unit)


def regret_value(loss: ArrayLike, best: ArrayLike) -> Floats:
    """Largest regret of each row of ``loss``: (members, scenarios) -> (members,)."""
    largest: Floats = regrets(loss, best).max(axis=1)
    return largest


def regrets(loss: ArrayLike, best: ArrayLike) -> Floats:
    """Regret in each scenario: (members, scenarios) -> (members, scenarios)."""
    losses = checked_losses(loss, "regret")
    return losses - checked_best(best, losses.shape[1])


def checked_best(best: ArrayLike, scenarios: int) -> Floats:
    """The least loss of each scenario as floats of shape (scenarios,).

    Raises
    ------
    ValueError
        If the shape is wrong, or a value is missing or infinite.
    """
    values = np.asarray(best, dtype=float)
    if values.shape != (scenarios,):
        raise ValueError(f"best losses: shape {values.shape}, expected ({scenarios},).")
    if bad := int((~np.isfinite(values)).sum()):
        raise ValueError(f"best losses: {bad} values are missing or infinite.")
    return values
