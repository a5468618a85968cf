"""What is on the printed map: roads, corridors, people, places, each drawn from the tables of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.page.packing import road_class
from solver.page.palette import mode_marks, palette

if TYPE_CHECKING:
    from solver.plan import Plan

ROADS = (1.3, 0.95, 0.6, 0.35)  # points, by road class
TIERS = 0.62  # widths on paper against those on the screen
# Where a name may go around its place: in halves of its width, and lines.
AROUND = (
    (0, 0),
    (0, 1),
    (0, -1),
    (-1, 0),
    (1, 0),
    (-1, 1),
    (1, 1),
    (-1, -1),
    (1, -1),
    (0, 2),
    (0, -2),
    (0, 3),
    (0, -3),
)
WORDS: dict[str, tuple[str, str]] = {
    "units": ("District borders", "分区边界"),
    "hardened": ("Strengthened sections", "加固路段"),
    "gateway": ("Gateway", "救援入口"),
    "key": ("Key place", "要地"),
    "people": ("Residents", "居民"),
    "unserved": ("Expected without a place: {n} people", "预期未安置：{n} 人"),
    "tier.regional": ("Regional corridor", "区域级通道"),
    "tier.city": ("City corridor", "城市级通道"),
    "tier.local": ("Local corridor", "社区级通道"),
    "mode.emergency": ("Refuge for hours", "紧急避险"),
    "mode.short": ("Short stay", "短期安置"),
    "mode.long": ("Long stay", "长期安置"),
    "mode.stock2": ("City warehouse", "市级物资库"),
    "mode.stock3": ("Community store room", "社区物资点"),
}


@dataclass(frozen=True)
class Sheet:
    """One map in the making."""

    plan: Plan
    axes: Any
    figure: Any
    lang: str
    chinese: bool  # a font for Chinese is there

    def say(self, key: str, **values: object) -> str:
        """A word of the map in its language."""
        return WORDS[key][self.lang == "zh"].format(**values)

    def named(self, kind: str, name: str, title: str) -> str:
        """Title of a mode or tier; in Chinese our own word if there is one."""
        known = WORDS.get(f"{kind}.{name}")
        if known and (self.lang == "zh" or not title):
            return known[self.lang == "zh"]
        return shown_text(title or name, name, self.chinese)

    def halo(self, width: float, colour: str = "white") -> list[Any]:
        """Outline that lifts letters off the map."""
        from matplotlib import patheffects

        return [patheffects.withStroke(linewidth=width, foreground=colour)]


def mode_title(mode: str, title: str, lang: str) -> str:
    """What people call a mode; in Chinese our own word if there is one."""
    known = WORDS.get(f"mode.{mode}")
    return known[1] if known and lang == "zh" else title


def shown_text(text: str, otherwise: str, chinese: bool) -> str:
    """``text`` if it can be written; without a font for Chinese the other name instead of empty boxes."""
    return text if chinese or all(ord(sign) < 0x2E80 for sign in text) else otherwise


def draw_layers(sheet: Sheet) -> list[Any]:
    """Draw everything from the ground up; return the legend's entries."""
    borders = _units(sheet)
    _roads(sheet)
    handles = [*_corridors(sheet), *_people(sheet), *borders]
    _zones(sheet)
    return [*_places(sheet), *_keys(sheet), *handles]


def entries(plan: Plan) -> int:
    """How many lines the legend will have, at most; known before anything is drawn."""
    net = plan.instance.corridors
    keys = 0 if net is None else len(set(net.gateway.tolist()))
    people = 2 if len(plan.people) else 0
    people += plan.instance.units is not None and plan.instance.units.ring_unit is not None
    return plan.openings["mode"].nunique() + plan.corridors["tier"].nunique() + (len(plan.hardened) > 0) + keys + people


def marker(shape: str) -> Any:
    """A marker of matplotlib with the corners of the palette."""
    if shape == "circle":
        return "o"
    from matplotlib.path import Path

    corners = np.array(palette()["shapes"][shape]) * (1, -1)  # the palette counts downwards
    return Path(np.vstack([corners, corners[:1]]), closed=True)


def _entry(label: str, shape: str, fill: str, edge: str, size: float, line: float = 0.0, dash: Any = "solid") -> Any:
    """One line of the legend: a symbol, a line, or both."""
    from matplotlib.lines import Line2D

    style: dict[str, Any] = {"lw": line, "ls": dash, "color": edge} if line else {"ls": ""}
    if shape:
        style |= {"marker": marker(shape), "mfc": fill, "mec": edge, "mew": 0.8, "ms": size}
    return Line2D([], [], label=label, **style)


def _lines(sheet: Sheet, links: Sequence[int] | np.ndarray, colour: str, width: float, **more: Any) -> None:
    from matplotlib.collections import LineCollection

    roads = sheet.plan.instance.roads
    assert roads is not None
    lines = [roads.line(int(k)) for k in links]
    more.setdefault("capstyle", "round")
    sheet.axes.add_collection(LineCollection(lines, colors=colour, linewidths=width, **more), autolim=False)


def _roads(sheet: Sheet) -> None:
    roads = sheet.plan.instance.roads
    if roads is None:
        return
    classes = road_class(roads.kind)
    for k in (3, 2, 1, 0):
        _lines(sheet, np.flatnonzero(classes == k), palette()["roads"][k], ROADS[k], zorder=1 + (3 - k) * 0.1)


def _corridors(sheet: Sheet) -> list[Any]:
    plan, handles = sheet.plan, []
    roads, net, ink = plan.instance.roads, plan.instance.corridors, palette()["ink"]
    if roads is None:
        return []
    at = {label: k for k, label in enumerate(roads.link.labels())}
    if len(plan.hardened):
        hard = [at[label] for label in plan.hardened["link"]]
        _lines(sheet, hard, ink, 5.2, zorder=3)
        _lines(sheet, hard, "white", 3.0, zorder=3.1)
        middle = np.array([_middle(roads.line(k)) for k in hard])
        sheet.axes.scatter(*middle.T, s=16, marker=marker("diamond"), c="white", ec=ink, lw=0.9, zorder=12)
    for rank, tier in reversed(list(enumerate(net.tier.labels() if net is not None else []))):
        mine = [at[label] for label in plan.corridors.loc[plan.corridors["tier"] == tier, "link"]]
        if not mine:
            continue
        style = palette()["tier"][min(rank, len(palette()["tier"]) - 1)]
        width = style["width"] * TIERS
        dash = (0, [d * 0.6 for d in style["dash"]]) if style["dash"] else "solid"
        _lines(sheet, mine, "white", width + 1.2, alpha=0.75, zorder=3.2 - rank * 0.01)
        _lines(
            sheet, mine, style["colour"], width, linestyles=[dash], capstyle="butt" if style["dash"] else "round",
            zorder=3.6 - rank * 0.01,
        )  # fmt: skip
        handles.append(
            _entry(sheet.named("tier", tier, ""), "", style["colour"], style["colour"], 0, line=width, dash=dash)
        )
    handles.reverse()
    if len(plan.hardened):
        handles.append(_entry(sheet.say("hardened"), "diamond", "white", ink, 6, line=1.2))
    return handles


def _middle(line: np.ndarray) -> np.ndarray:
    """Point halfway along a polyline."""
    along = np.concatenate([[0.0], np.hypot(*np.diff(line, axis=0).T).cumsum()])
    return np.array([np.interp(along[-1] / 2, along, line[:, k]) for k in (0, 1)])


def _people(sheet: Sheet) -> list[Any]:
    people, loss = sheet.plan.people, palette()["loss"]
    if not len(people):
        return []
    most = float(people["people"].max())
    if most > 0:
        size = 22 * people["people"] / most
        sheet.axes.scatter(people["x"], people["y"], s=size, c="#5c6875", alpha=0.42, lw=0, zorder=5)
    handles = [_entry(sheet.say("people"), "circle", "#5c687580", "none", 4)]
    without = people[people["expected_unserved"] >= 0.05]
    if len(without):
        worst = float(without["expected_unserved"].max())
        sheet.axes.scatter(
            without["x"],
            without["y"],
            s=12 + 240 * without["expected_unserved"] / worst,
            c=loss + "3a",
            ec=loss,
            lw=0.9,
            zorder=6,
        )
        text = sheet.say("unserved", n=f"{worst:,.2g}" if worst < 10 else f"{worst:,.0f}")
        handles.append(_entry(text, "circle", loss + "3a", loss, 15.9))
    return handles


def _units(sheet: Sheet) -> list[Any]:
    """Outlines of districts and the like, the coarsest heaviest, below the streets."""
    from matplotlib.collections import LineCollection

    units = sheet.plan.instance.units
    if units is None or units.ring_start is None or units.ring_unit is None or units.ring_xy is None:
        return []
    levels = list(dict.fromkeys(units.level.tolist()))
    rings, colour = np.split(units.ring_xy, units.ring_start[1:])[:-1], palette()["unit"]
    for k, level in enumerate(levels):
        mine = [ring for ring, unit in zip(rings, units.ring_unit.tolist(), strict=True) if units.level[unit] == level]
        style = {"lw": max(0.9 - 0.3 * k, 0.3), "ls": (0, (4, 3)) if k else "solid"}
        sheet.axes.add_collection(LineCollection(mine, colors=colour, zorder=0.9 - 0.1 * k, **style), autolim=False)
    return [_entry(sheet.say("units"), "", "none", colour, 0, 0.9)]


def symbols(plan: Plan) -> np.ndarray:
    """Points of prepared sites and key places, shape (points, 2), in metres."""
    net, roads = plan.instance.corridors, plan.instance.roads
    points = [plan.openings[["x", "y"]].to_numpy(float).reshape(-1, 2)]
    if net is not None and roads is not None:
        node = net.key_node.position
        points.append(np.column_stack([roads.x[node], roads.y[node]]))
    return np.concatenate(points)


def _zones(sheet: Sheet) -> None:
    """Names of zones near where their people are, those with most people first.

    A name gives way to symbols and other names a little, never so far that it seems to name the neighbour; one that
    finds no room is left out.
    """
    people, zones = sheet.plan.people, sheet.plan.zones
    if len(zones) < 2 or not len(people):
        return
    renderer, taken, dot = sheet.figure.canvas.get_renderer(), list[Any](), sheet.figure.dpi / 72
    marks, frame = sheet.axes.transData.transform(symbols(sheet.plan)), sheet.axes.get_window_extent()
    counted = people.groupby("zone")["people"].sum().reindex(zones["zone"]).fillna(0.0).to_numpy()
    for k in np.argsort(-counted, kind="stable"):
        if counted[k] <= 0:
            break
        zone, title = zones["zone"].iloc[k], zones["title"].iloc[k]
        mine = people[people["zone"] == zone]
        weight = mine["people"].to_numpy(float)
        x, y = (float((mine[c] * weight).sum() / weight.sum()) for c in ("x", "y"))
        text = shown_text(title or zone, zone, sheet.chinese)
        spaced = "\u200a".join(text.upper())
        name = sheet.axes.text(
            x, y, spaced, ha="center", va="center", size=9, color="#8b8779", weight="bold", zorder=4,
            path_effects=sheet.halo(2.5, palette()["ground"]), clip_on=True,
        )  # fmt: skip
        here = name.get_window_extent(renderer).padded(4 * dot)
        step = (here.width / 2 + 4 * dot, 12 * dot)
        spots = [here.translated(right * step[0], up * step[1]) for right, up in AROUND]
        spots = [s for s in spots if frame.x0 < s.x0 and s.x1 < frame.x1 and frame.y0 < s.y0 and s.y1 < frame.y1]
        free = [s for s in spots if not s.count_contains(marks) and not any(s.overlaps(other) for other in taken)]
        if not free:
            name.remove()
            continue
        chosen = free[0]
        middle = (chosen.x0 + chosen.x1) / 2, (chosen.y0 + chosen.y1) / 2
        name.set_position(sheet.axes.transData.inverted().transform(middle))
        taken.append(chosen)


def _places(sheet: Sheet) -> list[Any]:
    """Prepared sites: the highest grade on its spot, further modes of the same site to the right of it."""
    from matplotlib.transforms import offset_copy

    plan, modes = sheet.plan, sheet.plan.instance.modes
    if not len(plan.people):  # beside people, sites that were not chosen would only crowd the map
        sites = plan.instance.sites
        sheet.axes.scatter(sites.x, sites.y, s=9, c="white", ec="#8a94a0", lw=0.8, zorder=8)
    if modes is None or not len(plan.openings):
        return []
    marks = dict(zip(modes.mode.labels(), mode_marks(modes), strict=True))
    order = {mode: k for k, mode in enumerate(modes.mode.labels())}
    table = plan.openings.assign(order=plan.openings["mode"].map(order) + 100 * (plan.openings["role"] == "shelter"))
    table = table.sort_values(["site", "order"], ascending=[True, False])
    table["turn"] = table.groupby("site").cumcount()
    largest = float(np.max(table.loc[table["role"] == "shelter", "capacity"].to_numpy(float), initial=1.0))
    for (mode, turn), mine in table.groupby(["mode", "turn"]):
        mark, further = marks[str(mode)], int(str(turn))
        shelter = mine["role"].to_numpy() == "shelter"
        across = np.where(shelter, 5.5 + 5.5 * np.sqrt(mine["capacity"].to_numpy() / largest), 7.5) * (
            0.8 if further else 1
        )
        there = offset_copy(sheet.axes.transData, sheet.figure, x=6.2 * further, units="points")
        sheet.axes.scatter(
            mine["x"], mine["y"], s=across**2, marker=marker(mark.shape), c=mark.colour, ec="white", lw=0.8,
            transform=there, zorder=10 - 0.1 * further,
        )  # fmt: skip
    handles = []
    for mode, title in zip(modes.mode.labels(), modes.title.tolist(), strict=True):
        count = int((table["mode"] == mode).sum())
        if count:
            label = f"{sheet.named('mode', mode, title)} ({count})"
            handles.append(_entry(label, marks[mode].shape, marks[mode].colour, "white", 8))
    return handles


def _keys(sheet: Sheet) -> list[Any]:
    net, roads, ink = sheet.plan.instance.corridors, sheet.plan.instance.roads, palette()["ink"]
    if net is None or roads is None:
        return []
    handles = []
    for gateway, shape in ((False, "plus"), (True, "arrow")):
        node = net.key_node.position[net.gateway == gateway]
        if node.size:
            sheet.axes.scatter(
                roads.x[node], roads.y[node], s=58, marker=marker(shape), c=ink, ec="white", lw=0.8, zorder=11
            )
            label = sheet.say("gateway" if gateway else "key")
            handles.append(_entry(label, shape, ink, "white", 8))
    return handles
