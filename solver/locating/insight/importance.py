"""Why a site is in: what the best plan loses without it, and which site takes its place."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from formulations.location.access import Access
from formulations.location.question import Question
from formulations.location.siting import Siting
from instances.schema import InstanceError
from solver.locating.certified import signed
from solver.locating.insight.alternatives import again
from solver.locating.insight.swaps import cheap_plan
from solver.locating.located import Located
from solver.solution import Status

if TYPE_CHECKING:
    import pandas as pd

AT_ONCE = 1.0
"""Seconds that plans made at once may take in any case."""
SHARE = 3.0
"""One site may take so many times its part of the time that is left."""
SAME = 1e-6
"""An interval no wider than this share of the value is a number."""


@dataclass(frozen=True, eq=False)
class Role:
    """What one site is to a plan.

    Attributes
    ----------
    site
        Its label.
    without
        True: what is lost without it. False: it is not in the plan, and this is what is lost if it must be.
    ruled
        A rule puts it in (or out), not the objective; what is lost then may be negative.
    least, most
        What the best plan loses lies between them, in the unit of the value; infinite where there is no plan or, for
        ``most``, where none is known.
    share
        The same two as shares of the value; None if that is zero.
    status
        How the search for the best plan without (or with) it ended; None if there was no time for one: then the
        numbers come from a plan made at once by closing it.
    value, bound
        Of that search, in the sense of the question.
    instead, gone
        Labels of the sites that come in, and of the others that go out, in the best plan known without (or with) it.
    people
        How many go elsewhere then, in the unit of the weight; None without a plan.
    message
        Why there is no plan.
    """

    site: str
    without: bool
    ruled: bool
    least: float
    most: float
    share: tuple[float, float] | None
    status: Status | None
    value: float | None
    bound: float | None
    instead: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    people: float | None = None
    message: str = ""
    exact: bool = False
    """The interval is a number, proven."""

    @property
    def loss(self) -> float | None:
        """What is lost; None where only an interval is known. Infinite where there is no plan, which is proven."""
        return self.most if self.exact else None


@dataclass(frozen=True, eq=False)
class Importance:
    """The sites of a plan and what each is good for."""

    located: Located
    roles: tuple[Role, ...]

    def __len__(self) -> int:
        return len(self.roles)

    def __iter__(self) -> Iterator[Role]:
        return iter(self.roles)

    def __getitem__(self, site: str) -> Role:
        for role in self.roles:
            if role.site == site:
                return role
        raise KeyError(site)

    @property
    def table(self) -> pd.DataFrame:
        """One row for each site, by label, those that matter most first."""
        import pandas as pd

        order = sorted(self.roles, key=lambda role: (not role.without, -role.least, -role.most))
        rows = [
            {
                "without": role.without,
                "ruled": role.ruled,
                "least": role.least,
                "most": role.most,
                "least_share": math.nan if role.share is None else role.share[0],
                "most_share": math.nan if role.share is None else role.share[1],
                "exact": role.exact,
                "status": "" if role.status is None else role.status.value,
                "instead": ", ".join(role.instead),
                "gone": ", ".join(role.gone),
                "people": math.nan if role.people is None else role.people,
                "message": role.message,
            }
            for role in order
        ]
        return pd.DataFrame(rows, index=pd.Index([role.site for role in order], name="site", dtype=object))

    def sentences(self, lang: str = "en") -> list[str]:
        """One sentence for each site, in the order of the roles."""
        from solver.locating.insight.telling import tell_role

        return [tell_role(self.located, role, lang) for role in self.roles]


def importance(
    located: Located,
    *,
    sites: Iterable[str] | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
) -> Importance:
    """What the best plan loses without each chosen site, or if a site must be in that is not.

    First every site is closed at once, with the site in its place that serves its people best: a plan that bounds the
    loss from above. Then the question is asked again without it, one site after the other, as long as there is time.

    Parameters
    ----------
    sites
        Labels of the sites to look at: of those that are open, what is lost without them; of the others, what is lost
        if they must be in. All chosen sites if None.
    gap
        For each search; that of the plan there is if None.
    time_limit
        Seconds for all of it; None for no limit.

    Raises
    ------
    ValueError
        If there is no plan, or a label is unknown.
    """
    if located.siting is None or located.judgement is None:
        raise ValueError(f"There is no plan to look into: the search ended {located.status.value!r}.")
    if located.status is Status.FAILED:
        raise ValueError(f"The plan did not stand up to the check, so nothing follows from it: {located.message}")
    wanted = located.chosen if sites is None else list(dict.fromkeys(sites))
    place = {label: k for k, label in enumerate(located.access.site.labels())}
    if unknown := [label for label in wanted if label not in place]:
        raise ValueError(f"sites: no site named {', '.join(map(repr, unknown[:3]))}")
    deadline = None if time_limit is None else time.monotonic() + time_limit
    cases = [_Case(located, label, place[label]) for label in wanted]
    started = time.monotonic()
    for case in cases:
        # large data: what is made at once must leave time for the searches, and must not be endless without them
        if time_limit is None or time.monotonic() - started < max(AT_ONCE, 0.3 * time_limit):
            case.look()
    # those that may matter most come first, and a search that is given too little time proves nothing
    order = sorted(cases, key=lambda case: -math.inf if case.cheap is None else -case.cheap[0])
    for k, case in enumerate(order):
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            break
        case.ask(gap, None if left is None else left * min(1.0, SHARE / (len(order) - k)))
        if case.answer is not None and case.answer.solution.limit_hit == "interrupt":
            break
    return Importance(located, tuple(case.role() for case in cases))


class _Case:
    """One site: the question without it (or with it), a plan made at once, and the answer."""

    def __init__(self, located: Located, label: str, at: int) -> None:
        assert located.siting is not None
        self.located, self.label, self.at = located, label, at
        self.without = bool(located.siting.open[at])
        self.question, self.access, self.ruled = _changed(located.question, located.access, label, at, self.without)
        self.cheap: tuple[float, Siting] | None = None
        self.answer: Located | None = None
        self.message = ""

    def look(self) -> None:
        """The plan made at once; if the question itself cannot be put any more, there is none."""
        faults = self.question.faults(self.access)
        if faults:
            self.message = " ".join(f"{fault}." for fault in faults)
            return
        assert self.located.siting is not None
        self.cheap = cheap_plan(self.question, self.access, self.located.siting, self.at, self.without)

    def ask(self, gap: float | None, seconds: float | None) -> None:
        if self.message:
            return
        try:
            self.answer = again(self.located, self.question, self.access, gap=gap, time_limit=seconds)
        except InstanceError as error:
            self.message = " ".join(f"{fault}." for fault in error.faults)

    def role(self) -> Role:
        answer = self.answer
        status = None if answer is None else answer.status
        impossible = bool(self.message) or status is Status.INFEASIBLE
        if impossible:
            why = self.message or ("" if answer is None else answer.message)
            role = Role(self.label, self.without, self.ruled, math.inf, math.inf, None, Status.INFEASIBLE, None, None)
            return replace(role, message=why, exact=True)
        least, most = self._interval()
        first = abs(signed(self.located.question, self.located.value or 0.0))
        there = self._plan()
        role = Role(
            self.label,
            self.without,
            self.ruled,
            least,
            most,
            (least / first, most / first) if first else None,
            status,
            None if answer is None else answer.value,
            None if answer is None else answer.bound,
            exact=most - least <= SAME * max(first, abs(most)) if math.isfinite(most - least) else False,
        )
        return role if there is None else self._described(role, there)

    def _interval(self) -> tuple[float, float]:
        """What the best plan loses at least and at most; both ends hold also where searches were stopped."""
        here = self.located
        assert here.value is not None
        value, bound = signed(here.question, here.value), here.solution.bound
        best_with = value if here.solution.bound is None else here.solution.bound
        upper, lower = math.inf, -math.inf if self.ruled else 0.0
        if self.answer is not None and self.answer.status is not Status.FAILED:
            if self.answer.solution.bound is not None:
                lower = max(lower, self.answer.solution.bound - value)
            if self.answer.value is not None and bound is not None:
                upper = signed(self.question, self.answer.value) - best_with
        if self.cheap is not None and bound is not None:
            upper = min(upper, self.cheap[0] - best_with)
        # both come from rounded numbers: an interval is never inside out
        return (lower, max(lower, upper))

    def _plan(self) -> Siting | None:
        answer, cheap = self.answer, self.cheap
        if answer is None or answer.siting is None or answer.value is None:
            return None if cheap is None else cheap[1]
        better = cheap is not None and cheap[0] < signed(self.question, answer.value)
        return cheap[1] if better and cheap is not None else answer.siting

    def _described(self, role: Role, plan: Siting) -> Role:
        before = self.located.siting
        assert before is not None
        site = self.access.site
        came = np.flatnonzero(plan.open & ~before.open)
        went = np.flatnonzero(before.open & ~plan.open)
        others = [k for k in (came if not self.without else went) if k != self.at]
        instead, gone = (came, others) if self.without else (others, went)
        return replace(
            role,
            instead=tuple(site.labels(np.asarray(instead, np.intp))),
            gone=tuple(site.labels(np.asarray(gone, np.intp))),
            people=float(moved(self.access, before, plan).sum()),
        )


def moved(access: Access, before: Siting, after: Siting) -> Floats:
    """How many people of each demand point go elsewhere (or have lost or found a place), shape (n,)."""
    m = access.site.size
    code = np.concatenate([plan.demand.astype(np.int64) * m + plan.site for plan in (before, after)])
    sign = np.concatenate([before.share, -after.share])
    pair, at = np.unique(code, return_inverse=True)
    change = np.bincount(at, sign, minlength=len(pair))
    demand = (pair // m).astype(np.intp)
    # whoever leaves one site comes to another, or to none: the larger of both sides counts each person once
    away = np.bincount(demand, np.maximum(change, 0.0), minlength=access.demand.size)
    to = np.bincount(demand, np.maximum(-change, 0.0), minlength=access.demand.size)
    share = np.maximum(away, to)
    found: Floats = np.where(share > SAME, share, 0.0) * access.weight
    return found


def _changed(question: Question, access: Access, label: str, at: int, out: bool) -> tuple[Question, Access, bool]:
    """The question without a site, or with it; what a rule said about it is taken back, and whether there was one."""
    known = "candidate" if access.status is None else str(access.status[at])
    require = tuple(s for s in question.require if s != label)
    forbid = tuple(s for s in question.forbid if s != label)
    ruled = known in (("existing", "required") if out else ("forbidden",))
    ruled |= label in (question.require if out else question.forbid)
    if access.status is not None and known != "candidate":
        status: NDArray[np.str_] = access.status.copy()
        status[at] = "candidate"
        status.setflags(write=False)
        access = replace(access, status=status)
    if out:
        return replace(question, require=require, forbid=(*forbid, label)), access, ruled
    return replace(question, require=(*require, label), forbid=forbid), access, ruled
