"""Several parties side by side: what each would choose, what a plan costs each, and where they can agree.

A party is a set of weights of the objectives. Its loss of a plan is the weighted sum of the objectives in units of
their range, and its regret the loss against its own favourite. The plan with the least worst regret over parties is
the one that no party has much reason to refuse.

Sources: minimax regret as in :mod:`solver.choosing.regret`, with parties in the place of states; agreement of rankings
by Kendall's coefficient of concordance W: Kendall and Babington Smith (1939), "The problem of m rankings", Annals of
Mathematical Statistics 10(3), 275-287.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.elements import Floats
from solver.choosing.scaling import checked_points, checked_weights, first_least, in_units

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Parties:
    """How parties see some points.

    Attributes
    ----------
    names
        Of the parties, m of them.
    weights
        Shape (m, p), each adding up to 1.
    loss, regret
        Shape (m, n): what each point costs each party, and what it costs against the party's favourite.
    ranks
        Shape (m, n): place of each point in each party's order, from 1; equal losses share the mean of their places.
    favourites
        Position of each party's favourite.
    position
        Of the point with the least worst regret over the parties.
    concordance
        Kendall's W: 1 if all parties rank the points alike, 0 if they have nothing in common; NaN with one party, with
        one point, or where nobody prefers anything.
    """

    names: tuple[str, ...]
    weights: Floats
    loss: Floats
    regret: Floats
    ranks: Floats
    favourites: tuple[int, ...]
    position: int
    concordance: float

    @property
    def worst(self) -> Floats:
        """Shape (n,): the largest regret that any party has with each point."""
        return np.asarray(self.regret.max(axis=0))

    def agreed(self, share: float = 0.5) -> np.ndarray:
        """Positions of the points that every party counts among the best ``share`` of all, least regret first."""
        among = (self.ranks <= max(1.0, share * self.ranks.shape[1])).all(axis=0)
        chosen = np.flatnonzero(among)
        return np.asarray(chosen[np.argsort(self.worst[chosen], kind="stable")])

    def frame(self) -> pd.DataFrame:
        """One row per party and point: loss, regret, rank, and whether it is the favourite."""
        import pandas as pd

        m, n = self.loss.shape
        return pd.DataFrame(
            {
                "party": np.repeat(self.names, n),
                "point": np.tile(np.arange(n), m),
                "loss": self.loss.ravel(),
                "regret": self.regret.ravel(),
                "rank": self.ranks.ravel(),
                "favourite": (np.arange(n) == np.array(self.favourites)[:, None]).ravel(),
            }
        )


def parties(points: ArrayLike, weights: Mapping[str, ArrayLike]) -> Parties:
    """See some points, all objectives minimised, through the eyes of several parties.

    Parameters
    ----------
    points
        Shape (n, p).
    weights
        Weights of the objectives, each of shape (p,), by name of the party; only their proportions matter.

    Raises
    ------
    ValueError
        If there is no party or a party's weights are none; all faults at once.
    """
    from scipy.stats import rankdata

    Y = checked_points(points)
    faults, rows = [] if weights else ["give at least one party"], []
    for name, given in weights.items():
        try:
            rows.append(checked_weights(given, Y.shape[1], name))
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise ValueError("\n  - ".join(["parties:", *faults]))
    W = np.vstack(rows)
    loss = W @ in_units(Y).T
    regret = loss - loss.min(axis=1, keepdims=True)
    ranks = np.asarray(rankdata(np.round(loss, 12), axis=1), dtype=float)
    favourites = tuple(first_least(row, Y) for row in loss)
    best = first_least(regret.max(axis=0), Y)
    return Parties(tuple(weights), W, loss, regret, ranks, favourites, best, _concordance(ranks))


def _concordance(ranks: Floats) -> float:
    """W = 12 S / (m^2 (n^3 - n) - m T) with S the squared deviations of rank sums, T = sum of t^3 - t over ties."""
    m, n = ranks.shape
    if m < 2 or n < 2:
        return float("nan")
    sums = ranks.sum(axis=0)
    ties = sum(float((count**3 - count).sum()) for count in (np.unique(row, return_counts=True)[1] for row in ranks))
    whole = m * m * (n**3 - n) - m * ties
    return 12.0 * float(((sums - sums.mean()) ** 2).sum()) / whole if whole > 0 else float("nan")
