"""Why no plan exists, and what would repair it."""

from solver.explain.explanation import Explanation, explain
from solver.explain.repair import Change, Repair
from solver.explain.rules import Rule
from solver.explain.sentences import sentences
from solver.explain.structure import Clash

__all__ = ["Change", "Clash", "Explanation", "Repair", "Rule", "explain", "sentences"]
