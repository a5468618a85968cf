"""Why a site may not be used, and how well it suits: every figure with the rule and the layer it comes from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instances.index import Index
from instances.schema import Part, datum


@dataclass(frozen=True, eq=False)
class Exclusions(Part):
    """Sites that may not be used, each with the rule that forbids it and what was found there."""

    site: Index
    rule: Index
    exclusion: Index  # tuples of site and rule
    layer: np.ndarray = datum("rule", unit="", doc="Layer that says so.", dtype=str)
    reason: np.ndarray = datum("rule", unit="", doc="The rule in words.", dtype=str)
    kind: np.ndarray = datum("rule", unit="", doc="avoid (避), defend (防), evade (让), or empty.", dtype=str)
    basis: np.ndarray = datum("rule", unit="", doc="Source of the rule, or that it is assumed.", dtype=str)
    unit: np.ndarray = datum("rule", unit="", doc="Unit of found and limit.", dtype=str)
    limit: np.ndarray = datum("rule", unit="as the rule says", doc="What is allowed.", lower=-np.inf)
    found: np.ndarray = datum("exclusion", unit="as the rule says", doc="What was found there.", lower=-np.inf)


@dataclass(frozen=True, eq=False)
class Suitability(Part):
    """How well each site suits by several criteria, and how firm its rank is when the weights change."""

    site: Index
    criterion: Index
    value: np.ndarray = datum("site", "criterion", unit="as the criterion says", doc="As measured.", lower=-np.inf)
    weight: np.ndarray = datum("criterion", unit="1", doc="Weight; weights sum to 1.", upper=1.0)
    better: np.ndarray = datum("criterion", unit="", doc="more or less, whichever is better.", dtype=str)
    unit: np.ndarray = datum("criterion", unit="", doc="Unit of the values.", dtype=str)
    score: np.ndarray = datum("site", unit="1", doc="Score by the method; more is better.", lower=-np.inf)
    rank: np.ndarray = datum("site", unit="1", doc="Rank under the given weights; 1 is best.", lower=1.0)
    best_rank: np.ndarray = datum("site", unit="1", doc="Best rank among the weights tried.", lower=1.0)
    worst_rank: np.ndarray = datum("site", unit="1", doc="Worst rank among the weights tried.", lower=1.0)
    method: str = "weighted sum"
