"""The explorer's page in headless Chromium: size, time until it is ready, brushes over linked views, changes of map.

    python -m tests.benchmarks.explorer               a generated front: 2,000 alternatives, 6 objectives, 100
                                                      scenarios, 10,000 polygons
    python -m tests.benchmarks.explorer runs/a-front  a front of yours beside it

Each figure is of real input: the mouse drags over an axis or over the scatter, a key goes to the next alternative or to
another view. A time runs from the moment that the browser is given the input to the first moment after the page has
been painted with what follows from it. The second table gives the time that the main thread of the page was at work
for one step, which a busy machine changes little.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from tests.explorer.conftest import CHROMIUM, QUIET

SIZE = {"width": 1400, "height": 1000}
TIMES, STEPS = 5, 24
TARGETS = {"MB": 8.0, "ready, s": 2.5, "brush, ms": 150.0, "scatter brush, ms": 150.0, "map switch, ms": 120.0}
"""What no median should exceed."""

VIEWS = {"Compare": "2", "Robustness": "3", "No-regret": "4", "Explore": "1"}

# The task of a message that is sent while a picture is prepared runs as soon as that has been painted.
WATCH = """() => {
  const { state } = window.refugia;
  window.painted = [];
  const watch = kind => addEventListener(kind, event => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      const what = JSON.stringify([state.limits.value, state.current.value]);
      window.painted.push({ kind, time: performance.now() - event.timeStamp, what });
    };
    channel.port2.postMessage(0);
  }), { capture: true });
  ["pointermove", "pointerup", "keydown"].forEach(watch);
}"""

# The page forbids Playwright's own waiting, which evaluates texts.
ANSWERED = """k => new Promise(done => {
  const look = () => window.painted.length >= k ? done() : setTimeout(look, 5);
  look();
})"""

# Sliders of one axis stand above each other.
SECOND_AXIS = """() => {
  const middle = slider => { const box = slider.getBoundingClientRect(); return Math.round(box.x + box.width / 2); };
  const all = [...document.querySelectorAll("[role=slider]")].map(middle).sort((a, b) => a - b);
  return all.find(x => x > all[0] + 20);
}"""


def main(folders: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        sys.exit("no Chromium found")
    with tempfile.TemporaryDirectory() as drafts, sync_playwright() as driver:
        pages = {"generated": _generated(Path(drafts)), **{Path(f).name: _page(Path(f), Path(drafts)) for f in folders}}
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in QUIET])
        version = browser.version
        found = {name: measured(browser, path) for name, path in pages.items()}
        browser.close()
    print(
        f"Chromium {version}, headless, {SIZE['width']} x {SIZE['height']}; {TIMES} loads, {STEPS} steps of each kind"
    )
    print("\nFrom input to picture: median (largest)")
    _table({name: times for name, (times, _) in found.items()}, {k: f"{k} < {most:g}" for k, most in TARGETS.items()})
    print("\nMain thread at work for one step, and memory in use: median (largest)")
    _table({name: work for name, (_, work) in found.items()}, {})


def measured(browser: Any, path: Path) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Times from input to picture, and work of the main thread, of one page."""
    times: dict[str, list[float]] = {"MB": [path.stat().st_size / 1e6]}
    work: dict[str, list[float]] = {}
    for _ in range(TIMES):
        context = browser.new_context(viewport=SIZE)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})

        def note(
            name: str, act: Callable[[Any], list[float]], steps: int, page: Any = page, session: Any = session
        ) -> None:
            before = _metric(session, "TaskDuration")
            times.setdefault(f"{name}, ms", []).extend(act(page))
            work.setdefault(f"{name}, ms", []).append(1000 * (_metric(session, "TaskDuration") - before) / steps)

        page.goto(path.as_uri())
        page.locator("html[data-ready], html[data-fault]").wait_for(state="attached")
        times.setdefault("ready, s", []).append(float(page.evaluate("document.documentElement.dataset.ready")) / 1000)
        work.setdefault("ready, ms", []).append(1000 * _metric(session, "TaskDuration"))
        page.evaluate(WATCH)
        note("brush", _brush, STEPS)
        note("map switch", _switch, STEPS)
        page.keyboard.press("r")
        page.wait_for_timeout(500)
        note("scatter brush", _brush_scatter, STEPS)
        for name, key in VIEWS.items():
            note(f"to {name}", partial(_view, key=key), 1)
        # of what is in use no garbage is part
        session.send("HeapProfiler.collectGarbage")
        work.setdefault("memory, MB", []).append(page.evaluate("performance.memory.usedJSHeapSize") / 1e6)
        context.close()
    return times, work


def _brush(page: Any) -> list[float]:
    """Drag over the second axis."""
    box = page.locator("canvas[data-figure=axes]").bounding_box()
    x = page.evaluate(SECOND_AXIS)
    top, bottom = box["y"] + 0.3 * box["height"], box["y"] + 0.75 * box["height"]
    return _drag(page, (x, top), (x, bottom))


def _brush_scatter(page: Any) -> list[float]:
    """Drag a rectangle over most of the scatter."""
    box = page.locator("canvas[data-figure=scatter]").bounding_box()
    wide, high = box["width"], box["height"]
    return _drag(page, (box["x"] + 0.3 * wide, box["y"] + 0.25 * high), (box["x"] + 0.9 * wide, box["y"] + 0.8 * high))


def _drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> list[float]:
    """One move of the mouse after the other has been answered; each should move a limit."""
    page.mouse.move(*start)
    page.mouse.down()
    page.evaluate("window.painted.length = 0")
    for k in range(1, STEPS + 1):
        x, y = (a + (b - a) * k / STEPS for a, b in zip(start, end, strict=True))
        _answered(page, partial(page.mouse.move, x, y), 20)
    page.mouse.up()
    page.wait_for_timeout(500)
    moves = [found for found in page.evaluate("window.painted") if found["kind"] == "pointermove"]
    moved = len({found["what"] for found in moves})
    if moved < STEPS / 2:
        sys.exit(f"of {STEPS} steps of a drag {moved} moved a limit")
    return [found["time"] for found in moves]


def _switch(page: Any) -> list[float]:
    """Press the key for the next alternative."""
    found = _press(page, ["ArrowDown"] * STEPS, 60)
    if any(before["what"] == after["what"] for before, after in pairwise(found)):
        sys.exit("the key did not change the alternative")
    return [step["time"] for step in found]


def _view(page: Any, key: str) -> list[float]:
    """Go to a view; what it counts in pieces afterwards is part of the work and not of the time."""
    return [step["time"] for step in _press(page, [key], 1200)]


def _press(page: Any, keys: list[str], rest: int) -> list[dict[str, Any]]:
    page.evaluate("document.activeElement?.blur(); window.painted.length = 0")
    for key in keys:
        _answered(page, partial(page.keyboard.press, key), rest)
    found: list[dict[str, Any]] = page.evaluate("window.painted.filter(step => step.kind === 'keydown')")
    return found


def _answered(page: Any, act: Callable[[], None], rest: int) -> None:
    """Act, wait until the page has been painted, and so many milliseconds more."""
    before = page.evaluate("window.painted.length")
    act()
    page.evaluate(ANSWERED, before + 1)
    page.wait_for_timeout(rest)


def _metric(session: Any, name: str) -> float:
    told = session.send("Performance.getMetrics")["metrics"]
    return next(float(metric["value"]) for metric in told if metric["name"] == name)


def _generated(folder: Path) -> Path:
    from solver.explorer.budget import fitted
    from solver.explorer.page import page_text
    from solver.outputs.textfile import write_text
    from tests.explorer.generated import generated

    told, _ = fitted(generated(), "en")
    return write_text(page_text(told), folder / "generated.html")


def _page(run: Path, folder: Path) -> Path:
    from solver.explorer.export import export_html

    path = folder / f"{run.name}.html"
    export_html(run, path)
    return path


def _table(rows: dict[str, dict[str, list[float]]], titles: dict[str, str]) -> None:
    """One line for each figure, one column for each page."""
    names = list(next(iter(rows.values())))
    wide = max(len(titles.get(name, name)) for name in names)
    print(" " * wide, *(f"{page:>20}" for page in rows))
    for name in names:
        print(f"{titles.get(name, name):{wide}}", *(f"{_told(found[name]):>20}" for found in rows.values()))


def _told(values: list[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.2f}"
    digits = 2 if max(values) < 10 else 0
    return f"{median(values):.{digits}f} ({max(values):.{digits}f})"


if __name__ == "__main__":
    main(sys.argv[1:])
