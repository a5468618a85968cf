"""Rules that a plan was bound to, in the words of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from solver.dossier.sections import Section, Table, column
from solver.explain.sentences import PROMISE
from solver.explorer.naming import begun, named
from solver.words import WORDS, number, percent, say, term

if TYPE_CHECKING:
    from instances.index import Index
    from solver.plan import Plan

TIGHT, MANY = 12, 24
"""Promises shown where there are more than ``MANY`` of them: those with least to spare."""


def promises(plan: Plan, lang: str) -> Section | None:
    """Rules that the plan was bound to, with what was asked for and what is achieved."""
    found = plan.promises
    if not len(found):
        return None
    many, kept = len(found) > MANY, int(found["kept"].sum())
    key = "dossier.rules broken" if kept < len(found) else "dossier.rules tight" if many else "dossier.rules kept"
    said = say(key, lang, count=number(len(found)), broken=number(len(found) - kept))
    if many:
        found = found.sort_values(["kept", "slack"], kind="stable").head(max(TIGHT, len(found) - kept))
    rows = []
    for row in found.to_dict("records"):
        r = {str(k): v for k, v in row.items()}
        asked, reached = (_amount(plan, r, k, lang) for k in ("limit", "achieved"))
        sense = say(f"dossier.{r['sense']}", lang, amount=asked)
        rows.append([_rule(r, lang), _where(plan, r, lang), sense, reached, say(_answer(bool(r["kept"])), lang)])
    heads = ("rule", "where", "limit", "achieved", "kept")
    table = Table([column(h, lang, text=h not in ("limit", "achieved")) for h in heads], rows)
    return Section("rules", say("dossier.rules", lang), [said], [table])


def _answer(kept: bool) -> str:
    return "dossier.yes" if kept else "dossier.no"


def _rule(r: Mapping[str, Any], lang: str) -> str:
    """What people call a rule: in words that are known, else as the program explains it."""
    name = str(r["rule"])
    if promise := PROMISE.fullmatch(name):
        kind = "kind.goods" if promise["goods"] else "kind.promise"
        said = say(kind, lang, number=promise["number"], level=term("level", promise["level"], lang))
        return said[:1].upper() + said[1:]
    if name.startswith("limit_"):
        return say("dossier.limit on", lang, name=named("objective", name.removeprefix("limit_"))[lang])
    known = begun(named("rule", name))[lang]
    plain = name.replace("_", " ")
    return str(r["doc"] or known) if known.lower() == plain.lower() else known


def _where(plan: Plan, r: Mapping[str, Any], lang: str) -> str:
    """What a rule is about, by titles rather than names."""
    instance = plan.instance
    zone = None if instance.demand is None or instance.demand.zone is None else instance.zones
    told = [_titled(instance.scenarios.scenario, instance.scenarios.title, r["scenario"])]
    told[0] = named("scenario", str(r["scenario"]), told[0])[lang] if told[0] else ""
    told.append(term("phase", str(r["phase"]), lang))
    told.append(_titled(zone.zone, zone.title, r["zone"]) if zone is not None else str(r["zone"]))
    goods = instance.commodities
    told.append(_titled(goods.commodity, goods.title, r["commodity"]) if goods is not None else str(r["commodity"]))
    told += [_titled(instance.sites.site, instance.sites.title, part) for part in str(r["of"]).split("|")]
    return " · ".join(text for text in told if text)


def _titled(index: Index, titles: Any, label: object) -> str:
    name = str(label)
    labels = index.labels()
    return (str(titles[labels.index(name)]) or name) if name in labels else name


def _amount(plan: Plan, r: Mapping[str, Any], which: str, lang: str) -> str:
    """A limit or what is achieved; of people also the share of those in need."""
    value, unit, share = float(r[which]), str(r["unit"]), float(r[f"{which}_share"])
    goods = plan.instance.commodities
    if r["commodity"] and goods is not None:
        unit = str(goods.unit[goods.commodity.labels().index(str(r["commodity"]))])
    key = f"dossier.amount {unit}"
    if lang == "en" and value == 1 and f"{key} one" in WORDS:
        key = f"{key} one"
    if key in WORDS:
        return say(key, lang, count=number(value, 1))
    told = f"{number(value, 1)} {named('unit', unit)[lang] if unit else ''}".rstrip()
    return say("dossier.amount share", lang, amount=told, share=percent(share)) if share == share else told
