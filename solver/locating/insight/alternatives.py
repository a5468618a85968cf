"""Other plans that are nearly as good: what else there is within a stated loss, and whether that is all."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from formulations.location.rules import Differ
from solver.locating.certified import signed
from solver.locating.located import Located
from solver.solution import Status

if TYPE_CHECKING:
    import pandas as pd

Ended = Literal["count", "time", "interrupt", "gap", "failed"]

SAME = 1e-9
"""Values that differ by no more than this share of them are the same."""


@dataclass(frozen=True, eq=False)
class Alternative:
    """One other plan.

    Attributes
    ----------
    located
        The plan, with its own status, bound and certificate: the best of those that differ from all plans before it.
    loss
        How much worse it is than the first plan, as a share of the value of that; negative if it is better, None if
        that value is zero and this one is not.
    out, into
        Labels of the sites chosen in the first plan and not here, and the other way round.
    """

    located: Located
    loss: float | None
    out: tuple[str, ...]
    into: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Alternatives:
    """Other plans in the order in which they were found; when all are proven that is from the best to the worst.

    Attributes
    ----------
    best
        The plan that they are compared with.
    loss, differ
        What was asked: how much worse as a share of the value, and how many of the chosen sites are given up.
    found
        The plans.
    complete
        Every further plan that gives up ``differ`` sites of each of these is proven to lose more, or there is none.
    ended
        Why the search ended before that: ``count``, ``time``, ``interrupt``, ``gap`` (the last plan found loses more,
        but its bound does not say that all others do) or ``failed``; None if complete.
    """

    best: Located
    loss: float
    differ: int
    found: tuple[Alternative, ...]
    complete: bool
    ended: Ended | None

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[Alternative]:
        return iter(self.found)

    def __getitem__(self, k: int) -> Alternative:
        return self.found[k]

    @property
    def table(self) -> pd.DataFrame:
        """One row for each plan, the first one at the top: status, value, bound, loss, sites given up and taken in."""
        import pandas as pd

        rows: list[dict[str, Any]] = [_row(self.best, 0.0, (), ())]
        rows += [_row(other.located, other.loss, other.out, other.into) for other in self.found]
        return pd.DataFrame(rows, index=pd.RangeIndex(len(rows), name="plan"))

    def sentences(self, lang: str = "en") -> list[str]:
        """What there is, plan by plan, and whether that is all."""
        from solver.locating.insight.telling import tell_alternatives

        return tell_alternatives(self, lang)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "loss": self.loss,
            "differ": self.differ,
            "complete": self.complete,
            "ended": self.ended,
            "plans": [
                {"loss": a.loss, "out": list(a.out), "into": list(a.into), **a.located.to_dict()} for a in self.found
            ],
        }


def alternatives(
    located: Located,
    *,
    loss: float = 0.05,
    count: int = 5,
    differ: int = 1,
    gap: float | None = None,
    time_limit: float | None = None,
) -> Alternatives:
    """Further plans that are at most so much worse, each a different one.

    The question is asked again with a rule that the answer gives up some of the sites of every plan there is (adding
    a site to a plan does not make it another one). Each answer is the best plan that is left, so the list is complete
    once the next answer is proven to lose too much.

    Parameters
    ----------
    loss
        A share: with 0.05 a plan may be worse by 5 % of the value of the plan there is.
    count
        Plans to find at most.
    differ
        How many of the chosen sites of each plan before it a plan gives up at least.
    gap
        For each search; that of the plan there is if None.
    time_limit
        Seconds for all of it; None for no limit.

    Raises
    ------
    ValueError
        If there is no plan to compare with, or anything asked for cannot be meant.
    """
    _refuse(located, loss, count, differ)
    first = signed(located.question, _worth(located))
    limit = first + loss * abs(first) + SAME * abs(first)
    deadline = None if time_limit is None else time.monotonic() + time_limit
    entries = [Differ(tuple(located.chosen), differ)]
    found: list[Alternative] = []
    while True:
        if len(found) >= count:
            return Alternatives(located, loss, differ, tuple(found), False, "count")
        if any(len(entry.sites) < differ for entry in entries):
            # a plan that chose so few sites cannot give up more
            return Alternatives(located, loss, differ, tuple(found), True, None)
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return Alternatives(located, loss, differ, tuple(found), False, "time")
        question = replace(located.question, differ=(*located.question.differ, *entries))
        answer = again(located, question, located.access, gap=gap, time_limit=left)
        done, ended = _end(answer, limit)
        value = None if answer.value is None else signed(question, answer.value)
        if done is False and value is not None and value <= limit and answer.status is not Status.FAILED:
            found.append(_alternative(located, answer, first))
            entries.append(Differ(tuple(answer.chosen), differ))
        if done or ended is not None:
            return Alternatives(located, loss, differ, tuple(found), done, None if done else ended)


def again(
    located: Located, question: Any, access: Any, *, gap: float | None = None, time_limit: float | None = None
) -> Located:
    """Ask another question in the way in which one was asked before."""
    from solver.locating.locate import locate

    solution = located.solution
    before = dict(solution.options)
    return locate(
        question,
        access,
        gap=float(before.get("gap") or 0.0) if gap is None else gap,
        time_limit=time_limit,
        seed=solution.seed,
        threads=int(before.get("threads") or 1),
        method="program" if located.method.startswith("program") else "auto",
        backend="highs" if solution.backend == "refugia" else solution.backend,
        start=located.open_sites,
        explain=False,
    )


def _end(answer: Located, limit: float) -> tuple[bool, Ended | None]:
    """Whether an answer ends the list for certain, or else why it ends it."""
    if answer.status is Status.INFEASIBLE:
        return True, None
    if answer.status is Status.FAILED:
        return False, "failed"
    bound = answer.solution.bound
    if bound is not None and bound > limit:
        return True, None
    if answer.solution.limit_hit is not None:
        return False, answer.solution.limit_hit
    if answer.value is None or signed(answer.question, answer.value) > limit:
        return False, "gap"
    return False, None


def _alternative(best: Located, other: Located, first: float) -> Alternative:
    worse = signed(other.question, _worth(other)) - first
    share = worse / abs(first) if first else 0.0 if worse == 0 else None
    had, has = set(best.chosen), set(other.chosen)
    out = tuple(label for label in best.chosen if label not in has)
    return Alternative(other, share, out, tuple(label for label in other.chosen if label not in had))


def _worth(located: Located) -> float:
    if located.value is None:
        raise ValueError(f"There is no plan to compare with: the search ended {located.status.value!r}.")
    return located.value


def _refuse(located: Located, loss: float, count: int, differ: int) -> None:
    _worth(located)
    faults = []
    if not (loss >= 0 and math.isfinite(loss)):
        faults.append(f"loss: {loss!r}, expected a share from 0 up")
    given: dict[str, object] = {"count": count, "differ": differ}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            faults.append(f"{name}: {value!r}, expected a whole number from 1 up")
    if faults:
        raise ValueError("; ".join(faults))


def _row(located: Located, loss: float | None, out: tuple[str, ...], into: tuple[str, ...]) -> dict[str, Any]:
    return {
        "status": located.status.value,
        "value": located.value,
        "bound": located.bound,
        "gap": located.gap,
        "loss": math.nan if loss is None else loss,
        "out": ", ".join(out),
        "into": ", ".join(into),
    }
