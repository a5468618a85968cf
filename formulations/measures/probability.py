"""Probabilities of scenarios, checked once for every measure."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats, describe_dims
from instances.index import Index

TOLERANCE = 1e-9


def checked_probability(probability: ArrayLike, scenarios: int) -> Floats:
    """Probabilities as floats of shape (scenarios,).

    Raises
    ------
    ValueError
        If the shape is wrong, a value is missing or negative, or they do not add up to 1 (within 1e-9). All faults
        are named at once. Nothing is rescaled: a sum of 0.97 is more often a lost scenario than rounding.
    """
    p = np.asarray(probability, dtype=float)
    faults = []
    if p.shape != (scenarios,):
        faults.append(f"shape {p.shape}, expected ({scenarios},)")
    if bad := int((~np.isfinite(p)).sum()):
        faults.append(f"{bad} values are missing or infinite")
    if (p < 0).any():
        faults.append(f"{int((p < 0).sum())} values are negative, first at position {int(np.argmax(p.ravel() < 0))}")
    if not faults and abs(p.sum() - 1.0) > TOLERANCE:
        faults.append(f"the sum is {p.sum():.12g}, not 1; divide by the sum if the scenarios are complete")
    if faults:
        raise ValueError("probability: " + "; ".join(faults) + ".")
    return p


def scenario_of(loss: Affine, measure: str) -> Index:
    """The one dimension of a loss over scenarios.

    Raises
    ------
    ValueError
        If the loss has no dimension or several.
    """
    if len(loss.dims) != 1:
        raise ValueError(
            f"{measure}: the loss runs over {describe_dims(loss.dims)}; sum it until only the scenario is left."
        )
    return loss.dims[0]


def checked_losses(loss: ArrayLike, measure: str) -> Floats:
    """Losses of a population as floats of shape (members, scenarios), at least one scenario, none missing."""
    values = np.asarray(loss, dtype=float)
    if values.ndim != 2 or not values.shape[1]:
        raise ValueError(f"{measure}: losses of shape {values.shape}, expected (members, scenarios).")
    if missing := int(np.isnan(values).sum()):
        raise ValueError(f"{measure}: {missing} losses are missing (NaN).")
    return values
