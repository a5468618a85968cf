"""Rules as things that can be stretched: each rule row gets a slack that may be paid for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from formulations.algebra.matrix import Block, Matrix
from instances.index import Index


@dataclass(frozen=True)
class Rule:
    """One rule row: a limit somebody set."""

    row: int
    name: str  # row block
    label: str  # row block with element, e.g. promise_1_moderate[flood 2|days]
    doc: str
    unit: str
    limit: float
    floor: bool  # True: at least the limit; False: at most
    scale: float  # what counts as relaxing the rule by 100 %


def rules_of(matrix: Matrix) -> list[Rule]:
    """Every rule row of the matrix. The scale is the limit, or the largest activity if the limit is zero."""
    rules = []
    most = np.abs(matrix.A) @ np.where(np.isfinite(matrix.upper), np.abs(matrix.upper), 0.0)
    for block in matrix.rows.values():
        if not block.rule:
            continue
        for k in range(block.size):
            r = block.start + k
            floor = not np.isfinite(matrix.row_upper[r])
            limit = float(matrix.row_lower[r] if floor else matrix.row_upper[r])
            scale = abs(limit) if abs(limit) > 1e-9 else max(float(most[r]), 1.0)
            rules.append(Rule(r, block.name, block.label(k), block.doc, block.unit, limit, floor, scale))
    return rules


def elastic(matrix: Matrix, rules: list[Rule], soft: list[int]) -> Matrix:
    """The program in which the rules at positions ``soft`` may be stretched, at a cost of one per 100 %.

    The only objective is ``stretch``; the new variable ``slack`` runs over the soft rules and counts in their units.
    """
    chosen = [rules[k] for k in soft]
    rows, columns = matrix.shape
    sign = np.array([1.0 if rule.floor else -1.0 for rule in chosen])
    at = np.array([rule.row for rule in chosen], dtype=int)
    slack = sp.csr_array((sign, (at, np.arange(len(chosen)))), shape=(rows, len(chosen)))
    price = np.array([1.0 / rule.scale for rule in chosen])
    cost = sp.csr_array((price, (np.zeros(len(chosen), int), columns + np.arange(len(chosen)))), (1, columns + len(chosen)))
    index = Index.named("soft", [rule.label for rule in chosen])
    block = Block("slack", (index,), columns, len(chosen), doc="By how much the rule is stretched.")
    # Nobody stretches a rule beyond all that can happen: a finite bound keeps dual bounds finite too.
    most = np.abs(matrix.A[at]) @ np.where(np.isfinite(matrix.upper), np.abs(matrix.upper), 0.0)
    return replace(
        matrix,
        name=f"{matrix.name}, rules stretched",
        columns={**matrix.columns, "slack": block},
        objectives={"stretch": Block("stretch", (), 0, 1, doc="Sum of relative changes of rules.")},
        C=cost,
        c0=np.zeros(1),
        A=sp.csr_array(sp.hstack([matrix.A, slack], format="csr")),
        lower=np.concatenate([matrix.lower, np.zeros(len(chosen))]),
        upper=np.concatenate([matrix.upper, most + np.array([abs(rule.limit) for rule in chosen])]),
        integer=np.concatenate([matrix.integer, np.zeros(len(chosen), bool)]),
    )
