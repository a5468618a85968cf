"""What somebody asks of a live solve: limits, goals, decisions that are settled, and how long it may take.

All objectives are minimised, so only the upper end of a limit binds a plan: one that is better than the lower end asks
for is no worse an answer. The lower end says instead how good the reader would have it, where no goal says so.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from solver.explorer.content import Choices, Content, Text
from solver.words import LANGUAGES, listed, say

SECONDS, GAP = (1.0, 3600.0), (0.0, 0.5)
"""Least and largest that may be asked for."""

USUAL_SECONDS, USUAL_GAP = 60.0, 0.01
FORCED_AT_MOST = 1000
"""Decisions that one wish may settle."""


def both(key: str, **values: Any) -> dict[str, str]:
    """A sentence in both languages; values that are texts themselves, or lists of them, are put in by language."""
    return {lang: say(key, lang, **{name: _in(value, lang) for name, value in values.items()}) for lang in LANGUAGES}


def _in(value: Any, lang: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(lang) or value.get("en") or next(iter(value.values()), "")
    return listed([str(_in(v, lang)) for v in value], lang) if isinstance(value, list) else value


class WishError(ValueError):
    """A wish cannot be meant; names every fault, in both languages."""

    def __init__(self, faults: list[dict[str, str]]) -> None:
        super().__init__("The wish cannot be used:\n  " + "\n  ".join(fault["en"] for fault in faults))
        self.faults = faults


@dataclass(frozen=True, eq=False)
class Known:
    """What a wish may speak of.

    Attributes
    ----------
    objectives
        Label of each objective that the front weighs, by name.
    measured
        Names of those that are only counted.
    forceable
        Per layer, titles of its features by id; and how many classes one may have, 0 where it is yes or no.
    alternatives
        Their ids.
    """

    objectives: Mapping[str, Text]
    measured: frozenset[str]
    forceable: Mapping[str, tuple[Mapping[str, str], int]]
    alternatives: frozenset[str]

    @classmethod
    def of(cls, content: Content) -> Known:
        """What a wish about this front may speak of."""
        return cls(
            {o.name: o.label for o in content.objectives if not o.measured},
            frozenset(o.name for o in content.objectives if o.measured),
            {
                layer.name: (
                    dict(zip(layer.ids, layer.titles, strict=True)),
                    0 if isinstance(layer.decisions, Choices) else len(layer.kinds),
                )
                for layer in content.layers
                if layer.forceable
            },
            frozenset(content.alternatives.ids),
        )


@dataclass(frozen=True, eq=False)
class Wish:
    """See the module; ``force`` is keyed by layer and feature.

    Attributes
    ----------
    limits
        Lower and upper end by objective, None for none.
    goals
        Values wished for, by objective.
    force
        1 for a feature that has to be used, 0 for one that must not be; of land the position of its class.
    start
        Id of the alternative that the reader looks at; None for none.
    seconds, gap
        How long the search may take, and the share of each range by which its answer may miss the best.
    """

    limits: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    goals: Mapping[str, float] = field(default_factory=dict)
    force: Mapping[tuple[str, str], int] = field(default_factory=dict)
    start: str | None = None
    seconds: float = USUAL_SECONDS
    gap: float = USUAL_GAP

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as :func:`read_wish` takes them."""
        return {
            "limits": {name: list(ends) for name, ends in self.limits.items()},
            "goals": dict(self.goals),
            "force": {f"{layer}|{feature}": what for (layer, feature), what in self.force.items()},
            "start": self.start,
            "seconds": self.seconds,
            "gap": self.gap,
        }


def read_wish(told: Any, known: Known, also: Collection[str] = ()) -> Wish:
    """A wish from plain values.

    Parameters
    ----------
    also
        Ids of alternatives that were added later.

    Raises
    ------
    WishError
        If anything cannot be meant; all faults at once.
    """
    if not isinstance(told, Mapping):
        raise WishError([both("live.fault.object")])
    faults: list[dict[str, str]] = []
    fields = set(Wish.__dataclass_fields__)
    faults += [both("live.fault.unknown field", name=str(n)) for n in told if n not in fields]
    limits = _limits(_table(told, "limits", faults), known, faults)
    goals = _goals(_table(told, "goals", faults), known, faults)
    force = _force(_table(told, "force", faults), known, faults)
    start = told.get("start")
    if start is not None and (not isinstance(start, str) or not {start} & {*known.alternatives, *also}):
        # an alternative of another session is no fault of the reader: it only says where to begin
        if not isinstance(start, str):
            faults.append(both("live.fault.start"))
        start = None
    seconds = _within("seconds", told.get("seconds", USUAL_SECONDS), SECONDS, faults)
    gap = _within("gap", told.get("gap", USUAL_GAP), GAP, faults)
    if faults:
        raise WishError(faults)
    return Wish(limits, goals, force, start, seconds, gap)


def _table(told: Mapping[str, Any], name: str, faults: list[dict[str, str]]) -> Mapping[str, Any]:
    given = told.get(name) or {}
    if isinstance(given, Mapping):
        return given
    faults.append(both("live.fault.table", name=name))
    return {}


def _limits(
    given: Mapping[str, Any], known: Known, faults: list[dict[str, str]]
) -> dict[str, tuple[float | None, float | None]]:
    found = {}
    for name, ends in given.items():
        if not _weighed(name, known, faults):
            continue
        if not isinstance(ends, list) or len(ends) != 2 or not all(e is None or _number(e) for e in ends):
            faults.append(both("live.fault.limit", name=known.objectives[name]))
            continue
        low, high = (None if e is None else float(e) for e in ends)
        if low is not None and high is not None and low > high:
            faults.append(both("live.fault.ends", name=known.objectives[name], low=f"{low:g}", high=f"{high:g}"))
        elif low is not None or high is not None:
            found[name] = (low, high)
    return found


def _goals(given: Mapping[str, Any], known: Known, faults: list[dict[str, str]]) -> dict[str, float]:
    found = {}
    for name, value in given.items():
        if value is None or not _weighed(name, known, faults):
            continue
        if _number(value):
            found[name] = float(value)
        else:
            faults.append(both("live.fault.goal", name=known.objectives[name]))
    return found


def _weighed(name: str, known: Known, faults: list[dict[str, str]]) -> bool:
    if name in known.objectives:
        return True
    key = "live.fault.measured" if name in known.measured else "live.fault.objective"
    faults.append(both(key, name=name, known=", ".join(known.objectives)))
    return False


def _force(given: Mapping[str, Any], known: Known, faults: list[dict[str, str]]) -> dict[tuple[str, str], int]:
    if len(given) > FORCED_AT_MOST:
        faults.append(both("live.fault.too many forced", given=len(given), most=FORCED_AT_MOST))
        return {}
    found = {}
    for key, what in given.items():
        layer, _, feature = key.partition("|")
        features, classes = known.forceable.get(layer, ({}, 0))
        if layer not in known.forceable:
            faults.append(both("live.fault.layer", name=layer, known=", ".join(known.forceable) or "–"))
        elif feature not in features:
            faults.append(both("live.fault.feature", name=feature, layer=layer))
        elif isinstance(what, bool) or not isinstance(what, int) or not 0 <= what < (classes or 2):
            key = "live.fault.class" if classes else "live.fault.yes or no"
            faults.append(both(key, name=feature, most=classes - 1))
        else:
            found[layer, feature] = what
    return found


def _within(name: str, value: Any, ends: tuple[float, float], faults: list[dict[str, str]]) -> float:
    if _number(value) and ends[0] <= value <= ends[1]:
        return float(value)
    faults.append(both(f"live.fault.{name}", low=f"{ends[0]:g}", high=f"{ends[1]:g}"))
    return ends[0]


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
