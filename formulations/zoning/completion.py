"""From the class of every parcel to all variables of the program, and back.

The classes decide everything else: which borders are healed, who is unserved, the tail of the losses, and how the area
of each patch comes together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csgraph, csr_array

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.zoning.numbers import Numbers
from formulations.zoning.patches import checked
from formulations.zoning.rules import HECTARE

Ints = NDArray[np.intp]


def completed(numbers: Numbers, matrix: Matrix, assignments: ArrayLike) -> Floats:
    """All variables of plans: (members, parcels) -> (members, columns).

    The completion is the best one there is for these classes. Rules that the classes break stay broken.

    Parameters
    ----------
    numbers, matrix
        Figures and program of one and the same question.

    Raises
    ------
    ValueError
        If a parcel gets a class that it may not have, for which the program has no variable.
    """
    land = numbers.land
    plans = checked(land, assignments)
    X = np.zeros((plans.shape[0], matrix.shape[1]))
    at = _options(matrix, land.allowed.shape)
    chosen = at[np.arange(land.parcel.size), plans]
    if (chosen < 0).any():
        member, parcel = np.argwhere(chosen < 0)[0]
        what = f"{land.parcel.label(int(parcel))} cannot be {land.land_class.label(int(plans[member, parcel]))}"
        raise ValueError(f"{int((chosen < 0).sum())} classes that the program does not have, first: {what}.")
    use = np.zeros((plans.shape[0], matrix.columns["use"].size))
    np.put_along_axis(use, chosen, 1.0, axis=1)
    X[:, matrix.columns["use"].span] = use
    if "same" in matrix.columns:
        block = matrix.columns["same"]
        shared = block.dims[0]
        border, kind = shared["boundary"], shared["land_class"].position
        ends = [plans[:, border.then(land.boundary[end]).position] == kind for end in ("a", "b")]
        X[:, block.span] = ends[0] & ends[1]
    if "unserved" in matrix.columns:
        _emergency(numbers, matrix, plans, X)
    if "root" in matrix.columns:
        for x, plan in zip(X, plans, strict=True):
            _collect(numbers, matrix, plan, x)
    return X


def assigned(matrix: Matrix, X: Floats) -> Ints:
    """Class of every parcel: (members, columns) -> (members, parcels), or (columns,) -> (parcels,)."""
    block = matrix.columns["use"]
    option = block.dims[0]
    parcel, kind = option["parcel"], option["land_class"].position
    taken = np.atleast_2d(X)[:, block.span] > 0.5
    plans = np.zeros((taken.shape[0], parcel.target.size), np.intp)
    member, k = np.nonzero(taken)
    plans[member, parcel.position[k]] = kind[k]
    return plans if X.ndim == 2 else plans[0]


def _options(matrix: Matrix, shape: tuple[int, ...]) -> Ints:
    option = matrix.columns["use"].dims[0]
    at = np.full(shape, -1)
    at[option["parcel"].position, option["land_class"].position] = np.arange(option.size)
    return at


def _emergency(numbers: Numbers, matrix: Matrix, plans: Ints, X: Floats) -> None:
    unserved = numbers.unserved(plans)
    X[:, matrix.columns["unserved"].span] = unserved.reshape(len(plans), -1)
    losses = unserved.sum(axis=1)
    if "unserved_worst_worst" in matrix.columns:
        X[:, matrix.columns["unserved_worst_worst"].start] = losses.max(axis=1)
    if "unserved_cvar_eta" in matrix.columns:
        eta = _quantile(losses, numbers.probability, numbers.question.alpha)
        X[:, matrix.columns["unserved_cvar_eta"].start] = eta
        X[:, matrix.columns["unserved_cvar_excess"].span] = np.maximum(losses - eta[:, None], 0.0)


def _quantile(losses: Floats, probability: Floats, alpha: float) -> Floats:
    """Least loss that is not exceeded with probability alpha: (members, scenarios) -> (members,)."""
    order = np.argsort(losses, axis=1, kind="stable")
    upto = np.cumsum(probability[order], axis=1)
    first = np.minimum((upto < alpha - 1e-12).sum(axis=1), losses.shape[1] - 1)
    ranked = np.take_along_axis(losses, order, axis=1)
    found: Floats = ranked[np.arange(len(losses)), first]
    return found


def _collect(numbers: Numbers, matrix: Matrix, plan: Ints, x: Floats) -> None:
    """Roots and what is sent between parcels, one tree per patch; see :mod:`formulations.zoning.patch_rows`."""
    land = numbers.land
    member, arc = matrix.columns["root"].dims[0], matrix.columns["sent"].dims[0]
    option = member["option"].target
    parcel, kind = option["parcel"].position, option["land_class"].position
    inside = plan[parcel] == kind
    root = np.zeros(option.size, bool)
    tail, head = arc["tail"].position, arc["head"].position
    real = np.flatnonzero(inside[tail] & inside[head])
    asked = land.patch[kind] / HECTARE
    area = land.area[parcel] / HECTARE
    members = np.flatnonzero(inside & (asked > 0))
    sent = dict[tuple[int, int], float]()
    graph = csr_array((np.ones(real.size), (tail[real], head[real])), shape=(option.size, option.size))
    for patch in _trees(graph, members):
        _gather(patch, area, asked, root, sent)
    number = {(int(t), int(h)): int(k) for k, t, h in zip(real, tail[real], head[real], strict=True)}
    values = np.zeros(arc.size)
    for (t, h), amount in sent.items():
        values[number[t, h]] = amount
    x[matrix.columns["sent"].span] = values
    x[matrix.columns["root"].span] = root[member["option"].position]


def _trees(graph: csr_array, members: Ints) -> list[list[tuple[int, int]]]:
    """A spanning tree of each patch: options from the top down, each with the one above it (-1 at the top)."""
    count, label = csgraph.connected_components(graph[members][:, members], directed=False)
    trees = []
    for patch in range(count):
        mine = members[label == patch]
        order, above = csgraph.breadth_first_order(graph, int(mine[0]), directed=True)
        trees.append([(int(k), int(above[k]) if k != mine[0] else -1) for k in order])
    return trees


def _gather(
    tree: list[tuple[int, int]],
    area: Floats,
    asked: Floats,
    root: NDArray[np.bool_],
    sent: dict[tuple[int, int], float],
) -> None:
    """Walk up from the leaves; wherever enough has come together is a root, and the rest goes to the nearest one."""
    got = {k: float(area[k]) for k, _ in tree}
    enough = float(asked[tree[0][0]]) * (1 - 1e-12)
    for k, above in reversed(tree):
        if got[k] >= enough:
            root[k] = True
        elif above >= 0:
            sent[k, above] = got[k]
            got[above] += got[k]
    top = tree[0][0]
    if root[top] or not any(root[k] for k, _ in tree):
        return
    # breadth first, so the first root met is the nearest; the way down to it turns around
    up = dict(tree)
    way = [next(k for k, _ in tree if root[k])]
    while way[-1] != top:
        way.append(up[way[-1]])
    left = got[top]
    for below, above in zip(way[-2::-1], way[:0:-1], strict=True):
        sent[above, below] = left - sent.pop((below, above), 0.0)
