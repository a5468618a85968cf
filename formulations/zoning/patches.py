"""Connected patches of one class, as numbers: for one plan or for a population at once.

Parcels are connected where they share a border; touching in a corner is no border.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csgraph

from formulations.algebra.elements import Floats
from instances.land import Land

Assignments = NDArray[np.intp]
"""Class of every parcel in every plan, as positions: shape (members, parcels)."""

ROUNDING = 1e-9
"""Share of a patch that may be missing from summing up areas in another order."""


@dataclass(frozen=True)
class PatchFault:
    """A patch that is too small."""

    land_class: int
    parcels: NDArray[np.intp]
    area: float
    asked: float

    @property
    def missing(self) -> float:
        """Square metres short of what is asked."""
        return self.asked - self.area


@dataclass(frozen=True, eq=False)
class Patches:
    """Connected patches of a population of plans.

    Attributes
    ----------
    number
        Patch of each parcel, numbered through the whole population: shape (members, parcels).
    member, land_class, area
        Whose patch it is, of which class and how large [m2]: shape (patches,) each.
    """

    number: NDArray[np.intp]
    member: NDArray[np.intp]
    land_class: NDArray[np.intp]
    area: Floats

    def missing(self, land: Land) -> Floats:
        """Square metres that each patch is short of what its class asks for, 0 where it is large enough."""
        asked = land.patch[self.land_class]
        short = np.maximum(asked - self.area, 0.0)
        return np.where(short <= ROUNDING * asked, 0.0, short)


def checked(land: Land, assignments: ArrayLike) -> Assignments:
    """Assignments as whole numbers of shape (members, parcels); a single one becomes a population of one.

    Raises
    ------
    ValueError
        If the shape is wrong or a class does not exist.
    """
    given = np.atleast_2d(np.asarray(assignments))
    if given.ndim != 2 or given.shape[1] != land.parcel.size or given.dtype.kind not in "iu":
        raise ValueError(
            f"Assignments of shape {given.shape} and type {given.dtype}; "
            f"expected whole numbers of shape (members, {land.parcel.size})."
        )
    if given.size and not 0 <= given.min() <= given.max() < land.land_class.size:
        raise ValueError(f"Assignments name classes outside 0 to {land.land_class.size - 1}.")
    return given.astype(np.intp, copy=False)


def patches(land: Land, assignments: ArrayLike) -> Patches:
    """Connected parcels of one class, (members, parcels) -> all patches of all members."""
    plans = checked(land, assignments)
    members, parcels = plans.shape
    a, b = land.boundary["a"].position, land.boundary["b"].position
    who, border = np.nonzero(plans[:, a] == plans[:, b])
    size = members * parcels
    joined = sp.coo_array(
        (np.ones(who.size, np.int8), (who * parcels + a[border], who * parcels + b[border])), shape=(size, size)
    )
    count, label = csgraph.connected_components(joined.tocsr(), directed=False)
    number = label.astype(np.intp)
    _, first = np.unique(number, return_index=True)
    area: Floats = np.bincount(number, np.tile(land.area, members), minlength=count).astype(float)
    return Patches(number.reshape(plans.shape), first // parcels, plans.ravel()[first], area)


def patch_faults(land: Land, assignment: ArrayLike) -> list[PatchFault]:
    """Patches of one plan that are smaller than their class asks for; shape (parcels,)."""
    found = patches(land, np.asarray(assignment)[None, :])
    small = np.flatnonzero(found.missing(land) > 0)
    return [
        PatchFault(
            int(found.land_class[k]), np.flatnonzero(found.number[0] == k), float(found.area[k]),
            float(land.patch[found.land_class[k]]),
        )
        for k in small
    ]  # fmt: skip


def roomy(land: Land) -> NDArray[np.bool_]:
    """Where a class may go and its patch could grow large enough: shape (parcels, classes).

    A parcel whose connected neighbours that may have the class sum to less than a patch can never have it.
    """
    possible = land.allowed.copy()
    a, b = land.boundary["a"].position, land.boundary["b"].position
    for c in np.flatnonzero(land.patch > 0).tolist():
        both = land.allowed[a, c] & land.allowed[b, c]
        size = land.parcel.size
        joined = sp.coo_array((np.ones(int(both.sum()), np.int8), (a[both], b[both])), shape=(size, size))
        _, label = csgraph.connected_components(joined.tocsr(), directed=False)
        area = np.bincount(label, np.where(land.allowed[:, c], land.area, 0.0))[label]
        possible[:, c] &= area >= land.patch[c] * (1 - ROUNDING)
    return possible
