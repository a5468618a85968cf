"""What was asked for and what came of it: objectives and rules with their achieved values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formulations.algebra.block import Block
from formulations.measures.cvar import cvar_value
from formulations.measures.regret import regret_value
from formulations.measures.robust import robust_value
from formulations.measures.worst import worst_value
from formulations.plan import IntegratedPlan, Promise
from instances.index import Index
from solver.tables.decisions import Decisions
from solver.tables.frames import frame
from solver.tables.futures import goods_asked, goods_short

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 1e-6
"""Share of a limit (and of one unit) by which it may be missed and still counts as kept: what a solver can promise."""


def objectives(decisions: Decisions, question: IntegratedPlan, weights: Mapping[str, float]) -> pd.DataFrame:
    """One row per objective, its value computed by us from the decisions, and its weight in the solve."""
    matrix = decisions.matrix
    values = matrix.objective_values(decisions.x)
    values |= {name: measured(decisions, question, name) for name in values if name in MEASURES}
    blocks = list(matrix.objectives.values())
    return frame(
        {
            "name": ("text", [b.name for b in blocks]),
            "value": ("number", [values[b.name] for b in blocks]),
            "unit": ("text", [b.unit for b in blocks]),
            "weight": ("number", [float(weights.get(b.name, 0.0)) for b in blocks]),
            "doc": ("text", [b.doc for b in blocks]),
        }
    )


MEASURES = ("unserved_cvar", "unserved_worst", "unserved_robust", "unserved_regret")
"""Objectives that the program knows as an upper limit, which is slack unless it is minimised; we compute them."""


def measured(decisions: Decisions, question: IntegratedPlan, name: str) -> float:
    """CVaR, worst case, expectation or regret of the people without a place, weighted by phase, over the scenarios."""
    instance = decisions.instance
    assert instance.phases is not None
    loss = np.einsum("ihs,h->s", decisions.without, instance.phases.weight)[None, :]
    if name == "unserved_worst":
        return float(worst_value(loss)[0])
    if name == "unserved_regret":
        return float(regret_value(loss, question.best_losses(instance))[0])
    if name == "unserved_robust":
        assert instance.ambiguity is not None
        return float(robust_value(loss, instance.scenarios.probability, instance.ambiguity)[0])
    return float(cvar_value(loss, instance.scenarios.probability, question.alpha)[0])


@dataclass(frozen=True)
class _Rule:
    """One rule row. ``whole`` is what shares are taken of, NaN where a share says nothing."""

    block: Block
    where: Mapping[str, str]
    level: str
    limit: float
    achieved: float
    floor: bool
    whole: float


def promises(decisions: Decisions, question: IntegratedPlan) -> pd.DataFrame:
    """One row per rule somebody set: its limit, what the plan achieves, what is left, and whether it is kept.

    ``slack`` is the distance to the limit, negative where it is missed. ``limit_share`` and ``achieved_share`` are the
    same as shares of those in need (or of the goods asked for) where the rule is about them. ``sense`` says whether
    the limit is the most or the least.
    """
    found = [
        rule for block in decisions.matrix.rows.values() if block.rule for rule in _rules(decisions, question, block)
    ]
    limit, achieved = (np.array([getattr(r, k) for r in found], float) for k in ("limit", "achieved"))
    floor, whole = np.array([r.floor for r in found], bool), np.array([r.whole for r in found], float)
    slack = np.where(floor, achieved - limit, limit - achieved)
    tolerance = TOLERANCE * np.maximum(1.0, np.abs(limit))
    of = np.where(whole > 0, whole, np.nan)
    return frame(
        {
            "rule": ("text", [r.block.name for r in found]),
            "level": ("text", [r.level for r in found]),
            **{
                k: ("text", [r.where.get(k, "") for r in found])
                for k in ("scenario", "phase", "zone", "commodity", "of")
            },
            "sense": ("text", ["at least" if r.floor else "at most" for r in found]),
            "limit": ("number", limit),
            "achieved": ("number", achieved),
            "slack": ("number", slack),
            "unit": ("text", [r.block.unit for r in found]),
            "limit_share": ("number", limit / of),
            "achieved_share": ("number", achieved / of),
            "kept": ("flag", slack >= -tolerance),
            "doc": ("text", [r.block.doc for r in found]),
        }
    )


def _rules(decisions: Decisions, question: IntegratedPlan, block: Block) -> Iterator[_Rule]:
    promise = _promise_of(question, block.name)
    if promise is not None and block.name.endswith("_goods"):
        yield from _goods_rules(decisions, promise, block)
        return
    matrix = decisions.matrix
    activity = np.asarray(matrix.A[block.span] @ decisions.x).reshape(-1)
    lower, upper = matrix.row_lower[block.span], matrix.row_upper[block.span]
    for name in MEASURES:
        if block.name == f"limit_{name}":
            activity = np.array([measured(decisions, question, name)])
            upper = np.array([question.limits[name]])
    for k in range(block.size):
        floor = not np.isfinite(upper[k])
        where = _where(block, k)
        whole = np.nan
        if promise is not None and promise.unserved:
            whole = float(upper[k]) / promise.unserved
        elif promise is not None:
            whole = _need(decisions, where)
        level = promise.level if promise is not None else ""
        yield _Rule(block, where, level, float(lower[k] if floor else upper[k]), float(activity[k]), floor, whole)


def _goods_rules(decisions: Decisions, promise: Promise, block: Block) -> Iterator[_Rule]:
    """Goods asked for depend on where people go, so the limit is computed from the plan."""
    instance = decisions.instance
    assert instance.commodities is not None and promise.short is not None
    asked, short = (v.sum(axis=0) for v in (goods_asked(decisions), goods_short(decisions)))
    for k in range(block.size):
        where = _where(block, k)
        at = (
            instance.commodities.commodity.position(where["commodity"]),
            instance.scenarios.scenario.position(where["scenario"]),
        )
        whole = float(asked[at])
        yield _Rule(block, where, promise.level, promise.short * whole, float(short[at]), False, whole)


def _promise_of(question: IntegratedPlan, name: str) -> Promise | None:
    for number, promise in enumerate(question.promises):
        if name in (f"promise_{number + 1}_{promise.level}", f"promise_{number + 1}_{promise.level}_goods"):
            return promise
    return None


def _need(decisions: Decisions, where: Mapping[str, str]) -> float:
    """People in need whom a promise of nobody unserved is about."""
    instance = decisions.instance
    effects, phases, demand = instance.effects, instance.phases, instance.demand
    assert effects is not None and phases is not None and demand is not None
    need = effects.need[
        :, phases.phase.position(where["phase"]), instance.scenarios.scenario.position(where["scenario"])
    ]
    if "zone" in where and demand.zone is not None:
        need = need[demand.zone.position == demand.zone.target.position(where["zone"])]
    return float(need.sum())


def _where(block: Block, k: int) -> dict[str, str]:
    """Names of the scenario, phase, zone and commodity that a row is about; anything else under ``of``."""
    found: dict[str, str] = {}
    rest = []
    for index, at in zip(block.dims, np.unravel_index(k, block.shape), strict=True):
        rest += _unfold(index, int(at), found)
    if rest:
        found["of"] = "|".join(rest)
    return found


def _unfold(index: Index, at: int, found: dict[str, str]) -> list[str]:
    if index.names is not None:
        if index.name in ("scenario", "phase", "zone", "commodity"):
            found[index.name] = index.label(at)
            return []
        return [index.label(at)]
    return [name for part in index.parts.values() for name in _unfold(part.target, int(part.position[at]), found)]
