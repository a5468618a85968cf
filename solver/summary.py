"""A plan in a few sentences that a mayor reads, and its proof in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.solution import Solution, Status
from solver.words import LANGUAGES, WORDS, listed, number, percent, say, significant

if TYPE_CHECKING:
    from solver.plan import Plan


def summary(plan: Plan, lang: str = "en") -> list[str]:
    """What is prepared, what it costs, who is served, who is not, and how good the plan is for certain.

    Raises
    ------
    ValueError
        If ``lang`` is neither ``en`` nor ``zh``.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"lang: {lang!r} is unknown; use {' or '.join(LANGUAGES)}.")
    told = [*_prepared(plan, lang), *_money(plan, lang), *_served(plan, lang), *_goods(plan, lang)]
    made_up = [say("summary.synthetic", lang)] if plan.instance.about.synthetic else []
    return [*told, *made_up, *proof(plan.solution, lang)]


def brief(plan: Plan, lang: str = "en") -> list[str]:
    """The places and stock, the money, and who is served, in five sentences at most."""
    return [*_prepared(plan, lang)[:2], *_money(plan, lang), *_served(plan, lang)[:2]]


def proof(solution: Solution, lang: str) -> list[str]:
    """How the solve ended, in words; the first sentence of every report."""
    status = solution.status
    if status in (Status.TIME_LIMIT, Status.INTERRUPTED) and solution.gap is None:
        return [say("status.open", lang)]
    asked = solution.options.get("gap")
    values = {"gap": percent(solution.gap, 2), "asked": percent(asked, 2), "message": solution.message}
    return [say(f"status.{status.value}", lang, **values)]


def checks(solution: Solution, lang: str) -> list[str]:
    """What we verified ourselves."""
    certificate = solution.certificate
    if certificate is None:
        return []
    if not certificate.ok:
        return [say("checked.problem", lang, problem=problem) for problem in certificate.problems]
    said = [say("checked.plan", lang)]
    if certificate.verified_bound is not None and certificate.verified_gap is not None:
        bound, gap = significant(certificate.verified_bound), percent(certificate.verified_gap, 2)
        said.append(say("checked.bound", lang, bound=bound, gap=gap))
    return said


def _prepared(plan: Plan, lang: str) -> list[str]:
    asked, said = plan.question, []
    sites = number(plan.instance.sites.site.size)
    if asked.shelters is not None:
        shelters = plan.openings[plan.openings["role"] == "shelter"]
        places = shelters["site"].nunique()
        # Modes of a site share its area, so only the largest is counted.
        capacity = number(float(shelters.groupby("site")["capacity"].max().sum()))
        said.append(
            say(_counted("summary.places", places), lang, places=number(places), sites=sites, capacity=capacity)
        )
    if asked.stock is not None:
        held = plan.stock.groupby(["commodity_title", "unit"], sort=False)["amount"].sum().reset_index()
        rows = zip(held["commodity_title"], held["amount"], held["unit"], strict=True)
        goods = [f"{title} {number(float(amount))} {unit}" for title, amount, unit in rows]
        depots = plan.stock["site"].nunique()
        said.append(say(_counted("summary.depots", depots), lang, depots=number(depots), goods=listed(goods, lang)))
    if len(plan.corridors):
        said.append(say("summary.corridors", lang, length=number(plan.corridors["length_m"].sum() / 1000, 1)))
    if len(plan.hardened):
        length = number(plan.hardened["length_m"].sum() / 1000, 1)
        said.append(
            say(_counted("summary.hardened", len(plan.hardened)), lang, links=number(len(plan.hardened)), length=length)
        )
    return said


def _counted(key: str, count: int) -> str:
    """The sentence for none, one or several, where there is one of its own."""
    special = f"{key} {('none', 'one')[count]}" if count < 2 else key
    return special if special in WORDS else key


def spent(plan: Plan) -> float:
    """Money before the event, added up from the tables."""
    return float(sum(table["cost"].sum() for table in (plan.openings, plan.stock, plan.corridors, plan.hardened)))


def _money(plan: Plan, lang: str) -> list[str]:
    key = "summary.cost" if "cost" in set(plan.objectives["name"]) else "summary.spent"
    return [say(key, lang, cost=number(spent(plan)), money=plan.instance.about.money)]


def _served(plan: Plan, lang: str) -> list[str]:
    if plan.question.shelters is None or not len(plan.scenarios):
        return []
    table, scenarios = plan.scenarios, number(plan.instance.scenarios.scenario.size)
    need = float((table["probability"] * table["need"]).sum())
    unserved = float((table["probability"] * table["unserved"]).sum())
    worst = table.iloc[int(table["unserved"].to_numpy().argmax())]
    said = []
    if worst["unserved"] <= 0:
        said.append(say("summary.everyone", lang, scenarios=scenarios))
    else:
        share = percent(1 - unserved / need if need else 1.0)
        said.append(say("summary.served", lang, scenarios=scenarios, share=share))
        several = plan.instance.phases is not None and plan.instance.phases.phase.size > 1
        phase = say("summary.worst phase", lang, phase=worst["phase"]) if several else ""
        of, people = percent(float(worst["unserved_share"])), number(float(worst["unserved"]))
        said.append(say("summary.worst", lang, title=worst["title"], people=people, share=of, phase=phase))
        said += _zone(plan, lang)
    if len(plan.trips):
        weight = table["probability"] * table["served"]
        walked = float((weight * table["mean_minutes"].fillna(0.0)).sum() / weight.sum())
        most = float(np.nanmax(table["max_minutes"]))
        said.append(say("summary.walk", lang, mean=number(walked, 1), most=number(most)))
    return said


def _zone(plan: Plan, lang: str) -> list[str]:
    zones = plan.zones
    if len(zones) < 2 or zones["expected_unserved"].max() <= 0:
        return []
    worst = zones.iloc[int(zones["expected_unserved"].to_numpy().argmax())]
    people = number(float(worst["expected_unserved"]), 1)
    return [say("summary.zone", lang, zone=worst["title"] or worst["zone"], people=people)]


def _goods(plan: Plan, lang: str) -> list[str]:
    goods = plan.goods
    if not len(goods):
        return []
    short = goods[goods["short"] > 0]
    if not len(short):
        return [say("summary.goods all", lang)]
    worst = short.iloc[int(short["short_share"].to_numpy().argmax())]
    return [
        say(
            "summary.goods",
            lang,
            scenarios=number(short["scenario"].nunique()),
            all=number(goods["scenario"].nunique()),
            share=percent(float(worst["short_share"])),
            commodity=worst["commodity_title"],
            title=worst["title"],
        )
    ]
