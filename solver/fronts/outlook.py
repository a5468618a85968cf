"""How the plans of a front fare in other futures, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from formulations.zoning import Zoning
from solver.fronts.asked import Asked
from solver.fronts.tested import OTHER, OWN
from solver.words import listed, number, percent, say

if TYPE_CHECKING:
    import pandas as pd

NAMED = 6
"""Plans named one by one; of more only the number is told."""


def outlook(table: pd.DataFrame, asked: Asked, lang: str) -> Iterator[str]:
    """What the table ``robustness`` comes to, for each set of scenarios, as probable as they are given to be."""
    terms = asked.tradeoffs.robustness
    limits = {} if terms is None else {str(name): most for name, most in terms.limits.items()}
    if terms is None or table["id"].nunique() < 2:
        return
    for which in (OWN, OTHER):
        given = table[(table["set"] == which) & (table["weighting"] == "given")]
        if given.empty:
            continue
        where = say(f"robust.{which}", lang)
        if limits:
            yield _limits(given, limits, where, lang)
        least = given["regret"].min()
        plans = given.loc[given["regret"] <= least + 1e-6 * max(1.0, abs(least)), "id"].tolist()
        best = None if isinstance(asked.question, Zoning) else asked.question.best_unserved
        key = "robust.regret" if which == OWN and best is not None else "robust.regret here"
        yield say(key, lang, where=where, plans=_plans(plans, lang), people=number(float(least)))


def _limits(given: pd.DataFrame, limits: Mapping[str, float], where: str, lang: str) -> str:
    told = [
        say(f"robust.limit {name}", lang, most=percent(most) if name == "share" else number(most, 1))
        for name, most in limits.items()
    ]
    met, best = given["met"], float(given["met"].max())
    if best <= 0:
        return say("robust.never", lang, where=where, limits=listed(told, lang))
    plans = given.loc[met >= best - 1e-9, "id"].tolist()
    values = {"share": percent(best), "least": percent(float(met.min()))}
    key = "robust.met alike" if len(plans) == len(given) else "robust.met"
    return say(key, lang, where=where, limits=listed(told, lang), plans=_plans(plans, lang), **values)


def _plans(plans: list[int], lang: str) -> str:
    named = [str(k) for k in plans[:NAMED]]
    more = len(plans) - NAMED
    return listed([*named, *([say("front.more", lang, count=more)] if more > 0 else [])], lang)
