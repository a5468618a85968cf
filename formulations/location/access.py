"""Who needs a place, how far each place is, what it holds and costs: the data of all questions of location."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from formulations.algebra.elements import Floats
from formulations.location.faults import access_faults, group_faults, read_names, read_numbers
from formulations.location.pairs import Pairs
from instances.index import Index, Map
from instances.schema import InstanceError


@dataclass(frozen=True, eq=False)
class Access:
    """People at demand points, sites, and distances between them; made by :meth:`of`.

    Attributes
    ----------
    demand, site
        Index sets, n demand points and m sites.
    weight
        Shape (n,), in ``weight_unit``: how many need a place there. Where it is zero nobody lives, and the point counts
        in no objective and no row.
    pairs
        Distances of the pairs within reach, in ``unit``: metres, minutes, whatever is short or long. A pair that is not
        there is never chosen at any price.
    capacity
        Shape (m,): how much a site can take, in the unit of ``amount``; None where capacity is not known.
    cost
        Shape (m,): what opening a site costs; None where costs are not known.
    status
        Shape (m,): ``candidate``; ``existing``, open already: it stays open, costs nothing and does not count among the
        sites to choose; ``required`` or ``forbidden``.
    amount
        Shape (n,): how much of a capacity each demand point takes; the weight unless said otherwise.
    zone
        From demand points to zones that fairness looks at; None without.
    groups
        By name, how many people of a group (children, elderly people) need a place at each demand point, shape (n,)
        each. Groups may overlap; fairness looks at them.
    between
        Distances between sites, shape (m, m), in ``unit``; None where they are not known.
    frames
        The tables (GeoDataFrames) that demand points and sites were read from, kept for the answer; None each without.
    """

    demand: Index
    site: Index
    weight: Floats
    pairs: Pairs
    unit: str = ""
    weight_unit: str = ""
    capacity: Floats | None = None
    cost: Floats | None = None
    status: NDArray[np.str_] | None = None
    amount: Floats | None = None
    zone: Map | None = None
    groups: Mapping[str, Floats] = field(default_factory=dict)
    between: Floats | None = None
    frames: tuple[Any, Any] = (None, None)

    @classmethod
    def of(
        cls,
        weight: ArrayLike,
        distance: Any,
        *,
        demand: Iterable[object] | Index | None = None,
        site: Iterable[object] | Index | None = None,
        unit: str = "",
        weight_unit: str = "",
        capacity: ArrayLike | None = None,
        cost: ArrayLike | None = None,
        status: ArrayLike | None = None,
        amount: ArrayLike | None = None,
        zone: Map | Iterable[object] | None = None,
        groups: Mapping[str, ArrayLike] | None = None,
        between: ArrayLike | None = None,
        frames: tuple[Any, Any] = (None, None),
        unreached: bool = False,
    ) -> Access:
        """Check, copy and lock the arrays.

        Parameters
        ----------
        distance
            Matrix (n, m), infinite where a site is out of reach; or sparse (SciPy, n x m), in which what is not stored
            is out of reach and a stored zero is a distance of zero; or :class:`Pairs`.
        demand, site
            Names, or index sets there are already; the numbers from 0 where None.
        zone
            A map, or the name of the zone of each demand point.
        groups
            People of each group by name, shape (n,) each.
        unreached
            Whether people may have no site within reach. Questions that serve everybody still refuse such data; those
            that leave people out (maximal covering) take them.

        Raises
        ------
        InstanceError
            If something is missing (NaN), negative, of the wrong shape, or people have no site within reach: all
            faults at once, with the first places by name.
        """
        unread: list[str] = []
        shape, entries = _entries(distance, unread)
        people, places = (
            read_names(name, given, size, unread)
            for name, given, size in (("demand", demand, shape[0]), ("site", site, shape[1]))
        )
        given = {"capacity": capacity, "cost": cost, "amount": amount, "between": between}
        arrays = {"weight": read_numbers("weight", weight, unread)}
        arrays |= {name: None if what is None else read_numbers(name, what, unread) for name, what in given.items()}
        if arrays["weight"] is None:
            # so that the rest can be looked over
            arrays["weight"] = np.ones(shape[0])
        members = {
            str(name): array
            for name, count in (groups or {}).items()
            if (array := read_numbers(f"groups, {name}", count, unread)) is not None
        }
        try:
            standing = None if status is None else np.array(status, dtype=np.str_)
        except ValueError as wrong:
            standing = None
            unread.append(f"status: {wrong}")
        faults = [*unread, *access_faults(people, places, shape, entries, arrays, standing, unreached)]
        zones, zone_faults = _zones(zone, people)
        if more := [*faults, *zone_faults, *group_faults(people, members)]:
            raise InstanceError("Access", more)
        pairs = _pairs(shape, entries)
        locked: list[Any] = [*arrays.values(), *members.values(), standing]
        for one in locked:
            if one is not None:
                one.setflags(write=False)
        return cls(
            people,
            places,
            arrays["weight"],  # type: ignore[arg-type]
            pairs,
            unit,
            weight_unit,
            arrays["capacity"],
            arrays["cost"],
            standing,
            arrays["amount"],
            zones,
            members,
            arrays["between"],
            frames,
        )

    @classmethod
    def of_sites(
        cls,
        between: ArrayLike,
        *,
        site: Iterable[object] | Index | None = None,
        unit: str = "",
        capacity: ArrayLike | None = None,
        cost: ArrayLike | None = None,
        status: ArrayLike | None = None,
        frame: Any = None,
    ) -> Access:
        """Sites and how far they are from each other, nobody who goes there: for questions of spreading sites.

        Parameters
        ----------
        between
            Shape (m, m), the same both ways.
        frame
            The table that the sites were read from.

        Raises
        ------
        InstanceError
            As for :meth:`of`.
        """
        faults: list[str] = []
        near = read_numbers("between", between, faults)
        if near is None or near.ndim != 2 or near.shape[0] != near.shape[1]:
            told = [] if near is None else [f"between: of shape {near.shape}, expected (sites, sites)"]
            raise InstanceError("Access", [*faults, *told])
        # one person next to every site, so that only what is said about sites can be at fault
        whole = cls.of(
            [1.0],
            np.zeros((1, len(near))),
            site=site,
            unit=unit,
            capacity=capacity,
            cost=cost,
            status=status,
            between=near,
        )
        nobody = Pairs(np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0), len(near))
        return replace(
            whole, demand=Index.numbered("demand", 0), weight=np.empty(0), pairs=nobody, frames=(None, frame)
        )

    @cached_property
    def distance(self) -> Floats:
        """Shape (n, m), infinite where a site is out of reach; for small questions, the pairs hold the same."""
        full = self.pairs.to_dense()
        full.setflags(write=False)
        return full

    @property
    def served(self) -> NDArray[np.intp]:
        """Positions of the demand points where somebody lives."""
        return np.flatnonzero(self.weight > 0)

    @property
    def travel_unit(self) -> str:
        """Unit of people times distance, as far as it is known."""
        return " ".join(filter(None, (self.weight_unit, self.unit)))

    def travel(self, way: Floats) -> float:
        """People times distance, added up, from how far people of each demand point go, shape (n,)."""
        at = self.served
        return float(self.weight[at] @ way[at])

    @property
    def takes(self) -> Floats:
        """How much of a capacity each demand point takes, shape (n,)."""
        return self.weight if self.amount is None else self.amount

    def is_status(self, status: str) -> NDArray[np.bool_]:
        """Which sites have a status, shape (m,)."""
        if self.status is None:
            return np.full(self.site.size, status == "candidate")
        return np.equal(self.status, status)

    def nearest(self, sites: NDArray[np.intp]) -> Floats:
        """Distance to the nearest of some sites: positions (members, p) -> (members, n), infinite without one."""
        columns = np.ascontiguousarray(self.distance.T)
        near = np.full((len(sites), self.demand.size), np.inf)
        for k in range(sites.shape[1]):
            np.minimum(near, columns[sites[:, k]], out=near)
        return near


def _entries(distance: Any, faults: list[str]) -> tuple[tuple[int, int], Floats | Pairs | Any]:
    """Shape, and a dense matrix, COO, or pairs to be looked over."""
    if isinstance(distance, Pairs):
        return (distance.points, distance.sites), distance
    if sp.issparse(distance):
        coo: Any = sp.coo_array(distance)  # type: ignore[call-overload]
        coo.sum_duplicates()
        return (int(coo.shape[0]), int(coo.shape[1])), coo
    dense = read_numbers("distance", distance, faults)
    if dense is None or dense.ndim != 2:
        told = [] if dense is None else [f"distance: of shape {dense.shape}, expected (demand points, sites)"]
        raise InstanceError("Access", [*faults, *told])
    return (dense.shape[0], dense.shape[1]), dense


def _pairs(shape: tuple[int, int], entries: Any) -> Pairs:
    if isinstance(entries, Pairs):
        return entries
    if not isinstance(entries, np.ndarray):
        there = np.isfinite(entries.data)
        return Pairs.listed(entries.row[there], entries.col[there], entries.data[there], shape)
    return Pairs.dense(entries)


def _zones(zone: Map | Iterable[object] | None, demand: Index) -> tuple[Map | None, list[str]]:
    if zone is None:
        return None, []
    if isinstance(zone, Map):
        right = zone.source is demand
        return zone, [] if right else [f"zone: a map from {zone.source!r}, expected one from {demand!r}"]
    if not isinstance(zone, Iterable):
        return None, [f"zone: {zone!r}, expected the name of the zone of each demand point"]
    labels = [str(name) for name in zone]
    if len(labels) != demand.size:
        return None, [f"zone: {len(labels)} names for {demand.size} demand points"]
    names, at = np.unique(np.array(labels, dtype=np.str_), return_inverse=True)
    return Map(demand, Index.named("zone", names.tolist()), at.astype(np.intp)), []
