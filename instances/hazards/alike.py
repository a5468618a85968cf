"""How far two futures are from each other: people in need, usable area of sites, and links lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from instances.hazards.futures import Futures
    from instances.hazards.scenarios_rule import AlikeRule

Floats = NDArray[np.float64]

BLOCK = 32e6
"""Bytes of one block of features, so that a thousand futures of a large city fit in a few hundred megabytes."""
FEW_LEVELS = 8
"""Blocks with no more different values than this are compared by matrix products, which is far faster."""


@dataclass(frozen=True, eq=False)
class Difference:
    """How far futures differ in one kind of effect, in its own unit."""

    name: str
    unit: str
    weight: float
    between: Floats  # shape (scenario, scenario)


@dataclass(frozen=True, eq=False)
class Distance:
    """Distances between futures: the weighted mean of the differences, each in terms of its own expected value.

    Two futures drawn independently from the nominal probabilities are at distance 1 on average. A kind of effect in
    which no two futures differ says nothing and takes no part.

    Attributes
    ----------
    between
        Shape (scenario, scenario), without unit.
    kinds
        The differences that it is made of, also those of weight 0.
    """

    between: Floats
    kinds: tuple[Difference, ...]


def distances(rule: AlikeRule, futures: Futures, area: Floats | None = None) -> Distance:
    """Distances between all futures, exactly: sums of absolute differences over all features.

    People in need count at every demand point, as the mean over phases; sites by their usable area; a link counts as
    lost if it is cut, and in part, by the share of speed lost, if it is slow.

    Parameters
    ----------
    area
        Area of every site in m2, shape (site,); without it every site counts the same.
    """
    scenarios, effects, damage = futures.scenarios, futures.effects, futures.damage
    p, size = np.asarray(scenarios.probability, float), len(scenarios.scenario)
    phases = max(len(effects.phase), 1)
    need = np.asarray(effects.need).reshape(-1, size)
    weight = np.ones(len(effects.usable)) if area is None else np.asarray(area, float)
    people, ones = np.full(len(need), 1.0 / phases), np.ones(len(damage.cut))
    kinds = (
        Difference("people in need", "people", rule.need, _manhattan(_blocks(need, people), size)),
        Difference(
            "usable sites" if area is None else "usable area of sites", "sites" if area is None else "m2",
            rule.sites, _manhattan(_blocks(np.asarray(effects.usable), weight), size),
        ),
        Difference(
            "lost links", "links", rule.links, _manhattan(_lost(damage.cut, damage.slowdown, ones), size)
        ),
    )  # fmt: skip
    between, total = np.zeros((size, size)), 0.0
    for kind in kinds:
        usual = float(p @ kind.between @ p) or float(kind.between.mean())
        if kind.weight and usual:
            between += kind.weight / usual * kind.between
            total += kind.weight
    # Rounding of sums differs between machines; equal futures are at distance 0 on all of them.
    return Distance((between / total if total else between).round(12), kinds)


Block = tuple[Floats, Floats]


def _blocks(values: Floats, weight: Floats) -> Iterator[Block]:
    """Features with their weights, block by block: shapes (feature, scenario) and (feature,)."""
    for rows in _slices(*values.shape):
        yield values[rows], weight[rows]


def _lost(cut: NDArray[np.bool_], slowdown: Floats, weight: Floats) -> Iterator[Block]:
    for rows in _slices(*cut.shape):
        yield np.where(cut[rows], 1.0, 1.0 - 1.0 / slowdown[rows]), weight[rows]


def _slices(features: int, size: int) -> Iterator[slice]:
    step = max(1, int(BLOCK / (8 * max(size, 1))))
    for start in range(0, features, step):
        yield slice(start, start + step)


def _manhattan(blocks: Iterator[Block], size: int) -> Floats:
    """Weighted sum of absolute differences between all pairs of columns, shape (scenario, scenario)."""
    total = np.zeros((size, size))
    for values, weight in blocks:
        differs = (values.max(axis=1) > values.min(axis=1)) & (weight > 0)
        if not differs.any():
            continue
        rows, w = np.ascontiguousarray(values[differs]), weight[differs]
        levels = np.unique(rows)
        total += _by_levels(rows, w, levels) if levels.size <= FEW_LEVELS else _by_pairs(rows, w)
    total = (total + total.T) / 2.0
    np.fill_diagonal(total, 0.0)
    return np.maximum(total, 0.0)


def _by_levels(rows: Floats, weight: Floats, levels: Floats) -> Floats:
    """|a - b| is the sum of the steps between levels that lie between a and b; each step is a yes-or-no feature."""
    total = np.zeros((rows.shape[1], rows.shape[1]))
    for low, high in pairwise(levels.tolist()):
        above = (rows >= high).astype(float)
        both = (above * weight[:, None]).T @ above
        own = np.diag(both)
        total += (high - low) * (own[:, None] + own[None, :] - 2.0 * both)
    return total


def _by_pairs(rows: Floats, weight: Floats) -> Floats:
    from scipy.spatial.distance import pdist, squareform

    scaled = np.ascontiguousarray((rows * weight[:, None]).T)
    return np.asarray(squareform(pdist(scaled, "cityblock")))
