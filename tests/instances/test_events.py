"""Declared events: geometry that can be worked out by hand, and laws that every scenario must keep."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely

from instances.accounts import Ledger
from instances.hazards import futures
from instances.hazards.declared import (
    BACKGROUND,
    CONSEQUENCES,
    REACH,
    ROUGHNESS,
    Blast,
    Event,
    Flood,
    Ground,
    Outage,
    Plume,
    default_events,
    responses,
)
from instances.hazards.rule import HazardsRule
from instances.index import Index
from instances.layers.layer import Frame
from instances.places import Demand
from instances.preparation import Phases
from instances.streets.graph import RoadClass, Streets, build_network

SIDE = 11
X, Y = (c.ravel() * 100.0 for c in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
WORST = BACKGROUND["extreme"]


def cause(one):
    """A cause as a recipe writes it."""
    told = {"hazard": one.hazard} | {k: v for k, v in vars(one).items() if k not in ("x", "y")}
    return told | ({"at": {"x": one.x, "y": one.y}} if hasattr(one, "x") else {})


def happen(events, town, spans, seed):
    """What the step of a recipe makes of declared events."""
    declared = [
        {"name": e.name, "title": e.title, "level": e.level, "weight": e.weight, "causes": [cause(c) for c in e.causes]}
        for e in events
    ]
    rule = HazardsRule.model_validate({"declared": declared})
    found = futures.happen(rule, {}, town, spans, Frame("EPSG:32631", Path()), Ledger("hazards"), seed)
    return found.scenarios, found.effects, found.damage


def phases():
    index = Index.named("phase", ["hours", "days", "weeks"])
    return Phases(
        index, start=np.array([0.0, 24.0, 360.0]), days=np.array([1.0, 14.0, 85.0]), weight=np.array([3.0, 2.0, 1.0])
    )


def ground(shore=True, people=1000.0):
    """A lattice of 1 x 1 km with water along the western side; every third site in the open, every third below."""
    lines = [np.array([(0.0, 100.0 * k), (500.0, 100.0 * k), (1000.0, 100.0 * k)]) for k in range(SIDE)]
    lines += [np.array([(500.0, 100.0 * k), (500.0, 100.0 * (k + 1))]) for k in range(SIDE - 1)]
    none = np.zeros(len(lines), bool)
    bridge = none.copy()
    bridge[0] = True
    tunnel = none.copy()
    tunnel[5] = True
    names = np.array([f"s{k}" for k in range(len(lines))])
    network = build_network(
        Streets(lines, np.array(["street"] * len(lines)), names, bridge, tunnel), {"street": RoadClass(4, 30, 300)}
    )
    index = Index.named("demand", [f"d{k}" for k in range(len(X))])
    site = Index.named("site", [f"j{k}" for k in range(len(X))])
    demand = Demand(index, X, Y, np.full(len(X), people), title=np.array(index.labels()))
    return Ground(
        demand,
        site,
        X,
        Y,
        open_air=np.arange(len(X)) % 3 == 0,
        underground=np.arange(len(X)) % 3 == 1,
        roads=network.roads,
        middle=network.middle(),
        bridge=network.bridge,
        tunnel=network.tunnel,
        shore=shapely.LineString([(-5, -100), (-5, 1100)]) if shore else None,
    )


def one(cause, level="extreme", town=None, seed=7):
    town = town or ground()
    scenarios, effects, damage = happen((Event("e", "An event", level, 1.0, (cause,)),), town, phases(), seed)
    assert not scenarios.faults + effects.faults + damage.faults
    return effects.need[:, :, 0], effects.usable[:, 0], effects.survives[:, 0], damage


def test_an_explosion_hits_those_within_its_radius_and_nobody_else():
    need, usable, survives, damage = one(Blast(500, 500, 250))
    far = np.hypot(X - 500, Y - 500)
    share = CONSEQUENCES["explosion"].need[0][0]
    assert need[:, 0].tolist() == np.where(far < 250, 1000 * share, 0).tolist()
    assert (usable[far < 200] == 0).all() and (usable[far >= 250] >= 1 - WORST).all()
    assert survives[far == 0] < 0.1 and (survives[far >= 250] == 1).all()
    middle = ground().middle
    away = np.hypot(middle[:, 0] - 500, middle[:, 1] - 500) >= 250
    assert not damage.cut[away, 0].any() and (damage.slowdown[away, 0] == 1).all()


def test_a_cloud_drifts_with_the_wind():
    need, *_ = one(Plume(500, 500, 90, 400))
    hit = need[:, 0] > 0
    assert hit[(X == 700) & (Y == 500)].all(), "downwind"
    assert not hit[X < 400].any(), "upwind"
    assert not hit[X >= 900].any(), "beyond its length"
    assert not hit[np.abs(Y - 500) > 0.3 * 400].any(), "wide of it"
    north, *_ = one(Plume(500, 500, 0, 400))
    assert ((north[:, 0] > 0).reshape(SIDE, SIDE) == hit.reshape(SIDE, SIDE).T).all(), "turned by a right angle"


def test_water_comes_from_the_shore_spares_bridges_and_finds_tunnels():
    town = ground()
    need, usable, _, damage = one(Flood(200), town=town)
    wet = need[:, 0] > 0
    assert wet[X == 0].any() and not wet[200 * np.exp(4 * ROUGHNESS) < X].any()
    assert (usable[(X == 0) & town.underground] == 0).all()
    low = town.middle[:, 0] < 1.5 * 200 - 5
    assert damage.cut[town.tunnel & low, 0].all()
    assert not damage.cut[town.bridge, 0].any()
    assert damage.cut[~town.bridge & ~town.tunnel & (town.middle[:, 0] > 700), 0].sum() == 0


def test_a_winter_outage_darkens_the_share_declared_and_closes_all_sites_in_the_open():
    town = ground()
    need, usable, survives, damage = one(Outage(0.5), "moderate", town)
    assert 0.3 < (need[:, 1] > 0).mean() < 0.7
    assert (usable[town.open_air] == 0).all() and (usable[~town.open_air] > 0).all()
    assert not damage.cut.any()
    assert np.allclose(damage.slowdown, 1.1)
    assert (survives > 0.9).all()


def test_neighbours_fare_alike_in_an_outage_as_often_as_the_correlation_says():
    events = tuple(Event(f"e{k}", f"E{k}", "high", 1.0, (Outage(0.5),)) for k in range(60))
    _, effects, _ = happen(events, ground(), phases(), 11)
    dark = (effects.need[:, 1, :] > 0).reshape(SIDE, SIDE, -1)
    near, far = ((dark[:, steps:] == dark[:, :-steps]).mean() for steps in (1, 3))
    # Two normal values with correlation r have the same sign with probability 1/2 + asin(r) / pi.
    assert near == pytest.approx(0.5 + np.arcsin(np.exp(-3 * 100 / REACH)) / np.pi, abs=0.04)
    assert far < near - 0.05


def test_an_event_of_two_causes_is_at_least_as_bad_as_either():
    town = ground()
    flood, cold = Flood(300), Outage(0.6)

    def run(*causes):
        event = Event("e", "An event", "high", 1.0, causes)
        return happen((event,), town, phases(), 3)

    (both, effects, damage), alone = run(flood, cold), [run(flood), run(cold)]
    assert both.hazard.tolist() == ["flood+outage"]
    for _, single, harm in alone:
        assert (effects.need >= single.need - 1e-9).all()
        assert (effects.usable <= single.usable + 1e-9).all()
        assert (effects.survives <= single.survives + 1e-3).all()
        assert (damage.cut >= harm.cut).all()
        assert (damage.slowdown >= harm.slowdown - 1e-9).all()


@pytest.mark.parametrize("make", [lambda k: Flood(100.0 * k), lambda k: Blast(500, 500, 150.0 * k)])
def test_a_larger_event_of_the_same_draw_hits_more(make):
    sizes = [one(make(k)) for k in (1, 2, 3)]
    for (need, usable, survives, damage), (more, less, fewer, worse) in pairwise(sizes):
        assert (more >= need).all() and (less <= usable + 1e-9).all() and (fewer <= survives + 1e-9).all()
        assert (worse.cut >= damage.cut).all()


def test_needs_are_whole_people_and_never_more_than_live_there():
    town = ground(people=37.0)
    events = default_events(town, seed=5, count=12)
    _, effects, _ = happen(events, town, phases(), 5)
    assert (effects.need == np.rint(effects.need)).all()
    assert (effects.need <= 37).all() and effects.need.sum() > 0


def test_probabilities_follow_the_weights():
    town = ground()
    events = [Event(f"e{k}", f"E{k}", "high", w, (Outage(0.1),)) for k, w in enumerate((1.0, 3.0, 4.0))]
    scenarios, *_ = happen(tuple(events), town, phases(), 1)
    assert scenarios.probability.tolist() == [0.125, 0.375, 0.5]


def test_the_seed_decides_everything_and_another_seed_something():
    town = ground()
    events = default_events(town, seed=2)
    first, again, other = (happen(events, town, phases(), seed) for seed in (2, 2, 3))
    assert (first[1].need == again[1].need).all() and (first[2].cut == again[2].cut).all()
    assert (first[1].usable == again[1].usable).all()
    assert (first[1].need != other[1].need).any()


def test_default_events_have_all_levels_and_no_flood_inland():
    coast, inland = default_events(ground(), 1, 12), default_events(ground(shore=False), 1, 12)
    for events in (coast, inland):
        assert len(events) == 12 and {e.level for e in events} == {"moderate", "high", "extreme"}
        assert len({e.name for e in events}) == 12
    assert {c.hazard for e in coast for c in e.causes} == {"flood", "explosion", "release", "outage"}
    assert {c.hazard for e in inland for c in e.causes} == {"explosion", "release", "outage"}


def test_events_that_cannot_be_are_all_named():
    events = (
        Event("sea", "High sea", "high", 1.0, (Flood(50),)),
        Event("odd", "Odd", "terrible", 1.0, (Outage(0.5),)),
    )
    with pytest.raises(ValueError, match=r"odd: level 'terrible'.*sea: a flood, but the map holds no shore"):
        responses(events, ground(shore=False), phases(), 1)
    with pytest.raises(ValueError, match="no events"):
        responses((), ground(), phases(), 1)
