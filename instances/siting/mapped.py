"""Candidate sites from the tags of an OpenStreetMap extract, as one of the sources of a recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from instances.accounts import Ledger
from instances.layers.osm import Extract
from instances.people.residents import ResidentRule
from instances.siting.found import Floats, Found, alike
from instances.siting.tagged import IN_WORDS, tallied

if TYPE_CHECKING:
    from instances.siting.rule import OsmSource


def from_map(rule: OsmSource, extract: Extract, ledger: Ledger) -> Found:
    """Tagged places of an extract; see :mod:`instances.siting.tagged`."""
    places, _, tally = tallied(extract, ResidentRule(storeys=rule.storeys))
    ledger.read(rule.osm, tally.read)
    ledger.merge(rule.osm, "a campus, offered building by building", tally.apart)
    ledger.merge(rule.osm, "part of another tagged place", tally.merged)
    ledger.drop(rule.osm, "a point outside any building, or a car park without its number of places", tally.outside)
    ledger.drop(rule.osm, "below the least area of its use", tally.small)
    ledger.assume(*IN_WORDS)
    wanted = np.isin(places.use, rule.uses) if rule.uses is not None else np.ones(len(places), bool)
    ledger.drop(rule.osm, "another use than the wanted ones", places.key[~wanted].tolist())
    count = len(places)
    gaps: Floats = np.full(count, np.nan)
    found = Found(
        id=np.array([f"{rule.osm}:{k}" for k in places.key.tolist()], np.str_),
        x=places.x,
        y=places.y,
        area=places.area,
        use=places.use,
        title=places.title,
        status=alike(count, "candidate"),
        open_air=places.open_air,
        underground=places.underground,
        capacity=gaps,
        cost=gaps.copy(),
        cost_factor=np.ones(count),
        outline=np.array([*(s if s.area > 0 else None for s in places.outline), None], object)[:-1],
        layer=alike(count, rule.osm),
        feature=places.key,
    )
    return found.take(np.flatnonzero(wanted))
