"""The plan for QGIS: one GeoPackage with layers, tables and the styles to draw them."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.attributes import of_sites, of_units
from instances.geopackage import DATE, VERSION, dated
from instances.outlines import polygons, units_of
from solver.outputs import geopackagestyles
from solver.words import say

if TYPE_CHECKING:
    import pandas as pd

    from solver.plan import Plan

JUDGED = ("excluded by", "why excluded", "score", "rank", "best rank", "worst rank")
ATTRIBUTES = ("scenarios", "objectives", "promises", "goods", "zones")

STYLE_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
)
"""


@dataclass(frozen=True)
class Layer:
    """A layer: its table with geometry, and its style as QML."""

    name: str
    table: Any
    style: str


def write_geopackage(plan: Plan, path: Path, lang: str = "en") -> Path:
    """Write the plan to a new GeoPackage.

    Layers are ``sites`` (all candidates with their role), ``openings``, ``stock``, ``corridors``, ``hardened``,
    ``people``, ``trips`` of the scenario in which most people have no place, and ``units`` with their outlines;
    ``scenarios``, ``objectives``, ``promises``, ``goods`` and ``zones`` are tables. What would be empty is left out.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    import pyogrio

    with dated(), warnings.catch_warnings():
        # An abstract network has no CRS, and the file says so.
        warnings.filterwarnings("ignore", message=".*crs.*was not provided", category=UserWarning)
        found = list(layers(plan, lang))
        for layer in found:
            write_layer(pyogrio, layer.table, path, layer.name, lang)
        for name in ATTRIBUTES:
            if len(table := getattr(plan, name)):
                write_layer(pyogrio, table, path, name, lang)
    with closing(sqlite3.connect(path)) as file, file:
        add_styles(file, found, lang)
    return path


def write_layer(pyogrio: Any, table: Any, path: Path, name: str, lang: str) -> None:
    """Write one layer, or a table where there is no geometry, with its title in the language.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    begun = path.exists()
    try:
        pyogrio.write_dataframe(
            table,
            path,
            layer=name,
            driver="GPKG",
            append=begun,
            layer_options={"IDENTIFIER": say(f"layer.{name}", lang)},
            dataset_options={} if begun else {"VERSION": VERSION},
        )
    except pyogrio.errors.DataSourceError as error:
        raise OSError(f"{path.name}, layer {name}: {error}") from error


def add_styles(file: sqlite3.Connection, found: list[Layer], lang: str) -> None:
    """Styles where QGIS looks for them; the table is registered, or other programs warn about it."""
    file.execute(STYLE_TABLE)
    for layer in found:
        row = (
            "",
            "",
            layer.name,
            "geom",
            "Refugia",
            layer.style,
            "",
            1,
            say(f"layer.{layer.name}", lang),
            "",
            None,
            DATE,
        )
        file.execute(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
            f"VALUES ({', '.join('?' * len(row))})",
            row,
        )
    file.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
        (DATE.replace("Z", ".000Z"),),
    )


def layers(plan: Plan, lang: str) -> Iterator[Layer]:
    """The layers that have something in them, those to be drawn first in front."""
    import shapely

    instance, roads = plan.instance, plan.instance.roads
    sites = _sites(plan)
    if len(sites):
        place = shapely.points(instance.sites.x, instance.sites.y)
        yield Layer("sites", _located(plan, sites, place), geopackagestyles.site_style(plan, lang))
    if roads is not None:
        at = {label: k for k, label in enumerate(roads.link.labels())}
        for name, style in (
            ("corridors", geopackagestyles.corridor_style(plan, lang)),
            ("hardened", geopackagestyles.hardened_style(lang)),
        ):
            table = getattr(plan, name)
            if len(table):
                lines = np.array([shapely.linestrings(roads.line(at[link])) for link in table["link"]])
                yield Layer(name, _located(plan, table, lines), style)
    trips = worst_trips(plan)
    if len(trips):
        ends = trips[["x_from", "y_from", "x_to", "y_to"]].to_numpy(float).reshape(-1, 2, 2)
        table = trips.drop(columns=["x_from", "y_from", "x_to", "y_to"])
        yield Layer("trips", _located(plan, table, shapely.linestrings(ends)), geopackagestyles.trip_style(table))
    for name, style in (
        ("people", geopackagestyles.people_style(plan, lang)),
        ("openings", geopackagestyles.opening_style(plan, lang)),
        ("stock", geopackagestyles.stock_style(lang)),
    ):
        table = getattr(plan, name)
        if len(table):
            place = shapely.points(table["x"].to_numpy(float), table["y"].to_numpy(float))
            yield Layer(name, _located(plan, table.drop(columns=["x", "y"]), place), style)
    units = instance.units
    if units is not None and units.ring_unit is not None:
        yield Layer(
            "units", _located(plan, _units(plan), polygons(units)), geopackagestyles.unit_style(plan, units, lang)
        )


def _located(plan: Plan, table: pd.DataFrame, geometry: Any) -> Any:
    import geopandas

    return geopandas.GeoDataFrame(table.reset_index(drop=True), geometry=geometry, crs=plan.instance.about.crs or None)


def _sites(plan: Plan) -> pd.DataFrame:
    """Every candidate site with what becomes of it: ``role`` is none, forbidden, shelter, stock, or shelter+stock.

    Where sites were screened there is also why one is excluded, and where they were compared, score and rank.
    """
    import pandas as pd

    sites, openings = plan.instance.sites, plan.openings
    labels = sites.site.labels()
    opened = openings.groupby("site", sort=False)
    roles, modes, cost = opened["role"].unique(), opened["mode_title"].agg(list), opened["cost"].sum()
    zone = sites.zone.target.labels(sites.zone.position) if sites.zone is not None else [""] * len(labels)
    unused = np.where(sites.status == "forbidden", "forbidden", "none").tolist()
    judged = {snake(k): v for k, v in of_sites(plan.instance).items() if k in JUDGED}
    return pd.DataFrame(
        {
            "site": labels,
            "title": sites.title,
            "use": sites.use,
            "status": sites.status,
            "zone": zone,
            "area": sites.area,
            "role": [
                "+".join(sorted(roles[s])) if s in roles.index else free for s, free in zip(labels, unused, strict=True)
            ],
            "modes": [", ".join(modes[s]) if s in modes.index else "" for s in labels],
            "cost": [float(cost[s]) if s in cost.index else 0.0 for s in labels],
            **judged,
        }
    )


def _units(plan: Plan) -> pd.DataFrame:
    """Every unit with its people, and how many of them are expected to have no place."""
    import pandas as pd

    units, demand = plan.instance.units, plan.instance.demand
    assert units is not None
    columns = {snake(name): values for name, values in of_units(plan.instance).items()}
    table = pd.DataFrame({"unit": columns.pop("id"), **columns})
    if demand is None or not len(plan.people):
        return table
    number = {label: k for k, label in enumerate(demand.demand.labels())}
    without = np.zeros(demand.demand.size)
    without[plan.people["demand"].map(number)] = plan.people["expected_unserved"]
    home = units_of(units, demand.x, demand.y, demand.zone).values()
    return table.assign(
        expected_unserved=sum(np.bincount(at[at >= 0], without[at >= 0], units.unit.size) for at in home)
    )


def snake(name: str) -> str:
    """Columns of the tables of a plan are written without spaces."""
    return name.replace(" ", "_")


def worst_scenario(plan: Plan) -> str:
    """The scenario in which most people have no place in some phase; if nobody, the one with most in need."""
    table = plan.scenarios
    if not len(table) or table["need"].isna().all():
        return ""
    by = "unserved" if table["unserved"].max() > 0 else "need"
    return str(table["scenario"].iloc[int(np.nanargmax(table[by].to_numpy(float)))])


def worst_trips(plan: Plan) -> pd.DataFrame:
    """Trips of the worst scenario with the coordinates of both ends."""
    demand, sites = plan.instance.demand, plan.instance.sites
    table = plan.trips[plan.trips["scenario"] == worst_scenario(plan)]
    if demand is None or not len(table):
        return table.iloc[:0]
    home = {label: k for k, label in enumerate(demand.demand.labels())}
    goal = {label: k for k, label in enumerate(sites.site.labels())}
    i, j = table["demand"].map(home).to_numpy(), table["site"].map(goal).to_numpy()
    return table.assign(x_from=demand.x[i], y_from=demand.y[i], x_to=sites.x[j], y_to=sites.y[j])
