"""From what an algorithm claims to a solution with a certificate: the plan is judged from the data."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from formulations.location.access import Access
from formulations.location.judgement import TOLERANCE, Judgement
from formulations.location.question import Question
from solver.backends.answer import Answer
from solver.certificate import RESOLUTION, Breach, Certificate
from solver.clock import Limit
from solver.gap import relative_gap
from solver.locating.terms import Found, Terms
from solver.solution import Solution, Status
from solver.verdict import gap_of, verdict
from solver.versions import versions

CLAIM = 1e-9
"""A bound may lie above the value of a plan by this share of it: rounding."""


def certified(question: Question, found: Found, judgement: Judgement, claimed: float | None) -> Certificate:
    """Check a plan and what is said about it.

    Parameters
    ----------
    claimed
        The value that the algorithm saw in this plan, minimised; None if it said nothing.
    """
    value = signed(question, judgement.value)
    fine = RESOLUTION * max(abs(value), 1e-300)
    bound = found.bound if math.isfinite(found.bound) else None
    lowest = found.verified if found.verified is not None and math.isfinite(found.verified) else None
    breaches = tuple(Breach(c.rule, c.by, c.relative, c.count, c.worst) for c in judgement.checks)
    problems = [_sentence(b) for b in breaches if b.count]
    feasible = not problems
    if claimed is not None and abs(claimed - value) > 1e-6 * max(abs(claimed), abs(value), 1e-300):
        problems.append(f"The value claimed is {claimed:.12g}; counted from the data it is {value:.12g}.")
    for whose, one in (("claimed", bound), ("verified", lowest)):
        if feasible and one is not None and one > value + 1e-6 * max(abs(one), abs(value)):
            problems.append(f"The bound {whose}, {one:.12g}, lies above the value of a plan, {value:.12g}.")
    return Certificate(
        value=value,
        objectives=dict(judgement.objectives),
        claimed_value=claimed,
        claimed_bound=bound,
        verified_bound=lowest,
        open_columns=(),
        claimed_gap=relative_gap(value, bound, fine),
        verified_gap=relative_gap(value, lowest, fine),
        rows=breaches,
        bounds=(),
        integrality=(),
        feasible=feasible,
        tolerance=f"{TOLERANCE:g} of the size of each rule, counted from the data",
        problems=tuple(problems),
    )


def concluded(
    question: Question,
    access: Access,
    terms: Terms,
    found: Found,
    judgement: Judgement | None,
    limit_hit: Limit | None,
    left_running: bool,
    options: Mapping[str, Any],
) -> Solution:
    """The solution, with the status that it has earned."""
    terms.record.close()
    best = terms.record.best
    x = None if found.siting is None else found.siting.open.astype(float)
    claimed = best[0] if best is not None and x is not None and np.array_equal(best[1], x) else None
    certificate = None if judgement is None else certified(question, found, judgement, claimed)
    answer = Answer(found.state, x, found.bound, None, limit_hit, left_running, found.message)
    status, message = verdict(answer, certificate, terms.gap)
    if status is Status.INFEASIBLE:
        x, certificate = None, None
    bounds = [b for b in (found.bound, found.verified) if b is not None and math.isfinite(b)]
    return Solution(
        status=status,
        value=None if certificate is None else certificate.value,
        objectives={} if certificate is None else certificate.objectives,
        bound=max(bounds, default=None),
        gap=None if certificate is None else gap_of(certificate),
        limit_hit=limit_hit,
        x=x,
        certificate=certificate,
        seconds=terms.clock.elapsed,
        seed=terms.seed,
        backend="refugia",
        options=dict(options),
        versions=versions("highs"),
        matrix_digest=access_digest(question, access),
        weights={question.aim: 1.0},
        history=tuple(terms.record.history),
        left_running=left_running,
        message=message,
        shapes={"open": (slice(0, access.site.size), (access.site.size,))},
    )


def signed(question: Question, value: float) -> float:
    """The value as it is minimised."""
    return value if question.sense == "min" or question.objective is not None else -value


def access_digest(question: Question, access: Access) -> str:
    """SHA-256 over the question and its data, names left out."""
    digest = hashlib.sha256(repr(question).encode())
    arrays = [access.weight, access.pairs.start, access.pairs.site, access.pairs.distance]
    arrays += [access.capacity, access.cost, access.amount, access.between]
    for array in arrays:
        digest.update(b"none" if array is None else np.ascontiguousarray(array).data)
    if access.status is not None:
        digest.update("|".join(access.status.tolist()).encode())
    if access.zone is not None:
        digest.update(np.ascontiguousarray(access.zone.position).data)
    for name, count in access.groups.items():
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(count).data)
    return digest.hexdigest()


def _sentence(breach: Breach) -> str:
    where = f" at {', '.join(breach.worst)}" if breach.worst else ""
    return f"The rule {breach.block} is broken by {breach.absolute:.6g}{where}."
