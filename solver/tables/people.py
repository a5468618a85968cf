"""Who is served and who is not: demand points and zones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from formulations.algebra.elements import Floats
from solver.tables.decisions import Decisions, Ints
from solver.tables.frames import frame, labels, share

if TYPE_CHECKING:
    import pandas as pd

# Within one scenario people are counted in the phase when most are without a place: adding phases up would count the
# same person several times.


def people(decisions: Decisions) -> pd.DataFrame:
    """One row per demand point.

    ``expected_unserved`` and ``worst_unserved`` count people without a place in the phase when most are, on average
    over scenarios and in the worst one. ``main_site`` is where most of them go on average, empty if nobody has a place.
    """
    instance, moves = decisions.instance, decisions.moves
    demand = instance.demand
    size = demand.demand.size if demand is not None and "go" in decisions else 0
    every = np.arange(size)
    mean, worst = _without(decisions, every, size)
    weight = instance.scenarios.probability[moves.scenario] * moves.people
    served, walked = np.zeros(size), np.zeros(size)
    np.add.at(served, moves.demand, weight)
    np.add.at(walked, moves.demand, weight * moves.minutes)
    return frame(
        {
            "demand": ("text", labels(demand.demand, every) if demand else []),
            "title": ("text", demand.title[every] if demand else []),
            "zone": ("text", _zone(decisions, every)),
            "x": ("number", demand.x[every] if demand else []),
            "y": ("number", demand.y[every] if demand else []),
            "people": ("number", demand.people[every] if demand else []),
            "expected_unserved": ("number", mean),
            "worst_unserved": ("number", worst),
            "mean_minutes": ("number", share(walked, served)),
            "main_site": ("text", labels(instance.sites.site, _main_site(decisions, size))),
        }
    )


def zones(decisions: Decisions) -> pd.DataFrame:
    """One row per zone, with the places prepared in it by phase (``beds_hours``, ...)."""
    instance = decisions.instance
    demand, districts = instance.demand, instance.zones
    if demand is None or demand.zone is None or districts is None or "go" not in decisions:
        of, size = np.empty(0, np.intp), 0
    else:
        of, size = demand.zone.position, districts.zone.size
    every = np.arange(size)
    residents = np.zeros(size)
    if size and demand is not None:
        np.add.at(residents, of, demand.people)
    mean, worst = _without(decisions, of, size)
    columns: dict[str, tuple[str, Any]] = {
        "zone": ("text", labels(districts.zone, every) if districts else []),
        "title": ("text", districts.title[every] if districts else []),
        "people": ("number", residents),
        "expected_unserved": ("number", mean),
        "expected_unserved_share": ("number", share(mean, _expected_need(decisions, of, size))),
        "worst_unserved": ("number", worst),
    }
    return frame({**columns, **_beds(decisions, size)})


def _without(decisions: Decisions, group: Ints, size: int) -> tuple[Floats, Floats]:
    """People without a place by group of demand points, mean and worst over scenarios."""
    if not size:
        return np.empty(0), np.empty(0)
    return _mean_and_worst(decisions, decisions.without, group, size)


def _expected_need(decisions: Decisions, group: Ints, size: int) -> Floats:
    if not size:
        return np.empty(0)
    assert decisions.instance.effects is not None
    return _mean_and_worst(decisions, decisions.instance.effects.need, group, size)[0]


def _mean_and_worst(decisions: Decisions, count: Floats, group: Ints, size: int) -> tuple[Floats, Floats]:
    total = np.zeros((size, *count.shape[1:]))
    np.add.at(total, group, count)
    peak = total.max(axis=1)
    return peak @ decisions.instance.scenarios.probability, peak.max(axis=1)


def _main_site(decisions: Decisions, size: int) -> Ints:
    """Site that takes most people of each demand point, -1 if none does."""
    moves, sites = decisions.moves, decisions.instance.sites.site.size
    best = np.full(size, -1, np.intp)
    if moves.people.size:
        weight = decisions.instance.scenarios.probability[moves.scenario] * moves.people
        pair, which = np.unique(moves.demand * sites + moves.site, return_inverse=True)
        total = np.bincount(which, weights=weight)
        for k in np.argsort(total, kind="stable"):
            best[pair[k] // sites] = pair[k] % sites
    return best


def _zone(decisions: Decisions, at: Ints) -> np.ndarray:
    demand = decisions.instance.demand
    if demand is None or demand.zone is None:
        return np.full(at.size, "", object)
    return labels(demand.zone.target, demand.zone.position[at])


def _beds(decisions: Decisions, size: int) -> dict[str, tuple[str, Floats]]:
    """Places in opened shelters by zone and phase: the most that the modes of a site hold together on its area."""
    instance = decisions.instance
    options, modes, phases, zone = instance.options, instance.modes, instance.phases, instance.sites.zone
    if not size or options is None or modes is None or phases is None or zone is None:
        return {}
    beds = np.zeros((size, phases.phase.size))
    site = options.option["site"].position[decisions.opened]
    for j in np.unique(site):
        beds[zone.position[j]] += _most_people(decisions, decisions.opened[site == j])
    return {f"beds_{label}": ("number", beds[:, h]) for h, label in enumerate(phases.phase.labels())}


def _most_people(decisions: Decisions, opened: Ints) -> Floats:
    """Most people that the opened options of one site take at a time, by phase.

    Modes share the area, so the best mix fills it in the order of people per share of area (a fractional knapsack).
    """
    options, modes = decisions.instance.options, decisions.instance.modes
    assert options is not None and modes is not None
    mode = options.option["mode"].position[opened]
    shelter = modes.role[mode] == "shelter"
    free = 1.0 - float(options.footprint[opened[modes.role[mode] == "stock"]].sum())
    places = (options.capacity[opened, None] * options.ready[opened] * modes.serves[mode])[shelter]
    footprint = options.footprint[opened[shelter]]
    most = np.zeros(places.shape[1])
    for h in range(places.shape[1]):
        left = max(free, 0.0)
        for k in sorted(range(footprint.size), key=lambda k: -places[k, h] / max(footprint[k], 1e-9)):
            taken = 1.0 if footprint[k] <= left else left / footprint[k]
            most[h] += taken * places[k, h]
            left -= taken * footprint[k]
    return most
