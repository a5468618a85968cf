"""All that has to be known of one alternative before it is decided upon, in one document of English or Chinese."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from instances.schema import InstanceError
from solver.dossier.sections import Section
from solver.events import Event, Sink, nowhere
from solver.fronts.parcels import Parcels
from solver.fronts.run import FrontRun
from solver.fronts.summary import site_share
from solver.plan import Plan
from solver.solution import Solution, Status
from solver.words import listed, say


@dataclass(frozen=True)
class Dossier:
    """A document in the making.

    Attributes
    ----------
    name
        Number of the alternative.
    title, subtitle
        Of the document.
    banner
        What a reader has to know before all else: that the data are invented.
    note
        What the team wrote about it.
    """

    name: str
    lang: str
    title: str
    subtitle: str
    banner: str
    note: str
    sections: tuple[Section, ...]
    foot: str

    def html(self) -> str:
        """The document as one page that asks for nothing."""
        from importlib import resources

        from jinja2 import Environment

        here = resources.files("solver.dossier")
        made = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
        template = made.from_string(here.joinpath("dossier.html.j2").read_text(encoding="utf-8"))
        style = here.joinpath("dossier.css").read_text(encoding="utf-8")
        return template.render(d=self, style=style, contents=say("dossier.contents", self.lang),
                               noted=say("dossier.note", self.lang)) + "\n"  # fmt: skip


def dossier(
    run: FrontRun, name: str, lang: str = "en", *, note: str = "", quick: bool = False, sink: Sink = nowhere
) -> Dossier:
    """Gather everything about one alternative.

    Parameters
    ----------
    name
        Its number, as in ``front.csv``.
    quick
        Do not compute what is lost without each place, which takes about a second a place.
    sink
        Told about progress.

    Raises
    ------
    InstanceError
        If there is no such alternative, or the run has no front.
    ValueError
        If ``lang`` is neither ``en`` nor ``zh``.
    """
    if lang not in ("en", "zh"):
        raise ValueError(f"lang: {lang!r} is unknown; use en or zh.")
    at = positions(run, [name], lang)[0]
    front, about = run.front, run.asked.instance.about
    assert front is not None
    title = about.title.get(lang) or about.title.get("en") or about.name
    version, date = run.manifest["versions"]["refugia"], run.manifest["created"][:10]
    return Dossier(
        name=name,
        lang=lang,
        title=say("dossier.title", lang, id=name),
        subtitle=say("dossier.of", lang, count=len(front), name=title),
        banner=say("dossier.synthetic", lang) if about.synthetic else "",
        note=note,
        sections=tuple(_sections(run, at, lang, quick, sink)),
        foot=say("dossier.made", lang, version=version, date=date, digest=front.matrix_digest[:12]),
    )


def write_dossier(made: Dossier, path: str | Path) -> Path:
    """Write a dossier as HTML; nothing half-written is left behind.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    target = Path(path)
    draft = target.with_name(f".{target.name}.part")
    try:
        draft.write_text(made.html(), encoding="utf-8", newline="\n")
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def positions(run: FrontRun, names: list[str], lang: str = "en") -> list[int]:
    """Positions of alternatives by their numbers.

    Raises
    ------
    InstanceError
        If some are unknown, all of them named, or the run has no front.
    """
    if run.front is None or not len(run.front):
        raise InstanceError(
            f"There is no front in {run.folder}", [f"the run ended: {run.manifest['result']['status']}"]
        )
    known = {str(k + 1): k for k in range(len(run.front))}
    span = f"1 – {len(known)}"
    if strange := [n for n in names if n not in known]:
        faults = [say("dossier.unknown", lang, id=n, known=span) for n in strange]
        raise InstanceError(f"{run.folder}", faults)
    return [known[n] for n in names]


def plan_of(run: FrontRun, at: int) -> Plan:
    """One alternative of a front of plans, as tables."""
    front, matrix = run.front, run.asked.matrix
    assert front is not None
    x = np.asarray(front.plans[[at]].toarray())[0]
    status = Status.PROVEN if front.labels[at].value == "proven" else Status.WITHIN_GAP
    solution = Solution(
        status=status, value=None, objectives=dict(zip(front.names, front.points[at].tolist(), strict=True)),
        bound=None, gap=None, limit_hit=None, x=x, certificate=None, seconds=front.seconds, seed=front.seed,
        backend="", options={}, versions=front.versions, matrix_digest=front.matrix_digest, weights={},
    )  # fmt: skip
    return Plan.of(run.asked.plan, run.asked.instance, matrix, solution)


def _sections(run: FrontRun, at: int, lang: str, quick: bool, sink: Sink) -> Iterator[Section]:
    from solver.dossier.outcomes import outcomes, promises
    from solver.dossier.values import proof, values

    front, asked = run.front, run.asked
    assert front is not None
    yield values(run, at, lang)
    yield proof(run, at, lang)
    land = Parcels.of(front, asked)
    if land is not None:
        from solver.dossier.landuse import landuse

        yield from landuse(land, at, asked.instance.about.money, lang)
        yield outcomes(run, at, lang)
        yield from _basis(run, lang)
        return
    from solver.dossier.preparation import preparation, why
    from solver.dossier.reasons import reasons

    plan = plan_of(run, at)
    sink(Event("dossier", message=say("stage.dossier", lang)))
    yield from preparation(plan, str(at + 1), lang)
    yield outcomes(run, at, lang)
    found = None if quick else reasons(asked, front.plans[[at]], sink)
    because = why(plan, found, site_share(front, asked), lang, quick=quick)
    yield from (s for s in (because, promises(plan, lang)) if s is not None)
    yield from _basis(run, lang)


def _basis(run: FrontRun, lang: str) -> Iterator[Section]:
    """Assumptions and sources of the data, and what made the plan."""
    about = run.asked.instance.about
    for key, texts in (("assumptions", about.assumptions), ("sources", about.sources), ("notes", about.notes)):
        if texts:
            yield Section(key, say(f"dossier.{key}", lang), items=tuple(texts))
    versions: Mapping[str, str] = run.manifest["versions"]
    told = listed([f"{name} {version}" for name, version in versions.items()], lang)
    yield Section("versions", say("dossier.versions", lang), [told])
