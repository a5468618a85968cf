"""The classic questions of location: where to open so that people have a short way.

The names below load their modules on first use, so importing the package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from formulations.location.access import Access as Access
    from formulations.location.charge.capacitated_facility_location import (
        CapacitatedFacilityLocation as CapacitatedFacilityLocation,
    )
    from formulations.location.charge.facility_location import FacilityLocation as FacilityLocation
    from formulations.location.charge.multi_level_facility_location import (
        MultiLevelFacilityLocation as MultiLevelFacilityLocation,
    )
    from formulations.location.charge.single_source_facility_location import (
        SingleSourceFacilityLocation as SingleSourceFacilityLocation,
    )
    from formulations.location.covering.backup_covering import BackupCovering as BackupCovering
    from formulations.location.covering.backup_set_covering import BackupSetCovering as BackupSetCovering
    from formulations.location.covering.capacitated_covering import (
        CapacitatedMaximalCovering as CapacitatedMaximalCovering,
    )
    from formulations.location.covering.capacitated_set_covering import CapacitatedSetCovering as CapacitatedSetCovering
    from formulations.location.covering.maximal_covering import MaximalCovering as MaximalCovering
    from formulations.location.covering.partial_covering import PartialCovering as PartialCovering
    from formulations.location.covering.set_covering import SetCovering as SetCovering
    from formulations.location.median.capacitated_p_center import CapacitatedPCenter as CapacitatedPCenter
    from formulations.location.median.capacitated_p_median import CapacitatedPMedian as CapacitatedPMedian
    from formulations.location.median.k_nearest_p_median import KNearestPMedian as KNearestPMedian
    from formulations.location.median.ordered_median import OrderedMedian as OrderedMedian
    from formulations.location.median.p_center import PCenter as PCenter
    from formulations.location.median.p_median import PMedian as PMedian
    from formulations.location.median_center import OBJECTIVES as OBJECTIVES
    from formulations.location.median_center import MedianCenter as MedianCenter
    from formulations.location.question import Limit as Limit
    from formulations.location.question import Question as Question
    from formulations.location.rules import Differ as Differ
    from formulations.location.siting import Siting as Siting
    from formulations.location.spread.p_dispersion import PDispersion as PDispersion
    from formulations.location.spread.p_maxian import PMaxian as PMaxian

_HOME = {
    "access": ("Access",),
    "charge.capacitated_facility_location": ("CapacitatedFacilityLocation",),
    "charge.facility_location": ("FacilityLocation",),
    "charge.multi_level_facility_location": ("MultiLevelFacilityLocation",),
    "charge.single_source_facility_location": ("SingleSourceFacilityLocation",),
    "covering.backup_covering": ("BackupCovering",),
    "covering.backup_set_covering": ("BackupSetCovering",),
    "covering.capacitated_covering": ("CapacitatedMaximalCovering",),
    "covering.capacitated_set_covering": ("CapacitatedSetCovering",),
    "covering.maximal_covering": ("MaximalCovering",),
    "covering.partial_covering": ("PartialCovering",),
    "covering.set_covering": ("SetCovering",),
    "median.capacitated_p_center": ("CapacitatedPCenter",),
    "median.capacitated_p_median": ("CapacitatedPMedian",),
    "median.k_nearest_p_median": ("KNearestPMedian",),
    "median.ordered_median": ("OrderedMedian",),
    "median.p_center": ("PCenter",),
    "median.p_median": ("PMedian",),
    "median_center": ("OBJECTIVES", "MedianCenter"),
    "question": ("Limit", "Question"),
    "rules": ("Differ",),
    "siting": ("Siting",),
    "spread.p_dispersion": ("PDispersion",),
    "spread.p_maxian": ("PMaxian",),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE)


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module 'formulations.location' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"formulations.location.{_MODULE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE})
