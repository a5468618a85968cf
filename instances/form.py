"""Reading a form written in YAML, and saying in plain words everything that is wrong with it.

Studies and recipes are forms: YAML that a pydantic model describes. Faults carry the line they stand in.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, Tag

Place = tuple[str | int, ...]
BY_HAND = 0
"""Line of a value that was not read from the file."""


class _Loader(yaml.SafeLoader):
    """YAML in which 2e6 is a number (as in YAML 1.2) and a key that stands twice is a fault."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)


def text_of(path: Path) -> tuple[str | None, str | None]:
    """Text of a file, or why it cannot be read."""
    try:
        return path.read_text("utf-8-sig"), None
    except FileNotFoundError:
        return None, "no such file"
    except IsADirectoryError:
        return None, "is a folder; name the YAML file"
    except UnicodeDecodeError as error:
        return None, f"is no text in UTF-8 (byte {error.start}); save it as UTF-8"
    except OSError as error:
        return None, f"cannot be read: {error.strerror or error}"


def parse(text: str) -> tuple[Any, dict[Place, int], list[str]]:
    """Content of a YAML text, the line of every place in it, and what is wrong with it as YAML."""
    try:
        node = yaml.compose(text, _Loader)
        lines: dict[Place, int] = {}
        faults = list(_twice(node, (), lines)) if node is not None else []
        content = yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        return None, {}, [f"{at}no YAML: {error.problem or error.context}; check indentation, colons and quotes"]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return None, {}, [f"no YAML: {error}"]
    return content, lines, faults


def _twice(node: yaml.Node, place: Place, lines: dict[Place, int]) -> Iterator[str]:
    """Keys that stand twice, of which YAML would silently keep the last; and the line of every place."""
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in seen:
                yield f"line {line}: {named((*place, name))} stands twice, first in line {seen[name]}; keep one"
            seen.setdefault(name, line)
            lines[(*place, name)] = line
            yield from _twice(value, (*place, name), lines)
    elif isinstance(node, yaml.SequenceNode):
        for k, value in enumerate(node.value):
            yield from _twice(value, (*place, k), lines)


def put(content: Any, place: str, value: Any, form: str) -> str | None:
    """Set a value by its dotted place in a ``form``; returns what is wrong, if anything.

    Items of a list are named by their number from 0: ``hazards.footprints.0.level``.
    """
    *above, last = place.split(".")
    if not all((*above, last)):
        return f"--set {place}: names no place in a {form}"
    here = content
    for key in above:
        if isinstance(here, list):
            if not (key.isdigit() and int(key) < len(here)):
                return f"--set {place}: {key} is no item of this list of {len(here)}"
            here = here[int(key)]
            continue
        if isinstance(here, dict) and isinstance(here.get(key, {}), bool | None):
            here[key] = {}  # `stock: true` is a table with defaults
        if not isinstance(here, dict) or not isinstance(here.setdefault(key, {}), dict | list):
            return f"--set {place}: {key} is no table in this {form}"
        here = here[key]
    if isinstance(here, list) and last.isdigit() and int(last) < len(here):
        here[int(last)] = value
    elif isinstance(here, dict):
        here[last] = value
    else:
        return f"--set {place}: names no place in a {form}"
    return None


def by_hand(lines: dict[Place, int], place: str) -> dict[Place, int]:
    """Lines after the value at a dotted place was set by hand."""
    steps: Place = tuple(int(k) if k.isdigit() else k for k in place.split("."))
    kept = {k: v for k, v in lines.items() if k[: len(steps)] != steps}
    return {steps[: k + 1]: BY_HAND for k in range(len(steps))} | kept


def sentence(fault: Any, model: type[BaseModel], lines: Mapping[Place, int]) -> str:
    """One fault that pydantic found, in our words: line, place, what is wrong, what is allowed."""
    place, known = _placed(model, fault["loc"])
    kind, given, context = fault["type"], fault["input"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        text = f"is unknown; use {', '.join(known)}{meant(str(place[-1]), known)}" if known else "is unknown"
    elif kind == "literal_error":
        expected = str(context.get("expected", ""))
        allowed = re.findall(r"'([^']*)'", expected) or [expected]
        text = f"{given!r} is unknown; use {', '.join(allowed)}{meant(str(given), allowed)}"
    elif kind == "missing":
        text = "is missing"
    elif kind == "value_error":
        text = str(context.get("error", fault["msg"]))
    elif kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern", ""))
        text = f"{given!r} must be {PATTERNS.get(pattern, f'of the form {pattern}')}"
    else:
        wanted = WANTED.get(kind, fault["msg"].removeprefix("Input should be "))
        if kind == "too_short":
            wanted = f"a list of {context['min_length']} or more"
        for word in ("ge", "gt", "le", "lt"):
            if word in context:
                wanted = f"{BOUNDS[word]} {context[word]:g}"
        text = f"must be {wanted}, got {'nothing' if given is None else repr(given)}"
    return at(place, lines, text)


def in_order(faults: list[str]) -> list[str]:
    """Every fault once, in the order of the file."""
    return sorted(dict.fromkeys(faults), key=_line)


def _line(fault: str) -> int:
    found = re.match(r"line (\d+)", fault)
    return int(found[1]) if found else 0


def at(place: Place, lines: Mapping[Place, int], text: str) -> str:
    """A fault with its place, and its line where that is known."""
    line = next((lines[place[:k]] for k in range(len(place), 0, -1) if place[:k] in lines), None)
    words = f"{named(place)}: {text}" if place else text
    if line is None:
        return words
    return f"line {line}: {words}" if line != BY_HAND else f"--set {words}"


BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
WANTED = {
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "string_type": "text",
    "dict_type": "a table",
    "list_type": "a list",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "finite_number": "a finite number",
    "string_too_short": "text that is not empty",
}
PATTERNS = {
    r"^[A-Za-z][A-Za-z0-9_]*$": "a name of letters, digits and _, a letter first",
    r"^[a-z][a-z_ ]*$": "in small letters",
}


def named(place: Place) -> str:
    """A place as people write it: ``question.promises[0].level``."""
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in place).lstrip(".") or "the file"


def meant(given: str, known: list[str]) -> str:
    """A guess at what was meant, or nothing."""
    close = difflib.get_close_matches(given, known, 1, 0.6)
    return f" (did you mean {close[0]}?)" if close else ""


def _placed(model: type[BaseModel], found: Place) -> tuple[Place, list[str]]:
    """The place that pydantic gives without its marks for kinds of entry, and the keys known where it ends."""
    place: list[str | int] = []
    known: list[str] = []
    here: list[Any] = [model]  # what may stand at the place
    for step in found:
        if step == "[key]":
            continue
        members = [pair for kind in here for pair in _members(kind)]
        chosen = [kind for tags, kind in members if step in tags]
        if chosen and not isinstance(step, int):
            here = chosen
            continue
        place.append(step)
        kinds = [kind for _, kind in members]
        models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        known = list(dict.fromkeys(name for kind in models for name in _names(kind)))
        here = [kind.model_fields[name].annotation for kind in models for name in [_field(kind, step)] if name]
        here += [get_args(kind)[-1] for kind in kinds if get_origin(kind) in (list, dict)]
    return tuple(place), known


def _names(model: type[BaseModel]) -> list[str]:
    """Keys of a model as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _field(model: type[BaseModel], key: str | int) -> str | None:
    return next((name for name, field in model.model_fields.items() if (field.alias or name) == key), None)


def _members(annotation: Any) -> Iterator[tuple[set[Any], Any]]:
    """What a type may be, each with the marks by which pydantic tells kinds of entry apart."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *about = get_args(annotation)
        marks = {one.tag for one in about if isinstance(one, Tag)}
        keys = [key for one in about if isinstance(key := getattr(one, "discriminator", None), str)]
        for tags, kind in _members(inner):
            own = {value for key in keys for value in get_args(kind.model_fields[key].annotation)}
            yield tags | marks | own, kind
    elif origin in (Union, UnionType):
        for one in get_args(annotation):
            yield from _members(one)
    else:
        yield set(), annotation
