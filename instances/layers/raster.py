"""The cells of one raster, read by window from a file or held in memory; missing cells are NaN."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.schema import InstanceError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """Rows and columns of cells, the last ones excluded; row 0 is the northernmost."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return self.bottom - self.top, self.right - self.left


@dataclass(frozen=True, eq=False)
class Raster:
    """Where the cells are, and how they lie on the ground.

    Attributes
    ----------
    crs
        Of the raster itself.
    west, north, wide, high
        Corner of the first cell and size of a cell, in units of ``crs``; both sizes are positive.
    values
        Cells in memory, shape (rows, columns), NaN where missing; None for a file.
    upright
        The file begins in the north, as most do.
    """

    name: str
    crs: str
    west: float
    north: float
    wide: float
    high: float
    rows: int
    columns: int
    path: Path | None = None
    band: int = 1
    nodata: float | None = None
    upright: bool = True
    values: Floats | None = None

    @classmethod
    def of_file(cls, name: str, path: Path, crs: str | None, nodata: float | None, band: int) -> Raster:
        """Look at the head of a GeoTIFF (or an ASCII grid); cells are read later.

        Raises
        ------
        InstanceError
            If it is not there, cannot be read, has no such band, lies askew, or says nothing of its CRS while ``crs``
            is not given.
        """
        where = f"layer {name}"
        if not path.is_file():
            raise InstanceError(where, [f"no such file: {path}"])
        with _file(name, path) as source:
            faults = []
            if not 1 <= band <= source.count:
                faults.append(f"band {band}: the file has bands 1 to {source.count}")
            elif source.dtypes[band - 1].startswith("complex"):
                faults.append(f"band {band} holds complex numbers; they cannot be used")
            if source.crs is None and crs is None:
                faults.append(f"{path.name} does not say in which CRS it is; add crs to the layer")
            move = source.transform
            if move.b or move.d:
                faults.append("the raster is rotated; turn it north-up first, e.g. with gdalwarp")
            if move.is_identity or not np.isfinite(tuple(move)).all() or move.a <= 0 or move.e == 0:
                faults.append(f"{path.name} does not say where its cells lie (no georeference)")
            if faults:
                raise InstanceError(where, faults)
            own = str(crs) if source.crs is None else str(source.crs.to_string())
            rows, columns, upright = source.height, source.width, bool(move.e < 0)
            north = move.f if upright else move.f + rows * move.e
        return cls(
            name, own, move.c, north, move.a, abs(move.e), rows, columns, path, band, nodata, upright
        )  # fmt: skip

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north in the raster's CRS."""
        south, east = self.north - self.rows * self.high, self.west + self.columns * self.wide
        return self.west, south, east, self.north

    def window(self, box: tuple[float, float, float, float] | None = None) -> Window:
        """The cells that touch a box in the raster's CRS; all cells for None. May be empty."""
        if box is None:
            return Window(0, 0, self.rows, self.columns)
        west, south, east, north = box
        left, right = np.floor((west - self.west) / self.wide), np.floor((east - self.west) / self.wide) + 1
        top, bottom = np.floor((self.north - north) / self.high), np.floor((self.north - south) / self.high) + 1
        left, right = (int(np.clip(v, 0, self.columns)) for v in (left, right))
        top, bottom = (int(np.clip(v, 0, self.rows)) for v in (top, bottom))
        return Window(top, left, max(top, bottom), max(left, right))

    def tiles(self, window: Window, size: int) -> Iterator[Window]:
        """The window cut along a lattice of ``size`` cells that starts in the raster's north-west corner."""
        for top in range(window.top - window.top % size, window.bottom, size):
            for left in range(window.left - window.left % size, window.right, size):
                yield Window(
                    max(top, window.top), max(left, window.left),
                    min(top + size, window.bottom), min(left + size, window.right),
                )  # fmt: skip

    @contextmanager
    def open(self) -> Iterator[Reader]:
        """A reader for many windows."""
        if self.path is None:
            yield Reader(self, None)
            return
        with _file(self.name, self.path) as source:
            if (source.height, source.width) != (self.rows, self.columns):
                raise InstanceError(f"layer {self.name}", [f"{self.path.name} has changed while it was being used"])
            yield Reader(self, source)


@dataclass(frozen=True)
class Reader:
    """An open raster."""

    raster: Raster
    source: Any

    def read(self, window: Window) -> Floats:
        """Cells of a window, shape (rows, columns); NaN where the file has none, scale and offset applied."""
        raster = self.raster
        if 0 in window.shape:
            return np.zeros(window.shape)
        if raster.values is not None or raster.path is None:
            assert raster.values is not None
            return raster.values[window.top : window.bottom, window.left : window.right]
        top, bottom = window.top, window.bottom
        if not raster.upright:
            top, bottom = raster.rows - bottom, raster.rows - top
        at = raster.band - 1
        with _damage(raster.name, raster.path):
            found = self.source.read(raster.band, window=((top, bottom), (window.left, window.right)), masked=True)
        values: Floats = np.asarray(found.data).astype(np.float64)
        if raster.nodata is not None:
            values[values == raster.nodata] = np.nan
        values[np.ma.getmaskarray(found)] = np.nan
        values = values * self.source.scales[at] + self.source.offsets[at]
        values[np.isinf(values)] = np.nan
        return values if raster.upright else values[::-1]


@contextmanager
def _file(name: str, path: Path) -> Iterator[Any]:
    """An open file. The driver follows from the name, so that no format which refers to other files is tried."""
    import rasterio

    driver = "AAIGrid" if path.suffix.lower() == ".asc" else "GTiff"
    with _damage(name, path):
        source = rasterio.open(path, driver=driver)
    try:
        yield source
    finally:
        with _damage(name, path):
            source.close()


@contextmanager
def _damage(name: str, path: Path) -> Iterator[None]:
    """Whatever the library says about a damaged file becomes one InstanceError."""
    import rasterio
    from rasterio.errors import RasterioError

    refused = (RasterioError, rasterio._err.CPLE_BaseError, OSError, ValueError, OverflowError, MemoryError)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is missing is looked at and said by us
            yield
    except refused as error:
        reason = next(iter(str(error).splitlines()), "no reason given")[:200]
        fault = f"{path.name} cannot be read as a raster; it may be damaged ({reason})"
        raise InstanceError(f"layer {name}", [fault]) from error
