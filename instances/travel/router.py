"""Quickest times between many places, over and over with new weights: by a hierarchy where it pays, or by search."""

from __future__ import annotations

import importlib.util
from typing import Any, Literal

import numpy as np

from instances.schema import InstanceError
from instances.travel.arcs import CLOSED, Arcs, Floats, Ints, Small, limit_of

SEARCHES = 200  # searches that cost about as much as building a hierarchy of the same graph, measured
WIDE = 0.1  # share of nodes within the cutoff from which the hierarchy, which knows no cutoff, is the quicker way
UNREACHABLE = 2**31 - 1  # what RoutingKit takes for infinite

Engine = Literal["auto", "scipy", "hierarchy"]


class Router:
    """Times over one graph under weights that may change.

    The reference is scipy's Dijkstra, in blocks of sources. A customizable contraction hierarchy (Dibbelt, Strasser &
    Wagner 2016, doi:10.1145/2886843; package ``routingkit_cch``, extra ``routing``) gives the same times to the
    millisecond, much sooner for many sources and a wide cutoff or none: the order of nodes is found once, new weights
    cost a fraction of a second. Which of them is used changes no result.

    Parameters
    ----------
    x, y
        Where the nodes lie, shape (node,): helps to find a good order for the hierarchy.
    engine
        "auto" takes the hierarchy where it is installed and pays.

    Raises
    ------
    InstanceError
        If the hierarchy is asked for and not installed.
    """

    def __init__(self, arcs: Arcs, x: Floats | None = None, y: Floats | None = None, engine: Engine = "auto") -> None:
        installed = importlib.util.find_spec("routingkit_cch") is not None
        if engine == "hierarchy" and not installed:
            raise InstanceError("Times cannot be found by a hierarchy", ["pip install 'refugia[routing]'"])
        self.arcs, self.engine, self._installed = arcs, engine, installed
        self._at = (np.zeros(arcs.nodes) if x is None else x), (np.zeros(arcs.nodes) if y is None else y)
        self._weight: Small | None = None
        self._graph: Any = None
        self._hierarchy: Any = None
        self._metric: Any = None
        self._asked = 0

    def set_weights(self, weight: Small) -> None:
        """Milliseconds of every road link, ``CLOSED`` where closed."""
        self._weight, self._graph, self._metric = np.asarray(weight, np.int32), None, None

    def matrix(self, sources: Ints, targets: Ints, cutoff: float | None = None) -> Floats:
        """Milliseconds from sources to targets (nodes), infinite where there is no way within ``cutoff`` minutes.

        Returns
        -------
        array of shape (sources, targets)

        Raises
        ------
        ValueError
            Before weights are set.
        """
        if self._weight is None:
            raise ValueError("Set weights first.")
        sources, targets = np.asarray(sources, np.intp), np.asarray(targets, np.intp)
        limit = CLOSED - 1 if cutoff is None else limit_of(cutoff)
        self._asked += len(sources)
        by_hierarchy = self.engine == "hierarchy" or (self.engine == "auto" and self._pays(sources, limit))
        found = self._by_hierarchy(sources, targets) if by_hierarchy else self._by_search(sources, targets, limit)
        found[found > limit] = np.inf
        return found

    def _pays(self, sources: Ints, limit: int) -> bool:
        if not self._installed or (self._hierarchy is None and self._asked < SEARCHES) or not len(sources):
            return False
        some = sources[:: max(1, len(sources) // 3)][:3]
        reached = np.isfinite(self._search(some, limit)).mean()
        return bool(reached >= WIDE)

    def _search(self, sources: Ints, limit: int) -> Floats:
        from scipy.sparse import csgraph

        if self._graph is None:
            assert self._weight is not None
            self._graph = self.arcs.sparse(self._weight)[0]
        return np.asarray(csgraph.dijkstra(self._graph, indices=sources, limit=limit + 0.5), np.float64)

    def _by_search(self, sources: Ints, targets: Ints, limit: int) -> Floats:
        found = np.empty((len(sources), len(targets)))
        block = self.arcs.block()
        for k in range(0, len(sources), block):
            found[k : k + block] = self._search(sources[k : k + block], limit)[:, targets]
        return found

    def _by_hierarchy(self, sources: Ints, targets: Ints) -> Floats:
        import routingkit_cch as kit

        arcs = self.arcs
        found = np.full((len(sources), len(targets)), np.inf)
        if not len(arcs.link) or not found.size:
            found[sources[:, None] == targets[None, :]] = 0.0
            return found
        if self._hierarchy is None:
            tail, head = arcs.tail.tolist(), arcs.head.tolist()
            x, y = self._at
            order = kit.compute_order_inertial(arcs.nodes, tail, head, y.tolist(), x.tolist())
            self._hierarchy = kit.CCH(order, tail, head, False)
        if self._metric is None:
            assert self._weight is not None
            cost = self._weight[arcs.link].astype(np.int64)
            self._metric = kit.CCHMetric(self._hierarchy, np.where(cost >= CLOSED, UNREACHABLE, cost).tolist())
        asked = kit.CCHOneToMany(self._metric, targets.tolist())
        for k, source in enumerate(sources.tolist()):
            found[k] = np.array(asked.distances_from(source), np.float64)  # None becomes NaN
        found[np.isnan(found) | (found >= UNREACHABLE)] = np.inf
        return found
