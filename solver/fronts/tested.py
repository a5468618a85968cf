"""The plans of a front in other futures: scenario by scenario, under other weights, and in other scenarios altogether.

scenarios.parquet   a row per plan and scenario: people without a place, their share, minutes of walking
robustness.parquet  a row per plan and weighting of scenarios: mean, tail, worst, regret, and the share within limits

Column ``set`` of both is ``own`` for the scenarios that the plans were made for, and ``other`` for those of
``front.robustness.instance``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formulations.algebra.elements import Floats
from formulations.zoning import Zoning
from instances.instance import Instance
from instances.scenarios import Scenarios
from instances.schema import InstanceError
from solver.events import Sink, nowhere
from solver.fronts.asked import Asked, classes_of
from solver.pareto.front import Front
from solver.robustness import Futures, futures_in, futures_of, measured, robustness, weightings
from solver.robustness.land import futures_on_land

if TYPE_CHECKING:
    import pandas as pd

    from solver.tradeoffs import Robustness

OWN, OTHER = "own", "other"


@dataclass(frozen=True, eq=False)
class Tested:
    """Plans in futures.

    Attributes
    ----------
    scenarios, robustness
        The tables; the second is None where the study does not ask for it.
    faults
        Why plans could not be put to the other scenarios.
    """

    scenarios: pd.DataFrame
    robustness: pd.DataFrame | None
    faults: tuple[str, ...] = ()

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name."""
        found = {"scenarios": self.scenarios}
        return found if self.robustness is None else {**found, "robustness": self.robustness}


def other_instance(asked: Asked) -> Instance | None:
    """The instance with other scenarios that the study names, and a look at all that is asked of futures.

    Raises
    ------
    InstanceError
        If it cannot be built, or weightings name what is not there; all faults at once.
    """
    terms = asked.tradeoffs.robustness
    if terms is None:
        return None
    faults = [] if _people(asked) else ["robustness: the question has no shelters"]
    known = _known(asked.instance.scenarios)
    labels = set(asked.instance.scenarios.scenario.labels())
    for given in terms.weightings or []:
        if isinstance(given, str):
            faults += [] if given in known else [f"robustness.weightings: {given!r} is none of {', '.join(known)}"]
        else:
            faults += [f"robustness.weightings: {n!r} is no scenario" for n in given.of if n not in labels]
    if faults:
        raise InstanceError("The front section cannot be used", faults)
    return None if terms.instance is None else terms.instance.build()


def tested(front: Front, asked: Asked, other: Instance | None, sink: Sink = nowhere) -> Tested | None:
    """The plans in their futures; None where the question says nothing about people.

    Raises
    ------
    InstanceError
        If no assignment of people is found for a plan.
    """
    if not _people(asked) or not len(front):
        return None
    terms, names = asked.tradeoffs.robustness, [str(k + 1) for k in range(len(front))]
    if not isinstance(asked.question, Zoning) and (terms is None or terms.recourse == "plan"):
        own = futures_of(asked.matrix, asked.instance, front.plans, names)
    else:
        own = _best(front, asked, asked.instance, names, sink)
    if terms is None:
        return Tested(_rows(own, OWN), None)
    best = None if isinstance(asked.question, Zoning) else asked.question.best_unserved
    floor = None if best is None else np.array([best[name] for name in own.scenarios])
    tables = [_measured(own, terms, _weights(terms, own), asked, OWN, floor)]
    scenarios, faults = [_rows(own, OWN)], tuple[str, ...]()
    if other is not None:
        try:
            there = _best(front, asked, other, names, sink)
        except InstanceError as error:
            faults = tuple(error.faults)
        else:
            scenarios.append(_rows(there, OTHER))
            tables.append(_measured(there, terms, _weights(terms, there), asked, OTHER, None))
    return Tested(_joined(scenarios), _joined(tables), faults)


def _best(front: Front, asked: Asked, instance: Instance, names: list[str], sink: Sink) -> Futures:
    if isinstance(asked.question, Zoning):
        return futures_on_land(asked.question, instance, classes_of(asked.matrix, front), names, asked.instance)
    threads = asked.study.solve.threads
    return futures_in(asked.question, instance, asked.matrix, front.plans, names, threads=threads, sink=sink)


def _people(asked: Asked) -> bool:
    """Whether the question counts people without a place."""
    question = asked.question
    return question.shelters if isinstance(question, Zoning) else question.shelters is not None


def _known(scenarios: Scenarios) -> dict[str, Floats]:
    """Ways to weigh scenarios that have names of their own."""
    nobody = np.zeros((0, scenarios.scenario.size))
    labels, p = tuple(scenarios.scenario.labels()), scenarios.probability
    return weightings(Futures((), labels, p, scenarios.hazard, scenarios.level, nobody, nobody, nobody))


def _weights(terms: Robustness, futures: Futures) -> dict[str, Floats]:
    """Weightings that can be asked of these futures: those named, and always the given one."""
    known = weightings(futures)
    if terms.weightings is None:
        return known
    found = {"given": known["given"]}
    for given in terms.weightings:
        if isinstance(given, str):
            found |= {given: known[given]} if given in known else {}
        elif set(given.of) <= set(futures.scenarios):
            w = np.array([float(given.of.get(name, 0.0)) for name in futures.scenarios])
            found[given.name] = w / w.sum()
    return found


def _measured(
    futures: Futures,
    terms: Robustness,
    weights: Mapping[str, Floats],
    asked: Asked,
    name: str,
    best: Floats | None,
) -> pd.DataFrame:
    """One row per plan and weighting."""
    own = name == OWN
    table = measured(
        futures,
        weights,
        alpha=asked.question.alpha,
        best=best,
        ambiguity=asked.instance.ambiguity if own else None,
    )
    if limits := {str(name): most for name, most in terms.limits.items()}:
        met = {w: robustness(futures, limits, p) for w, p in weights.items()}
        table["met"] = np.concatenate([met[w].by_probability for w in weights])
        table["met_count"] = np.concatenate([met[w].by_count for w in weights])
    return _numbered(table, name)


def _rows(futures: Futures, name: str) -> pd.DataFrame:
    return _numbered(futures.frame(), name)


def _numbered(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Plans by their number, and which set of scenarios this is about, in front."""
    found = table.assign(plan=table["plan"].astype(np.int64)).rename(columns={"plan": "id"})
    found.insert(0, "set", name)
    return found[["set", "id", *(c for c in found.columns if c not in ("set", "id"))]]


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat(tables, ignore_index=True)
