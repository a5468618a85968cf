"""Central Beijing: the recipe ``beijing.yaml``, which reads files that are not part of Refugia."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from instances.catalog.shipped import Options, with_options

if TYPE_CHECKING:
    from instances.recipe.opening import Opened

TITLE = {"en": "Central Beijing", "zh": "北京中心城区"}
ABOUT = {
    "en": "Central Beijing: 2020 census counts by district, real streets of about 2013, nested zones, day "
    "and night; earthquakes, rainstorms and outages assumed.",
    "zh": "北京中心城区：2020 年分区人口普查、约 2013 年真实道路、嵌套分区、昼夜人口；地震、暴雨与停电为假设。",
}


def recipe(options: Options, changes: Mapping[str, Any]) -> Opened:
    """The recipe with options and changes put in; see :func:`instances.catalog.recipe`."""
    return with_options("beijing", options, changes)


__all__ = ["ABOUT", "TITLE", "Options", "recipe"]
