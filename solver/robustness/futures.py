"""What plans mean in each scenario: how many people have no place, what share that is, and how far the others walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from solver.robustness.scenarios import loss_rows, minutes_rows, people_rows

if TYPE_CHECKING:
    import pandas as pd

    from instances.instance import Instance


@dataclass(frozen=True, eq=False)
class Futures:
    """Values of some plans in some scenarios.

    Attributes
    ----------
    plans, scenarios
        Names, in order.
    probability
        Shape (scenarios,), as the instance has it.
    hazard, level
        Shape (scenarios,), what happens in each scenario and how hard.
    unserved
        Shape (plans, scenarios): people without a place, weighted by phase and added over phases, as in the objectives.
    share
        Shape (plans, scenarios): of all in need, added over phases, those without a place; 0 where nobody is in need.
    minutes
        Shape (plans, scenarios): mean minutes of walking of those who have a place; 0 where nobody has one.
    """

    plans: tuple[str, ...]
    scenarios: tuple[str, ...]
    probability: Floats
    hazard: np.ndarray
    level: np.ndarray
    unserved: Floats
    share: Floats
    minutes: Floats

    def only(self, plans: Sequence[int] | np.ndarray) -> Futures:
        """The same for some of the plans, by position."""
        at = np.asarray(plans, int)
        named = tuple(self.plans[int(k)] for k in at)
        return replace(self, plans=named, unserved=self.unserved[at], share=self.share[at], minutes=self.minutes[at])

    def frame(self) -> pd.DataFrame:
        """One row per plan and scenario."""
        import pandas as pd

        n, s = self.unserved.shape
        return pd.DataFrame(
            {
                "plan": np.repeat(self.plans, s),
                "scenario": np.tile(self.scenarios, n),
                "hazard": np.tile(self.hazard, n),
                "level": np.tile(self.level, n),
                "probability": np.tile(self.probability, n),
                "unserved": self.unserved.ravel(),
                "share": self.share.ravel(),
                "minutes": self.minutes.ravel(),
            }
        )


def futures_of(matrix: Matrix, instance: Instance, X: Floats | Csr, names: Sequence[str] | None = None) -> Futures:
    """Values of plans in the scenarios they were made for, from their own columns.

    Parameters
    ----------
    matrix
        Of the program that the question builds for ``instance``.
    X
        Shape (plans, columns): plans that keep every row.
    names
        Of the plans; numbered from 1 if None.

    Raises
    ------
    InstanceError
        If the question has no shelters.
    """
    rows = sp.csr_array(X)
    assert instance.scenarios is not None

    def each(operator: Csr) -> Floats:
        return np.asarray((rows @ operator.T).toarray())

    unserved = each(loss_rows(matrix, instance))
    without, walked = each(people_rows(matrix, instance)), each(minutes_rows(matrix, instance))
    assert instance.effects is not None
    need = instance.effects.need.sum(axis=(0, 1))
    served = np.maximum(need - without, 0.0)
    told = served > 1e-6
    return Futures(
        plans=tuple(names) if names is not None else tuple(f"plan {k + 1}" for k in range(rows.shape[0])),
        scenarios=tuple(instance.scenarios.scenario.labels()),
        probability=instance.scenarios.probability,
        hazard=instance.scenarios.hazard,
        level=instance.scenarios.level,
        unserved=unserved,
        share=np.clip(without / np.where(need > 0, need, 1.0), 0.0, 1.0),
        minutes=np.where(told, walked / np.where(told, served, 1.0), 0.0),
    )
