"""The layers of an instance for people and QGIS, as a GeoPackage: places, links, key places and scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from instances.instance import Instance

# QGIS 3.22 warns about GDAL's default version; a fixed date makes the same layers the same bytes.
VERSION = "1.2"
DATE = "2000-01-01T00:00:00.000Z"


def write_layers(instance: Instance, path: Path) -> None:
    """Write the layers ``sites``, ``demand``, ``links``, ``key places`` and the table ``scenarios`` to a new file.

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
    """The layers by name, as frames of GeoPandas (pandas for ``scenarios``); empty ones are left out."""
    import geopandas
    import pandas as pd
    import shapely

    def frame(columns: dict[str, Any], geometry: Any) -> Any:
        return geopandas.GeoDataFrame(pd.DataFrame(columns), geometry=geometry, crs=instance.about.crs)

    sites, demand, roads, corridors = instance.sites, instance.demand, instance.roads, instance.corridors
    if sites.site.size:
        yield "sites", frame(_sites(instance), shapely.points(sites.x, sites.y))
    if demand is not None and demand.demand.size:
        yield "demand", frame(_demand(instance), shapely.points(demand.x, demand.y))
    if roads is not None and roads.link.size:
        lines = np.array([shapely.linestrings(roads.line(k)) for k in range(roads.link.size)])
        yield "links", frame(_links(instance), lines)
    if corridors is not None and roads is not None and corridors.key.size:
        node = corridors.key_node.position
        columns = {
            "id": corridors.key.labels(),
            "title": corridors.title,
            "tier": corridors.tier.labels(corridors.key_tier.position),
            "ways": corridors.ways,
            "gateway": corridors.gateway,
        }
        yield "key places", frame(columns, shapely.points(roads.x[node], roads.y[node]))
    if instance.scenarios.scenario.size:
        yield "scenarios", pd.DataFrame(_scenarios(instance))


def _sites(instance: Instance) -> dict[str, Any]:
    """One capacity column per mode; empty where the site has no such option."""
    sites, options, modes = instance.sites, instance.options, instance.modes
    columns: dict[str, Any] = {"id": sites.site.labels(), "title": sites.title, "use": sites.use}
    columns |= {"status": sites.status, "area": sites.area}
    if sites.zone is not None:
        columns["zone"] = sites.zone.target.labels(sites.zone.position)
    if options is not None and modes is not None:
        site, mode = options.option["site"].position, options.option["mode"].position
        for m, label in enumerate(modes.mode.labels()):
            capacity = np.full(sites.site.size, np.nan)
            capacity[site[mode == m]] = options.capacity[mode == m]
            columns[f"capacity {label}"] = capacity
    return columns


def _demand(instance: Instance) -> dict[str, Any]:
    demand, effects = instance.demand, instance.effects
    assert demand is not None
    columns: dict[str, Any] = {"id": demand.demand.labels(), "title": demand.title, "people": demand.people}
    if demand.zone is not None:
        columns["zone"] = demand.zone.target.labels(demand.zone.position)
    if effects is not None:
        # The phase with the most people in need stands for the scenario.
        most = effects.need.max(axis=1, initial=0.0)
        columns["need expected"] = most @ instance.scenarios.probability
        columns["need worst"] = most.max(axis=1, initial=0.0)
    return columns


def _links(instance: Instance) -> dict[str, Any]:
    roads, damage, corridors = instance.roads, instance.damage, instance.corridors
    assert roads is not None
    columns: dict[str, Any] = {
        "id": roads.link.labels(),
        "title": roads.title,
        "kind": roads.kind,
        "length": roads.length,
        "walk": roads.walk,
        "drive": roads.drive,
        "drivable": roads.drivable,
        "harden": roads.harden,
    }
    if damage is not None:
        columns["cut probability"] = damage.cut @ instance.scenarios.probability
        names = np.array(damage.scenario.labels(), dtype=object)
        columns["cut in"] = [", ".join(names[row]) for row in damage.cut]
    if corridors is not None:
        link, tier = corridors.lane["link"].position, corridors.lane["tier"].position
        possible = [[] for _ in range(roads.link.size)]  # type: list[list[str]]
        for k, t in zip(link, corridors.tier.labels(tier), strict=True):
            possible[k].append(t)
        columns["corridor tiers"] = [", ".join(names) for names in possible]
    return columns


def _scenarios(instance: Instance) -> dict[str, Any]:
    futures = instance.scenarios
    return {
        "id": futures.scenario.labels(),
        "title": futures.title,
        "level": futures.level,
        "hazard": futures.hazard,
        "probability": futures.probability,
    }
