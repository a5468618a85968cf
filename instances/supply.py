"""What people need to live on: commodities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instances.index import Index
from instances.schema import Part, datum


@dataclass(frozen=True, eq=False)
class Commodities(Part):
    """Goods held in stock before the event and sent to where people are after it."""

    commodity: Index
    unit: np.ndarray = datum("commodity", unit="", doc="Unit of measure, for people.", dtype=str)
    ration: np.ndarray = datum("commodity", unit="unit/person/day", doc="Need of one sheltered person a day.")
    volume: np.ndarray = datum("commodity", unit="m3/unit", doc="Storage volume.")
    price: np.ndarray = datum("commodity", unit="money/unit", doc="Purchase price.")
    holding: np.ndarray = datum("commodity", unit="money/unit", doc="Loss on a unit left unused after the event.")
    freight: np.ndarray = datum("commodity", unit="money/unit/m", doc="Cost of moving a unit one metre.")
    severity: np.ndarray = datum("commodity", unit="loss/unit", doc="Loss from one unit short.")
    title: np.ndarray = datum("commodity", unit="", doc="Name shown to people.", dtype=str)
    severity_unit: str = "person-days"
