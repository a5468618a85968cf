"""What moves and repair need to know of a piece of land, as arrays: who borders whom, what may go where, what it costs.

Populations have shape (members, parcels) throughout, one class per parcel and member. Everything here works on all
members at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse import csgraph

from formulations.algebra.elements import Csr, Floats
from formulations.zoning import Numbers, Patches, roomy
from formulations.zoning.patches import patches
from formulations.zoning.rules import KILOMETRE
from instances.land import Land

Plans: TypeAlias = NDArray[np.int8]
"""Class of every parcel in every member: shape (members, parcels)."""

Flags: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.intp]

CLASSES = 127
"""Classes that fit in the numbers of a plan."""


@dataclass(frozen=True, eq=False)
class Terrain:
    """The land of one question.

    Attributes
    ----------
    possible
        Classes that rules about single parcels and the size of patches leave open, shape (parcels, classes).
    least, most
        Area of each class [m2], 0 and infinite where the question has no targets: shape (classes,).
    patch
        Least area of a patch [m2], 0 where there is none: shape (classes,).
    apart
        Classes that may share no border, shape (classes, classes).
    tail, head, length
        Every border in both directions, sorted by ``tail``, with its length [m]: shape (arcs,).
    start
        First arc of each parcel, shape (parcels + 1,).
    borders
        Lengths of borders, shape (parcels, parcels).
    alone
        The parcel by itself is patch enough for the class, shape (parcels, classes).
    """

    numbers: Numbers
    possible: Flags
    least: Floats
    most: Floats
    patch: Floats
    apart: Flags
    tail: Ints
    head: Ints
    length: Floats
    start: Ints
    borders: Csr
    alone: Flags

    @classmethod
    def of(cls, numbers: Numbers) -> Terrain:
        """The land behind some figures.

        Raises
        ------
        ValueError
            If there are more classes than :data:`CLASSES`.
        """
        land, question = numbers.land, numbers.question
        parcels, classes = land.parcel.size, land.land_class.size
        if classes > CLASSES:
            raise ValueError(f"{classes} classes; plans that evolve have at most {CLASSES}.")
        a, b = land.boundary["a"].position, land.boundary["b"].position
        tail, head, length = np.r_[a, b], np.r_[b, a], np.tile(land.boundary_length, 2)
        order = np.lexsort((head, tail))
        tail, head, length = tail[order], head[order], length[order]
        start = np.searchsorted(tail, np.arange(parcels + 1)).astype(np.intp)
        small = question.patches != "none"
        patch = land.patch if small else np.zeros(classes)
        # borders of no length are borders too: a tiny number keeps them in the sums that tell who is next door
        seen = np.maximum(length, 1e-6)
        return cls(
            numbers=numbers,
            possible=roomy(land) if small else land.allowed,
            least=land.least if question.targets else np.zeros(classes),
            most=land.most if question.targets else np.full(classes, np.inf),
            patch=patch,
            apart=land.apart if question.apart else np.zeros((classes, classes), bool),
            tail=tail,
            head=head,
            length=length,
            start=start,
            borders=sp.csr_array((seen, (tail, head)), shape=(parcels, parcels)),
            alone=land.area[:, None] >= patch,
        )

    @property
    def land(self) -> Land:
        """The land itself."""
        return self.numbers.land

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of parcels and of classes."""
        return self.land.parcel.size, self.land.land_class.size

    def beside(self, plans: Plans) -> NDArray[np.float32]:
        """Metres of border that each parcel shares with each class: (members, parcels, classes)."""
        parcels, classes = self.shape
        hot = np.zeros((parcels, len(plans) * classes), np.float32)
        column = plans.T + (np.arange(len(plans)) * classes)[None, :]
        np.put_along_axis(hot, column, 1.0, axis=1)
        metres = np.asarray(self.borders.astype(np.float32) @ hot, np.float32)
        return np.ascontiguousarray(metres.reshape(parcels, len(plans), classes).transpose(1, 0, 2))

    def clashes(self, beside: NDArray[np.float32]) -> Flags:
        """Where each class would border one that it keeps apart from: (members, parcels, classes)."""
        if not self.apart.any():
            return np.zeros(beside.shape, bool)
        return np.asarray((beside > 0).astype(np.float32) @ self.apart.astype(np.float32) > 0)

    def fits(self, beside: NDArray[np.float32], clashes: Flags) -> Flags:
        """Where each class could go without a clash and without making a patch too small by itself."""
        return self.possible & ~clashes & ((beside > 0) | self.alone)

    def areas(self, plans: Plans) -> Floats:
        """Square metres of each class: (members, classes)."""
        classes = self.shape[1]
        code = plans + np.arange(len(plans))[:, None] * classes
        area = np.bincount(code.ravel(), np.tile(self.land.area, len(plans)), minlength=len(plans) * classes)
        return area.astype(float).reshape(len(plans), classes)

    def patches(self, plans: Plans) -> Patches:
        """Connected parcels of one class."""
        return patches(self.land, plans)

    def reached(self, members: Ints, parcels: Ints, inside: Flags, size: Ints) -> Flags:
        """Parcels reached from a parcel of each member through ``inside``, nearest first, ``size`` of them at most.

        Parameters
        ----------
        members, parcels
            Where each walk begins: rows of ``inside`` and parcels, shape (walks,).
        inside
            Parcels that may be walked on, shape (members, parcels).
        size
            Shape (walks,).
        """
        found = np.zeros((len(members), self.shape[0]), bool)
        whole = sp.csr_array((np.ones(len(self.head), np.int8), self.head, self.start), shape=(self.shape[0],) * 2)
        for k, (member, parcel) in enumerate(zip(members.tolist(), parcels.tolist(), strict=True)):
            at = np.flatnonzero(inside[member])
            first = int(np.searchsorted(at, parcel))
            if first >= len(at) or at[first] != parcel:
                continue
            order = csgraph.breadth_first_order(whole[at][:, at], first, directed=True, return_predecessors=False)
            found[k, at[order[: int(size[k])]]] = True
        return found

    def marginal(self, plans: Plans, beside: NDArray[np.float32], weights: Floats) -> Floats:
        """By how much a weighted sum of objectives changes if one parcel takes a class: (members, parcels, classes).

        Exact for sums over parcels and for fragmentation. People without a place count as they do in neighbourhoods
        that lack places now; measures of a tail or a worst case count like the mean.

        Parameters
        ----------
        weights
            Shape (members, objectives).
        """
        numbers, (parcels, classes) = self.numbers, self.shape
        members = len(plans)
        names = numbers.objectives
        linear = np.zeros((members, len(numbers.sum_names)))
        for k, name in enumerate(names):
            if name in numbers.sum_names:
                linear[:, numbers.sum_names.index(name)] += weights[:, k]
        table = np.asarray((numbers.sums @ linear.T).T).reshape(members, parcels, classes)
        people = sum((weights[:, k] for k, name in enumerate(names) if name.startswith("unserved")), np.zeros(members))
        if people.any():
            short = (numbers.unserved(plans) > 0) * numbers.probability * people[:, None, None]
            table += np.asarray((numbers.net @ short.reshape(members, -1).T).T).reshape(table.shape)
        if "fragmentation" in names:
            healed = weights[:, names.index("fragmentation")][:, None, None] / KILOMETRE
            table -= healed * beside
        now = np.take_along_axis(table, plans[:, :, None].astype(np.intp), axis=2)
        change: Floats = table - now
        return change
