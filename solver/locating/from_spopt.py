"""For users of spopt: the same names and arguments, our answers.

    from spopt.locate import PMedian                     from solver.locating.from_spopt import PMedian
    model = PMedian.from_cost_matrix(D, w, 4)            model = PMedian.from_cost_matrix(D, w, 4)
    model = model.solve(pulp.PULP_CBC_CMD())             model = model.solve()
    model.fac2cli, model.mean_dist                       model.fac2cli, model.mean_dist, model.bound, model.status

What differs, on purpose: an infinite cost is out of reach (spopt reads it as a number); predefined facilities are given
as 0 and 1, as true and false, or as positions, and are read as what they are (as true and false, spopt takes a list of
positions where it is shorter); areas stand for a point inside them and not for their centroid; a question without a
plan is an answer with a status and a reason, not an exception; a stopped run never says that it is optimal; ties may
be broken in another way. spopt 0.7 counts clients that only one facility can cover at all as having a backup
(``LSCPB.backup_perc``); here they have none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formulations.location.access import Access
from formulations.location.question import Question
from instances.schema import InstanceError
from solver.locating.locate import locate
from solver.locating.spopt_data import (
    access_of_matrix,
    distances_of,
    labels_of,
    question_of,
    shape_of,
    status_of,
    values_of,
    whole,
)
from solver.locating.spopt_names import SpoptLocated


@dataclass(frozen=True, eq=False)
class Asked:
    """A question with its data, as the constructors of spopt return a model; :meth:`solve` answers it."""

    question: Question
    access: Access
    name: str = ""
    weights_sum: float | None = None
    covers: bool = field(default=False, kw_only=True)

    def solve(self, solver: Any = None, results: bool = True, **terms: Any) -> SpoptLocated:
        """The answer.

        Parameters
        ----------
        solver, results
            Accepted so that a call written for spopt works; a solver of pulp is not used.
        **terms
            ``gap``, ``time_limit``, ``threads``, ... of :func:`solver.locating.locate.locate`.
        """
        return SpoptLocated.of(locate(self.question, self.access, **terms), self.weights_sum, self.covers)


class LSCP:
    """Set covering, with capacities if they are given."""

    @classmethod
    def from_cost_matrix(
        cls,
        cost_matrix: Any,
        service_radius: float,
        predefined_facilities_arr: Any = None,
        demand_quantity_arr: Any = None,
        facility_capacity_arr: Any = None,
        name: str = "lscp",
        **data: Any,
    ) -> Asked:
        """See ``spopt.locate.LSCP.from_cost_matrix``."""
        if demand_quantity_arr is not None and facility_capacity_arr is None:
            raise InstanceError(name, ["demand_quantity_arr: demand without facility_capacity_arr; give both"])
        n = shape_of(cost_matrix, name)[0]
        need = np.ones(n) if demand_quantity_arr is None else demand_quantity_arr
        access = access_of_matrix(cost_matrix, need, predefined_facilities_arr, facility_capacity_arr, name, **data)
        title = "LSCP" if facility_capacity_arr is None else "capacitated LSCP"
        return Asked(question_of(title, radius=service_radius), access, name, covers=facility_capacity_arr is None)

    @classmethod
    def from_geodataframe(
        cls,
        gdf_demand: Any,
        gdf_fac: Any,
        demand_col: str,
        facility_col: str,
        service_radius: float,
        predefined_facility_col: str | None = None,
        demand_quantity_col: str | None = None,
        facility_capacity_col: str | None = None,
        distance_metric: str = "euclidean",
        name: str = "lscp",
    ) -> Asked:
        """See ``spopt.locate.LSCP.from_geodataframe``."""
        return cls.from_cost_matrix(
            distances_of(gdf_demand, gdf_fac, demand_col, facility_col, distance_metric, service_radius),
            service_radius,
            values_of(gdf_fac, predefined_facility_col),
            values_of(gdf_demand, demand_quantity_col),
            values_of(gdf_fac, facility_capacity_col),
            name,
            frames=(gdf_demand, gdf_fac),
        )


class LSCPB:
    """Set covering, and as many clients as can be with a second facility."""

    @classmethod
    def from_cost_matrix(
        cls,
        cost_matrix: Any,
        service_radius: float,
        solver: Any = None,
        predefined_facilities_arr: Any = None,
        name: str = "lscp-b",
        **data: Any,
    ) -> Asked:
        """See ``spopt.locate.LSCPB.from_cost_matrix``; the solver is not used."""
        need = np.ones(shape_of(cost_matrix, name)[0])
        access = access_of_matrix(cost_matrix, need, predefined_facilities_arr, None, name, **data)
        return Asked(question_of("LSCP-B", radius=service_radius), access, name, covers=True)

    @classmethod
    def from_geodataframe(
        cls,
        gdf_demand: Any,
        gdf_fac: Any,
        demand_col: str,
        facility_col: str,
        service_radius: float,
        solver: Any = None,
        predefined_facility_col: str | None = None,
        distance_metric: str = "euclidean",
        name: str = "lscp-b",
    ) -> Asked:
        """See ``spopt.locate.LSCPB.from_geodataframe``; the solver is not used."""
        distances = distances_of(gdf_demand, gdf_fac, demand_col, facility_col, distance_metric, service_radius)
        must = values_of(gdf_fac, predefined_facility_col)
        return cls.from_cost_matrix(distances, service_radius, solver, must, name, frames=(gdf_demand, gdf_fac))


class MCLP:
    """Maximal covering."""

    @classmethod
    def from_cost_matrix(
        cls,
        cost_matrix: Any,
        weights: Any,
        service_radius: float,
        p_facilities: int,
        predefined_facilities_arr: Any = None,
        name: str = "mclp",
        **data: Any,
    ) -> Asked:
        """See ``spopt.locate.MCLP.from_cost_matrix``."""
        access = access_of_matrix(cost_matrix, weights, predefined_facilities_arr, None, name, unreached=True, **data)
        return Asked(question_of("MCLP", p=whole(p_facilities), radius=service_radius), access, name, covers=True)

    @classmethod
    def from_geodataframe(
        cls,
        gdf_demand: Any,
        gdf_fac: Any,
        demand_col: str,
        facility_col: str,
        weights_cols: str,
        service_radius: float,
        p_facilities: int,
        predefined_facility_col: str | None = None,
        distance_metric: str = "euclidean",
        name: str = "mclp",
    ) -> Asked:
        """See ``spopt.locate.MCLP.from_geodataframe``."""
        return cls.from_cost_matrix(
            distances_of(gdf_demand, gdf_fac, demand_col, facility_col, distance_metric, service_radius),
            values_of(gdf_demand, weights_cols),
            service_radius,
            p_facilities,
            values_of(gdf_fac, predefined_facility_col),
            name,
            frames=(gdf_demand, gdf_fac),
        )


class PMedian:
    """p-median, with capacities if they are given; then every client goes to one facility, as in spopt."""

    @classmethod
    def from_cost_matrix(
        cls,
        cost_matrix: Any,
        weights: Any,
        p_facilities: int,
        predefined_facilities_arr: Any = None,
        facility_capacities: Any = None,
        fulfill_predefined_fac: bool = False,
        name: str = "p-median",
        **data: Any,
    ) -> Asked:
        """See ``spopt.locate.PMedian.from_cost_matrix``; ``fulfill_predefined_fac`` is refused."""
        if fulfill_predefined_fac:
            what = (
                "fulfill_predefined_fac: filling facilities to the last place is no part of our question; leave it out"
            )
            raise InstanceError(name, [what])
        access = access_of_matrix(cost_matrix, weights, predefined_facilities_arr, facility_capacities, name, **data)
        title = "p-median" if facility_capacities is None else "capacitated p-median"
        return Asked(question_of(title, p=whole(p_facilities)), access, name)

    @classmethod
    def from_geodataframe(
        cls,
        gdf_demand: Any,
        gdf_fac: Any,
        demand_col: str,
        facility_col: str,
        weights_cols: str,
        p_facilities: int,
        facility_capacity_col: str | None = None,
        predefined_facility_col: str | None = None,
        fulfill_predefined_fac: bool = False,
        distance_metric: str = "euclidean",
        name: str = "p-median",
    ) -> Asked:
        """See ``spopt.locate.PMedian.from_geodataframe``."""
        return cls.from_cost_matrix(
            distances_of(gdf_demand, gdf_fac, demand_col, facility_col, distance_metric),
            values_of(gdf_demand, weights_cols),
            p_facilities,
            values_of(gdf_fac, predefined_facility_col),
            values_of(gdf_fac, facility_capacity_col),
            fulfill_predefined_fac,
            name,
            frames=(gdf_demand, gdf_fac),
        )


class KNearestPMedian:
    """p-median with near-far allocation: k says where the search begins, and the answer is the p-median, proven.

    spopt looks at more facilities until everybody has one, and stops there; here more are looked at until it is proven
    that those left out cannot help. Who wants people to go to their k nearest facilities at most asks
    :class:`~formulations.location.median.k_nearest_p_median.KNearestPMedian` with ``strict``.
    """

    @classmethod
    def from_geodataframe(
        cls,
        gdf_demand: Any,
        gdf_fac: Any,
        demand_col: str,
        facility_col: str,
        weights_cols: str,
        p_facilities: int,
        facility_capacity_col: str | None = None,
        k_array: NDArray[np.intp] | None = None,
        distance_metric: str = "euclidean",
        name: str = "k-nearest-p-median",
    ) -> Asked:
        """See ``spopt.locate.KNearestPMedian.from_geodataframe``."""
        k: Any = min(len(gdf_fac), 5)
        if k_array is not None:
            near = np.asarray(k_array)
            if (
                near.shape != (len(gdf_demand),)
                or near.dtype.kind not in "iu"
                or (near < 1).any()
                or (near > len(gdf_fac)).any()
            ):
                what = f"k_array: expected {len(gdf_demand)} whole numbers from 1 to {len(gdf_fac)}"
                raise InstanceError(name, [what])
            k = tuple(near.tolist())
        access = access_of_matrix(
            distances_of(gdf_demand, gdf_fac, demand_col, facility_col, distance_metric),
            values_of(gdf_demand, weights_cols),
            None,
            values_of(gdf_fac, facility_capacity_col),
            name,
            frames=(gdf_demand, gdf_fac),
        )
        limited = facility_capacity_col is not None
        return Asked(question_of("k-nearest p-median", p=whole(p_facilities), k=k, capacitated=limited), access, name)


class PCenter:
    """p-center; every client counts alike, as in spopt."""

    @classmethod
    def from_cost_matrix(
        cls,
        cost_matrix: Any,
        p_facilities: int,
        predefined_facilities_arr: Any = None,
        name: str = "p-center",
        **data: Any,
    ) -> Asked:
        """See ``spopt.locate.PCenter.from_cost_matrix``."""
        need = np.ones(shape_of(cost_matrix, name)[0])
        access = access_of_matrix(cost_matrix, need, predefined_facilities_arr, None, name, **data)
        return Asked(question_of("p-center", p=whole(p_facilities)), access, name)

    @classmethod
    def from_geodataframe(
        cls,
        gdf_demand: Any,
        gdf_fac: Any,
        demand_col: str,
        facility_col: str,
        p_facilities: int,
        predefined_facility_col: str | None = None,
        distance_metric: str = "euclidean",
        name: str = "p-center",
    ) -> Asked:
        """See ``spopt.locate.PCenter.from_geodataframe``."""
        distances = distances_of(gdf_demand, gdf_fac, demand_col, facility_col, distance_metric)
        must = values_of(gdf_fac, predefined_facility_col)
        return cls.from_cost_matrix(distances, p_facilities, must, name, frames=(gdf_demand, gdf_fac))


class PDispersion:
    """p-dispersion."""

    @classmethod
    def from_cost_matrix(
        cls,
        cost_matrix: Any,
        p_facilities: int,
        predefined_facilities_arr: Any = None,
        name: str = "p-dispersion",
        frame: Any = None,
    ) -> Asked:
        """See ``spopt.locate.PDispersion.from_cost_matrix``."""
        m = shape_of(cost_matrix, name)[1]
        status = status_of(predefined_facilities_arr, m, name)
        access = Access.of_sites(cost_matrix, site=labels_of(frame), status=status, frame=frame)
        return Asked(question_of("p-dispersion", p=whole(p_facilities)), access, name)

    @classmethod
    def from_geodataframe(
        cls,
        gdf_fac: Any,
        facility_col: str,
        p_facilities: int,
        predefined_facility_col: str | None = None,
        distance_metric: str = "euclidean",
        name: str = "p-dispersion",
    ) -> Asked:
        """See ``spopt.locate.PDispersion.from_geodataframe``."""
        distances = distances_of(gdf_fac, gdf_fac, facility_col, facility_col, distance_metric)
        full = distances.to_dense() if hasattr(distances, "to_dense") else distances
        return cls.from_cost_matrix(full, p_facilities, values_of(gdf_fac, predefined_facility_col), name, gdf_fac)
