"""The map against shapely and against the content: what lies under each dot, what it tells, and how it is steered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver.explorer.content import Choices, Classes, Content, Shapes
from tests.explorer.conftest import Opened

CAMERA = {"width": 240, "height": 200, "x": 1400.0, "y": 1500.0, "scale": 11.3, "fit": 15.0}

DOTS = """camera => {
    const { shapes } = refugia.state.model.value.layers[0];
    const { ids, width, height, fine } = refugia.calc.idsOf(shapes, camera, 1);
    const plain = (values) => Array.from(values);
    return { ids: plain(ids), width, height, fine, owner: plain(shapes.owner), start: plain(shapes.start),
             x: plain(shapes.x), y: plain(shapes.y) };
}"""

PIXELS = "() => document.querySelector('.mapcard canvas').toDataURL()"

PLACE = """([layer, feature]) => {
    const { shapes } = refugia.state.model.value.layers[layer];
    const [wide, high] = refugia.state.model.value.frame.size;
    const canvas = document.querySelector(".mapcard canvas");
    const box = canvas.getBoundingClientRect();
    const scale = wide / (box.width - 20);
    refugia.state.mapView.value = { x: shapes.x[feature], y: shapes.y[feature], scale: scale / 8 };
    return [box.width / 2, box.height / 2];
}"""


def with_holes(content: Content) -> Content:
    """Parcel 0 has a hole, and in it lies the second part of parcel 5."""
    layer = content.layers[0]
    rings = np.split(layer.shapes.xy, layer.shapes.start[1:-1])
    middle = rings[0].mean(axis=0)
    hole = (middle + 0.6 * (rings[0] - middle))[::-1]
    inner = middle + 0.3 * (rings[0] - middle)
    rings[1:1] = [hole]
    rings[7:7] = [inner]
    owner = np.sort(np.append(layer.shapes.owner, [0, 5]))
    start = np.concatenate([[0], np.cumsum([len(r) for r in rings])])
    shapes = Shapes("polygon", owner, start, np.concatenate(rings))
    return replace(content, layers=(replace(layer, shapes=shapes), *content.layers[1:]))


@pytest.fixture(scope="module")
def pierced(keep_open, small) -> Opened:
    return keep_open(with_holes(small))


@pytest.mark.parametrize(
    "camera",
    [CAMERA, {**CAMERA, "x": 60.0, "y": 60.0, "scale": 0.7}, {**CAMERA, "x": 2800.0, "y": 100.0, "scale": 25.0}],
    ids=["many parcels", "one parcel with its hole", "the corner of the city"],
)
def test_under_each_dot_lies_the_polygon_that_shapely_finds_there(pierced, camera):
    shapely = pytest.importorskip("shapely")
    told = pierced.run(DOTS, camera)
    xy = np.column_stack([told["x"], told["y"]])
    parts = [xy[a:b] for a, b in zip(told["start"], told["start"][1:], strict=False)]
    owner = np.array(told["owner"])
    areas = []
    for feature in range(owner.max() + 1):
        rings = [parts[k] for k in np.flatnonzero(owner == feature)]
        # shells turn left, holes right
        shells = [r for r in rings if shapely.LinearRing(r).is_ccw]
        holes = [r for r in rings if not shapely.LinearRing(r).is_ccw]
        areas.append(shapely.MultiPolygon([(s, holes if k == 0 else []) for k, s in enumerate(shells)]))
    dots = told["fine"]
    assert told["width"] == camera["width"] * dots and told["height"] == camera["height"] * dots
    column, row = np.meshgrid(np.arange(told["width"]) + 0.5, np.arange(told["height"]) + 0.5)
    x = camera["x"] + (column / dots - camera["width"] / 2) * camera["scale"]
    y = camera["y"] - (row / dots - camera["height"] / 2) * camera["scale"]
    expected = np.zeros(x.shape, int)
    edge = np.zeros(x.shape, bool)
    for feature, area in enumerate(areas):
        west, south, east, north = area.buffer(1).bounds
        near = (x > west) & (x < east) & (y > south) & (y < north)
        points = shapely.points(x[near], y[near])
        expected[near] = np.where(shapely.contains(area, points), feature + 1, expected[near])
        edge[near] |= shapely.distance(area.boundary, points) < 1e-3
    found = np.array(told["ids"]).reshape(x.shape)
    assert len(np.unique(expected)) > 2
    assert (found == expected)[~edge].all()


def test_the_table_below_the_map_counts_what_the_alternative_decides(open_page, small):
    opened = open_page(small, "a=18")
    opened.page.locator(".prepared summary").click()
    text = opened.page.locator(".prepared").inner_text()
    for layer in small.layers:
        decided = layer.decisions
        for k, kind in enumerate(layer.kinds):
            if isinstance(decided, Classes):
                chosen = decided.chosen[17] == k
                fresh = chosen & (decided.today != k)
                row = opened.page.locator(".prepared tr", has_text=kind.label["en"])
                cells = [cell.replace(",", "") for cell in row.locator("td").all_inner_texts()]
                assert cells[:2] == [str(chosen.sum()), str(fresh.sum())]
                assert float(cells[2].split()[0]) == pytest.approx(layer.facts["area"][chosen].sum() / 1e4, rel=6e-3)
            else:
                assert isinstance(decided, Choices)
                features = decided.feature[decided.chosen[17] & (decided.kind == k)]
                assert f"{kind.label['en']} ({len(features)})" in text
                assert all(layer.titles[f] in text for f in features)


def test_a_click_on_a_place_tells_what_it_is_and_what_is_decided_there(open_page, small):
    opened = open_page(small, "a=18")
    layer = small.layers[1]
    decided = layer.decisions
    feature = int(decided.feature[decided.chosen[17]][0])
    kinds = decided.kind[decided.chosen[17] & (decided.feature == feature)]
    x, y = opened.run(PLACE, [1, feature])
    canvas = opened.page.locator(".mapcard canvas")
    canvas.click(position={"x": x, "y": y})
    spoken = opened.page.locator(".mapcard [aria-live]")
    spoken.filter(has_text=layer.titles[feature]).wait_for(state="attached")
    text = spoken.inner_text()
    assert layer.groups[feature] in text
    assert all(layer.kinds[k].label["en"] in text for k in kinds)
    share = decided.chosen[:, (decided.feature == feature) & (decided.kind == kinds[0])].mean()
    assert f"{100 * share:.1f}".rstrip("0").rstrip(".") in text
    # nobody listens, so nothing is asked of a solver
    assert opened.run("() => refugia.state.forced.value.size") == 0
    canvas.press("Escape")
    opened.page.locator(".mapcard .tip").wait_for(state="detached")


def test_keys_move_and_zoom_all_maps_and_zero_shows_everything_again(open_page, small):
    opened = open_page(small)
    canvas = opened.page.locator(".mapcard canvas")
    canvas.press("+")
    before = opened.state("mapView")
    canvas.press("ArrowRight")
    canvas.press("ArrowUp")
    after = opened.state("mapView")
    assert after["x"] > before["x"] and after["y"] > before["y"] and after["scale"] == before["scale"]
    canvas.press("-")
    assert opened.state("mapView")["scale"] > before["scale"]
    canvas.press("0")
    assert opened.state("mapView") is None


def test_the_map_changes_with_alternative_layers_and_hazard_and_comes_back_as_it_was(open_page, small):
    opened = open_page(small, "a=18")
    frame = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"

    def drawn(script: str) -> str:
        opened.run(f"() => {{ {script} }}")
        opened.run(frame)
        return str(opened.run(PIXELS))

    at_first = drawn("")
    changes = {
        drawn("refugia.state.current.value = 3"),
        drawn("refugia.state.current.value = 17; refugia.state.scenario.value = 5"),
        drawn("refugia.state.scenario.value = -1; refugia.state.hidden.value = new Set(['sites'])"),
        drawn("refugia.state.hidden.value = new Set(['land'])"),
        drawn("refugia.state.hidden.value = new Set(); refugia.state.forced.value = new Map([['sites|site 3', 0]])"),
    }
    assert len(changes | {at_first}) == 6
    assert drawn("refugia.state.forced.value = new Map()") == at_first
