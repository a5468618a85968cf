"""Rings around a demand point: sites at equal distance, from the nearest outwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from instances.index import Index, Map


@dataclass(frozen=True, eq=False)
class Rings:
    """All rings that can matter when p sites are open, sorted by demand point, then outwards.

    Of m sites, the (m - p + 1)-th nearest is within reach of any choice of p: rings farther out are never needed.

    Attributes
    ----------
    ring
        Tuples of a demand point and the number of the ring, from 1.
    distance
        Shape (rings,).
    pair
        Tuples of a ring and a site that lies in it.
    inner
        The rings that are followed by another one, as tuples of a ring.
    lengths
        All values that the largest distance can have, rising; those that :func:`packed` rules out are not among them.
    """

    ring: Index
    distance: Floats
    pair: Index
    inner: Index
    lengths: Floats

    @classmethod
    def of(cls, access: Access, p: int, most: int | None = None) -> Rings:
        """Rings of all demand points where somebody lives.

        Parameters
        ----------
        p, most
            So many sites are open at least and at most; exactly p if ``most`` is None.
        """
        here = access.served
        near = access.distance[here]
        m = near.shape[1]
        last = np.partition(near, m - p, axis=1)[:, m - p]
        i, j = np.nonzero(np.isfinite(near) & (near <= last[:, None]))
        d = near[i, j]
        order = np.lexsort((j, d, i))
        i, j, d = i[order], j[order], d[order]
        new = np.ones(len(i), bool)
        new[1:] = (i[1:] != i[:-1]) | (d[1:] != d[:-1])
        at = np.cumsum(new) - 1
        owner = i[new]
        start = np.searchsorted(owner, np.arange(len(here)))
        number = np.arange(len(owner)) - start[owner]
        numbers = Index.named("number", range(1, int(number.max(initial=0)) + 2))
        ring = Index.tuples("ring", demand=(access.demand, here[owner]), number=(numbers, number))
        pair = Index.tuples("pair", ring=(ring, at), site=(access.site, j))
        followed = np.flatnonzero(np.append(owner[1:] == owner[:-1], False))
        lengths = _possible(near, np.unique(d), p if most is None else most)
        return cls(ring, d[new], pair, Index.tuples("inner", ring=(ring, followed)), lengths)

    @property
    def first(self) -> NDArray[np.bool_]:
        """Whether a ring is the innermost one of its demand point, shape (rings,)."""
        return np.equal(self.ring["number"].position, 0)

    @property
    def next(self) -> Map:
        """From an inner ring to the one around it."""
        return Map(self.inner, self.ring, self.inner["ring"].position + 1)

    @property
    def inside(self) -> Floats:
        """Distance of each inner ring, shape (inner,)."""
        return self.distance[self.inner["ring"].position]

    @property
    def outside(self) -> Floats:
        """Distance of the ring around each inner ring, shape (inner,)."""
        return self.distance[self.next.position]


def packed(near: Floats, length: float, p: int) -> bool:
    """Whether p sites are too few to have one within some length of everybody, for certain.

    True where more than p demand points are found of which no two have a site within that length in common: each needs
    one of its own. Found greedily, those with the fewest sites first; False says nothing.

    Parameters
    ----------
    near
        Distances, shape (demand points, sites).
    """
    within = near <= length
    left = np.ones(len(near), bool)
    count = 0
    for i in np.argsort(within.sum(axis=1), kind="stable"):
        if left[i]:
            count += 1
            if count > p:
                return True
            left &= ~within[:, within[i]].any(axis=1)
    return False


def _possible(near: Floats, lengths: Floats, p: int) -> Floats:
    """The lengths from the first one on that cannot be ruled out; the last one at least."""
    low = int(np.searchsorted(lengths, near.min(axis=1).max()))
    high = len(lengths) - 1
    while low < high:
        middle = (low + high) // 2
        if packed(near, lengths[middle], p):
            low = middle + 1
        else:
            high = middle
    return lengths[low:]
