"""Which variables of a program decide about a feature on the map, and the program with some of that settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Block, Matrix
from instances.index import Index
from solver.explorer.content import Classes, Layer

DECIDES = {
    "shelter": "open",
    "stock": "open",
    "reserve": "open",
    "corridor": "corridor",
    "harden": "harden",
    "land": "use",
}
"""Variable that takes a decision of each role; see :attr:`solver.explorer.content.Kind.role`."""

FORCED = "forced"
"""Name of the rows that say that a feature has to be used."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Lever:
    """What is settled about one feature: of ``columns`` at least one is taken, or all are 0.

    Attributes
    ----------
    columns
        Positions of the variables, shape (variables,).
    taken
        Whether one of them has to be taken; else none may.
    others
        Variables of the feature that are 0 then: its other classes.
    """

    layer: str
    feature: str
    what: int
    columns: Ints
    taken: bool
    others: Ints

    def kept(self, plans: sp.csr_array) -> NDArray[np.bool_]:
        """Whether each plan does as settled: (members, columns) -> (members,)."""
        amount = np.asarray(plans[:, self.columns].sum(axis=1)).ravel()
        return np.asarray(amount > 0.5 if self.taken else amount < 0.5)


def levers(
    matrix: Matrix, layers: Sequence[Layer], force: Mapping[tuple[str, str], int]
) -> tuple[list[Lever], list[str]]:
    """What a wish settles, and the features that the program decides nothing about.

    A class that a parcel may not have by the rules of the study counts as one that nothing decides about.
    """
    named = {layer.name: layer for layer in layers}
    found, missing = [], []
    for (layer_name, feature), what in force.items():
        layer = named[layer_name]
        columns, others = np.array([], np.int64), np.array([], np.int64)
        for name in dict.fromkeys(DECIDES[kind.role] for kind in layer.kinds):
            if (block := matrix.columns.get(name)) is None:
                continue
            at = _about(block, feature)
            if isinstance(layer.decisions, Classes):
                every, at = at, np.intersect1d(at, _about(block, layer.kinds[what].name))
                others = np.append(others, block.start + np.setdiff1d(every, at))
            columns = np.append(columns, block.start + at)
        taken = bool(what) or isinstance(layer.decisions, Classes)
        if columns.size:
            found.append(Lever(layer_name, feature, what, columns, taken, others))
        else:
            missing.append(feature)
    return found, missing


def altered(x: Floats, given: Sequence[Lever]) -> Floats:
    """Columns of a plan with everything as settled, whatever rows that breaks: something to start from."""
    x = x.copy()
    for lever in given:
        x[lever.others] = 0.0
        if not lever.taken:
            x[lever.columns] = 0.0
        elif not (x[lever.columns] > 0.5).any():
            x[lever.columns[0]] = 1.0
    return x


def settled(matrix: Matrix, given: Sequence[Lever]) -> Matrix:
    """The program in which everything is as settled."""
    upper = matrix.upper.copy()
    for lever in given:
        if not lever.taken:
            upper[lever.columns] = 0.0
    must = [lever for lever in given if lever.taken]
    matrix = replace(matrix, upper=upper)
    if not must:
        return matrix
    row = np.concatenate([np.full(lever.columns.size, k) for k, lever in enumerate(must)])
    at = np.concatenate([lever.columns for lever in must])
    more = sp.csr_array((np.ones(at.size), (row, at)), shape=(len(must), matrix.shape[1]))
    A = sp.csr_array(sp.vstack([matrix.A, more], format="csr"))
    A.sort_indices()
    block = Block(FORCED, (), matrix.shape[0], len(must), rule=True)
    return replace(
        matrix,
        rows={**matrix.rows, FORCED: block},
        A=A,
        row_lower=np.append(matrix.row_lower, np.ones(len(must))),
        row_upper=np.append(matrix.row_upper, np.full(len(must), np.inf)),
    )


def _about(block: Block, label: str) -> Ints:
    """Positions of the elements of a variable that are about the thing of this name."""
    found = [np.flatnonzero(at == k) for dim in block.dims for at, k in _named(dim, np.arange(dim.size), label)]
    return np.unique(np.concatenate(found)).astype(np.int64) if found else np.array([], np.int64)


def _named(index: Index, at: NDArray[np.intp], label: str) -> Iterator[tuple[NDArray[np.intp], int]]:
    """Indexes with the name that elements lead to: position there of each element, and position of the name."""
    if index.names is not None:
        for k in np.flatnonzero(index.names == label):
            yield at, int(k)
    for part in index.parts.values():
        yield from _named(part.target, np.asarray(part.position)[at], label)
