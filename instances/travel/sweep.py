"""Quickest times of all pairs within a cutoff, in every scenario: what a search per scenario would find, sooner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from instances.travel.arcs import Arcs, Floats, Ints, Small, by_place, nearest_first
from instances.travel.reach import Reach

BLOCK = 32  # sources searched together


@dataclass(frozen=True, eq=False)
class Reached:
    """Pairs within the cutoff under the least weights, and their times.

    Attributes
    ----------
    source, target
        Nodes of each pair, shape (pair,).
    time
        Milliseconds, shape (pair, scenario); ``far`` where a scenario puts the pair out of reach.
    """

    source: Ints
    target: Ints
    time: Small
    far: int


def sweep(
    arcs: Arcs,
    x: Floats,
    y: Floats,
    floor: Small,
    weight: Callable[[Ints, slice], Small],
    scenarios: int,
    sources: Ints,
    targets: Ints,
    limit: int,
) -> Reached:
    """Times from ``sources`` to ``targets`` (nodes, distinct) within ``limit`` ms in every scenario.

    Best begun from the side with fewer nodes; where every arc has its like the other way round, that is a free choice,
    otherwise ``arcs.turned()`` gives the times to the sources.

    Parameters
    ----------
    x, y
        Where nodes lie, shape (node,); sources near one another are searched together.
    floor
        Least weight of every link in any scenario, ms.
    weight
        Called with links and a slice of scenarios, gives their weights, ms, shape (links, scenarios).

    Raises
    ------
    ValueError
        If a weight is below ``floor``.
    """
    matrix: Any = arcs.sparse(floor)[0]
    back = arcs.turned().sparse(floor)[0]
    onward = nearest_first(back, targets, np.zeros(len(targets)), limit)
    wanted = np.zeros(arcs.nodes, bool)
    wanted[targets] = True
    sources = sources[by_place(x[sources], y[sources])]
    none = np.zeros(0, np.intp)
    rows, columns, blocks = [none], [none], [np.zeros((0, scenarios), np.int32)]
    for k in range(0, len(sources), BLOCK):
        reach = Reach.search(arcs, matrix, floor, sources[k : k + BLOCK], limit, onward)
        entry = np.flatnonzero(wanted[reach.node])
        time = np.empty((len(entry), scenarios), np.int32)
        for these in reach.columns(scenarios):
            time[:, these] = reach.times(weight(reach.links, these))[entry]
        rows.append(reach.source[reach.tree[entry]])
        columns.append(reach.node[entry].astype(np.intp))
        blocks.append(time)
    return Reached(np.concatenate(rows), np.concatenate(columns), np.concatenate(blocks), limit + 1)
