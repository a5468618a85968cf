"""A link opens what somebody saw: every part of the view comes back from the address."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solver.explorer.content import Content

VIEWED = """() => {
  const s = window.refugia.state, m = s.model.value;
  const of = {
    view: "robustness", lang: "zh", current: 3, slots: [7, null, 4], shortlist: [5, 3],
    limits: m.objectives.map(
      (_, k) => k === 0 ? [null, m.values[0][17]] : k === 2 ? [m.values[2][8], 1e5] : [null, null]),
    goals: m.objectives.map((_, k) => k === 1 ? 0.1 + 0.2 : null),
    axes: [4, 0, 2], colourBy: 3, scatterAxes: [2, 4, 5], solid: true, turn: [1.25, -0.5],
    sorted: { by: 3, down: true },
    mapView: { x: 1234.5, y: 987.5, scale: 3.25 }, scenario: 6, hidden: new Set(["roads", "sites"]), measure: 2,
    forced: new Map([["sites|site 3", 1], ["land|p:7,|", 0]]),
  };
  for (const [name, value] of Object.entries(of)) s[name].value = value;
}"""
TOLD = """() => {
  const s = window.refugia.state;
  const plain = v => v instanceof Set ? [...v].sort() : v instanceof Map ? [...v].sort() : v;
  return Object.fromEntries(["view", "lang", "current", "slots", "shortlist", "limits", "goals", "axes", "colourBy",
    "scatterAxes", "solid", "turn", "sorted", "mapView", "scenario", "hidden", "measure", "forced"].map(
    name => [name, plain(s[name].value)]));
}"""


def awkward(content: Content) -> Content:
    """Names with every sign that a link uses for itself, in Chinese and not."""
    marks = ("方案 一", "a&b=c", "50%", "x,y", "#:~!", "*2", "ö|q", "+1")
    ids = tuple(marks[k] if k < len(marks) else f"第{k}号" for k in range(len(content.alternatives.ids)))
    names = ("成本", "a:b~c", "d,e!", "*3!", "f&g=h", "%41")
    objectives = tuple(
        replace(o, name=n, goal=5.0 if n == names[0] else None) for o, n in zip(content.objectives, names, strict=True)
    )
    return replace(content, objectives=objectives, alternatives=replace(content.alternatives, ids=ids))


def link_of(opened) -> str:
    return opened.run("() => window.refugia.written()")


def test_every_part_of_the_view_survives_a_link(open_page, small):
    content = awkward(small)
    first = open_page(content)
    first.run(VIEWED)
    before = first.run(TOLD)
    assert before["current"] == 3
    again = open_page(content, link_of(first))
    assert again.run(TOLD) == before
    assert again.page.get_by_role("alert").count() == 0


@pytest.mark.parametrize("by", [-3, -2, -1, 3, 5])
@pytest.mark.parametrize("down", [True, False])
def test_every_order_of_the_table_survives_a_link(open_page, small, by, down):
    opened = open_page(awkward(small))
    opened.run("told => { window.refugia.state.sorted.value = told; }", {"by": by, "down": down})
    link = link_of(opened)
    opened.run("() => { window.refugia.state.sorted.value = { by: 1, down: !1 }; }")
    opened.run("link => { location.hash = link + '&again=1'; }", link)
    opened.page.wait_for_timeout(100)
    assert opened.state("sorted") == {"by": by, "down": down}


def test_a_link_to_an_untouched_view_clears_what_was_set_before(open_page, small):
    opened = open_page(small)
    untouched, link = opened.run(TOLD), link_of(opened)
    opened.run(VIEWED)
    opened.run("link => { location.hash = link + '&again=1'; }", link)
    opened.page.wait_for_timeout(300)
    now = opened.run(TOLD)
    for name in (
        "view",
        "lang",
        "current",
        "slots",
        "shortlist",
        "limits",
        "goals",
        "axes",
        "scenario",
        "hidden",
        "forced",
    ):
        assert now[name] == untouched[name], name


def test_goals_that_were_cleared_stay_cleared(open_page, small):
    content = awkward(small)
    first = open_page(content)
    assert first.state("goals")[0] == 5
    first.run("() => { const s = window.refugia.state; s.goals.value = s.goals.value.map(() => null); }")
    assert open_page(content, link_of(first)).state("goals") == [None] * 6


def test_a_limit_at_an_alternative_keeps_that_alternative(open_page, small):
    first = open_page(small)
    first.run("() => { const s = window.refugia.state; s.setLimit(0, [null, s.model.value.values[0][11]]); }")
    kept = first.run("() => [...window.refugia.state.selection.value]")
    assert 11 in kept
    again = open_page(small, link_of(first))
    assert again.run("() => [...window.refugia.state.selection.value]") == kept


def test_a_link_made_on_another_front_says_so_and_gives_what_fits(open_page, small):
    other = replace(small, about=replace(small.about, digest="feedbeef00000000"))
    first = open_page(other)
    first.run("() => { const s = window.refugia.state; s.shortlist.value = [1, 2]; s.view.value = 'compare'; }")
    ids = tuple(f"n{k}" if k == 2 else name for k, name in enumerate(small.alternatives.ids))
    again = open_page(replace(small, alternatives=replace(small.alternatives, ids=ids)), link_of(first))
    banner = again.page.get_by_role("alert")
    assert "feedbeef" in banner.inner_text()
    assert again.state("shortlist") == [1]
    assert again.state("view") == "compare"
    banner.get_by_role("button").click()
    assert again.page.get_by_role("alert").count() == 0


def test_a_broken_link_opens_the_page_as_it_is(open_page, small):
    opened = open_page(small, "d=&v=nothing&a=%E6%96&b=cost&c=%&x=,,&m=1,2,zero&t=!!&q=::&f=x:y&h=%&s=%FF,1&=&&")
    assert opened.state("view") == "explore"
    assert opened.state("shortlist") == [0]
