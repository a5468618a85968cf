"""The parallel axes in a browser: what a limit keeps, counted by numpy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver.explorer.page import page_text
from solver.explorer.payload import payload
from solver.outputs.textfile import write_text


def track(opened, axis):
    """Middle of an axis, its best end and its worst end in pixels of the window."""
    box = opened.page.locator(".axis-track").nth(axis).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + 12, box["y"] + box["height"] - 12


def drag(opened, axis, first, last):
    """From one share of the axis to another; 0 is the best end."""
    x, top, bottom = track(opened, axis)
    mouse = opened.page.mouse
    mouse.move(x, top + (bottom - top) * first)
    mouse.down()
    for share in np.linspace(first, last, 5)[1:]:
        mouse.move(x, top + (bottom - top) * share)
    mouse.up()
    opened.page.wait_for_function("() => !refugia.state.dragging.value")


def kept(content, limits):
    """Which alternatives keep the limits, as booleans."""
    found = np.ones(len(content.alternatives.values), bool)
    for column, (low, high) in zip(content.alternatives.values.T, limits, strict=True):
        found &= (column >= (-np.inf if low is None else low)) & (column <= (np.inf if high is None else high))
    return found


def agree(opened, content):
    """The page keeps those that numpy keeps, and says how many."""
    wanted = kept(content, opened.state("limits"))
    assert opened.run("() => Array.from(refugia.state.selected.value)") == wanted.astype(int).tolist()
    said = opened.page.locator(".axes-count").inner_text()
    assert said == f"{wanted.sum()} of {len(wanted)} alternatives keep the limits"
    return int(wanted.sum())


def test_dragging_along_an_axis_keeps_the_alternatives_within_the_range(open_page, small):
    opened = open_page(small, bypass_csp=True)
    drag(opened, 0, 0.2, 0.6)
    low, high = opened.state("limits")[0]
    values = small.alternatives.values[:, 0]
    pixel = np.ptp(values) / (track(opened, 0)[2] - track(opened, 0)[1])
    assert low == pytest.approx(values.min() + 0.2 * np.ptp(values), abs=2 * pixel)
    assert high == pytest.approx(values.min() + 0.6 * np.ptp(values), abs=2 * pixel)
    assert 0 < agree(opened, small) < 120


def test_a_range_moves_widens_and_clears(open_page, small):
    opened = open_page(small, bypass_csp=True)
    drag(opened, 1, 0.2, 0.5)
    low, high = opened.state("limits")[1]
    drag(opened, 1, 0.35, 0.55)
    moved = opened.state("limits")[1]
    assert moved[0] > low and moved[1] - moved[0] == pytest.approx(high - low, rel=0.05)
    drag(opened, 1, 0.7, 0.9)
    assert opened.state("limits")[1][0] == moved[0] and opened.state("limits")[1][1] > moved[1]
    agree(opened, small)
    x, top, bottom = track(opened, 1)
    opened.page.mouse.dblclick(x, (top + bottom) / 2)
    assert opened.state("limits")[1] == [None, None]


def test_a_range_that_leaves_the_axis_has_no_limit_at_that_end(open_page, small):
    opened = open_page(small, bypass_csp=True)
    drag(opened, 2, 0.5, 1.3)
    low, high = opened.state("limits")[2]
    assert low is not None and high is None


def test_handles_move_by_key_keep_the_focus_and_clear(open_page, small):
    opened = open_page(small)
    handle = opened.page.get_by_role("slider", name="Cost: at most")
    handle.focus()
    opened.page.keyboard.press("Shift+ArrowUp")
    coarse = opened.state("limits")[0][1]
    opened.page.keyboard.press("ArrowUp")
    fine = opened.state("limits")[0][1]
    assert small.alternatives.values[:, 0].max() > coarse > fine
    assert float(handle.get_attribute("aria-valuenow")) == fine
    assert handle.evaluate("node => node === document.activeElement")
    agree(opened, small)
    opened.page.keyboard.press("g")
    assert opened.state("goals")[0] == fine
    opened.page.keyboard.press("Delete")
    assert opened.state("limits")[0] == [None, None]
    opened.page.get_by_role("slider", name="Cost: goal").focus()
    opened.page.keyboard.press("Delete")
    assert opened.state("goals")[0] is None


def test_limits_and_goals_can_be_typed_exactly(open_page, small):
    opened = open_page(small)
    exact = float(np.sort(small.alternatives.values[:, 3])[40])
    opened.page.get_by_role("button", name="Limits and goal: Walking").click()
    form = opened.page.get_by_role("dialog", name="Limits and goal: Walking")
    form.get_by_label("at most").fill(repr(exact))
    form.get_by_label("goal").fill("12.5")
    opened.page.keyboard.press("Enter")
    assert opened.state("limits")[3] == [None, exact] and opened.state("goals")[3] == 12.5
    assert agree(opened, small) == 41


def test_a_range_upside_down_is_told_and_keeps_none(open_page, small):
    opened = open_page(small)
    opened.page.get_by_role("button", name="Limits and goal: Cost").click()
    form = opened.page.get_by_role("dialog")
    form.get_by_label("at most").fill("100")
    form.get_by_label("at least").fill("200")
    form.get_by_label("goal").focus()
    form.get_by_role("alert").wait_for()
    assert agree(opened, small) == 0


def test_a_click_chooses_the_line_under_the_pointer(open_page, small):
    opened = open_page(small)
    (left, top, bottom), (right, _, _) = track(opened, 3), track(opened, 4)
    values = small.alternatives.values[:, 3:5]
    ends = top + (values - values.min(axis=0)) / np.ptp(values, axis=0) * (bottom - top)
    shares = np.linspace(0.25, 0.75, 11)
    heights = ends[:, [0]] + np.diff(ends, axis=1) * shares
    gap = np.abs(heights[:, None] - heights[None, :])
    gap[np.arange(120), np.arange(120)] = np.inf
    alone = gap.min(axis=1)
    alone[opened.state("current")] = 0
    wanted, at = np.unravel_index(alone.argmax(), alone.shape)
    assert alone[wanted, at] > 3
    opened.page.mouse.click(left + (right - left) * shares[at], heights[wanted, at])
    assert opened.state("current") == wanted


def test_an_alt_click_sets_a_goal_on_the_nearest_axis(open_page, small):
    opened = open_page(small)
    x, top, bottom = track(opened, 4)
    opened.page.keyboard.down("Alt")
    opened.page.mouse.click(x + 30, top + 0.25 * (bottom - top))
    opened.page.keyboard.up("Alt")
    values = small.alternatives.values[:, 4]
    goals = opened.state("goals")
    assert goals[4] == pytest.approx(values.min() + 0.25 * np.ptp(values), abs=2 * np.ptp(values) / (bottom - top))
    assert goals[:4] == [None] * 4
    assert opened.state("limits") == [[None, None]] * 6


def test_axes_are_taken_off_put_back_and_moved_by_key(open_page, small):
    told = replace(small, objectives=(*small.objectives[:-1], replace(small.objectives[-1], measured=True)))
    opened = open_page(told)
    assert opened.state("axes") == [0, 1, 2, 3, 4]
    opened.page.get_by_role("button", name="Axes", exact=True).click()
    for name in ("Add Disturbed use", "Take Cost off", "Move Walking left"):
        opened.page.get_by_role("button", name=name).focus()
        opened.page.keyboard.press("Enter")
    assert opened.state("axes") == [1, 3, 2, 4, 5]
    opened.page.keyboard.press("Escape")
    assert opened.page.get_by_role("button", name="Axes", exact=True).evaluate("b => b === document.activeElement")


def test_dragging_a_label_moves_its_axis(open_page, small):
    opened = open_page(small)
    box = opened.page.locator(".axis-name").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    opened.page.mouse.move(x, y)
    opened.page.mouse.down()
    opened.page.mouse.move(x + 30, y)
    opened.page.mouse.move(track(opened, 2)[0], y, steps=8)
    opened.page.mouse.up()
    assert opened.state("axes") == [1, 2, 0, 3, 4, 5]
    assert opened.state("colourBy") == 0


@pytest.mark.parametrize("part", ["values", "label"])
def test_a_block_that_holds_less_than_it_says_is_a_fault(open_file, small, tmp_path, part):
    told = payload(small)
    told["alternatives"][part]["shape"][-1] += 1
    opened = open_file(write_text(page_text(told), tmp_path / "damaged.html"))
    assert "damaged" in opened.page.get_by_role("alert").inner_text()
