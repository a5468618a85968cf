"""Weights of criteria: given or by rank, drawn around them, and how far one may move before another site leads."""

from __future__ import annotations

import numpy as np

from instances.siting.found import Floats

RANKED = (
    "Rank-order centroid weights: Barron and Barrett (1996), Decision quality using ranked attribute weights, "
    "Management Science 42(11), doi:10.1287/mnsc.42.11.1515"
)
ZERO = 1e-12


def normalised(weights: list[float]) -> Floats:
    """Positive weights that sum to 1."""
    given = np.asarray(weights, np.float64)
    return np.asarray(given / given.sum(), np.float64)


def rank_order_centroid(ranks: list[int]) -> Floats:
    """Weights w_(k) = (1/n) sum_{i=k..n} 1/i by importance; criteria of equal rank share theirs equally.

    Barron and Barrett (1996), doi:10.1287/mnsc.42.11.1515. The mean of all weights that respect the order.
    """
    count = len(ranks)
    by_place = np.cumsum(1.0 / np.arange(count, 0, -1))[::-1] / count
    given = np.asarray(ranks)
    order = np.argsort(given, kind="stable")
    weight: Floats = np.empty(count)
    weight[order] = by_place
    for rank in np.unique(given):
        weight[given == rank] = weight[given == rank].mean()
    return weight


def drawn(weight: Floats, draws: int, concentration: float, rng: np.random.Generator) -> Floats:
    """Sets of weights around the given ones: Dirichlet with parameters concentration x weight, shape (draw, criterion).

    Their mean is ``weight`` and their variance w (1 - w) / (concentration + 1).
    """
    return np.asarray(rng.dirichlet(concentration * weight, draws), np.float64)


def stable_intervals(partial: Floats, weight: Floats) -> Floats:
    """From which to which weight of each criterion the best site stays the best, exactly.

    Criterion j gets the weight t and the others keep their proportions, so the lead of the best site b over site i,
    t (p_bj - p_ij) + (1 - t) / (1 - w_j) sum_{k != j} w_k (p_bk - p_ik), is linear in t and must not be negative.

    Parameters
    ----------
    partial
        Score of each site by each criterion alone, shape (site, criterion); the score of a site is partial @ weight.

    Returns
    -------
    Shape (criterion, 2). The given weight lies within. A single criterion may have any weight.
    """
    count = len(weight)
    result: Floats = np.tile([0.0, 1.0], (count, 1))
    if count < 2 or len(partial) < 2:
        return result
    lead = partial[int(np.argmax(partial @ weight))] - partial
    total = lead @ weight
    for j in range(count):
        rest = (total - weight[j] * lead[:, j]) / (1.0 - weight[j])
        slope = lead[:, j] - rest  # lead at t is rest + t slope
        with np.errstate(divide="ignore", invalid="ignore"):
            root = -rest / slope
        rising, falling = slope > ZERO, slope < -ZERO
        low = float(root[rising].max(initial=0.0))
        high = float(root[falling].min(initial=1.0))
        result[j] = min(abs(low), weight[j]), max(high, weight[j])  # abs: rounding makes a 0 of -0
    return result
