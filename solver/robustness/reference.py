"""What regret counts from: in each scenario, the fewest people without a place had one known that it would come.

The plan may be another one for every scenario, but keeps all the rules of the question: budget, counts, promises in
all scenarios. The value taken is the proven lower bound of that solve, not the plan it found. So where a search ends
within a gap or at a time limit, the reference is too low rather than too high, and regret is overstated by at most
that gap, never understated.

Source: see :mod:`formulations.measures.regret`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from formulations.algebra.block import Block
from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from solver.clock import Clock
from solver.events import Event, Sink, nowhere
from solver.robustness.scenarios import NONE, loss_rows, scenario_of_columns
from solver.solution import Status
from solver.solve import solve

if TYPE_CHECKING:
    from formulations.plan import IntegratedPlan
    from instances.instance import Instance
    from solver.study import Study

REGRET = "unserved_regret"

SHARE = 0.5
"""Of the time limit of a study, what finding the references may take on top of it."""


@dataclass(frozen=True, eq=False)
class References:
    """Best losses by scenario.

    Attributes
    ----------
    scenarios
        Names, in the order of the instance.
    bound
        Shape (scenarios,): no plan that the question allows has a lower loss. What regret counts from.
    value
        Shape (scenarios,): loss of the best plan found, NaN without one.
    feasible
        False if no plan keeps the rules at all; the bounds are zero then.
    """

    scenarios: tuple[str, ...]
    bound: Floats
    value: Floats
    feasible: bool = True

    @property
    def overstated(self) -> float:
        """By how much a regret that counts from these may be too large, in people; infinite if nothing is known."""
        away = self.value - self.bound
        return float(away.max(initial=0.0)) if np.isfinite(away).all() else np.inf

    def by_name(self) -> dict[str, float]:
        """The bounds as :class:`formulations.plan.IntegratedPlan` takes them."""
        return {name: float(value) for name, value in zip(self.scenarios, self.bound, strict=True)}


def references(
    question: IntegratedPlan,
    instance: Instance,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    seed: int = 0,
    threads: int = 1,
    sink: Sink = nowhere,
) -> References:
    """Fewest people without a place that a plan may have in each scenario, found by one solve per scenario.

    Parameters
    ----------
    question
        Its objectives do not matter, and a limit on regret itself does not count.
    time_limit
        Seconds for all scenarios together; each gets an equal share of what is left.

    Raises
    ------
    InstanceError
        If the question cannot be put to the instance.
    KeyboardInterrupt
        If somebody pressed Ctrl-C.
    """
    limits = {name: value for name, value in question.limits.items() if name != REGRET}
    bare = replace(question, objectives=("unserved",), limits=limits, best_unserved=None)
    matrix = bare.build(instance).matrix()
    index, losses, clock = instance.scenarios.scenario, loss_rows(matrix, instance), Clock(time_limit)
    needed = _rules_touch(matrix, bare, scenario_of_columns(matrix, index), index.size)
    bound, value = np.zeros(index.size), np.full(index.size, np.nan)
    for s in range(index.size):
        sink(Event("reference", done=s, total=index.size, elapsed=clock.elapsed, message=index.label(s)))
        one = _about(matrix, losses[[s]], needed | (np.arange(index.size) == s), scenario_of_columns(matrix, index))
        left = None if clock.left is None else max(clock.left / (index.size - s), 1e-3)
        found = solve(one, {"unserved": 1.0}, gap=gap, time_limit=left, seed=seed, threads=threads)
        if found.status is Status.INFEASIBLE:
            return References(tuple(index.labels()), np.zeros(index.size), np.full(index.size, np.nan), False)
        if found.status is Status.INTERRUPTED or found.limit_hit == "interrupt":
            raise KeyboardInterrupt
        bound[s] = max(0.0, found.bound or 0.0)
        value[s] = np.nan if found.value is None else found.value
    return References(tuple(index.labels()), bound, value)


def referred(
    question: IntegratedPlan, instance: Instance, *, sink: Sink = nowhere, **options: object
) -> IntegratedPlan:
    """The question with what regret counts from, found if it asks for regret and has none.

    Options are those of :func:`references`.
    """
    if REGRET not in question.measured or question.best_unserved is not None:
        return question
    question.check(instance)
    found = references(question, instance, sink=sink, **options)  # type: ignore[arg-type]
    return replace(question, best_unserved=found.by_name())


def unsettled(study: Study) -> bool:
    """Whether a study asks for regret and does not say what it counts from."""
    front = study.front.objectives if study.front is not None else []
    asked = {*study.minimize, *study.question.limits, *(name for group in front for name in group.of)}
    return REGRET in asked and study.question.best_unserved is None


def settled(study: Study, instance: Instance, sink: Sink = nowhere) -> Study:
    """The study with everything in it that has to be computed before its program can be built.

    Gap, seed and threads are those of the solve; the time is at most :data:`SHARE` of its time limit on top of it.
    """
    if not unsettled(study):
        return study
    terms = study.solve
    question = replace(study.plan_question(), objectives=(REGRET,))
    found = referred(
        question,
        instance,
        sink=sink,
        gap=terms.gap,
        time_limit=None if terms.time_limit is None else SHARE * terms.time_limit,
        seed=terms.seed,
        threads=terms.threads,
    )
    return study.model_copy(
        update={"question": study.question.model_copy(update={"best_unserved": dict(found.best_unserved or {})})}
    )


def _rules_touch(matrix: Matrix, question: IntegratedPlan, scenario: np.ndarray, size: int) -> np.ndarray:
    """Scenarios in which a rule has to hold whatever else happens: they stay in every program. Shape (scenarios,).

    In any other scenario nothing needs to be done for a plan to be one, so leaving it out changes no optimum.
    """
    if set(question.limits) - {"cost"}:
        return np.ones(size, bool)
    touched = np.zeros(size, bool)
    for block in matrix.rows.values():
        if block.rule:
            about = scenario[matrix.A[block.span].indices]
            touched[about[about != NONE]] = True
    return touched


def _about(matrix: Matrix, loss: Csr, kept: np.ndarray, scenario: np.ndarray) -> Matrix:
    """The program with one loss to be minimised, and without the rows of scenarios that do not matter for it."""
    gone = np.append(~kept, False)[scenario]
    stays = np.asarray(abs(matrix.A) @ gone.astype(float)) == 0
    rows: dict[str, Block] = {}
    for name, block in matrix.rows.items():
        size = int(stays[block.span].sum())
        before = int(stays[: block.start].sum())
        rows[name] = replace(block, dims=block.dims if size == block.size else (), start=before, size=size)
    return replace(
        matrix,
        rows=rows,
        objectives={"unserved": Block("unserved", (), 0, 1, "people")},
        C=loss,
        c0=np.zeros(1),
        A=matrix.A[np.flatnonzero(stays)],
        row_lower=matrix.row_lower[stays],
        row_upper=matrix.row_upper[stays],
        # a column left without rows keeps its bounds, and its value says nothing
    )
