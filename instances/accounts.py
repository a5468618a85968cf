"""Bookkeeping while an instance is built: what came in, what was kept, and what was dropped and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from instances.index import Index
from instances.schema import Part, datum

OUTCOMES = ("read", "kept", "merged", "dropped")
EXAMPLES = 5


@dataclass(frozen=True, eq=False)
class Accounts(Part):
    """What became of every feature of every layer: in each step, features read = kept + merged + dropped."""

    entry: Index
    step: np.ndarray = datum("entry", unit="", doc="Step of the build.", dtype=str)
    layer: np.ndarray = datum("entry", unit="", doc="Layer, or what a step made of layers.", dtype=str)
    outcome: np.ndarray = datum("entry", unit="", doc="read, kept, merged or dropped.", dtype=str)
    reason: np.ndarray = datum("entry", unit="", doc="Why, for merged and dropped.", dtype=str)
    features: np.ndarray = datum("entry", unit="1", doc="How many features.")
    amount: np.ndarray = datum("entry", unit="as unit says", doc="What they carry, such as people.")
    unit: np.ndarray = datum("entry", unit="", doc="Unit of the amount, empty for none.", dtype=str)
    examples: np.ndarray = datum("entry", unit="", doc="The first features concerned, by id.", dtype=str)

    def extra_faults(self) -> list[str]:
        unknown = sorted(set(self.outcome.tolist()) - set(OUTCOMES))
        if unknown:
            return [f"outcome: unknown values {unknown}; use one of {', '.join(OUTCOMES)}"]
        faults = []
        sign = np.where(self.outcome == "read", 1.0, -1.0)
        for step, layer in dict.fromkeys(zip(self.step.tolist(), self.layer.tolist(), strict=True)):
            here = (self.step == step) & (self.layer == layer)
            for what, values in (("features", self.features), ("amount", self.amount)):
                left = float(sign[here] @ values[here])
                if abs(left) > 1e-6 * max(1.0, float(values[here].max())):
                    faults.append(f"{step}, {layer}: {what} do not add up, {left:g} are unaccounted for")
        return faults


@dataclass
class Ledger:
    """Filled in by one step of the build.

    Every layer that a step takes features from is opened with :meth:`read`; what does not go on is booked with
    :meth:`drop` or :meth:`merge`, and the rest counts as kept. Texts for people go to :meth:`note` (what happened),
    :meth:`assume` (what was chosen without a source), :meth:`cite` (where a figure comes from) and :meth:`warn`.
    """

    step: str
    rows: list[tuple[str, str, str, float, float, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def read(self, layer: str, features: int, amount: float = 0.0, unit: str = "") -> None:
        """Features that come in, and what they carry."""
        self._book(layer, "read", "", features, amount, unit, ())

    def drop(self, layer: str, reason: str, ids: Sequence[object], amount: float = 0.0, unit: str = "") -> None:
        """Features that do not go on; nothing is booked for none."""
        if len(ids):
            self._book(layer, "dropped", reason, len(ids), amount, unit, ids)

    def merge(self, layer: str, reason: str, ids: Sequence[object], amount: float = 0.0, unit: str = "") -> None:
        """Features that go on as part of another one."""
        if len(ids):
            self._book(layer, "merged", reason, len(ids), amount, unit, ids)

    def leave(self, layer: str, reason: str, ids: Sequence[object], amount: float, unit: str) -> None:
        """What features that go on leave behind, such as the people of a county outside the city."""
        if len(ids):
            self._book(layer, "dropped", reason, 0, amount, unit, ids)

    def note(self, text: str) -> None:
        """What happened, one sentence with counts."""
        self.notes.append(text)

    def assume(self, *texts: str) -> None:
        """Choices without a source."""
        self.assumptions += texts

    def cite(self, *texts: str) -> None:
        """Sources of data and figures."""
        self.sources += texts

    def warn(self, text: str) -> None:
        """What a plan may suffer from: where, what, what to do."""
        self.warnings.append(text)

    def _book(
        self, layer: str, outcome: str, reason: str, features: int, amount: float, unit: str, ids: Sequence[object]
    ) -> None:
        more = ", ..." if len(ids) > EXAMPLES else ""
        examples = ", ".join(str(i) for i in list(ids)[:EXAMPLES]) + more
        self.rows.append((layer, outcome, reason, float(features), float(amount), unit, examples))


def accounts(ledgers: Iterable[Ledger]) -> Accounts:
    """The books of all steps, with what was kept as the balance of each layer."""
    rows: list[tuple[Any, ...]] = []
    for ledger in ledgers:
        for layer in dict.fromkeys(row[0] for row in ledger.rows):
            mine = [row for row in ledger.rows if row[0] == layer]
            rows += [(ledger.step, *row) for row in mine]
            sign = [1.0 if row[1] == "read" else -1.0 for row in mine]
            left = sum(s * row[3] for s, row in zip(sign, mine, strict=True))
            worth = sum(s * row[4] for s, row in zip(sign, mine, strict=True))
            carried = next((row[5] for row in mine if row[5]), "")
            rows.append((ledger.step, layer, "kept", "", left, _whole(worth), carried, ""))
    texts = [np.array([row[k] for row in rows], np.str_) for k in (0, 1, 2, 3, 6, 7)]
    features, amounts = (np.array([row[k] for row in rows], float) for k in (4, 5))
    entry = Index.named("entry", range(1, len(rows) + 1))
    names = "step", "layer", "outcome", "reason", "unit", "examples"
    return Accounts(entry, features=features, amount=amounts, **dict(zip(names, texts, strict=True)))


def _whole(amount: float) -> float:
    """A balance of sums: what is left of rounding is not an amount."""
    return 0.0 if abs(amount) < 1e-6 else amount
