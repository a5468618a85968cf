from __future__ import annotations

import dataclasses
import logging
import re
import warnings
import xml.etree.ElementTree as ET

import matplotlib.image
import numpy as np
import pytest

from solver.outputs import map as printed
from solver.outputs.map import write_map
from solver.outputs.maplabels import Name, free_spot
from solver.page.palette import mode_marks, palette


def near(image, colour, within=0.03):
    """Number of dots of about a colour."""
    wanted = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return int((np.abs(image[..., :3] - wanted).max(axis=2) < within).sum())


@pytest.fixture(scope="module")
def image(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "map.png"
    assert write_map(plan, path) == path
    return matplotlib.image.imread(path)


def test_the_sheet_is_a4_and_shows_every_mode_that_is_prepared(plan, image):
    assert sorted(image.shape[:2]) == [int(8.27 * 150), int(11.69 * 150)]
    marks = dict(zip(plan.instance.modes.mode.labels(), mode_marks(plan.instance.modes), strict=True))
    for mode in set(plan.openings["mode"]):
        assert near(image, marks[mode].colour) > 20, mode
    tiers = palette()["tier"]
    rank = plan.instance.corridors.tier.position(plan.corridors["tier"].iloc[0])
    assert near(image, tiers[rank]["colour"]) > 100


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_drawing_raises_no_warning_in_any_language(plan, tmp_path, caplog, lang, suffix):
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING, logger="matplotlib"):
        warnings.simplefilter("error")
        write_map(plan, tmp_path / f"map.{suffix}", lang)
    assert caplog.records == []


def test_without_a_chinese_font_the_map_is_english_and_has_no_empty_boxes(plan, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(printed, "CHINESE", ())
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING, logger="matplotlib"):
        warnings.simplefilter("error")  # matplotlib warns of every letter that it has no shape for
        path = write_map(plan, tmp_path / "fallback.svg", "zh")
    assert caplog.records == []
    english = re.sub(r'id="[^"]*"', "", write_map(plan, tmp_path / "english.svg", "en").read_text("utf-8"))
    assert re.sub(r'id="[^"]*"', "", path.read_text("utf-8")) == english


def test_the_svg_is_well_formed_and_loads_nothing(plan, tmp_path):
    text = write_map(plan, tmp_path / "map.svg").read_text("utf-8")
    ET.fromstring(text)
    assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)"', text))
    assert "<image" not in text


def test_the_same_plan_gives_the_same_file(plan, tmp_path):
    one, two = (write_map(plan, tmp_path / name).read_bytes() for name in ("one.svg", "two.svg"))
    assert one == two


def test_openstreetmap_is_credited_only_where_it_is_the_source(plan):
    assert "© OpenStreetMap contributors" in printed._credits(plan, "en")
    about = dataclasses.replace(plan.instance.about, sources=("A survey of our own",))
    other = dataclasses.replace(plan, instance=dataclasses.replace(plan.instance, about=about))
    assert "OpenStreetMap" not in printed._credits(other, "en")


def test_the_proof_stands_on_the_map_with_its_numbers(plan):
    line = printed._proof(plan, "en")
    assert f"{plan.solution.value:,.0f}" in line
    assert f"{plan.solution.bound:,.0f}" in line


@pytest.mark.parametrize(
    ("name", "lang", "word"), [("map.pdf", "en", "png or .svg"), ("map.png", "fr", "use en or zh")]
)
def test_an_unknown_format_or_language_is_refused(plan, tmp_path, name, lang, word):
    with pytest.raises(ValueError, match=word):
        write_map(plan, tmp_path / name, lang)
    assert list(tmp_path.iterdir()) == []


def test_names_are_written_only_where_they_cover_nothing():
    name, frame = Name("A", 50, 50, 0, False), (0.0, 0.0, 100.0, 100.0)
    right = free_spot(name, 20, 10, 1.0, [], frame)
    assert right == (55.5, 45.0)
    left = free_spot(name, 20, 10, 1.0, [(55, 40, 90, 60)], frame)
    assert left == (24.5, 45.0)
    assert free_spot(name, 20, 10, 1.0, [(0, 0, 100, 100)], frame) is None
    assert free_spot(name, 200, 10, 1.0, [], frame) is None
