"""From a front study to what the explorer shows, and the same for plans that a live solve adds one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

import numpy as np

from formulations.algebra.elements import Csr, Floats
from formulations.zoning import Zoning
from instances.schema import InstanceError
from solver.explorer.content import Content, Futures, Layer, Measure
from solver.fronts.tested import OWN
from solver.robustness import Futures as Outcomes

if TYPE_CHECKING:
    from solver.fronts.asked import Asked
    from solver.fronts.run import FrontRun
    from solver.pareto.front import Front


class Teller(Protocol):
    """Tells what plans of one program come to, whatever plans they are.

    Attributes
    ----------
    names
        Objectives in the order of the content: those of the front, then those that are measured only.
    """

    @property
    def names(self) -> tuple[str, ...]: ...

    def values(self, plans: Csr) -> Floats:
        """Objectives of plans of shape (n, columns): shape (n, objectives)."""
        ...

    def layers(self, plans: Csr) -> tuple[Layer, ...]:
        """What plans do on the map: same features, kinds and options whatever the plans.

        Raises
        ------
        ValueError
            If a plan does what no plan of the front does, and the teller was made for the front alone.
        """
        ...

    def measures(self, plans: Csr, outcomes: Outcomes | None = None) -> tuple[Measure, ...]:
        """What plans come to in each scenario; ``outcomes`` where those of people are known already.

        Raises
        ------
        InstanceError
            If no assignment of people is found for a plan.
        """
        ...


def teller(run: FrontRun, *, every: bool = True) -> Teller:
    """Who tells what plans of the program of a front study come to.

    Parameters
    ----------
    every
        All that may be decided is told, else only what some plan of the front does.

    Raises
    ------
    InstanceError
        If the study has no front.
    """
    front = _front(run)
    if isinstance(run.asked.question, Zoning):
        from solver.explorer.land import LandTeller

        return LandTeller.of(run.asked, front)
    from solver.explorer.plans import PlanTeller

    return PlanTeller.of(run.asked, front, every=every)


def content_of(run: FrontRun, *, every: bool = False) -> Content:
    """All that the explorer shows of a front study.

    Numbers are those that the run has stored: points, labels and distances, what is measured beside them
    (:file:`front.parquet`), and people in each scenario (:file:`scenarios.parquet`).

    Parameters
    ----------
    every
        Everything that may be decided is on the map, so that a plan found later fits in; else only what some plan of
        the front does.

    Raises
    ------
    InstanceError
        If the study has no front.
    """
    from solver.explorer import ground, known

    front, told = _front(run), teller(run, every=every)
    instance, p = run.asked.instance, len(front.names)
    values = np.column_stack([front.points, *_measured(run, told, front)]) if told.names[p:] else front.points
    measures = told.measures(front.plans, _outcomes(run, front))
    layers = told.layers(front.plans)
    futures = Futures(
        tuple(instance.scenarios.scenario.labels()),
        tuple(known.titles(instance)),
        instance.scenarios.probability,
        run.asked.question.alpha,
        known.drivers(instance),
        measures,
    )
    return Content(
        known.about(run, front),
        known.objectives(run.asked, front, told.names, values, futures),
        known.alternatives(front, values, run.chosen),
        known.proven(run.asked, front),
        () if run.chosen is None else known.suggestions(run.chosen),
        futures,
        layers,
        backdrops := ground.backdrops(instance),
        ground.overlays(instance, layers, backdrops),
    )


def _front(run: FrontRun) -> Front:
    if run.front is None or not len(run.front):
        raise InstanceError(
            f"There is nothing to explore in {run.folder}",
            [f"the study ended without a front: {run.manifest['result']['status']}"],
        )
    return run.front


def _measured(run: FrontRun, told: Teller, front: Front) -> list[Floats]:
    """Columns of what is measured beside the front: as stored, else counted again."""
    from solver.fronts.store import POINTS

    names = told.names[len(front.names) :]
    table = _stored(run, POINTS)
    if table is not None and set(names) <= set(table):
        return [table[name] for name in names]
    return list(told.values(front.plans)[:, len(front.names) :].T)


def _outcomes(run: FrontRun, front: Front) -> Outcomes | None:
    """People in the scenarios that the plans were made for, as stored; None where that was not written."""
    table = _stored(run, "scenarios.parquet")
    if table is None:
        return None
    own = table["set"] == OWN
    scenarios = run.asked.instance.scenarios
    n, s = len(front), scenarios.scenario.size
    ids, names = np.repeat(np.arange(1, n + 1), s), np.tile(scenarios.scenario.labels(), n)
    if int(own.sum()) != n * s or (table["id"][own] != ids).any() or (table["scenario"][own] != names).any():
        return None
    unserved, share, minutes = (
        np.asarray(table[k][own], float).reshape(n, s) for k in ("unserved", "share", "minutes")
    )
    return Outcomes(
        tuple(str(k + 1) for k in range(n)),
        tuple(scenarios.scenario.labels()),
        scenarios.probability,
        scenarios.hazard,
        scenarios.level,
        unserved,
        share,
        minutes,
    )


def _stored(run: FrontRun, name: str) -> Mapping[str, np.ndarray] | None:
    """A table of the run by column; None where it is not there."""
    import pandas as pd

    path = run.folder / name
    if not path.exists():
        return None
    table = pd.read_parquet(path)
    return {str(column): table[column].to_numpy() for column in table.columns}


def objectives_of(asked: Asked, front: Front, plans: Csr) -> tuple[tuple[str, ...], Floats]:
    """Names and values of all objectives of plans: those of the front, then those that are measured only."""
    from dataclasses import replace

    from solver.fronts.asked import measured

    every = asked.matrix.evaluate(plans)
    points = np.column_stack([every[:, asked.matrix.objectives[name].start] for name in front.names])
    beside = measured(asked, replace(front, plans=plans, points=points))
    return (*front.names, *beside), np.column_stack([points, *beside.values()])
