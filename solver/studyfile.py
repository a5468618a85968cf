"""Reading a study from YAML, and saying in plain words everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from instances import form
from instances.form import Place
from instances.schema import InstanceError
from solver.source import SHARED, Source, source_table
from solver.study import Study, StudyError


def read(path: Path, changes: Mapping[str, Any]) -> Study:
    """The study in a file, see :func:`solver.study.load_study`."""
    what = f"The study {path} cannot be used"
    text, broken = form.text_of(path)
    if text is None:
        raise StudyError(what, [str(broken)])
    content, lines, faults = form.parse(text)
    if faults and content is None:
        raise StudyError(what, faults)
    if content is None:
        raise StudyError(what, ["is empty; a study needs at least an instance: see `refugia schema --help`"])
    if isinstance(content, dict):
        for name, value in changes.items():
            faults += [fault] if (fault := put(content, name, value)) else []
            lines = form.by_hand(lines, name)
    return checked(content, path.parent, str(path), lines, faults)


def put(content: Any, place: str, value: Any) -> str | None:
    """Set a value of a study by its dotted place; returns what is wrong, if anything."""
    if isinstance(content, dict) and place.startswith("instance.") and isinstance(content.get("instance"), str):
        content["instance"] = source_table(content["instance"])
    return form.put(content, place, value, "study")


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
        faults += [form.sentence(fault, Study, lines) for fault in error.errors(include_url=False)]
        source = _source_of(content)
    if source is not None:
        source = source.model_copy(update=_absolute(source, folder))
        given = content["instance"]
        faults += [form.at(("instance", *more), lines, fault) for more, fault in _source_faults(source, given)]
    front = study.front if study is not None else None
    if front is not None and front.robustness is not None and front.robustness.instance is not None:
        other = front.robustness.instance.model_copy(update=_absolute(front.robustness.instance, folder))
        place, given = ("front", "robustness", "instance"), content["front"]["robustness"]["instance"]
        faults += [form.at((*place, *more), lines, fault) for more, fault in _source_faults(other, given)]
        front = front.model_copy(update={"robustness": front.robustness.model_copy(update={"instance": other})})
    if study is None or source is None or faults:
        raise StudyError(what, form.in_order(faults))
    return study.model_copy(update={"instance": source, "front": front})


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


def _source_faults(source: Source, given: Any) -> Iterator[tuple[Place, str]]:
    """What is wrong with the source, known before anything is built."""
    from instances.catalog import case, cases, checked

    names = [c.name for c in cases()]
    if source.path is not None:
        if not Path(source.path).exists():
            given = given if isinstance(given, str) else given["path"]
            yield (), f"{given!r} is neither a case ({', '.join(names)}) nor a file or folder{form.meant(given, names)}"
    elif source.case not in names:
        yield ("case",), f"{source.case!r} is unknown; use {', '.join(names)}{form.meant(source.case or '', names)}"
    else:
        try:
            checked(case(source.case), source.options)
        except InstanceError as error:
            yield from ((("options",), fault) for fault in error.faults)


def _from(folder: Path, path: str) -> Path:
    return (folder / Path(path).expanduser()).absolute()
