"""All that has to be known of one alternative before it is decided upon, in one document of English or Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from solver.dossier.sections import Section
from solver.dossier.subject import Subject, subjects
from solver.events import Event, Sink, nowhere
from solver.fronts.parcels import Parcels
from solver.fronts.run import FrontRun
from solver.fronts.summary import site_share
from solver.outputs.textfile import write_text
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
        words = {key: say(f"dossier.{key}", self.lang) for key in ("contents", "note", "breaks")}
        return template.render(d=self, style=style, words=words) + "\n"


def dossier(
    run: FrontRun, name: str, lang: str = "en", *, note: str = "", quick: bool = False, sink: Sink = nowhere
) -> Dossier:
    """Gather everything about one alternative.

    Parameters
    ----------
    name
        Its number, as in ``front.csv``, or the id of one that was found live: ``L3``.
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
    subject = subjects(run, [name], lang)[0]
    front, about = subject.front, run.asked.instance.about
    title = about.title.get(lang) or about.title.get("en") or about.name
    version, date = run.manifest["versions"]["refugia"], run.manifest["created"][:10]
    return Dossier(
        name=name,
        lang=lang,
        title=say("dossier.title", lang, id=name),
        subtitle=say("dossier.of" if subject.job is None else "dossier.of live", lang, count=len(front), name=title),
        banner=say("dossier.synthetic", lang) if about.synthetic else "",
        note=note,
        sections=tuple(_sections(subject, lang, quick, sink)),
        foot=say("dossier.made", lang, version=version, date=date, digest=front.matrix_digest[:12]),
    )


def write_dossier(made: Dossier, path: str | Path) -> Path:
    """Write a dossier as HTML; nothing half-written is left behind.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    return write_text(made.html(), path)


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


def _sections(subject: Subject, lang: str, quick: bool, sink: Sink) -> Iterator[Section]:
    from solver.dossier.outcomes import outcomes, outcomes_of
    from solver.dossier.values import proof, values

    run, at = subject.run, subject.at
    sink(Event("dossier", message=say("stage.dossier", lang)))
    found = outcomes_of(subject, lang)
    land = Parcels.of(subject.all, run.asked)
    if land is not None:
        from solver.dossier.brief import land_brief
        from solver.dossier.landuse import changes, landuse

        money = run.asked.instance.about.money
        yield land_brief(subject, changes(land, at, money, lang), found, lang)
        yield values(subject, lang)
        yield proof(subject, lang)
        yield from landuse(land, at, money, lang, name=subject.name, of=len(subject.front))
        yield outcomes(found, lang)
        yield from _basis(run, lang)
        return
    from solver.dossier.brief import plan_brief
    from solver.dossier.outcomes import zones
    from solver.dossier.preparation import preparation, why
    from solver.dossier.reasons import reasons
    from solver.dossier.rules import promises

    plan = plan_of(run, at)
    yield plan_brief(subject, plan, lang)
    yield values(subject, lang)
    yield proof(subject, lang)
    yield from preparation(plan, subject.name, lang)
    yield outcomes(found, lang)
    lost = None if quick else reasons(run.asked, subject.all.plans[[at]], sink)
    because = why(plan, lost, site_share(subject.front, run.asked), lang, quick=quick)
    yield from (s for s in (zones(plan, lang), because, promises(plan, lang)) if s is not None)
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
