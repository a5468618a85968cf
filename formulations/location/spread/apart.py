"""What questions of spreading sites have in common: they ask about sites or harm, not about how people fare."""

from __future__ import annotations

from formulations.location.access import Access
from formulations.location.question import Question


def spread_faults(question: Question, access: Access) -> list[str]:
    """What such a question cannot be asked."""
    found = []
    if not question.classic:
        found.append("objective, limits: measures of fairness weigh burdens of people, and here nearness is the burden")
    p = question.sites_to_choose
    if p is None or p == 0:
        found.append(f"p: {p!r}, expected a number of sites from 1 up; without one, opening nothing would be best")
    return found
