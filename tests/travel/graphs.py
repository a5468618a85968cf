"""Small random road graphs, directed or not, and searches by scipy to check against."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse import csgraph

from instances.travel.arcs import CLOSED, Arcs


@st.composite
def damaged(draw, both_ways=True):
    """A multigraph with loops and parallel links, weights, and scenarios that raise or close them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    nodes = draw(st.integers(2, 30))
    links = draw(st.integers(1, 70))
    tail, head = rng.integers(0, nodes, (2, links))
    link = np.arange(links)
    if both_ways:
        arcs = Arcs.of(nodes, np.r_[tail, head], np.r_[head, tail], np.r_[link, link])
    else:
        arcs = Arcs.of(nodes, tail, head, link)
    floor = rng.integers(1, 12, links).astype(np.int32)  # few values: many ways are equally long
    factor = 1 + rng.integers(0, 3, (links, 4)) * (rng.random((links, 4)) < 0.4)
    weight = np.where(rng.random((links, 4)) < 0.25, CLOSED, floor[:, None] * factor).astype(np.int32)
    sources = rng.permutation(nodes)[: draw(st.integers(1, 6))]
    return arcs, floor, weight, sources, draw(st.integers(1, 40))


def searched(arcs, weight, sources, limit=None):
    """Times by scipy on a matrix made in another way: dense minima over parallel arcs."""
    dense = np.full((arcs.nodes, arcs.nodes), np.inf)
    cost = np.where(weight >= CLOSED, np.inf, weight.astype(float))[arcs.link]
    np.minimum.at(dense, (arcs.tail, arcs.head), cost)
    dense[~np.isfinite(dense)] = 0.0
    times = csgraph.dijkstra(sparse.csr_array(dense), indices=sources)
    return times if limit is None else np.where(times <= limit, times, np.inf)
