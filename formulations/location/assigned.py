"""People are assigned to sites that can take only so much: rows that all questions with capacities share.

    share_ij     part of what demand point i needs that goes to site j            0..1, binary if undivided
                 (pairs within reach of points where somebody lives)

    served       sum_j share_ij = 1                                               at most 1 if not everybody has to go
    linked       share_ij <= open_j
    room         sum_i amount_i share_ij <= capacity_j open_j                     where the capacity is finite
    enough       sum_j capacity_j open_j >= sum_i amount_i                        follows; it tightens the relaxation

``linked`` follows from ``room`` for whole plans, but without it the relaxation is far too weak; no row has a number
larger than a capacity. Source: Cornuejols, Sridharan and Thizy (1991), European Journal of Operational Research 50(3),
280-297, DOI 10.1016/0377-2217(91)90261-S, which compares these relaxations.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.faults import first
from formulations.location.judgement import Checked, checked
from formulations.location.question import Question
from formulations.location.siting import Siting
from instances.index import Index

SMALL = 1e-9
"""A share below this is a solver's rounding and no trip."""


@dataclass(frozen=True, eq=False)
class Assigned:
    """The shares and what runs over them.

    Attributes
    ----------
    pair
        Tuples of a demand point and a site, by demand point, then from the nearest site outwards.
    distance
        Shape (pairs,).
    share
        Over the pairs.
    """

    pair: Index
    distance: Floats
    share: Affine

    def way(self) -> Affine:
        """How far people of each demand point go on average over their shares, over the demand points."""
        return (self.distance * self.share).sum_by(self.pair["demand"])


def add_assigned(
    program: Program,
    access: Access,
    opened: Affine,
    *,
    undivided: bool = False,
    everybody: bool = True,
    radius: float | Floats = np.inf,
    capacity: Floats | None = None,
) -> Assigned:
    """Variable ``share`` and rows ``served``, ``linked``, ``room`` and ``enough``.

    Parameters
    ----------
    opened
        Over the sites.
    undivided
        Whether a demand point goes to one site as a whole.
    everybody
        Whether all have to be served, or may be.
    radius
        Only pairs within it, one for all or one for each demand point, shape (n,).
    capacity
        Shape (m,); ``access.capacity`` if None, and no ``room`` where that is not known either.
    """
    pairs = access.pairs
    owner, limit = pairs.demand, np.broadcast_to(np.asarray(radius, float), (pairs.points,))
    keep = np.flatnonzero((access.weight[owner] > 0) & (pairs.distance <= limit[owner]))
    i, j = owner[keep], pairs.site[keep].astype(np.intp)
    pair = Index.tuples("pair", demand=(access.demand, i), site=(access.site, j))
    doc = "The demand point goes to the site." if undivided else "Part of the demand point that goes to the site."
    share = program.variable("share", pair, upper=1.0, integer=undivided, doc=doc)
    total, lives = share.sum_by(pair["demand"]), access.weight > 0
    program.subject_to(
        served=(total == 1 if everybody else total <= 1).where(lives),
        linked=share <= opened.at(pair["site"]),
    )
    program.describe("served", doc="Everybody is served." if everybody else "Nobody is served twice.")
    program.describe("linked", doc="Nobody goes to a closed site.")
    room = access.capacity if capacity is None else capacity
    if room is not None:
        _add_room(program, access, opened, pair, share, room, everybody)
    return Assigned(pair, pairs.distance[keep], share)


def _add_room(
    program: Program, access: Access, opened: Affine, pair: Index, share: Affine, room: Floats, everybody: bool
) -> None:
    finite = np.isfinite(room)
    held, amount = np.where(finite, room, 0.0), access.takes
    if not finite.any():
        return
    load = (amount[pair["demand"].position] * share).sum_by(pair["site"])
    program.subject_to(room=(load - held * opened <= 0.0).where(finite))
    program.describe("room", doc="A site takes no more than its capacity.")
    if everybody and finite.all():
        program.subject_to(enough=(held * opened).sum() >= float(amount[access.served].sum()))
        program.describe("enough", doc="All open sites together can take everybody.")


class RationsPlaces(Question):
    """A question in which sites take only so much, and the plan says who goes where.

    ``undivided``, a parameter or fixed, says whether a demand point goes to one site as a whole.
    """

    @property
    @abstractmethod
    def undivided(self) -> bool:
        """Whether a demand point goes to one site as a whole."""

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`; capacities must be known."""
        return [*room_faults(access), *super().faults(access)]

    def siting(self, access: Access, matrix: Matrix, x: Floats) -> Siting:
        """See :meth:`Question.siting`."""
        return assigned_siting(access, matrix, x)

    def room_checks(self, access: Access, siting: Siting) -> list[Checked]:
        """Whether no site takes more than its capacity and no demand point is divided that must not be."""
        return room_checks(access, siting, undivided=self.undivided)


def assigned_siting(access: Access, matrix: Matrix, x: Floats) -> Siting:
    """The plan that columns ``open`` and ``share`` describe; shares within a solver's tolerance of whole are whole."""
    opened = x[matrix.columns["open"].span] > 0.5
    block = matrix.columns["share"]
    (pair,) = block.dims
    return trips(access, opened, pair["demand"].position, pair["site"].position, x[block.span])


def trips(
    access: Access, opened: NDArray[np.bool_], demand: NDArray[np.intp], site: NDArray[np.intp], share: Floats
) -> Siting:
    """A plan from shares of pairs, shape (pairs,): what is too small for a trip is dropped, the rest adds up again.

    The sum of a demand point stays what it was if that is not nearly one.
    """
    share = np.where(share < 1e-7, 0.0, np.minimum(share, 1.0))
    share[~opened[site]] = 0.0
    total = np.bincount(demand, share, minlength=access.demand.size)
    nearly = np.abs(total - 1.0) < 1e-5
    share = np.where(nearly[demand], share / np.where(total > 0, total, 1.0)[demand], share)
    there = share > SMALL
    return Siting(np.asarray(opened, bool), demand[there], site[there], share[there])


def room_checks(
    access: Access, siting: Siting, *, undivided: bool = False, capacity: Floats | None = None
) -> list[Checked]:
    """Whether no site takes more than its capacity and, if asked, no demand point is divided; from the data."""
    room = access.capacity if capacity is None else capacity
    found = []
    if room is not None:
        taken = access.takes[siting.demand] * siting.share
        load = np.bincount(siting.site, taken, minlength=access.site.size).astype(float)
        # infinite capacity: no excess
        found.append(checked("room", load - room, np.where(np.isfinite(room), room, 1.0), access.site))
    if undivided:
        part = np.minimum(np.abs(siting.share), np.abs(1.0 - siting.share))
        off = np.bincount(siting.demand, part, minlength=access.demand.size).astype(float)
        found.append(checked("undivided", off, 1.0, access.demand))
    return found


def room_faults(access: Access, *, cost: bool = False, capacity: bool = True) -> list[str]:
    """What the data lack for a question with capacities or costs of opening."""
    found = []
    if capacity and access.capacity is None:
        found.append("capacity: the data say nothing about how much sites take; give capacity")
    if cost and access.cost is None:
        found.append("cost: the data say nothing about what sites cost; give cost")
    return found


def too_little_room(
    access: Access,
    may_open: NDArray[np.bool_],
    *,
    most: int | None = None,
    undivided: bool = False,
    radius: float | Floats = np.inf,
) -> str:
    """Why capacities cannot be enough for everybody, in a sentence that names the first culprit; "" if that is open.

    Parameters
    ----------
    may_open
        Sites that may be open, shape (m,).
    most
        How many of them may be open at most; None for all.
    radius
        As for :func:`add_assigned`.
    """
    if access.capacity is None:
        return ""
    amount, room, pairs = access.takes, np.where(may_open, access.capacity, 0.0), access.pairs
    owner, limit = pairs.demand, np.broadcast_to(np.asarray(radius, float), (pairs.points,))
    lives = access.weight > 0
    there = lives[owner] & may_open[pairs.site] & (pairs.distance <= limit[owner])
    reached = np.bincount(owner[there], minlength=access.demand.size) > 0
    if (lost := lives & ~reached).any():
        return f"{int(lost.sum())} demand points reach no site that may be open, first {first(access.demand, lost)}."
    total, order = float(amount[lives].sum()), np.sort(room)[::-1]
    held = float(order[:most].sum()) if most is not None else float(order.sum())
    margin = 1e-9 * max(total, 1.0)
    if total > held + margin:
        which = (
            f"the {most} largest sites hold" if most is not None and most < int(may_open.sum()) else "all sites hold"
        )
        return f"There is not enough room: {total:g} are needed, {which} {held:g}."
    within = np.zeros(access.demand.size)
    part = room[pairs.site[there]]
    if undivided:
        np.maximum.at(within, owner[there], part)
    else:
        within = np.bincount(owner[there], part, minlength=access.demand.size).astype(float)
    short = lives & (amount > within + margin)
    if short.any():
        k = int(np.flatnonzero(short)[0])
        what = "the largest site in its reach holds" if undivided else "all sites in its reach hold"
        more = f" (and {int(short.sum()) - 1} more)" if short.sum() > 1 else ""
        return f"The demand point {access.demand.label(k)}{more} needs {amount[k]:g}, {what} {within[k]:g}."
    return ""
