"""The layers of an instance for people and QGIS, as a GeoPackage: places, links, units, parcels, tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.outlines import polygons, shapes_of

if TYPE_CHECKING:
    from instances.instance import Instance
    from instances.land import Land
    from instances.network import Roads

# QGIS 3.22 warns about GDAL's default version; a fixed date makes the same layers the same bytes.
VERSION = "1.2"
DATE = "2000-01-01T00:00:00.000Z"


def write_layers(instance: Instance, path: Path) -> None:
    """Write the layers ``sites``, ``demand``, ``links``, ``key places``, ``units``, ``parcels`` and two tables.

    Everything goes into a new file.

    The tables are ``scenarios`` and ``accounts``. ``units`` is a table too where the units have no outlines.

    The file is derived from the instance for looking at; nothing reads it back.

    Raises
    ------
    ValueError
        If the instance has no CRS.
    OSError
        If the file cannot be written.
    """
    import pyogrio

    if not instance.about.crs:
        raise ValueError(f"Instance {instance.about.name!r} has no CRS, so there are no layers to write.")
    with dated():
        for name, frame in layers(instance):
            append = path.exists()
            more = {} if append else {"VERSION": VERSION}
            try:
                pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", append=append, **more)
            except pyogrio.errors.DataSourceError as error:
                raise OSError(f"{path.name}, layer {name}: {error}") from error


@contextmanager
def dated() -> Iterator[None]:
    """What GDAL writes in here carries :data:`DATE`."""
    import pyogrio

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def layers(instance: Instance) -> Iterator[tuple[str, Any]]:
    """The layers by name, as frames of GeoPandas (pandas for tables); empty ones are left out."""
    import pandas as pd
    import shapely

    from instances import attributes

    sites, demand, roads, corridors = instance.sites, instance.demand, instance.roads, instance.corridors
    if sites.site.size:
        yield "sites", _located(instance, attributes.of_sites(instance), shapely.points(sites.x, sites.y))
    if demand is not None and demand.demand.size:
        yield "demand", _located(instance, attributes.of_demand(instance), shapely.points(demand.x, demand.y))
    if roads is not None and roads.link.size:
        yield "links", _located(instance, attributes.of_links(instance), road_lines(roads))
    if corridors is not None and roads is not None and corridors.key.size:
        node = corridors.key_node.position
        place = shapely.points(roads.x[node], roads.y[node])
        yield "key places", _located(instance, attributes.of_key_places(instance), place)
    if instance.units is not None and instance.units.unit.size:
        columns, outlined = attributes.of_units(instance), instance.units.ring_unit is not None
        yield "units", _located(instance, columns, polygons(instance.units)) if outlined else pd.DataFrame(columns)
    if instance.land is not None:
        yield "parcels", _located(instance, attributes.of_parcels(instance), parcel_shapes(instance.land))
    if instance.scenarios.scenario.size:
        yield "scenarios", pd.DataFrame(attributes.of_scenarios(instance))
    if instance.accounts is not None and instance.accounts.entry.size:
        yield "accounts", pd.DataFrame(attributes.of_accounts(instance))


def parcel_shapes(land: Land) -> Any:
    """Outlines of all parcels, in their order; points where none are kept."""
    import shapely

    if land.ring_parcel is None or land.ring_start is None or land.ring_xy is None:
        return shapely.points(land.x, land.y)
    return shapes_of(land.parcel.size, land.ring_parcel, land.ring_start, land.ring_xy)


def road_lines(roads: Roads) -> Any:
    """Line strings of all links, in their order; straight where no shape is kept."""
    import shapely

    if roads.shape_xy is not None and roads.shape_start is not None:
        of_point = np.repeat(np.arange(roads.link.size), np.diff(roads.shape_start))
        return shapely.linestrings(roads.shape_xy, indices=of_point)
    ends = np.column_stack([roads.tail.position, roads.head.position])
    return shapely.linestrings(np.stack([roads.x[ends], roads.y[ends]], axis=2))


def _located(instance: Instance, columns: dict[str, Any], geometry: Any) -> Any:
    """A frame with a shape for every row; columns that differ in case only get a number, as SQLite asks."""
    import geopandas
    import pandas as pd

    named: dict[str, Any] = {}
    for name, values in columns.items():
        taken, free, k = {n.lower() for n in named} | {"fid", "geom", "geometry"}, name, 2
        while free.lower() in taken:
            free, k = f"{name} {k}", k + 1
        named[free] = values
    return geopandas.GeoDataFrame(pd.DataFrame(named), geometry=geometry, crs=instance.about.crs)
