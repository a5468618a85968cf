"""Andorra: the recipe ``andorra.yaml``, which reads files that are not part of Refugia."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from instances.catalog.shipped import Options, with_options

if TYPE_CHECKING:
    from instances.recipe.opening import Opened

TITLE = {"en": "Andorra", "zh": "安道尔"}
ABOUT = {
    "en": "The whole country of Andorra from an OpenStreetMap extract: mountain roads, few ways in; people "
    "from buildings, floods, earthquakes and slides assumed.",
    "zh": "安道尔全国（OpenStreetMap 数据）：山区道路、对外通道少；人口由建筑推算，洪水、地震与滑坡为假设。",
}


def recipe(options: Options, changes: Mapping[str, Any]) -> Opened:
    """The recipe with options and changes put in; see :func:`instances.catalog.recipe`."""
    return with_options("andorra", options, changes)


__all__ = ["ABOUT", "TITLE", "Options", "recipe"]
