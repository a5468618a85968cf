"""Recipes that come with Refugia: the YAML files of this folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instances.catalog import option

if TYPE_CHECKING:
    from instances.recipe.opening import Opened

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Options:
    """What may be chosen for a recipe; every place of the recipe may be set too, such as ``travel.walk.cutoff``."""

    folder: str | None = option(None, "where the files of the recipe are; by default the folder in $REFUGIA_DATA")
    seed: int = option(1, "draws everything random", lower=0, upper=2**31 - 1)


def content(name: str) -> dict[str, Any]:
    """A recipe of the catalog as plain data."""
    from instances.form import parse

    written: dict[str, Any] = parse((FOLDER / f"{name}.yaml").read_text("utf-8"))[0]
    return written


def texts(name: str) -> tuple[dict[str, str], dict[str, str]]:
    """Title of a recipe, and what it is about, by language."""
    written = content(name)
    return written["title"], written["about"]


def shipped(name: str, changes: Mapping[str, Any]) -> Opened:
    """A recipe of the catalog with some places changed.

    Raises
    ------
    RecipeError
        If a change does not fit.
    """
    from instances.recipe.opening import open_recipe

    return open_recipe(FOLDER / f"{name}.yaml", changes)


def with_options(name: str, options: Options, changes: Mapping[str, Any]) -> Opened:
    """A recipe of the catalog that reads files of the user; the folder counts from where the user is."""
    places: dict[str, Any] = {"seed": options.seed, **changes}
    if options.folder is not None:
        places["folder"] = os.path.abspath(Path(options.folder).expanduser())
    return shipped(name, places)
