"""Kampen, flood from the IJssel: the recipe ``kampen.yaml``, which reads files that are not part of Refugia."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from instances.catalog.shipped import Options, with_options

if TYPE_CHECKING:
    from instances.recipe.opening import Opened

TITLE = {"en": "Kampen, flood from the IJssel", "zh": "坎彭：艾瑟尔河洪水"}
ABOUT = {
    "en": "A Dutch river town from a 5 m flood depth raster and OpenStreetMap land use; people, sites and "
    "the likelihood of floods are assumed.",
    "zh": "荷兰河畔小镇，数据为 5 米洪水深度栅格与 OpenStreetMap 土地利用；人口、场所与洪水概率为假设。",
}


def recipe(options: Options, changes: Mapping[str, Any]) -> Opened:
    """The recipe with options and changes put in; see :func:`instances.catalog.recipe`."""
    return with_options("kampen", options, changes)


__all__ = ["ABOUT", "TITLE", "Options", "recipe"]
