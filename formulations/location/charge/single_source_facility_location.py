"""Single-source facility location: each demand point goes as a whole to one site, and no site is overcrowded.

A village is not torn apart: its people stay together. The same as
:mod:`formulations.location.charge.capacitated_facility_location` with

    share_ij     demand point i goes to site j                                    binary

Source: Holmberg, Ronnqvist and Yuan (1999), European Journal of Operational Research 113(3), 544-559,
DOI 10.1016/S0377-2217(98)00008-3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from formulations.location.charge.capacitated_facility_location import CapacitatedFacilityLocation


@dataclass(frozen=True)
class SingleSourceFacilityLocation(CapacitatedFacilityLocation):
    """The question (single-source CFL); for ``p`` see :class:`~formulations.location.question.ChoosesSites`."""

    title: ClassVar[str] = "single-source CFL"
    undivided: ClassVar[bool] = True
