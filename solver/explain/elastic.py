"""The program with rules that may be stretched, each at a price.

Source: Chinneck & Dravnieks (1991), Locating minimal infeasible constraint sets in linear programs,
doi:10.1287/ijoc.3.2.157 (elastic rows).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from formulations.algebra.matrix import Block, Matrix
from instances.index import Index
from solver.explain.rules import Rule


@dataclass(frozen=True)
class Knob:
    """One number that relaxes some rules together: turned by one it moves each limit by ``amounts`` of its units.

    Attributes
    ----------
    label
        Name of the new column.
    rules, amounts
        What it moves, and how far.
    price
        Cost of turning it by one.
    most
        Nobody turns it further.
    """

    label: str
    rules: tuple[Rule, ...]
    amounts: tuple[float, ...]
    price: float
    most: float


def elastic(matrix: Matrix, knobs: Sequence[Knob]) -> Matrix:
    """The program in which knobs may be turned. The only objective is ``stretch``; ``turn`` runs over the knobs."""
    rows, columns = matrix.shape
    at = [rule.row for knob in knobs for rule in knob.rules]
    which = [number for number, knob in enumerate(knobs) for _ in knob.rules]
    value = [a if r.floor else -a for knob in knobs for r, a in zip(knob.rules, knob.amounts, strict=True)]
    turn = sp.csr_array((np.array(value, float), (np.array(at, int), np.array(which, int))), (rows, len(knobs)))
    price = np.array([knob.price for knob in knobs], float)
    cost = sp.csr_array(
        (price, (np.zeros(len(knobs), int), columns + np.arange(len(knobs)))), (1, columns + len(knobs))
    )
    index = Index.named("knob", [knob.label for knob in knobs])
    block = Block("turn", (index,), columns, len(knobs), doc="How far the rules are stretched.")
    whole = sp.csr_array(sp.hstack([matrix.A, turn], format="csr"))
    whole.sort_indices()
    return replace(
        matrix,
        name=f"{matrix.name}, rules stretched",
        columns={**matrix.columns, "turn": block},
        objectives={"stretch": Block("stretch", (), 0, 1, doc="Relative changes of rules, at their prices.")},
        C=cost,
        c0=np.zeros(1),
        A=whole,
        lower=np.concatenate([matrix.lower, np.zeros(len(knobs))]),
        upper=np.concatenate([matrix.upper, [knob.most for knob in knobs]]),
        integer=np.concatenate([matrix.integer, np.zeros(len(knobs), bool)]),
    )


def one_each(rules: Sequence[Rule]) -> list[Knob]:
    """A knob for every rule, at a price of one for 100 %."""
    sides = [f"{rule.label} {'least' if rule.floor else 'most'}" for rule in rules]
    return [Knob(side, (rule,), (1.0,), 1.0 / rule.scale, rule.most) for side, rule in zip(sides, rules, strict=True)]
