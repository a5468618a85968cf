"""What the page says about two alternatives, and about many, against numpy on the content that it was made from."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from solver.explorer.content import Amount, Choices, Classes, Content, Layer
from solver.explorer.payload import payload
from tests.explorer.conftest import Opened
from tests.explorer.generated import generated

PAIRS = ((0, 1), (7, 64), (119, 3), (50, 50))

SELECTIONS = {
    "all": np.arange(120),
    "every third": np.arange(0, 120, 3),
    "two": np.array([5, 80]),
    "one": np.array([17]),
    "ten": np.arange(30, 40),
}


@pytest.fixture(scope="module")
def content() -> Content:
    told = generated(120, 24, 20, 30, 30)
    # three alternatives that decide what another one decides, so that patterns are fewer than alternatives
    layers = list(told.layers)
    for k, layer in enumerate(layers):
        chosen = layer.decisions.chosen.copy()
        chosen[[40, 41, 90]] = chosen[[10, 10, 60]]
        layers[k] = replace(layer, decisions=replace(layer.decisions, chosen=chosen))
    random = np.random.default_rng(3)
    stocked = np.arange(0, 30, 2)
    values = np.where(random.random((120, len(stocked))) < 0.5, 0, random.integers(1, 900, (120, len(stocked)))) / 4
    stock = Amount("water", {"en": "Water", "zh": "水"}, {"en": "m3", "zh": "m3"}, stocked, values)
    layers[1] = replace(layers[1], amounts=(stock,))
    return replace(told, layers=tuple(layers))


@pytest.fixture(scope="module")
def page(keep_open, content) -> Opened:
    """One page for all: these tests only call functions that change nothing."""
    return keep_open(content)


def layer_of(content: Content, kind: type) -> list[tuple[int, Layer]]:
    return [(k, layer) for k, layer in enumerate(content.layers) if isinstance(layer.decisions, kind)]


def test_changes_of_objectives_are_those_of_the_front(page, content):
    among = [4, 90, 31]
    rows = page.run("among => refugia.calc.standings(refugia.state.model.value, among)", among)
    values = content.alternatives.values
    low, high = values.min(axis=0), values.max(axis=0)
    assert [r["objective"] for r in rows] == list(range(values.shape[1]))
    for k, row in enumerate(rows):
        mine = values[among, k]
        np.testing.assert_allclose(row["values"], mine, rtol=1e-12)
        np.testing.assert_allclose(row["share"], (mine - low[k]) / (high[k] - low[k]), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(row["change"], mine - mine[0], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(row["relative"], (mine - mine[0]) / abs(mine[0]), rtol=1e-9, atol=1e-12)
        assert row["best"] == (mine == mine.min()).tolist()


def test_alternatives_that_are_alike_have_no_best(page):
    rows = page.run("() => refugia.calc.standings(refugia.state.model.value, [6, 6])")
    assert not any(any(row["best"]) for row in rows)
    assert all(row["change"] == [0, 0] for row in rows)


@pytest.mark.parametrize("pair", PAIRS)
def test_sites_and_roads_gained_and_lost_are_those_of_the_decisions(page, content, pair):
    for k, layer in layer_of(content, Choices):
        found = page.run(
            """([k, a, b]) => {
                const { layer, ...rest } = refugia.calc.choiceDifference(refugia.state.model.value.layers[k], a, b);
                return rest;
            }""",
            [k, *pair],
        )
        before, after = (layer.decisions.chosen[a] for a in pair)
        feature, kind = layer.decisions.feature, layer.decisions.kind
        metres = line_lengths(content, layer)
        used = np.unique(kind[before | after])
        assert [f["kind"] for f in found["kinds"]] == used.tolist()
        for row in found["kinds"]:
            for what, flag in (("gained", after & ~before), ("lost", before & ~after), ("kept", before & after)):
                here = feature[flag & (kind == row["kind"])]
                assert row[what] == here.tolist()
                assert row["length"][what] == pytest.approx(metres[here].sum(), rel=1e-5)
        n = len(layer.ids)
        one, two = (np.bincount(feature[x], minlength=n) > 0 for x in (before, after))
        moved = np.bincount(feature[before != after], minlength=n) > 0
        assert found["fresh"] == (two & ~one).sum()
        assert found["gone"] == (one & ~two).sum()
        assert found["otherwise"] == (one & two & moved).sum()
        assert found["alike"] == (one & two & ~moved).sum()


def line_lengths(content: Content, layer: Layer) -> np.ndarray:
    """Metres of each feature on the grid that the page is told; zeros where there are no lines."""
    found = np.zeros(len(layer.ids))
    if layer.shapes.kind != "line":
        return found
    frame = payload(content)["frame"]
    xy = np.rint((layer.shapes.xy - np.array(frame["corner"])) / frame["step"]) * frame["step"]
    for owner, a, b in zip(layer.shapes.owner, layer.shapes.start[:-1], layer.shapes.start[1:], strict=True):
        found[owner] += np.hypot(*np.diff(xy[a:b], axis=0).T).sum()
    return found


@pytest.mark.parametrize("pair", PAIRS)
def test_land_that_changes_use_has_the_area_and_people_of_its_parcels(page, content, pair):
    for k, layer in layer_of(content, Classes):
        found = page.run(
            """([k, a, b]) => {
                const { layer, ...rest } = refugia.calc.classDifference(refugia.state.model.value.layers[k], a, b);
                return rest;
            }""",
            [k, *pair],
        )
        before, after = (layer.decisions.chosen[a].astype(int) for a in pair)
        area, people = layer.facts["area"], layer.facts["people"]
        moved = before != after
        assert found["count"] == moved.sum()
        assert found["area"] == pytest.approx(area[moved].sum(), rel=1e-6)
        assert found["people"] == people[moved].sum()
        steps = {(m["from"], m["to"]): m for m in found["moves"]}
        assert set(steps) == set(zip(before[moved].tolist(), after[moved].tolist(), strict=True))
        for (a, b), move in steps.items():
            here = (before == a) & (after == b)
            assert move["count"] == here.sum()
            assert move["area"] == pytest.approx(area[here].sum(), rel=1e-6)
            assert move["people"] == people[here].sum()
        areas = [m["area"] for m in found["moves"]]
        assert areas == sorted(areas, reverse=True)


@pytest.mark.parametrize("pair", PAIRS)
def test_stock_that_changes_is_the_difference_of_the_amounts(page, content, pair):
    (found,) = page.run(
        """([a, b]) => refugia.calc.amountDifferences(refugia.state.model.value.layers[1], a, b)
            .map(({ layer, amount, ...rest }) => rest)""",
        list(pair),
    )
    amount = content.layers[1].amounts[0]
    before, after = (amount.values[a] for a in pair)
    assert found["before"] == pytest.approx(before.sum())
    assert found["after"] == pytest.approx(after.sum())
    told = {p["feature"]: p["after"] - p["before"] for p in found["places"]}
    moved, by = before != after, after - before
    assert told == {int(f): pytest.approx(d) for f, d in zip(amount.feature[moved], by[moved], strict=True)}
    sizes = [abs(p["after"] - p["before"]) for p in found["places"]]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("name", SELECTIONS)
def test_frequencies_agreement_patterns_and_the_nearest_real_plan_are_those_of_numpy(page, content, name):
    among = SELECTIONS[name]
    found = page.run(
        """among => {
            const f = refugia.calc.frequencies(refugia.state.model.value.layers, Uint32Array.from(among));
            const plain = x => x && Array.from(x);
            return { ...f, layers: f.layers.map(({ layer, ...l }) => ({
                ...l, taken: plain(l.taken), kinds: plain(l.kinds), majority: plain(l.majority), apart: plain(l.apart),
            })) };
        }""",
        among.tolist(),
    )
    n = len(among)
    apart_share = np.zeros(n)
    for told, layer in zip(found["layers"], content.layers, strict=True):
        x = layer.decisions.chosen[among].astype(int)
        today = layer.decisions.today if isinstance(layer.decisions, Classes) else np.zeros(x.shape[1], int)
        width = len(layer.kinds) if isinstance(layer.decisions, Classes) else 2
        counts = (x[:, :, None] == np.arange(width)).sum(axis=0)
        assert told["taken"] == (x != today).sum(axis=0).tolist()
        if isinstance(layer.decisions, Classes):
            assert told["kinds"] == counts.ravel().tolist()
        else:
            assert told["kinds"] is None
        # the most frequent; of equals what is done today
        first = counts + 0.5 * (np.arange(width) == today[:, None])
        majority = first.argmax(axis=1)
        assert told["majority"] == majority.tolist()
        apart = (x != majority).sum(axis=1)
        assert told["apart"] == apart.tolist()
        apart_share += apart / x.shape[1]
        pairs = [np.mean(x[a] == x[b]) for a, b in combinations(range(n), 2)] if n <= 40 else None
        if pairs is not None:
            assert told["agreement"] == pytest.approx(np.mean(pairs) if pairs else 1)
        assert told["unanimous"] == (x == x[0]).all(axis=0).sum()
    assert found["nearest"] == among[apart_share.argmin()]
    rows = np.hstack([layer.decisions.chosen[among].astype(int) for layer in content.layers])
    assert found["patterns"] == len(np.unique(rows, axis=0))
    assert found["of"] == n


def test_nothing_selected_is_no_fault(page):
    found = page.run(
        """() => {
            const f = refugia.calc.frequencies(refugia.state.model.value.layers, new Uint32Array(0));
            return [f.of, f.patterns, f.nearest];
        }"""
    )
    assert found == [0, 0, -1]


def test_what_is_listed_by_frequency_is_every_choice_that_some_alternative_makes(page, content):
    among = SELECTIONS["every third"]
    found = page.run(
        """among => {
            const f = refugia.calc.frequencies(refugia.state.model.value.layers, Uint32Array.from(among));
            return f.layers.map(l => refugia.calc.choicesOf(l, f.of).map(c => [c.feature, c.kind, c.count, c.any]));
        }""",
        among.tolist(),
    )
    for told, layer in zip(found, content.layers, strict=True):
        x = layer.decisions.chosen[among]
        if isinstance(layer.decisions, Classes):
            today = layer.decisions.today
            any_change = (x != today).mean(axis=0)
            wanted = {
                (f, k): ((x[:, f] == k).sum(), any_change[f])
                for f in range(x.shape[1])
                for k in np.unique(x[:, f])
                if k != today[f]
            }
        else:
            taken = x.sum(axis=0)
            pairs = zip(layer.decisions.feature, layer.decisions.kind, taken, strict=True)
            wanted = {(f, k): (c, c / len(among)) for f, k, c in pairs if c}
        assert {(f, k): (c, pytest.approx(a)) for f, k, c, a in told} == wanted
        assert len(told) == len(wanted)


def test_sections_of_one_street_that_are_chosen_alike_stand_together(page):
    found = page.run(
        """() => {
            const layer = { name: "roads", titles: ["High Street", "Quay", "High Street", "High Street"] };
            const choice = ([feature, kind, count]) => ({ layer, feature, kind, count, share: 0, any: 0 });
            const choices = [[0, 0, 4], [1, 0, 4], [2, 0, 4], [3, 1, 4], [2, 1, 5]].map(choice);
            return refugia.calc.together(choices).map(group => group.map(c => [c.feature, c.kind]));
        }"""
    )
    assert found == [[[0, 0], [2, 0]], [[1, 0]], [[3, 1]], [[2, 1]]]


def test_nine_in_ten_is_nearly_always_and_less_is_not(page):
    counts = [[10, 10], [9, 10], [8, 10], [5, 10], [89, 100]]
    levels = page.run("counts => counts.map(([c, n]) => refugia.calc.levelOf(c, n))", counts)
    assert levels == ["always", "nearly", "often", "seldom", "often"]


def test_alternatives_without_a_bound_stand_behind_those_with_one(page):
    found = page.run(
        """() => {
            const { order, known } = refugia.calc.byDistance([0.3, NaN, 0, 0.1, Infinity, 0]);
            return [Array.from(order), known];
        }"""
    )
    assert found == [[2, 5, 3, 0, 1, 4], 4]
