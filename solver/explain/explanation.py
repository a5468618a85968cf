"""Infeasible is an answer: which rules cannot hold together, and what would repair it at least change."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from formulations.algebra.matrix import Matrix
from solver.explain.conflict import Oracle, Stopped, smallest
from solver.explain.elastic import Rule, elastic, rules_of
from solver.solve import solve


@dataclass(frozen=True)
class Change:
    """A rule and the limit that it would need."""

    rule: Rule
    to: float

    @property
    def by(self) -> float:
        """Change of the limit, in the rule's unit."""
        return self.to - self.rule.limit


@dataclass(frozen=True)
class Repair:
    """A set of changed limits under which a plan exists, as small as possible.

    stretch
        Sum of relative changes (1 = one rule by 100 %); ``proven`` if no smaller one exists among the same rules.
    """

    kinds: tuple[str, ...]
    changes: tuple[Change, ...]
    stretch: float
    proven: bool


@dataclass(frozen=True)
class Explanation:
    """Why no plan exists.

    conflict
        Rules that cannot hold together; empty if the trouble lies deeper than rules (``structural``).
    smallest
        Proven that no conflict has fewer rules; otherwise no rule of it can be left out, or time ran out.
    divisible
        The conflict stays even if every yes-or-no decision could be taken by halves.
    repairs
        The cheapest repair over all rules first, then the cheapest for each kind of rule alone.
    """

    conflict: tuple[Rule, ...]
    smallest: bool
    divisible: bool
    structural: bool
    repairs: tuple[Repair, ...]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""

        def rule(r: Rule) -> dict[str, Any]:
            sense = "at least" if r.floor else "at most"
            return {"rule": r.name, "where": r.label, "meaning": r.doc, "sense": sense, "limit": r.limit, "unit": r.unit}

        return {
            "conflict": [rule(r) for r in self.conflict],
            "smallest": self.smallest,
            "divisible": self.divisible,
            "structural": self.structural,
            "repairs": [
                {
                    "kinds": list(repair.kinds),
                    "changes": [{**rule(c.rule), "to": c.to, "by": c.by} for c in repair.changes],
                    "stretch": repair.stretch,
                    "proven": repair.proven,
                }
                for repair in self.repairs
            ],
            "seconds": self.seconds,
        }


def explain(matrix: Matrix, *, time_limit: float = 60.0) -> Explanation:
    """Explain an infeasible program in terms of its rules.

    Parameters
    ----------
    matrix
        The program found infeasible; rows declared with ``Program.require`` are its rules.
    time_limit
        Seconds for the whole explanation: half for the conflict, half for the repairs.
    """
    began = time.monotonic()
    rules = rules_of(matrix)
    if not rules:
        return Explanation((), False, False, True, (), time.monotonic() - began)
    deadline = began + time_limit / 2
    conflict, proven, divisible, structural = _conflict(matrix, rules, deadline)
    repairs = () if structural else _repairs(matrix, rules, conflict, began + time_limit)
    found = tuple(rules[k] for k in conflict)
    return Explanation(found, proven, divisible, structural, repairs, time.monotonic() - began)


def _conflict(matrix: Matrix, rules: list[Rule], deadline: float) -> tuple[list[int], bool, bool, bool]:
    everything = list(range(len(rules)))
    relaxed = Oracle(matrix, rules, relaxed=True, deadline=deadline)
    try:
        if not relaxed.possible([]):
            return [], False, True, True
        if not relaxed.possible(everything):
            found, proven = smallest(relaxed)
            return found, proven, True, False
        whole = Oracle(matrix, rules, relaxed=False, deadline=deadline)
        if not whole.possible([]):
            return [], False, False, True
        found, proven = smallest(whole)
        return found, proven, False, False
    except Stopped:
        return everything, False, False, False


def _repairs(matrix: Matrix, rules: list[Rule], conflict: list[int], deadline: float) -> tuple[Repair, ...]:
    kinds = list(dict.fromkeys(rules[k].name for k in conflict))
    choices = [list(range(len(rules)))] + [[k for k, r in enumerate(rules) if r.name == kind] for kind in kinds]
    if len(kinds) == 1 and len(choices[1]) == len(rules):
        choices.pop()
    repairs = []
    for number, soft in enumerate(choices):
        left = deadline - time.monotonic()
        if left <= 0.1:
            break
        repair = _repair(matrix, rules, soft, left / (len(choices) - number))
        if repair is not None and not any(repair.changes == other.changes for other in repairs):
            repairs.append(repair)
    return tuple(repairs)


def _repair(matrix: Matrix, rules: list[Rule], soft: list[int], seconds: float) -> Repair | None:
    """The cheapest change of the soft rules that leaves a plan; None if they alone cannot repair it."""
    stretched = elastic(matrix, rules, soft)
    answer = solve(stretched, {"stretch": 1.0}, gap=1e-4, time_limit=seconds, verify_bound=False)
    if answer.x is None or answer.value is None:
        return None
    slack = np.asarray(stretched.value("slack", answer.x))
    changes = []
    for k, amount in zip(soft, slack, strict=True):
        rule = rules[k]
        if amount > 1e-6 * max(1.0, rule.scale):
            changes.append(Change(rule, rule.limit - amount if rule.floor else rule.limit + amount))
    kinds = tuple(dict.fromkeys(change.rule.name for change in changes))
    return Repair(kinds, tuple(changes), float(answer.value), answer.status.value in ("proven", "within gap"))
