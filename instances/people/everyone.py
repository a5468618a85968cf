"""A total and nothing else: all people of the city as one census unit, spread by the weights of the recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from instances.accounts import Ledger
from instances.layers.layer import Frame, Layer
from instances.people.carriers import Carriers
from instances.people.overlay import Shapes

if TYPE_CHECKING:
    from instances.people.rule import PeopleRule

NAME = "everyone"


def as_one_area(
    rule: PeopleRule, carriers: Carriers, extent: Shapes | None, frame: Frame, ledger: Ledger
) -> tuple[PeopleRule, dict[str, Any]]:
    """The rule as though the census had one area, and the layer with that area.

    The area is the extent of the city if that is known, else the box of what carries weight.
    """
    import shapely

    from instances.people.rule import AreasRule

    total = rule.total
    assert total is not None
    if extent is not None:
        area = shapely.union_all(extent)
    elif carriers.grid is not None:
        x, y, _, _ = carriers.grid.cells(None)
        area = shapely.buffer(shapely.box(x.min(), y.min(), x.max(), y.max()), 1.0)
    else:
        area = shapely.box(*shapely.total_bounds(carriers.shape)).buffer(1.0)
    text = f"{total.people} people live in the city ({total.basis})"
    ledger.note(f"people: {text}")
    if total.source is not None:
        ledger.cite(total.basis)
    else:
        ledger.assume(f"{text}.")
    layer = Layer(NAME, np.array([NAME]), np.array([area], object), {"people": np.array([total.people])}, frame.crs)
    spread = rule.model_copy(update={"areas": AreasRule(layer=NAME, people="people"), "total": None})
    return spread, {NAME: layer}
