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
from formulations.zoning.rules import KILOMETRE
from instances.land import Land

Plans: TypeAlias = NDArray[np.int8]
"""Class of every parcel in every member: shape (members, parcels)."""

Flags: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.intp]

CLASSES = 127
"""Classes that fit in the numbers of a plan."""


CLOSE = 1e-12
"""Share of a limit that sums of areas may miss by rounding."""


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
        column = plans.T.astype(np.intp) + (np.arange(len(plans)) * classes)[None, :]
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

    def values(self, plans: Plans) -> Floats:
        """Objectives, (members, parcels) -> (members, objectives)."""
        return self.numbers.values(plans.astype(np.intp))

    def areas(self, plans: Plans) -> Floats:
        """Square metres of each class: (members, classes)."""
        classes = self.shape[1]
        code = plans.astype(np.intp) + np.arange(len(plans))[:, None] * classes
        area = np.bincount(code.ravel(), np.tile(self.land.area, len(plans)), minlength=len(plans) * classes)
        return area.astype(float).reshape(len(plans), classes)

    def patches(self, plans: Plans) -> Patches:
        """Connected parcels of one class; as :func:`formulations.zoning.patches.patches`, for many small rounds."""
        members, parcels = plans.shape
        a, b = self.land.boundary["a"].position, self.land.boundary["b"].position
        who, border = np.nonzero(plans[:, a] == plans[:, b])
        size = members * parcels
        tail, head = who * parcels + a[border], who * parcels + b[border]
        joined = sp.coo_array((np.ones(who.size, np.int8), (tail, head)), shape=(size, size))
        count, label = csgraph.connected_components(joined.tocsr(), directed=False)
        number = label.astype(np.intp)
        member, land_class = np.empty(count, np.intp), np.empty(count, np.intp)
        member[number] = np.repeat(np.arange(members), parcels)
        land_class[number] = plans.ravel()
        area = np.bincount(number, np.tile(self.land.area, members), minlength=count).astype(float)
        return Patches(number.reshape(plans.shape), member, land_class, area)

    def needy(self, plans: Plans) -> Flags:
        """Members that break a rule which repair looks after: (members, parcels) -> (members,)."""
        a, b = self.land.boundary["a"].position, self.land.boundary["b"].position
        areas = self.areas(plans)
        off: Flags = np.asarray(self.apart[plans[:, a], plans[:, b]].any(axis=1))
        off |= ((areas > self.most * (1 + CLOSE)) | (areas < self.least * (1 - CLOSE))).any(axis=1)
        rest = np.flatnonzero(~off)
        if rest.size and self.patch.any():
            found = self.patches(plans[rest])
            small = found.area < self.patch[found.land_class] * (1 - CLOSE)
            off[rest[found.member[small]]] = True
        return off

    def spread_from(self, parcel: int, size: int) -> Ints:
        """A connected region of about so many parcels around one, nearest by number of borders first."""
        order = csgraph.breadth_first_order(self.borders, parcel, directed=False, return_predecessors=False)
        return np.asarray(order[:size], np.intp)

    def reached(self, parcel: int, inside: Flags, size: int) -> list[int]:
        """Up to so many parcels reached from one through ``inside``, shape (parcels,), itself included."""
        found, seen = [parcel], {parcel}
        for at in found:
            for beyond in self.head[self.start[at] : self.start[at + 1]].tolist():
                if len(found) >= size:
                    return found
                if beyond not in seen and inside[beyond]:
                    seen.add(beyond)
                    found.append(beyond)
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
