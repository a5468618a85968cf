"""The same plans under other weights of the scenarios: mean, tail, worst, regret and worst probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.elements import Floats
from formulations.measures.cvar import cvar_value
from formulations.measures.mean import mean_value
from formulations.measures.probability import checked_probability
from formulations.measures.regret import regret_value
from formulations.measures.robust import robust_value
from formulations.measures.worst import worst_value
from solver.robustness.futures import Futures

if TYPE_CHECKING:
    import pandas as pd

    from instances.scenarios import Ambiguity


def weightings(futures: Futures) -> dict[str, Floats]:
    """Ways to weigh the scenarios: as given, all alike, and one hazard or one shock level alone.

    A hazard or level alone keeps the proportions of its scenarios; where all of these have probability zero they count
    alike.
    """
    p = futures.probability
    found = {"given": p / p.sum(), "equal": np.full(p.size, 1.0 / p.size)}
    for kind, labels in (("hazard", futures.hazard), ("level", futures.level)):
        names = list(dict.fromkeys(str(label) for label in labels))
        for name in names if len(names) > 1 else []:
            found[f"{kind} {name}"] = _alone(p, labels == name)
    return found


def _alone(p: Floats, chosen: np.ndarray) -> Floats:
    weight = np.where(chosen, p, 0.0)
    weight = weight if weight.sum() > 0 else chosen.astype(float)
    return np.asarray(weight / weight.sum())


def measured(
    futures: Futures,
    weights: Mapping[str, ArrayLike] | None = None,
    *,
    alpha: float = 0.9,
    best: ArrayLike | None = None,
    ambiguity: Ambiguity | None = None,
) -> pd.DataFrame:
    """Measures of the people without a place, one row per weighting and plan.

    Parameters
    ----------
    weights
        Probabilities by name, each of shape (scenarios,), adding up to 1; :func:`weightings` if None.
    alpha
        Share of the outcomes that the tail leaves out.
    best
        Shape (scenarios,): what regret counts from. The least of the plans compared if None; regret is then among
        them, not among all plans there could be.
    ambiguity
        Adds the column ``robust`` under the name ``ambiguity``, for the weighting ``given`` only: the set is one
        around those probabilities.

    Returns
    -------
    pandas.DataFrame
        Columns weighting, plan, mean, cvar, worst, regret and perhaps robust. Worst and regret are over the scenarios
        that the weighting gives a probability.

    Raises
    ------
    ValueError
        If a weighting is no probability; all faults at once.
    """
    import pandas as pd

    asked = weightings(futures) if weights is None else weights
    faults, checked = [], {}
    for name, given in asked.items():
        try:
            checked[name] = checked_probability(given, len(futures.scenarios))
        except ValueError as error:
            faults.append(f"{name}: {error}")
    if faults:
        raise ValueError("\n  - ".join(["weights of scenarios:", *faults]))
    loss = futures.unserved
    least = loss.min(axis=0) if best is None else np.asarray(best, float)
    tables = []
    for name, p in checked.items():
        counts = p > 0
        table = {
            "weighting": name,
            "plan": futures.plans,
            "mean": mean_value(loss, p),
            "cvar": cvar_value(loss, p, alpha),
            "worst": worst_value(loss[:, counts]),
            "regret": regret_value(loss[:, counts], least[counts]),
        }
        if ambiguity is not None:
            own = name == "given"
            table["robust"] = robust_value(loss, p, ambiguity) if own else np.full(len(loss), np.nan)
        tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)
