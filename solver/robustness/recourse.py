"""Plans put to scenarios they were not made for: what was decided before the event stays, the rest is solved anew.

For every scenario the assignment of people is the best one given what was prepared: as few as possible without a place,
then as few minutes of walking as possible. Scenarios do not touch one another once the first stage is fixed, so one
program over all of them finds the best of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from formulations.algebra.block import Block
from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from instances.schema import InstanceError
from solver.backends.search import Search
from solver.certificate import snapped, verify
from solver.clock import Clock
from solver.events import Event, Sink, nowhere
from solver.pareto.space import Space
from solver.robustness.futures import Futures, futures_of
from solver.robustness.scenarios import NONE, scenario_of_columns

if TYPE_CHECKING:
    from formulations.plan import IntegratedPlan
    from instances.instance import Instance

ORDER = ("unserved", "travel")
"""What an assignment is best in: first of all the first, then the next."""

SLACK = 1e-6
"""Share of a value by which a later step may worsen an earlier one: rounding of a linear program."""

HELD = 1e-6
"""Less of a decision than this is none."""


def futures_in(
    question: IntegratedPlan,
    instance: Instance,
    matrix: Matrix,
    X: Floats | Csr,
    names: Sequence[str] | None = None,
    *,
    threads: int = 1,
    sink: Sink = nowhere,
) -> Futures:
    """Values of plans in the scenarios of an instance, with the best assignment in each.

    Parameters
    ----------
    question
        The question the plans answer. Its promises, budget and other limits are not asked of other scenarios: whether
        they hold there is what one wants to know.
    instance
        The same sites and options with other scenarios (or with the same, to assign people best).
    matrix, X
        The program the plans belong to, and the plans, shape (plans, columns); sites, links and goods are found again
        by name.
    sink
        Told about every plan.

    Raises
    ------
    InstanceError
        If the question has no shelters, or a plan opens or holds what the instance does not have; all faults at once.
    """
    if question.shelters is None:
        raise InstanceError("Plans cannot be put to other scenarios", ["the question has no shelters"])
    program = _free(question, instance)
    first = scenario_of_columns(program, instance.scenarios.scenario) == NONE
    rows = sp.csr_array(X)
    carried, faults = carry(matrix, rows, program, first)
    if faults:
        raise InstanceError(f"Plans cannot be put to {instance.about.name!r}", faults)
    fewest, nearest = np.empty((2, rows.shape[0], program.shape[1]))
    clock = Clock(None)
    for k, values in enumerate(carried):
        sink(Event("futures", done=k, total=len(carried), elapsed=clock.elapsed))
        found = _assigned(program, first, values, threads)
        if found is None:
            faults.append(f"plan {k + 1}: no assignment found; what it holds or opens may not fit here")
        else:
            fewest[k], nearest[k] = found
    if faults:
        raise InstanceError(f"Plans cannot be put to {instance.about.name!r}", faults)
    # the second step may lose a little of the first by rounding, so each is read where it is best
    return replace(
        futures_of(program, instance, fewest, names), minutes=futures_of(program, instance, nearest, names).minutes
    )


def _free(question: IntegratedPlan, instance: Instance) -> Matrix:
    """The program without rules, every scenario with the same weight, so that none is neglected."""
    size = instance.scenarios.scenario.size
    alike = replace(instance.scenarios, probability=np.full(size, 1.0 / size))
    stock = None if question.stock is None else replace(question.stock, standing=0.0)
    bare = replace(
        question,
        stock=stock,
        corridors=None,
        promises=(),
        budget=None,
        counts={},
        limits={},
        require=(),
        objectives=ORDER,
        best_unserved=None,
    )
    return bare.build(replace(instance, scenarios=alike, ambiguity=None)).matrix()


def carry(matrix: Matrix, X: Csr, program: Matrix, first: np.ndarray) -> tuple[Floats, list[str]]:
    """First-stage values of plans of one program, laid over the columns of another by name.

    Parameters
    ----------
    first
        Shape (columns of ``program``,): which columns are decided before the event.

    Returns
    -------
    (plans, columns of ``program``), zero where the first program says nothing; and what of a plan has no place in the
    second. A link strengthened that no scenario there cuts makes no difference, so it is no fault.
    """
    values = np.zeros((X.shape[0], program.shape[1]))
    faults: list[str] = []
    for name, block in program.columns.items():
        if not first[block.span].all() or name not in matrix.columns:
            continue
        before = matrix.columns[name]
        part = X[:, before.span].toarray()
        at = {block.label(k): k for k in range(block.size)}
        place = np.array([at.get(before.label(k), NONE) for k in range(before.size)], int)
        known = place >= 0
        values[:, block.start + place[known]] = part[:, known]
        if name == "harden":
            continue
        lost = np.flatnonzero((part > HELD).any(axis=0) & ~known)
        faults += [f"{before.label(int(k))} is not part of this instance" for k in lost]
    return values, faults


def _assigned(program: Matrix, first: np.ndarray, values: Floats, threads: int) -> list[Floats] | None:
    """Best second stages for a first stage, one per step of :data:`ORDER`; None if there is none."""
    held = np.where(program.integer, np.round(values), values)
    fixed = replace(program, lower=np.where(first, held, program.lower), upper=np.where(first, held, program.upper))
    space = Space.of(fixed, ORDER)
    limited, best = fixed, list[Floats]()
    for k in range(space.size):
        x = _least(limited, space, k, threads)
        if x is None:
            return None
        best.append(x)
        value = float(space.values(x[None, :])[0, k])
        limited = _no_worse(limited, space, k, value + SLACK * max(1.0, abs(value)))
    return best


def _no_worse(matrix: Matrix, space: Space, k: int, value: float) -> Matrix:
    """The program with one more row: objective k is at most ``value``."""
    name = f"kept_{space.names[k]}"
    A = sp.csr_array(sp.vstack([matrix.A, space.C[[k]]], format="csr"))
    A.sort_indices()
    return replace(
        matrix,
        rows={**matrix.rows, name: Block(name, (), matrix.shape[0], 1)},
        A=A,
        row_lower=np.append(matrix.row_lower, -np.inf),
        row_upper=np.append(matrix.row_upper, value - space.c0[k]),
    )


def _least(matrix: Matrix, space: Space, k: int, threads: int) -> Floats | None:
    """The plan with the least value of objective k, checked against every row; None if there is none."""
    from solver.backends.highs import run_highs

    cost = np.asarray(space.C[[k]].toarray())[0]
    # the limit left by an earlier step is so close that usual tolerances would break it
    search = Search(cost, float(space.c0[k]), Clock(None), 0.0, 0, threads, tight=True)
    answer = run_highs(matrix, search)
    if answer.state != "finished" or answer.x is None:
        return None
    x = snapped(matrix, answer.x)
    return x if verify(matrix, {space.names[k]: 1.0}, x, verify_bound=False).feasible else None
