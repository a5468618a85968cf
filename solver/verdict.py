"""Which status a solve has earned: from the solver's claim, our check, and the gap asked for."""

from __future__ import annotations

from solver.backends.answer import Answer
from solver.certificate import Certificate
from solver.solution import Status

PROVEN = 1e-9
"""Relative gap up to which a plan is called proven."""

SOLVER_TOLERANCE = 1e-6
"""Gap that a solver may leave though it was asked for less: its tolerances on rows and whole numbers."""


def verdict(answer: Answer, certificate: Certificate | None, gap: float) -> tuple[Status, str]:
    """The status and, where it needs one, a reason.

    Parameters
    ----------
    answer
        What the solver claims.
    certificate
        What we found about its plan; None without a plan.
    gap
        Relative gap that was asked for.
    """
    if certificate is None:
        return _without_plan(answer)
    if answer.state == "unbounded":
        return Status.UNBOUNDED, answer.message
    if answer.state == "infeasible" and not certificate.feasible:
        return Status.INFEASIBLE, answer.message
    if not certificate.ok:
        return Status.FAILED, "The plan did not stand up to the check: " + " ".join(certificate.problems)
    if answer.state == "infeasible":
        return Status.FAILED, "The solver found no plan possible, yet this one keeps all rows."
    left = gap_of(certificate)
    if left is not None and left <= PROVEN:
        return Status.PROVEN, answer.message
    if left is not None and left <= max(gap, SOLVER_TOLERANCE if answer.state == "finished" else 0.0):
        return Status.WITHIN_GAP, answer.message
    if answer.state == "stopped":
        return (Status.INTERRUPTED if answer.limit_hit == "interrupt" else Status.TIME_LIMIT), answer.message
    words = "no gap can be computed" if left is None else f"the gap is {left:.3g}"
    return Status.FAILED, answer.message or f"The solver ended its search, but by our own numbers {words}."


def gap_of(certificate: Certificate) -> float | None:
    """The smaller of the gaps to the solver's bound and to our own."""
    known = [g for g in (certificate.claimed_gap, certificate.verified_gap) if g is not None]
    return min(known, default=None)


def _without_plan(answer: Answer) -> tuple[Status, str]:
    if answer.state in ("infeasible", "unbounded"):
        return Status(answer.state), answer.message
    if answer.state == "stopped":
        return Status.NO_PLAN, answer.message
    return Status.FAILED, answer.message or "The solver returned no plan and no reason."
