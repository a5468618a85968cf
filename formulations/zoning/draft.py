"""The program under construction, and what its pieces hand to one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from formulations.zoning.patches import roomy
from instances.index import Index, Map
from instances.instance import Instance
from instances.land import Land

if TYPE_CHECKING:
    from formulations.zoning.question import Zoning


PARCELS = "parcel use"
"""Name of the index of parcels with a class that they may have."""


@dataclass(eq=False)
class Draft:
    """Which parcel may get which class, and the decision."""

    question: Zoning
    instance: Instance
    land: Land
    program: Program
    option: Index  # tuples of parcel and land_class that are possible
    at: NDArray[np.intp]  # position of an option, -1 where there is none: shape (parcels, classes)
    use: Affine  # over option
    loss: Affine | None = None  # people without a place, over scenario

    @classmethod
    def begin(cls, question: Zoning, instance: Instance) -> Draft:
        """The decision for every parcel and class that rules about single parcels leave possible."""
        land = instance.land
        assert land is not None
        program = Program(f"zoning of {instance.about.name}")
        possible = land.allowed if question.patches == "none" else roomy(land)
        parcel, kind = np.nonzero(possible)
        option = Index.tuples(PARCELS, parcel=(land.parcel, parcel), land_class=(land.land_class, kind))
        at = np.full(possible.shape, -1)
        at[parcel, kind] = np.arange(option.size)
        use = program.binary("use", option, doc="The parcel gets the class.")
        return cls(question, instance, land, program, option, at, use)

    def over(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Numbers by parcel and class, laid over the options."""
        picked: NDArray[np.float64] = values[self.option["parcel"].position, self.option["land_class"].position]
        return picked

    def used(self, options: NDArray[np.intp], index: Index) -> Affine:
        """The decision at some options, over an index of the same length."""
        return self.use.at(Map(index, self.option, options))
