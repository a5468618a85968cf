"""Measures of fairness as text: ``gini``, ``tail=0.1``, ``worst=3``, ``zone:north``; as a limit ``tail=0.1=800``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from formulations.location.question import Limit, Measure, Question
from formulations.measures.fairness import (
    Gini,
    KWorst,
    Largest,
    LargestGroup,
    LargestZone,
    MeanDeviation,
    MeanDifference,
    MeanZoneGap,
    Tail,
)
from instances.schema import InstanceError
from solver.words import say

PLAIN: dict[str, Callable[[], Measure]] = {
    "largest": Largest,
    "zone-gap": MeanZoneGap,
    "deviation": MeanDeviation,
    "difference": MeanDifference,
    "gini": Gini,
}
"""Measures that are named and no more."""
NUMBERED: dict[str, Callable[[float], Measure]] = {"tail": Tail, "worst": lambda k: KWorst(int(k))}
"""Measures that take a number: a share of people, a number of demand points."""
NAMED: dict[str, Callable[[tuple[str, ...]], Measure]] = {"zone": LargestZone, "group": LargestGroup}
"""Measures of the zone or group that is worst off: of all of them, or of those named after a colon."""


def weighed(
    question: Question,
    objective: str | None = None,
    limits: Sequence[str] = (),
    floors: Sequence[str] = (),
    lang: str = "en",
) -> Question:
    """The question with measures of fairness that are given as text.

    Parameters
    ----------
    objective
        A measure to minimise in place of the question's own objective.
    limits
        A measure and how large it may be, as ``largest=1500``.
    floors
        Which share of people is covered at least, in every zone (``0.8``), in one zone or group
        (``zone:north=0.8``, ``group:elderly=0.9``) or in every group (``group=0.8``); of questions that leave people
        without cover.

    Raises
    ------
    InstanceError
        If a measure is unknown or a number is missing or cannot be; all faults at once.
    """
    faults: list[str] = []
    wanted = None if objective is None else _measure("--objective", objective, faults, lang)
    asked = [one for text in limits if (one := _limit(text, faults, lang)) is not None]
    if floors and not (question.leaves_out and question.sense == "min"):
        faults.append(say("locate.no cover", lang, title=question.title))
    asked += [one for text in floors if (one := _floor(text, faults, lang)) is not None]
    if faults:
        raise InstanceError(say("error.input", lang), faults)
    return replace(question, objective=wanted, limits=tuple(asked)) if wanted is not None or asked else question


def _measure(where: str, text: str, faults: list[str], lang: str) -> Measure | None:
    name, sign, number = (part.strip() for part in text.partition("="))
    if name in PLAIN and not sign:
        return PLAIN[name]()
    if name in NUMBERED and (value := _number(number)) is not None and (name != "worst" or value.is_integer()):
        return NUMBERED[name](value)
    kind, _, members = name.partition(":")
    if kind in NAMED and not sign:
        return NAMED[kind](tuple(part.strip() for part in members.split(",") if part.strip()))
    known = ", ".join([*PLAIN, *NAMED, "tail=0.1", "worst=3"])
    faults.append(say("locate.no measure", lang, where=where, given=repr(text), known=known))
    return None


def _limit(text: str, faults: list[str], lang: str) -> Limit | None:
    name, sign, number = text.rpartition("=")
    most = _number(number) if sign else None
    if most is None:
        faults.append(say("locate.no limit", lang, given=repr(text)))
        return None
    measure = _measure("--limit", name, faults, lang)
    return None if measure is None else Limit(measure, most)


def _floor(text: str, faults: list[str], lang: str) -> Limit | None:
    where, _, number = text.rpartition("=")
    share = _number(number)
    if share is None or not 0.0 <= share <= 1.0 or (where or "zone").partition(":")[0].strip() not in NAMED:
        faults.append(say("locate.no floor", lang, given=repr(text)))
        return None
    worst = _measure("--floor", where or "zone", faults, lang)
    return None if worst is None else Limit(worst, 1.0 - share)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
