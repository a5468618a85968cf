"""Questions of fairness that are classic questions in other words, and so have their algorithm.

A p-median that minimises the largest way is a p-center, one that minimises the mean of the worst-off share an ordered
median. A limit on the largest way takes longer ways out of the data, nothing else.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from formulations.location.access import Access
from formulations.location.charge.facility_location import FacilityLocation
from formulations.location.median.ordered_median import OrderedMedian
from formulations.location.median.p_center import PCenter
from formulations.location.median.p_median import PMedian
from formulations.location.question import Question
from formulations.measures.fairness.largest import Largest
from formulations.measures.fairness.ordered import KWorst
from formulations.measures.fairness.tail import Tail

NEAREST = (PMedian, PCenter, OrderedMedian, FacilityLocation)
"""Questions in which everybody goes to the nearest open site, so that a way too long can simply be taken out."""


def alike(question: Question, access: Access) -> tuple[Question, Access]:
    """A classic question and data with the same plans and values; the same ones where there is none."""
    if question.classic or not isinstance(question, NEAREST):
        return question, access
    if not all(isinstance(limit.measure, Largest) for limit in question.limits):
        return question, access
    asked = _without_measure(question)
    if asked is None:
        return question, access
    longest = min((limit.at_most for limit in question.limits), default=np.inf)
    near = access.pairs.distance <= longest
    return asked, access if near.all() else replace(access, pairs=access.pairs.chosen(near))


def _without_measure(question: PMedian | PCenter | OrderedMedian | FacilityLocation) -> Question | None:
    """The question that has the measure for its own objective."""
    measure = question.objective
    if measure is None:
        return replace(question, limits=())
    if isinstance(question, FacilityLocation) or not isinstance(measure, Largest | Tail | KWorst):
        return None
    p = question.p
    rules = {name: getattr(question, name) for name in ("budget", "require", "forbid", "differ")}
    if isinstance(measure, Largest):
        return PCenter(p, **rules)
    if isinstance(measure, Tail):
        return OrderedMedian(p, share=measure.share, **rules)
    return OrderedMedian(p, worst=measure.k, **rules)
