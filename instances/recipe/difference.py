"""What changed between two builds: layers, features and fields, rules, steps, and parts of the instance."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from instances.container import load
from instances.digest import part_digests
from instances.instance import Instance
from instances.recipe.compared import FieldChange, LayerChange, layer_change, part_changes
from instances.recipe.record import BuildRecord, read_record

MOST = 25  # rows of a table that people see
CODED = ("kind", "change")  # columns whose values are words too
Cell = str | int | float | None


@dataclass(frozen=True)
class RuleChange:
    """A place in the recipe with its old and new value; None where it was or is not there."""

    place: str
    old: Any
    new: Any


@dataclass(frozen=True)
class StepChange:
    """A step whose inputs, rule or code differ, so that it ran again.

    ``state`` is "changed", "added", "removed", or "same result": it ran again and what it made is what was there.
    """

    name: str
    kind: str
    state: str


@dataclass(frozen=True)
class Sheet:
    """A table as data; whoever shows it finds words for its name and columns."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Difference:
    """What changed between two builds.

    Attributes
    ----------
    same
        The instances have the same digest.
    recorded
        Both have a record of their build; else only the instances are compared.
    layers
        Of the layers read, only those that differ.
    digests
        Parts and index sets of the instance whose digest differs: added, removed or changed.
    parts
        The same by element and datum.
    """

    old: str
    new: str
    same: bool
    recorded: bool
    layers: tuple[LayerChange, ...]
    rules: tuple[RuleChange, ...]
    steps: tuple[StepChange, ...]
    unchanged: tuple[str, ...]  # steps
    digests: dict[str, str]
    parts: tuple[LayerChange, ...]

    @property
    def nothing(self) -> bool:
        """Neither the instance nor its layers nor the recipe has changed."""
        return self.same and not (self.layers or self.rules or self.digests)

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {**asdict(self), "nothing": self.nothing}

    def sheets(self) -> list[Sheet]:
        """Tables for people, those with anything in them."""
        both = [*self.layers, *self.parts]
        ran = [(s.name, s.kind, s.state) for s in self.steps] + [(name, "", "unchanged") for name in self.unchanged]
        found = [
            Sheet("layers", ("name", "kind", "change", "added", "removed", "changed"), tuple(map(_line, both))),
            Sheet(
                "features",
                ("name", "change", "feature"),
                tuple((c.name, how, id_) for c in both for how in ("added", "removed") for id_ in getattr(c, how)),
            ),
            Sheet(
                "fields",
                ("name", "field", "change", "rows", "sum", "largest", "feature", "old", "new"),
                tuple(_field(c.name, f) for c in both for f in c.fields),
            ),
            Sheet(
                "tiles",
                ("name", "tile", "west", "south", "east", "north"),
                tuple((c.name, t.tile, *t.box) for c in both for t in c.tiles),
            ),
            Sheet("rules", ("place", "old", "new"), tuple((r.place, _text(r.old), _text(r.new)) for r in self.rules)),
            Sheet("steps", ("name", "kind", "change"), tuple(ran)),
            Sheet("digests", ("name", "change"), tuple(self.digests.items())),
        ]
        return [sheet for sheet in found if sheet.rows]


def difference(old: str | os.PathLike[str], new: str | os.PathLike[str]) -> Difference:
    """Compare two instances on disk, with the records of their builds if both have one.

    Differences below what digests round away (1e-9 of a number, 1 mm of a shape) are none.

    Raises
    ------
    InstanceError
        If one of them cannot be read.
    """
    before, after = read_record(old), read_record(new)
    instances = load(old), load(new)
    digests = _compared(part_digests(instances[0]), part_digests(instances[1]))
    recorded = before is not None and after is not None
    layers: list[LayerChange] = []
    rules: list[RuleChange] = []
    steps: list[StepChange] = []
    unchanged: list[str] = []
    if before is not None and after is not None:
        layers, rules = _layers(before, after), _rules(before.recipe, after.recipe)
        steps, unchanged = _steps(before, after)
    return Difference(
        old=str(old),
        new=str(new),
        same=instances[0].digest == instances[1].digest,
        recorded=recorded,
        layers=tuple(layers),
        rules=tuple(rules),
        steps=tuple(steps),
        unchanged=tuple(unchanged),
        digests=digests,
        parts=tuple(_parts(*instances, digests)),
    )


def markdown(found: Difference, say: Callable[[str], str] = str) -> str:
    """The difference as a Markdown document; ``say`` translates names of tables and columns."""
    lines = [f"# {say('title')}", "", f"- {say('old')}: `{found.old}`", f"- {say('new')}: `{found.new}`", ""]
    if found.nothing:
        lines += [say("nothing"), ""]
    for sheet in found.sheets():
        lines += [f"## {say(sheet.name)}", "", "| " + " | ".join(say(c) for c in sheet.columns) + " |"]
        lines += ["|" + " --- |" * len(sheet.columns)]
        for row in sheet.rows[:MOST]:
            shown = [_cell(v, say if c in CODED else str) for c, v in zip(sheet.columns, row, strict=True)]
            lines.append("| " + " | ".join(shown) + " |")
        if len(sheet.rows) > MOST:
            lines += ["", f"… {len(sheet.rows) - MOST}"]
        lines.append("")
    return "\n".join(lines)


def _layers(before: BuildRecord, after: BuildRecord) -> list[LayerChange]:
    found = []
    for name in sorted({*before.layers, *after.layers}):
        old, new = before.layers.get(name), after.layers.get(name)
        if old is None or new is None:
            there = new or old
            assert there is not None
            found.append(LayerChange(name, "added" if old is None else "removed", there.kind))
        elif old.digest != new.digest:
            found.append(layer_change(old, new, before.layer(name), after.layer(name)))
    return found


def _rules(old: Any, new: Any, place: str = "") -> list[RuleChange]:
    """Places of two recipes that differ, as deep as tables and lists of equal length go."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        found = []
        for key in dict.fromkeys([*old, *new]):
            found += _rules(old.get(key), new.get(key), f"{place}.{key}" if place else str(key))
        return found
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [one for k, pair in enumerate(zip(old, new, strict=True)) for one in _rules(*pair, f"{place}.{k}")]
    return [] if old == new else [RuleChange(place, old, new)]


def _steps(before: BuildRecord, after: BuildRecord) -> tuple[list[StepChange], list[str]]:
    olds, news = ({(s["kind"], s["name"]): s for s in record.steps} for record in (before, after))
    found, unchanged = [], []
    for kind, name in dict.fromkeys([*news, *olds]):
        old, new = olds.get((kind, name)), news.get((kind, name))
        if old is None or new is None:
            found.append(StepChange(name, kind, "added" if old is None else "removed"))
        elif old["key"] == new["key"]:
            unchanged.append(name)
        else:
            found.append(StepChange(name, kind, "same result" if old["digest"] == new["digest"] else "changed"))
    return found, unchanged


def _parts(old: Instance, new: Instance, digests: dict[str, str]) -> list[LayerChange]:
    """Changes of parts and index sets; what differs only through its index sets is left to those."""
    return [one for one in part_changes(old, new) if one.name in digests] if digests else []


def _compared(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    states = {}
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            states[name] = "added" if name not in old else "removed" if name not in new else "changed"
    return states


def _line(change: LayerChange) -> tuple[Cell, ...]:
    if change.state != "changed" or not change.known:
        return change.name, change.kind, change.state, None, None, None
    touched = len(change.tiles) if change.kind == "raster" else len(change.changed)
    return change.name, change.kind, change.state, len(change.added), len(change.removed), touched


def _field(name: str, change: FieldChange) -> tuple[Cell, ...]:
    first = change.values[0] if change.values else (change.ids[0] if change.ids else "", None, None)
    head = (name, change.name, change.state, change.rows, change.total, change.largest)
    return (*head, first[0], _text(first[1]), _text(first[2]))


def _text(value: Any) -> Cell:
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _cell(value: Cell, say: Callable[[str], str]) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.9g}"
    text = say(str(value)) if value != "" else ""
    return text.replace("|", "\\|").replace("\n", " ")
