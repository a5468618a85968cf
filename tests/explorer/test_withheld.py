"""What is withheld is nowhere in the page: not as text, not in any array, not in the order of things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from instances.schema import InstanceError
from solver.explorer.blocks import unblock
from solver.explorer.content import Amount, Choices, Content, Layer, Overlay
from solver.explorer.export import export_html
from solver.explorer.page import read_payload
from solver.explorer.withheld import known, withheld
from tests.explorer.generated import generated, text

SECRET = "Sports hall 3"


@pytest.fixture(scope="module")
def content() -> Content:
    """A front whose notes, scenarios and suggestions name a place, with stock at places and hazards on them."""
    made = generated(40, 8, 6, 24, 9)
    land, sites, ways = made.layers
    random = np.random.default_rng(5)
    held = np.unique(choices(sites).feature[choices(sites).kind >= 3])
    water = Amount(
        "stock.water", text("Water", "饮用水"), text("l", "升"), held, random.uniform(1e3, 9e3, (40, len(held)))
    )
    food = replace(water, name="stock.food", label=text("Food", "食品"), values=water.values / 7)
    sites = replace(
        sites,
        ids=tuple(f"OSM way {90_000 + 17 * k}" for k in range(24)),
        amounts=(water, food),
        facts=sites.facts | {"capacity": random.uniform(50, 900, 24), "volume": random.uniform(5, 90, 24)},
    )  # fmt: skip
    assert made.futures is not None and SECRET in sites.titles
    about = replace(made.about, notes=(f"{SECRET} is counted twice.", "Nothing else."), sources=("OSM way 90051",))
    futures = replace(made.futures, titles=(text(f"Fire at {SECRET}", f"{SECRET}火灾"), *made.futures.titles[1:]))
    first = replace(made.suggestions[0], reason=text(f"It leaves out {SECRET}.", f"不使用{SECRET}。"))
    hazard = Overlay("unusable", text("Unusable", "不可用"), "sites", random.integers(0, 255, (8, 24)).astype(np.uint8))
    return replace(
        made,
        about=about,
        futures=futures,
        suggestions=(first, *made.suggestions[1:]),
        layers=(land, sites, ways),
        overlays=(*made.overlays, hazard),
    )


def choices(layer: Layer) -> Choices:
    assert isinstance(layer.decisions, Choices)
    return layer.decisions


def layer(content: Content, name: str) -> Layer:
    return next(found for found in content.layers if found.name == name)


def written(content: Content, path: Any, **how: Any) -> tuple[str, dict[str, Any]]:
    """The text of the page as it lies on disk, and its payload."""
    made = export_html(content, path / "page.html", **how)
    told = made.path.read_text("utf-8")
    return told, read_payload(told)


def arrays(told: Any) -> Iterator[np.ndarray]:
    """Every array of a payload, however deep."""
    if isinstance(told, dict) and {"dtype", "data"} <= set(told):
        yield unblock(told)
    elif isinstance(told, dict | list):
        for part in told.values() if isinstance(told, dict) else told:
            yield from arrays(part)


def holds(told: dict[str, Any], numbers: np.ndarray) -> int:
    """How many of some numbers stand in any array of fractions, as exactly as these are kept."""
    every = np.concatenate([np.asarray(a, np.float64).ravel() for a in arrays(told) if a.dtype.kind == "f"])
    return int(np.isin(np.float32(numbers), np.float32(every)).sum())


def named(page: str, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", page)]


def test_a_layer_that_is_left_out_is_nowhere_in_the_file(content: Content, tmp_path: Any) -> None:
    sites = layer(content, "sites")
    page, told = written(content, tmp_path)
    assert named(page, sites.ids) and holds(told, sites.facts["area"]) == 24, "the search finds what is there"
    page, told = written(content, tmp_path, leave_out=["sites"])
    assert [x["name"] for x in told["layers"]] == ["land", "corridors"]
    assert not named(page, (*sites.ids, *sites.titles, *sites.groups))
    for numbers in (*sites.facts.values(), *(a.values.ravel() for a in sites.amounts)):
        assert holds(told, numbers) == 0
    assert [o["name"] for o in told["overlays"]] == ["flood"], "what a hazard does to them goes with them"
    assert told["about"]["withheld"][0] == {"en": "Left out: Sites.", "zh": "未包含：场所。"}


def test_texts_that_name_what_is_left_out_are_shortened_and_it_is_said_how_many(
    content: Content, tmp_path: Any
) -> None:
    _, told = written(content, tmp_path, leave_out=["sites"])
    assert told["about"]["notes"] == ["[…] is counted twice.", "Nothing else."] and told["about"]["sources"] == ["[…]"]
    assert told["futures"]["titles"][0]["en"] == "Fire at […]"
    assert told["suggestions"][0]["reason"]["en"] == "It leaves out […]."
    assert "named what was left out" in told["about"]["withheld"][-1]["en"]
    assert re.match(r"\d+ ", told["about"]["withheld"][-1]["en"])


def test_coarse_positions_are_middles_of_cells_and_no_exact_one_is_left(content: Content, tmp_path: Any) -> None:
    sites = layer(content, "sites")
    page, told = written(content, tmp_path, coarsen={"sites": 200})
    kept = next(x for x in told["layers"] if x["name"] == "sites")
    frame = told["frame"]
    xy = np.column_stack([unblock(kept["shapes"][axis]) for axis in "xy"]) * frame["step"] + frame["corner"]
    assert np.abs((xy / 200) % 1 - 0.5).max() < 1e-2, "every point is in the middle of its cell"
    cells = {tuple(c) for c in np.floor(sites.shapes.xy / 200).astype(int)}
    assert {tuple(c) for c in np.floor(xy / 200).astype(int)} == cells
    away = np.abs(xy[:, None, :] - sites.shapes.xy[None]).max(axis=2)
    middle = np.abs(sites.shapes.xy / 200 % 1 - 0.5).max(axis=1) < 0.01
    assert (away[:, ~middle] > frame["step"]).all(), "and none of them is where it was"
    assert not named(page, (*sites.ids, *sites.titles)) and kept["groups"] is None and kept["facts"] == {}
    assert kept["ids"] == [str(k + 1) for k in range(24)] and not kept["forceable"]
    for numbers in sites.facts.values():
        assert holds(told, numbers) == 0
    assert "unusable" not in [o["name"] for o in told["overlays"]], "hazards there would tell where it is"
    assert "cells of 200 m" in told["about"]["withheld"][0]["en"]


def test_the_order_of_coarse_places_does_not_tell_which_is_which(content: Content) -> None:
    """The same places listed in any other order give the same page."""
    order = np.random.default_rng(3).permutation(24)
    sites = layer(content, "sites")
    at = np.argsort(order)
    told = choices(sites)
    shuffled = replace(
        sites,
        ids=tuple(sites.ids[k] for k in order),
        titles=tuple(sites.titles[k] for k in order),
        groups=tuple(sites.groups[k] for k in order),
        shapes=replace(sites.shapes, xy=sites.shapes.xy[order]),
        facts={name: values[order] for name, values in sites.facts.items()},
        decisions=replace(told, feature=at[told.feature]),
        amounts=tuple(replace(a, feature=at[a.feature]) for a in sites.amounts),
    )
    land, _, ways = content.layers
    other = replace(content, layers=(land, shuffled, ways), overlays=content.overlays[:1])
    one, two = (layer(withheld(c, coarsen={"sites": 400}), "sites") for c in (content, other))
    assert np.array_equal(one.shapes.xy, two.shapes.xy)
    uses = [np.bincount(choices(x).feature, choices(x).chosen.sum(axis=0), minlength=24) for x in (one, two)]
    assert np.array_equal(uses[0], uses[1])


def test_decisions_and_amounts_stay_with_their_places_when_these_are_coarsened(content: Content) -> None:
    sites = layer(content, "sites")
    coarse = layer(withheld(content, coarsen={"sites": 300}), "sites")
    cell = [tuple(c) for c in np.floor(sites.shapes.xy / 300).astype(int)]
    again = [tuple(c) for c in np.floor(coarse.shapes.xy / 300).astype(int)]

    def taken(made: Choices, at: list[tuple[int, ...]], plan: int) -> list[tuple[tuple[int, ...], int]]:
        return sorted((at[made.feature[o]], int(made.kind[o])) for o in np.flatnonzero(made.chosen[plan]))

    for plan in range(40):
        assert taken(choices(sites), cell, plan) == taken(choices(coarse), again, plan)
    for given, kept in zip(sites.amounts, coarse.amounts, strict=True):
        before = sorted((cell[f], v) for f, v in zip(given.feature, given.values[7], strict=True))
        assert before == sorted((again[f], v) for f, v in zip(kept.feature, kept.values[7], strict=True))


def test_a_kind_goes_with_places_that_serve_for_nothing_else_and_with_what_is_held_there(
    content: Content, tmp_path: Any
) -> None:
    sites = layer(content, "sites")
    only = {
        int(f)
        for f in np.unique(choices(sites).feature)
        if (choices(sites).kind[choices(sites).feature == f] >= 3).all()
    }
    page, told = written(content, tmp_path, leave_out=["sites.store", "sites.warehouse"])
    kept = next(x for x in told["layers"] if x["name"] == "sites")
    assert [k["name"] for k in kept["kinds"]] == ["day", "week", "long"]
    assert len(kept["ids"]) == 24 - len(only) and not named(page, tuple(sites.ids[k] for k in only))
    assert unblock(kept["choices"]["kind"]).max() <= 2 and kept["amounts"] == []
    assert set(kept["facts"]) == {"area", "capacity"}
    assert "left out Store room, Warehouse" in told["about"]["withheld"][0]["en"]
    before, after = choices(sites), choices(layer(withheld(content, ["sites.store", "sites.warehouse"]), "sites"))
    assert np.array_equal(before.chosen[:, before.kind <= 2], after.chosen)
    hazards = next(o for o in told["overlays"] if o["name"] == "unusable")
    assert hazards["values"]["shape"] == [8, len(kept["ids"])]


def test_a_place_that_is_left_with_its_kind_is_gone_and_the_others_keep_what_is_theirs(content: Content) -> None:
    """Places with one use each: those of the kind go, and numbers of the others stay with them."""
    land, sites, ways = content.layers
    made = choices(sites)
    first = np.arange(0, 48, 2)
    one = replace(
        sites,
        decisions=Choices(made.feature[first], np.where(np.arange(24) % 3 == 0, 4, 0), made.chosen[:, first]),
        amounts=(),
    )
    few = layer(withheld(replace(content, layers=(land, one, ways)), ["sites.warehouse"]), "sites")
    stay = [k for k in range(24) if k % 3]
    assert few.ids == tuple(sites.ids[k] for k in stay) and few.titles == tuple(sites.titles[k] for k in stay)
    assert np.array_equal(few.shapes.xy, sites.shapes.xy[stay])
    assert np.array_equal(few.facts["area"], sites.facts["area"][stay])
    assert np.array_equal(choices(few).feature, np.arange(16))


@pytest.mark.parametrize(
    ("name", "gone", "stays"),
    [("sites.stock", ["stock.water", "stock.food"], []), ("sites.stock.food", ["stock.food"], ["stock.water"])],
)
def test_amounts_are_left_out_together_or_one_by_one(
    content: Content, tmp_path: Any, name: str, gone: list[str], stays: list[str]
) -> None:
    amounts = {a.name: a for a in layer(content, "sites").amounts}
    _, told = written(content, tmp_path, leave_out=[name])
    kept = next(x for x in told["layers"] if x["name"] == "sites")
    assert [a["name"] for a in kept["amounts"]] == stays
    assert all(holds(told, amounts[k].values) == 0 for k in gone)


def test_names_alone_can_be_replaced_by_numbers(content: Content, tmp_path: Any) -> None:
    sites = layer(content, "sites")
    page, told = written(content, tmp_path, leave_out=["sites.titles", "corridors.titles"])
    kept = next(x for x in told["layers"] if x["name"] == "sites")
    assert kept["titles"] is None and kept["ids"][:2] == ["1", "2"]
    assert not named(page, (*sites.ids, *sites.titles, *layer(content, "corridors").titles))


def test_lines_cannot_be_coarse_and_are_left_out(content: Content) -> None:
    found = withheld(content, coarsen={"corridors": 250})
    assert [x.name for x in found.layers] == ["land", "sites"]
    assert "lines and areas cannot be told from cells of 250 m" in found.about.withheld[0]["en"]


def test_a_backdrop_goes_with_its_overlays_and_is_named(content: Content) -> None:
    found = withheld(content, ["roads", "flood"])
    assert not found.backdrops and [o.name for o in found.overlays] == ["unusable"]
    assert [note["zh"] for note in found.about.withheld] == ["未包含：道路。", "未包含：淹没深度。"]


def test_all_that_is_asked_for_in_vain_is_one_error(content: Content) -> None:
    with pytest.raises(InstanceError) as caught:
        withheld(content, ["ports", "land.housing", "sites.day"], {"sites": -5, "parks": 3})
    assert len(caught.value.faults) == 4
    told = "\n".join(caught.value.faults)
    assert "'ports' cannot be left out; known are land" in told and "leave out land" in told
    assert "'parks' cannot be coarsened; known are land, sites, corridors" in told and "sites: cells of -5 m" in told
    for name in known(content):
        assert withheld(content, [name]).about.withheld, name


def test_nothing_withheld_changes_nothing(content: Content) -> None:
    found = withheld(content)
    assert found.about.withheld == () and found.layers == content.layers and found.backdrops == content.backdrops
    for one, other in zip(found.overlays, content.overlays, strict=True):
        assert one.name == other.name and np.array_equal(one.values, other.values)
