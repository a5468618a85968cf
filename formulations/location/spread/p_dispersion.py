"""p-dispersion: choose p sites so that the two nearest to each other are as far apart as can be.

    open_j       site j is open                                                   binary
    apart_k      all pairs that count are at least D_k apart                      binary, D_1 < ... < D_K

    separation   D_0 + sum_k (D_k - D_{k-1}) apart_k, to be large; in the program its negative

    count        sum_j open_j = p                                                 existing sites not counted
    farther      apart_k <= apart_{k-1}
    clash        open_j + open_l + apart_k <= 2      every pair j, l whose distance is D_{k-1}, the one just below D_k

D_0 < ... < D_K are the distances that pairs of sites have. Existing sites stay: new sites keep away from each other and
from them (conditional dispersion, for instance around hazardous stock that is there already); how near two existing
sites are to each other cannot be changed and does not count. Sources: Kuby (1987), Geographical Analysis 19(4),
315-329, DOI 10.1111/j.1538-4632.1987.tb00133.x, for the question; Sayah and Irnich (2017), European Journal of
Operational Research 256(1), 62-67, DOI 10.1016/j.ejor.2016.06.036, for the rows; Cherkesly and Contardo (2021), Journal
of Global Optimization 81, 23-83, for the conditional question (there the constant distances between existing sites
count too).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.aims import judged
from formulations.location.judgement import Judgement
from formulations.location.siting import Siting
from formulations.location.spread.spreads import SpreadsSites
from instances.index import Index


@dataclass(frozen=True)
class PDispersion(SpreadsSites):
    """The question; for ``p`` see :class:`~formulations.location.question.ChoosesSites`.

    Two sites are open at least, the existing ones among them.
    """

    title: ClassVar[str] = "p-dispersion"
    aim: ClassVar[str] = "separation"

    def faults(self, access: Access) -> list[str]:
        """See :meth:`Question.faults`; distances between sites must be known."""
        found = super().faults(access)
        if access.between is None:
            found.append(
                "between: the data say nothing about distances between sites; give between, or Access.of_sites"
            )
        elif (endless := ~np.isfinite(access.between)).any():
            i, j = (access.site.label(int(k)) for k in np.argwhere(endless)[0])
            found.append(f"between: {int(endless.sum())} infinite, first from {i} to {j}; give a large number instead")
        if self.p == 1 and not access.is_status("existing").any():
            found.append("p: 1, and no site exists: two sites are needed to be apart")
        return found

    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """See :meth:`Question.model`."""
        rules = self.rules(access)
        j, l, near = pairs_that_count(access, rules.kept, rules.upper > 0)
        lengths, at = np.unique(near, return_inverse=True)
        step = Index.numbered("step", len(lengths) - 1)
        if step.size:
            apart = program.binary("apart", step, doc="All pairs that count are at least this far apart.")
            below = np.flatnonzero(at < step.size)
            clash = Index.tuples(
                "clash", step=(step, at[below]), one=(access.site, j[below]), other=(access.site, l[below])
            )
            program.subject_to(
                clash=opened.at(clash["one"]) + opened.at(clash["other"]) + apart.at(clash["step"]) <= 2,
            )
            program.describe("clash", doc="Not both of two sites that are nearer than this.")
            later = Index.tuples("later", step=(step, np.arange(1, step.size)), before=(step, np.arange(step.size - 1)))
            if later.size:
                program.subject_to(farther=apart.at(later["step"]) <= apart.at(later["before"]))
                program.describe("farther", doc="What is this far apart is less far apart too.")
            aim = -lengths[0] - (np.diff(lengths) * apart).sum()
        else:
            aim = program.constant(-lengths[0])
        program.objective(self.aim, aim, unit=access.unit, doc="Distance of the nearest two sites, negative.")

    def siting(self, access: Access, matrix: object, x: Floats) -> Siting:
        """See :meth:`Question.siting`; nobody goes anywhere."""
        return standing(x[: access.site.size] > 0.5)

    def judge(self, access: Access, siting: Siting) -> Judgement:
        """See :meth:`Question.judge`."""
        value = separation(access, self.rules(access).kept, siting.open)
        return judged(self, access, siting, value, np.zeros(access.demand.size))


def pairs_that_count(
    access: Access, kept: NDArray[np.bool_], may_open: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Pairs of sites that may both be open, not both of them existing: positions, first below second, and distance."""
    assert access.between is not None, "faults() says so"
    both = np.triu(may_open[:, None] & may_open[None, :] & ~(kept[:, None] & kept[None, :]), 1)
    j, l = np.nonzero(both)
    return j, l, access.between[j, l]


def separation(access: Access, kept: NDArray[np.bool_], opened: NDArray[np.bool_]) -> float:
    """Distance of the nearest two open sites, not both existing; infinite where there are no two."""
    _, _, near = pairs_that_count(access, kept, opened)
    return float(near.min(initial=np.inf))


def standing(opened: NDArray[np.bool_]) -> Siting:
    """A plan in which nobody goes anywhere."""
    none = np.empty(0, np.intp)
    return Siting(np.asarray(opened, bool), none, none, np.empty(0))
