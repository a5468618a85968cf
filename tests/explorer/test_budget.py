"""A page as small as asked for: what becomes coarser, in which order, and that it is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from instances.schema import InstanceError
from solver.explorer import budget
from solver.explorer.blocks import unblock
from solver.explorer.budget import fitted, page_size
from solver.explorer.content import Content
from solver.explorer.payload import Precision, payload
from tests.explorer.generated import generated


@pytest.fixture(scope="module")
def content() -> Content:
    return generated(80, 40, 8, 12, 10)


def sizes(content: Content) -> dict[str, int]:
    """Size of the page with scenarios as fine as that; what is said on it takes some hundred bytes more."""
    return {p: page_size(payload(content, "en", Precision(p))) for p in ("f8", "f4", "u2")}


def kept(told: dict[str, Any]) -> set[str]:
    return {m["values"]["dtype"] for m in told["futures"]["measures"]}


def test_a_page_that_fits_keeps_every_digit_and_says_nothing(content: Content) -> None:
    told, notes = fitted(content)
    assert notes == () and kept(told) == {"f8"} and told["about"]["withheld"] == ()
    assert content.futures is not None
    for measure, block in zip(content.futures.measures, told["futures"]["measures"], strict=True):
        assert np.array_equal(unblock(block["values"]), measure.values)


@pytest.mark.parametrize(("finer", "found", "said"), [("f8", "f4", "seven digits"), ("f4", "u2", "1/65,535")])
def test_scenarios_become_coarser_first_and_the_page_says_so(
    content: Content, finer: str, found: str, said: str
) -> None:
    told, notes = fitted(content, "en", sizes(content)[finer] - 1)
    assert kept(told) == {found} and len(notes) == 1 and said in notes[0]["en"]
    assert told["about"]["withheld"] == notes
    assert told["frame"]["step"] == payload(content)["frame"]["step"]
    assert page_size(told) <= sizes(content)[finer] - 1


def test_positions_come_next_and_objectives_and_decisions_never_change(content: Content) -> None:
    fine = payload(content)
    told, notes = fitted(content, "en", sizes(content)["u2"])
    step = fine["frame"]["step"]
    assert kept(told) == {"u2"} and told["frame"]["step"] in [step * k for k in budget.STEPS]
    assert notes[1]["en"] == f"Positions are kept to {told['frame']['step']:g} m."
    assert notes[1]["zh"] == f"位置精确到 {told['frame']['step']:g} 米。"
    assert told["alternatives"] == fine["alternatives"] and told["objectives"] == fine["objectives"]
    for one, other in zip(told["layers"], fine["layers"], strict=True):
        assert one["choices"] == other["choices"] and one["classes"] == other["classes"]


def test_a_page_that_stays_larger_is_made_with_a_warning(content: Content) -> None:
    told, notes = fitted(content, "zh", 1000.0)
    assert kept(told) == {"u2"} and "more than the 0 MB asked for" in notes[-1]["en"]
    assert told["about"]["withheld"] == notes[:-1]


def test_a_page_that_no_mail_takes_is_refused_unless_forced(content: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "LIMIT", 2000.0)
    with pytest.raises(InstanceError, match="too large") as caught:
        fitted(content, "en", 1000.0)
    assert "leave out layers (land, sites, corridors)" in caught.value.faults[0] and "--force" in caught.value.faults[0]
    told, notes = fitted(content, "en", 1000.0, force=True)
    assert kept(told) == {"u2"} and "MB" in notes[-1]["en"]


def test_what_was_withheld_before_stays_on_the_page(content: Content) -> None:
    before = replace(content, about=replace(content.about, withheld=({"en": "Left out: x.", "zh": "未包含：x。"},)))
    told, _ = fitted(before, "en", sizes(content)["f8"] - 1)
    assert [w["en"] for w in told["about"]["withheld"]] == [
        "Left out: x.",
        "Values over scenarios are kept to seven digits.",
    ]


def test_a_content_without_scenarios_or_map_has_nothing_to_make_coarser(content: Content) -> None:
    bare = replace(
        content,
        futures=None,
        layers=(),
        backdrops=(),
        overlays=(),
        objectives=tuple(replace(o, measure="", how="") for o in content.objectives),
    )
    told, notes = fitted(bare, "en", 10.0)
    assert len(notes) == 1 and told["futures"] is None
