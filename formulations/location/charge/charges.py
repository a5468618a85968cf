"""What a plan costs: opening its sites, and the ways to them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.aims import judged_aims
from formulations.location.judgement import Checked, Judgement
from formulations.location.question import Question
from formulations.location.rules import SiteRules
from formulations.location.siting import Siting


def opening(access: Access, rules: SiteRules) -> Floats:
    """What each site costs if it is open, shape (m,): nothing where it exists already."""
    assert access.cost is not None
    return np.where(rules.kept, 0.0, access.cost)


def judged_charges(
    question: Question, access: Access, rules: SiteRules, siting: Siting, checks: Iterable[Checked]
) -> Judgement:
    """The verdict on a plan whose own objective is the cost of its sites and of its ways.

    ``opening`` and ``travel`` are reported beside their sum.
    """
    burden = siting.burden(access)
    travel = float(access.weight[access.served] @ burden[access.served])
    spent = float(opening(access, rules)[siting.open].sum())
    value, objectives, limits = judged_aims(question, access, spent + travel, burden)
    return Judgement(value, {**objectives, "opening": spent, "travel": travel}, burden, (*checks, *limits))
