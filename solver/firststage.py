"""Which variables of a program are decided before anything happens."""

from __future__ import annotations

import numpy as np

from formulations.algebra.block import Block
from formulations.algebra.matrix import Matrix
from formulations.zoning.draft import PARCELS
from instances.index import Index


def first_stage(matrix: Matrix) -> list[Block]:
    """Variables that know no scenario, and are yes or no (or whole), or bear an objective element by element.

    What is left out knows a scenario, or only measures what happens over all of them, like the tail of a loss. In a
    zoning program the classes of parcels are all that is decided; borders and patches follow from them.
    """
    if (use := matrix.columns.get("use")) is not None and [index.name for index in use.dims] == [PARCELS]:
        return [use]
    borne = np.zeros(matrix.shape[1], bool)
    borne[matrix.C.indices] = True
    return [
        block
        for block in matrix.columns.values()
        if block.size
        and not any(map(_of_a_scenario, block.dims))
        and (bool(matrix.integer[block.span].any()) or (bool(block.dims) and bool(borne[block.span].any())))
    ]


def _of_a_scenario(index: Index) -> bool:
    return index.name == "scenario" or any(_of_a_scenario(part.target) for part in index.parts.values())
