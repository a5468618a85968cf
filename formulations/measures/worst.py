"""The worst loss over scenarios, once as linear rows and once as numbers.

    max_s L_s  =  min t  subject to  t >= L_s for every s

The rows bound the worst loss from above, so the expression is right wherever less is better: minimised, or limited by
``worst <= limit``. Every scenario counts, also one of probability zero.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats, describe_dims
from formulations.measures.probability import checked_losses


def worst(name: str, loss: Affine, *, upper: float = np.inf, unit: str = "") -> Affine:
    """Worst loss as a new variable ``{name}_worst`` with rows ``{name}_above``.

    Parameters
    ----------
    name
        Prefix of what is added to the program.
    loss
        Over one or more dimensions; the worst is taken over all elements.
    upper
        A number that no loss exceeds in any plan worth having, in the unit of the loss. It becomes a bound of the new
        variable and so a limit on the losses.
    unit
        Unit of the loss, for the reader.

    Notes
    -----
    The variable gets the bounds that interval arithmetic gives the largest loss. Both are implied by the rows and by
    minimising, so no optimum is lost; a finite one is what safe dual bounds need.
    """
    if not loss.dims or not loss.constant.size:
        raise ValueError(f"worst {name}: there is nothing to compare over {describe_dims(loss.dims)}.")
    low, high = loss.bounds()
    bound = min(float(high.max()), upper)
    top = loss.program.variable(
        f"{name}_worst", lower=low.max(), upper=bound, unit=unit, doc="Largest loss over all scenarios"
    )
    rows = f"{name}_above"
    loss.program.subject_to(**{rows: top.over(*loss.dims) >= loss})
    loss.program.describe(rows, unit=unit, doc="The worst loss is at least that of each scenario")
    return top


def worst_value(loss: ArrayLike) -> Floats:
    """Largest loss of each row: (members, scenarios) -> (members,)."""
    largest: Floats = checked_losses(loss, "worst").max(axis=1)
    return largest
