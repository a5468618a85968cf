"""The arguments of spopt's constructors, read as our data."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.nearby import nearby
from formulations.location.question import Question
from instances.schema import InstanceError
from solver.locating.asking import question_named
from solver.locating.frames import points_of, systems_faults


def question_of(title: str, **values: Any) -> Question:
    """The question of a title."""
    return question_named(title)(**values)


def whole(p: Any) -> Any:
    """LSCP-B of spopt hands on 3.0; anything else that is not whole is left for the question to refuse."""
    return int(p) if isinstance(p, float | np.floating) and float(p).is_integer() else p


def shape_of(cost_matrix: Any, name: str) -> tuple[int, int]:
    """Clients and facilities of a matrix, dense or sparse, or of pairs."""
    if hasattr(cost_matrix, "points"):
        return int(cost_matrix.points), int(cost_matrix.sites)
    shape = cost_matrix.shape if hasattr(cost_matrix, "shape") else np.shape(cost_matrix)
    if len(shape) != 2:
        raise InstanceError(name, [f"cost_matrix: of shape {shape}, expected (clients, facilities)"])
    return int(shape[0]), int(shape[1])


def access_of_matrix(
    cost_matrix: Any,
    weights: Any,
    predefined: Any,
    capacity: Any,
    name: str,
    *,
    unreached: bool = False,
    frames: tuple[Any, Any] = (None, None),
) -> Access:
    """The data as they are given to a constructor of spopt."""
    m = shape_of(cost_matrix, name)[1]
    return Access.of(
        np.asarray(weights, float).reshape(-1),  # spopt takes a column too
        cost_matrix,
        demand=labels_of(frames[0]),
        site=labels_of(frames[1]),
        capacity=None if capacity is None else np.asarray(capacity, float).reshape(-1),
        status=status_of(predefined, m, name),
        frames=frames,
        unreached=unreached,
    )


def labels_of(frame: Any) -> list[str] | None:
    """The index of a table if it names every row; else positions."""
    return [str(v) for v in frame.index] if frame is not None and frame.index.is_unique else None


def status_of(predefined: Any, m: int, name: str) -> NDArray[np.str_] | None:
    """``required`` where a facility is predefined: 0 and 1, true and false, or positions."""
    if predefined is None:
        return None
    given = np.asarray(predefined)
    given = given.reshape(-1) if given.ndim == 2 and 1 in given.shape else given
    what = f"predefined_facilities_arr: expected {m} times 0 or 1, or positions below {m}"
    if given.ndim != 1 or given.dtype.kind not in "biuf" or not np.isfinite(given.astype(float)).all():
        raise InstanceError(name, [what])
    if len(given) == m and np.isin(given, (0, 1)).all():
        must = given.astype(bool)
    elif given.dtype.kind in "iu" and len(given) < m and ((given >= 0) & (given < m)).all():
        must = np.zeros(m, bool)
        must[given] = True
    else:
        raise InstanceError(name, [what])
    return np.where(must, "required", "candidate")


def values_of(frame: Any, column: str | None) -> Any:
    """A column of a table, or None where none is named."""
    if column is None:
        return None
    if column not in frame.columns:
        names = ", ".join(map(str, frame.columns))
        raise InstanceError("The table cannot be used", [f"no column {column!r}; there are {names}"])
    return frame[column].to_numpy()


def distances_of(
    gdf_demand: Any, gdf_fac: Any, demand_col: str, facility_col: str, metric: str, radius: float = np.inf
) -> Any:
    """Distances between the geometries of two tables; in a straight line only those within the radius."""
    demand, sites = gdf_demand.set_geometry(demand_col), gdf_fac.set_geometry(facility_col)
    drawn = demand.crs is None and sites.crs is None  # spopt also works on drawings without a system
    if not drawn and (faults := systems_faults(demand, sites)):
        raise InstanceError("The tables cannot be used", faults)
    here, there = points_of(demand), points_of(sites)
    if metric == "euclidean":
        return nearby(here, there, radius)
    from scipy.spatial.distance import cdist

    full: Floats = cdist(here, there, metric)  # type: ignore[call-overload]
    return full
