"""Infeasible is an answer: which rules cannot hold together, and what would repair it at least change."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from formulations.algebra.matrix import Matrix
from solver.clock import Clock, Limit
from solver.events import Event, Sink, nowhere
from solver.explain.conflict import Proof, disjoint, smallest
from solver.explain.elastic import Knob
from solver.explain.oracle import Oracle, Stopped
from solver.explain.repair import Repair, repair, row_knobs, share_knob
from solver.explain.rules import Rule, rules_of
from solver.explain.structure import Clash, clash
from solver.solution import Status

if TYPE_CHECKING:
    from instances.instance import Instance

MORE_CONFLICTS = 5
"""Further conflicts that are looked for after the smallest one."""
MORE_SHARE = 0.2
"""Share of the time left that they may take."""


@dataclass(frozen=True)
class Explanation:
    """Why no plan exists.

    Attributes
    ----------
    conflict
        Rules that cannot hold together; empty if no plan exists even without rules (``clash`` says why).
    proof
        ``smallest``: no conflict has fewer rules. ``irreducible``: none of these can be left out. ``conflict``: these
        are in conflict, but time ran out before more was known.
    divisible
        The conflict stays even if every yes-or-no decision could be taken by halves.
    more
        Further conflicts that share no rule with the first or one another, none with a rule too many.
    clash
        Rows of structure that contradict one another; None where rules are to blame.
    repairs
        The cheapest repair over all rules first, then for kinds of rules alone.
    not_alone
        Kinds of rules that cannot repair it alone, however far they are relaxed (proven).
    prices
        What 100 % of a kind of rule costs, where it is not 1.
    stopped
        ``time`` or ``interrupt`` if the explanation was cut short.
    left_running
        A solver did not stop in time: end the process with ``os._exit``.
    """

    conflict: tuple[Rule, ...]
    proof: Proof
    divisible: bool
    more: tuple[tuple[Rule, ...], ...]
    clash: Clash | None
    repairs: tuple[Repair, ...]
    not_alone: tuple[str, ...]
    prices: Mapping[str, float]
    stopped: Limit | None
    left_running: bool
    seconds: float

    @property
    def smallest(self) -> bool:
        """Proven that no conflict has fewer rules."""
        return self.proof == "smallest"

    @property
    def structural(self) -> bool:
        """No plan exists even without rules."""
        return self.clash is not None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; :func:`solver.explain.sentences` reads it."""
        from solver.explain.plain import plain

        return plain(self)

    def sentences(self, lang: str = "en", instance: Instance | None = None) -> list[str]:
        """The explanation for people, with the names of scenarios, zones and sites if the instance is given."""
        from solver.explain.sentences import sentences

        return sentences(self.to_dict(), lang, instance)


def explain(
    matrix: Matrix,
    *,
    time_limit: float = 60.0,
    prices: Mapping[str, float] | None = None,
    on_event: Sink | None = None,
) -> Explanation:
    """Explain an infeasible program in terms of its rules.

    Parameters
    ----------
    matrix
        The program found infeasible; rows declared with ``Program.require`` are its rules.
    time_limit
        Seconds for the whole explanation: at most half for the conflict, the rest for repairs. When it ends, or at
        Ctrl-C, the best known is returned and says so.
    prices
        What relaxing a kind of rule (by row block) by 100 % costs; 1 where nothing is said.

    Raises
    ------
    ValueError
        If all rules can hold together, or a price is not a positive number or of an unknown kind.
    """
    rules = rules_of(matrix)
    given = dict(prices or {})
    known = {rule.name for rule in rules}
    faults = [f"{k}: no rule of that name" for k in given if k not in known]
    faults += [f"{k}: a price of {v} is not a positive number" for k, v in given.items() if not 0 < v < float("inf")]
    if faults:
        raise ValueError(f"prices: {'; '.join(faults)}. Rules are: {', '.join(sorted(known)) or 'none'}.")
    return _Search(matrix, rules, time_limit, given, on_event or nowhere).run()


@dataclass
class _Search:
    """One explanation from beginning to end."""

    matrix: Matrix
    rules: list[Rule]
    time_limit: float
    prices: dict[str, float]
    sink: Sink

    def run(self) -> Explanation:
        self.began = time.monotonic()
        self.deadline = self.began + self.time_limit
        self.stopped: Limit | None = None
        self.left_running = False
        self.more: list[list[int]] = []
        self.not_alone: list[str] = []
        conflict, proof, divisible = self._conflict()
        found = None
        if not conflict:
            found, stop = clash(self.matrix, self._clock(), relaxed=divisible)
            self._note(stop)
        repairs = [] if found is not None else self._repairs([self.rules[k].name for k in conflict])
        return Explanation(
            tuple(self.rules[k] for k in conflict),
            proof,
            divisible,
            tuple(tuple(self.rules[k] for k in group) for group in self.more),
            found,
            tuple(repairs),
            tuple(self.not_alone),
            self.prices,
            self.stopped,
            self.left_running,
            time.monotonic() - self.began,
        )

    def _clock(self, share: float = 1.0) -> Clock:
        return Clock(max(0.0, self.deadline - time.monotonic()) * share)

    def _note(self, stop: Stopped | None) -> None:
        if stop is not None:
            self.left_running |= stop.left_running
            if self.stopped != "interrupt":
                self.stopped = stop.limit

    def _tell(self, message: str, done: float | None = None, total: float | None = None) -> None:
        self.sink(Event("explain", done, total, elapsed=time.monotonic() - self.began, message=message))

    # -- conflict ------------------------------------------------------------------------------------------------

    def _conflict(self) -> tuple[list[int], Proof, bool]:
        """A conflict, how good it is, and whether it stays when whole numbers may be divided."""
        everything = list(range(len(self.rules)))
        self._tell("conflict")
        clock = self._clock(0.5)
        loose = Oracle(self.matrix, self.rules, clock, relaxed=True)
        try:
            if not loose.possible([]):
                return [], "smallest", True
            divisible = not loose.possible(everything)
        except Stopped as stopped:
            self._note(stopped)
            return everything, "conflict", False
        first: list[int] = everything
        proof: Proof = "conflict"
        if divisible:
            first, proof, stop = smallest(loose, everything, self._progress())
            self._note(stop)
        if self.matrix.integer.any() and self.stopped is None:
            first, proof = self._of_whole_numbers(loose, first, divisible, clock)
            divisible = divisible and (first != [] and not self._asked(loose, first))
        elif self.matrix.integer.any():
            proof = "conflict"
        elif not divisible:
            raise self._nothing()
        if divisible and self.stopped is None:
            loose.give(self._clock(MORE_SHARE))
            self.more = disjoint(loose, first, MORE_CONFLICTS)
        return first, proof, divisible

    def _of_whole_numbers(
        self, loose: Oracle, first: list[int], divisible: bool, clock: Clock
    ) -> tuple[list[int], Proof]:
        """Whole numbers may allow a smaller conflict than the one that divided ones have."""
        whole = Oracle(self.matrix, self.rules, clock, relaxed=False)
        whole.known |= {group: False for group, held in loose.known.items() if not held}
        if not divisible:
            try:
                if whole.possible(first):
                    raise self._nothing()
            except Stopped as stopped:
                self._note(stopped)
                return first, "conflict"
        found, proof, stop = smallest(whole, first, self._progress())
        self._note(stop)
        return found, proof

    def _asked(self, loose: Oracle, chosen: list[int]) -> bool:
        try:
            return loose.possible(chosen)
        except Stopped as stopped:
            self._note(stopped)
            return True

    def _nothing(self) -> ValueError:
        return ValueError(f"{self.matrix.name}: all rules can hold together; there is nothing to explain.")

    def _progress(self) -> Callable[[int, int], None]:
        def tell(least: int, most: int) -> None:
            self._tell("conflict", least, most)

        return tell

    # -- repairs -------------------------------------------------------------------------------------------------

    def _repairs(self, blamed: Sequence[str]) -> list[Repair]:
        """Row by row over all rules; one number for each promise over all rules; the same for kinds alone."""
        kinds: dict[str, list[Rule]] = {}
        for rule in self.rules:
            kinds.setdefault(rule.name, []).append(rule)
        whole = {kind: share_knob(mine, self.prices) for kind, mine in kinds.items()}
        rows = {kind: row_knobs(mine, self.prices) for kind, mine in kinds.items()}
        best = self._repair("", [knob for mine in rows.values() for knob in mine])
        found = [] if best is None else [best]
        if best is not None and len(best.kinds) > 1 and any(whole[kind] for kind in best.kinds):
            found += self._listed("", [k for kind in kinds for k in ([whole[kind]] if whole[kind] else rows[kind])])
        names = [*blamed, *(self.rules[k].name for group in self.more for k in group), *(best.kinds if best else ())]
        for kind in dict.fromkeys(names):
            knob = whole[kind]
            alone = None if best is not None and best.kinds == (kind,) else self._repair(kind, rows[kind])
            if kind in self.not_alone:
                continue
            if knob is not None and len(kinds[kind]) > 1:
                found += self._listed(kind, [knob])
            found += [alone] if alone is not None else []
        said = {tuple((change.rule, change.to) for change in repair.changes): repair for repair in reversed(found)}
        return [repair for repair in found if any(repair is other for other in said.values())]

    def _listed(self, kind: str, knobs: Sequence[Knob | None]) -> list[Repair]:
        made = self._repair(kind, [knob for knob in knobs if knob is not None])
        return [made] if made is not None else []

    def _repair(self, kind: str, knobs: list[Knob]) -> Repair | None:
        left = self.deadline - time.monotonic()
        if left <= 0.05 or self.stopped == "interrupt":
            self.stopped = self.stopped or "time"
            return None
        self._tell(f"repair {kind}".strip())
        made, answer = repair(self.matrix, knobs, max(0.05, 0.5 * left))
        self.left_running |= answer.left_running
        if answer.limit_hit is not None:
            self.stopped = answer.limit_hit
        if kind and answer.status is Status.INFEASIBLE and kind not in self.not_alone:
            self.not_alone.append(kind)
        return made
