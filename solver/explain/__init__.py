"""Why no plan exists, and what would repair it."""

from solver.explain.explanation import Change, Explanation, Repair, explain

__all__ = ["Change", "Explanation", "Repair", "explain"]
