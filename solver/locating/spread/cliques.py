"""Sites that clash, in cliques: of each clique a plan has one site at most.

Weights on cliques that give every site at least 1 altogether prove that no plan has more sites than the weights add up
to. The best weights are the dual solution of a linear program, but whoever they come from, the sum is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats


@dataclass(frozen=True, eq=False)
class Cliques:
    """Every two sites that clash share a clique, and every site is in one.

    Attributes
    ----------
    A
        Shape (cliques, sites), ones.
    """

    A: Csr

    @classmethod
    def of(cls, clash: NDArray[np.bool_]) -> Cliques:
        """Grown greedily, each from a pair not yet in one.

        Parameters
        ----------
        clash
            Shape (m, m), symmetric, False on the diagonal.
        """
        m = len(clash)
        left = clash.copy()
        degree = clash.sum(axis=1)
        found: list[NDArray[np.intp]] = []
        for site in np.argsort(-degree, kind="stable"):
            while (open_ := np.flatnonzero(left[site])).size:
                members = [int(site), int(open_[degree[open_].argmax()])]
                may = clash[members[0]] & clash[members[1]]
                fresh = left[members[0]].astype(np.int64)
                while (rest := np.flatnonzero(may)).size:
                    # who brings most pairs that are in no clique yet, then who clashes with most others
                    fresh += left[members[-1]]
                    members.append(int(rest[(fresh[rest] * (m + 1) + degree[rest]).argmax()]))
                    may &= clash[members[-1]]
                clique = np.array(members, dtype=np.intp)
                left[np.ix_(clique, clique)] = False
                found.append(clique)
        found += [np.array([k]) for k in np.flatnonzero(degree == 0)]
        start = np.concatenate([[0], np.cumsum([len(c) for c in found])]).astype(np.int32)
        sites = np.concatenate([np.empty(0, np.intp), *found]).astype(np.int32)
        return cls(sp.csr_array((np.ones(len(sites)), sites, start), shape=(len(found), m)))

    def most(self, weight: Floats) -> float:
        """No plan has more sites than this, whatever the weights, shape (cliques,)."""
        weight = np.maximum(weight, 0.0)
        given = np.asarray(self.A.T @ weight)
        # sites given too little are counted one by one; rounding errors are far below the margin
        return float((weight.sum() + np.maximum(1.0 - given, 0.0).sum()) * (1.0 + 1e-9))
