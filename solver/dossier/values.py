"""What an alternative comes to, where that lies on the front, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from solver.certificate import verify
from solver.dossier.sections import Bar, Section, Table, column
from solver.dossier.subject import Subject
from solver.explorer.naming import begun, named
from solver.fronts.asked import measured
from solver.pareto.front import Label
from solver.words import WORDS, listed, percent, say, significant

EXACT = 1e-12


def values(subject: Subject, lang: str) -> Section:
    """Every objective of the alternative beside the best and worst of the front."""
    front, asked, n = subject.all, subject.run.asked, len(subject.front)
    extra = measured(asked, front)
    columns = {name: (front.points[:, k], front.units[k]) for k, name in enumerate(front.names)}
    columns |= {name: (v, asked.matrix.objectives[name].unit if name in asked.matrix.objectives else "")
                for name, v in extra.items()}  # fmt: skip
    rows, bars = [], []
    for name, (each, unit) in columns.items():
        title = begun(named("objective", name))[lang]
        low, high, here = float(each[:n].min()), float(each[:n].max()), float(each[subject.at])
        rank = int((each < here - EXACT * max(1.0, abs(here))).sum()) + 1
        told = [valued(v, unit, lang) for v in (here, low, high)]
        rows.append([title, *told, say("dossier.rank", lang, rank=rank, count=len(each))])
        share = (here - low) / (high - low) if high > low else 0.0
        bars.append((title, Bar(min(1.0, max(0.0, share)), told[0])))
    heads = ("objective", "value", "best", "worst", "rank")
    table = Table([column(name, lang, text=name == "objective") for name in heads], rows)
    return Section("values", say("dossier.values", lang), [say("dossier.values how", lang)], [table], bars=bars)


def valued(value: float, unit: str, lang: str) -> str:
    """A value with its unit as people call it."""
    return f"{significant(value)} {named('unit', unit)[lang] if unit else ''}".rstrip()


def sure(subject: Subject, lang: str) -> list[str]:
    """What is proven about the alternative, in a sentence or two."""
    front, at = subject.all, subject.at
    label = front.labels[at]
    told = [say(f"dossier.{label.value}", lang, gap=percent(subject.run.asked.tradeoffs.gap, 2))]
    if label is not Label.PROVEN and np.isfinite(front.distance[at]):
        told.append(say("dossier.distance", lang, distance=percent(float(front.distance[at]), 2)))
    return told


def proof(subject: Subject, lang: str) -> Section:
    """What is proven about the alternative, and what we checked ourselves."""
    front, at, matrix = subject.all, subject.at, subject.run.asked.matrix
    told = sure(subject, lang)
    if np.isfinite(front.verified[at]):
        told.append(say("dossier.verified", lang, distance=percent(float(front.verified[at]), 2)))
    else:
        told.append(say("dossier.unverified", lang))
    x = np.asarray(front.plans[[at]].toarray())[0]
    checked = verify(matrix, {front.names[0]: 1.0}, x, verify_bound=False)
    breach = max((b.absolute for b in (*checked.rows, *checked.bounds, *checked.integrality)), default=0.0)
    told.append(say("dossier.checked", lang, rows=f"{matrix.shape[0]:,}", breach=f"{breach:.1g}"))
    origin = front.origins[at]
    key = f"dossier.origin {origin}"
    told.append(say(key, lang) if key in WORDS else say("dossier.origin", lang, origin=origin))
    if subject.job is None:
        return Section("proof", say("dossier.proof", lang), told)
    asked, settled = _wish(subject, subject.job["wish"], lang)
    told.append(say("dossier.wish", lang, items=listed(asked, lang)) if asked else say("dossier.wish none", lang))
    if settled:
        told.append(say("dossier.settled", lang, items=listed(settled, lang)))
    said = [str(s.get(lang) or s.get("en") or "") for s in subject.job.get("sentences", [])]
    return Section("proof", say("dossier.proof", lang), told, items=[s for s in said if s])


def _wish(subject: Subject, wish: Mapping[str, Any], lang: str) -> tuple[list[str], list[str]]:
    """All that was asked for, and of that the decisions that were settled, in words."""
    front = subject.front
    units = dict(zip(front.names, front.units, strict=True))

    def about(name: str) -> str:
        return begun(named("objective", name))[lang]

    asked = [
        say("live.item.limit", lang, name=about(name), value=valued(ends[1], units.get(name, ""), lang))
        for name, ends in wish.get("limits", {}).items()
        if ends[1] is not None
    ]
    asked += [
        say("dossier.goal", lang, name=about(name), value=valued(goal, units.get(name, ""), lang))
        for name, goal in wish.get("goals", {}).items()
    ]
    settled = [_settled(subject, key, what, lang) for key, what in wish.get("force", {}).items()]
    return [*asked, *settled], settled


def _settled(subject: Subject, key: str, what: int, lang: str) -> str:
    from solver.explorer.content import Classes
    from solver.explorer.contents import teller

    where, _, feature = key.partition("|")
    layers = teller(subject.run).layers(subject.all.plans[[subject.at]])
    layer = next((layer for layer in layers if layer.name == where), None)
    if layer is None or feature not in layer.ids:
        return feature
    name = layer.titles[layer.ids.index(feature)]
    if isinstance(layer.decisions, Classes):
        return say("live.item.class", lang, name=name, kind=layer.kinds[what].label[lang])
    return say("live.item.must" if what else "live.item.must not", lang, name=name)
