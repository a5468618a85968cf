"""What happens to people in each scenario: as the front has it stored, else counted anew from the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formulations.algebra.elements import Floats
from formulations.zoning import Zoning
from solver.dossier.sections import Length, Section, Table, column
from solver.dossier.subject import Subject
from solver.explorer.naming import named
from solver.fronts.asked import classes_of
from solver.fronts.tested import OWN
from solver.robustness import Futures, robustness
from solver.robustness.land import futures_on_land
from solver.words import listed, number, percent, say

if TYPE_CHECKING:
    from solver.plan import Plan

SCENARIOS = "scenarios.parquet"
MANY = 24
"""Scenarios drawn as lengths, the worst; all of them are in the table."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """One plan in the scenarios it was made for.

    Attributes
    ----------
    futures
        Of the one plan.
    need
        People who need a place, shape (scenarios,).
    titles
        Of the scenarios, in the language of the dossier.
    limits
        Of the study, by name; see :data:`solver.robustness.limits.LIMITS`.
    phases
        How many follow one another; people count once in each.
    """

    futures: Futures
    need: Floats
    titles: tuple[str, ...]
    limits: dict[str, float]
    phases: int

    @property
    def without(self) -> Floats:
        """People without a place, each counted once in every phase: shape (scenarios,)."""
        found: Floats = self.futures.share[0] * self.need
        return found

    @property
    def met(self) -> np.ndarray | None:
        """Whether all limits of the study are kept, shape (scenarios,); None where there are none."""
        return robustness(self.futures, self.limits).met[0] if self.limits else None

    def worst(self, lang: str) -> str:
        """The scenario with most people without a place."""
        at = int(self.without.argmax())
        if self.without[at] <= 0:
            return say("dossier.futures all", lang)
        return say(
            "dossier.futures worst",
            lang,
            scenario=self.titles[at],
            probability=percent(float(self.futures.probability[at]), 2),
            unserved=number(float(self.without[at])),
            need=number(float(self.need[at])),
            share=percent(float(self.futures.share[0, at])),
        )


def outcomes_of(subject: Subject, lang: str) -> Outcomes | None:
    """The alternative in each scenario; None where the question says nothing about people."""
    futures = _stored(subject)
    if futures is None:
        futures = _counted(subject)
    if futures is None:
        return None
    scenarios, terms = subject.run.asked.instance.scenarios, subject.run.asked.tradeoffs.robustness
    labels = scenarios.scenario.labels()
    titles = tuple(
        named("scenario", label, str(title))[lang] or label
        for label, title in zip(labels, scenarios.title, strict=True)
    )
    limits = {} if terms is None else {str(name): float(most) for name, most in terms.limits.items()}
    if not np.isfinite(futures.minutes).all():  # of land: nobody is sent anywhere there
        limits.pop("minutes", None)
    phases = subject.run.asked.instance.phases
    counted = 1 if phases is None or subject.run.asked.instance.effects is None else phases.phase.size
    return Outcomes(futures, _need(subject), titles, limits, counted)


def outcomes(found: Outcomes | None, lang: str) -> Section:
    """One row per scenario: people in need, without a place, and minutes on foot; and whether limits are kept."""
    title = say("dossier.futures", lang)
    if found is None:
        return Section("futures", title, [say("dossier.futures none", lang)])
    f, need, without, met = found.futures, found.need, found.without, found.met
    order = np.argsort(-without, kind="stable")
    told = [found.worst(lang), *([] if met is None else [_limits(found, met, lang)])]
    if found.phases > 1:
        told.append(say("dossier.futures phases", lang, phases=number(found.phases)))
    walked = bool(np.isfinite(f.minutes).all())
    rows = []
    for s in order:
        row = [found.titles[s], percent(float(f.probability[s]), 2), number(need[s]), number(without[s])]
        row += [percent(float(f.share[0, s])), *([number(float(f.minutes[0, s]), 1)] if walked else [])]
        rows.append(row + ([] if met is None else [say("dossier.yes" if met[s] else "dossier.no", lang)]))
    p = f.probability / f.probability.sum()
    mean = float(p @ without) / float(p @ need) if p @ need else 0.0
    foot = [say("dossier.expected", lang), "", number(float(p @ need)), number(float(p @ without)), percent(mean)]
    foot += [number(float(p @ f.minutes[0]), 1)] if walked else []
    foot += [] if met is None else [percent(float(p @ met))]
    heads = ["scenario", "probability", "need", "without", "without share"]
    heads += (["minutes"] if walked else []) + ([] if met is None else ["limits"])
    table = Table([column(h, lang, text=h in ("scenario", "limits")) for h in heads], rows, foot)
    return Section("futures", title, told, [table], lengths=_lengths(found, order, met))


def zones(plan: Plan, lang: str) -> Section | None:
    """Where those live who have no place; None where the town has no zones."""
    found = plan.zones
    if plan.question.shelters is None or len(found) < 2:
        return None
    found = found.sort_values("expected_unserved", ascending=False, kind="stable")
    rows = [
        [
            str(r["title"] or r["zone"]),
            number(r["people"]),
            number(r["expected_unserved"], 1),
            percent(r["expected_unserved_share"]),
            number(r["worst_unserved"]),
        ]
        for r in found.to_dict("records")
    ]
    heads = ("zone", "people", "without mean", "without mean share", "without worst")
    table = Table([column(h, lang, text=h == "zone") for h in heads], rows)
    return Section("zones", say("dossier.zones", lang), [say("dossier.zones how", lang)], [table])


def _limits(found: Outcomes, met: np.ndarray, lang: str) -> str:
    told = [
        say(f"robust.limit {name}", lang, most=percent(most) if name == "share" else number(most, 1))
        for name, most in found.limits.items()
    ]
    missed = [found.titles[s] for s in np.flatnonzero(~met)]
    values = {"limits": listed(told, lang), "kept": number(int(met.sum())), "all": number(len(met))}
    if not missed:
        return say("dossier.limits kept", lang, **values)
    quoted = [say("dossier.quoted", lang, text=text) for text in missed]
    return say("dossier.limits broken", lang, **values, scenarios=listed(quoted, lang))


def _lengths(found: Outcomes, order: np.ndarray, met: np.ndarray | None) -> list[Length]:
    longest = float(found.without.max(initial=0.0))
    if longest <= 0:
        return []
    return [
        Length(
            found.titles[s],
            float(found.without[s]) / longest,
            number(float(found.without[s])),
            met is not None and not bool(met[s]),
        )
        for s in order[:MANY]
    ]


def _stored(subject: Subject) -> Futures | None:
    """The rows of the alternative in the run; None where there are not all of them."""
    import pandas as pd

    path = subject.run.folder / SCENARIOS
    if subject.job is not None or not path.exists():
        return None
    every = pd.read_parquet(path)
    mine = every[(every["set"] == OWN) & (every["id"] == subject.at + 1)].set_index("scenario")
    scenarios = subject.run.asked.instance.scenarios
    labels = scenarios.scenario.labels()
    if sorted(mine.index) != sorted(labels):
        return None
    unserved, share, minutes = (
        mine.loc[list(labels), k].to_numpy(float)[None] for k in ("unserved", "share", "minutes")
    )
    return Futures(
        (subject.name,),
        tuple(labels),
        scenarios.probability,
        scenarios.hazard,
        scenarios.level,
        unserved,
        share,
        minutes,
    )


def _counted(subject: Subject) -> Futures | None:
    """The alternative in each scenario, found the way in which the study counts."""
    from solver.explorer.outcomes import plan_outcomes

    asked, x = subject.run.asked, subject.all.plans[[subject.at]]
    if not isinstance(asked.question, Zoning):
        return plan_outcomes(asked, x)
    if not asked.question.shelters:
        return None
    classes = classes_of(asked.matrix, subject.all)[[subject.at]]
    return futures_on_land(asked.question, asked.instance, classes, [subject.name], asked.instance)


def _need(subject: Subject) -> Floats:
    """People who need a place in each scenario, added over phases, shape (scenarios,)."""
    instance = subject.run.asked.instance
    if instance.effects is not None:
        added: Floats = instance.effects.need.sum(axis=(0, 1))
        return added
    land = instance.land
    assert land is not None
    classes = classes_of(subject.run.asked.matrix, subject.all)[subject.at]
    needed: Floats = (land.area * land.residents[classes]) @ land.displaced
    return needed
