"""What is known about a front and its scenarios: objectives, proofs, suggestions, what tells scenarios apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from formulations.algebra.elements import Floats
from formulations.measures.cvar import cvar_value
from formulations.measures.mean import mean_value
from formulations.measures.regret import regret_value
from formulations.measures.worst import worst_value
from instances.scenarios import LEVELS
from solver.explorer.content import LABELS, About, Alternatives, Driver, Futures, Objective, Proof, Suggestion, Text
from solver.explorer.naming import Both, begun, both, hazard, named
from solver.words import LANGUAGES, number, say

if TYPE_CHECKING:
    from instances.instance import Instance
    from solver.fronts.asked import Asked
    from solver.fronts.chosen import Chosen
    from solver.fronts.run import FrontRun
    from solver.pareto.front import Front

SUMS = {
    "unserved": ("unserved", "mean"),
    "unserved_cvar": ("unserved", "cvar"),
    "unserved_worst": ("unserved", "worst"),
    "unserved_regret": ("unserved", "regret"),
    "travel": ("travel", "mean"),
    "shortage": ("shortage", "mean"),
    "exposure": ("exposure", "mean"),
    "displaced": ("displaced", "mean"),
}
"""Objectives that sum up a measure over scenarios, and how."""

ENDINGS = ("front.stopped", "front.representation", "front.evolved")
"""Sentences on how a search ended that tell what to ask for next; pages have their own."""

ALIKE = 1e-6
"""Share by which an objective may differ from its measure summed up, and be told as that."""


def about(run: FrontRun, front: Front) -> About:
    """What was asked, of what."""
    from formulations.zoning import Zoning

    told = run.asked.instance.about
    title = {lang: getattr(run.asked.study.title, lang) or told.title.get(lang) or "" for lang in LANGUAGES}
    title = {lang: text for lang, text in title.items() if text} or {"en": told.name}
    return About(
        told.name,
        title,
        "land" if isinstance(run.asked.question, Zoning) else "plan",
        digest(front),
        str(run.manifest.get("created", "")),
        told.money,
        told.crs,
        wkt(told.crs),
        told.synthetic,
        told.seed or 0,
        tuple(dict.fromkeys(told.sources)),
        tuple(told.assumptions),
        tuple(told.notes),
        {str(k): str(v) for k, v in run.manifest.get("versions", {}).items()},
    )


def digest(front: Front) -> str:
    """Which front this is: its program and its points."""
    points = np.ascontiguousarray(front.points, "<f8").tobytes()
    return hashlib.sha256(front.matrix_digest.encode() + points).hexdigest()[:16]


def wkt(crs: str) -> str:
    """The CRS in full; empty where distances are abstract."""
    if not crs:
        return ""
    import pyproj

    return str(pyproj.CRS.from_user_input(crs).to_wkt())


def objectives(
    asked: Asked, front: Front, names: tuple[str, ...], values: Floats, futures: Futures
) -> tuple[Objective, ...]:
    """Objectives of the front, then those that are measured only; ``values`` has a column for each."""
    return tuple(_objective(asked, front, name, k, values[:, k], futures) for k, name in enumerate(names))


def _objective(asked: Asked, front: Front, name: str, k: int, values: Floats, futures: Futures) -> Objective:
    of = next((dict(group.of) for group in asked.tradeoffs.objectives if group.name == name), {})
    weighed = k < len(front.names)
    total = of not in ({}, {name: 1.0})
    measure, how = ("", "") if total else _summed(name, values, futures)
    return Objective(
        name,
        begun(named("objective", name)),
        named("unit", _unit(asked, front, name, k)),
        float(front.nadir[k]) if weighed and np.isfinite(front.nadir[k]) else float(values.max()),
        _finite(front.ideal[k]) if weighed else None,
        _finite(front.bounds.ideal[k]) if weighed else None,
        not weighed,
        measure,
        how,
        asked.tradeoffs.choose.goals.get(name),
        _sum({str(n): w for n, w in of.items()}) if total else _doc(asked, name),
    )


def _unit(asked: Asked, front: Front, name: str, k: int) -> str:
    from formulations.zoning.rules import units_of

    if k < len(front.names):
        return front.units[k]
    if name in asked.matrix.objectives:
        return asked.matrix.objectives[name].unit
    return units_of(asked.instance.about.money).get(name, "")


def _doc(asked: Asked, name: str) -> Both:
    block = asked.matrix.objectives.get(name)
    found = named("objective.doc", name)
    if found["en"] == name.replace("_", " "):  # not one of ours
        try:
            return both(f"doc.{name}")
        except KeyError:
            return {} if block is None else {"en": block.doc}
    return found


def _sum(of: dict[str, float]) -> Both:
    """A weighted sum of objectives in words."""
    return {
        lang: " + ".join(f"{number(weight, 12)} × {named('objective', name)[lang]}" for name, weight in of.items())
        for lang in LANGUAGES
    }


def _summed(name: str, values: Floats, futures: Futures) -> tuple[str, str]:
    """The measure that an objective sums up, where the numbers bear it out."""
    measure, how = SUMS.get(name, ("", ""))
    found = next((m.values for m in futures.measures if m.name == measure), None)
    if found is None:
        return "", ""
    counted = {
        "mean": lambda: mean_value(found, futures.probability),
        "cvar": lambda: cvar_value(found, futures.probability, futures.alpha),
        "worst": lambda: worst_value(found),
        # the page knows the best of the front in each scenario, not the best there is
        "regret": lambda: regret_value(found, found.min(axis=0)),
    }[how]()
    agrees = np.abs(counted - values) <= ALIKE * np.maximum(1.0, np.abs(values))
    return (measure, how) if agrees.all() else ("", "")


def alternatives(front: Front, values: Floats, chosen: Chosen | None) -> Alternatives:
    """The plans of a front, numbered from 1."""
    at = {label: k for k, label in enumerate(LABELS)}
    families = None if chosen is None or chosen.clusters is None else chosen.clusters.family
    return Alternatives(
        tuple(str(k + 1) for k in range(len(front))),
        values,
        np.array([at[label.value] for label in front.labels], np.int64),
        np.where(np.isfinite(front.distance), front.distance, np.nan),
        np.where(np.isfinite(front.verified), front.verified, np.nan),
        tuple(front.origins),
        None if chosen is None else np.asarray(chosen.representatives.of, np.int64),
        None if families is None else np.asarray(families, np.int64),
    )


def proven(asked: Asked, front: Front) -> Proof:
    """What is proven about the front as a whole."""
    from solver.fronts.store import proven_gap
    from solver.fronts.summary import ending, proof

    gap, points = asked.tradeoffs.gap, asked.tradeoffs.points
    sentences = {
        lang: (*proof(front, gap, lang), *(_on_page(text, lang) for text in ending(front, gap, lang, points)))
        for lang in LANGUAGES
    }
    return Proof(
        front.complete,
        _finite(front.epsilon),
        _finite(front.hypervolume),
        proven_gap(front),
        gap,
        front.method,
        front.status,
        int(front.solves),
        float(front.seconds),
        sentences,
    )


def _on_page(text: str, lang: str) -> str:
    """The same for who reads a page and has no command line."""
    return next((say(f"explorer.{key}", lang) for key in ENDINGS if say(key, lang) == text), text)


def suggestions(chosen: Chosen) -> tuple[Suggestion, ...]:
    """Plans worth a look, and why."""
    return tuple(
        Suggestion(
            s.kind,
            int(s.position),
            {lang: s.title(lang) for lang in LANGUAGES},
            {lang: s.reason(lang) for lang in LANGUAGES},
        )
        for s in chosen.suggestions
    )


def titles(instance: Instance) -> Iterator[Text]:
    """What people call each scenario."""
    for label, title in zip(instance.scenarios.scenario.labels(), instance.scenarios.title.tolist(), strict=True):
        yield named("scenario", label, str(title)) if title else dict.fromkeys(LANGUAGES, label)


def drivers(instance: Instance) -> tuple[Driver, ...]:
    """What tells scenarios apart; what is the same in all of them is left out."""
    return tuple(d for d in _drivers(instance) if np.ptp(d.values) > 0)


def _drivers(instance: Instance) -> Iterator[Driver]:
    futures = instance.scenarios
    yield _worded("hazard", futures.hazard, [hazard(w) for w in _first(futures.hazard)], _first(futures.hazard))
    levels = [level for level in LEVELS if level in futures.level.tolist()]
    yield _worded("level", futures.level, [named("level", w) for w in levels], levels)
    for name, given in (("time", futures.time), ("season", futures.season)):
        if given is not None:
            yield _worded(name, given, [named(name, w) for w in _first(given)], _first(given))
    yield from _numbers(instance)


def _numbers(instance: Instance) -> Iterator[Driver]:
    effects, damage, roads, land = instance.effects, instance.damage, instance.roads, instance.land
    if effects is not None:
        # phases follow one another, so it is the fullest that counts
        yield Driver("need", both("driver.need"), effects.need.sum(axis=0).max(axis=0), named("unit", "people"))
    if damage is not None and roads is not None:
        yield Driver("cut", both("driver.cut"), roads.length @ damage.cut / 1000.0, named("unit", "km"))
    if effects is not None and instance.sites.area.sum() > 0:
        area = instance.sites.area
        yield Driver("lost", both("driver.lost"), area @ (1.0 - effects.usable) / area.sum())
    if land is not None:
        for name, share in (("damage", land.damage), ("blocked", 1.0 - land.usable)):
            yield Driver(name, both(f"driver.{name}"), land.area @ share / land.area.sum())


def _worded(name: str, given: np.ndarray, words: list[Both], known: list[str]) -> Driver:
    at = {word: k for k, word in enumerate(known)}
    return Driver(name, both(f"driver.{name}"), np.array([float(at[w]) for w in given.tolist()]), {}, tuple(words))


def _first(given: np.ndarray) -> list[str]:
    return list(dict.fromkeys(given.tolist()))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
