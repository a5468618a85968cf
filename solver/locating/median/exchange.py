"""Good choices of sites by interchange on sparse pairs: close one, open another, as long as that costs less.

What opening j gains, what closing r loses, and what j takes over from r are kept for all exchanges at once. In every
step all improving exchanges are made that concern different demand points, and only what these points contributed is
counted anew. Source: Resende and Werneck (2007), "A fast swap-based local search procedure for location problems",
Annals of Operations Research 150(1), 205-230.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Floats
from solver.locating.median.core import Core
from solver.locating.median.ledger import Ledger, broken
from solver.locating.median.window import Window
from solver.locating.terms import Terms

KICKS = (2, 4)
"""Open sites exchanged at random before a descent, at least and at most."""

NEAR = 12
"""So many of the cheapest sites of each demand point are around it."""

TOGETHER = 50
"""Sites opened at once, at most, where their number is free."""


class Exchange:
    """Interchange on one core; keeps what does not change between descents."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.window = Window(core)
        self._columns: Any = None

    def descend(self, y: NDArray[np.bool_], terms: Terms) -> tuple[NDArray[np.bool_], float]:
        """Exchange while it helps; the choice and its value, infinite if it breaks a rule or leaves somebody out."""
        return self._told(self._run(Ledger(self.window, y), terms))

    def wander(
        self, y: NDArray[np.bool_], terms: Terms, tries: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.bool_], float]:
        """Disturb a few open sites near each other, descend, and keep what is better; as often as ``tries`` says."""
        best = self._run(Ledger(self.window, y), terms)
        for _ in range(tries):
            if terms.over or not len(best.opened):
                break
            ledger = self._run(self._disturbed(best, rng), terms)
            if (ledger.broken, ledger.worth) < (best.broken, best.worth - 1e-9 * abs(best.worth)):
                best = ledger
        return self._told(best)

    def _told(self, ledger: Ledger) -> tuple[NDArray[np.bool_], float]:
        return ledger.y, self.core.value(ledger.y) if self.core.keeps(ledger.y) else np.inf

    def _disturbed(self, best: Ledger, rng: np.random.Generator) -> Ledger:
        """Some open sites exchanged for others around them."""
        ledger = best.copy()
        out, near = ledger.around(int(rng.choice(ledger.opened)), NEAR)
        near = near[~ledger.y[near]]
        some = min(int(rng.integers(KICKS[0], KICKS[1] + 1)), len(out), len(near))
        chosen = np.append(out[:1], rng.permutation(out[1:])[: max(some - 1, 0)])[:some]
        moves = list(zip(chosen.tolist(), rng.permutation(near)[:some].tolist(), strict=True))
        rows = [self._concerned(j, ledger.second) for _, j in moves] + [ledger.served_by(r) for r, _ in moves]
        if not moves:
            return ledger
        return ledger if ledger.move(moves, np.unique(np.concatenate(rows))) else Ledger(self.window, ledger.y)

    def _run(self, ledger: Ledger, terms: Terms) -> Ledger:
        fresh = True
        while not terms.over:
            before = (ledger.broken, ledger.worth)
            moves, points = self._choose(ledger)
            if not moves:
                break
            if not ledger.move(moves, points):
                ledger = Ledger(self.window, ledger.y)
            better = ledger.broken < before[0] or ledger.worth < before[1] - 1e-10 * abs(before[1])
            if not better and not ledger.short(before[0]):
                # sums that were kept up step by step may be off by rounding: once more from new ones, then never
                if fresh:
                    break
                ledger, fresh = Ledger(self.window, ledger.y), True
                continue
            fresh = False
        return ledger

    def _choose(self, ledger: Ledger) -> tuple[list[tuple[int, int]], NDArray[np.intp]]:
        """Exchanges to make at once, as (out, into) with -1 for none, and the demand points they concern."""
        core, change = self.core, ledger.changes()
        need = core.count is not None and len(ledger.opened) != core.count
        forced = need or ledger.broken > 0
        enough = np.inf if forced else -1e-9 * max(1.0, abs(ledger.worth))
        if len(core.A):
            # few exchanges are worth a look
            row, column = np.nonzero(change < enough)
            after = ledger.broken_after(row, column)
            if ledger.broken > 0:
                least = float(after.min(initial=np.inf))
                if least >= ledger.broken and not need:
                    return [], np.zeros(0, np.intp)
                bad = after > least + 1e-12 * max(1.0, least)
            else:
                bad = after > 0
            change[row[bad], column[bad]] = np.inf
        if not change.size:
            return [], np.zeros(0, np.intp)
        p = len(ledger.opened)
        row, column = np.arange(p), change[:p].argmin(axis=1)
        alone = np.argsort(change[p], kind="stable")[:TOGETHER]
        row, column = np.append(row, np.full(len(alone), p)), np.append(column, alone)
        best = change[row, column]
        touched = np.zeros(core.points, bool)
        act = core.A @ ledger.y
        moves: list[tuple[int, int]] = []
        taken: set[int] = set()
        for k in np.argsort(best, kind="stable"):
            if not best[k] < enough:
                break
            r = int(ledger.opened[row[k]]) if row[k] < p else -1
            j = int(ledger.into[column[k]]) if column[k] < len(ledger.into) else -1
            if r in taken or j in taken:
                continue
            step = (core.A[:, j] if j >= 0 else 0.0) - (core.A[:, r] if r >= 0 else 0.0)
            if moves and len(act) and broken(core, act + step) > 0:
                continue
            rows = np.concatenate([self._concerned(j, ledger.second), ledger.served_by(r)])
            if touched[rows].any():
                continue
            touched[rows] = True
            act = act + step
            taken |= {r, j} - {-1}
            moves.append((r, j))
            if forced:
                break
        return moves, np.flatnonzero(touched)

    def _concerned(self, j: int, second: Floats) -> NDArray[np.intp]:
        """Demand points for which a site is nearer than their second one."""
        if j < 0:
            return np.zeros(0, np.intp)
        core = self.core
        if self._columns is None:
            number = np.arange(len(core.at))
            self._columns = sp.csr_array((number, core.at, core.start), shape=(core.points, core.size)).tocsc()
        begin, end = self._columns.indptr[j : j + 2]
        rows = self._columns.indices[begin:end]
        found: NDArray[np.intp] = rows[core.cost[self._columns.data[begin:end]] < second[rows]]
        return found
