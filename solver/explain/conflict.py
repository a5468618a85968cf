"""The smallest set of rules that cannot hold together.

A set of rules is a conflict if no plan keeps all of them. Every conflict meets every correction set (rules whose
removal makes the rest possible), so the smallest conflict is found by hitting known correction sets with as few rules
as possible until the hitting set is itself a conflict.

Sources: Junker (2004), QuickXplain, AAAI-04, for a conflict without a rule too many; Ignatiev, Previti, Liffiton &
Marques-Silva (2015), Smallest MUS extraction with minimal hitting set dualization, doi:10.1007/978-3-319-23219-5_13,
for the smallest. Our test of a set is a linear or mixed-integer program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import numpy as np

from solver.explain.oracle import Oracle, Stopped

Proof = Literal["smallest", "irreducible", "conflict"]
"""No conflict has fewer rules; no rule of this one can be left out; it is a conflict and no more is known."""


def irreducible(oracle: Oracle, conflict: Iterable[int]) -> list[int]:
    """A conflict within a conflict from which no rule can be left out."""
    return sorted(_divide(oracle, frozenset(), oracle.core(conflict), False))


def _divide(oracle: Oracle, hard: frozenset[int], soft: list[int], check: bool) -> list[int]:
    if check and not oracle.possible(hard):
        return []
    if len(soft) <= 1:
        return soft
    left, right = soft[: len(soft) // 2], soft[len(soft) // 2 :]
    needed_right = _divide(oracle, hard | set(left), right, True)
    needed_left = _divide(oracle, hard | set(needed_right), left, bool(needed_right))
    return needed_left + needed_right


def smallest(
    oracle: Oracle, conflict: Sequence[int], tell: Callable[[int, int], None] = lambda least, most: None
) -> tuple[list[int], Proof, Stopped | None]:
    """A conflict with as few rules as possible, starting from a known one; how good it is; and what stopped us.

    An empty conflict means that no plan exists even without rules. ``tell`` hears how many rules the smallest conflict
    has at least and at most.
    """
    best = list(conflict)
    proof: Proof = "conflict"
    try:
        if len(best) > 1:
            best = irreducible(oracle, best)
        if len(best) == 1 and not oracle.alone():
            best = []
        proof = "irreducible"
        if len(best) <= 1:
            tell(len(best), len(best))
            return best, "smallest", None
        corrections: list[frozenset[int]] = []
        while True:
            candidate = _hit(corrections, oracle.size)
            tell(len(candidate), len(best))
            if len(candidate) >= len(best):
                return best, "smallest", None
            if not oracle.possible(candidate):
                return sorted(candidate), "smallest", None
            corrections += _corrections(oracle, candidate)
    except Stopped as stopped:
        least = oracle.least
        if least is not None and len(least) < len(best):
            best, proof = sorted(least), "conflict"
        return best, proof, stopped


def disjoint(oracle: Oracle, conflict: Iterable[int], most: int) -> list[list[int]]:
    """Further conflicts that share no rule with the first or with one another, up to ``most`` of them."""
    left = set(range(oracle.size)) - set(conflict)
    found: list[list[int]] = []
    try:
        while left and len(found) < most and not oracle.possible(left):
            found.append(irreducible(oracle, left))
            left -= set(found[-1])
    except Stopped:
        pass
    return found


def _corrections(oracle: Oracle, candidate: frozenset[int]) -> list[frozenset[int]]:
    """Correction sets that the candidate misses, and more that miss what it would be extended with (disjoint ones)."""
    found, hard = [], candidate
    while True:
        broken = next((b for b in oracle.broken.values() if not (b & hard)), None)
        if broken is None:
            oracle.possible(hard)
            broken = oracle.broken[hard]
        if not broken:
            raise ValueError("All rules can hold together: there is nothing to explain.")
        found.append(broken)
        hard |= broken
        if not oracle.possible(hard):
            return found


def _hit(sets: list[frozenset[int]], size: int) -> frozenset[int]:
    """Fewest elements that meet every set: a small covering program."""
    if not sets:
        return frozenset()
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows = np.array([[float(k in group) for k in range(size)] for group in set(sets)])
    found = milp(
        np.ones(size),
        constraints=LinearConstraint(rows, 1, np.inf),
        integrality=np.ones(size, dtype=np.int64),
        bounds=Bounds(0.0, 1.0),
    )
    assert found.x is not None, "all elements together hit every set"
    return frozenset(int(k) for k in np.flatnonzero(np.asarray(found.x) > 0.5))
