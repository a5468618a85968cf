"""Reading a study from YAML, and saying in plain words everything that is wrong with it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from instances.schema import InstanceError
from solver.study import SHARED, Source, Study, StudyError, source_table

Place = tuple[str | int, ...]
BY_HAND = 0
"""Line of a value that was not read from the file."""


class _Loader(yaml.SafeLoader):
    """YAML in which 2e6 is a number (as in YAML 1.2) and a key that stands twice is a fault."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)


def read(path: Path, changes: Mapping[str, Any]) -> Study:
    """The study in a file, see :func:`solver.study.load_study`."""
    what = f"The study {path} cannot be used"
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise StudyError(what, ["no such file"]) from None
    except IsADirectoryError:
        raise StudyError(what, ["is a folder; name the YAML file"]) from None
    except UnicodeDecodeError as error:
        raise StudyError(what, [f"is no text in UTF-8 (byte {error.start}); save it as UTF-8"]) from None
    except OSError as error:
        raise StudyError(what, [f"cannot be read: {error.strerror or error}"]) from None
    content, lines, faults = parse(text)
    if faults and content is None:
        raise StudyError(what, faults)
    if content is None:
        raise StudyError(what, ["is empty; a study needs at least an instance: see `refugia schema --help`"])
    if isinstance(content, dict):
        for name, value in changes.items():
            faults += [fault] if (fault := put(content, name, value)) else []
            place: Place = tuple(name.split("."))
            lines = {k: v for k, v in lines.items() if k[: len(place)] != place}
            lines = {place[: k + 1]: BY_HAND for k in range(len(place))} | lines
    return checked(content, path.parent, str(path), lines, faults)


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
                yield f"line {line}: {_named((*place, name))} stands twice, first in line {seen[name]}; keep one"
            seen.setdefault(name, line)
            lines[(*place, name)] = line
            yield from _twice(value, (*place, name), lines)
    elif isinstance(node, yaml.SequenceNode):
        for k, value in enumerate(node.value):
            yield from _twice(value, (*place, k), lines)


def put(content: Any, place: str, value: Any) -> str | None:
    """Set a value by its dotted place; returns what is wrong, if anything."""
    *above, last = place.split(".")
    here = content
    for key in above:
        if isinstance(here, dict) and key == "instance" and isinstance(here.get(key), str):
            here[key] = source_table(here[key])
        if isinstance(here, dict) and isinstance(here.get(key, {}), bool | None):
            here[key] = {}  # `stock: true` is a table with defaults
        if not isinstance(here, dict) or not isinstance(here.setdefault(key, {}), dict):
            return f"--set {place}: {key} is no table in this study"
        here = here[key]
    if not isinstance(here, dict) or not all((*above, last)):
        return f"--set {place}: names no place in a study"
    here[last] = value
    return None


def checked(
    content: Any, folder: Path, where: str, lines: Mapping[Place, int] | None = None, known: Iterable[str] = ()
) -> Study:
    """The study that plain data describe, paths made absolute; raises one StudyError with every fault.

    ``lines`` are those of the places in the file, and ``known`` the faults that were found on the way here.
    """
    what = f"The study {where} cannot be used" if where != "study" else "The study cannot be used"
    if not isinstance(content, dict):
        raise StudyError(what, [f"a study is a table of instance, question, minimize and solve, got {content!r}"])
    study, faults, lines = None, list(known), lines or {}
    try:
        study = Study.model_validate(content)
        source: Source | None = study.instance
    except ValidationError as error:
        faults += [_sentence(fault, lines) for fault in error.errors(include_url=False)]
        source = _source_of(content)
    if source is not None:
        source = source.model_copy(update=_absolute(source, folder))
        faults += [_at(("instance", *more), lines, fault) for more, fault in _source_faults(source, content)]
    if study is None or source is None or faults:
        raise StudyError(what, sorted(dict.fromkeys(faults), key=_line))
    return study.model_copy(update={"instance": source})


def _source_of(content: dict[str, Any]) -> Source | None:
    """Where the city comes from, if that much of a study can be understood."""
    try:
        return Source.model_validate(source_table(content.get("instance")))
    except ValidationError:
        return None


def _absolute(source: Source, folder: Path) -> dict[str, Any]:
    """Paths of the source, counted from the folder."""
    if source.path is not None:
        return {"path": str(_from(folder, source.path))}
    paths = {k: str(_from(folder, v)) for k, v in source.options.items() if k in SHARED and isinstance(v, str)}
    return {"options": source.options | paths}


def _source_faults(source: Source, content: Any) -> Iterator[tuple[Place, str]]:
    """What is wrong with the source, known before anything is built."""
    from instances.catalog import case, cases, checked

    names = [c.name for c in cases()]
    if source.path is not None:
        if not Path(source.path).exists():
            given = content["instance"]
            given = given if isinstance(given, str) else given["path"]
            yield (), f"{given!r} is neither a case ({', '.join(names)}) nor a file or folder{_meant(given, names)}"
    elif source.case not in names:
        yield ("case",), f"{source.case!r} is unknown; use {', '.join(names)}{_meant(source.case or '', names)}"
    else:
        try:
            checked(case(source.case), source.options)
        except InstanceError as error:
            yield from ((("options",), fault) for fault in error.faults)


def _from(folder: Path, path: str) -> Path:
    return (folder / Path(path).expanduser()).absolute()


def _sentence(fault: Any, lines: Mapping[Place, int]) -> str:
    """One fault that pydantic found, in our words: line, place, what is wrong, what is allowed."""
    place: Place = tuple(p for p in fault["loc"] if p != "[key]")
    kind, given, context = fault["type"], fault["input"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        known = _keys(Study, place[:-1])
        text = f"is unknown; use {', '.join(known)}{_meant(str(place[-1]), known)}"
    elif kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        text = f"{given!r} is unknown; use {', '.join(allowed)}{_meant(str(given), allowed)}"
    elif kind == "missing":
        text = "is missing"
    elif kind == "value_error":
        text = str(context.get("error", fault["msg"]))
    else:
        wanted = WANTED.get(kind, fault["msg"].removeprefix("Input should be "))
        for word in ("ge", "gt", "le", "lt"):
            if word in context:
                wanted = f"{BOUNDS[word]} {context[word]:g}"
        text = f"must be {wanted}, got {'nothing' if given is None else repr(given)}"
    return _at(place, lines, text)


def _line(fault: str) -> int:
    """Line that a fault names, to report them in the order of the file."""
    named = re.match(r"line (\d+)", fault)
    return int(named[1]) if named else 0


def _at(place: Place, lines: Mapping[Place, int], text: str) -> str:
    """A fault with its place, and its line where that is known."""
    line = next((lines[place[:k]] for k in range(len(place), 0, -1) if place[:k] in lines), None)
    words = f"{_named(place)}: {text}" if place else text
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
}


def _named(place: Place) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in place).lstrip(".") or "study"


def _meant(given: str, known: list[str]) -> str:
    close = difflib.get_close_matches(given, known, 1, 0.6)
    return f" (did you mean {close[0]}?)" if close else ""


def _keys(model: type[BaseModel], place: Place) -> list[str]:
    """Keys that are known at a place."""
    for step in place:
        field = model.model_fields.get(str(step)) if not isinstance(step, int) else None
        if isinstance(step, int):
            continue
        inner = list(_models(field.annotation)) if field else []
        if not inner:
            return []
        model = inner[0]
    return list(model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
