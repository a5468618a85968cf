"""The answer under the names that spopt gives to its parts."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from solver.locating.located import Located


@dataclass(frozen=True, eq=False)
class SpoptLocated(Located):
    """A :class:`~solver.locating.located.Located` that also answers to the names of ``spopt.locate``.

    Positions are those of the rows of the matrix or table. Without a plan (``status`` says why) nobody is served.

    Attributes
    ----------
    weights_sum
        What :attr:`mean_dist` divides by; None takes the sum of the weights.
    covers
        Whether a client counts for every open facility within the radius, as in the covering models of spopt, and not
        only for the one where it goes.
    """

    weights_sum: float | None = None
    covers: bool = False

    @classmethod
    def of(cls, located: Located, weights_sum: float | None, covers: bool) -> SpoptLocated:
        """The same answer with more names."""
        parts = {f.name: getattr(located, f.name) for f in fields(Located)}
        return cls(**parts, weights_sum=weights_sum, covers=covers)

    @property
    def fac2cli(self) -> list[list[int]]:
        """Clients of each facility, in ascending order; none where it is closed."""
        found: list[list[int]] = [[] for _ in range(self.access.site.size)]
        for client, facility in sorted(self._served()):
            found[facility].append(client)
        return found

    @property
    def cli2fac(self) -> list[list[int]]:
        """Facilities of each client, in ascending order."""
        found: list[list[int]] = [[] for _ in range(self.access.demand.size)]
        for client, facility in sorted(self._served()):
            found[client].append(facility)
        return found

    @property
    def n_cli_uncov(self) -> int:
        """How many clients have no facility."""
        return self.access.demand.size - len({client for client, _ in self._served()})

    @property
    def perc_cov(self) -> float:
        """Percentage of clients that have a facility; clients are counted, not their weights, as in spopt."""
        return (1.0 - self.n_cli_uncov / max(self.access.demand.size, 1)) * 100.0

    @property
    def backup_perc(self) -> float:
        """Percentage of clients that have two facilities or more."""
        twice = sum(len(facilities) > 1 for facilities in self.cli2fac)
        return twice / max(self.access.demand.size, 1) * 100.0

    @property
    def mean_dist(self) -> float | None:
        """Weighted distance divided by the sum of the weights; None without a plan."""
        if self.siting is None:
            return None
        access = self.access
        total = float(access.weight[self.siting.demand] * self.siting.share @ self.siting.way(access))
        return total / (float(access.weight.sum()) if self.weights_sum is None else self.weights_sum)

    def _served(self) -> set[tuple[int, int]]:
        """Pairs of a client and a facility."""
        if self.siting is None:
            return set()
        if not self.covers:
            return set(zip(self.siting.demand.tolist(), self.siting.site.tolist(), strict=True))
        radius: float = getattr(self.question, "radius", np.inf)
        cover = self.access.pairs.within(radius).tocoo()
        there = self.siting.open[cover.col]
        return set(zip(cover.row[there].tolist(), cover.col[there].tolist(), strict=True))
