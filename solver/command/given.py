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
    from instances.recipe.opening import Opened
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
        The user named an instance or a recipe, so the study is a plain one that nobody wrote.
    instance
        The instance, where it had to be built to find out what may be asked of it.
    """

    study: Study
    name: str
    plain: bool = False
    instance: Instance | None = None


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
        own = shipped(what)
        return Given(load_study(own, _from_here(changes)), what) if own.exists() else _plain({"case": what}, changes)
    if is_instance(path) or is_recipe(path):
        return _plain({"path": str(path)}, changes)
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


def is_recipe(path: Path) -> bool:
    """Whether a file is a recipe: YAML that says so at its top level."""
    if path.suffix not in (".yaml", ".yml") or not path.is_file():
        return False
    from instances.form import parse, text_of

    content = parse(text_of(path)[0] or "")[0]
    return isinstance(content, dict) and "recipe" in content


def recipe_of(what: str, values: dict[str, Any], lang: str) -> Opened | None:
    """The recipe that the user means, a file or a case, with values set by hand; None for a case without one.

    Raises
    ------
    InstanceError
        If there is neither such a file nor such a case, or the values do not fit.
    """
    from instances import catalog
    from instances.recipe.opening import open_recipe

    path = Path(what)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        here = {k: str(Path(v).absolute()) if k == "folder" and isinstance(v, str) else v for k, v in values.items()}
        return open_recipe(path, here)
    if what not in [case.name for case in catalog.cases()]:
        raise InstanceError(say("error.input", lang), [_no_such_input(what, lang)])
    return catalog.recipe(what, values)


def instance_of(what: str, lang: str) -> tuple[Instance, Study | None]:
    """The instance that the user means, and the study if one was named."""
    from instances.container import load

    if is_instance(Path(what)):
        return load(what), None
    found = given(what, {}, lang)
    return found.instance or found.study.instance.build(), found.study


def _plain(source: dict[str, Any], changes: dict[str, Any]) -> Given:
    """A plain study of everything that an instance has, which nobody wrote."""
    from solver.source import Source
    from solver.study import Study, default_study
    from solver.studyfile import put

    about = {k.removeprefix("instance.options."): v for k, v in changes.items() if k.startswith("instance.options.")}
    if about:
        source = {**source, "options": about}
    built = Source(**source).build()
    content = default_study(built, source).to_dict()
    rest = {k: v for k, v in changes.items() if not k.startswith("instance.options.")}
    faults = [fault for place, value in rest.items() if (fault := put(content, place, value))]
    name = source.get("case") or Path(source["path"]).name.split(".")[0] or Path(source["path"]).parent.name
    if faults:
        raise InstanceError(f"{name}", faults)
    return Given(Study.of(content), name, plain=True, instance=built)


def _from_here(changes: dict[str, Any]) -> dict[str, Any]:
    """Paths set by hand count from where the user is, not from where the study lies."""
    from solver.source import SHARED

    places = {"instance.path", *(f"instance.options.{name}" for name in SHARED)}
    return {k: str(Path(v).absolute()) if k in places and isinstance(v, str) else v for k, v in changes.items()}


def _no_such_input(what: str, lang: str) -> str:
    import difflib

    from instances.catalog import cases

    names = [case.name for case in cases()]
    close = difflib.get_close_matches(what, names, 1, 0.5)
    meant = say("error.did you mean", lang, close=close[0]) if close else ""
    return say("error.no such input", lang, given=what, cases=", ".join(names), meant=meant)
