"""Robustness as the page counts it, against the measures of the study, numpy and enumeration."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from formulations.measures.cvar import cvar_value
from formulations.measures.regret import regret_value
from solver.explorer.content import Content, Objective
from solver.robustness.futures import Futures
from solver.robustness.limits import robustness
from tests.explorer.conftest import Opened
from tests.explorer.generated import generated, text

LINK = "v=robustness&c=3,17,40"
SLOTS = (2, 16, 39)


@pytest.fixture(scope="module")
def content() -> Content:
    return generated(60, 24, 8, 10, 10)


@pytest.fixture(scope="module")
def kept(keep_open, content) -> Opened:
    """A page of which only functions are called that change nothing."""
    return keep_open(content)


@pytest.fixture
def calc(kept) -> Callable[..., Any]:
    """A function of the page's own arithmetic."""

    def call(name: str, *given: Any) -> Any:
        plain = [np.asarray(g).tolist() if isinstance(g, np.ndarray) else g for g in given]
        return kept.run(
            """([name, given]) => {
                const plain = (v) => ArrayBuffer.isView(v) ? Array.from(v) : v;
                const found = window.refugia.calc[name](...given);
                return found && typeof found === "object" && !ArrayBuffer.isView(found) && !Array.isArray(found)
                    ? Object.fromEntries(Object.entries(found).map(([k, v]) => [k, plain(v)])) : plain(found);
            }""",
            [name, plain],
        )

    return call


@pytest.fixture
def rule(kept) -> Callable[..., Any]:
    """The best rule that the page finds for several sets of failures."""

    def find(drivers: list[dict[str, Any]], size: int, fails: list[list[int]]) -> list[Any]:
        found: list[Any] = kept.run(
            """([drivers, size, fails]) => {
                const rules = new window.refugia.calc.Rules(drivers, size);
                return fails.map((f) => {
                    const r = rules.best(f);
                    return r && {...r, scenarios: Array.from(r.scenarios)};
                });
            }""",
            [drivers, size, fails],
        )
        return found

    return find


def drawn(seed: int, scenarios: int = 15) -> tuple[np.random.Generator, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random, random.gamma(2.0, 100.0, (6, scenarios)), random.dirichlet(np.full(scenarios, 0.8))


def measure_of(content: Content, name: str) -> np.ndarray:
    assert content.futures is not None
    return next(m for m in content.futures.measures if m.name == name).values


def numbers(opened: Any, column: str) -> list[float]:
    cells = opened.page.locator(f"[data-number={column}]")
    return [float(cells.nth(k).get_attribute("title").replace(",", "")) for k in range(cells.count())]


# what counts


@pytest.mark.parametrize("alpha", [0.0, 0.5, 0.9, 0.99])
def test_the_tail_mean_of_the_page_is_that_of_the_study(calc, alpha):
    for seed in range(5):
        _, loss, p = drawn(seed)
        assert [calc("cvarOf", row, p, alpha) for row in loss] == pytest.approx(cvar_value(loss, p, alpha), rel=1e-9)


def test_quantiles_and_the_distribution_weigh_scenarios_as_numpy_does(calc):
    _, loss, p = drawn(1)
    for row, share in itertools.product(loss, (0.0, 0.1, 0.5, 0.9, 1.0)):
        order = np.argsort(row)
        at = min(int(np.searchsorted(p[order].cumsum(), share - 1e-12)), len(row) - 1)
        assert calc("quantileOf", row, p, share) == row[order][at]
    steps = calc("distributionOf", loss[0], p)
    assert steps["value"] == sorted(loss[0])
    assert steps["below"] == pytest.approx([p[loss[0] <= v].sum() for v in steps["value"]])
    assert calc("meanOf", loss[0], 3 * p) == pytest.approx(loss[0] @ p)


def test_dots_of_a_swarm_touch_no_other_and_the_first_lies_on_the_line(calc):
    random = np.random.default_rng(0)
    x, radius = random.normal(0, 20, 80), random.uniform(1, 5, 80)
    y = np.array(calc("swarmOf", x, radius))
    away = np.hypot(x[:, None] - x, y[:, None] - y) - radius[:, None] - radius
    assert away[~np.eye(80, dtype=bool)].min() >= 0
    assert y[x.argmin()] == 0


def test_shares_that_meet_limits_are_those_of_the_study(calc):
    random, loss, p = drawn(2)
    minutes = random.uniform(5, 40, loss.shape)
    told = Futures(
        tuple("abcdef"), tuple(str(s) for s in range(15)), p, np.full(15, "flood"), np.ones(15), loss, loss, minutes
    )
    # limits that are values too: what lies on a limit meets it
    for most, walk in ((float(np.median(loss)), 25.0), (float(loss[0, 3]), float(minutes[1].max()))):
        expected = robustness(told, {"unserved": most, "minutes": walk})
        parts = [calc("meets", loss, most), calc("meets", minutes, walk)]
        found = calc("sharesOf", calc("meetsAll", parts), p)
        assert found["byCount"] == pytest.approx(expected.by_count)
        assert found["byProbability"] == pytest.approx(expected.by_probability)


def test_regret_is_counted_from_the_best_of_all_in_each_scenario(calc):
    _, loss, _ = drawn(3)
    found, best = calc("regretsOf", loss), loss.min(axis=0)
    assert found["largest"] == pytest.approx(regret_value(loss, best))
    where = (loss - best).argmax(axis=1)
    assert found["scenario"] == where.tolist()
    assert found["share"] == pytest.approx(((loss - best) / np.ptp(loss, axis=0))[np.arange(6), where])


def test_an_alternative_without_outcomes_has_no_regret_and_changes_no_other(calc):
    _, loss, _ = drawn(4)
    holed = [[None] * 15, *loss.tolist()]  # null becomes NaN in typed arrays, as for a solve without outcomes
    found = calc("regretsOf", [[float("nan")] * 15, *holed[1:]])
    assert np.isnan(found["largest"][0])
    assert found["largest"][1:] == pytest.approx(regret_value(loss, loss.min(axis=0)))


def test_the_limit_on_offer_is_the_least_round_one_that_half_keep(calc):
    random = np.random.default_rng(5)
    loss, p = random.gamma(2, 300, (41, 20)), random.dirichlet(np.ones(20))
    among = random.choice(41, 17, replace=False)
    within = calc("reliable", loss, p, 0.9)
    assert within == [calc("quantileOf", row, p, 0.9) for row in loss]
    limit = calc("halfKeep", within, among)
    unit = 10 ** (np.floor(np.log10(limit)) - 2)

    def keep(most: float) -> int:
        return int((((loss[among] <= most) @ p) >= 0.9 - 1e-12).sum())

    assert keep(limit) >= 17 / 2 > keep(limit - unit)


def test_the_most_robust_meets_limits_most_often_and_then_has_least_regret(calc):
    share, regret, among = [0.5, 0.9, 0.9, 1.0, 0.9], [1.0, 7.0, 3.0, 0.0, float("nan")], [0, 1, 2, 4]
    assert calc("mostRobust", share, regret, among) == 2
    assert calc("mostRobust", share, regret, []) == -1


# rules


def conditions(drivers: list[dict[str, Any]]) -> list[np.ndarray]:
    found = []
    for driver in drivers:
        values = np.array(driver["values"])
        if driver["words"]:
            found += [values == w for w in np.unique(values)] + [values != w for w in np.unique(values)]
        else:
            found += [values > v for v in np.unique(values)] + [values < v for v in np.unique(values)]
    return [c for c in found if 0 < c.sum() < len(c)]


def phi(box: np.ndarray, fails: np.ndarray) -> float:
    return float(np.corrcoef(box, fails)[0, 1]) if 0 < box.sum() < len(box) else -1.0


def test_the_rule_is_the_best_of_all_boxes_of_one_and_two_conditions(rule):
    random = np.random.default_rng(6)
    drivers = [
        {"values": random.integers(0, 3, 15).tolist(), "words": 3},
        {"values": random.random(15).round(2).tolist(), "words": 0},
        {"values": (1000 * random.random(15)).round().tolist(), "words": 0},
    ]
    fails = [random.random(15) < share for share in (0.15, 0.3, 0.5, 0.5, 0.8, 0.3)]
    single = conditions(drivers)
    kinds = set()
    for failing, found in zip(fails, rule(drivers, 15, [f.astype(int).tolist() for f in fails]), strict=True):
        one = max(phi(c, failing) for c in single)
        two = max(phi(a & b, failing) for a, b in itertools.combinations(single, 2))
        kinds.add(len(found["conditions"]))
        assert found["phi"] == pytest.approx(two if two > one + 0.05 else one)
        box = np.ones(15, bool)
        for c in found["conditions"]:
            v = np.array(drivers[c["driver"]]["values"])
            tests = {"is": v == c["value"], "not": v != c["value"], "above": v > c["value"], "below": v < c["value"]}
            box &= tests[c["how"]]
        assert found["scenarios"] == box.astype(int).tolist()
        assert (found["inside"], found["hits"]) == (box.sum(), (box & failing).sum())
        assert found["coverage"] == pytest.approx((box & failing).sum() / failing.sum())
        assert found["density"] == pytest.approx((box & failing).sum() / box.sum())
    assert kinds == {1, 2}


def test_a_planted_rule_is_found_and_noise_is_seldom_taken_for_one(rule):
    random = np.random.default_rng(7)
    hazard, severity = random.integers(0, 3, 80), random.random(80)
    drivers = [
        {"values": hazard.tolist(), "words": 3},
        {"values": severity.tolist(), "words": 0},
        {"values": random.random(80).tolist(), "words": 0},
    ]
    planted = (hazard == 1) & (severity > 0.6)
    noise = [random.permutation(planted) for _ in range(100)]
    found, *dealt = rule(drivers, 80, [f.astype(int).tolist() for f in (planted, *noise)])
    assert {(c["driver"], c["how"]) for c in found["conditions"]} == {(0, "is"), (1, "above")}
    assert (found["coverage"], found["density"], found["chance"]) == (1.0, 1.0, 1 / 200)
    # 5 of 100 are expected; the 1 in 10,000 point of the binomial distribution is 15
    assert sum(r["chance"] <= 0.05 for r in dealt) < 15


def test_nothing_is_said_where_all_fail_or_none_do(rule):
    drivers = [{"values": [1.0, 2.0, 3.0], "words": 0}]
    assert rule(drivers, 3, [[0, 0, 0], [1, 1, 1]]) == [None, None]


def test_cuts_are_the_shortest_numbers_between_two_values(calc):
    assert calc("between", 0.668, 0.7134) == 0.7
    assert calc("between", 1239.0, 1241.0) == 1240
    assert 0.1 < calc("between", 0.1, 0.1 + 1e-9) < 0.1 + 1e-9


# the view


def test_numbers_beside_the_picture_are_those_of_the_front(open_page, content):
    futures = content.futures
    opened = open_page(content, LINK + "&e=minutes")
    values = measure_of(content, "minutes")[list(SLOTS)]
    assert numbers(opened, "mean") == pytest.approx(values @ futures.probability)
    assert numbers(opened, "cvar") == pytest.approx(cvar_value(values, futures.probability, futures.alpha))
    assert numbers(opened, "worst") == pytest.approx(values.max(axis=1))
    for row, found in zip(values, numbers(opened, "median"), strict=True):
        below = futures.probability[row <= found + 1e-6].sum(), futures.probability[row < found - 1e-6].sum()
        assert below[0] >= 0.5 > below[1]


def test_a_limit_typed_in_is_counted_told_in_words_and_kept_in_the_link(open_page, content):
    opened = open_page(content, LINK)
    page, futures = opened.page, content.futures
    values = measure_of(content, "unserved")
    limit = float(np.quantile(values[SLOTS[0]], 0.6).round())
    page.get_by_role("spinbutton", name="Limit on People without a place").fill(f"{limit:.0f}")
    page.keyboard.press("Enter")
    told = page.locator(".failing .one").first
    failing = values[SLOTS[0]] > limit
    share = 100 * futures.probability[failing].sum()
    expected = f"Fails in {failing.sum()} of 24 scenarios, {share:.1f} % of probability."
    assert re.sub(r"\.0 %", " %", expected) in told.inner_text()
    assert told.locator("tbody tr").count() == failing.sum()
    assert f"q=unserved:{limit:.0f}" in opened.run("window.refugia.written()")
    again = open_page(content, opened.run("window.refugia.written()"))
    assert again.page.locator(".failing .one").first.inner_text() == told.inner_text()


def test_the_rule_in_words_counts_what_it_says(open_page, content):
    opened = open_page(content, LINK + "&q=unserved:5000")
    words = opened.page.locator(".failing .rule").first.inner_text()
    low = float(re.search(r"severity is above ([\d.]+)", words).group(1))
    severity = next(d for d in content.futures.drivers if d.name == "severity").values
    box, failing = severity > low, measure_of(content, "unserved")[SLOTS[0]] > 5000
    assert f"{(box & failing).sum()} of these {box.sum()} futures fail" in words
    assert f"of all {failing.sum()} failures" in words


def test_the_button_goes_to_the_alternative_that_meets_the_limits_most_often(open_page, content):
    opened = open_page(content, "v=robustness&q=unserved:6000,minutes:40")
    p, unserved, minutes = content.futures.probability, measure_of(content, "unserved"), measure_of(content, "minutes")
    share = ((unserved <= 6000) & (minutes <= 40)) @ p
    regret = (unserved - unserved.min(axis=0)).max(axis=1)
    opened.page.get_by_role("button", name="Show the most robust").click()
    assert opened.state("current") == np.lexsort((regret, -share.round(12)))[0]


def test_a_limit_on_an_axis_stands_for_single_scenarios_until_the_reader_says_otherwise(open_page, content):
    opened = open_page(content, LINK + "&b=unserved:~6000")
    field = opened.page.get_by_role("spinbutton", name="Limit on People without a place")
    assert field.input_value() == "6000"
    opened.page.get_by_role("button", name="No limit").click()
    assert field.input_value() == ""
    assert "q=unserved:" in opened.run("window.refugia.written()").split("&")
    assert opened.page.locator(".failing .one").count() == 0


def test_one_click_sets_a_limit_that_half_of_the_selection_keeps(open_page, content):
    opened = open_page(content, LINK)
    opened.page.locator(".setting .offer button").click()
    limit = float(opened.page.get_by_role("spinbutton").input_value())
    kept = (measure_of(content, "unserved") <= limit) @ content.futures.probability >= 0.9 - 1e-9
    assert kept.sum() >= 30


def test_a_click_on_a_future_lays_it_on_the_maps(open_page, content):
    opened = open_page(content, LINK)
    first = opened.page.locator(".scenarios tbody button").first
    hardest = measure_of(content, "unserved")[list(SLOTS)].sum(axis=0).argmax()
    assert first.inner_text() == content.futures.titles[hardest]["en"]
    first.click()
    assert opened.state("scenario") == hardest
    opened.page.get_by_role("button", name="Take it off the maps").click()
    assert opened.state("scenario") == -1


def test_few_failures_are_listed_without_a_rule(open_page, content):
    values = np.sort(measure_of(content, "unserved")[SLOTS[0]])
    opened = open_page(content, f"{LINK}&q=unserved:{(values[-4] + values[-5]) / 2:.6f}")
    one = opened.page.locator(".failing .one").first
    assert one.locator("tbody tr").count() == 4
    assert one.locator(".rule").count() == 0
    assert "Too few failures for a rule" in one.inner_text()


def test_a_front_without_scenarios_says_so(open_page, content):
    plain = tuple(replace(o, measure="", how="") for o in content.objectives)
    assert all(isinstance(o, Objective) for o in plain)
    opened = open_page(replace(content, objectives=plain, futures=None, overlays=()), "v=robustness")
    assert "do not depend on scenarios" in opened.page.locator("main").inner_text()


def test_the_view_speaks_chinese_throughout(open_page, content):
    titles = tuple(text(f"S{k}", f"情{k}") for k in range(24))
    only = replace(content, futures=replace(content.futures, titles=titles))
    opened = open_page(only, LINK + "&l=zh&q=unserved:5000")
    words = opened.page.locator("main").inner_text()
    assert "多在强度高于" in words
    assert re.findall(r"[A-Za-z]{3,}", words.replace("CVaR", "").replace("people", "")) == []
