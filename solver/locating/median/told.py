"""What a search over the sites left reports, passed on as plans over all sites."""

from __future__ import annotations

from dataclasses import replace

from formulations.algebra.elements import Floats
from solver.locating.median.core import Core
from solver.locating.terms import Terms
from solver.record import Record


class PassedOn(Record):
    """A record that fills in the sites decided before and hands everything to another one."""

    def __init__(self, core: Core, terms: Terms) -> None:
        super().__init__(terms.clock)
        self._core, self._terms = core, terms

    def plan(self, value: float, x: Floats) -> None:
        super().plan(value, x)
        self._terms.record.plan(value, self._core.whole(x > 0.5).astype(float))

    def bounded(self, bound: float) -> None:
        super().bounded(bound)
        best = self._terms.record.best
        self._terms.record.bounded(bound if best is None else min(bound, best[0]))


def terms_for(core: Core, terms: Terms) -> Terms:
    """The same terms for a search over the sites left."""
    inner = replace(terms, start=())
    inner.record = PassedOn(core, terms)
    return inner
