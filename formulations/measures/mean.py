"""The mean loss over scenarios, once as a linear expression and once as numbers."""

from __future__ import annotations

from numpy.typing import ArrayLike

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.measures.probability import checked_losses, checked_probability, scenario_of


def mean(loss: Affine, probability: ArrayLike) -> Affine:
    """``sum_s probability_s loss_s``, in the unit of the loss; adds no rows.

    Parameters
    ----------
    loss
        Over exactly one dimension, the scenarios.
    probability
        Shape (scenarios,), adds up to 1.
    """
    scenario = scenario_of(loss, "mean")
    return (checked_probability(probability, scenario.size) * loss).sum()


def mean_value(loss: ArrayLike, probability: ArrayLike) -> Floats:
    """Mean of each row of ``loss``: (members, scenarios) -> (members,)."""
    losses = checked_losses(loss, "mean")
    return losses @ checked_probability(probability, losses.shape[1])
