"""What a plan prepares: places, goods and roads, and why each place is in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.dossier.maps import plan_map
from solver.dossier.reasons import Reasons, bound
from solver.dossier.sections import Picture, Section, Table, column, records
from solver.explorer.naming import named
from solver.outputs.maplayers import mode_title
from solver.plan import Plan
from solver.words import number, percent, say, term

if TYPE_CHECKING:
    import pandas as pd

LITTLE = 0.05
"""People or minutes below which nothing is lost worth a sentence: a rounded figure would say 0."""


def preparation(plan: Plan, name: str, lang: str) -> Iterator[Section]:
    """Map, places, stock and roads."""
    shows = say("dossier.map shows", lang, id=name)
    yield Section("map", say("dossier.map", lang), pictures=[Picture(plan_map(plan, lang), shows)])
    yield _places(plan, lang)
    if len(plan.stock):
        yield _stock(plan, lang)
    if len(plan.corridors) or len(plan.hardened):
        yield _roads(plan, lang)


def why(plan: Plan, found: Reasons | None, share: np.ndarray, lang: str, *, quick: bool = False) -> Section | None:
    """Why each place is in: who is there, in how many alternatives it is, and what is lost without it.

    Parameters
    ----------
    share
        Of the alternatives of the front that prepare each site, shape (sites,).
    """
    if not len(plan.openings):
        return None
    title = say("dossier.reasons", lang)
    sites = plan.instance.sites
    at = {label: k for k, label in enumerate(sites.site.labels())}
    people = plan.openings[plan.openings["role"] == "shelter"].groupby("site")[["used_mean", "used_max"]].max()
    lost = {} if found is None else {int(s): k for k, s in enumerate(found.site)}
    each = [at[label] for label in dict.fromkeys(plan.openings["site"])]
    each.sort(key=lambda s: -found.mean[lost[s]] if found is not None and s in lost else -float(share[s]))
    rows, told = [], []
    for site in each:
        label = sites.site.label(site)
        used: Any = people.loc[label] if label in people.index else None
        cells = [str(sites.title[site]) or label, percent(float(share[site]), 0)]
        cells += ["–", "–"] if used is None else [number(used["used_mean"]), number(used["used_max"])]
        if found is not None:
            k = lost[site]
            cells += [number(found.mean[k], 1), number(found.worst[k], 1)]
            told.append(_reason(plan, found, k, cells[0], lang))
        rows.append(cells)
    heads = ["place", "share", "mean", "most"] + ([] if found is None else ["lost mean", "lost worst"])
    how = [say("dossier.reasons late" if quick or found is None else "dossier.reasons how", lang)]
    return Section("reasons", title, how, [_table(heads, rows, lang, texts=("place",))], items=told)


def _reason(plan: Plan, found: Reasons, k: int, place: str, lang: str) -> str:
    """What is lost without a place; and that the data ask for it."""
    said = _lost(plan, found, k, place, lang)
    if not bound(plan.instance)[found.site[k]]:
        return said
    if found.worst[k] <= LITTLE and found.minutes[k] <= LITTLE:
        return say("dossier.reason bound", lang, place=place)
    return f"{said} {say('dossier.reason also bound', lang)}"


def _lost(plan: Plan, found: Reasons, k: int, place: str, lang: str) -> str:
    if found.worst[k] > LITTLE:
        at = int(found.scenario[k])
        label, title = plan.instance.scenarios.scenario.label(at), str(plan.instance.scenarios.title[at])
        scenario = named("scenario", label, title)[lang]
        told = {"mean": number(found.mean[k], 1), "worst": number(found.worst[k], 1), "scenario": scenario}
        return say("dossier.reason lost", lang, place=place, **told)
    if found.minutes[k] > LITTLE:
        return say("dossier.reason walk", lang, place=place, minutes=number(found.minutes[k], 1))
    return say("dossier.reason other", lang, place=place)


def _places(plan: Plan, lang: str) -> Section:
    found = plan.openings.sort_values(["role", "mode_title", "title"], kind="stable")
    money = plan.instance.about.money
    heads = ["place", "zone", "everyday", "mode", "capacity", "mean", "most", "cost"]
    rows = [
        [
            r.title or r.site,
            r.zone,
            r.use,
            mode_title(r.mode, r.mode_title, lang),
            *map(number, (r.capacity, r.used_mean, r.used_max, r.cost)),
        ]
        for r in records(found)
    ]
    if not rows:
        return Section("places", say("dossier.places", lang), [say("dossier.places none", lang)])
    if not found["zone"].astype(bool).any():
        heads, rows = [h for h in heads if h != "zone"], [[*r[:1], *r[2:]] for r in rows]
    people = found[found["role"] == "shelter"]
    said = say(
        "dossier.places sum",
        lang,
        places=number(found["site"].nunique()),
        cost=f"{number(found['cost'].sum())} {money}".rstrip(),
        capacity=number(people["capacity"].sum()),
    )
    table = _table(heads, rows, lang, texts=("place", "zone", "everyday", "mode"))
    return Section("places", say("dossier.places", lang), [said], [table])


def _stock(plan: Plan, lang: str) -> Section:
    rows = [
        [r.title or r.site, r.commodity_title, f"{number(r.amount, 1)} {r.unit}", number(r.person_days), number(r.cost)]
        for r in records(plan.stock)
    ]
    table = _table(["place", "goods", "amount", "days", "cost"], rows, lang, texts=("place", "goods"))
    return Section("stock", say("dossier.stock", lang), tables=[table])


def _roads(plan: Plan, lang: str) -> Section:
    lanes, strong = plan.corridors, plan.hardened
    said = say(
        "dossier.roads sum",
        lang,
        links=number(len(lanes)),
        length=number(_km(lanes), 1),
        hardened=number(len(strong)),
        strong=number(_km(strong), 1),
    )
    rows = []
    for kind, part in ((None, lanes), (say("dossier.strengthened", lang), strong)):
        if not len(part):
            continue
        what = part["tier"].map(lambda t: term("tier", t, lang)) if kind is None else kind
        joined = part.assign(what=what).groupby(["title", "what"], sort=False, as_index=False)
        for r in records(joined.agg(links=("link", "size"), metres=("length_m", "sum"), cost=("cost", "sum"))):
            rows.append([r.title or "–", r.what, number(r.links), number(r.metres / 1000, 2), number(r.cost)])
    table = _table(["road", "tier", "links", "length", "cost"], rows, lang, texts=("road", "tier"))
    return Section("roads", say("dossier.roads", lang), [said], [table])


def _km(part: pd.DataFrame) -> float:
    return float(part["length_m"].sum()) / 1000 if len(part) else 0.0


def _table(heads: list[str], rows: list[list[str]], lang: str, texts: tuple[str, ...]) -> Table:
    return Table([column(h, lang, text=h in texts) for h in heads], rows)
