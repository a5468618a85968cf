"""Open land takes people in: in each scenario, each neighbourhood counts who finds no place.

    balance   unserved_us >= sum_{i in u} sum_c area_i (residents_c displaced_is - places_c usable_is) use_ic

People stay within their neighbourhood and places there serve anybody in it, so the least ``unserved`` is the larger of
zero and the balance: no assignment of people to places is needed, and a plan is counted without solving anything.
"""

from __future__ import annotations

import numpy as np

from formulations.algebra.elements import Floats
from formulations.zoning.draft import Draft
from instances.index import Index
from instances.land import Land


def net_need(land: Land, scenario: int) -> Floats:
    """People in need less places, if the parcel had the class: shape (parcels, classes) for one scenario."""
    need = np.outer(land.area * land.displaced[:, scenario], land.residents)
    places = np.outer(land.area * land.usable[:, scenario], land.shelter_places)
    net: Floats = need - places
    return net


def add_emergency(draft: Draft) -> None:
    """Add who is unserved, and their number by scenario as the loss of the draft."""
    land, program = draft.land, draft.program
    scenario, unit = land.scenario, land.unit.target
    parcel = draft.option["parcel"].then(land.unit)
    future = draft.use.across(scenario)
    numbers = np.column_stack([draft.over(net_need(land, s)) for s in range(scenario.size)])
    balance = (future * numbers).sum_by(parcel)
    most = np.maximum(_largest(land, numbers, draft.option), 0.0)
    unserved = program.variable(
        "unserved", unit, scenario, upper=most, unit="people", doc="People of the neighbourhood without a place."
    )
    matters = most > 0
    if matters.any():
        program.subject_to(balance=(unserved >= balance).where(matters))
        program.describe("balance", unit="people", doc="Who finds no place in the neighbourhood is unserved.")
    draft.loss = unserved.sum(unit)


def _largest(land: Land, numbers: Floats, option: Index) -> Floats:
    """Largest balance there can be, by unit and scenario: each parcel has the class with the largest net need."""
    worst = np.full((land.parcel.size, numbers.shape[1]), -np.inf)
    np.maximum.at(worst, option["parcel"].position, numbers)
    total = np.zeros((land.unit.target.size, numbers.shape[1]))
    np.add.at(total, land.unit.position, worst)
    return total
