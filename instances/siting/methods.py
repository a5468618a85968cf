"""Scores from criteria: weighted sum, PROMETHEE II and TOPSIS. More is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.schema import InstanceError
from instances.siting.found import Floats

if TYPE_CHECKING:
    from instances.siting.rule import Criterion

METHODS = {
    "weighted_sum": "weighted sum",
    "promethee": "PROMETHEE II",
    "topsis": "TOPSIS",
}
SOURCES = {
    "promethee": "PROMETHEE II: Brans and Vincke (1985), A preference ranking organisation method, Management Science "
    "31(6), doi:10.1287/mnsc.31.6.647",
    "topsis": "TOPSIS: Hwang and Yoon (1981), Multiple attribute decision making, Springer, "
    "doi:10.1007/978-3-642-48318-9",
}
PREFERENCES = {"usual": "usual", "ushape": "ushape", "vshape": "vshape", "level": "level", "linear": "vshape_2"}
PAIRS = 6000  # sites: outranking compares every pair, and a table of this many takes about 300 MB
DIGITS = 12  # below this a difference of scores is rounding, not a rank


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of sites.

    Attributes
    ----------
    partial
        Score by each criterion alone, shape (site, criterion).
    linear
        The score is partial @ weight; otherwise (TOPSIS) partial holds values from 0 to 1 and the score is not linear.
    """

    partial: Floats
    linear: bool

    def score(self, weight: Floats) -> Floats:
        """Score of each site under one set of weights, rounded so that equal sites have equal ranks."""
        if self.linear:
            given = (self.partial * weight).sum(axis=1)
        else:
            given = _closeness(self.partial, weight)
        return np.asarray(np.round(given, DIGITS) + 0.0, np.float64)


def scored(method: str, value: Floats, criteria: list[Criterion]) -> Scored:
    """Prepare scores of sites from measured values, shape (site, criterion), without gaps.

    Raises
    ------
    InstanceError
        If the method needs pymcdm and it is not installed, or compares more pairs than fit into memory.
    """
    if method == "weighted_sum":
        parts = [normalised_column(value[:, j], c) for j, c in enumerate(criteria)]
        return Scored(_columns(parts, len(value)), True)
    if method == "topsis":
        _mcdm()
        return Scored(_columns([normalised_column(value[:, j], c) for j, c in enumerate(criteria)], len(value)), False)
    if len(value) > PAIRS:
        raise InstanceError(
            "The sites cannot be ranked",
            [f"PROMETHEE compares every pair and {len(value)} sites are more than {PAIRS}; use most, or weighted_sum"],
        )
    return Scored(_columns([_flow(value[:, j], c) for j, c in enumerate(criteria)], len(value)), True)


def normalised_column(value: Floats, criterion: Criterion) -> Floats:
    """Values from 0 (worst) to 1 (best): between the targets of the criterion, else between the sites found.

    Where all sites are equal the criterion says nothing, and every site has 1.
    """
    if not len(value):
        return value
    more = criterion.better == "more"
    best, worst = (value.max(), value.min()) if more else (value.min(), value.max())
    if criterion.best is not None and criterion.worst is not None:
        best, worst = criterion.best, criterion.worst
    if best == worst:
        return np.ones(len(value))
    return np.asarray(np.clip((value - worst) / (best - worst), 0.0, 1.0), np.float64)


def _flow(value: Floats, criterion: Criterion) -> Floats:
    """Net outranking flow by one criterion; the net flow by all is their weighted sum, because flows are additive.

    One criterion at a time, because pymcdm takes one kind of preference function for all of them.
    """
    if len(value) < 2:
        return np.zeros(len(value))
    methods = _mcdm()
    p = None if criterion.strict is None else [float(criterion.strict)]
    q = None if criterion.indifference is None else [float(criterion.indifference)]
    ranking = methods.PROMETHEE_II(PREFERENCES[criterion.preference], p=p, q=q)
    side = np.array([1 if criterion.better == "more" else -1])
    return np.asarray(ranking(value[:, None].astype(float), np.ones(1), side, validation=False), np.float64)


def _closeness(partial: Floats, weight: Floats) -> Floats:
    """Relative closeness to the ideal site, TOPSIS over values from 0 to 1; 0 where all sites are equal."""
    if not len(partial) or not np.ptp(partial, axis=0).any():
        return np.zeros(len(partial))
    ranking = _mcdm().TOPSIS(lambda x, cost: x)  # normalised already, with 1 the best
    told = np.asarray(partial, float)
    return np.asarray(ranking(told, weight, np.ones(len(weight)), validation=False), np.float64)


def _columns(parts: list[Floats], sites: int) -> Floats:
    return np.column_stack(parts) if sites else np.zeros((0, len(parts)))


def _mcdm() -> Any:
    try:
        import pymcdm.methods as methods
    except ImportError as error:
        raise InstanceError(
            "The sites cannot be ranked", ["PROMETHEE and TOPSIS need pymcdm: pip install 'refugia[criteria]'"]
        ) from error
    return methods
