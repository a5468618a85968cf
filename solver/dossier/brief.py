"""An alternative in a few sentences, for who reads no further."""

from __future__ import annotations

from solver.dossier.outcomes import Outcomes
from solver.dossier.sections import Section
from solver.dossier.subject import Subject
from solver.dossier.values import sure, valued
from solver.explorer.naming import begun, named
from solver.plan import Plan
from solver.summary import brief
from solver.words import listed, say


def plan_brief(subject: Subject, plan: Plan, lang: str) -> Section:
    """What is prepared, what it costs, who is served, the worst scenario, and how sure that is."""
    return _section([*brief(plan, lang), *sure(subject, lang)[:1]], lang)


def land_brief(subject: Subject, changes: str, found: Outcomes | None, lang: str) -> Section:
    """What changes, what that comes to, the worst scenario, and how sure that is.

    Parameters
    ----------
    changes
        The sentence on parcels that change.
    """
    front = subject.all
    points = zip(front.names, front.points[subject.at], front.units, strict=True)
    told = [f"{begun(named('objective', name))[lang]} {valued(float(v), unit, lang)}" for name, v, unit in points]
    worst = [] if found is None else [found.worst(lang)]
    return _section(
        [changes, say("dossier.brief values", lang, items=listed(told, lang)), *worst, *sure(subject, lang)[:1]], lang
    )


def _section(told: list[str], lang: str) -> Section:
    return Section("brief", say("dossier.brief", lang), told)
