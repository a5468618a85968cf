"""The upper tier of a supply chain: depots from which goods go to warehouses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.faults import read_names, read_numbers
from instances.index import Index
from instances.schema import InstanceError


@dataclass(frozen=True, eq=False)
class Depots:
    """What depots cost and hold, and what it costs to bring goods from them to the sites; made by :meth:`of`.

    Attributes
    ----------
    depot
        Index set, K depots.
    haul
        Shape (K, m): cost of bringing one unit of ``Access.amount`` from a depot to a site, infinite where there is no
        way.
    cost
        Shape (K,): cost of using a depot.
    capacity
        Shape (K,): how much it holds, in the unit of ``Access.amount``; infinite for no limit.
    """

    depot: Index
    haul: Floats
    cost: Floats
    capacity: Floats

    @classmethod
    def of(
        cls,
        haul: ArrayLike,
        *,
        cost: ArrayLike | None = None,
        capacity: ArrayLike | None = None,
        depot: Iterable[object] | Index | None = None,
    ) -> Depots:
        """Check, copy and lock the arrays; no cost is zero cost, no capacity is no limit.

        Raises
        ------
        InstanceError
            If something is missing (NaN), negative or of the wrong shape: all faults at once, with names.
        """
        faults: list[str] = []
        way = read_numbers("haul", haul, faults)
        if way is None or way.ndim != 2 or not way.size:
            told = [] if way is None else [f"haul: of shape {way.shape}, expected (depots, sites)"]
            raise InstanceError("Depots", [*faults, *told])
        count = way.shape[0]
        index = read_names("depot", depot, count, faults)
        price = np.zeros(count) if cost is None else read_numbers("cost", cost, faults)
        held = np.full(count, np.inf) if capacity is None else read_numbers("capacity", capacity, faults)
        if price is None or held is None:
            raise InstanceError("Depots", faults)
        faults += [] if index.size == count else [f"depot: {index.size} names for {count} rows of haul"]
        for name, array in (("cost", price), ("capacity", held)):
            if array.shape != (count,):
                faults.append(f"{name}: of shape {array.shape}, expected ({count},), one for each depot")
        if faults:
            raise InstanceError("Depots", faults)
        for name, array, infinite in (("haul", way, True), ("cost", price, False), ("capacity", held, True)):
            kinds = [(np.isnan(array), "missing (NaN)"), (array < 0, "negative")]
            kinds += [] if infinite else [(np.isposinf(array), "infinite")]
            for bad, what in kinds:
                if bad.any():
                    k = int(np.argwhere(bad)[0][0])
                    faults.append(f"{name}: {int(bad.sum())} {what}, first at {index.label(k)}")
        if faults:
            raise InstanceError("Depots", faults)
        for array in (way, price, held):
            array.setflags(write=False)
        return cls(index, way, price, held)

    def __repr__(self) -> str:
        # a question's digest is made from its text, so the text must tell tiers apart
        digest = hashlib.sha256(b"".join(array.tobytes() for array in (self.haul, self.cost, self.capacity)))
        return f"Depots({self.depot.size} depots, {digest.hexdigest()[:16]})"

    def faults(self, access: Access) -> list[str]:
        """What does not fit to the lower tier."""
        m = access.site.size
        return [] if self.haul.shape[1] == m else [f"depots: haul to {self.haul.shape[1]} sites, but there are {m}"]
