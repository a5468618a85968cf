"""Curves: published values, soundness of every curve that comes along, and changes by the user."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from instances.hazards.curves.curve import _library, curves_in_force
from instances.hazards.curves.rule import CurvesRule
from instances.schema import InstanceError

HERE = Path(".")
ANY = np.array([""])


def in_force(folder=HERE, **given):
    return curves_in_force(CurvesRule.model_validate(given), folder)


def all_curves():
    return {c.id: c for c in in_force(choose=[c.id for c in _library()[0]]).curves}


@pytest.mark.parametrize(
    ("curve", "median"),
    [("hazus_hwb1_slight", 0.4), ("hazus_hwb28_extensive", 1.2), ("hazus_hwb17_complete", 0.7),
     ("hazus_hwb16_moderate", 0.9), ("hazus_bored_tunnel_moderate", 0.8), ("hazus_cut_and_cover_slight", 0.5)],
)  # fmt: skip
def test_hazus_curves_give_one_half_at_the_published_median_and_spread_as_published(curve, median):
    one = all_curves()[curve]
    at = median * np.array([0.5, 1.0, 2.0])
    assert one(at) == pytest.approx(stats.lognorm(s=0.6, scale=median).cdf(at))
    assert one(at)[1] == pytest.approx(0.5)


def test_displacement_in_inches_is_read_as_metres():
    assert all_curves()["hazus_urban_road_extensive"](np.array([24 * 0.0254])) == pytest.approx(0.5)
    assert all_curves()["hazus_major_road_extensive"](np.array([60 * 0.0254])) == pytest.approx(0.5)


def test_a_flooded_road_has_the_published_speed_and_is_cut_from_three_hundred_millimetres_on():
    curves = all_curves()
    depth = np.array([0.0, 0.1, 0.2, 0.2999, 0.3, 1.0])
    speed = 0.0009 * (depth * 1000) ** 2 - 0.5529 * depth * 1000 + 86.9448
    assert curves["flooded_road_speed"](depth) == pytest.approx(np.where(depth >= 0.3, 0.0, speed))
    assert curves["flooded_road_cut"](depth).tolist() == [0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize("name", sorted(all_curves()))
def test_every_curve_that_comes_along_is_monotone_within_its_range_and_has_a_basis(name):
    curve = all_curves()[name]
    at = np.concatenate([[0.0], np.geomspace(1e-4, 500.0, 400)])
    value = curve(at)
    step = np.diff(value)
    if curve.effect == "speed":
        assert (step <= 1e-9).all() and (value >= 0).all()
    else:
        low, high = (1.0, 10.0) if curve.effect == "slow" else (0.0, 1.0)
        assert (step >= 0).all() and value.min() >= low and value.max() <= high
        assert value[0] == low  # no harm without intensity
    assert len(curve.basis) > 10


def test_curves_in_force_have_no_two_bridges_and_the_last_one_chosen_counts():
    known = in_force().chance_and_share("earthquake", "SA1", "bridge", "cut", np.array([0.45]), ANY)
    weak = in_force(choose=["hazus_hwb5_extensive"])
    assert weak.chance_and_share("earthquake", "SA1", "bridge", "cut", np.array([0.45]), ANY)[0] == pytest.approx(0.5)
    assert known[0][0] < 0.1


def test_a_curve_for_one_class_leaves_the_others_as_they_were():
    own = {
        "id": "strong", "hazard": ["flood"], "measure": "depth", "unit": "m", "asset": ["link"],
        "classes": ["primary"], "effect": "cut", "step": 2.0, "assumption": "For the test alone.",
    }  # fmt: skip
    cut = in_force(own=[own]).chance_and_share(
        "flood", "depth", "link", "cut", np.full(2, 1.0), np.array(["primary", "residential"])
    )[0]
    assert cut.tolist() == [0.0, 1.0]


@pytest.mark.data
def test_kampens_damage_curves_are_read_by_land_use(benchmark_data):
    table = {
        "path": "curves.csv", "hazard": ["flood"], "measure": "depth", "unit": "m", "asset": ["indoors"],
        "source": "Kampen case", "clause": "curves.csv",
    }  # fmt: skip
    curves = in_force(benchmark_data / "kampen", tables=[table])
    with (benchmark_data / "kampen" / "curves.csv").open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    codes = rows[0][1:]
    for row in rows[1::7]:
        depth = np.full(len(codes), float(row[0]))
        _, share = curves.chance_and_share("flood", "depth", "indoors", "unusable", depth, np.array(codes))
        assert share == pytest.approx([float(v) for v in row[1:]])


CURVE = {
    "id": "one", "hazard": ["flood"], "measure": "depth", "unit": "m", "asset": ["homes"], "effect": "unusable",
    "assumption": "For the test alone.",
}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": {"at": [0.0, 1.0], "value": [0.5, 0.1]}},
        {"points": {"at": [0.0, 1.0], "value": [0.0, 1.5]}},
        {"points": {"at": [1.0, 0.0], "value": [0.0, 1.0]}},
        {"points": {"at": [0.0, 1.0], "value": [0.0, 1.0]}, "step": 1.0},
        {"step": 1.0, "unit": "g"},
        {"step": 1.0, "asset": ["bridge"]},
        {"lognormal": {"median": 0.0, "beta": 0.5}},
        {"step": 1.0, "assumption": None},
        {},
    ],
)
def test_a_curve_that_cannot_be_right_is_refused(wrong):
    with pytest.raises(ValidationError):
        in_force(own=[CURVE | wrong])


def test_all_faults_of_files_of_curves_come_at_once(tmp_path):
    (tmp_path / "c.csv").write_text("depth,a\n0,0.5\n1,0.2\n")
    (tmp_path / "c.yaml").write_text("curves: [{id: x}]\n")
    table = {
        "path": "c.csv", "hazard": ["flood"], "measure": "depth", "unit": "m", "asset": ["stock"],
        "assumption": "For the test alone.",
    }  # fmt: skip
    with pytest.raises(InstanceError) as caught:
        in_force(tmp_path, choose=["hazus_hwb99_slight"], path="c.yaml", tables=[table, table | {"path": "gone.csv"}])
    text = str(caught.value)
    assert all(word in text for word in ("hwb99", "c.yaml", "column 'a'", "gone.csv"))
