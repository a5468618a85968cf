"""What an alternative makes of the land: class by class, and parcel by parcel."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from formulations.zoning.rules import HECTARE
from solver.dossier.maps import land_map
from solver.dossier.sections import Picture, Section, Table, column
from solver.explorer.naming import named
from solver.fronts.parcels import Parcels
from solver.words import number, percent, say

MANY = 60
"""Parcels named one by one, the largest; more are counted."""


def changes(parcels: Parcels, at: int, money: str, lang: str) -> str:
    """How much of the land changes and what that costs, in a sentence."""
    land, then, changed = parcels.land, parcels.plans[at], parcels.changed[at]
    cost = float(land.change_cost[np.arange(len(then)), then].sum())
    return say(
        "dossier.land sum",
        lang,
        parcels=number(int(changed.sum())),
        all=number(len(then)),
        hectares=number(float(land.area[changed].sum()) / HECTARE, 1),
        cost=say("dossier.land cost", lang, cost=f"{number(cost)} {named('unit', money)[lang]}".rstrip()),
    )


def landuse(parcels: Parcels, at: int, money: str, lang: str, *, name: str, of: int) -> Iterator[Section]:
    """Map, hectares of each class, and the parcels that change.

    Parameters
    ----------
    name
        Of the alternative.
    of
        Alternatives of the front, which come first in ``parcels``.
    """
    shows = say("dossier.map shows", lang, id=name)
    yield Section("map", say("dossier.map", lang), pictures=[Picture(land_map(parcels, at, lang), shows)])
    land = parcels.land
    kinds = land.land_class.size
    today = np.bincount(land.present.position, land.area, kinds) / HECTARE
    rows = []
    for c in range(kinds):
        here = float(parcels.hectares[at, c])
        limits = (land.least[c] / HECTARE, land.most[c] / HECTARE)
        change = here - today[c]
        signed = f"{'+' if change > 0 else '−' if change < 0 else ''}{number(abs(change), 1)}"
        rows.append(
            [parcels.title(c, lang), number(today[c], 1), number(here, 1), signed, *(number(v, 1) for v in limits)]
        )
    heads = ("class", "today", "then", "change", "least", "allowed")
    yield Section(
        "land", say("dossier.land", lang), [changes(parcels, at, money, lang)], [_table(heads, rows, lang, ("class",))]
    )
    yield _changes(parcels, at, lang, of)


def _changes(parcels: Parcels, at: int, lang: str, of: int) -> Section:
    land, then = parcels.land, parcels.plans[at]
    where = np.flatnonzero(parcels.changed[at])
    where = where[np.argsort(-land.area[where], kind="stable")]
    share = parcels.changed[:of].mean(axis=0)
    rows = [
        [
            land.parcel.label(int(k)),
            parcels.title(int(land.present.position[k]), lang),
            parcels.title(int(then[k]), lang),
            number(land.area[k] / HECTARE, 2),
            percent(float(share[k]), 0),
        ]
        for k in where[:MANY]
    ]
    more = len(where) - len(rows)
    caption = say("dossier.more rows", lang, count=number(more), file="parcels.csv") if more > 0 else ""
    heads = ("parcel", "from", "to", "area", "share")
    table = _table(heads, rows, lang, ("parcel", "from", "to"), caption)
    return Section("changes", say("dossier.changes", lang), [say("dossier.changes how", lang)], [table])


def _table(
    heads: tuple[str, ...], rows: list[list[str]], lang: str, texts: tuple[str, ...], caption: str = ""
) -> Table:
    return Table([column(h, lang, text=h in texts) for h in heads], rows, caption=caption)
