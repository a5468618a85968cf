"""Multi-level facility location: choose depots and warehouses so that supplying everybody costs least.

Goods go from a depot of the upper tier to a warehouse (a site) and from there to a demand point.

    open_j       warehouse j is open                                              binary
    depot_k      depot k is used                                                  binary
    share_ijk    part of what demand point i needs that comes from k by way of j  0..1

    cost         sum_j cost_j open_j + sum_k cost_k depot_k
                 + sum_ijk (w_i d_ij + amount_i haul_kj) share_ijk

    served       sum_jk share_ijk = 1
    linked       sum_k share_ijk <= open_j
    supplied     sum_j share_ijk <= depot_k
    room         sum_ik amount_i share_ijk <= capacity_j open_j                   where capacities are finite
    stock        sum_ij amount_i share_ijk <= capacity_k depot_k
    enough, enough_stock    what is open can take everything; follows, and tightens the relaxation

Each share follows a whole way: the relaxation is tighter than with flows between tiers. Source: Kaufman, Vanden Eede
and Hansen (1977), "A plant and warehouse location problem", Operational Research Quarterly 28(3), 547-554.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import add_aims
from formulations.location.assigned import room_checks, trips
from formulations.location.charge.charges import ChargesSites, opening
from formulations.location.charge.depots import Depots
from formulations.location.faults import first
from formulations.location.judgement import Checked, Judgement, checked
from formulations.location.siting import Siting
from instances.index import Index


@dataclass(frozen=True)
class MultiLevelFacilityLocation(ChargesSites):
    """The question; for ``p`` see :class:`~formulations.location.question.ChoosesSites`.

    A plan's ``more`` holds ``depot``, shape (K,), 1 where a depot is used, and ``supply``, shape (K, n, m): which part
    of a demand point's need comes from which depot by way of which warehouse.

    Parameters
    ----------
    depots
        The upper tier; must be given.
    """

    depots: Depots | None = None

    title: ClassVar[str] = "multi-level facility location"

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`; costs of opening must be known, and everybody needs a way to a depot."""
        if isinstance(self.depots, Depots):
            tier = self.depots.faults(access) or _lost_faults(access, self.depots)
        else:
            tier = ["depots: the upper tier is missing; give Depots.of(...)"]
        return [*tier, *super().faults(access)]

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        depots = self._tier()
        used = program.binary("depot", depots.depot, doc="The depot is used.")
        route, way, haul = _routes(access, depots)
        share = program.variable("share", route, upper=1.0, doc="Part of the demand point supplied on this way.")
        amount = access.takes
        take = amount[route["demand"].position]
        pair, to_pair = Index.grouped("pair", route, demand=route["demand"], site=route["site"])
        source, to_source = Index.grouped("source", route, demand=route["demand"], depot=route["depot"])
        program.subject_to(
            served=(share.sum_by(route["demand"]) == 1).where(access.weight > 0),
            linked=share.sum_by(to_pair) <= opened.at(pair["site"]),
            supplied=share.sum_by(to_source) <= used.at(source["depot"]),
        )
        program.describe("served", doc="Everybody is supplied.")
        program.describe("linked", doc="Nothing goes by way of a closed warehouse.")
        program.describe("supplied", doc="Nothing comes from a depot that is not used.")
        total = float(amount[access.served].sum())
        for name, room, tier, to in (
            ("room", access.capacity, opened, route["site"]),
            ("stock", depots.capacity, used, route["depot"]),
        ):
            if room is not None and np.isfinite(room).any():
                _add_room(program, name, room, tier, (take * share).sum_by(to), total)
        burden = (way * share).sum_by(route["demand"])
        spent = (opening(access, self.rules(access)) * opened).sum() + (depots.cost * used).sum()
        hauled = (haul * take * share).sum()
        add_aims(program, self, access, spent + (access.weight * burden).sum() + hauled, burden)

    def siting(self, access: Access, matrix: Matrix, x: Floats) -> Siting:
        """See :meth:`Question.siting`."""
        depots = self._tier()
        opened, used = (x[matrix.columns[name].span] > 0.5 for name in ("open", "depot"))
        block = matrix.columns["share"]
        (route,) = block.dims
        i, j, k = (route[part].position for part in ("demand", "site", "depot"))
        part = np.where(opened[j] & used[k] & (x[block.span] > 1e-7), x[block.span], 0.0)
        total = np.bincount(i, part, minlength=access.demand.size)
        part = part / np.where(np.abs(total - 1.0) < 1e-5, total, 1.0)[i]
        supply = np.zeros((depots.depot.size, access.demand.size, access.site.size))
        supply[k, i, j] = part
        to_site = supply.sum(axis=0)
        who, where = np.nonzero(to_site > 0)
        plan = trips(access, opened, who, where, to_site[who, where])
        more = {"depot": used.astype(float), "supply": supply}
        return Siting(plan.open, plan.demand, plan.site, plan.share, more)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`; ``opening``, ``travel`` and ``haul`` are reported beside their sum."""
        depots = self._tier()
        # a plan that says nothing about depots uses none
        used = siting.more.get("depot", np.zeros(depots.depot.size)) > 0.5
        supply = siting.more.get("supply", np.zeros((depots.depot.size, access.demand.size, access.site.size)))
        load = np.einsum("i,kij->kj", access.takes, supply)
        with np.errstate(invalid="ignore"):
            haul = float(np.where(load > 0, load * depots.haul, 0.0).sum())
        checks = [*room_checks(access, siting), *_tier_checks(access, depots, siting, used, supply)]
        return self.charged(access, siting, checks, float(depots.cost[used].sum()), haul=haul)

    def _tier(self) -> Depots:
        assert self.depots is not None
        return self.depots


def _lost_faults(access: Access, depots: Depots) -> list[str]:
    """People who reach sites, but none of them from any depot."""
    pairs = access.pairs
    supplied: NDArray[np.bool_] = np.any(np.isfinite(depots.haul), axis=0)
    ways = np.bincount(pairs.demand[supplied[pairs.site]], minlength=access.demand.size)
    lost = (access.weight > 0) & (pairs.count > 0) & (ways == 0)
    if not lost.any():
        return []
    return [f"haul: {int(lost.sum())} demand points have no way to a depot, first {first(access.demand, lost)}"]


def _routes(access: Access, depots: Depots) -> tuple[Index, Floats, Floats]:
    """All ways from a depot to a demand point, with the distance of their last leg and the cost of their first."""
    pairs = access.pairs
    kept = np.flatnonzero(access.weight[pairs.demand] > 0)
    i, j, way = pairs.demand[kept], pairs.site[kept].astype(np.intp), pairs.distance[kept]
    at, k = np.nonzero(np.isfinite(depots.haul[:, j]).T)
    route = Index.tuples("route", demand=(access.demand, i[at]), site=(access.site, j[at]), depot=(depots.depot, k))
    return route, way[at], depots.haul[k, j[at]]


def _add_room(program: Program, name: str, room: Floats, tier: Affine, load: Affine, total: float) -> None:
    """Rows that a tier takes no more than it can, and that what is used of it can take everything."""
    finite = np.isfinite(room)
    held = np.where(finite, room, 0.0)
    program.subject_to(**{name: (load - held * tier <= 0.0).where(finite)})
    program.describe(name, doc="Nothing takes more than its capacity.")
    if finite.all():
        enough = "enough" if name == "room" else "enough_stock"
        program.subject_to(**{enough: (held * tier).sum() >= total})
        program.describe(enough, doc="What is open can take everything.")


def _tier_checks(
    access: Access, depots: Depots, siting: Siting, used: NDArray[np.bool_], supply: Floats
) -> list[Checked]:
    """Whether depots keep their stock, goods come on ways there are from depots in use, and reach who has a trip."""
    from_depot = np.einsum("i,kij->k", access.takes, supply)
    stock = np.where(used, depots.capacity, 0.0)
    moved: NDArray[np.bool_] = np.any(supply > 0, axis=1)
    bad = np.any(moved & ~np.isfinite(depots.haul), axis=1) | (np.any(moved, axis=1) & ~used)
    trip = np.zeros((access.demand.size, access.site.size))
    np.add.at(trip, (siting.demand, siting.site), siting.share)
    off = np.abs(supply.sum(axis=0) - trip).max(axis=1)
    return [
        checked("stock", from_depot - stock, np.where(np.isfinite(stock), stock, 1.0), depots.depot),
        checked("from_depots", bad.astype(float), 1.0, depots.depot),
        checked("supplied", off, 1.0, access.demand),
    ]
