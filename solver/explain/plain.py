"""An explanation as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.explain.repair import Change, Repair
from solver.explain.rules import Rule

if TYPE_CHECKING:
    from solver.explain.explanation import Explanation


def plain(why: Explanation) -> dict[str, Any]:
    """Dictionaries, lists, numbers and texts only."""
    return {
        "conflict": [_rule(r) for r in why.conflict],
        "proof": why.proof,
        "smallest": why.smallest,
        "divisible": why.divisible,
        "more": [[_rule(r) for r in group] for group in why.more],
        "structural": why.structural,
        "clash": None if why.clash is None else [{"rows": name, "meaning": doc} for name, doc in why.clash.blocks],
        "clash_irreducible": why.clash is not None and why.clash.irreducible,
        "repairs": [_repair(repair) for repair in why.repairs],
        "not_alone": list(why.not_alone),
        "prices": dict(why.prices),
        "stopped": why.stopped,
        "seconds": why.seconds,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "where": rule.label,
        "of": dict(rule.where),
        "meaning": rule.doc,
        "sense": "at least" if rule.floor else "at most",
        "limit": rule.limit,
        "unit": rule.unit,
        "share": rule.share,
        "total": rule.total,
    }


def _repair(repair: Repair) -> dict[str, Any]:
    return {
        "kinds": list(repair.kinds),
        "changes": [_change(change) for change in repair.changes],
        "shares": dict(repair.shares),
        "stretch": repair.stretch,
        "bound": repair.bound,
        "proven": repair.proven,
    }


def _change(change: Change) -> dict[str, Any]:
    return {**_rule(change.rule), "to": change.to, "by": change.by, "who": dict(change.who)}
