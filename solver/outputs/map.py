"""The plan as a printed map: title, what is where, and the proof in one line; PNG or SVG, for A4 and A3."""

from __future__ import annotations

import os
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.outputs.maplabels import place_labels
from solver.outputs.maplayers import Sheet, draw_layers, entries, shown_text
from solver.page.palette import palette

if TYPE_CHECKING:
    from solver.plan import Plan

# Families for words, best first. Chinese is written only where one of the second list is installed.
LATIN = ("Segoe UI", "Helvetica Neue", "Noto Sans", "Liberation Sans", "Arial", "DejaVu Sans")
CHINESE = ("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "SimHei")
LONG, SHORT = 11.69, 8.27  # A4 in inches; the same sheet prints on A3

WORDS: dict[str, tuple[str, str]] = {
    "proof": (
        "{words}  Value {value}, bound {bound}, gap {gap}.",
        "{words}  数值 {value}，下限 {bound}，差距 {gap}。",
    ),
    "synthetic": ("An invented city, drawn by a generator.", "由程序生成的虚构城市。"),
    "assumed": (
        "Rests on {n} stated assumptions, among them the hazards; no forecast.",
        "基于 {n} 条已声明的假设（含灾害情景），并非预测。",
    ),
    "osm": ("© OpenStreetMap contributors, ODbL", "© OpenStreetMap contributors, ODbL"),
    "refugia": ("Made by Refugia", "由 Refugia 生成"),
    "north": ("N", "北"),
}


def write_map(plan: Plan, path: str | Path, lang: str = "en", dpi: int = 150) -> Path:
    """Draw the plan on a sheet of A4, upright or across as the city lies, and return its path.

    The suffix chooses the format: ``.png`` (``dpi`` dots an inch) or ``.svg`` (letters as outlines, so that it looks
    the same everywhere). In Chinese where a Chinese font is installed, otherwise in English; names that no installed
    font can write are replaced by their ids.

    Raises
    ------
    ValueError
        If ``lang`` is neither ``en`` nor ``zh``, or the suffix is neither ``.png`` nor ``.svg``.
    OSError
        If the file cannot be written; nothing half-written is left behind.
    """
    target = Path(path)
    if lang not in ("en", "zh"):
        raise ValueError(f"lang: {lang!r} is unknown; use en or zh.")
    if target.suffix.lower() not in (".png", ".svg"):
        raise ValueError(f"{target.name}: a map is written as .png or .svg.")
    from matplotlib import rc_context

    families, chinese = fonts(lang)
    draft = target.with_name(f".{target.name}.part")
    # A fixed salt and no date: the same plan gives the same file.
    with rc_context({"font.family": families, "svg.hashsalt": "refugia", "axes.unicode_minus": False}):
        figure = _figure(plan, lang if lang == "en" or chinese else "en", chinese)
        try:
            kind = target.suffix.lower()[1:]
            figure.savefig(draft, format=kind, dpi=dpi, metadata={"Date": None} if kind == "svg" else None)
            os.replace(draft, target)
        finally:
            draft.unlink(missing_ok=True)
    return target


def fonts(lang: str) -> tuple[list[str], bool]:
    """Families that are installed, in order of use, and whether Chinese can be written."""
    from matplotlib import font_manager

    known = set(font_manager.get_font_names())
    latin, chinese = ([name for name in names if name in known] for names in (LATIN, CHINESE))
    ordered = [*chinese[:1], *latin] if lang == "zh" else [*latin, *chinese[:1]]
    return ordered or ["sans-serif"], bool(chinese)


def _say(key: str, lang: str, **values: object) -> str:
    return WORDS[key][lang == "zh"].format(**values)


def _figure(plan: Plan, lang: str, chinese: bool) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    about, colours = plan.instance.about, palette()
    wide, high = spread(plan)
    upright = high > wide
    size = (SHORT, LONG) if upright else (LONG, SHORT)
    figure = Figure(figsize=size, facecolor="white")
    FigureCanvasAgg(figure)
    edge = 0.5 / size[0]  # half an inch of margin
    title = shown_text(about.title.get(lang) or about.title.get("en") or about.name, about.name, chinese)
    figure.text(edge, 1 - 0.44 / size[1], title, size=24, weight="bold", color=colours["ink"], va="top")
    lines = _subtitle(plan, lang, chinese, size[0] - 1.0)
    figure.text(edge, 1 - 0.95 / size[1], "\n".join(lines), size=10, color=colours["quiet"], va="top", linespacing=1.45)
    top = (0.95 + 0.21 * len(lines) + 0.12) / size[1]
    foot = wrapped(_proof(plan, lang), lang, size[0] - 1.0, 9.5)
    bottom = (0.62 + 0.19 * len(foot)) / size[1]
    columns = 3 if upright else 5
    key = (0.32 + 0.2 * -(-entries(plan) // columns)) / size[1]  # room for the legend
    axes = figure.add_axes((edge, bottom + key, 1 - 2 * edge, 1 - top - bottom - key))
    axes.set_facecolor(colours["ground"])
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)
    sheet = Sheet(plan, axes, figure, lang, chinese)
    draw_frame(sheet)
    handles = draw_layers(sheet)
    _ruler(sheet)
    place_labels(sheet)
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(edge - 0.004, bottom + key - 0.08 / size[1]),
        ncols=columns,
        frameon=False,
        fontsize=8.5,
        labelcolor=colours["ink"],
        borderaxespad=0,
        handlelength=2.2,
        columnspacing=2.0,
        labelspacing=0.55,
    )
    figure.text(
        edge,
        0.45 / size[1],
        "\n".join(foot),
        size=9.5,
        color=colours["ink"],
        weight="bold",
        va="bottom",
        linespacing=1.4,
    )
    figure.text(edge, 0.27 / size[1], _credits(plan, lang), size=7.5, color=colours["quiet"], va="bottom")
    return figure


def spread(plan: Plan) -> tuple[float, float]:
    """Width and height of what the map must show [m]."""
    low, high = bounds(plan)
    return float(high[0] - low[0]), float(high[1] - low[1])


def bounds(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Lower left and upper right of what the map must show: people, sites and key places."""
    instance = plan.instance
    points = [np.column_stack([p.x, p.y]) for p in (instance.sites, instance.demand) if p is not None]
    if instance.corridors is not None and instance.roads is not None:
        node = instance.corridors.key_node.position
        points.append(np.column_stack([instance.roads.x[node], instance.roads.y[node]]))
    every = np.concatenate(points)
    return every.min(axis=0), every.max(axis=0)


def draw_frame(sheet: Sheet) -> None:
    """Limits that fill the whole axes with map, the city in the middle."""
    low, high = bounds(sheet.plan)
    middle, box = (low + high) / 2, sheet.axes.get_window_extent()
    spread = np.maximum(high - low, 1e-6) * 1.1
    metres = max(spread[0] / box.width, spread[1] / box.height)  # a dot
    sheet.axes.set_xlim(middle[0] - metres * box.width / 2, middle[0] + metres * box.width / 2)
    sheet.axes.set_ylim(middle[1] - metres * box.height / 2, middle[1] + metres * box.height / 2)


def _ruler(sheet: Sheet) -> None:
    """Scale bar and north arrow; neither where coordinates are not metres."""
    if not sheet.plan.instance.about.crs:
        return
    axes, ink = sheet.axes, palette()["ink"]
    (x0, x1), box = axes.get_xlim(), axes.get_window_extent()
    longest = (x1 - x0) * 0.2
    power = 10.0 ** np.floor(np.log10(longest))
    metres = max(f * power for f in (1, 2, 5) if f * power <= longest)
    dot = (x1 - x0) / box.width
    left, low = x0 + 14 * dot, axes.get_ylim()[0] + 14 * dot
    halo = sheet.halo(2.5)
    axes.plot(
        [left, left, left + metres, left + metres],
        [low + 7 * dot, low, low, low + 7 * dot],
        color=ink,
        lw=1.4,
        zorder=30,
    )
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    axes.text(
        left + metres / 2,
        low + 5 * dot,
        text,
        ha="center",
        va="bottom",
        size=8,
        color=ink,
        zorder=30,
        path_effects=halo,
    )
    arrow = {"arrowstyle": "-|>,head_length=0.9,head_width=0.32", "color": ink, "lw": 1.4, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=(0.974, 0.975), xytext=(0.974, 0.925), xycoords="axes fraction", arrowprops=arrow, zorder=30)
    axes.text(
        0.974, 0.915, _say("north", sheet.lang), transform=axes.transAxes, ha="center", va="top", size=9, weight="bold",
        color=ink, zorder=30, path_effects=halo,
    )  # fmt: skip


def _subtitle(plan: Plan, lang: str, chinese: bool, inches: float) -> list[str]:
    """As many whole sentences about the plan as fit into three lines; the proof has its own line below."""
    from solver.summary import proof, summary

    said = summary(plan, lang)
    words = said[: len(said) - len(proof(plan.solution, lang))]
    words = [w for w in words if shown_text(w, "", chinese)]
    gap = "" if lang == "zh" else " "
    best: list[str] = []
    for count in range(1, len(words) + 1):
        lines = wrapped(gap.join(words[:count]), lang, inches, 10.0)
        if len(lines) <= 3:
            best = lines
    return best


def _proof(plan: Plan, lang: str) -> str:
    from solver.summary import proof
    from solver.words import percent, significant

    solution = plan.solution
    words = " ".join(proof(solution, lang))
    values = {k: significant(getattr(solution, k)) for k in ("value", "bound")}
    return _say("proof", lang, words=words, gap=percent(solution.gap, 2), **values)


def _credits(plan: Plan, lang: str) -> str:
    about = plan.instance.about
    parts = [_say("refugia", lang)]
    if any("openstreetmap" in source.lower() for source in about.sources):
        parts.append(_say("osm", lang))
    if about.synthetic:
        parts.append(_say("synthetic", lang))
    if about.assumptions:
        parts.append(_say("assumed", lang, n=len(about.assumptions)))
    return "   ·   ".join(parts)


def wrapped(text: str, lang: str, inches: float, points: float) -> list[str]:
    """Lines that fit the width: Latin letters are about half as wide as high, Chinese ones as wide as high."""
    letters = int(inches * 72 / points / (1.0 if lang == "zh" else 0.475))
    if lang != "zh":
        return textwrap.wrap(text, letters)
    lines, line, used = [], "", 0.0
    for word in re.findall(r"[!-~–·]+ ?|.", text):  # a Latin word or a number stays whole, a Chinese sign stands alone
        wide = sum(0.55 if ord(sign) < 0x2E80 else 1.0 for sign in word)
        if used + wide > letters and word not in "，。；：、）”":
            lines.append(line.rstrip())
            line, used = "", 0.0
        line, used = line + word, used + wide
    return [*lines, line] if line else lines
