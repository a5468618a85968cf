"""A front as tables: its points, the decisions of its plans, how often each decision is taken, and what is proven."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from solver.choosing.decisions import kinds
from solver.firststage import first_stage
from solver.pareto.front import Front
from solver.tables.frames import frame

if TYPE_CHECKING:
    import pandas as pd

CHOSEN = 1e-6
"""A decision of a size below this is rounding noise of a solver, and counts as not taken."""


@dataclass(frozen=True, eq=False)
class Taken:
    """First-stage decisions of the plans of a front.

    Attributes
    ----------
    columns
        Columns of the program, shape (decisions,).
    block, element
        Variable and element of each, such as ``open`` and ``school|shelter``.
    values
        Shape (points, decisions).
    """

    columns: np.ndarray
    block: list[str]
    element: list[str]
    values: Floats

    @property
    def taken(self) -> np.ndarray:
        """Whether each plan takes each decision, shape (points, decisions)."""
        return self.values > CHOSEN


def decisions(front: Front, matrix: Matrix) -> Taken:
    """Every first-stage decision, taken in some plan or in none."""
    blocks = first_stage(matrix)
    columns = np.concatenate([np.empty(0, int), *(np.arange(b.start, b.start + b.size) for b in blocks)])
    values = front.plans[:, columns].toarray() if columns.size else np.zeros((len(front), 0))
    element = [b.label(k)[len(b.name) + 1 : -1] for b in blocks for k in range(b.size)]
    return Taken(columns, [b.name for b in blocks for _ in range(b.size)], element, np.asarray(values))


def points_table(front: Front, measured: Mapping[str, Floats]) -> pd.DataFrame:
    """One row per point: id from 1, objectives, what is known about it, and what else was measured."""
    return frame(
        {
            **{name: ("number", front.points[:, k]) for k, name in enumerate(front.names)},
            "label": ("text", [label.value for label in front.labels]),
            "distance": ("number", _known(front.distance)),
            "verified": ("number", _known(front.verified)),
            "origin": ("text", list(front.origins)),
            "supported": ("flag", front.supported),
            **{name: ("number", values) for name, values in measured.items()},
        }
    ).pipe(_numbered)


def _known(values: Floats) -> Floats:
    """NaN, which tables write as null, where nothing is known."""
    return np.where(np.isfinite(values), values, np.nan)


def _numbered(table: pd.DataFrame) -> pd.DataFrame:
    table.insert(0, "id", np.arange(1, len(table) + 1, dtype=np.int64))
    return table


def plans_table(taken: Taken) -> pd.DataFrame:
    """One row per point and first-stage decision that it takes: id, block, element, value."""
    point, decision = np.nonzero(taken.taken)
    table = frame(
        {
            "block": ("text", np.array(taken.block, object)[decision]),
            "element": ("text", np.array(taken.element, object)[decision]),
            "value": ("number", taken.values[point, decision]),
        }
    )
    table.insert(0, "id", (point + 1).astype(np.int64))
    return table


def decisions_table(taken: Taken) -> pd.DataFrame:
    """One row per first-stage decision: in how many plans it is taken, as a share too, and with which values.

    What is ``core`` is in every plan and can be done without regret, whichever is chosen; ``optional`` is in some.
    """
    count = taken.taken.sum(axis=0)
    plans = len(taken.values)
    table = frame(
        {
            "block": ("text", taken.block),
            "element": ("text", taken.element),
            "share": ("number", count / max(plans, 1)),
            "kind": ("text", kinds(count / max(plans, 1))),
            "least": ("number", taken.values.min(axis=0, initial=np.inf) if plans else 0.0 * count),
            "most": ("number", taken.values.max(axis=0, initial=0.0)),
        }
    )
    table.insert(2, "points", count.astype(np.int64))
    return table


def objectives_table(front: Front) -> pd.DataFrame:
    """One row per objective: ideal, nadir, where hypervolumes count from, and what is proven about it alone."""
    return frame(
        {
            "name": ("text", list(front.names)),
            "unit": ("text", list(front.units)),
            "ideal": ("number", _known(front.ideal)),
            "nadir": ("number", front.nadir),
            "reference": ("number", front.reference),
            "resolution": ("number", front.resolution),
            "bound": ("number", _known(front.bounds.ideal)),
        }
    )


def bounds_table(front: Front) -> pd.DataFrame:
    """One row per fact: every plan within the limits has a weighted sum of at least ``value``.

    ``matched``: every plan that no point of the front dominates; see :class:`solver.pareto.bounds.Fact`.
    """
    facts, p = front.bounds.facts, len(front.names)
    within, weights = (np.array([getattr(f, k) for f in facts]).reshape(-1, p) for k in ("within", "weights"))
    return frame(
        {
            **{f"within_{name}": ("number", within[:, k]) for k, name in enumerate(front.names)},
            **{f"weight_{name}": ("number", weights[:, k]) for k, name in enumerate(front.names)},
            "value": ("number", [f.value for f in facts]),
            "verified": ("flag", [f.verified for f in facts]),
            "matched": ("flag", [f.matched for f in facts]),
        }
    )


def alternatives(front: Front, most: int = 6) -> np.ndarray:
    """Positions of points that show the front in few plans: the best in each objective, then the farthest from these.

    Farthest-first in objectives divided by their range: Gonzalez (1985), DOI 10.1016/0304-3975(85)90224-5.
    """
    if not len(front):
        return np.empty(0, int)
    unit = (front.points - front.points.min(axis=0)) / front.scale
    chosen = list(dict.fromkeys(int(np.lexsort([unit.sum(axis=1), unit[:, k]])[0]) for k in range(unit.shape[1])))
    while len(chosen) < min(most, len(front)):
        away = np.abs(unit[:, None, :] - unit[None, chosen, :]).max(axis=2).min(axis=1)
        if away.max() <= 0:
            break
        chosen.append(int(away.argmax()))
    return np.sort(np.array(chosen[: max(most, 1)], int))
