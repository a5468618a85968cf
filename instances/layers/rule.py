"""What a recipe says about a layer: where it is, how it is read, and which of it is taken."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator

from instances.rule import Positive, Strict

Kind = Literal["vector", "table", "raster", "osm", "graphml", "roads"]

SUFFIXES: dict[str, Kind] = {
    ".gpkg": "vector",
    ".geojson": "vector",
    ".json": "vector",
    ".shp": "vector",
    ".fgb": "vector",
    ".parquet": "vector",
    ".geoparquet": "vector",
    ".csv": "table",
    ".csv.gz": "table",
    ".tif": "raster",
    ".tiff": "raster",
    ".asc": "raster",
    ".osm.pbf": "osm",
    ".osm": "osm",
    ".graphml": "graphml",
}
_PASSWORD = re.compile(r"://[^/@:\s]*:(?!\$\{)[^/@\s]+@|\bpassword\s*=\s*(?!\s|\$\{|'\$\{)", re.IGNORECASE)


def kind_of(path: str) -> Kind | None:
    """What a file holds, by the end of its name; None if that is not known."""
    return next((kind for suffix, kind in SUFFIXES.items() if path.lower().endswith(suffix)), None)


class LayerRule(Strict):
    """One layer: a file, a table or a query of a PostGIS database, or a road graph in two files."""

    path: str | None = Field(None, min_length=1, description="File, relative to the folder of the recipe.")
    database: str | None = Field(
        None,
        min_length=1,
        description="PostGIS connection string, such as postgresql://reader:${CITY_PASSWORD}@host/city. ${NAME} is "
        "taken from the environment; a password must be given like this, so that no record holds it.",
    )
    table: str | None = Field(None, min_length=1, description="Table or view of the database, schema.table or table.")
    query: str | None = Field(None, min_length=1, description="SELECT statement for the database, instead of table.")
    nodes: str | None = Field(None, min_length=1, description="Road graph: file of the junctions.")
    edges: str | None = Field(None, min_length=1, description="Road graph: file of the links.")
    kind: Kind | None = Field(None, description="What the file holds; by default inferred from the suffix.")
    layer: str | None = Field(None, min_length=1, description="Which layer of a file with several.")
    crs: str | None = Field(
        None, min_length=1, description="Reference system, where the file does not say; one that contradicts it fails."
    )
    datum: Literal["wgs84", "gcj02", "bd09", "cgcs2000"] | None = Field(
        None,
        description="Datum of longitudes and latitudes; must be said within China's bounding box, because layers in "
        "GCJ-02 (Amap, Tencent) and BD-09 (Baidu) are usually labelled WGS84.",
    )
    key: str | None = Field(
        None, min_length=1, description="Column that names features (of a road graph: junctions); it must be unique."
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="Columns to rename, new: old; the others keep their names. Of a road graph: of its links.",
    )
    where: dict[str, list[str | int | float | bool]] = Field(
        default_factory=dict,
        description="Features to keep: column (by its new name) and the values that stay. Of a road graph: its links.",
    )
    x: str | None = Field(None, min_length=1, description="Table: column of x (east), as the file calls it.")
    y: str | None = Field(None, min_length=1, description="Table: column of y (north), as the file calls it.")
    lon: str | None = Field(None, min_length=1, description="Table: column of longitude, degrees.")
    lat: str | None = Field(None, min_length=1, description="Table: column of latitude, degrees.")
    wkt: str | None = Field(None, min_length=1, description="Table: column of geometries as well-known text.")
    geometry: str | None = Field(None, min_length=1, description="Database: geometry column, if there are several.")
    encoding: str | None = Field(
        None, min_length=1, description="Encoding of text in CSV and Shapefile, such as gb18030; by default UTF-8."
    )
    delimiter: str = Field(",", min_length=1, max_length=1, description="CSV: what separates fields.")
    unit: str = Field("", description="Raster: unit of its values, such as people or m.")
    nodata: float | None = Field(None, description="Raster: value that means no data, where the file does not say.")
    band: int = Field(1, ge=1, description="Raster: which band.")
    repair: bool = Field(
        False, description="Rebuild broken outlines and drop features without one, booked; otherwise they fail."
    )
    clip: bool = Field(True, description="Keep only features that meet the box of the recipe, if it has one.")
    timeout: Positive = Field(300.0, description="Database: seconds a statement may take.")
    title: str | None = Field(None, min_length=1, description="What the layer is called in reports.")
    source: str | None = Field(None, min_length=1, description="Who made it and when.")
    licence: str | None = Field(None, min_length=1, description="Under which licence it may be used.")
    url: str | None = Field(None, min_length=1, description="Where to get the file; named if it is missing.")

    @model_validator(mode="after")
    def _one_source(self) -> LayerRule:
        given = [name for name in ("path", "database", "nodes") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("give one of path, database (with table or query), or nodes with edges")
        if (self.nodes is None) != (self.edges is None):
            raise ValueError("a road graph needs both nodes and edges")
        if self.database is not None and (self.table is None) == (self.query is None):
            raise ValueError("a database needs either a table or a query")
        if self.database is None and (self.table or self.query or self.geometry):
            raise ValueError("table, query and geometry belong to a database")
        if self.database is not None and _PASSWORD.search(self.database):
            raise ValueError("the database holds a password in clear; write ${NAME} and set it in the environment")
        if self.read_as is None:
            raise ValueError(f"{self.path} has no suffix that is known ({' '.join(SUFFIXES)}); say its kind")
        if self.kind == "roads" and self.nodes is None:
            raise ValueError("a road graph in two files needs nodes and edges instead of path")
        if self.kind not in (None, "roads") and self.nodes is not None:
            raise ValueError("nodes and edges make a road graph; leave kind out")
        return self

    @model_validator(mode="after")
    def _one_place(self) -> LayerRule:
        for one, other in (("x", "y"), ("lon", "lat")):
            if (getattr(self, one) is None) != (getattr(self, other) is None):
                raise ValueError(f"{one} and {other} belong together")
        if sum(v is not None for v in (self.x, self.lon, self.wkt)) > 1:
            raise ValueError("say one of x and y, lon and lat, or wkt")
        twice = sorted({old for old in self.columns.values() if list(self.columns.values()).count(old) > 1})
        if twice:
            raise ValueError(f"columns: {', '.join(twice)} would get two names")
        empty = sorted(name for name, values in self.where.items() if not values)
        if empty:
            raise ValueError(f"where: {', '.join(empty)} names no values, so nothing would be left")
        return self

    @property
    def read_as(self) -> Kind | None:
        """What is read: ``kind``, else what the source or the suffix says."""
        if self.database is not None:
            return "vector"
        if self.nodes is not None:
            return "roads"
        return self.kind or kind_of(self.path or "")
