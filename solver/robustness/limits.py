"""Robustness as the share of scenarios in which a plan meets stated limits, and the bands that its regret moves in.

The share is the "domain criterion": Starr (1963), Product Design and Decision Theory, Prentice-Hall; compared with
regret and others by McPhail et al. (2018), Earth's Future 6(2), 169-191, DOI 10.1002/2017EF000649.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.elements import Floats
from formulations.measures.probability import checked_probability
from formulations.measures.regret import regrets
from solver.robustness.futures import Futures

if TYPE_CHECKING:
    import pandas as pd

LIMITS = ("unserved", "share", "minutes")
"""What may be limited; see :class:`solver.robustness.futures.Futures`."""

BANDS = (0.0, 0.1, 0.5, 0.9, 1.0)
"""Shares of the scenarios whose regret is told: the least, the tenth, the middle, the ninth tenth and the greatest."""


@dataclass(frozen=True, eq=False)
class Robustness:
    """In which scenarios plans meet limits.

    Attributes
    ----------
    limits
        Largest value by name.
    met
        Shape (plans, scenarios).
    by_count, by_probability
        Shape (plans,): share of the scenarios in which every limit is met, each counted once, or by probability.
    """

    plans: tuple[str, ...]
    scenarios: tuple[str, ...]
    limits: Mapping[str, float]
    met: np.ndarray
    by_count: Floats
    by_probability: Floats

    def frame(self) -> pd.DataFrame:
        """One row per plan: shares, and the scenarios in which a limit is missed."""
        import pandas as pd

        missed = ["; ".join(s for s, ok in zip(self.scenarios, row, strict=True) if not ok) for row in self.met]
        return pd.DataFrame(
            {"plan": self.plans, "by_count": self.by_count, "by_probability": self.by_probability, "missed": missed}
        )


def robustness(
    futures: Futures, limits: Mapping[str, float], probability: ArrayLike | None = None, tolerance: float = 1e-6
) -> Robustness:
    """The share of scenarios in which plans meet all limits.

    Parameters
    ----------
    limits
        Largest value, by name from :data:`LIMITS`: ``{"share": 0.1, "minutes": 15}`` says at most a tenth without a
        place, and 15 minutes of walking on average.
    probability
        Shape (scenarios,); that of the instance if None.
    tolerance
        Share of a limit (and of one unit) by which it may be missed and still counts as met.

    Raises
    ------
    ValueError
        If there is no limit, a name is unknown, a limit is no number from 0 up, or the probabilities are none; all
        faults at once.
    """
    faults = [] if limits else ["give at least one limit"]
    faults += [f"{name!r} is unknown; use {', '.join(LIMITS)}" for name in limits if name not in LIMITS]
    faults += [f"{name}: {value} is not a number from 0 up" for name, value in limits.items() if not value >= 0]
    p = futures.probability / futures.probability.sum()
    if probability is not None:
        try:
            p = checked_probability(probability, len(futures.scenarios))
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise ValueError("\n  - ".join(["limits:", *faults]))
    met = np.ones(futures.unserved.shape, bool)
    for name, most in limits.items():
        met &= getattr(futures, name) <= most + tolerance * max(1.0, abs(most))
    return Robustness(futures.plans, futures.scenarios, dict(limits), met, met.mean(axis=1), met @ p)


def bands(futures: Futures, best: ArrayLike | None = None, shares: tuple[float, ...] = BANDS) -> pd.DataFrame:
    """Regret in the luckiest, the middle and the worst scenarios, one row per plan.

    Parameters
    ----------
    best
        Shape (scenarios,): what regret counts from; the least of the plans compared if None.
    shares
        Shares of the scenarios, each counted once; a column for each, named ``regret 0.5`` and so on. The value is
        that of a scenario, the first one not exceeded by that share of them.
    """
    import pandas as pd

    least = futures.unserved.min(axis=0) if best is None else best
    values = regrets(futures.unserved, least)
    found = np.quantile(values, shares, axis=1, method="inverted_cdf")
    return pd.DataFrame(
        {"plan": futures.plans, **{f"regret {share:g}": row for share, row in zip(shares, found, strict=True)}}
    )
