"""Whether everybody can be taken by sites within some length of them: asked of a relaxation, proven by a small tree.

    minimise sum_i lost_i     over  sum_j share_ij + lost_i = 1,  share_ij <= open_j,  room, rules about sites

A length at which the least is above zero is too short. The bound that says so is counted by us from row duals.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.assigned import add_assigned
from formulations.location.rules import SiteRules, add_rules
from solver.clock import Clock
from solver.locating.charge.bounding import Relaxed
from solver.locating.charge.pricing import Box, Priced
from solver.locating.charge.rationed import Rationed
from solver.locating.charge.tree import parts_of
from solver.locating.terms import Terms

NOTICED = 1e-9
"""A bound beyond this says that somebody is left out."""


def everybody_or_lost(access: Access, rules: SiteRules, undivided: bool) -> Matrix:
    """The program above, over all pairs."""
    program = Program("who is left out")
    opened = program.binary("open", access.site)
    add_rules(program, access, rules, opened)
    assigned = add_assigned(program, access, opened, undivided=undivided, everybody=False)
    served = assigned.share.sum_by(assigned.pair["demand"])
    lost = program.variable("lost", access.demand, upper=1.0)
    program.subject_to(all_or_lost=(served + lost >= 1).where(access.weight > 0))
    program.minimize(lost=lost.sum())
    return program.matrix()


class Reach:
    """The relaxation, kept warm from length to length."""

    def __init__(self, access: Access, rules: SiteRules, undivided: bool, terms: Terms) -> None:
        self.problem = Rationed.of(access, rules, np.zeros(access.site.size), undivided)
        self.matrix = everybody_or_lost(access, rules, undivided)
        self.distance = access.distance[self.problem.who]
        self.relaxed = Relaxed(self.matrix, "lost", self.problem, terms)
        self.terms = terms

    def box(self, length: float) -> Box:
        """All plans in which nobody goes farther than ``length``."""
        whole = Box.whole(self.problem)
        return Box(whole.low, whole.high, whole.allowed & (self.distance <= length))

    def asked(self, length: float) -> Priced:
        """The relaxation at a length; its bound is above :data:`NOTICED` if the length is too short for certain."""
        return self.relaxed.start(self.box(length), np.inf)

    def too_short(self, length: float, clock: Clock, nodes: int) -> tuple[bool, int]:
        """Whether a tree proves a length too short, and how many parts it looked at; False says nothing."""
        box = self.box(length)
        stack = [(box, self.relaxed.start(box, np.inf))]
        seen = 1
        while stack:
            part, priced = stack.pop()
            if priced.bound > NOTICED:
                continue
            children = list(parts_of(part, priced, self.problem.undivided))
            if not children or seen >= nodes or self.terms.over or clock.left == 0.0:
                return False, seen
            for child in children:
                stack.append((child, self.relaxed.bound(child, priced, np.inf, np.inf)))
                seen += 1
        return True, seen


def shares_within(matrix: Matrix, distance: Floats, length: float, upper: Floats) -> Floats:
    """Upper bounds of columns with the pairs farther than ``length`` taken out; ``distance`` is that of each pair."""
    high = upper.copy()
    span = matrix.columns["share"].span
    near: NDArray[np.bool_] = distance <= length
    high[span] = np.where(near, high[span], 0.0)
    return high
