"""Zoning: classes of use for parcels of land, with open land for emergencies, as a program and as numbers."""

from formulations.zoning.completion import assigned, completed
from formulations.zoning.cuts import with_cuts
from formulations.zoning.numbers import Numbers
from formulations.zoning.patches import Patches, PatchFault, patch_faults, patches, roomy
from formulations.zoning.question import Zoning
from formulations.zoning.rules import OBJECTIVES, RULES, units_of

__all__ = [
    "OBJECTIVES",
    "RULES",
    "Numbers",
    "PatchFault",
    "Patches",
    "Zoning",
    "assigned",
    "completed",
    "patch_faults",
    "patches",
    "roomy",
    "units_of",
    "with_cuts",
]
