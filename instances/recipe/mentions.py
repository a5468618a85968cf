"""Where a recipe names layers, so that a name nobody gave to a layer is found before anything is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from instances import form

if TYPE_CHECKING:
    from instances.recipe.format import Recipe

# Fields that hold the name of a layer wherever they hold text.
NAMING = {
    "areas", "cells", "edges", "fault", "graph", "heights", "layer", "lines", "nodes", "osm", "places", "raster",
    "slope", "zones",
}  # fmt: skip
PARTS = (".nodes", ".edges")
"""A road graph is two layers, called by its name with one of these."""


def unknown_layers(recipe: Recipe, lines: Mapping[form.Place, int]) -> list[str]:
    """One sentence for every place that names a layer the recipe does not have, with what may have been meant."""
    known = list(recipe.layers)
    parts = [
        name + part for name, rule in recipe.layers.items() if rule.read_as in ("roads", "graphml") for part in PARTS
    ]
    every = [*(name for name in known if name + PARTS[0] not in parts), *parts]
    faults = []
    for place, name in mentions(recipe):
        if name not in known and name not in parts:
            text = f"no layer {name!r}; there are {', '.join(every) or 'none'}{form.meant(name, every)}"
            faults.append(form.at(place, lines, text))
    return faults


def mentions(recipe: Recipe) -> Iterator[tuple[form.Place, str]]:
    """Every place outside ``layers`` that names a layer, and the name."""
    for section in type(recipe).model_fields:
        if section not in ("layers", "wanted"):
            yield from _named(getattr(recipe, section), (section,))


def _named(value: Any, place: form.Place) -> Iterator[tuple[form.Place, str]]:
    if hasattr(value, "model_fields_set"):
        for field, about in type(value).model_fields.items():
            inner, here = getattr(value, field), (*place, about.alias or field)
            if isinstance(inner, str) and (field in NAMING or here == ("people", "within")):
                if inner != "roads" or field != "within":
                    yield here, inner
            else:
                yield from _named(inner, here)
    elif isinstance(value, list):
        for k, inner in enumerate(value):
            yield from _named(inner, (*place, k))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _named(inner, (*place, key))
