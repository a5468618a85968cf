"""Small maps of an instance: people, sites, roads that may be cut, zones; a look shows whether data lie right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from instances.instance import Instance
from solver.outputs.map import fonts
from solver.outputs.maplayers import shown_text
from solver.page.packing import road_class
from solver.page.palette import palette
from solver.words import number, say

WIDE, DPI = 4.4, 150  # inches; dots an inch
HIGHEST, LOWEST = 1.5, 0.55  # height of a map as a share of its width
MOST_USES = 8
STATUS = {
    "candidate": "#2f86c1",
    "existing": "#123f6d",
    "required": "#e09b12",
    "forbidden": "#8a8f98",
    "excluded": "#b3261e",
}
USES = ("#2f86c1", "#e09b12", "#1f9d8b", "#8e3b8a", "#123f6d", "#b3261e", "#8a6d3b", "#57407c", "#8a8f98")
MARGIN = 0.04  # of the extent


def draw_thumbnails(instance: Instance, folder: Path, lang: str = "en") -> dict[str, Path]:
    """Write ``people.png``, ``sites.png``, ``uses.png``, ``roads.png`` and ``zones.png``, as far as there are data.

    Returns
    -------
    dict
        Path by name of the map, in reading order. In Chinese where a Chinese font is installed.
    """
    from matplotlib import rc_context

    families, chinese = fonts(lang)
    spoken = lang if chinese else "en"
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {}
    with rc_context({"font.family": families, "axes.unicode_minus": False}):
        for name, draw in (
            ("people", _people),
            ("sites", _sites),
            ("uses", _uses),
            ("roads", _roads),
            ("zones", _zones),
        ):
            figure, axes = _sheet(instance)
            if draw(instance, axes, spoken, chinese):
                drawn[name] = folder / f"{name}.png"
                figure.savefig(drawn[name], dpi=DPI, metadata={"Software": None}, bbox_inches="tight", pad_inches=0.06)
    return drawn


def _sheet(instance: Instance) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    west, south, east, north = _extent(instance)
    share = float(np.clip((north - south) / (east - west), LOWEST, HIGHEST))
    if (north - south) / (east - west) < share:
        more = (share * (east - west) - (north - south)) / 2.0
        south, north = south - more, north + more
    else:
        more = ((north - south) / share - (east - west)) / 2.0
        west, east = west - more, east + more
    figure = Figure(figsize=(WIDE, WIDE * share), facecolor=palette()["paper"])
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_facecolor(palette()["ground"])
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal", adjustable="box")
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)
    _ruler(axes, west, south, east, north)
    return figure, axes


def _extent(instance: Instance) -> tuple[float, float, float, float]:
    """People and sites with a margin; roads beyond them are cut off."""
    x, y = [instance.sites.x], [instance.sites.y]
    if instance.demand is not None:
        x, y = [*x, instance.demand.x], [*y, instance.demand.y]
    if not sum(len(part) for part in x) and instance.roads is not None:
        x, y = [instance.roads.x], [instance.roads.y]
    across, up = np.concatenate(x), np.concatenate(y)
    if not across.size:
        return 0.0, 0.0, 1.0, 1.0
    size = max(float(np.ptp(across)), float(np.ptp(up)), 1.0)
    edge = MARGIN * size
    return across.min() - edge, up.min() - edge, across.max() + edge, up.max() + edge


def _ruler(axes: Any, west: float, south: float, east: float, north: float) -> None:
    """A bar of a round number of metres or kilometres."""
    rough = (east - west) / 5.0
    power = 10.0 ** np.floor(np.log10(rough))
    length = power * max(step for step in (1.0, 2.0, 5.0) if step * power <= rough)
    x, y = west + 0.03 * (east - west), south + 0.035 * (north - south)
    axes.plot([x, x + length], [y, y], color=palette()["ink"], lw=1.6, zorder=30, solid_capstyle="butt")
    text = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    axes.text(x, y + 0.012 * (north - south), text, size=7.5, color=palette()["ink"], zorder=30)


def _backdrop(instance: Instance, axes: Any, strength: float = 1.0) -> None:
    """Roads in quiet colours."""
    if instance.roads is None:
        return
    classes = road_class(instance.roads.kind)
    for k, width in ((3, 0.25), (2, 0.3), (1, 0.55), (0, 0.8)):
        _lines(instance, axes, np.flatnonzero(classes == k), palette()["roads"][k], width * strength, 2)


def _lines(instance: Instance, axes: Any, links: np.ndarray, colour: Any, width: float, level: int) -> Any:
    from matplotlib.collections import LineCollection

    roads = instance.roads
    assert roads is not None
    drawn = LineCollection([roads.line(int(k)) for k in links], linewidths=width, zorder=level)
    drawn.set_color(colour)
    axes.add_collection(drawn, autolim=False)
    return drawn


def _people(instance: Instance, axes: Any, lang: str, chinese: bool) -> bool:
    demand = instance.demand
    if demand is None or not demand.demand.size:
        return False
    _backdrop(instance, axes)
    order = np.argsort(-demand.people)
    reach = max(float(demand.people.max()), 1.0)
    room = np.clip(9000.0 / demand.demand.size, 8.0, 160.0)  # points squared of the largest circle
    axes.scatter(
        demand.x[order], demand.y[order], s=np.maximum(room * demand.people[order] / reach, 0.4),
        color="#2b7a78", alpha=0.6, linewidths=0, zorder=5,
    )  # fmt: skip
    text = say("map.demand", lang, people=number(float(demand.people.sum())), points=number(demand.demand.size))
    _note(axes, text)
    return True


def _sites(instance: Instance, axes: Any, lang: str, chinese: bool) -> bool:
    sites = instance.sites
    if not sites.site.size:
        return False
    _backdrop(instance, axes)
    kind = sites.status.astype(object)
    if instance.exclusions is not None:
        kind[instance.exclusions.exclusion["site"].position] = "excluded"
    for name, colour in STATUS.items():
        here = kind == name
        if here.any():
            cross = name in ("forbidden", "excluded")
            label = f"{say(f'map.{name}', lang)} ({here.sum():,})"
            style = (
                {"marker": "x", "linewidths": 1.1}
                if cross
                else {"marker": "o", "linewidths": 0.4, "edgecolors": "white"}
            )
            axes.scatter(sites.x[here], sites.y[here], s=22, c=colour, label=label, zorder=7 + cross, **style)
    _legend(axes)
    return True


def _uses(instance: Instance, axes: Any, lang: str, chinese: bool) -> bool:
    sites = instance.sites
    names, count = np.unique(sites.use, return_counts=True)
    if len(names) < 2:
        return False
    _backdrop(instance, axes)
    leading = names[np.argsort(-count, kind="stable")][:MOST_USES].tolist()
    size = 8.0 + 60.0 * np.sqrt(sites.area / max(float(sites.area.max()), 1.0))
    for k, name in enumerate([*leading, None]):
        here = ~np.isin(sites.use, leading) if name is None else sites.use == name
        if here.any():
            text = say("map.other", lang) if name is None else shown_text(str(name), f"use {k + 1}", chinese)
            axes.scatter(
                sites.x[here], sites.y[here], s=size[here], color=USES[k], alpha=0.8, linewidths=0.3,
                edgecolors="white", label=f"{text} ({here.sum():,})", zorder=6,
            )  # fmt: skip
    _legend(axes)
    return True


def _roads(instance: Instance, axes: Any, lang: str, chinese: bool) -> bool:
    roads, damage = instance.roads, instance.damage
    if roads is None or not roads.link.size:
        return False
    _backdrop(instance, axes, 1.6)
    if damage is None:
        return True
    likely = damage.cut @ instance.scenarios.probability
    ever = np.flatnonzero(likely > 0)
    if ever.size:
        order = ever[np.argsort(likely[ever], kind="stable")]
        drawn = _lines(instance, axes, order, "#b3261e", 1.5, 6)
        drawn.set_color(None)
        drawn.set_array(likely[order])
        drawn.set_cmap("YlOrRd")
        drawn.set_clim(-0.35 * float(likely.max()), float(likely.max()))
        bar = axes.figure.colorbar(drawn, ax=axes, orientation="horizontal", fraction=0.03, pad=0.02, aspect=40)
        bar.set_label(say("map.likely", lang), size=8)
        bar.ax.set_xlim(0.0, float(likely.max()))
        bar.ax.tick_params(labelsize=7)
        bar.outline.set_visible(False)
    return True


def _zones(instance: Instance, axes: Any, lang: str, chinese: bool) -> bool:
    from matplotlib.collections import LineCollection

    land, demand = instance.units, instance.demand
    outlined = land is not None and land.ring_xy is not None
    zoned = demand is not None and demand.zone is not None
    if not outlined and not zoned:
        return False
    _backdrop(instance, axes)
    if zoned:
        assert demand is not None and demand.zone is not None
        colours = np.array(USES)[demand.zone.position % len(USES)]
        axes.scatter(demand.x, demand.y, s=np.clip(4000.0 / demand.demand.size, 3.0, 40.0), c=colours, lw=0, zorder=5)
        for z, label in enumerate(demand.zone.target.labels()):
            here = demand.zone.position == z
            if here.any() and demand.zone.target.size <= 25:
                title = label if instance.zones is None else str(instance.zones.title[z])
                _label(axes, float(np.median(demand.x[here])), float(np.median(demand.y[here])), title, label, chinese)
    if outlined:
        assert (
            land is not None and land.ring_xy is not None and land.ring_start is not None and land.ring_unit is not None
        )
        levels = list(dict.fromkeys(land.level.tolist()))
        rings = np.split(land.ring_xy, land.ring_start[1:-1])
        widths = [2.0 / (1 + levels.index(land.level[u])) for u in land.ring_unit.tolist()]
        axes.add_collection(LineCollection(rings, colors=palette()["ink"], linewidths=widths, zorder=6), autolim=False)
    return True


def _label(axes: Any, x: float, y: float, title: str, name: str, chinese: bool) -> None:
    from matplotlib import patheffects

    halo = [patheffects.withStroke(linewidth=2.2, foreground="white")]
    axes.text(
        x, y, shown_text(title, name, chinese), size=8, weight="bold", ha="center", va="center", zorder=20,
        color=palette()["ink"], path_effects=halo,
    )  # fmt: skip


def _note(axes: Any, text: str) -> None:
    axes.text(
        0.985, 0.02, text, size=7.5, ha="right", va="bottom", transform=axes.transAxes, color=palette()["ink"],
        zorder=30, bbox={"facecolor": palette()["paper"], "edgecolor": "none", "alpha": 0.85, "pad": 2.5},
    )  # fmt: skip


def _legend(axes: Any) -> None:
    axes.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=3, fontsize=8, frameon=False, handletextpad=0.3,
        columnspacing=1.4, labelcolor=palette()["ink"],
    )  # fmt: skip
