"""Zoning plans as maps: one layer for QGIS with a style for each plan that is shown, and one picture of these plans."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.land import Land
from instances.outlines import shapes_of
from solver.fronts.parcels import Parcels
from solver.outputs import styles
from solver.outputs.geopackage import Layer
from solver.outputs.map import fonts
from solver.page.palette import palette
from solver.words import say

LAYER = "front_parcels"

COLOURS = {
    "housing": "#b4533f",
    "mixed": "#d99a9a",
    "industry": "#6d5a83",
    "farm": "#efe2a4",
    "green": "#6a9f58",
    "water": "#4f8fc0",
    "reserve": "#ff9d1e",
}
OTHERS = ("#8c8c8c", "#17807e", "#c2b280", "#444e86", "#dd5182", "#a05d2a")
"""For classes of other names, in order."""

COLUMNS, WIDTH = 4, 8.27  # maps side by side, and the width of a sheet of A4 in inches


def colours(land: Land) -> list[str]:
    """A colour for each class."""
    names = land.land_class.labels()
    other = [name for name in names if name not in COLOURS]
    return [COLOURS.get(name) or OTHERS[other.index(name) % len(OTHERS)] for name in names]


def shapes(land: Land) -> Any:
    """Outlines of the parcels, or points inside them where the land has none."""
    import shapely

    if land.ring_parcel is None or land.ring_start is None or land.ring_xy is None:
        return shapely.points(land.x, land.y)
    return shapes_of(land.parcel.size, land.ring_parcel, land.ring_start, land.ring_xy)


def parcels_layer(parcels: Parcels, few: NDArray[np.intp], crs: str, lang: str) -> Layer:
    """Every parcel with what the plans do with it, and its class in each of a few plans: ``plan_ID``."""
    import geopandas

    table = parcels.by_parcel()
    for k in few.tolist():
        table[f"plan_{k + 1}"] = parcels.labels(parcels.plans[k])
    drawn = geopandas.GeoDataFrame(table, geometry=shapes(parcels.land), crs=crs or None)
    return Layer(LAYER, drawn, _style(parcels, "usual", lang))


def add_plan_styles(file: sqlite3.Connection, parcels: Parcels, few: NDArray[np.intp], lang: str) -> None:
    """A style more for each of a few plans and for today, to be chosen in QGIS; the first one stays the usual one."""
    wanted = {"today": say("zoned.today", lang)}
    wanted |= {f"plan_{k + 1}": say("zoned.plan", lang, plan=k + 1) for k in few.tolist()}
    kept = "f_table_catalog, f_table_schema, f_table_name, f_geometry_column"
    for column, title in wanted.items():
        file.execute(
            f"INSERT INTO layer_styles ({kept}, styleName, styleQML, styleSLD, useAsDefault, description, owner, "
            f"update_time) SELECT {kept}, ?, ?, styleSLD, 0, ?, owner, update_time FROM layer_styles "
            "WHERE f_table_name = ? AND useAsDefault = 1",
            (title, _style(parcels, column, lang), title, LAYER),
        )


def _style(parcels: Parcels, column: str, lang: str) -> str:
    land = parcels.land
    outlined = land.ring_parcel is not None
    signs = [
        styles.Sign(name, parcels.title(c, lang), colour, 0.15 if outlined else 2.4)
        for c, (name, colour) in enumerate(zip(land.land_class.labels(), colours(land), strict=True))
    ]
    tip = ("parcel", "today", "usual", "share", "kind")
    return styles.categorised("polygon" if outlined else "point", column, signs, tip=tip)


def write_maps(parcels: Parcels, few: NDArray[np.intp], path: Path, lang: str = "en", *, title: str = "") -> Path:
    """Draw the land of today and that of a few plans, parcels that change outlined; ``.png`` or ``.svg``.

    Raises
    ------
    OSError
        If the file cannot be written; nothing half-written is left behind.
    """
    from matplotlib import rc_context

    families, chinese = fonts(lang)
    spoken = lang if lang == "en" or chinese else "en"
    draft = path.with_name(f".{path.name}.part")
    # A fixed salt and no date: the same front gives the same file.
    with rc_context({"font.family": families, "svg.hashsalt": "refugia"}):
        figure = land_figure(parcels, few, spoken, (title if spoken == lang else "") or say("picture.title", spoken))
        try:
            kind = path.suffix.lower()[1:]
            figure.savefig(draft, format=kind, dpi=150, metadata={"Date": None} if kind == "svg" else None)
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    return path


def land_figure(parcels: Parcels, few: NDArray[np.intp], lang: str, title: str = "", columns: int = COLUMNS) -> Any:
    """The land of today and that of a few plans side by side, ``columns`` in a row, as a figure of matplotlib."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    land, ink = parcels.land, palette()["ink"]
    maps = [(say("zoned.today", lang), land.present.position)]
    maps += [(say("zoned.plan", lang, plan=k + 1), parcels.plans[k]) for k in few.tolist()]
    rows = -(-len(maps) // columns)
    head, foot = (0.45 if title else 0.1), 0.75
    high = head + foot + rows * (WIDTH / columns + 0.15)
    figure = Figure(figsize=(WIDTH, high), facecolor="white")
    FigureCanvasAgg(figure)
    if title:
        figure.text(0.03, 1 - 0.12 / high, title, size=13, weight="bold", color=ink, va="top")
    step = (1 - (head + foot) / high) / rows
    wide = 0.98 / columns
    for k, (name, classes) in enumerate(maps):
        at = (0.01 + wide * (k % columns), foot / high + step * (rows - 1 - k // columns), 0.97 * wide, 0.9 * step)
        axes = figure.add_axes(at)
        _draw(axes, parcels, classes)
        axes.set_title(name, size=9, color=ink, pad=2)
    used = np.union1d(np.unique(land.present.position), np.unique(parcels.plans[few]))
    shades = colours(land)
    legend = [Patch(facecolor=shades[c], label=parcels.title(int(c), lang)) for c in used]
    legend.append(Patch(facecolor="white", edgecolor=ink, lw=1.2, label=say("zoned.changed", lang)))
    figure.legend(
        handles=legend, loc="lower left", bbox_to_anchor=(0.02, 0.08 / high), ncols=5, frameon=False, fontsize=8.5,
        labelcolor=ink,
    )  # fmt: skip
    return figure


def _draw(axes: Any, parcels: Parcels, classes: NDArray[np.intp]) -> None:
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path as Outline

    land = parcels.land
    shade = np.array(colours(land), object)[classes]
    changed = classes != land.present.position
    axes.set_aspect("equal")
    axes.set_axis_off()
    if land.ring_parcel is None or land.ring_start is None or land.ring_xy is None:
        edge = np.where(changed, palette()["ink"], "#ffffff")
        axes.scatter(land.x, land.y, c=shade.tolist(), s=9, edgecolors=edge.tolist(), linewidths=0.5)
        return
    rings = np.argsort(land.ring_parcel, kind="stable")
    ends, outlines = land.ring_start, list[Any]()
    for parcel in range(land.parcel.size):
        first, last = np.searchsorted(land.ring_parcel[rings], [parcel, parcel + 1])
        parts = [Outline(land.ring_xy[ends[r] : ends[r + 1]], closed=True) for r in rings[first:last]]
        outlines.append(Outline.make_compound_path(*parts) if parts else Outline(np.zeros((0, 2))))
    fine = 0.4 if land.parcel.size <= 1_000 else 0.1
    over = [outlines[k] for k in np.flatnonzero(changed)]
    drawn = (
        PathCollection(outlines, facecolors=shade.tolist(), edgecolors="white", linewidths=fine / 2),
        PathCollection(over, facecolors="none", edgecolors=palette()["ink"], linewidths=fine),
    )
    for collection in drawn:
        # thousands of outlines make a file that no program opens in a moment
        collection.set_rasterized(land.parcel.size > 1_000)
        axes.add_collection(collection)
    axes.autoscale_view()
