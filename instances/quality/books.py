"""What became of every feature of every layer, and whether what they carry went with them."""

from __future__ import annotations

import numpy as np

from instances.accounts import OUTCOMES, Accounts
from instances.instance import Instance
from instances.quality.section import Section, some

Found = tuple[list[Section], list[str]]


def books(instance: Instance) -> Found:
    """Totals by step and layer, and every reason with its examples."""
    kept = instance.accounts
    if kept is None:
        return [], []
    totals = _totals(kept)
    columns = [("step", ""), ("layer", ""), *((what, "features") for what in OUTCOMES)]
    columns += [("unit", ""), *((f"{what} amount", "as unit says") for what in OUTCOMES)]
    reasons = [
        row
        for row in zip(
            kept.step, kept.layer, kept.outcome, kept.reason, kept.features, kept.amount, kept.unit, kept.examples,
            strict=True,
        )
        if row[2] in ("merged", "dropped")
    ]  # fmt: skip
    tables = [Section.of("books", "What became of every feature", columns, totals)]
    if reasons:
        heads = ("step", ""), ("layer", ""), ("outcome", ""), ("reason", ""), ("features", "1")
        more = ("amount", "as unit says"), ("unit", ""), ("examples", "")
        tables.append(Section.of("reasons", "What did not go on, and why", [*heads, *more], reasons))
    return tables, _lost_people(kept)


def _totals(kept: Accounts) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for step, layer in dict.fromkeys(zip(kept.step.tolist(), kept.layer.tolist(), strict=True)):
        here = (kept.step == step) & (kept.layer == layer)
        at = [here & (kept.outcome == what) for what in OUTCOMES]
        unit = next((u for u in kept.unit[here].tolist() if u), "")
        amounts = [kept.amount[a].sum() if unit else None for a in at]
        rows.append((step, layer, *(kept.features[a].sum() for a in at), unit, *amounts))
    return rows


def _lost_people(kept: Accounts) -> list[str]:
    """Nobody may go missing without a word."""
    lost = (kept.outcome == "dropped") & (kept.unit == "people") & (kept.amount >= 0.5)
    if not lost.any():
        return []
    at = np.flatnonzero(lost)[np.argsort(-kept.amount[lost], kind="stable")]
    worst = [f"{kept.amount[k]:,.0f} of {kept.layer[k]}: {kept.reason[k]}" for k in at.tolist()]
    return [
        f"books: {kept.amount[lost].sum():,.0f} people of the layers are not in the instance "
        f"({some(worst, 3)}); see what did not go on"
    ]
