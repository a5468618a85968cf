"""Repair over scenarios, and the router, against scipy's Dijkstra on random graphs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instances.schema import InstanceError
from instances.travel.arcs import CLOSED, milliseconds, nearest_first
from instances.travel.reach import Reach
from instances.travel.router import Router
from instances.travel.sweep import sweep
from instances.travel.trace import trace
from tests.travel.graphs import damaged, searched


def table(reach, time, nodes):
    """Times as (source, node, scenario), infinite where out of reach."""
    full = np.full((len(reach.source), nodes, time.shape[1]), np.inf)
    full[reach.tree, reach.node] = np.where(time > reach.limit, np.inf, time)
    return full


@settings(max_examples=150)
@given(st.one_of(damaged(), damaged(both_ways=False)))
def test_repaired_times_are_those_of_a_search_in_every_scenario(town):
    arcs, floor, weight, sources, limit = town
    reach = Reach.search(arcs, arcs.sparse(floor)[0], floor, sources, limit)
    full = table(reach, reach.times(weight[reach.links]), arcs.nodes)
    for s in range(weight.shape[1]):
        assert (full[:, :, s] == searched(arcs, weight[:, s], sources, limit)).all()


@settings(max_examples=80)
@given(damaged(both_ways=False), st.integers(0, 2**16))
def test_leaving_out_what_leads_to_no_target_changes_no_time_to_a_target(town, seed):
    arcs, floor, weight, sources, limit = town
    targets = np.unique(np.random.default_rng(seed).integers(0, arcs.nodes, 4))
    x = np.arange(arcs.nodes, dtype=float)
    found = sweep(arcs, x, x, floor, lambda links, s: weight[links, s], weight.shape[1], sources, targets, limit)
    for s in range(weight.shape[1]):
        best = searched(arcs, weight[:, s], sources, limit)[:, targets]
        pairs = {(int(a), int(b)): t for a, b, t in zip(found.source, found.target, found.time[:, s], strict=True)}
        assert len(pairs) == len(found.source)
        for i, a in enumerate(sources):
            for j, b in enumerate(targets):
                got = pairs.get((int(a), int(b)), found.far)
                assert got == (best[i, j] if np.isfinite(best[i, j]) else found.far)


@given(damaged(both_ways=False))
def test_ways_read_back_from_times_are_as_long_as_the_times_say_and_hang_together(town):
    arcs, floor, weight, sources, limit = town
    reach = Reach.search(arcs, arcs.sparse(floor)[0], floor, sources, limit)
    local = weight[reach.links]
    time = reach.times(local)
    entry, scenario = np.nonzero(time <= limit)
    way, link = trace(reach, time, np.minimum(local, reach.far), entry, scenario)
    length = np.bincount(way, weight[link, scenario[way]], minlength=len(entry))
    assert (length == time[entry, scenario]).all()
    for w in range(len(entry)):
        here, mine = int(reach.node[entry[w]]), link[way == w]
        for road in mine:  # from the end backwards
            arc = np.flatnonzero((arcs.link == road) & (arcs.head == here))
            assert len(arc)
            here = int(arcs.tail[arc[0]])
        assert here == reach.source[reach.tree[entry[w]]]


@given(damaged())
def test_times_there_and_back_are_the_same_on_foot(town):
    arcs, floor, weight, _, _ = town
    everyone = np.arange(arcs.nodes)
    reach = Reach.search(arcs, arcs.sparse(floor)[0], floor, everyone, 1000)
    full = table(reach, reach.times(weight[reach.links]), arcs.nodes)
    assert (full == full.transpose(1, 0, 2)).all()


@given(damaged(both_ways=False))
def test_more_damage_never_shortens_a_trip(town):
    arcs, floor, weight, sources, limit = town
    reach = Reach.search(arcs, arcs.sparse(floor)[0], floor, sources, limit)
    worse = np.maximum.accumulate(weight, axis=1)
    time = reach.times(worse[reach.links])
    assert (np.diff(time.astype(int), axis=1) >= 0).all()
    assert (time >= reach.least[:, None]).all()


def test_a_weight_below_the_first_search_is_refused():
    arcs_floor = np.array([5], np.int32)
    from instances.travel.arcs import Arcs

    arcs = Arcs.of(2, [0, 1], [1, 0], [0, 0])
    reach = Reach.search(arcs, arcs.sparse(arcs_floor)[0], arcs_floor, np.array([0]), 10)
    with pytest.raises(ValueError, match="below that of the first search"):
        reach.times(np.array([[4]], np.int32))


@given(damaged())
def test_the_time_to_the_best_of_several_sources_counts_their_leads(town):
    arcs, floor, _, sources, _ = town
    lead = np.arange(len(sources)) * 3.0
    best = (searched(arcs, floor, sources) + lead[:, None]).min(axis=0)
    found = nearest_first(arcs.sparse(floor)[0], sources, lead, 1000.0)
    assert (found == best).all()


@pytest.mark.parametrize("engine", ["scipy", "hierarchy"])
@settings(max_examples=60)
@given(st.one_of(damaged(), damaged(both_ways=False)), st.one_of(st.none(), st.integers(1, 40)))
def test_the_router_finds_the_times_of_a_search_whatever_it_is_made_of(engine, town, most):
    if engine == "hierarchy":
        pytest.importorskip("routingkit_cch")
    arcs, _, weight, sources, _ = town
    rng = np.random.default_rng(len(sources))
    router = Router(arcs, rng.random(arcs.nodes), rng.random(arcs.nodes), engine)
    for s in range(weight.shape[1]):  # new weights on the same graph
        router.set_weights(weight[:, s])
        found = router.matrix(sources, np.arange(arcs.nodes), None if most is None else most / 60_000.0)
        assert (found == searched(arcs, weight[:, s], sources, most)).all()


def test_a_hierarchy_that_is_not_installed_is_an_error_that_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    from instances.travel.arcs import Arcs

    with pytest.raises(InstanceError, match=r"refugia\[routing\]"):
        Router(Arcs.of(1, [], [], []), engine="hierarchy")


def test_closed_links_are_those_of_infinite_minutes_and_no_link_takes_no_time():
    assert milliseconds(np.array([0.0, 1.0, np.inf, 1e9])).tolist() == [1, 60_000, CLOSED, CLOSED]
