"""Patches of a least size, exactly, as rows: every parcel of a class sends its area to a root of its patch.

    collected   A_ic + in_ic - out_ic >= patch_c root_ic                 A_ic = area_i use_ic
    passed_on   A_ic + in_ic - out_ic <= reach_ic root_ic                who is no root sends everything on
    rooted      root_ic <= use_ic
    within      sent_ijc <= patch_c use_ic                               only land of the class sends
    company     use_ic <= sum_{j beside i} use_jc                        where parcel i alone is too small

A patch may have several roots. So no border need carry more than ``patch_c``: on a tree that spans the patch, walk from
the leaves and make every parcel a root where ``patch_c`` has come together; what is left over at the end, less than
``patch_c``, goes to the nearest root. Hence the capacity of ``within``, which is far tighter than the area of all land,
and hence ``reach_ic = area_i + patch_c`` times the number of neighbours.

With ``patches="local"`` only ``company`` is there: necessary, not sufficient. Bounds from it hold for the exact rule.

The rows are a single-commodity flow as used for contiguity in land allocation since Shirabe (2005), "A model of
contiguity for spatial unit allocation", Geographical Analysis 37(1), 2-16; roots at will and the capacity are ours.
"""

from __future__ import annotations

import numpy as np

from formulations.algebra.affine import Affine
from formulations.zoning.draft import Draft
from formulations.zoning.rules import HECTARE
from instances.index import Index


def add_patches(draft: Draft) -> None:
    """Add the rule as the question asks for it."""
    land = draft.land
    option = draft.option
    asked = land.patch[option["land_class"].position]
    area = land.area[option["parcel"].position]
    small = np.flatnonzero(area < asked)
    if not small.size:
        return
    arc = _arcs(draft)
    _company(draft, arc, small)
    if draft.question.patches == "exact":
        _flow(draft, arc)


def _arcs(draft: Draft) -> Index:
    """From every option with a patch to the same class next door, in both directions."""
    land = draft.land
    a, b = land.boundary["a"].position, land.boundary["b"].position
    kinds = np.flatnonzero(land.patch > 0)
    one, other = draft.at[np.ix_(a, kinds)].ravel(), draft.at[np.ix_(b, kinds)].ravel()
    both = (one >= 0) & (other >= 0)
    tail, head = np.r_[one[both], other[both]], np.r_[other[both], one[both]]
    order = np.lexsort((head, tail))
    return Index.tuples("arc", tail=(draft.option, tail[order]), head=(draft.option, head[order]))


def _company(draft: Draft, arc: Index, small: np.ndarray) -> None:
    program = draft.program
    lonely = Index.tuples("lonely", option=(draft.option, small))
    beside = draft.use.at(arc["head"]).sum_by(arc["tail"])
    program.require(company=draft.use.at(lonely["option"]) <= beside.at(lonely["option"]))
    program.describe("company", unit="parcels", doc="Land too small for a patch has a neighbour of its class.")


def _flow(draft: Draft, arc: Index) -> None:
    land, program = draft.land, draft.program
    rooting = np.flatnonzero(land.patch[draft.option["land_class"].position] > 0)
    member = Index.tuples("patch member", option=(draft.option, rooting))
    parcel = draft.option["parcel"].position[rooting]
    asked = land.patch[draft.option["land_class"].position[rooting]] / HECTARE
    area = land.area[parcel] / HECTARE
    root = program.binary("root", member, doc="The patch of the class collects its area here.")
    limit = land.patch[draft.option["land_class"].position[arc["tail"].position]] / HECTARE
    sent = program.variable("sent", arc, upper=limit, unit="ha", doc="Area counted on from parcel to parcel.")
    kept: Affine = (sent.sum_by(arc["head"]) - sent.sum_by(arc["tail"])).at(member["option"])
    use = draft.use.at(member["option"])
    collected = kept + area * use
    reach = area + asked * np.bincount(arc["head"].position, minlength=draft.option.size)[rooting]
    program.require(
        collected=collected >= asked * root,
        passed_on=collected <= reach * root,
        rooted=root <= use,
        within=sent <= limit * draft.use.at(arc["tail"]),
    )
    program.describe("collected", unit="ha", doc="A root has come together a patch of the size asked for.")
    program.describe("passed_on", unit="ha", doc="Land that is no root sends its area on.")
    program.describe("rooted", unit="parcels", doc="Only land of the class is a root.")
    program.describe("within", unit="ha", doc="Area is counted on only through land of the class.")
