"""Andorra: the recipe ``andorra.yaml``, which reads files that are not part of Refugia."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from instances.catalog.shipped import Options, texts, with_options

if TYPE_CHECKING:
    from instances.recipe.opening import Opened

TITLE, ABOUT = texts("andorra")


def recipe(options: Options, changes: Mapping[str, Any]) -> Opened:
    """The recipe with options and changes put in; see :func:`instances.catalog.recipe`."""
    return with_options("andorra", options, changes)


__all__ = ["ABOUT", "TITLE", "Options", "recipe"]
