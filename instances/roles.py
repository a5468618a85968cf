"""Index sets play one role each: the demand points of one part are the demand points of every other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from instances.index import Index, Map
from instances.schema import Part, data_of

# Components and maps that are called after what they do rather than after the set they point to.
ALIASES = {
    "tail": "node",
    "head": "node",
    "key_node": "node",
    "key_tier": "tier",
    "origin": "site",
    "destination": "site",
    "neighbour": "unit",
    "within": "unit",
}


def role_faults(parts: Iterable[tuple[str, Part]]) -> list[str]:
    """Fields, components and maps that point to another set than the rest of the instance does.

    Sets of equal size would fit each other's arrays, so 50 sites could pass for 50 villages without anybody noticing.
    """
    present = list(parts)
    roles = {dim for _, part in present for about in data_of(part).values() for dim in about.dims}
    first: dict[str, tuple[str, Index]] = {}
    faults = []
    for where, part in present:
        own = [value for f in fields(part) if isinstance(value := getattr(part, f.name), Index)]  # type: ignore[arg-type]
        for name, role, index in _uses(part):
            if role not in roles:
                continue
            known = first.setdefault(role, (f"{where}.{name}", index))
            if known[1] is not index:
                faults.append(
                    f"{where}.{name}: is {index!r}, but {known[0]} is {known[1]!r}; both stand for the {role}"
                )
        for f in fields(part):  # type: ignore[arg-type]
            value = getattr(part, f.name)
            if isinstance(value, Map) and not any(value.source is index for index in own):
                faults.append(f"{where}.{f.name}: maps from {value.source!r}, which is no index set of {where}")
    return faults


def _uses(part: Any) -> Iterator[tuple[str, str, Index]]:
    """Field or component, the role it has by its name, and the index set it uses."""
    for f in fields(part):
        value = getattr(part, f.name)
        if isinstance(value, Index):
            yield f.name, f.name, value
            for key, component in value.parts.items():
                yield f"{f.name}[{key}]", ALIASES.get(key, key), component.target
        elif isinstance(value, Map):
            yield f.name, ALIASES.get(f.name, f.name), value.target
