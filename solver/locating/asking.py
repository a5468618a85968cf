"""All named questions of location by a short name, and how one is asked with values as text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from functools import cache
from importlib import import_module
from inspect import isabstract
from pathlib import Path
from typing import Any

from formulations.location.question import Question
from instances.schema import InstanceError

ROOMS = ("covering", "median", "charge", "spread")
NOT_AS_TEXT = ("differ", "objective", "limits")


@cache
def questions() -> dict[str, type[Question]]:
    """The questions by name, as in ``refugia locate NAME``: titles in small letters, with hyphens."""
    found: dict[str, type[Question]] = {}
    for room in ROOMS:
        package = import_module(f"formulations.location.{room}")
        for file in sorted(Path(package.__path__[0]).glob("[a-z]*.py")):
            module = import_module(f"{package.__name__}.{file.stem}")
            for one in vars(module).values():
                ours = isinstance(one, type) and issubclass(one, Question) and one.__module__ == module.__name__
                if ours and not isabstract(one) and hasattr(one, "title"):
                    found[name_of(one)] = one
    return found


def name_of(question: type[Question]) -> str:
    """Short name of a question."""
    return question.title.lower().replace(" ", "-")


def question_named(name: str) -> type[Question]:
    """The question of a name.

    Raises
    ------
    InstanceError
        If there is none; the closest names are suggested.
    """
    known = questions()
    wanted = name.lower().replace(" ", "-").replace("_", "-")
    if wanted in known:
        return known[wanted]
    close = difflib.get_close_matches(wanted, known, 3, 0.5)
    meant = f"; did you mean {', '.join(close)}?" if close else ""
    raise InstanceError("There is no such question", [f"{name!r} is unknown{meant} There are {', '.join(known)}"])


def parameters(question: type[Question]) -> dict[str, Field[Any]]:
    """What may be said as text about a question, by name: numbers, words, and lists of them."""
    return {f.name: f for f in fields(question) if f.init and f.name not in NOT_AS_TEXT and _as_text(str(f.type))}


def beyond_text(question: type[Question]) -> list[str]:
    """What a question needs that cannot be said as text, by name: the upper tier of a supply chain."""
    known = {*parameters(question), *NOT_AS_TEXT}
    return [f.name for f in fields(question) if f.init and f.name not in known]


def _as_text(kind: str) -> bool:
    return set(re.findall(r"\w+", kind)) <= {"int", "float", "bool", "str", "None", "tuple"}


def asked(question: type[Question], values: Mapping[str, Any], written: Mapping[str, str] | None = None) -> Question:
    """The question with its values.

    Parameters
    ----------
    values
        By name, as YAML has them; lists of sites as a list, or as one text with commas.
    written
        The same as they were typed: site 003 is not site 3.

    Raises
    ------
    InstanceError
        If a value is not what is expected, or one that must be given is not; all faults at once.
    """
    known = parameters(question)
    faults: list[str] = []
    ready: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            faults.append(f"{name}: {question.title} has no such parameter; it has {', '.join(known)}")
            continue
        kind = str(known[name].type)
        typed = (written or {}).get(name, "").strip()
        names = kind.startswith("tuple[str") and typed and not typed.startswith(("[", '"', "'"))
        ready[name], fault = _read(kind, typed if names else value)
        faults += [f"{name}: {fault}"] if fault else []
    for name, f in known.items():
        if name not in values and f.default is MISSING and f.default_factory is MISSING:
            faults.append(f"{name}: {question.title} asks for it; give --set {name}=...")
    if faults:
        raise InstanceError(f"The question {question.title} cannot be asked like this", faults)
    return question(**ready)


def _read(kind: str, value: Any) -> tuple[Any, str]:
    """A value for a field of this type, and what is wrong with it."""
    if kind.startswith("tuple[str"):
        items = value if isinstance(value, list) else str(value).split(",")
        return tuple(str(item).strip() for item in items), ""
    if "tuple" in kind and (isinstance(value, list) or "," in str(value)):
        items = value if isinstance(value, list) else [float(v) if _number(v) else v for v in str(value).split(",")]
        odd = [v for v in items if isinstance(v, bool) or not isinstance(v, int | float)]
        whole = "int" in kind and all(float(v).is_integer() for v in items if v not in odd)
        return tuple(int(v) if whole else v for v in items) if not odd else value, (
            f"{odd[0]!r}, expected numbers" if odd else ""
        )
    if value is None:
        return None, "" if "None" in kind else f"empty, expected {kind}"
    if "bool" in kind:
        return value, "" if isinstance(value, bool) else f"{value!r}, expected true or false"
    if "int" in kind and "float" not in kind:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return value, "" if whole else f"{value!r}, expected a whole number"
    if "float" in kind:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return (float(value) if number else value), "" if number else f"{value!r}, expected a number"
    return value, ""


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
