"""The answer to a question of location on disk: a record, tables, and a GeoPackage with styles for QGIS."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import warnings
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.geopackage import dated
from instances.schema import InstanceError
from solver.locating.tables import demand_table, frame_of, site_table, trip_table
from solver.outputs import styles
from solver.outputs.folder import filling
from solver.outputs.geopackage import Layer, add_styles, write_layer
from solver.page.palette import palette
from solver.words import say

if TYPE_CHECKING:
    from solver.locating.located import Located

RECORD, SITES, DEMAND, LAYERS = "plan.json", "sites.csv", "demand.csv", "plan.gpkg"
# QGIS leaves files beside a GeoPackage.
OURS = {RECORD, SITES, DEMAND, LAYERS, f"{LAYERS}-wal", f"{LAYERS}-shm", f"{LAYERS}-journal"}


def write(located: Located, path: str | os.PathLike[str], *, overwrite: bool = False, lang: str = "en") -> list[Path]:
    """Write a plan to a folder, or only its GeoPackage if ``path`` ends in ``.gpkg``.

    The folder holds ``plan.json`` (status, value, bound, gap, certificate, sites), ``sites.csv``, ``demand.csv``, and
    ``plan.gpkg`` with the layers ``sites``, ``demand`` and ``lines`` (who goes where), with styles for QGIS. Without
    geometry in the data there is no GeoPackage; without a plan there is ``plan.json`` alone. It appears as a whole or
    not at all.

    Parameters
    ----------
    overwrite
        Replace a plan that is there. Anything else is never replaced.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    InstanceError
        If something is there that may not be replaced, or a GeoPackage is asked for and there is no plan or geometry.
    OSError
        If the disk is full or may not be written to.
    """
    target = Path(path)
    may_write(target, overwrite)
    if target.suffix.lower() == ".gpkg":
        if not _has_layers(located):
            lacking = "there is no plan" if located.siting is None else "the data have no geometry"
            raise InstanceError(f"Cannot write {target}", [f"{lacking}, so there are no layers"])
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.part-", dir=target.parent) as draft:
            os.replace(write_layers(located, Path(draft) / target.name, lang), target)
        return [target]
    with filling(target) as folder:
        content = {**located.to_dict(), "notes": notes(located, lang)}
        text = json.dumps(_plain(content), ensure_ascii=False, allow_nan=False, indent=1)
        (folder / RECORD).write_text(text + "\n", "utf-8")
        names = [RECORD]
        if located.siting is not None:
            for name, table in ((SITES, site_table(located)), (DEMAND, demand_table(located))):
                _without_shapes(table).to_csv(folder / name, lineterminator="\n", encoding="utf-8")
                names.append(name)
            if _has_layers(located):
                write_layers(located, folder / LAYERS, lang)
                names.append(LAYERS)
    return [target / name for name in names]


def write_layers(located: Located, path: Path, lang: str = "en") -> Path:
    """Write the layers to a new GeoPackage.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    import pyogrio

    sites, lines = site_table(located), trip_table(located)
    sites["state"] = _states(sites)
    layers = [
        Layer("demand", demand_table(located), styles.single("point", _sign("", "", palette()["quiet"], 1.4))),
        Layer("lines", lines, styles.single("line", _sign("", "", palette()["shelter"][1][1], 0.3))),
        Layer("sites", sites, _site_style(sites, lang)),
    ]
    placed = [layer for layer in layers if hasattr(layer.table, "crs") and len(layer.table)]
    with dated(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*crs.*was not provided", category=UserWarning)
        for layer in placed:
            write_layer(pyogrio, _stored(layer.table), path, layer.name, lang)
    with closing(sqlite3.connect(path)) as file, file:
        add_styles(file, [layer for layer in placed if _drawn_as_its_style(layer)], lang)
    return path


def notes(located: Located, lang: str = "en") -> list[str]:
    """What a reader of the plan should know about the data."""
    found = []
    for name, kept in zip(("demand", "sites"), located.access.frames, strict=True):
        frame = frame_of(kept)
        if hasattr(frame, "crs"):
            areas = int((~frame.geometry.geom_type.isin(["Point"])).sum())
            if areas:
                found.append(say(f"located.areas {name}", lang, count=areas))
    return found


def may_write(target: Path, overwrite: bool) -> None:
    """Raise an InstanceError if something is there that may not be replaced."""
    if not os.path.lexists(target) or (target.is_dir() and not any(target.iterdir())):
        return
    one = target.suffix.lower() == ".gpkg"
    ours = target.is_file() if one else target.is_dir() and {file.name for file in target.iterdir()} <= OURS
    if not ours:
        raise InstanceError(f"Cannot write to {target}", ["something else is there already; choose another place"])
    if not overwrite:
        raise InstanceError(
            f"Cannot write to {target}", ["a plan is there already; replace it or choose another place"]
        )


def _has_layers(located: Located) -> bool:
    return located.siting is not None and any(hasattr(frame_of(f), "crs") for f in located.access.frames)


def _states(sites: Any) -> Any:
    """What becomes of each site, in one word for the legend."""
    state = np.where(sites["status"] == "forbidden", "forbidden", "not used")
    state = np.where(sites["open"], "existing", state)
    return np.where(sites["chosen"], "chosen", state)


def _site_style(sites: Any, lang: str) -> str:
    colour = palette()
    signs = [
        _sign("not used", say("legend.not used", lang), "#ffffff", 1.6, outline=colour["quiet"]),
        _sign("forbidden", say("legend.forbidden", lang), colour["quiet"], 1.8, "cross2", colour["quiet"]),
        _sign("existing", say("legend.existing", lang), colour["shelter"][0][1], 3.0, "square"),
        _sign("chosen", say("legend.chosen", lang), colour["shelter"][2][1], 3.4),
    ]
    return styles.categorised("point", "state", signs, tip=("site", "state", "people", "farthest"))


def _sign(value: str, label: str, colour: str, size: float, shape: str = "circle", outline: str = "#ffffff") -> Any:
    return styles.Sign(value, label, colour, size, shape, outline)


def _drawn_as_its_style(layer: Layer) -> bool:
    """Styles are for points and lines; areas are left to QGIS."""
    return set(layer.table.geometry.geom_type) <= {"Point", "LineString"}


def _stored(table: Any) -> Any:
    """With the labels as a column, and no two columns that differ in case only, as SQLite asks."""
    flat = table.reset_index() if table.index.name else table
    taken, names = {"fid", "geom", str(flat.geometry.name).lower()}, {}
    for name in flat.columns:
        if name == flat.geometry.name:
            continue
        free, k = str(name), 2
        while free.lower() in taken:
            free, k = f"{name} {k}", k + 1
        taken.add(free.lower())
        names[name] = free
    return flat.rename(columns=names)


def _without_shapes(table: Any) -> Any:
    """Without the columns that hold geometries."""
    if not hasattr(table, "crs"):
        return table
    import pandas as pd

    return pd.DataFrame(table.drop(columns=[c for c in table.columns if table[c].dtype.name == "geometry"]))


def _plain(value: Any) -> Any:
    """Numbers that JSON has no word for become null, and NumPy's numbers Python's."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
