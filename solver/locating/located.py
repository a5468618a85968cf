"""The answer to a question of location: a plan, how good it is for certain, and tables of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from formulations.location.access import Access
from formulations.location.judgement import Judgement
from formulations.location.question import Question
from formulations.location.siting import Siting
from solver.certificate import Certificate
from solver.solution import Solution, Status

if TYPE_CHECKING:
    import os
    from pathlib import Path

    import pandas as pd

    from solver.locating.insight.alternatives import Alternatives
    from solver.locating.insight.importance import Importance


@dataclass(frozen=True, eq=False)
class Located:
    """What :func:`solver.locating.locate.locate` returns.

    Attributes
    ----------
    question, access
        What was asked, of which data.
    solution
        Status, value, bound, gap, certificate, seconds, versions. There everything is minimised.
    siting, judgement
        The plan, and what it is worth counted from the data; None without a plan.
    method
        How it was found, in a few words.
    work
        Counts worth telling: sites fixed, cuts, nodes, ...
    """

    question: Question
    access: Access
    solution: Solution
    siting: Siting | None
    judgement: Judgement | None
    method: str
    work: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """How the search ended, in our own words."""
        return self.solution.status

    @property
    def value(self) -> float | None:
        """What the plan is worth, in the sense of the question."""
        return None if self.judgement is None else self.judgement.value

    @property
    def bound(self) -> float | None:
        """No plan is better than this, in the sense of the question."""
        return None if self.solution.bound is None else self._natural(self.solution.bound)

    @property
    def verified_bound(self) -> float | None:
        """The same, computed by us without trust in a solver; None without one."""
        certificate = self.certificate
        lowest = None if certificate is None else certificate.verified_bound
        return None if lowest is None else self._natural(lowest)

    @property
    def gap(self) -> float | None:
        """Share of the value by which a better plan could be better at most."""
        return self.solution.gap

    @property
    def certificate(self) -> Certificate | None:
        """What was checked; None without a plan."""
        return self.solution.certificate

    @property
    def good(self) -> bool:
        """There is a plan, it was checked, and it is proven within the gap asked for."""
        return self.solution.good

    @property
    def message(self) -> str:
        """Why it failed or cannot be, or a remark; "" if there is nothing to say."""
        return self.solution.message

    @property
    def open_sites(self) -> list[str]:
        """Labels of the open sites, the existing ones among them; none without a plan."""
        if self.siting is None:
            return []
        return self.access.site.labels(np.flatnonzero(self.siting.open))

    @property
    def chosen(self) -> list[str]:
        """Labels of the sites that were chosen: open, and not existing before."""
        if self.siting is None:
            return []
        return self.access.site.labels(np.flatnonzero(self.siting.open & ~self.access.is_status("existing")))

    @property
    def sites(self) -> pd.DataFrame:
        """One row for each site: whether it is open, and whom it serves; with geometry if the data had one."""
        from solver.locating.tables import site_table

        return site_table(self)

    @property
    def demand(self) -> pd.DataFrame:
        """One row for each demand point: where its people go and how far; with geometry if the data had one."""
        from solver.locating.tables import demand_table

        return demand_table(self)

    def summary(self, lang: str = "en") -> str:
        """How the search ended, value, bound and sites in a few lines, in English or Chinese (``zh``)."""
        from solver.locating.insight.telling import summary

        return summary(self, lang)

    def alternatives(self, **terms: Any) -> Alternatives:
        """Other plans at a stated loss; see :func:`solver.locating.insight.alternatives.alternatives`."""
        from solver.locating.insight.alternatives import alternatives

        return alternatives(self, **terms)

    def importance(self, **terms: Any) -> Importance:
        """Why each site is in; see :func:`solver.locating.insight.importance.importance`."""
        from solver.locating.insight.importance import importance

        return importance(self, **terms)

    @property
    def trips(self) -> pd.DataFrame:
        """Who goes where: one row for each demand point and site, with lines if the data had geometry."""
        from solver.locating.tables import trip_table

        return trip_table(self)

    def write(self, path: str | os.PathLike[str], *, overwrite: bool = False, lang: str = "en") -> list[Path]:
        """Write record, tables and a GeoPackage to a folder; see :func:`solver.locating.layers.write`."""
        from solver.locating.layers import write

        return write(self, path, overwrite=overwrite, lang=lang)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "question": self.question.title,
            "sense": self.question.sense,
            "status": self.status.value,
            "value": self.value,
            "bound": self.bound,
            "verified_bound": self.verified_bound,
            "gap": self.gap,
            "open": self.open_sites,
            "chosen": self.chosen,
            "objectives": {} if self.judgement is None else dict(self.judgement.objectives),
            "method": self.method,
            "work": dict(self.work),
            "message": self.message,
            "solution": self.solution.to_dict(),
        }

    def _natural(self, minimised: float) -> float:
        return minimised if self.question.sense == "min" or self.question.objective is not None else -minimised
