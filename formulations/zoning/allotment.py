"""Which parcel gets which class: each exactly one, areas within their targets, quarrelling classes kept apart.

    one_class    sum_c use_ic = 1                                        parcel i
    least_area   sum_i area_i use_ic >= least_c                          class c
    most_area    sum_i area_i use_ic <= most_c
    apart        sum_{c in S} use_ac + sum_{c in T} use_bc <= 1          border (a, b), every class of S quarrels with
                                                                         every class of T

A row of ``apart`` names the largest sets S and T that go together, since it then says more in the relaxation than one
row for every pair of classes. What is not allowed has no variable.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formulations.zoning.draft import Draft
from formulations.zoning.rules import HECTARE
from instances.index import Index

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


def add_allotment(draft: Draft) -> None:
    """Add one class per parcel, and targets and distances between classes if asked for."""
    land, program = draft.land, draft.program
    program.subject_to(one_class=draft.use.sum_by(draft.option["parcel"]) == 1)
    program.describe("one_class", unit="classes", doc="Every parcel has exactly one class.")
    if draft.question.targets:
        _targets(draft)
    if draft.question.apart and land.apart.any():
        _apart(draft)


def _targets(draft: Draft) -> None:
    land, program = draft.land, draft.program
    area = (draft.use * (land.area[draft.option["parcel"].position] / HECTARE)).sum_by(draft.option["land_class"])
    asked, total = land.least > 0, float(land.area.sum())
    if asked.any():
        program.require(least_area=(area >= land.least / HECTARE).where(asked))
        program.describe("least_area", unit="ha", doc="The class gets at least the land asked for.")
    capped = land.most < total
    if capped.any():
        program.require(most_area=(area <= land.most / HECTARE).where(capped))
        program.describe("most_area", unit="ha", doc="The class gets no more land than asked for.")


def quarrels(apart: Flags) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Pairs of sets (S, T), as large as they get, in which every class of S keeps apart from every class of T.

    Together, and used in both directions of a border, they cover every pair of classes that keep apart.
    """
    found = set()
    for c in np.flatnonzero(apart.any(axis=1)):
        against = np.flatnonzero(apart[c])
        side = np.flatnonzero(apart[:, against].all(axis=1))
        found.add((tuple(side.tolist()), tuple(against.tolist())))
    return sorted(found)


def _apart(draft: Draft) -> None:
    land, program = draft.land, draft.program
    a, b = land.boundary["a"].position, land.boundary["b"].position
    clash: list[Places] = []
    terms_of: list[Places] = []
    rows = 0
    for side, against in quarrels(land.apart):
        for one, other in ((a, b), (b, a)):
            left, right = (draft.at[at][:, list(kinds)] for at, kinds in ((one, side), (other, against)))
            real = np.flatnonzero((left >= 0).any(axis=1) & (right >= 0).any(axis=1))
            clash.append(real)
            for ends in (left[real], right[real]):
                row, column = np.nonzero(ends >= 0)
                terms_of.append(np.column_stack([rows + row, ends[row, column]]))
            rows += real.size
    if not rows:
        return
    border = np.concatenate(clash)
    # a pair (S, T) and its mirror give the same rows where S and T are what the other one's T and S are
    term = np.concatenate(terms_of)
    keep = _distinct(term, rows)
    apartness = Index.tuples("clash", boundary=(land.boundary, border[keep]))
    number = np.full(rows, -1)
    number[keep] = np.arange(keep.size)
    term = term[number[term[:, 0]] >= 0]
    terms = Index.tuples("clash term", clash=(apartness, number[term[:, 0]]), option=(draft.option, term[:, 1]))
    program.require(apart=draft.use.at(terms["option"]).sum_by(terms["clash"]) <= 1)
    program.describe("apart", unit="parcels", doc="Classes that must keep apart share no border.")


def _distinct(term: NDArray[np.intp], rows: int) -> NDArray[np.intp]:
    """The first row of each set of options; ``term`` pairs rows with options."""
    order = np.lexsort((term[:, 1], term[:, 0]))
    row, option = term[order].T
    start = np.searchsorted(row, np.arange(rows + 1))
    width = int(np.diff(start).max())
    table = np.full((rows, width), -1)
    table[row, np.arange(row.size) - start[row]] = option
    _, kept = np.unique(table, axis=0, return_index=True)
    return np.sort(kept)
