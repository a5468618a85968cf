"""What hazards touch, as points and lines that maps of intensity are laid over."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.hazards.declared import Ground

if TYPE_CHECKING:
    from instances.layers.grid import Grid
    from instances.layers.layer import Layer

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]
Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Exposed:
    """People, sites and links with their places; intensities come in that order."""

    ground: Ground
    facilities: Floats = field(default_factory=lambda: np.zeros((0, 2)))

    @cached_property
    def xy(self) -> Floats:
        """Demand points, sites, middles of links, and facilities, shape (points, 2)."""
        g = self.ground
        x = np.concatenate([g.demand.x, g.site_x, g.middle[:, 0]])
        y = np.concatenate([g.demand.y, g.site_y, g.middle[:, 1]])
        return np.concatenate([np.column_stack([x, y]), self.facilities])

    @property
    def ends(self) -> Ints:
        """Where sites, links and facilities begin in the list of points."""
        return np.cumsum([len(self.ground.demand.demand), len(self.ground.site), len(self.ground.middle)])

    def parts(self, values: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Values at people, sites, links and facilities."""
        homes, sites, links, facilities = np.split(values, self.ends)
        return homes, sites, links, facilities

    def missed(self, missing: NDArray[np.bool_]) -> str:
        """How many places of each kind, in words."""
        homes, sites, links, _ = (int(part.sum()) for part in self.parts(missing.astype(np.float64)))
        return f"{homes} places of people, {sites} sites and {links} links"

    @cached_property
    def lines(self) -> Shapes:
        """Links as line strings, shape (link,)."""
        import shapely

        roads = self.ground.roads
        if roads.shape_xy is not None and roads.shape_start is not None:
            line = np.repeat(np.arange(roads.link.size), np.diff(roads.shape_start))
            return np.asarray(shapely.linestrings(roads.shape_xy, indices=line), object)
        ends = np.stack([roads.tail.position, roads.head.position], axis=1)
        return np.asarray(shapely.linestrings(np.stack([roads.x[ends], roads.y[ends]], axis=2)), object)

    def on_grid(self, grid: Grid) -> Floats:
        """Value of the cell at people and sites, largest value along links; NaN where there is none."""
        values = grid.sample(self.xy[:, 0], self.xy[:, 1])
        values[self.ends[1] : self.ends[2]] = grid.along(self.lines, "max")
        return values

    def on_areas(self, shapes: Shapes, values: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Largest value of the areas at each place (a link: that it crosses), and which areas touch anything."""
        import shapely

        places = np.asarray(shapely.points(self.xy), object)
        places[self.ends[1] : self.ends[2]] = self.lines
        found, touched = np.full(len(places), np.nan), np.zeros(len(shapes), bool)
        at, which = shapely.STRtree(shapes).query(places, predicate="intersects")
        np.fmax.at(found, at, values[which])
        touched[which] = True
        return found, touched

    def class_at(self, layer: Layer, column: str, part: str) -> NDArray[np.str_]:
        """Text of the polygon at every home or site, empty outside; the first one where polygons overlap."""
        import shapely

        first, sites, _ = self.ends
        xy = self.xy[:first] if part == "homes" else self.xy[first:sites]
        texts = layer.texts(column)
        at, which = shapely.STRtree(layer.shape).query(shapely.points(xy), predicate="intersects")
        order = np.lexsort([which, at])
        found = np.full(len(xy), "", texts.dtype)
        found[at[order][::-1]] = texts[which[order][::-1]]
        return found
