"""Why a question of location has no plan: by name where the data show it, else the rules that clash."""

from __future__ import annotations

import math
import re
import time
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.block import Block
from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.location.access import Access
from formulations.location.covering.set_covering import SetCovering
from formulations.location.question import Question
from formulations.location.rules import SiteRules
from formulations.location.siting import Siting
from solver.locating.insight.named import called
from solver.solution import Status
from solver.words import listed, number, say, significant

MOST_PAIRS = 500_000
"""With more pairs than this no program is built only to explain something."""
GROW = ("served", "within_reach", "covered", "cover", "backup", "twice", "reached")
"""Rules that more open sites can only help: broken with all of them open, they can never be kept."""


def impossible(
    question: Question, access: Access, *, lang: str = "en", time_limit: float = 10.0, known: str = ""
) -> str:
    """Sentences that say why there is no plan.

    Looked for in this order: demand points that reach nothing; too little capacity; too few (or too many) sites, or
    too little money, each with the number that it would take, proven; else the smallest set of rules that clash and
    the least change that would help (:func:`solver.explain.explain`).

    Parameters
    ----------
    time_limit
        Seconds for all of it; what is only looked up in the data comes in any case.
    known
        What somebody has said about it already; it stands where nothing better is found.
    """
    deadline = time.monotonic() + time_limit
    # what is minimised has no part in it, and a ratio has no program
    question = replace(question, objective=None)
    rules = question.rules(access)
    told = _reached(question, access, rules, lang) or _held(question, access, rules, lang)
    if told:
        return " ".join(told)
    told = _covers(question, access, rules, deadline, lang)
    if not told and access.pairs.size <= MOST_PAIRS and deadline - time.monotonic() > 0.2:
        matrix = question.build(access).matrix()
        told = _numbers(question, access, rules, matrix, deadline, lang) or _clash(matrix, deadline, lang)
    return " ".join(told) if told else known or say("impossible.together", lang)


def _reached(question: Question, access: Access, rules: SiteRules, lang: str) -> list[str]:
    """Rules that are broken even with all sites open that may open."""
    siting = Siting.nearest(access, rules.upper > 0)
    found = []
    for check in question.judge(access, siting).checks:
        if check.count and check.rule in GROW:
            one = " one" if check.count == 1 else ""
            values = {"count": number(check.count), "where": listed(list(check.worst), lang)}
            radius = getattr(question, "radius", None)
            if isinstance(radius, int | float) and math.isfinite(radius):
                unit = f" {access.unit}" if access.unit else ""
                found.append(say(f"impossible.radius{one}", lang, radius=f"{significant(radius)}{unit}", **values))
            else:
                found.append(say(f"impossible.reach{one}", lang, **values))
    return found[:1]


def _held(question: Question, access: Access, rules: SiteRules, lang: str) -> list[str]:
    """Whether the sites that may open, or the largest p of them, hold what all demand points take."""
    if access.capacity is None or not _serves_all(question, access, rules, "room"):
        return []
    need = float(access.takes[access.served].sum())
    may = rules.upper > 0
    slack = 1e-9 * need
    if alone := _alone(question, access, may, lang):
        return alone
    room = float(access.capacity[may].sum())
    values: dict[str, object] = {"need": significant(need), "room": significant(room)}
    if room < need - slack:
        return [say("impossible.capacity", lang, **values)]
    if rules.count is None:
        return []
    must = (rules.lower > 0) & may
    free = np.sort(access.capacity[may & ~must])[::-1]
    held = float(access.capacity[must].sum()) + np.concatenate([[0.0], np.cumsum(free)])
    here = rules.count - int(must.sum())
    if held[min(here, len(free))] >= need - slack:
        return []
    least = int(np.argmax(held >= need - slack)) + int((must & ~rules.kept).sum())
    values = {"need": significant(need), "room": significant(float(held[here]))}
    return [say("impossible.largest", lang, count=number(rules.count), least=number(least), **values)]


def _alone(question: Question, access: Access, may: NDArray[np.bool_], lang: str) -> list[str]:
    """Demand points that need more than the sites within their own reach hold."""
    assert access.capacity is not None
    pairs, radius = access.pairs, getattr(question, "radius", None)
    near = may[pairs.site]
    if isinstance(radius, int | float):
        near = near & (pairs.distance <= radius)
    held = np.where(near, access.capacity[pairs.site], 0.0)
    owner = pairs.demand
    most, key = np.zeros(pairs.points), "impossible.near"
    if getattr(question, "undivided", False):
        np.maximum.at(most, owner, held)
        key = "impossible.large"
    else:
        np.add.at(most, owner, held)
    short = (access.weight > 0) & (access.takes > most * (1 + 1e-9))
    if not short.any():
        return []
    worst = int(np.argmax(np.where(short, access.takes - most, -np.inf)))
    values = {"need": significant(float(access.takes[worst])), "room": significant(float(most[worst]))}
    count = "" if short.sum() == 1 else f" {say('impossible.others', lang, count=number(int(short.sum()) - 1))}"
    return [say(key, lang, where=access.demand.label(worst), **values) + count]


def _serves_all(question: Question, access: Access, rules: SiteRules, within: str | None = None) -> bool:
    """Whether everybody must be served, by the judgement of a plan in which nobody is (and another rule is there)."""
    none = np.empty(0, np.intp)
    nobody = Siting(rules.upper > 0, none, none, np.empty(0))
    checks = {check.rule: check for check in question.judge(access, nobody).checks}
    served = not question.leaves_out and "served" in checks and checks["served"].count > 0
    return served and (within is None or within in checks)


def _covers(question: Question, access: Access, rules: SiteRules, deadline: float, lang: str) -> list[str]:
    """Everybody needs an open site within reach: the fewest or cheapest sites that do for that are few or cheap enough?

    Needs no program of the question itself, so it works at any size.
    """
    left = deadline - time.monotonic()
    if left < 0.2 or not {"count", "budget"} & set(rules.names) or not _serves_all(question, access, rules):
        return []
    from solver.locating.locate import locate

    radius = getattr(question, "radius", None)
    most = float(access.pairs.distance.max(initial=0.0))
    within = min(float(radius), most) if isinstance(radius, int | float) else most
    for by, name, limit in (("sites", "count", question.sites_to_choose), ("cost", "budget", question.budget)):
        if name not in rules.names or limit is None:
            continue
        covers = SetCovering(within, by, require=question.require, forbid=question.forbid, differ=question.differ)
        if covers.faults(access):
            continue
        found = locate(covers, access, time_limit=max(0.1, 0.3 * (deadline - time.monotonic())), explain=False)
        least = found.solution.bound
        if least is None or found.status in (Status.INFEASIBLE, Status.FAILED):
            continue
        if told := _too_little(name, float(limit), least, lang):
            return told
    return []


def _too_little(name: str, limit: float, least: float, lang: str) -> list[str]:
    """A sentence if what the other rules need at least is more than the limit allows."""
    if name == "count" and math.ceil(least - 1e-6) > limit:
        key = "impossible.fewest one" if limit == 1 else "impossible.fewest"
        return [say(key, lang, p=number(limit), least=number(math.ceil(least - 1e-6)))]
    if name == "budget" and least > limit * (1 + 1e-9):
        return [say("impossible.budget", lang, budget=significant(limit), least=significant(least))]
    return []


def _numbers(
    question: Question, access: Access, rules: SiteRules, matrix: Matrix, deadline: float, lang: str
) -> list[str]:
    """The number of sites or the money that the other rules need."""
    new = (~rules.kept).astype(float)
    if "count" in rules.names:
        p = int(question.sites_to_choose or 0)
        least = _least(matrix, "count", new, deadline)
        if least is not None and (told := _too_little("count", p, least, lang)):
            return told
    if "budget" in rules.names and access.cost is not None and question.budget is not None:
        money = _least(matrix, "budget", access.cost * new, deadline)
        if money is not None and (told := _too_little("budget", question.budget, money, lang)):
            return told
    if "count" in rules.names:
        p = int(question.sites_to_choose or 0)
        most = _least(matrix, "count", -new, deadline)
        if most is not None and math.floor(-most + 1e-6) < p:
            return [say("impossible.most", lang, p=number(p), most=number(math.floor(-most + 1e-6)))]
    return []


def _least(matrix: Matrix, free: str, cost: Floats, deadline: float) -> float | None:
    """A bound on the least cost of open sites when one block of rules is given up; None without one."""
    from solver.solve import solve

    left = deadline - time.monotonic()
    if left < 0.1:
        return None
    low, high = matrix.row_lower.copy(), matrix.row_upper.copy()
    low[matrix.rows[free].span], high[matrix.rows[free].span] = -np.inf, np.inf
    columns = matrix.shape[1]
    opened = matrix.columns["open"]
    c = np.zeros(columns)
    c[opened.span] = cost
    asked = replace(
        matrix,
        objectives={"opened": Block("opened", (), 0, 1, doc="Sites that are opened, or what they cost.")},
        C=sp.csr_array(c[None, :]),
        c0=np.zeros(1),
        row_lower=low,
        row_upper=high,
    )
    solution = solve(asked, time_limit=0.4 * left)
    # without any plan at all this block is not to blame
    return None if solution.status in (Status.INFEASIBLE, Status.FAILED) else solution.bound


def _clash(matrix: Matrix, deadline: float, lang: str) -> list[str]:
    """The smallest set of rules that clash, and what would help."""
    from solver.explain.explanation import explain
    from solver.explain.sentences import sentences

    left = deadline - time.monotonic()
    if left < 0.2:
        return []
    try:
        found = explain(matrix, time_limit=left)
    except ValueError:
        # the program says that there is a plan: whoever said that there is none has to explain it
        return []
    # a measure without a unit leaves a gap before the full stop
    told = [re.sub(r"\s+([.。])", r"\1", line).strip() for line in sentences(_renamed(found.to_dict(), lang), lang)]
    return ["\n".join(told)]


RENAMED = ("count", "budget")
"""Rules of the same name in the plan of a city are told in words that do not fit here."""


def _renamed(why: Any, lang: str) -> Any:
    """The explanation with other names for rules and measures, and for where they stand."""

    def name(rule: Any) -> Any:
        if rule in RENAMED:
            return say(f"impossible.rule {rule}", lang)
        if not (isinstance(rule, str) and rule.startswith("limit_")):
            return rule
        word = called(rule.removeprefix("limit_"), lang)
        # inside a sentence
        return "limit_" + (word if word.startswith("Gini") else word[:1].lower() + word[1:])

    if isinstance(why, dict):
        new = {key: name(v) if key == "rule" else _renamed(v, lang) for key, v in why.items()}
        return {**new, "where": new["rule"]} if why.get("rule") in RENAMED else new
    if isinstance(why, list):
        return [name(v) if isinstance(v, str) else _renamed(v, lang) for v in why]
    return why
