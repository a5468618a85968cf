"""Alternative routes are what their definition says, checked way by way on random street grids."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from instances.travel.alternatives import alternatives
from instances.travel.arcs import Arcs
from instances.travel.reach import Reach
from tests.travel.graphs import searched


def grid(side, rng):
    """A square of streets with uneven lengths."""
    number = np.arange(side * side).reshape(side, side)
    tail = np.r_[number[:, :-1].ravel(), number[:-1].ravel()]
    head = np.r_[number[:, 1:].ravel(), number[1:].ravel()]
    link = np.arange(len(tail))
    arcs = Arcs.of(side * side, np.r_[tail, head], np.r_[head, tail], np.r_[link, link])
    return arcs, tail, head, rng.integers(50, 150, len(tail)).astype(np.int32)


@settings(max_examples=25)
@given(st.integers(0, 2**20), st.sampled_from([1.1, 1.4, 2.0]), st.sampled_from([0.3, 0.7]), st.integers(1, 4))
def test_ways_are_loopless_not_much_longer_and_mostly_elsewhere(seed, stretch, overlap, k):
    rng = np.random.default_rng(seed)
    arcs, tail, head, floor = grid(8, rng)
    sources = rng.permutation(arcs.nodes)[:2]
    reach = Reach.search(arcs, arcs.sparse(floor)[0], floor, sources, 5000)
    entry = rng.permutation(len(reach))[:20]
    entry = entry[reach.least[entry] > 0]
    found = alternatives(arcs, floor, reach, entry, k, 5000, stretch, overlap)
    best = searched(arcs, floor, sources)
    assert (np.bincount(found.couple, minlength=len(entry)) <= k).all()
    quick, quick_link = reach.up(entry)
    for c in np.unique(found.couple):
        direct = best[reach.tree[entry[c]], reach.node[entry[c]]]
        taken = set(quick_link[quick == c].tolist())
        for w in np.flatnonzero(found.couple == c):
            links = found.link[found.start[w] : found.start[w + 1]]
            degree = np.bincount(np.r_[tail[links], head[links]], minlength=arcs.nodes)
            ends = {int(sources[reach.tree[entry[c]]]), int(reach.node[entry[c]])}
            assert set(np.flatnonzero(degree == 1)) == ends and degree.max() <= 2  # one path, no node twice
            assert (degree > 0).sum() == len(links) + 1
            assert floor[links].sum() == found.best[w] <= stretch * direct
            assert sum(int(floor[e]) for e in links if int(e) in taken) <= overlap * direct
            taken |= set(links.tolist())


def test_a_ring_has_the_way_round_the_other_side():
    tail, head, link = np.array([0, 1, 0, 3, 4, 5]), np.array([1, 2, 3, 4, 5, 2]), np.arange(6)
    arcs = Arcs.of(6, np.r_[tail, head], np.r_[head, tail], np.r_[link, link])
    floor = np.array([10, 10, 6, 6, 6, 6], np.int32)  # 0-1-2 takes 20, 0-3-4-5-2 takes 24
    reach = Reach.search(arcs, arcs.sparse(floor)[0], floor, np.array([0]), 100)
    found = alternatives(arcs, floor, reach, np.flatnonzero(reach.node == 2), 3, 100)
    assert found.best.tolist() == [24.0] and found.link.tolist() == [2, 3, 4, 5]
    short = alternatives(arcs, floor, reach, np.flatnonzero(reach.node == 2), 3, 100, stretch=1.1)
    assert len(short) == 0
