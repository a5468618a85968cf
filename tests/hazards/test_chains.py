"""What follows an event: fires, slides, services that fail one after another, hazards that join."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pydantic import ValidationError

from instances.schema import InstanceError
from tests.hazards.town import EAST, NORTH, ONE, SIDE, X, footprint, futures, grid, ground, layer, rule_of

WEST_WET = np.where(np.arange(SIDE) < 2, 0.6, 0.0)  # the two western columns are under water
QUAKE = {"name": "quake", "magnitude": 7.0, "at": {"x": EAST + 300, "y": NORTH + 300}, "weight": 1.0, "spread": 0.0}


def point(x, y):
    return shapely.Point(EAST + x, NORTH + y)


def services(*given, after=("flood",), **more):
    return {"then": "services", "after": list(after), "services": list(given), "assumption": ONE} | more


def plants():
    return layer("plants", [point(0, 300), point(600, 300)])


def without(found, scenario=0):
    """Demand points whose need is more than that of water alone."""
    return found.effects.need[:, 1, scenario]


def test_a_chain_parts_an_event_in_with_and_without_and_probabilities_multiply():
    fire = {"then": "fire", "after": ["earthquake"], "probability": 0.3, "assumption": ONE}
    found, _ = futures(
        {"depth": grid(1.0)}, earthquakes=[QUAKE | {"weight": 3.0}], footprints=[footprint()], chains=[fire]
    )
    s = found.scenarios
    assert dict(zip(s.scenario.labels(), s.probability.tolist(), strict=True)) == pytest.approx(
        {"flood": 0.25, "quake, no fire": 0.75 * 0.7, "quake, with fire": 0.75 * 0.3}
    )
    assert s.hazard.tolist() == ["flood", "earthquake", "earthquake+fire"]
    # With fire nothing is better than without, because all else is drawn alike.
    assert (found.effects.need[:, :, 2] >= found.effects.need[:, :, 1]).all()
    assert (found.effects.usable[:, 2] <= found.effects.usable[:, 1]).all()
    assert (found.damage.cut[:, 2] >= found.damage.cut[:, 1]).all()
    assert (found.effects.need[:, :, 2] > found.effects.need[:, :, 1]).any()


def test_fire_breaks_out_only_where_people_live_and_shaking_is_strong_enough():
    people = np.zeros(len(X))
    people[24] = 5000.0
    fire = {"then": "fire", "after": ["earthquake"], "probability": 1.0, "radius": 90.0, "assumption": ONE}
    strong = {"lognormal": {"median": 1e6, "beta": 0.1}, "hazard": ["earthquake"], "measure": "PGA", "unit": "g"}
    own = [strong | {"id": f"c{k}", "asset": [a], "effect": e, "assumption": ONE}
           for k, (a, e) in enumerate((("homes", "unusable"), ("indoors", "unusable"), ("underground", "unusable"),
                                       ("stock", "lost")))]  # fmt: skip
    found, _ = futures(town=ground(people), earthquakes=[QUAKE], chains=[fire], curves={"own": own})
    assert found.scenarios.scenario.labels() == ["quake, with fire"]
    assert np.flatnonzero(found.effects.survives[:, 0] < 1).tolist() == [24]
    calm, _ = futures(town=ground(people), earthquakes=[QUAKE], chains=[fire | {"trigger": 99.0}], curves={"own": own})
    assert calm.scenarios.scenario.labels() == ["quake"]


@pytest.mark.parametrize(("steep", "trigger", "slides"), [(20.0, 0.1, True), (20.0, 9.0, False), (60.0, 0.1, False)])
def test_ground_slides_where_it_is_steep_and_shaken(steep, trigger, slides):
    slope = np.zeros((SIDE, SIDE))
    slope[2, 3] = 35.0
    chain = {"then": "landslide", "after": ["earthquake"], "probability": 0.5, "slope": "slope", "steep": steep,
             "trigger": trigger, "assumption": ONE}  # fmt: skip
    found, _ = futures({"slope": grid(slope, name="slope")}, earthquakes=[QUAKE], chains=[chain])
    labels = found.scenarios.scenario.labels()
    assert labels == (["quake, no landslide", "quake, with landslide"] if slides else ["quake"])
    if slides:
        worse = np.flatnonzero(found.effects.survives[:, 1] < found.effects.survives[:, 0])
        assert set(worse) <= {2 * SIDE + 3}
        assert found.effects.survives[2 * SIDE + 3, 1] == 0.0


def test_slopes_are_made_of_heights():
    heights = np.add.outer(np.zeros(SIDE), np.arange(SIDE) * 100.0)  # 45 degrees everywhere
    chain = {"then": "landslide", "after": ["earthquake"], "probability": 1.0, "heights": "dem", "trigger": 0.01,
             "assumption": ONE}  # fmt: skip
    for steep, hazard in ((44.0, "earthquake+landslide"), (46.0, "earthquake")):
        found, _ = futures({"dem": grid(heights, name="dem")}, earthquakes=[QUAKE], chains=[chain | {"steep": steep}])
        assert found.scenarios.hazard.tolist() == [hazard]


def test_a_flooded_plant_takes_the_power_of_those_it_serves_and_power_takes_the_water():
    power = {"name": "power", "layer": "plants", "fails": 0.5}
    water = {"name": "water", "needs": ["power"]}
    found, ledger = futures(
        {"depth": grid(WEST_WET), "plants": plants()}, footprints=[footprint()], chains=[services(power, water)]
    )
    assert found.scenarios.hazard.tolist() == ["flood+power+water"]
    assert found.scenarios.probability.tolist() == [1.0]
    west = X - EAST < 300
    flooded = np.where(X - EAST < 200, 0.6 * 0.40, 0.0)
    dark = np.where(west, 0.16, 0.0)
    dry = np.where(west, 0.10, 0.0)
    middle = X - EAST == 300  # as near to one plant as to the other
    expected = 1000 * (1 - (1 - flooded) * (1 - dark) * (1 - dry))
    assert without(found)[~middle] == pytest.approx(expected[~middle], abs=0.51)
    assert ("plants", "read", 2.0) in [(row[0], row[1], row[3]) for row in ledger.rows]


def test_a_backup_of_its_own_keeps_a_service_running():
    power = {"name": "power", "layer": "plants", "fails": 0.5}
    water = {"name": "water", "needs": ["power"], "backup": 1.0}
    found, _ = futures(
        {"depth": grid(WEST_WET), "plants": plants()}, footprints=[footprint()], chains=[services(power, water)]
    )
    assert found.scenarios.hazard.tolist() == ["flood+power"]


def test_a_facility_that_stands_dry_fails_without_the_service_it_needs():
    """The pump in the east is fed from the power plant in the west, so the east has power but no water."""
    power = {"name": "power", "layer": "areas", "areas": True, "fails": 0.5}
    water = {"name": "water", "layer": "pumps", "needs": ["power"]}
    telecom = {"name": "telecom", "layer": "masts", "fails": 0.5, "needs": ["power"]}
    layers = {
        "depth": grid(WEST_WET),
        "areas": layer("areas", [shapely.box(EAST - 50, NORTH - 50, EAST + 150, NORTH + 650)]),
        "pumps": layer("pumps", [point(100, 300)]),
        "masts": layer("masts", [point(500, 300)]),
    }
    found, _ = futures(layers, footprints=[footprint()], chains=[services(telecom, water, power)])
    assert found.scenarios.hazard.tolist() == ["flood+power+water"]
    east = X - EAST > 300
    assert without(found)[east] == pytest.approx(100.0)  # 10 % seek a place for want of water


def test_a_cascade_with_a_probability_parts_the_event_and_one_that_takes_nothing_does_not():
    power = {"name": "power", "layer": "plants", "fails": 0.5}
    wet = {"depth": grid(WEST_WET), "plants": plants()}
    found, _ = futures(wet, footprints=[footprint()], chains=[services(power, probability=0.2)])
    assert found.scenarios.probability == pytest.approx([0.8, 0.2])
    high, _ = futures(wet, footprints=[footprint()], chains=[services(power | {"fails": 3.0}, probability=0.2)])
    assert high.scenarios.scenario.labels() == ["flood"]


def test_plants_fail_as_often_as_their_fragility_curve_says():
    power = {"name": "power", "layer": "plants", "fails": 0.6, "spread": 0.4}
    found, _ = futures(
        {"depth": grid(0.6), "plants": plants()}, footprints=[footprint()], chains=[services(power)],
        sampling={"draws": 400},
    )  # fmt: skip
    need = found.effects.need[[0, -1], 1]  # one served by each plant; 12 % more of all people where it fails
    for row in need:
        assert abs((row > row.min()).mean() - 0.5) < 4.5 * 0.5 / 20
    assert (need[0] > need[0].min()).tolist() != (need[1] > need[1].min()).tolist()


def test_another_hazard_joins_in_and_chains_follow_chains():
    wind = footprint("storm", hazard="wind", layer="gust", unit="m/s", weight=1.0)
    join = {"then": "footprint", "after": ["flood"], "probability": 0.25, "footprint": "storm", "assumption": ONE}
    power = {"name": "power", "layer": "plants", "fails": 20.0}
    layers = {"depth": grid(0.6), "gust": grid(30.0, name="gust"), "plants": plants()}
    found, _ = futures(
        layers, footprints=[footprint(), wind], chains=[join, services(power, after=["wind"], probability=0.5)]
    )
    hazards = dict.fromkeys(found.scenarios.hazard.tolist(), 0.0)
    for hazard, p in zip(found.scenarios.hazard.tolist(), found.scenarios.probability, strict=True):
        hazards[hazard] += p
    assert hazards == pytest.approx(
        {"flood": 0.375, "flood+wind": 0.0625, "flood+wind+power": 0.0625, "wind": 0.25, "wind+power": 0.25}
    )


def test_a_map_without_a_mass_only_joins_others():
    wind = footprint("storm", None, hazard="wind", layer="gust", unit="m/s")
    join = {"then": "footprint", "after": ["flood"], "probability": 0.25, "footprint": "storm", "assumption": ONE}
    layers = {"depth": grid(0.6), "gust": grid(30.0, name="gust")}
    found, _ = futures(layers, footprints=[footprint(), wind], chains=[join])
    assert found.scenarios.hazard.tolist() == ["flood", "flood+wind"]
    assert found.scenarios.probability == pytest.approx([0.75, 0.25])


def test_rain_needs_no_curve_of_its_own_where_slopes_slide_after_it():
    slope = np.zeros((SIDE, SIDE))
    slope[2, 3] = 35.0
    rain = footprint("rain", hazard="rain", layer="rain", unit="mm")
    slide = {"then": "landslide", "after": ["rain"], "probability": 0.4, "slope": "slope", "steep": 30.0,
             "trigger": 200.0, "assumption": ONE}  # fmt: skip
    for fallen, count in ((250.0, 2), (150.0, 1)):
        layers = {"rain": grid(fallen, name="rain"), "slope": grid(slope, name="slope")}
        found, _ = futures(layers, footprints=[rain], chains=[slide])
        assert found.scenarios.scenario.size == count


def test_layers_that_chains_lack_are_named():
    slide = {"then": "landslide", "after": ["earthquake"], "probability": 1.0, "heights": "dem", "steep": 20.0,
             "trigger": 0.1, "assumption": ONE}  # fmt: skip
    with pytest.raises(InstanceError, match="'dem'"):
        futures(earthquakes=[QUAKE], chains=[slide])
    with pytest.raises(InstanceError, match="'plants'"):
        futures({"depth": grid(1.0)}, footprints=[footprint()],
                chains=[services({"name": "power", "layer": "plants", "fails": 1.0})])  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        [{"name": "a", "needs": ["b"]}, {"name": "b", "needs": ["a"]}],
        [{"name": "a", "needs": ["gone"]}],
        [{"name": "a"}],
        [{"name": "a", "layer": "x"}],
    ],
)
def test_services_that_need_each_other_in_a_circle_or_nothing_at_all_are_refused(given):
    with pytest.raises(ValidationError):
        rule_of(assumed=1, chains=[services(*given)])


def test_fire_follows_declared_events_too_where_they_hit_people():
    fire = {"then": "fire", "after": ["explosion"], "probability": 0.5, "assumption": ONE}
    causes = [{"hazard": "explosion", "at": {"x": EAST + 300.0, "y": NORTH + 300.0}, "radius": 150.0}]
    blast = {"name": "blast", "level": "high", "weight": 1.0, "causes": causes}
    found, _ = futures(declared=[blast], chains=[fire])
    assert found.scenarios.hazard.tolist() == ["explosion", "explosion+fire"]
    assert found.scenarios.level.tolist() == ["high", "high"]
