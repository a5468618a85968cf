"""How new sitings are made from old ones: crossovers and small moves that know about sites and where they lie.

Everything works on all members at once and draws from the generator it is given, so the same seed gives the same
children. Genes that are fixed, and rules, are left to :mod:`solver.genetic.repair`.

Sources: union crossover of sets with a fixed number of elements as in Alp, Erkut and Drezner (2003), Annals of
Operations Research 122, DOI 10.1023/A:1026130003508; a swap with a near site is the neighbourhood of Teitz and Bart
(1968), DOI 10.1287/opre.16.5.955, cut down to near sites.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.genetic.decoder import Genomes
from solver.genetic.genome import Genome


def union(A: Genomes, B: Genomes, rng: np.random.Generator) -> tuple[Genomes, Genomes]:
    """What both parents have, and of what one has as much as makes a child as large as its parent: (pairs, genes)."""
    both, one = A & B, A ^ B
    order = np.argsort(np.where(one, rng.random(A.shape), 2.0), axis=1)
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(A.shape[1]), A.shape), axis=1)
    left = one.sum(axis=1)
    need = (A.sum(axis=1) - both.sum(axis=1))[:, None]
    first = both | (one & (rank < need))
    # the other child takes what the first has left, which is as much as the other parent had
    second = both | (one & (rank >= need) & (rank < left[:, None]))
    return first, second


def uniform(A: Genomes, B: Genomes, rng: np.random.Generator, groups: NDArray[np.intp]) -> tuple[Genomes, Genomes]:
    """Every group of genes from one parent or the other, by chance: (pairs, genes)."""
    take = rng.random((len(A), int(groups.max(initial=-1)) + 1)) < 0.5
    own = take[:, groups]
    return np.where(own, A, B), np.where(own, B, A)


def halves(A: Genomes, B: Genomes, rng: np.random.Generator, coordinates: Floats) -> tuple[Genomes, Genomes]:
    """One side of a line through the city from one parent, the other side from the other: (pairs, genes)."""
    angle = rng.uniform(0.0, 2.0 * np.pi, len(A))
    along = np.cos(angle)[:, None] * coordinates[:, 0] + np.sin(angle)[:, None] * coordinates[:, 1]
    through = rng.integers(0, coordinates.shape[0], len(A))
    side = along <= along[np.arange(len(A)), through][:, None]
    return np.where(side, A, B), np.where(side, B, A)


@dataclass(frozen=True, eq=False)
class Siting:
    """Crossovers and moves for the choice of sites.

    Parameters
    ----------
    cross
        Share of pairs that are crossed at all.
    near
        How many nearest sites count as near in a swap.
    moves
        Mean number of moves per child, at least one each.
    """

    genome: Genome
    cross: float = 0.9
    near: int = 12
    moves: float = 1.6
    _near: NDArray[np.intp] | None = field(init=False)
    _kin: NDArray[np.intp] | None = field(init=False)

    def __post_init__(self) -> None:
        faults = [] if 0 <= self.cross <= 1 else [f"cross is {self.cross}; give a share from 0 to 1"]
        faults += [] if self.near >= 1 else [f"near is {self.near}; give at least 1"]
        faults += [] if self.moves >= 1 else [f"moves is {self.moves}; give at least 1"]
        if faults:
            raise ValueError("\n  - ".join(["siting operators:", *faults]))
        object.__setattr__(self, "_near", self._near_sites())
        object.__setattr__(self, "_kin", self._same_site())

    def describe(self) -> dict[str, float]:
        """Settings, as plain numbers."""
        return {"cross": self.cross, "near": self.near, "moves": self.moves}

    def crossed(self, A: Genomes, B: Genomes, rng: np.random.Generator) -> Genomes:
        """Two children of every pair, one after the other: (pairs, genes) twice -> (2 pairs, genes)."""
        genome = self.genome
        groups = np.arange(genome.size) if genome.groups is None else genome.groups
        ways = [union(A, B, rng), uniform(A, B, rng, groups)]
        if genome.coordinates is not None:
            ways.append(halves(A, B, rng, genome.coordinates))
        chosen = rng.integers(0, len(ways), len(A))
        chosen[rng.random(len(A)) >= self.cross] = len(ways)
        ways.append((A, B))
        children = np.empty((2 * len(A), genome.size), bool)
        for k in (0, 1):
            children[k::2] = np.stack([way[k] for way in ways])[chosen, np.arange(len(A))]
        return children

    def moved(self, X: Genomes, rng: np.random.Generator) -> Genomes:
        """Every member after one or a few moves: (members, genes)."""
        X = X.copy()
        times = rng.geometric(1.0 / self.moves, len(X))
        kinds = [self._flip, self._exchange]
        if self._near is not None:
            kinds += [self._swap, self._swap]
        if self._kin is not None:
            kinds.append(self._regrade)
        for turn in range(min(int(times.max(initial=0)), self.genome.size)):
            kind = rng.integers(0, len(kinds), len(X))
            for k, move in enumerate(kinds):
                who = np.flatnonzero((kind == k) & (times > turn))
                if who.size:
                    X[who] = move(X[who], rng)
        return X

    # -- moves, in place: (members, genes) -> (members, genes) -----------------------------------------------------

    def _flip(self, X: Genomes, rng: np.random.Generator) -> Genomes:
        """One gene in or out, each as likely, however many are in."""
        inward = rng.random(len(X)) < 0.5
        at, there = _one_of(np.where(inward[:, None], ~X & self.genome.upper, X & ~self.genome.lower), rng)
        X[there, at[there]] ^= True
        return X

    def _exchange(self, X: Genomes, rng: np.random.Generator) -> Genomes:
        """One gene out and another one in."""
        out, has = _one_of(X & ~self.genome.lower, rng)
        into, lacks = _one_of(~X & self.genome.upper, rng)
        there = has & lacks
        X[there, out[there]] = False
        X[there, into[there]] = True
        return X

    def _swap(self, X: Genomes, rng: np.random.Generator) -> Genomes:
        """One gene out and one at a near site in."""
        assert self._near is not None
        return self._instead(X, self._near, rng)

    def _regrade(self, X: Genomes, rng: np.random.Generator) -> Genomes:
        """Another gene of the same site instead of the present one."""
        assert self._kin is not None
        return self._instead(X, self._kin, rng)

    def _instead(self, X: Genomes, others: NDArray[np.intp], rng: np.random.Generator) -> Genomes:
        """A gene goes out and one of its ``others``, shape (genes, most) with -1 for none, comes in."""
        out, has = _one_of(X & ~self.genome.lower, rng)
        choice = others[out]
        able = (choice >= 0) & ~X[np.arange(len(X))[:, None], choice] & self.genome.upper[choice]
        which, some = _one_of(able, rng)
        there = has & some
        X[there, out[there]] = False
        X[there, choice[np.arange(len(X)), which][there]] = True
        return X

    # -- tables ----------------------------------------------------------------------------------------------------

    def _near_sites(self) -> NDArray[np.intp] | None:
        if self.genome.coordinates is None or self.genome.size < 2:
            return None
        from scipy.spatial import cKDTree

        where = self.genome.coordinates
        count = min(self.near + 1, len(where))
        _, near = cKDTree(where).query(where, k=count)
        near = np.asarray(near, np.intp).reshape(len(where), count)
        return np.where(near == np.arange(len(where))[:, None], -1, near)

    def _same_site(self) -> NDArray[np.intp] | None:
        groups = self.genome.groups
        if groups is None:
            return None
        most = int(np.bincount(groups).max())
        if most < 2:
            return None
        table = np.full((len(groups), most), -1, np.intp)
        for members in np.split(np.argsort(groups, kind="stable"), np.cumsum(np.bincount(groups))[:-1]):
            table[members, : len(members)] = members
        return np.where(table == np.arange(len(groups))[:, None], -1, table)


def _one_of(allowed: NDArray[np.bool_], rng: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """One allowed position per row by chance, and whether there is one."""
    draw = np.where(allowed, rng.random(allowed.shape), -1.0)
    at = draw.argmax(axis=1)
    return at, draw[np.arange(len(draw)), at] >= 0
