"""From a rule to scenarios: probabilities, splits, levels, and laws that every future must keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from instances.hazards.splits import ranked
from instances.schema import InstanceError
from tests.hazards.town import EAST, NORTH, ONE, SIDE, X, footprint, futures, grid, ground, layer, rule_of, square

DEPTH = np.add.outer(np.arange(SIDE), np.arange(SIDE)) / 8.0
RASTER = {"depth": grid(DEPTH)}
QUAKE = {"name": "quake", "magnitude": 7.0, "at": {"x": EAST + 300, "y": NORTH + 300}, "weight": 1.0}


def probabilities(found):
    scenarios = found.scenarios
    return dict(zip(scenarios.scenario.labels(), scenarios.probability.tolist(), strict=True))


def test_a_depth_raster_does_what_a_direct_look_up_in_its_array_does():
    town = ground()
    found, _ = futures(RASTER, town, footprints=[footprint()])
    depth = DEPTH.ravel()
    assert found.effects.need[:, 0, 0] == pytest.approx(1000 * 0.55 * np.clip(depth, 0, 1), abs=0.51)
    indoors = ~town.open_air & ~town.underground
    above = indoors | town.open_air
    assert found.effects.usable[above, 0] == pytest.approx(np.clip((0.8 - depth[above]) / 0.7, 0, 1), abs=0.0006)
    assert found.effects.usable[town.underground, 0] == pytest.approx(
        np.clip(1 - depth[town.underground] / 0.1, 0, 1), abs=0.0006
    )
    for k in range(town.roads.link.size):
        x, y = town.roads.line(k).T
        # Every 15 m or less; on the edge between two cells either may count, so those points are left out.
        s = np.linspace(0, 1, 2001)
        xs, ys = (np.interp(s, np.linspace(0, 1, len(v)), v) for v in (x - EAST, y - NORTH))
        inside = (np.abs(xs % 100 - 50) > 0.5) & (np.abs(ys % 100 - 50) > 0.5)
        deepest = DEPTH[np.rint(ys[inside] / 100).astype(int), np.rint(xs[inside] / 100).astype(int)].max()
        assert found.damage.cut[k, 0] == (deepest >= 0.3 and not town.bridge[k])


def test_shallow_water_slows_vehicles_as_published_and_deep_water_cuts():
    found, _ = futures({"depth": grid(0.2)}, footprints=[footprint()])
    speed = 0.0009 * 200**2 - 0.5529 * 200 + 86.9448
    town = ground()
    plain = ~town.bridge & ~town.tunnel
    assert found.damage.slowdown[plain, 0] == pytest.approx(max(1.0, 30.0 / speed))
    slow, _ = futures({"depth": grid(0.25)}, footprints=[footprint()])
    assert slow.damage.slowdown[plain, 0] == pytest.approx(30.0 / (0.0009 * 250**2 - 0.5529 * 250 + 86.9448))
    assert not slow.damage.cut.any()


def test_polygons_with_a_column_give_the_largest_value_and_the_idle_ones_are_booked():
    shapes = [square(0, 0, 150), square(0, 0, 20), square(9000, 0, 10)]
    flood = layer("zones", shapes, depth=[0.4, 0.9, 5.0])
    found, ledger = futures({"zones": flood}, footprints=[footprint(layer="zones", column="depth")])
    need = found.effects.need[:, 0, 0]
    assert need[0] == pytest.approx(0.9 * 550) and need[1] == pytest.approx(0.4 * 550) and not need[2:7].any()
    assert [(row[0], row[1], row[3]) for row in ledger.rows] == [("zones", "read", 3), ("zones", "dropped", 1)]


def test_maps_with_return_periods_share_the_mass_between_them():
    maps = {f"d{t}": grid(t / 1000.0, name=f"d{t}") for t in (10, 100, 1000)}
    found, ledger = futures(
        maps, footprints=[footprint(f"{t} years", None, layer=f"d{t}", return_period=float(t)) for t in (100, 10, 1000)]
    )
    assert probabilities(found) == pytest.approx({"10 years": 0.9, "100 years": 0.09, "1000 years": 0.01})
    assert f"at least one in a year with probability {1 - np.exp(-0.1):.3f}" in " ".join(ledger.notes)


def test_probabilities_below_one_leave_room_for_nothing():
    given = [footprint("a", None, probability=0.2), footprint("b", None, probability=0.3)]
    kept, _ = futures(RASTER, footprints=given, nothing="keep")
    assert probabilities(kept) == pytest.approx({"a": 0.2, "b": 0.3, "nothing happens": 0.5})
    left, _ = futures(RASTER, footprints=given)
    assert probabilities(left) == pytest.approx({"a": 0.4, "b": 0.6})
    with pytest.raises(InstanceError, match="more than 1"):
        futures(RASTER, footprints=[*given, footprint("c", None, probability=0.6)])


def test_masses_of_different_kinds_need_shares():
    given = {"footprints": [footprint("flood", None, return_period=50.0)], "earthquakes": [QUAKE]}
    with pytest.raises(InstanceError, match="cannot be compared"):
        futures(RASTER, **given)
    found, _ = futures(RASTER, **given, footprints_share=0.7, earthquakes_share=0.3)
    assert probabilities(found) == pytest.approx({"flood": 0.7, "quake": 0.3})


def test_unknown_probabilities_are_equal_nominally_and_said_to_be_assumed():
    found, ledger = futures(
        RASTER, footprints=[footprint("a", None), footprint("b", 9.0)], earthquakes=[QUAKE], probabilities="unknown"
    )
    assert found.scenarios.probability == pytest.approx(1 / 3)
    assert any("Nobody knows" in text for text in ledger.assumptions)
    with pytest.raises(InstanceError, match="probabilities: unknown"):
        futures(RASTER, footprints=[footprint("a", None)])


@settings(max_examples=15)
@given(
    st.lists(st.floats(0.01, 100.0), min_size=1, max_size=4),
    st.floats(0.05, 0.95),
    st.floats(0.05, 0.95),
    st.integers(1, 3),
)
def test_probabilities_multiply_through_every_split_and_sum_to_one(weights, fire, day, draws):
    chain = {"then": "fire", "after": ["flood"], "probability": fire, "assumption": ONE}
    seasons = [{"name": "dry", "share": 0.25, "assumption": ONE}, {"name": "wet", "share": 0.75, "assumption": ONE}]
    found, _ = futures(
        RASTER,
        footprints=[footprint(f"e{k}", w) for k, w in enumerate(weights)],
        chains=[chain],
        seasons=seasons,
        times={"day": day, "night": 1.0 - day},
        sampling={"draws": draws},
    )
    s = found.scenarios
    assert s.probability.sum() == pytest.approx(1.0)
    assert s.scenario.size == len(weights) * draws * 2 * 2 * 2
    burning = s.hazard == "flood+fire"
    assert s.probability[burning].sum() == pytest.approx(fire)
    assert s.probability[s.season == "wet"].sum() == pytest.approx(0.75)
    assert s.probability[s.time == "day"].sum() == pytest.approx(day)
    both = burning & (s.season == "dry") & (s.time == "night")
    first = np.char.startswith(s.scenario.names, "e0")
    expected = weights[0] / sum(weights) * fire * 0.25 * (1 - day)
    assert s.probability[both & first].sum() == pytest.approx(expected)


def test_splitting_by_time_changes_nothing_where_as_many_people_are_there_by_day():
    given = {"footprints": [footprint("a"), footprint("b")], "earthquakes": [QUAKE]}
    whole, _ = futures(RASTER, ground(day=1000.0), **given)
    parted, _ = futures(RASTER, ground(day=1000.0), **given, times={"day": 0.4, "night": 0.6})
    for k in (0, 1):
        assert np.array_equal(parted.effects.need[:, :, k::2], whole.effects.need)
        assert np.array_equal(parted.effects.usable[:, k::2], whole.effects.usable)
        assert np.array_equal(parted.damage.cut[:, k::2], whole.damage.cut)
    assert parted.scenarios.probability.reshape(-1, 2).sum(axis=1) == pytest.approx(whole.scenarios.probability)


def test_by_day_people_are_where_they_work():
    found, _ = futures(
        RASTER, ground(people=1000.0, day=200.0), footprints=[footprint()], times={"day": 0.5, "night": 0.5}
    )
    by_day, at_night = found.effects.need[:, 0].T
    assert by_day == pytest.approx(at_night / 5, abs=0.6) and by_day.any()


def test_a_season_closes_places_in_the_open_and_comes_only_to_its_own_hazards():
    seasons = [
        {"name": "winter", "share": 0.5, "open_air": 0.0, "slow": 1.5, "assumption": ONE},
        {"name": "typhoons", "share": 0.5, "hazards": ["wind"], "assumption": ONE},
    ]
    town = ground()
    found, _ = futures({"depth": grid(0.0)}, town, footprints=[footprint()], seasons=seasons)
    assert found.scenarios.season.tolist() == ["winter"]
    assert found.scenarios.probability.tolist() == [1.0]
    assert found.effects.usable[:, 0].tolist() == np.where(town.open_air, 0.0, 1.0).tolist()
    assert (found.damage.slowdown == 1.5).all()


def test_a_map_of_one_season_and_time_is_not_parted():
    given = [footprint("a", season="wet", time="night"), footprint("b")]
    seasons = [{"name": n, "share": 0.5, "assumption": ONE} for n in ("dry", "wet")]
    found, _ = futures(RASTER, footprints=given, seasons=seasons, times={"day": 0.5, "night": 0.5})
    assert found.scenarios.scenario.labels()[0] == "a"
    assert found.scenarios.scenario.size == 5
    with pytest.raises(InstanceError, match="time of day"):
        futures(RASTER, footprints=given)


@pytest.mark.parametrize("seed", [1, 2])
def test_permuting_people_and_sites_permutes_the_results_and_nothing_else(seed):
    order = np.random.default_rng(seed).permutation(len(X))
    people = np.arange(len(X)) * 10.0
    given = {
        "footprints": [footprint()],
        "earthquakes": [QUAKE],
        "chains": [{"then": "fire", "after": ["earthquake"], "probability": 0.5, "assumption": ONE}],
        "sampling": {"draws": 2},
    }
    plain, _ = futures(RASTER, ground(people), seed=seed, **given)
    mixed, _ = futures(RASTER, ground(people, order=order), seed=seed, **given)
    assert np.array_equal(plain.effects.need[order], mixed.effects.need)
    assert np.array_equal(plain.effects.usable[order], mixed.effects.usable)
    assert np.array_equal(plain.effects.survives[order], mixed.effects.survives)
    assert np.array_equal(plain.damage.cut, mixed.damage.cut)
    assert np.array_equal(plain.scenarios.level, mixed.scenarios.level)


def test_an_event_is_the_same_whatever_other_events_there_are():
    alone, _ = futures(RASTER, earthquakes=[QUAKE], sampling={"draws": 3})
    more, _ = futures(RASTER, footprints=[footprint()], earthquakes=[QUAKE], sampling={"draws": 3})
    assert np.array_equal(alone.effects.need, more.effects.need[:, :, 3:])
    assert np.array_equal(alone.damage.cut, more.damage.cut[:, 3:])
    assert not np.array_equal(alone.effects.need[:, :, 0], alone.effects.need[:, :, 1])


def test_the_same_seed_gives_the_same_and_another_one_not():
    one, two, other = (futures(earthquakes=[QUAKE], seed=s)[0].effects.usable for s in (5, 5, 6))
    assert np.array_equal(one, two) and not np.array_equal(one, other)


def test_expected_states_are_the_mean_of_drawn_ones():
    quake = QUAKE | {"spread": 0.0}
    drawn, _ = futures(earthquakes=[quake], sampling={"draws": 400})
    mean, _ = futures(earthquakes=[quake], sampling={"sites": "expected", "stock": "expected"})
    for name in ("usable", "survives"):
        found, expected = getattr(drawn.effects, name), getattr(mean.effects, name)[:, 0]
        assert set(np.unique(found)) <= {0.0, 1.0}
        assert found.mean(axis=1) == pytest.approx(expected, abs=4.5 * np.sqrt(0.25 / 400))


def test_levels_come_from_the_rule_the_return_period_or_the_people_in_need():
    maps = {f"d{t}": grid(t / 1000.0, name=f"d{t}") for t in (10, 100, 1000)}
    given = [footprint(f"{t}", None, layer=f"d{t}", return_period=float(t), level=None) for t in (10, 100, 1000)]
    found, _ = futures(maps, footprints=given, levels={"return_periods": [50, 500]})
    assert found.scenarios.level.tolist() == ["moderate", "high", "extreme"]
    found, _ = futures(maps, footprints=given, levels={"quantiles": [0.95, 0.995]})
    assert found.scenarios.level.tolist() == ["moderate", "high", "extreme"]
    given[0]["level"] = "extreme"
    assert futures(maps, footprints=given)[0].scenarios.level[0] == "extreme"
    with pytest.raises(InstanceError, match="rates"):
        futures(RASTER, footprints=[footprint()], levels={"return_periods": [50, 500]})


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_more_people_in_need_never_make_a_lower_level(people):
    size = len(people)
    rule = rule_of(assumed=1).levels
    level = ranked(np.full(size, ""), np.array(people, float), np.full(size, 1 / size), rule, None)
    rank = [("moderate", "high", "extreme").index(v) for v in level[np.argsort(people, kind="stable")]]
    assert rank == sorted(rank)


def test_assumed_events_do_what_each_of_them_does_alone():
    from instances.hazards import declared
    from tests.hazards.town import phases

    town = ground(shore=True)
    events = declared.default_events(town, 4, 6)
    alone = declared.responses(events, town, phases(), 4)
    found, _ = futures(town=town, seed=4, assumed=6)
    assert found.scenarios.scenario.labels() == [event.name for event in events]
    weight = np.array([event.weight for event in events])
    assert found.scenarios.probability == pytest.approx(weight / weight.sum())
    assert found.scenarios.level.tolist() == [event.level for event in events]
    for s, one in enumerate(alone):
        assert np.array_equal(found.effects.need[:, :, s], np.rint(town.demand.people[:, None] * one.hit))
        assert found.effects.usable[:, s] == pytest.approx(one.usable, abs=0.001)
        assert found.effects.survives[:, s] == pytest.approx(one.survives, abs=0.001)
        assert np.array_equal(found.damage.cut[:, s], one.cut)
        assert found.damage.slowdown[:, s] == pytest.approx(one.slow)


def test_declared_events_of_a_rule_have_their_places_and_weights():
    causes = [{"hazard": "explosion", "at": {"x": EAST + 300.0, "y": NORTH + 300.0}, "radius": 120.0}]
    given = {"name": "blast", "level": "high", "weight": 3.0, "causes": causes}
    other = {"name": "dark", "level": "moderate", "weight": 1.0, "causes": [{"hazard": "outage", "share": 0.5}]}
    found, _ = futures(declared=[given, other])
    assert found.scenarios.probability == pytest.approx([0.75, 0.25])
    hit = np.flatnonzero(found.effects.need[:, 0, 0])
    away = np.hypot(X - EAST - 300, np.repeat(np.arange(SIDE), SIDE) * 100.0 - 300)
    assert set(hit) == set(np.flatnonzero(away < 120.0))
    with pytest.raises(InstanceError, match="shore"):
        futures(declared=[given | {"causes": [{"hazard": "flood", "reach": 50.0}]}])


def test_all_faults_come_at_once():
    given = [footprint("a", layer="gone"), footprint("b", column="x"), footprint("c", layer="zones", column="none")]
    zones = layer("zones", [square(0, 0, 10)], depth=[1.0])
    with pytest.raises(InstanceError) as caught:
        futures(RASTER | {"zones": zones}, footprints=given, curves={"choose": ["nowhere"]})
    text = str(caught.value)
    assert all(word in text for word in ("'gone'", "depth, zones", "has no columns", "'none'", "nowhere"))


def test_a_hazard_that_no_curve_knows_is_a_fault():
    smog = footprint("smog", hazard="smog", unit="1")
    with pytest.raises(InstanceError, match=r"no curve says what smog \(share\) does"):
        futures(RASTER, footprints=[smog])


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"footprints": [footprint(probability=0.5)]},
        {"footprints": [footprint(unit="furlong")]},
        {"assumed": 2, "times": {"day": 0.5, "night": 0.6}},
        {"assumed": 2, "seasons": [{"name": "a", "share": 0.5, "assumption": ONE}]},
        {"assumed": 2, "chains": [{"then": "flood", "after": ["fire"]}]},
        {"assumed": 2, "chains": [{"then": "footprint", "after": ["fire"], "probability": 1.0, "footprint": "x",
                                   "assumption": ONE}]},
        {"assumed": 2, "levels": {"quantiles": [0.9, 0.6]}},
        {"earthquakes": [QUAKE | {"magnitude": 9.5}]},
        {"earthquakes": [QUAKE | {"at": {"x": 1.0, "lat": 2.0}}]},
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_meant_is_refused(wrong):
    with pytest.raises(ValidationError):
        rule_of(**wrong)
