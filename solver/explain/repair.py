"""Changed limits under which a plan exists, as small as possible, each checked with a plan that keeps them.

What a change costs: for each kind of rule (row block) the sum of the changes of its limits over the sum of what its
limits promise, times the price of the kind (1 unless given). So a budget raised by a tenth, a tenth of the promised
places given up, and one required site in ten left out cost the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from solver.certificate import snapped, verify
from solver.explain.elastic import Knob, elastic, one_each
from solver.explain.rules import Rule, places_of
from solver.solution import Solution, Status
from solver.solve import solve

GAP = 1e-3
"""A repair is called the cheapest if none is cheaper by more than this share."""
SMALL = 1e-6
"""Share of a rule's scale below which a stretch is rounding."""


@dataclass(frozen=True)
class Change:
    """A rule and the limit that it would need.

    Attributes
    ----------
    to
        New limit in the rule's unit, rounded to the generous side.
    who
        For limits on people: the most affected demand points in the plan that was checked, with people.
    """

    rule: Rule
    to: float
    who: tuple[tuple[str, float], ...] = ()

    @property
    def by(self) -> float:
        """Change of the limit, in the rule's unit; negative for limits that go down."""
        return self.to - self.rule.limit


@dataclass(frozen=True)
class Repair:
    """Changed limits under which a plan exists; we checked the plan ourselves.

    Attributes
    ----------
    kinds
        Row blocks that are changed.
    changes
        New limits, row by row.
    stretch, bound
        What it costs (see the module) before rounding, and what any repair among the same rules costs at least.
    proven
        It is the cheapest within :data:`GAP`.
    shares
        New share of promises that change as a whole, by row block; rows of other rules change one by one.
    """

    kinds: tuple[str, ...]
    changes: tuple[Change, ...]
    stretch: float
    bound: float | None
    proven: bool
    shares: Mapping[str, float] = field(default_factory=dict)


def row_knobs(kind: Sequence[Rule], prices: Mapping[str, float]) -> list[Knob]:
    """A knob for every rule of one kind, each at its part of the price of the kind."""
    price = prices.get(kind[0].name, 1.0) / sum(rule.scale for rule in kind)
    return [replace(knob, price=price) for knob in one_each(kind)]


def share_knob(rules: Sequence[Rule], prices: Mapping[str, float]) -> Knob | None:
    """One knob for a promise: the share that may go without. None if the rules are no such promise."""
    totals = [rule.total for rule in rules if rule.total is not None]
    share = rules[0].share
    if share is None or len(totals) < len(rules):
        return None
    price = prices.get(rules[0].name, 1.0) * sum(totals) / sum(rule.scale for rule in rules)
    return Knob(rules[0].name, tuple(rules), tuple(totals), price, max(0.0, 1.0 - share))


def repair(matrix: Matrix, knobs: Sequence[Knob], seconds: float) -> tuple[Repair | None, Solution]:
    """The cheapest way to turn the knobs so that a plan exists, and the solve behind it.

    None if there is no way (the solve says infeasible), none was found in time, or none stood up to our check.
    """
    stretched = elastic(matrix, knobs)
    answer = solve(stretched, {"stretch": 1.0}, gap=GAP, time_limit=seconds, verify_bound=False)
    if answer.x is None or answer.value is None or answer.status is Status.FAILED:
        return None, answer
    turned = np.asarray(stretched.value("turn", answer.x))
    limits: dict[Rule, float] = {}
    shares: dict[str, float] = {}
    for knob, turn in zip(knobs, turned, strict=True):
        if turn * max(knob.amounts) <= SMALL * max(rule.scale for rule in knob.rules):
            continue
        first = knob.rules[0]
        if knob.label == first.name and first.share is not None:
            share = shares[first.name] = min(1.0, _up(first.share + float(turn), _step(float(turn), 1e-4)))
            limits |= {rule: share * (rule.total or 0.0) for rule in knob.rules}
        else:
            limits |= {rule: _generous(rule, a * float(turn)) for rule, a in zip(knob.rules, knob.amounts, strict=True)}
    plan = _checked(matrix, limits, answer.x[: matrix.shape[1]], seconds)
    if plan is None:
        return None, answer
    changes = tuple(Change(rule, to, _who(matrix, rule, plan)) for rule, to in limits.items())
    kinds = tuple(dict.fromkeys(rule.name for rule in limits))
    proven = answer.status in (Status.PROVEN, Status.WITHIN_GAP)
    return Repair(kinds, changes, float(answer.value), answer.bound, proven, shares), answer


def changed(matrix: Matrix, limits: Mapping[Rule, float]) -> Matrix:
    """The program with other limits."""
    lower, upper = matrix.row_lower.copy(), matrix.row_upper.copy()
    for rule, to in limits.items():
        (lower if rule.floor else upper)[rule.row] = to
    return replace(matrix, row_lower=lower, row_upper=upper)


def _checked(matrix: Matrix, limits: Mapping[Rule, float], x: Floats, seconds: float) -> Floats | None:
    """A plan that keeps the changed limits: the one at hand, or one found for them."""
    repaired = changed(matrix, limits)
    x = snapped(repaired, x)
    weights = {next(iter(matrix.objectives)): 1.0}
    if verify(repaired, weights, x, verify_bound=False).feasible:
        return x
    again = solve(elastic(repaired, []), {"stretch": 1.0}, time_limit=seconds, verify_bound=False)
    return again.x if again.x is not None and again.certificate is not None and again.certificate.feasible else None


def _generous(rule: Rule, amount: float) -> float:
    """The new limit, rounded to the side on which it certainly works: whole people and sites, else a fine step."""
    if rule.whole or rule.unit == "people":
        return float(math.floor(rule.limit - amount + 1e-6) if rule.floor else math.ceil(rule.limit + amount - 1e-6))
    step = _step(amount)
    # Adding zero turns a minus zero into zero.
    return (-_up(amount - rule.limit, step) if rule.floor else _up(rule.limit + amount, step)) + 0.0


def _step(amount: float, most: float = math.inf) -> float:
    """A power of ten of at most a thousandth of the change (a hundredth where that is coarser than wanted)."""
    fine = 10.0 ** (math.floor(math.log10(amount)) - 3)
    return min(max(fine, 1e-12), most) if amount < 0.01 else min(10 * fine, most)


def _up(value: float, step: float) -> float:
    return round(math.ceil(value / step - 1e-7) * step, 12)


def _who(matrix: Matrix, rule: Rule, x: Floats) -> tuple[tuple[str, float], ...]:
    """Demand points behind a limit on people, most affected first."""
    if rule.total is None:
        return ()
    span = slice(int(matrix.A.indptr[rule.row]), int(matrix.A.indptr[rule.row + 1]))
    found: dict[str, float] = {}
    for j, value in zip(matrix.A.indices[span], matrix.A.data[span], strict=True):
        people = float(value * x[j])
        if people <= SMALL:
            continue
        block = matrix.block_of_column(int(j))
        of = dict(places_of(block, int(j) - block.start)).get("demand")
        if of is not None:
            found[of] = found.get(of, 0.0) + people
    return tuple(sorted(found.items(), key=lambda item: -item[1]))
