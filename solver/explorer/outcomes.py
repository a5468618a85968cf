"""What plans come to in each scenario, as measures of the explorer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from solver.explorer.content import Measure
from solver.explorer.naming import both, named
from solver.robustness import Futures, futures_in, futures_of
from solver.robustness.scenarios import minutes_rows

if TYPE_CHECKING:
    from solver.fronts.asked import Asked


def plan_outcomes(asked: Asked, plans: Csr) -> Futures | None:
    """People in each scenario, found the way in which the study has them counted; None without shelters."""
    if asked.plan.shelters is None:
        return None
    terms, names = asked.tradeoffs.robustness, [str(k + 1) for k in range(plans.shape[0])]
    if terms is None or terms.recourse == "plan":
        return futures_of(asked.matrix, asked.instance, plans, names)
    threads = asked.study.solve.threads
    return futures_in(asked.plan, asked.instance, asked.matrix, plans, names, threads=threads)


def people(outcomes: Futures | None) -> Iterator[Measure]:
    """People without a place, their share, and minutes of walking where these are known."""
    if outcomes is None:
        return
    units = {"unserved": "people", "share": "", "minutes": "min"}
    for name, unit in units.items():
        values: Floats = getattr(outcomes, name)
        if np.isfinite(values).all():
            yield measure(name, unit, values)


def walking(asked: Asked, plans: Csr) -> Measure:
    """Person-minutes of walking, the plan's own."""
    return measure("travel", "person-minutes", _times(plans, minutes_rows(asked.matrix, asked.instance)))


def shortage(asked: Asked, plans: Csr) -> Measure:
    """Loss from goods short: units short times their severity."""
    goods, block = asked.instance.commodities, asked.matrix.columns["short"]
    assert goods is not None
    (asking,) = block.dims
    post = asking["post"]
    commodity, scenario = (post.then(post.target[k]).position for k in ("commodity", "scenario"))
    shape = asked.instance.scenarios.scenario.size, asked.matrix.shape[1]
    columns = np.arange(block.start, block.start + block.size)
    rows = sp.csr_array((goods.severity[commodity], (scenario, columns)), shape=shape)
    return measure("shortage", goods.severity_unit, _times(plans, rows))


def measure(name: str, unit: str, values: Floats) -> Measure:
    """A measure by its name, with what people call it."""
    return Measure(name, both(f"measure.{name}"), named("unit", unit), values)


def _times(plans: Csr, rows: Csr) -> Floats:
    return np.asarray((sp.csr_array(plans) @ rows.T).toarray())
