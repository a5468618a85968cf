"""From tables of GeoPandas to the data of a question of location."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.nearby import nearby
from formulations.location.pairs import Pairs
from instances.aligned import numbers, texts
from instances.crs import projected_faults
from instances.distances import listed, twice
from instances.places import STATUSES
from instances.schema import InstanceError


def access_from_frames(
    demand: Any,
    sites: Any,
    *,
    people: Any = "people",
    capacity: Any = None,
    cost: Any = None,
    status: Any = None,
    zone: Any = None,
    groups: Sequence[str] = (),
    amount: Any = None,
    demand_id: str | None = None,
    site_id: str | None = None,
    distance: Any = "euclidean",
    unit: str | None = None,
    cutoff: float | None = None,
    between: Any = None,
) -> Access:
    """Demand points and sites from GeoDataFrames; the tables stay with the data, and come back with the answer.

    Parameters
    ----------
    demand, sites
        GeoDataFrames of points or of areas, for which a point inside each stands. Where distances are measured here,
        both must be in the same projected system in metres; Web Mercator (EPSG:3857) is refused, its lengths are wrong.
        Where all distances are given, tables of pandas without geometry will do.
    people, amount, zone
        Of the demand points: the name of a column, or the values.
    groups
        Of the demand points: columns with the people of one group (children, elderly people) each; fairness looks at
        them by the name of the column.
    capacity, cost, status
        Of the sites: the name of a column, or the values.
    demand_id, site_id
        Columns with a unique name for each row; None takes the index.
    distance
        ``euclidean``, in metres as the crow flies; or distances along a network, in any form that
        :meth:`instances.instance.Instance.from_matrix` takes: a matrix in the order of the rows, a table with names on
        both sides, or a long table of pairs with ``demand``, ``site`` and ``metres``, ``minutes`` or ``distance``.
    unit
        Unit of the distances; None takes metres for ``euclidean``, and what the long table says.
    cutoff
        Longer ways are left out.
    between
        ``euclidean`` for distances between sites in metres, or a matrix (m, m); None leaves them out.

    Returns
    -------
    Access
        Its ``frames`` are the two tables.

    Raises
    ------
    InstanceError
        If columns are missing, names stand twice, systems differ or are not in metres, values are missing or negative;
        all at once. People without a site within reach are no fault here: the questions that serve everybody refuse
        them by name.
    """
    faults: list[str] = []
    names = [_ids(word, table, key, faults) for word, table, key in _both(demand, sites, demand_id, site_id)]
    if faults:
        raise InstanceError("The tables cannot be used", faults)
    here, there = names
    straight = isinstance(distance, str)
    if straight and distance != "euclidean":
        faults.append(f"distance: {distance!r} is unknown; use euclidean, or give a matrix or a table of pairs")
    if cutoff is not None and not cutoff >= 0:
        faults.append(f"cutoff: {cutoff!r}, expected a distance from 0 up")
    apart_here = isinstance(between, str)
    if apart_here and between != "euclidean":
        faults.append(f"between: {between!r} is unknown; use euclidean or give a matrix")
    xy: list[Floats | None] = [None, None]
    if straight or apart_here:
        faults += systems_faults(demand, sites)
        xy = [_points(word, table, labels, faults) for word, table, labels in _both(demand, sites, here, there)]
    elif (systems := [getattr(table, "crs", None) for table in (demand, sites)]) and None not in systems:
        faults += [] if systems[0] == systems[1] else [_differ(*systems)]
    arrays = {
        "people": numbers("people", _column("people", demand, people, faults), here, faults),
        "amount": numbers("amount", _column("amount", demand, amount, faults), here, faults),
        "capacity": numbers("capacity", _column("capacity", sites, capacity, faults), there, faults, infinite=True),
        "cost": numbers("cost", _column("cost", sites, cost, faults), there, faults),
    }
    standing = texts("status", _column("status", sites, status, faults), there, faults, "candidate")
    zones = None if zone is None else texts("zone", _column("zone", demand, zone, faults), here, faults)
    members = {name: numbers(name, _column(name, demand, name, faults), here, faults) for name in groups}
    if unknown := sorted(set(standing or ()) - set(STATUSES)):
        faults.append(f"status: unknown values {', '.join(map(repr, unknown))}; use one of {', '.join(STATUSES)}")
    pairs: Any = None
    if not straight:
        found, more = listed(distance, here, there)
        faults += more
        if found is not None and not more:
            near = found.value <= (np.inf if cutoff is None else cutoff)
            pairs = Pairs.listed(found.row[near], found.column[near], found.value[near], (len(here), len(there)))
            unit = found.unit if unit is None else unit
    if faults:
        raise InstanceError("The tables cannot be used", faults)
    if straight:
        pairs = nearby(xy[0], xy[1], np.inf if cutoff is None else cutoff)  # type: ignore[arg-type]
    apart = between
    if apart_here and xy[1] is not None:
        apart = np.hypot(*(xy[1][:, None, k] - xy[1][None, :, k] for k in (0, 1)))
    return Access.of(
        arrays["people"],  # type: ignore[arg-type]
        pairs,
        demand=here,
        site=there,
        unit="m" if straight and unit is None else unit or "",
        weight_unit="people",
        capacity=arrays["capacity"],
        cost=arrays["cost"],
        status=None if status is None else standing,
        amount=arrays["amount"],
        zone=zones,
        groups={name: count for name, count in members.items() if count is not None},
        between=apart,
        frames=(demand, sites),
        unreached=True,
    )


def points_of(table: Any) -> Floats:
    """Coordinates (rows, 2) of points, or of a point inside each area; NaN where there is no shape."""
    import shapely

    shapes = np.asarray(table.geometry.array, dtype=object)
    areas = ~np.isin(shapely.get_type_id(shapes), (-1, 0))
    shapes = np.where(areas, shapely.point_on_surface(shapes), shapes) if areas.any() else shapes
    shapes = np.where(shapely.is_empty(shapes), None, shapes)  # type: ignore[call-overload]
    xy: Floats = np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])
    return xy


def systems_faults(demand: Any, sites: Any) -> list[str]:
    """What is wrong with the systems of two tables: distances need one projected system in metres."""
    faults = []
    for word, table in (("demand", demand), ("sites", sites)):
        if getattr(table, "crs", None) is None:
            what = "no reference system (crs)" if hasattr(table, "crs") else "no geometry"
            faults.append(f"{word}: {what}, so no distance can be measured")
        else:
            box = tuple(float(v) for v in table.total_bounds)
            faults += [f"{word}: {fault}" for fault in projected_faults(_named(table.crs), box)]  # type: ignore[arg-type]
    if not faults and demand.crs != sites.crs:
        faults.append(_differ(demand.crs, sites.crs))
    return faults


def _both(demand: Any, sites: Any, first: Any, second: Any) -> tuple[tuple[str, Any, Any], tuple[str, Any, Any]]:
    return ("demand", demand, first), ("sites", sites, second)


def _ids(word: str, table: Any, key: str | None, faults: list[str]) -> list[str]:
    if not hasattr(table, "columns"):
        faults.append(f"{word}: {type(table).__name__}, expected a GeoDataFrame")
        return []
    if not len(table):
        faults.append(f"{word}: the table is empty")
        return []
    if key is not None and key not in table.columns:
        faults.append(f"{word}: no column {key!r} for names; there are {_columns(table)}")
        return []
    values = table.index if key is None else table[key]
    lost = np.asarray(values.isna())
    if lost.any():
        faults.append(f"{word}: {int(lost.sum())} rows have no name, first row {int(lost.argmax()) + 1}")
        return []
    labels = [str(v) for v in values]
    faults += twice(word, labels)
    return labels


def _columns(table: Any) -> str:
    return ", ".join(map(str, table.columns)) or "none"


def _column(word: str, table: Any, given: Any, faults: list[str]) -> Any:
    """Values of a column, or what was given in place of one."""
    if not isinstance(given, str):
        return given
    if given not in table.columns:
        faults.append(f"{word}: no column {given!r}; there are {_columns(table)}")
        return None
    return table[given].to_numpy()


def _differ(first: Any, second: Any) -> str:
    return f"crs: demand is in {_named(first)}, sites in {_named(second)}; bring both to one system (to_crs)"


def _named(crs: Any) -> str:
    """Short name of a system where it has one."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.to_string())


def _points(word: str, table: Any, labels: list[str], faults: list[str]) -> Floats | None:
    if not hasattr(table, "geometry"):
        return None
    xy = points_of(table)
    lost = np.asarray(~np.isfinite(xy).all(axis=1))
    if lost.any():
        some = ", ".join(labels[int(k)] for k in np.flatnonzero(lost)[:3])
        faults.append(f"{word}: {int(lost.sum())} rows have no place (empty geometry), first {some}")
        return None
    return xy
