"""A front for GIS: sites and roads by how many plans use them, and the plans of a few alternatives side by side."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.geopackage import dated
from solver.fronts.asked import Asked
from solver.fronts.chosen import Chosen
from solver.fronts.landscape import add_plan_styles, parcels_layer
from solver.fronts.parcels import Parcels
from solver.fronts.summary import site_use
from solver.fronts.tables import Taken, alternatives, decisions, decisions_table
from solver.outputs import styles
from solver.outputs.geopackage import Layer, add_styles, write_layer
from solver.page.palette import palette
from solver.pareto.front import Front
from solver.words import say

if TYPE_CHECKING:
    import pandas as pd

ROADS = {"corridor": "link", "harden": "link"}
"""Variables that are about links, and the part of their index that names the link."""


def write_layers(
    front: Front, asked: Asked, points: pd.DataFrame, path: Path, lang: str = "en", found: Chosen | None = None
) -> Path:
    """Write a new GeoPackage.

    Layers are ``front_sites`` (every candidate site with the share of plans that prepare it, and for each of a few
    plans, named ``plan_ID``, the modes that it is prepared for) and ``front_links`` (roads that some plan
    designates or strengthens). A zoning front has the layer ``front_parcels``: every parcel with the class that most
    plans give it, the share of plans that change it, and its class in each of the few plans, with a style for each.
    ``points`` and ``decisions`` are tables. The few plans are those that show the front and those that ``found``
    suggests.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    import pyogrio

    taken = decisions(front, asked.matrix)
    few = alternatives(front) if found is None else found.shown(front)
    if found is not None:
        points = points.merge(found.tables(front)["groups"], on="id", validate="one_to_one")
    with dated(), warnings.catch_warnings():
        # An abstract network has no CRS, and the file says so.
        warnings.filterwarnings("ignore", message=".*crs.*was not provided", category=UserWarning)
        written = [layer for layer in _layers(front, asked, taken, few, lang) if len(layer.table)]
        for layer in written:
            write_layer(pyogrio, layer.table, path, layer.name, lang)
        for name, table in (("points", points.rename(columns={"id": "plan"})), ("decisions", decisions_table(taken))):
            write_layer(pyogrio, table, path, name, lang)
    with closing(sqlite3.connect(path)) as file, file:
        add_styles(file, written, lang)
        if (parcels := Parcels.of(front, asked)) is not None:
            add_plan_styles(file, parcels, few, lang)
    return path


def _layers(front: Front, asked: Asked, taken: Taken, few: np.ndarray, lang: str) -> Iterator[Layer]:
    import shapely

    instance = asked.instance
    if (parcels := Parcels.of(front, asked)) is not None:
        yield parcels_layer(parcels, few, instance.about.crs, lang)
    if "open" in asked.matrix.columns:
        place = shapely.points(instance.sites.x, instance.sites.y)
        yield Layer("front_sites", _located(asked, _sites(front, asked, taken, few), place), _style("point", lang))
    roads = instance.roads
    if roads is not None and ROADS.keys() & set(taken.block):
        table, link = _links(front, asked, taken, few)
        lines = np.array([shapely.linestrings(roads.line(int(k))) for k in link])
        yield Layer("front_links", _located(asked, table, lines), _style("line", lang))


def _located(asked: Asked, table: pd.DataFrame, geometry: Any) -> Any:
    import geopandas

    return geopandas.GeoDataFrame(table, geometry=geometry, crs=asked.instance.about.crs or None)


def usage(share: np.ndarray) -> list[str]:
    """What a share of the plans comes to, in a word: always, often, seldom, never."""
    kinds = np.array(["never", "seldom", "often", "always"], object)
    found: list[str] = kinds[(share > 0).astype(int) + (share > 0.5) + (share >= 1)].tolist()
    return found


def _sites(front: Front, asked: Asked, taken: Taken, few: np.ndarray) -> pd.DataFrame:
    import pandas as pd

    instance, used = asked.instance, site_use(front, asked)
    sites, share = instance.sites, used.mean(axis=0)
    zone = sites.zone.target.labels(sites.zone.position) if sites.zone is not None else [""] * len(share)
    table = pd.DataFrame(
        {
            "site": sites.site.labels(),
            "title": sites.title,
            "use": sites.use,
            "status": sites.status,
            "zone": zone,
            "area": sites.area,
            "plans": used.sum(axis=0).astype(np.int64),
            "share": share,
            "usage": usage(share),
        }
    )
    return table.assign(**{f"plan_{k + 1}": _modes(asked, taken, int(k)) for k in few})


def _modes(asked: Asked, taken: Taken, point: int) -> list[str]:
    """Modes that one plan prepares each site for, in one text a site."""
    options, modes = asked.instance.options, asked.instance.modes
    assert options is not None and modes is not None
    (prepared,) = asked.matrix.columns["open"].dims
    option = prepared["option"].position
    opened = option[taken.taken[point, np.array(taken.block) == "open"]]
    said: list[list[str]] = [[] for _ in range(asked.instance.sites.site.size)]
    for o in opened:
        said[options.option["site"].position[o]].append(str(modes.title[options.option["mode"].position[o]]))
    return [", ".join(titles) for titles in said]


def _links(front: Front, asked: Asked, taken: Taken, few: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Links that some plan designates or strengthens, and their positions."""
    import pandas as pd

    roads = asked.instance.roads
    assert roads is not None
    block, size = np.array(taken.block), roads.link.size
    used = {name: np.zeros((len(front), size), bool) for name in ROADS}
    for name, part in ROADS.items():
        if name in asked.matrix.columns and (block == name).any():
            (index,) = asked.matrix.columns[name].dims
            chosen = taken.taken[:, block == name]
            for k, link in enumerate(index[part].position):
                used[name][:, link] |= chosen[:, k]
    share = {name: found.mean(axis=0) for name, found in used.items()}
    either = (used["corridor"] | used["harden"]).mean(axis=0)
    link = np.flatnonzero(either > 0)
    label = roads.link.labels(link)
    table = pd.DataFrame(
        {
            "link": label,
            **{f"{n}_share": s[link] for n, s in share.items()},
            "share": either[link],
            "usage": usage(either[link]),
        }
    )
    return table.assign(
        **{f"plan_{k + 1}": (used["corridor"] | used["harden"])[k, link].astype(int) for k in few}
    ), link


def _style(kind: str, lang: str) -> str:
    """The more plans use it, the larger and darker."""
    colours, quiet = palette()["tier"], palette()["quiet"]
    dark, light = colours[0]["colour"], colours[3]["colour"]
    if kind == "line":
        signs = [
            styles.Sign("always", say("legend.front always", lang), dark, 1.4),
            styles.Sign("often", say("legend.front often", lang), dark, 0.8),
            styles.Sign("seldom", say("legend.front seldom", lang), light, 0.5, dash=(3.0, 2.0)),
        ]
    else:
        signs = [
            styles.Sign("always", say("legend.front always", lang), dark, 3.6, "square"),
            styles.Sign("often", say("legend.front often", lang), dark, 2.8),
            styles.Sign("seldom", say("legend.front seldom", lang), light, 2.2, "triangle"),
            styles.Sign("never", say("legend.front never", lang), "#ffffff", 1.4, outline=quiet),
        ]
    tip = ("link", "share") if kind == "line" else ("title", "share", "use")
    return styles.categorised(kind, "usage", signs, tip=tip)
