"""What a set covering problem does not need: rows and columns that others speak for, sites that must be open.

A row whose sites include those of another row is kept whenever that one is; a column whose rows another column covers
too, for no more money, is never needed. Rows and columns are strings of bits, 64 to a word: comparing one with a
thousand others of a thousand bits takes some hundredths of a millisecond.

Source: Toregas and ReVelle (1972), "Optimal location under time or distance constraints", Papers of the Regional
Science Association 28, 133-144.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.covers.cover import Cover

LARGE = 500_000_000
"""Words looked at for one comparison of all rows (or columns) with each other; what is not reached then stays."""

OFTEN = 16
"""Comparisons after which those that are gone may be put aside."""

BITS = 200_000_000
"""Rows times columns beyond which nothing is compared."""


def reduced(cover: Cover) -> Cover:
    """The same problem with less to decide: a best plan of what is left, with the forced sites, is a best plan.

    Rows without any site are kept; columns are compared only if closing a site never breaks a rule.
    """
    rows, columns = np.arange(cover.need.shape[0]), np.arange(cover.need.shape[1])
    if cover.need.shape[0] * cover.need.shape[1] > BITS:
        return cover
    B = np.zeros(cover.need.shape, bool)
    B[np.repeat(rows, np.diff(cover.need.indptr)), cover.need.indices] = True
    # what a column takes, in every respect; it may be replaced by one that takes no more of anything
    takes = np.vstack([cover.cost[None, :], np.asarray(cover.side.todense())])
    forced: list[NDArray[np.intp]] = []
    while B.size:
        before = B.shape[1]
        alone = np.flatnonzero(B.sum(axis=1) == 1)
        if alone.size:
            must = np.unique(B[alone].argmax(axis=1))
            forced.append(columns[must])
            left = ~B[:, must].any(axis=1)
            others = np.ones(len(columns), bool)
            others[must] = False
            rows, columns, takes, B = rows[left], columns[others], takes[:, others], B[left][:, others]
        if B.size:
            keep = _needed(B)
            rows, B = rows[keep], B[keep]
        if B.size and cover.falling:
            keep = _useful(B, takes)
            columns, takes, B = columns[keep], takes[:, keep], B[:, keep]
        # rows change for the better only by columns that are gone
        if B.shape[1] == before:
            break
    if not len(rows) and cover.falling:
        # nobody needs another site; where some rule asks for more of them, they stay
        columns = columns[:0]
    return cover.part(rows, columns, np.concatenate(forced) if forced else np.empty(0, np.intp))


def _needed(B: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows that do not include another one; of equal rows one."""
    size = B.sum(axis=1)
    words = _words(B)
    lacks = ~words
    here = np.arange(len(B))
    keep = np.ones(len(B), bool)
    spent = 0
    for turn, k in enumerate(np.argsort(size, kind="stable").tolist()):
        if not keep[k] or not size[k]:
            continue
        includes = here[np.bitwise_or.reduce(lacks & words[:, k, None], axis=0) == 0]
        if len(includes) > 1:
            keep[includes] = False
            keep[k] = True
        spent += lacks.size
        if spent > LARGE:
            break
        if turn % OFTEN == 0:
            lacks, here = _thinner(lacks, here, keep)
    return keep


def _useful(B: NDArray[np.bool_], takes: Floats) -> NDArray[np.bool_]:
    """Columns that no other one replaces for as little; of equal ones one."""
    words = _words(B.T)
    left, here = words, np.arange(B.shape[1])
    keep = np.ones(B.shape[1], bool)
    takes = takes[(takes != takes[:, :1]).any(axis=1)]
    spent = 0
    for turn, k in enumerate(np.argsort(-B.sum(axis=0), kind="stable").tolist()):
        if not keep[k]:
            continue
        inside = here[np.bitwise_or.reduce(left & ~words[:, k, None], axis=0) == 0]
        if len(inside) > 1:
            keep[inside[(takes[:, inside] >= takes[:, [k]]).all(axis=0)] if len(takes) else inside] = False
            keep[k] = True
        spent += left.size
        if spent > LARGE:
            break
        if turn % OFTEN == 0:
            left, here = _thinner(left, here, keep)
    return keep


def _thinner(
    words: NDArray[np.uint64], here: NDArray[np.intp], keep: NDArray[np.bool_]
) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """Without what is gone, once that is a quarter."""
    stays = keep[here]
    if 4 * np.count_nonzero(stays) > 3 * len(here):
        return words, here
    return np.ascontiguousarray(words[:, stays]), here[stays]


def _words(B: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Each row as a string of bits, 64 to a word; shape (words, rows)."""
    packed = np.packbits(np.ascontiguousarray(B), axis=1)
    wide = np.zeros((len(B), -(-packed.shape[1] // 8) * 8), np.uint8)
    wide[:, : packed.shape[1]] = packed
    return np.ascontiguousarray(wide.view(np.uint64).T)
