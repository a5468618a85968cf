"""Genomes made to keep the rules of the first stage: budget, counts, at most one grade per site.

All members at once, one flip each per round: the flip that takes away most of what is broken, for the least that is
lost. A member that no single flip helps is moved to the nearest genome that keeps all rules, by a small exact search.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from formulations.algebra.elements import Csr, Floats
from solver.genetic.decoder import Genomes
from solver.genetic.genome import Genome

ENTRIES = 20_000_000
"""Numbers held at once while flips are weighed."""


@dataclass(eq=False)
class Repair:
    """Makes genomes keep the rules.

    Parameters
    ----------
    worth
        Shape (genes,), positive: what is lost when a gene goes out. Genes of little worth go first, those of much worth
        come in first. None for all alike.
    """

    genome: Genome
    worth: Floats | None = None
    _by_gene: Csr = field(init=False)
    _hopeless: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        size = self.genome.size
        if self.worth is not None and (self.worth.shape != (size,) or not (self.worth > 0).all()):
            raise ValueError(f"worth: need positive numbers of shape ({size},), got shape {self.worth.shape}.")
        self._by_gene = self.genome.rules.A.T.tocsr()

    def __call__(self, genomes: Genomes, rng: np.random.Generator) -> Genomes:
        """Genomes that keep all rules, (members, genes); unchanged where they do already.

        Members that cannot be repaired, because no genome keeps all rules, come back with what they break.
        """
        X = self.genome.held(genomes)
        rules = self.genome.rules
        if not rules.labels or not len(X):
            return X
        broken = np.flatnonzero(rules.violation(X) > 0)
        if broken.size:
            share = max(1, ENTRIES // max(1, rules.A.nnz))
            for start in range(0, broken.size, share):
                some = broken[start : start + share]
                X[some] = self._flipped(X[some], rng)
            for k in broken[rules.violation(X[broken]) > 0]:
                X[k] = self._nearest(X[k], rng)
        return X

    def strangers(self, like: Genomes, count: int, rng: np.random.Generator) -> Genomes:
        """Genomes by chance that keep the rules, with about as many genes in as others have: (count, genes)."""
        share = float(like.mean()) if len(like) else 0.5
        density = np.clip(share * rng.uniform(0.5, 1.5, count), 0.0, 1.0)
        return self(rng.random((count, self.genome.size)) < density[:, None], rng)

    def _flipped(self, X: Genomes, rng: np.random.Generator) -> Genomes:
        """Flip by flip, as long as each takes something away from what is broken."""
        rules, by_gene = self.genome.rules, self._by_gene
        members, genes = X.shape
        gene = np.repeat(np.arange(genes), np.diff(by_gene.indptr))
        size, tolerance = rules.size, rules.tolerance
        r, value = by_gene.indices, by_gene.data
        ruled = np.flatnonzero(np.diff(by_gene.indptr))
        free = np.zeros(genes, bool)
        free[self.genome.free] = True
        # a little chance in what is lost keeps members apart that broke the rules alike
        loss = rng.uniform(0.5, 1.0, (members, genes)) * (1.0 if self.worth is None else self.worth)
        activity = np.asarray((rules.A @ X.T.astype(float)).T)
        active = np.arange(members)
        for _ in range(2 * genes):
            now = rules.excess(activity[active])
            active, now = active[now.any(axis=1)], now[now.any(axis=1)]
            if not active.size:
                break
            after = activity[active][:, r] + np.where(X[active][:, gene], -value, value)
            by = np.maximum(rules.lower[r] - after, after - rules.upper[r])
            then = np.where(by > tolerance[r], by, 0.0) / size[r]
            relief = np.zeros((active.size, genes))
            relief[:, ruled] = np.add.reduceat(now[:, r] - then, by_gene.indptr[ruled], axis=1)
            relief[:, ~free] = 0.0
            weight = loss[active]
            score = np.where(relief > 1e-9, np.where(X[active], relief / weight, relief * weight), 0.0)
            best = score.argmax(axis=1)
            helped = score[np.arange(active.size), best] > 0
            active, best = active[helped], best[helped]
            X[active, best] ^= True
            sign = np.where(X[active, best], 1.0, -1.0)
            activity[active] += sign[:, None] * np.asarray(by_gene[best].toarray())
        return X

    def _nearest(self, member: Genomes, rng: np.random.Generator) -> Genomes:
        """The genome nearest to a member among those that keep all rules, ties broken by chance."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        genome, rules = self.genome, self.genome.rules
        if self._hopeless:
            return member
        cost = np.where(member, -1.0, 1.0) * rng.uniform(1.0, 1.0 + 0.5 / genome.size, genome.size)
        found = milp(
            cost,
            integrality=np.ones(genome.size, np.int8),
            bounds=Bounds(genome.lower.astype(float), genome.upper.astype(float)),
            constraints=LinearConstraint(rules.A, rules.lower, rules.upper),
        )
        if found.x is None:
            self._hopeless = found.status == 2
            return member
        return genome.held(np.asarray(found.x > 0.5))
