"""Which decisions plans share: how often each site, option or link is in, and what is in all of them.

What every good plan does can be done without regret, whatever is chosen in the end. The share is the core index of
Liesio, Mild and Salo (2007), "Preference programming for robust portfolio modeling and project selection", European
Journal of Operational Research 181(3), 1488-1505, DOI 10.1016/j.ejor.2005.12.041.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.block import Block
from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from solver.firststage import first_stage

if TYPE_CHECKING:
    import pandas as pd

CHOSEN = 0.5
"""A yes-or-no decision counts as yes from here on."""


@dataclass(frozen=True, eq=False)
class Choices:
    """Yes-or-no decisions of some plans.

    Attributes
    ----------
    labels
        Names of the decisions, m of them: ``open[Kaisaniemi|short]``.
    blocks
        Variable that each belongs to.
    bits
        Shape (plans, m).
    """

    labels: tuple[str, ...]
    blocks: tuple[str, ...]
    bits: NDArray[np.bool_]

    def only(self, plans: Sequence[int] | np.ndarray) -> Choices:
        """The same for some of the plans, by position."""
        return replace(self, bits=self.bits[np.asarray(plans, int)])

    def open(self, plan: int) -> tuple[str, ...]:
        """What one plan says yes to."""
        return tuple(self.labels[int(k)] for k in np.flatnonzero(self.bits[plan]))

    @property
    def share(self) -> Floats:
        """Shape (m,): share of the plans that say yes."""
        return np.asarray(self.bits.mean(axis=0))


def choices(matrix: Matrix, plans: Csr | Floats, blocks: Sequence[str] | None = None) -> Choices:
    """The yes-or-no decisions of plans, by name.

    Parameters
    ----------
    plans
        Shape (plans, columns), such as ``front.plans``.
    blocks
        Variables to look at. If None, those of whole numbers from 0 to 1 that are decided before anything happens, see
        :func:`solver.firststage.first_stage`.

    Raises
    ------
    ValueError
        If a variable is unknown, or the plans are not of this program; all faults at once.
    """
    rows = sp.csr_array(plans)
    known = [] if blocks is None else [name for name in blocks if name not in matrix.columns]
    faults = [f"no variable named {name!r}; there are {', '.join(matrix.columns)}" for name in known]
    if rows.ndim != 2 or rows.shape[1] != matrix.shape[1]:
        faults.append(f"plans of shape {rows.shape}, expected (plans, {matrix.shape[1]})")
    if faults:
        raise ValueError("\n  - ".join([f"{matrix.name}, choices:", *faults]))
    usual = [block for block in first_stage(matrix) if _yes_or_no(matrix, block)]
    at = usual if blocks is None else [matrix.columns[name] for name in blocks]
    picked = np.concatenate([np.empty(0, int), *(np.arange(b.start, b.start + b.size) for b in at)])
    return Choices(
        labels=tuple(b.label(k) for b in at for k in range(b.size)),
        blocks=tuple(b.name for b in at for _ in range(b.size)),
        bits=np.asarray(rows[:, picked].toarray() > CHOSEN),
    )


def _yes_or_no(matrix: Matrix, block: Block) -> bool:
    at = block.span
    return bool((matrix.integer[at] & (matrix.lower[at] >= 0) & (matrix.upper[at] <= 1)).all())


def decisions(made: Choices, *, core: float = 1.0) -> pd.DataFrame:
    """How often each decision is taken, the most frequent first.

    Parameters
    ----------
    core
        Share of the plans from which on a decision belongs to the core.

    Returns
    -------
    pandas.DataFrame
        Columns label, block, plans, share and kind: ``core``, ``optional`` or ``never``.

    Raises
    ------
    ValueError
        If there is no plan, or ``core`` is no share above 0.
    """
    import pandas as pd

    if not len(made.bits) or not 0 < core <= 1:
        raise ValueError("decisions: give at least one plan, and a share for the core above 0 and up to 1.")
    share = made.share
    kind = kinds(share, core)
    table = pd.DataFrame(
        {"label": made.labels, "block": made.blocks, "plans": made.bits.sum(axis=0), "share": share, "kind": kind}
    )
    return table.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def kinds(share: Floats, core: float = 1.0) -> np.ndarray:
    """``core``, ``optional`` or ``never`` for the share of plans that take a decision; same shape."""
    return np.where(share >= core - 1e-12, "core", np.where(share > 0, "optional", "never"))
