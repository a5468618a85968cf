"""Points that were read from somewhere, light to carry, and a GeoDataFrame when somebody asks for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Marked:
    """Places with their coordinates and columns.

    Attributes
    ----------
    labels
        One name for each place.
    x, y
        Shape (places,), in the projected system ``crs`` in metres.
    columns
        More about each place, by name.
    """

    labels: list[str]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    crs: str
    columns: Mapping[str, Any] = field(default_factory=dict)

    def frame(self) -> Any:
        """GeoDataFrame with the labels as its index."""
        import geopandas
        import pandas as pd

        table = pd.DataFrame(dict(self.columns), index=pd.Index(self.labels))
        return geopandas.GeoDataFrame(table, geometry=geopandas.points_from_xy(self.x, self.y), crs=self.crs or None)
