"""A front as a picture: two objectives against each other with what is proven shaded, more as parallel axes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from formulations.algebra.elements import Floats
from solver.outputs.map import fonts, wrapped
from solver.page.palette import palette
from solver.pareto.bounds import LowerBounds
from solver.pareto.front import Front, Label
from solver.words import say, significant, term

MARKS = {Label.PROVEN: ("o", True), Label.WITHIN_GAP: ("s", True), Label.FOUND: ("^", False)}
"""Shape of each label and whether it is filled: no meaning rests on colour alone."""

LINES = {Label.PROVEN: "-", Label.WITHIN_GAP: (0, (6, 2)), Label.FOUND: (0, (1.5, 2))}
SIZE = (8.27, 5.85)  # half a sheet of A4 in inches


def write_picture(
    front: Front,
    path: str | Path,
    lang: str = "en",
    *,
    title: str = "",
    foot: str = "",
    marks: Mapping[int, str] | None = None,
) -> Path:
    """Draw the front and return the path; ``.png`` or ``.svg``.

    With two objectives each plan is a mark and the region in which it is proven that there is no plan is shaded; with
    more, each plan is a line over one axis per objective, the best values at the foot.

    Parameters
    ----------
    marks
        Words to write beside points, by position.

    Raises
    ------
    ValueError
        If the front has no points, or the suffix is neither ``.png`` nor ``.svg``.
    OSError
        If the file cannot be written; nothing half-written is left behind.
    """
    target = Path(path)
    if target.suffix.lower() not in (".png", ".svg"):
        raise ValueError(f"{target.name}: a picture is written as .png or .svg.")
    if not len(front):
        raise ValueError("a front without points cannot be drawn")
    from matplotlib import rc_context

    families, chinese = fonts(lang)
    spoken = lang if lang == "en" or chinese else "en"
    draft = target.with_name(f".{target.name}.part")
    # A fixed salt and no date: the same front gives the same file.
    with rc_context({"font.family": families, "svg.hashsalt": "refugia", "axes.unicode_minus": False}):
        figure = _figure(
            front,
            spoken,
            title if spoken == lang else "",
            foot if spoken == lang else "",
            dict(marks or {}) if spoken == lang else {},
        )
        try:
            kind = target.suffix.lower()[1:]
            figure.savefig(draft, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else None)
            os.replace(draft, target)
        finally:
            draft.unlink(missing_ok=True)
    return target


def _figure(front: Front, lang: str, title: str, foot: str, marks: dict[int, str]) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    colours = palette()
    figure = Figure(figsize=SIZE, facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(
        0.06, 0.955, title or say("picture.title", lang), size=15, weight="bold", color=colours["ink"], va="top"
    )
    axes = figure.add_axes((0.115, 0.215, 0.845, 0.63))
    axes.set_facecolor("white")
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(colours["quiet"])
    axes.tick_params(colors=colours["quiet"], labelsize=8.5)
    if len(front.names) == 2:
        _plane(front, axes, lang, marks)
    else:
        _parallel(front, axes, lang, marks)
    handles, words = axes.get_legend_handles_labels()
    figure.legend(
        handles, words, loc="upper left", bbox_to_anchor=(0.05, 0.915), ncols=5, frameon=False, fontsize=8.5,
        labelcolor=colours["ink"], columnspacing=1.8,
    )  # fmt: skip
    below = "\n".join(wrapped(foot, lang, 0.9 * SIZE[0], 8.5))
    figure.text(0.06, 0.03, below, size=8.5, color=colours["quiet"], va="bottom", linespacing=1.4)
    return figure


def _plane(front: Front, axes: Any, lang: str, marks: dict[int, str]) -> None:
    from matplotlib.ticker import FuncFormatter

    colours, points = palette(), front.points
    dark = colours["tier"][0]["colour"]
    low = np.minimum(front.ideal, points.min(axis=0))
    high, spread = points.max(axis=0), np.where(np.isfinite(front.scale), front.scale, 1.0)
    low = np.where(np.isfinite(low), low, points.min(axis=0))
    start, end = low - 0.06 * spread, high + 0.06 * spread
    x = edges(front.bounds, points, start[0], end[0])
    level = np.clip(excluded_below(front.bounds, x), start[1], end[1])
    axes.fill_between(
        x, start[1], level, color=colours["unit"], alpha=0.45, lw=0, label=say("picture.excluded", lang), zorder=1
    )
    known = np.array([points[points[:, 0] <= v, 1].min(initial=end[1]) for v in x])
    axes.fill_between(
        x, level, np.maximum(known, level), color=colours["shelter"][0][1], alpha=0.22, lw=0,
        label=say("picture.unknown", lang), zorder=1,
    )  # fmt: skip
    for label, (shape, filled) in MARKS.items():
        at = np.array([k for k, given in enumerate(front.labels) if given is label], int)
        if at.size:
            axes.scatter(
                points[at, 0], points[at, 1], marker=shape, s=26, lw=1.1, zorder=3, edgecolors=dark,
                facecolors=dark if filled else "white", label=say(f"label.{label.value}", lang),
            )  # fmt: skip
    # a list in the upper right, where a front of things to be minimised leaves room; from left to right on the front
    # is from top to bottom in the list, so that no two leaders cross
    for line, k in enumerate(sorted(marks)):
        axes.scatter(*points[k], s=110, lw=1.2, facecolors="none", edgecolors=colours["ink"], zorder=4)
        axes.annotate(
            marks[k], points[k], xytext=(0.55, 0.95 - 0.065 * line), textcoords="axes fraction", size=8.5, va="center",
            color=colours["ink"], zorder=5, bbox={"boxstyle": "round,pad=0.2", "fc": "white", "ec": "none"},
            arrowprops={"arrowstyle": "-", "color": colours["quiet"], "lw": 0.7, "shrinkB": 6.0, "relpos": (0.0, 0.5)},
        )  # fmt: skip
    for set_label, k in ((axes.set_xlabel, 0), (axes.set_ylabel, 1)):
        set_label(_axis(front, k, lang), color=colours["ink"], fontsize=10)
    axes.set_xlim(start[0], end[0])
    axes.set_ylim(start[1], end[1])
    plain = FuncFormatter(lambda value, _: significant(float(f"{value:.6g}")))
    axes.xaxis.set_major_formatter(plain)
    axes.yaxis.set_major_formatter(plain)
    axes.grid(color=colours["roads"][3], lw=0.6, zorder=0)


def edges(bounds: LowerBounds, points: Floats, start: float, end: float) -> Floats:
    """Values of the first objective at which a picture of the bounds must look, steps from both sides."""
    within, _, _ = bounds.arrays()
    steps = np.concatenate([within[:, 0], bounds.ideal[:1], points[:, 0]])
    steps = steps[np.isfinite(steps) & (steps > start) & (steps < end)]
    beside = 1e-9 * (end - start)
    found: Floats = np.unique(np.concatenate([np.linspace(start, end, 400), steps, steps - beside, steps + beside]))
    return found


def excluded_below(bounds: LowerBounds, x: Floats) -> Floats:
    """For each value of the first of two objectives, the value of the second below which there is no plan.

    A fact with limits e, weights w and value b says so of every y with ``y <= e`` and ``w @ y < b``: where
    ``x <= e_0``, of all below ``min(e_1, (b - w_0 x) / w_1)``.
    """
    within, weights, values = bounds.arrays()
    level = np.full(len(x), -np.inf)
    for e, w, b in zip(within, weights, values, strict=True):
        if b == -np.inf:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            below = (b - w[0] * x) / w[1] if w[1] > 0 else np.where(w[0] * x < b, np.inf, -np.inf)
        level = np.maximum(level, np.where(x <= e[0], np.minimum(e[1], below), -np.inf))
    return level


def _parallel(front: Front, axes: Any, lang: str, marks: dict[int, str]) -> None:
    from matplotlib import colormaps

    colours = palette()
    low, high = front.points.min(axis=0), front.points.max(axis=0)
    unit = (front.points - low) / np.where(high > low, high - low, 1.0)
    shades = colormaps["viridis"](0.9 * unit[:, 0])
    shown: set[Label] = set()
    across = list(range(len(front.names)))
    for k, label in enumerate(front.labels):
        words = "" if label in shown else say(f"label.{label.value}", lang)
        shown.add(label)
        axes.plot(across, unit[k], color=shades[k], lw=1.1, ls=LINES[label], alpha=0.85, label=words or None, zorder=2)
    beside = -np.inf
    for k in sorted(marks, key=lambda k: float(unit[k, -1])):
        axes.plot(across, unit[k], color=colours["ink"], lw=2.2, zorder=3)
        # one above the other where lines end close together
        told = wrapped(marks[k], lang, 1.3, 8)
        beside = max(float(unit[k, -1]), beside + 0.025 * len(told))
        at = across[-1] + 0.02 * len(across)
        axes.text(at, beside, "\n".join(told), size=8, va="center", color=colours["ink"])
        beside += 0.025 * len(told)
    for k in across:
        axes.plot([k, k], [0.0, 1.0], color=colours["quiet"], lw=0.9, zorder=1)
        for value, y, va in ((low[k], -0.035, "top"), (high[k], 1.02, "bottom")):
            axes.text(k, y, significant(float(f"{value:.6g}")), ha="center", va=va, size=8, color=colours["quiet"])
    axes.set_xticks(across, [_axis(front, k, lang) for k in across], fontsize=9, color=colours["ink"])
    axes.tick_params(axis="x", length=0, pad=16)
    axes.set_yticks([])
    axes.set_xlim(-0.25, across[-1] + (0.17 * len(across) if marks else 0.25))
    axes.set_ylim(-0.02, 1.08)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.annotate(
        say("picture.better", lang), xy=(-0.2, 0.05), xytext=(-0.2, 0.4), ha="center", va="bottom", rotation=90,
        size=8.5, color=colours["quiet"], arrowprops={"arrowstyle": "-|>", "color": colours["quiet"], "lw": 1.0},
    )  # fmt: skip


def _axis(front: Front, k: int, lang: str) -> str:
    name = term("objective", front.names[k], lang)
    return f"{name} [{front.units[k]}]" if front.units[k] else name
