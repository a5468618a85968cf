"""What stands after a command: a study, a case, or an instance; and values set by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instances.schema import InstanceError
from solver.words import say

if TYPE_CHECKING:
    from instances.instance import Instance
    from solver.study import Study


@dataclass(frozen=True)
class Given:
    """What the user named.

    Attributes
    ----------
    study
        The study, with values set by hand.
    name
        Short name for folders.
    plain
        The user named an instance, so the study is a plain one that nobody wrote.
    """

    study: Study
    name: str
    plain: bool = False


def values_of(pairs: Sequence[str], lang: str) -> dict[str, Any]:
    """``key=value`` pairs with values as in YAML; one InstanceError for all that are not."""
    from instances.form import parse

    values, faults = {}, []
    for pair in pairs:
        key, sign, text = pair.partition("=")
        if not sign or not key.strip():
            faults.append(say("error.set", lang, given=repr(pair)))
            continue
        value, _, problems = parse(text)
        faults += [f"--set {key}: {problem}" for problem in problems]
        values[key.strip()] = value
    if faults:
        raise InstanceError(say("error.input", lang), faults)
    return values


def given(what: str, changes: dict[str, Any], lang: str) -> Given:
    """Find out what the user means: a case of the catalog, an instance on disk, or a study file.

    Raises
    ------
    InstanceError
        If it is none of them, or cannot be used; all faults at once.
    """
    from instances.catalog import cases
    from solver.study import load_study

    path = Path(what)
    if what in [case.name for case in cases()]:
        return Given(load_study(shipped(what), _from_here(changes)), what)
    if is_instance(path):
        return _of_instance(path, changes)
    if path.is_file():
        return Given(load_study(path, _from_here(changes)), path.stem)
    raise InstanceError(say("error.input", lang), [_no_such_input(what, lang)])


def shipped(case: str) -> Path:
    """The study that comes with a case."""
    import solver

    return Path(next(iter(solver.__path__))) / "studies" / f"{case}.yaml"


def is_instance(path: Path) -> bool:
    """Whether something looks like an instance on disk, whole or damaged."""
    return (
        path.suffix == ".zip" or path.name == "instance.json" or (path.is_dir() and (path / "instance.json").exists())
    )


def instance_of(what: str, lang: str) -> tuple[Instance, Study | None]:
    """The instance that the user means, and the study if one was named."""
    from instances.container import load

    if is_instance(Path(what)):
        return load(what), None
    found = given(what, {}, lang)
    return found.study.instance.build(), found.study


def _of_instance(path: Path, changes: dict[str, Any]) -> Given:
    from instances.container import load
    from solver.study import Study, default_study
    from solver.studyfile import put

    content = default_study(load(path), {"path": str(path)}).to_dict()
    faults = [fault for place, value in changes.items() if (fault := put(content, place, value))]
    if faults:
        raise InstanceError(f"{path}", faults)
    return Given(Study.of(content), path.name.split(".")[0] or path.parent.name, plain=True)


def _from_here(changes: dict[str, Any]) -> dict[str, Any]:
    """Paths set by hand count from where the user is, not from where the study lies."""
    from solver.study import SHARED

    places = {"instance.path", *(f"instance.options.{name}" for name in SHARED)}
    return {k: str(Path(v).absolute()) if k in places and isinstance(v, str) else v for k, v in changes.items()}


def _no_such_input(what: str, lang: str) -> str:
    import difflib

    from instances.catalog import cases

    names = [case.name for case in cases()]
    close = difflib.get_close_matches(what, names, 1, 0.5)
    meant = say("error.did you mean", lang, close=close[0]) if close else ""
    return say("error.no such input", lang, given=what, cases=", ".join(names), meant=meant)
