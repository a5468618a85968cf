"""From a model that was built with spopt to our question and data; spopt itself is not needed for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from formulations.location.access import Access
from instances.schema import InstanceError
from solver.locating.from_spopt import Asked, KNearestPMedian, PCenter
from solver.locating.spopt_data import access_of_matrix, question_of


def from_spopt(model: Any) -> Asked:
    """Read a model of ``spopt.locate``, solved or not, and ask the same here.

    Models of spopt keep what their rows need and not the data: of a covering model the 0 and 1 of who covers whom, so
    distances are 1 within the radius; of a p-median distance times weight, so weights are 1 and ``mean_dist`` divides
    by the sum that the model kept.

    Parameters
    ----------
    model
        ``LSCP``, ``LSCPB``, ``MCLP``, ``PMedian``, ``KNearestPMedian`` or ``PCenter``.

    Raises
    ------
    InstanceError
        If it is another object, or a model whose data are not in it: ``PDispersion`` and those with capacities. Their
        constructors are in :mod:`solver.locating.from_spopt`.
    """
    kind = type(model).__name__
    if kind not in READERS:
        known = ", ".join(READERS)
        what = f"{kind} cannot be read from the object; use its constructor in solver.locating.from_spopt"
        raise InstanceError("The model cannot be read", [what, f"what can be read: {known}"])
    return READERS[kind](model)


def _covering(model: Any) -> Asked:
    """Set covering, plain or with backup."""
    if hasattr(model, "cli_assgn_vars"):
        raise InstanceError("The model cannot be read", ["capacities are not kept in it; use LSCP.from_cost_matrix"])
    title = "LSCP-B" if type(model).__name__ == "LSCPB" else "LSCP"
    need = np.ones(np.shape(model.aij)[0])
    return Asked(question_of(title, radius=1.0), _covered(model, need, False), model.name, covers=True)


def _maximal(model: Any) -> Asked:
    weight_of = {id(variable): weight for variable, weight in model.problem.objective.items()}
    weights = np.array([float(weight_of.get(id(variable), 0.0)) for variable in model.cli_vars])
    question = question_of("MCLP", p=_count(model), radius=1.0)
    return Asked(question, _covered(model, weights, True), model.name, covers=True)


def _median(model: Any) -> Asked:
    _uncapacitated(model)
    weighted = np.asarray(model.aij, float)
    access = access_of_matrix(weighted, np.ones(len(weighted)), _must(model), None, model.name)
    return Asked(question_of("p-median", p=_count(model)), access, model.name, float(model.ai_sum))


def _nearest(model: Any) -> Asked:
    """The data of this one are kept as they were given."""
    import geopandas

    columns: dict[str, Any] = {"weights": np.asarray(model.weights, float).reshape(-1)}
    demand = geopandas.GeoDataFrame(columns, geometry=geopandas.points_from_xy(*np.asarray(model.clients).T))
    room = {} if model.capacities is None else {"room": np.asarray(model.capacities, float)}
    sites = geopandas.GeoDataFrame(room, geometry=geopandas.points_from_xy(*np.asarray(model.facilities).T))
    return KNearestPMedian.from_geodataframe(
        demand, sites, "geometry", "geometry", "weights", model.p_facilities, "room" if room else None,
        np.asarray(model.k_array), model.distance_metric, model.name,
    )  # fmt: skip


def _center(model: Any) -> Asked:
    return PCenter.from_cost_matrix(np.asarray(model.aij, float), _count(model), _must(model), model.name)


READERS: dict[str, Callable[[Any], Asked]] = {
    "LSCP": _covering,
    "LSCPB": _covering,
    "MCLP": _maximal,
    "PMedian": _median,
    "KNearestPMedian": _nearest,
    "PCenter": _center,
}


def _covered(model: Any, weights: Any, unreached: bool) -> Access:
    near = np.where(np.asarray(model.aij) > 0, 1.0, np.inf)
    return access_of_matrix(near, weights, _must(model), None, model.name, unreached=unreached)


def _must(model: Any) -> Any:
    """Facilities that are fixed to be open."""
    return np.array([float(variable.lowBound or 0.0) >= 1.0 for variable in model.fac_vars])


def _rows(model: Any) -> list[Any]:
    rows = model.problem.constraints
    rows = rows() if callable(rows) else rows
    return list(rows.values()) if hasattr(rows, "values") else list(rows)


def _count(model: Any) -> int:
    """How many facilities are chosen: the right side of the row that adds them all up."""
    ours = {id(variable) for variable in model.fac_vars}
    for row in _rows(model):
        if row.sense == 0 and {id(v) for v, _ in row.items()} == ours and all(a == 1 for _, a in row.items()):
            return round(-float(row.constant))
    raise InstanceError("The model cannot be read", ["no row says how many facilities are chosen"])


def _uncapacitated(model: Any) -> None:
    """Rows of a p-median tie one client to one facility; one that ties many clients to a facility is a capacity."""
    if any(row.sense != 0 and len(list(row.items())) > 2 for row in _rows(model)):
        what = "capacities and weights are not kept in it; use PMedian.from_cost_matrix"
        raise InstanceError("The model cannot be read", [what])
