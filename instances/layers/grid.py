"""Rasters: the value at a place, over an area, along a road; population, depth, height, land cover."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from instances.crs import projected_faults
from instances.digest import rounded
from instances.layers.coverage import covered
from instances.layers.raster import Raster, Window
from instances.schema import InstanceError

if TYPE_CHECKING:
    from instances.layers.layer import Box

Floats = NDArray[np.float64]

HOW = ("sum", "mean", "max", "min")
TILE = 512  # cells; a window of this size is read at once
BEND = 1000.0  # m; straight edges are bent in another CRS, by less than 2 cm if points follow every kilometre
MOST_CELLS = 2**22  # held at once when areas are covered


@dataclass(frozen=True, eq=False)
class Grid:
    """A raster that answers in the frame's CRS, whatever its own CRS is: it is never resampled.

    Attributes
    ----------
    crs
        CRS of all coordinates that go in and come out.
    raster
        The cells, in their own CRS.
    """

    name: str
    crs: str
    unit: str
    raster: Raster

    @classmethod
    def open(
        cls, name: str, path: Path, crs: str, unit: str = "", nodata: float | None = None,
        own: str | None = None, band: int = 1,
    ) -> Grid:  # fmt: skip
        """A GeoTIFF, cloud-optimised or not, or an ASCII grid. Cells are read when they are needed, by window.

        Parameters
        ----------
        crs
            The frame's.
        nodata
            A value that means "missing", besides what the file says itself (nodata value, mask or alpha band).
        own
            CRS of the raster, used where the file does not say it.

        Raises
        ------
        InstanceError
            If the file cannot be used. Damage in the cells shows, as the same error, when they are read.
        """
        return cls(name, crs, unit, Raster.of_file(name, path, own, nodata, band))

    @classmethod
    def of(cls, name: str, values: ArrayLike, transform: ArrayLike, crs: str, unit: str = "") -> Grid:
        """A grid in memory; ``transform`` holds the six numbers (width, 0, west, 0, minus height, north) of a cell."""
        cells = np.array(values, dtype=np.float64)
        wide, _, west, _, down, north = np.asarray(transform, dtype=np.float64)[:6].tolist()
        if cells.ndim != 2 or wide <= 0 or down >= 0:
            raise InstanceError(f"layer {name}", ["a grid has rows from north to south and columns from west to east"])
        cells.setflags(write=False)
        return cls(
            name, crs, unit, Raster(name, crs, west, north, wide, -down, cells.shape[0], cells.shape[1], values=cells)
        )

    def sample(self, x: ArrayLike, y: ArrayLike) -> Floats:
        """Value of the cell at each point, NaN outside and where the cell is missing; shape (points,)."""
        raster = self.raster
        east, north = self._inward(np.asarray(x, float), np.asarray(y, float))
        found = np.full(east.shape, np.nan)
        column, row = np.floor((east - raster.west) / raster.wide), np.floor((raster.north - north) / raster.high)
        inside = np.flatnonzero((column >= 0) & (column < raster.columns) & (row >= 0) & (row < raster.rows))
        column, row = column[inside].astype(np.int64), row[inside].astype(np.int64)
        tile = (row // TILE) * (raster.columns // TILE + 1) + column // TILE
        order = np.argsort(tile, kind="stable")
        with raster.open() as reader:
            for group in np.split(order, np.flatnonzero(np.diff(tile[order])) + 1):
                if not group.size:
                    continue
                top, left = int(row[group].min()), int(column[group].min())
                cells = reader.read(Window(top, left, int(row[group].max()) + 1, int(column[group].max()) + 1))
                found[inside[group]] = cells[row[group] - top, column[group] - left]
        return found

    def zonal(self, shapes: NDArray[Any], how: str) -> Floats:
        """Sum, mean, max or min over polygons, shape (polygons,); NaN where no valid cell is touched.

        In sums and means a cell counts by the exact share of it that a polygon covers (see
        :mod:`instances.layers.coverage`), so that the sums over areas which neither overlap nor leave gaps add up to
        the sum of the raster. Missing cells carry nothing. The largest and the least count every cell that is touched
        (exactextract).

        Raises
        ------
        InstanceError
            If ``how`` is unknown or a shape is no polygon.
        """
        import shapely

        if how not in HOW:
            raise InstanceError(f"layer {self.name}", [f"{how!r} over areas is unknown; use one of {', '.join(HOW)}"])
        given = np.asarray(shapes, dtype=object)
        solid = ~(shapely.is_missing(given) | shapely.is_empty(given))
        odd = solid & ~np.isin(shapely.get_type_id(given), [3, 6])
        if odd.any():
            what = f"{odd.sum()} of {len(given)} shapes are not polygons, first at position {np.flatnonzero(odd)[0]}"
            raise InstanceError(f"layer {self.name}", [what])
        found = np.full(len(given), np.nan)
        if not solid.any():
            return found
        inward = self._shapes_inward(given[solid])
        there = np.isfinite(shapely.bounds(inward)).all(axis=1)  # beyond the reach of the raster's CRS is nothing
        solid[np.flatnonzero(solid)[~there]] = False
        inward = inward[there]
        if not inward.size:
            return found
        if how in ("max", "min"):
            found[solid] = self._extreme(inward, how)
        else:
            total, count = covered(self.raster, inward)
            some = count > 0
            values = total if how == "sum" else total / np.where(some, count, 1.0)
            found[solid] = np.where(some, values, np.nan)
        return found

    def along(self, lines: NDArray[Any], how: str = "max", step: float = 15.0) -> Floats:
        """Largest, least or mean value along line strings, shape (lines,); NaN where all of a line is missing.

        Looked at at every vertex, and between vertices every ``step`` metres or less: take a step below the size of a
        cell if no cell may be missed. The mean weighs by length.
        """
        import shapely

        if how not in ("max", "min", "mean"):
            raise InstanceError(f"layer {self.name}", [f"{how!r} along lines is unknown; use max, min or mean"])
        found = np.full(len(lines), np.nan)
        xy, line = shapely.get_coordinates(shapely.segmentize(lines, step), return_index=True)
        values = self.sample(xy[:, 0], xy[:, 1])
        weight = np.zeros(len(line))
        joined = line[1:] == line[:-1]
        half = np.where(joined, np.hypot(*np.diff(xy, axis=0).T) / 2.0, 0.0)
        weight[1:] += half
        weight[:-1] += half
        good = ~np.isnan(values)
        line, values, weight = line[good], values[good], weight[good]
        if how == "max":
            np.fmax.at(found, line, values)
        elif how == "min":
            np.fmin.at(found, line, values)
        else:
            total = np.bincount(line, weight, minlength=len(lines))
            some = total > 0
            found[some] = np.bincount(line, weight * values, minlength=len(lines))[some] / total[some]
        return found

    def cells(self, box: Box | None = None) -> tuple[Floats, Floats, Floats, Floats]:
        """Centres x and y of valid cells, their values, and their areas in m2; each of shape (cells,).

        With a ``box`` in the frame's CRS, those with their centre in it. Areas are measured in the frame's CRS, cell
        by cell, because a cell of a geographic raster has no fixed area.
        """
        parts = [part for part in self._pieces(box) if part[0].size]
        if not parts:
            return np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0)
        x, y, value, area = (np.concatenate([part[k] for part in parts]) for k in range(4))
        return x, y, value, area

    def total(self, box: Box | None = None) -> float:
        """Sum of valid cells; with a ``box``, of those with their centre in it."""
        import math

        if box is not None:
            return math.fsum(float(part[2].sum()) for part in self._pieces(box))
        with self.raster.open() as reader:
            windows = self.raster.tiles(self.raster.window(), TILE)
            return math.fsum(float(np.nansum(reader.read(window))) for window in windows)

    def slope(self, box: Box | None = None) -> Grid:
        """Steepness in degrees from heights in metres, over the whole grid or a ``box`` in the frame's CRS.

        Weighted differences in a window of 3 by 3 cells (Horn 1981, doi:10.1109/PROC.1981.11918); NaN where one of the
        nine is missing, so also along the edge.

        Raises
        ------
        InstanceError
            If the raster is not in a projected system in metres that is true to scale there (in degrees, every slope
            would come out as a cliff), or heights are not in metres.
        """
        raster = self.raster
        faults = projected_faults(raster.crs, raster.box)
        if self.unit not in ("", "m"):
            faults.append(f"heights are in {self.unit}, not in metres")
        if faults:
            raise InstanceError(f"layer {self.name}: no slope can be found", faults)
        window = raster.window(None if box is None else self._box_inward(box))
        with raster.open() as reader:
            z = reader.read(window)
        steep = np.full(z.shape, np.nan)
        if min(z.shape) >= 3:
            east = z[:-2, 2:] + 2.0 * z[1:-1, 2:] + z[2:, 2:] - z[:-2, :-2] - 2.0 * z[1:-1, :-2] - z[2:, :-2]
            down = z[2:, :-2] + 2.0 * z[2:, 1:-1] + z[2:, 2:] - z[:-2, :-2] - 2.0 * z[:-2, 1:-1] - z[:-2, 2:]
            # The centre has no weight of its own, but where it is missing there is no slope.
            rise = np.hypot(east / (8.0 * raster.wide), down / (8.0 * raster.high)) + 0.0 * z[1:-1, 1:-1]
            steep[1:-1, 1:-1] = np.degrees(np.arctan(rise))
        steep.setflags(write=False)
        west, north = raster.west + window.left * raster.wide, raster.north - window.top * raster.high
        rows, columns = z.shape
        made = Raster(
            raster.name, raster.crs, west, north, raster.wide, raster.high, rows, columns, values=steep
        )  # fmt: skip
        return Grid(self.name, self.crs, "degree", made)

    def digest(self) -> str:
        """SHA-256 over shape, georeference, CRS and cells; the same however the file stores them."""
        raster = self.raster
        corner = rounded(np.array([raster.west, raster.north, raster.wide, raster.high])).tolist()
        head = ["grid 1", raster.rows, raster.columns, raster.crs, corner, self.unit]
        return _sha256(json.dumps([head, sorted(self.tiles().items())]).encode())

    def tiles(self, size: int = 256) -> dict[str, str]:
        """SHA-256 of every tile of ``size`` cells, by "row,column" of the tile; numbers count to nine digits."""
        found = {}
        with self.raster.open() as reader:
            for window in self.raster.tiles(self.raster.window(), size):
                values = rounded(reader.read(window))
                values[np.isnan(values)] = np.nan  # one pattern of bits for all that is missing
                head = json.dumps(values.shape).encode()
                found[f"{window.top // size},{window.left // size}"] = _sha256(head + values.astype("<f8").tobytes())
        return found

    def _pieces(self, box: Box | None) -> Iterator[tuple[Floats, Floats, Floats, Floats]]:
        raster = self.raster
        window = raster.window(None if box is None else self._box_inward(box))
        with raster.open() as reader:
            for tile in raster.tiles(window, TILE):
                values = reader.read(tile)
                row, column = np.nonzero(~np.isnan(values))
                if not row.size:
                    continue
                row, column, value = row + tile.top, column + tile.left, values[row, column]
                x, y = self._outward(*self._corner(row + 0.5, column + 0.5))
                if box is not None:
                    keep = (x >= box[0]) & (x < box[2]) & (y >= box[1]) & (y < box[3])
                    x, y, value, row, column = x[keep], y[keep], value[keep], row[keep], column[keep]
                yield x, y, value, self._area(row, column)

    def _area(self, row: NDArray[np.int64], column: NDArray[np.int64]) -> Floats:
        """Area of each cell in the frame's CRS by the shoelace formula, shape (cells,)."""
        if self.raster.crs == self.crs or not row.size:
            return np.full(len(row), self.raster.wide * self.raster.high)
        top, left = int(row.min()), int(column.min())
        down, right = np.mgrid[top : int(row.max()) + 2, left : int(column.max()) + 2]
        x, y = self._outward(*self._corner(down, right))
        east, south = np.diff([x, y], axis=2)[:, 1:, :], np.diff([x, y], axis=1)[:, :, 1:]
        west, north = np.diff([x, y], axis=1)[:, :, :-1], np.diff([x, y], axis=2)[:, :-1, :]
        double = np.abs(north[0] * south[1] - north[1] * south[0]) + np.abs(east[0] * west[1] - east[1] * west[0])
        return np.asarray(double[row - top, column - left] / 2.0)

    def _corner(self, row: NDArray[Any], column: NDArray[Any]) -> tuple[Floats, Floats]:
        return self.raster.west + column * self.raster.wide, self.raster.north - row * self.raster.high

    def _extreme(self, shapes: NDArray[Any], how: str) -> Floats:
        """Largest or least cell that each polygon in the raster's CRS touches."""
        import shapely
        from exactextract import exact_extract
        from exactextract.raster import NumPyRasterSource

        found = np.full(len(shapes), np.nan)
        raster = self.raster
        bounds = shapely.bounds(shapes)
        # Neighbours in space are read together, as many as fit.
        order = np.lexsort((bounds[:, 0], -np.floor(bounds[:, 3] / (TILE * raster.high))))
        with raster.open() as reader:
            for group, window in self._groups(order, bounds):
                if 0 in window.shape:
                    continue
                west, north = self._corner(np.array(window.top), np.array(window.left))
                east, south = west + window.shape[1] * raster.wide, north - window.shape[0] * raster.high
                cells = NumPyRasterSource(reader.read(window), west, south, east, north, nodata=np.nan, name="cells")
                outlines = [shapely.geometry.mapping(shapes[k]) for k in group]
                features = [{"type": "Feature", "properties": {}, "geometry": one} for one in outlines]
                told = exact_extract(cells, features, ["count", how], max_cells_in_memory=MOST_CELLS)
                for k, one in zip(group, told, strict=True):
                    if one["properties"]["count"]:
                        found[k] = one["properties"][how]
        return found

    def _groups(self, order: NDArray[np.intp], bounds: Floats) -> Iterator[tuple[list[int], Window]]:
        """Shapes whose common window holds at most :data:`MOST_CELLS` cells, and that window."""
        group: list[int] = []
        window = Window(0, 0, 0, 0)
        for k in order.tolist():
            own = self.raster.window(tuple(bounds[k]))
            both = _around(window, own)
            if group and both.shape[0] * both.shape[1] > MOST_CELLS:
                yield group, window
                group, both = [], own
            group.append(k)
            window = both
        yield group, window

    def _shapes_inward(self, shapes: NDArray[Any]) -> NDArray[Any]:
        import shapely

        if self.raster.crs == self.crs:
            return shapes
        return np.asarray(
            shapely.transform(shapely.segmentize(shapes, BEND), lambda xy: np.column_stack(self._inward(*xy.T)))
        )

    def _box_inward(self, box: Box) -> Box:
        if self.raster.crs == self.crs:
            return box
        west, south, east, north = _transformer(self.crs, self.raster.crs).transform_bounds(*box, densify_pts=51)
        return west, south, east, north

    def _inward(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return _moved(x, y, self.crs, self.raster.crs)

    def _outward(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        return _moved(x, y, self.raster.crs, self.crs)


def _around(a: Window, b: Window) -> Window:
    if 0 in a.shape:
        return b
    if 0 in b.shape:
        return a
    return Window(min(a.top, b.top), min(a.left, b.left), max(a.bottom, b.bottom), max(a.right, b.right))


def _moved(x: Floats, y: Floats, source: str, target: str) -> tuple[Floats, Floats]:
    if source == target:
        return x, y
    east, north = _transformer(source, target).transform(x, y)
    return np.asarray(east, float), np.asarray(north, float)


def _transformer(source: str, target: str) -> Any:
    import pyproj

    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
