"""The explorer's page in headless Chromium: size, time until it is ready, a brush over linked views, a change of map.

    python -m tests.benchmarks.explorer               a generated front: 2,000 alternatives, 6 objectives, 100
                                                      scenarios, 10,000 polygons
    python -m tests.benchmarks.explorer runs/a-front  a front of yours beside it

Each figure is of real input: the mouse drags an end of a limit, a key goes to the next alternative. A time runs from
the moment that the browser gives the input to the moment after the picture that follows it was painted.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from tests.explorer.conftest import CHROMIUM, QUIET

TARGETS = {"MB": 8.0, "ready, s": 2.5, "brush, ms": 150.0, "map switch, ms": 120.0}
TIMES, STEPS = 5, 24

# After a frame has been painted the first task that runs is that of a message.
WATCH = """() => {
  window.painted = [];
  const watch = kind => addEventListener(kind, event => {
    const begun = event.timeStamp;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.painted.push([kind, performance.now() - begun]);
      channel.port2.postMessage(0);
    });
  }, { capture: true });
  ["pointermove", "pointerup", "keydown"].forEach(watch);
}"""


def main(folders: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        sys.exit("no Chromium found")
    with tempfile.TemporaryDirectory() as drafts, sync_playwright() as driver:
        pages = {"generated": _generated(Path(drafts)), **{Path(f).name: _page(Path(f), Path(drafts)) for f in folders}}
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=[f"--{flag}" for flag in QUIET])
        found = {name: measured(browser, path) for name, path in pages.items()}
        version = browser.version
        browser.close()
    print(f"Chromium {version}, headless, 1400 x 1000; {TIMES} loads, {STEPS} steps of each kind: median (largest)\n")
    width = max(map(len, found))
    print(" " * width, *(f"{f'{name} < {most:g}':>24}" for name, most in TARGETS.items()))
    for name, figures in found.items():
        print(f"{name:{width}}", *(f"{_told(figures[k]):>24}" for k in TARGETS))
    for name, figures in found.items():
        print(
            f"\n{name}: full picture after the drag {_told(figures['settled, ms'])} ms, heap {median(figures['heap']):.0f} MB"
        )


def measured(browser: Any, path: Path) -> dict[str, list[float]]:
    """All figures of one page."""
    ready, brush, settled, switch, heap = [], [], [], [], []
    for _ in range(TIMES):
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        page = context.new_page()
        page.goto(path.as_uri())
        page.locator("html[data-ready], html[data-fault]").wait_for(state="attached")
        ready.append(float(page.evaluate("document.documentElement.dataset.ready")) / 1000)
        page.evaluate(WATCH)
        brush += _brush(page)
        settled += [t for kind, t in page.evaluate("window.painted") if kind == "pointerup"]
        switch += _switch(page)
        heap.append(page.evaluate("performance.memory.usedJSHeapSize") / 1e6)
        context.close()
    return {
        "MB": [path.stat().st_size / 1e6],
        "ready, s": ready,
        "brush, ms": brush,
        "settled, ms": settled,
        "map switch, ms": switch,
        "heap": heap,
    }


def _brush(page: Any) -> list[float]:
    """Drag over the second axis, down and up again, one move a frame."""
    axes = page.locator("canvas[data-figure=axes]").bounding_box()
    sliders = page.locator("[role=slider]").first.bounding_box()
    assert axes is not None and sliders is not None
    x = page.evaluate(
        """() => { const found = [...document.querySelectorAll('[role=slider]')].map(s => s.getBoundingClientRect());
        const xs = [...new Set(found.map(r => Math.round(r.x + r.width / 2)))].sort((a, b) => a - b);
        return xs[1]; }"""
    )
    top, bottom = axes["y"] + 0.3 * axes["height"], axes["y"] + 0.75 * axes["height"]
    page.mouse.move(x, top)
    page.mouse.down()
    page.evaluate("window.painted.length = 0")
    for k in range(STEPS):
        page.mouse.move(x, top + (bottom - top) * (k + 1) / STEPS)
        page.wait_for_timeout(60)
    page.mouse.up()
    page.wait_for_timeout(400)
    count = page.evaluate("window.refugia.state.selection.value.length")
    assert 0 < count < page.evaluate("window.refugia.state.model.value.count"), "the drag set no limit"
    return [t for kind, t in page.evaluate("window.painted") if kind == "pointermove"]


def _switch(page: Any) -> list[float]:
    """Press the key for the next alternative."""
    page.evaluate("document.activeElement?.blur(); window.painted.length = 0")
    for _ in range(STEPS):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(120)
    return [t for kind, t in page.evaluate("window.painted") if kind == "keydown"]


def _generated(folder: Path) -> Path:
    from solver.explorer.budget import fitted
    from solver.explorer.page import page_text, write_text
    from tests.explorer.generated import generated

    told, _ = fitted(generated(), "en")
    return write_text(page_text(told), folder / "generated.html")


def _page(run: Path, folder: Path) -> Path:
    from solver.explorer.export import export_html

    path = folder / f"{run.name}.html"
    export_html(run, path)
    return path


def _told(values: list[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.2f}"
    digits = 2 if max(values) < 10 else 0
    return f"{median(values):.{digits}f} ({max(values):.{digits}f})"


if __name__ == "__main__":
    main(sys.argv[1:])
