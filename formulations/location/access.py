"""Who needs a place, and how far each place is: the data of all questions of location."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulations.algebra.elements import Floats
from instances.index import Index
from instances.schema import InstanceError


@dataclass(frozen=True, eq=False)
class Access:
    """People at demand points, and distances to sites; made by :meth:`of`.

    Attributes
    ----------
    demand, site
        Index sets, n demand points and m sites.
    weight
        Shape (n,), in ``weight_unit``: how many need a place there. Where it is zero nobody lives, and the point counts
        in no objective and no row.
    distance
        Shape (n, m), in ``unit``: metres, minutes, whatever is short or long. Infinite where a site is out of reach:
        such a pair does not exist, it is never chosen at any price.
    """

    demand: Index
    site: Index
    weight: Floats
    distance: Floats
    unit: str = ""
    weight_unit: str = ""

    @classmethod
    def of(
        cls,
        weight: ArrayLike,
        distance: ArrayLike,
        *,
        demand: Iterable[object] | Index | None = None,
        site: Iterable[object] | Index | None = None,
        unit: str = "",
        weight_unit: str = "",
    ) -> Access:
        """Check, copy and lock the arrays.

        Parameters
        ----------
        demand, site
            Names, or index sets there are already; the numbers from 0 where None.

        Raises
        ------
        InstanceError
            If something is missing (NaN), negative, of the wrong shape, or people have no site within reach: all
            faults at once, with the first places by name.
        """
        w, d = np.array(weight, dtype=float), np.array(distance, dtype=float)
        if d.ndim != 2:
            raise InstanceError("Access", [f"distance: of shape {d.shape}, expected (demand points, sites)"])
        people, places = _index("demand", demand, d.shape[0]), _index("site", site, d.shape[1])
        faults = [
            f"distance: {d.shape[axis]} {index.name} along axis {axis}, but {index.size} names"
            for axis, index in enumerate((people, places))
            if index.size != d.shape[axis]
        ]
        if w.shape != (d.shape[0],):
            faults.append(f"weight: of shape {w.shape}, expected ({d.shape[0]},), one for each row of the distances")
        if not faults:
            faults = _faults(people, places, w, d)
        if faults:
            raise InstanceError("Access", faults)
        w.setflags(write=False)
        d.setflags(write=False)
        return cls(people, places, w, d, unit, weight_unit)

    @property
    def served(self) -> NDArray[np.intp]:
        """Positions of the demand points where somebody lives."""
        return np.flatnonzero(self.weight > 0)

    def nearest(self, sites: NDArray[np.intp]) -> Floats:
        """Distance to the nearest of some sites: positions (members, p) -> (members, n), infinite without one."""
        columns = np.ascontiguousarray(self.distance.T)
        near = np.full((len(sites), self.demand.size), np.inf)
        for k in range(sites.shape[1]):
            np.minimum(near, columns[sites[:, k]], out=near)
        return near


def _index(name: str, given: Iterable[object] | Index | None, size: int) -> Index:
    return given if isinstance(given, Index) else Index.named(name, range(size) if given is None else given)


def _faults(demand: Index, site: Index, weight: Floats, distance: Floats) -> list[str]:
    faults = []
    if not distance.shape[1]:
        faults.append("distance: there is no site")
    if not (weight > 0).any():
        faults.append("weight: nobody needs a place")
    for bad, what in (
        (np.isnan(weight), "missing (NaN)"),
        (weight < 0, "negative"),
        (np.isposinf(weight), "infinite"),
    ):
        if bad.any():
            faults.append(f"weight: {int(bad.sum())} {what}, first at {_first(demand, bad)}")
    for bad, what in ((np.isnan(distance), "missing (NaN)"), (distance < 0, "negative")):
        if bad.any():
            i, j = (int(k) for k in np.argwhere(bad)[0])
            faults.append(f"distance: {int(bad.sum())} {what}, first from {demand.label(i)} to {site.label(j)}")
    lost = (weight > 0) & np.isposinf(distance).all(axis=1)
    if lost.any() and distance.shape[1]:
        some = _first(demand, lost)
        faults.append(f"distance: {int(lost.sum())} demand points where somebody lives reach no site, first {some}")
    return faults


def _first(index: Index, bad: NDArray[np.bool_]) -> str:
    return ", ".join(index.label(int(k)) for k in np.flatnonzero(bad)[:3])
