"""Shapes and colours of the plan's marks: one set for the page and for the printed map."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from instances.preparation import Modes


@dataclass(frozen=True)
class Mark:
    """How something is drawn. No meaning rests on colour alone: every mark of a role has a shape of its own."""

    shape: str
    colour: str


@cache
def palette() -> dict[str, Any]:
    """Colours, shapes (corner points around 0, y downwards) and line styles; told apart by colour-blind readers."""
    found: dict[str, Any] = json.loads(
        resources.files("solver.page").joinpath("web", "palette.json").read_text("utf-8")
    )
    return found


def mode_marks(modes: Modes) -> list[Mark]:
    """Mark of each mode, in the order of the instance; grades of shelter and tiers of stock each count along."""
    counted: dict[str, int] = {}
    marks = []
    for role in modes.role.tolist():
        k = counted.get(role, 0)
        counted[role] = k + 1
        choices = palette()[role]
        marks.append(Mark(*choices[k % len(choices)]))
    return marks
