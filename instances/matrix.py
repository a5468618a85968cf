"""An instance of nothing but distances: who needs a place, what sites hold and cost, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.aligned import numbers, texts
from instances.distances import Listed, listed
from instances.index import Index, Map
from instances.instance import About, Instance
from instances.network import Routes
from instances.places import STATUSES, Demand, Sites, Zones
from instances.preparation import Modes, Options, Phases
from instances.scenarios import Effects, Scenarios
from instances.schema import InstanceError

WALKING = 4.0
"""Km/h, for what is not given of metres and minutes; the same as in recipes."""

# Sentences of About.assumptions. Who reads the instance again goes by them, so they are kept word for word.
NO_AREA = "The areas of sites are not known; they stand as 0."
NO_PLACES = "Coordinates are not known; every place stands at 0, 0, and no map or length between places means anything."
NO_CRS = "The coordinates belong to no known system; they are drawn as they are."
NO_CAPACITY = "Capacities are not known; every site takes everybody."
NO_COST = "Costs are not known; they stand as 0."
NO_UNIT = "The distances have no unit; they stand as metres."
METRES_DERIVED = "Only minutes were given; metres are minutes at {speed:g} km/h."
MINUTES_DERIVED = "Only metres were given; minutes are metres at {speed:g} km/h."
ONE_CALM = "One scenario in which nothing happens: everybody needs a place, every site and every way can be used."


def instance_of_matrix(
    distance: Any,
    weights: Any = None,
    *,
    demand: Iterable[object] | None = None,
    site: Iterable[object] | None = None,
    unit: str = "",
    speed: float = WALKING,
    capacity: Any = None,
    cost: Any = None,
    status: Any = None,
    zone: Any = None,
    demand_xy: Any = None,
    site_xy: Any = None,
    crs: str = "",
    name: str = "matrix",
    money: str = "EUR",
    sources: Iterable[str] = (),
) -> Instance:
    """See :meth:`instances.instance.Instance.from_matrix`."""
    ways, faults = listed(distance, demand, site)
    if unit not in ("", "m", "min"):
        faults.append(f"unit: {unit!r} is unknown; use 'm', 'min' or '' for none")
    if not 0 < speed < np.inf:
        faults.append(f"speed: {speed!r}, expected km/h")
    if ways is None:
        raise InstanceError(f"The matrix {name!r} cannot become an instance", faults)
    n, m = len(ways.demand), len(ways.site)
    people = numbers("weights", 1.0 if weights is None else weights, ways.demand, faults)
    room = numbers("capacity", capacity, ways.site, faults, infinite=True)
    price = numbers("cost", cost, ways.site, faults)
    standing = texts("status", status, ways.site, faults, "candidate")
    zones = None if zone is None else texts("zone", zone, ways.demand, faults)
    places = [
        _xy(word, given, labels, faults)
        for word, given, labels in (("demand_xy", demand_xy, ways.demand), ("site_xy", site_xy, ways.site))
    ]
    if crs and (demand_xy is None or site_xy is None):
        faults.append("crs: a reference system needs coordinates; give demand_xy and site_xy")
    if unknown := sorted(set(standing or ()) - set(STATUSES)):
        faults.append(f"status: unknown values {', '.join(map(repr, unknown))}; use one of {', '.join(STATUSES)}")
    if people is not None:
        faults += _lost(ways, people)
    if faults:
        raise InstanceError(f"The matrix {name!r} cannot become an instance", faults)
    assert people is not None and standing is not None
    points, sites = Index.named("demand", ways.demand), Index.named("site", ways.site)
    option = Index.tuples("option", site=(sites, np.arange(m)), mode=(mode := Index.named("mode", ["place"]), [0] * m))
    phase, scenario = Index.named("phase", ["after"]), Index.named("scenario", ["calm"])
    way = Index.tuples(
        "route",
        demand=(points, ways.row),
        site=(sites, ways.column),
        way=(Index.named("way", ["direct"]), ways.row * 0),
    )
    metres, minutes = _lengths(ways.value, unit or ways.unit, speed)
    total = float(people.sum())
    about = About(
        name,
        {"en": name, "zh": name},
        crs,
        money,
        sources=tuple(sources),
        assumptions=_assumed(unit or ways.unit, speed, room, price, demand_xy, site_xy, crs),
    )
    return Instance(
        about,
        Sites(
            sites, places[1][:, 0], places[1][:, 1], np.zeros(m),
            np.array(["site"] * m), np.array(standing), np.array(ways.site),
        ),
        Scenarios(scenario, np.ones(1), np.array(["moderate"]), np.array(["none"]), np.array(["calm"])),
        zones=(drawn := _zones(zones)),
        demand=Demand(
            points, places[0][:, 0], places[0][:, 1], people, np.array(ways.demand), _homes(points, zones, drawn)
        ),
        phases=Phases(phase, np.zeros(1), np.ones(1), np.ones(1)),
        modes=Modes(
            mode, phase, np.array(["shelter"]), np.array([max(minutes.max(initial=0.0), 1.0)]), np.array([[True]]),
            np.array(["place"]),
        ),
        options=Options(
            option,
            phase,
            np.full(m, total) if room is None else np.where(np.isinf(room), total, room),
            np.zeros(m) if price is None else price,
            np.zeros(m),
            np.zeros((m, 1)),
            np.ones(m),
            np.ones((m, 1)),
        ),
        effects=Effects(scenario, points, phase, sites, people.reshape(n, 1, 1), np.ones((m, 1)), np.ones((m, 1))),
        routes=Routes(way, scenario, metres, minutes[:, None]),
    )  # fmt: skip


def _lost(ways: Listed, people: NDArray[np.float64]) -> list[str]:
    if not (people > 0).any():
        return ["weights: nobody needs a place"]
    lost = np.flatnonzero((people > 0) & (np.bincount(ways.row, minlength=len(people)) == 0))
    some = ", ".join(ways.demand[int(k)] for k in lost[:3])
    return (
        [f"distance: {lost.size} demand points where somebody lives reach no site, first {some}"] if lost.size else []
    )


def _xy(name: str, given: Any, labels: list[str], faults: list[str]) -> NDArray[np.float64]:
    """Coordinates (labels, 2); zero where there are none."""
    if given is None:
        return np.zeros((len(labels), 2))
    try:
        xy = np.array(given, dtype=float)
    except (TypeError, ValueError) as error:
        faults.append(f"{name}: not numbers ({error})")
        return np.zeros((len(labels), 2))
    if xy.shape != (len(labels), 2):
        faults.append(f"{name}: of shape {xy.shape}, expected ({len(labels)}, 2)")
        return np.zeros((len(labels), 2))
    bad = ~np.isfinite(xy).all(axis=1)
    if bad.any():
        some = ", ".join(labels[int(k)] for k in np.flatnonzero(bad)[:3])
        faults.append(f"{name}: {int(bad.sum())} missing or infinite, first at {some}")
    return xy


def _lengths(value: NDArray[np.float64], unit: str, speed: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres and minutes of each pair."""
    pace = speed * 1000.0 / 60.0  # metres a minute
    return (value * pace, value) if unit == "min" else (value, value / pace)


def _assumed(unit: str, speed: float, room: Any, price: Any, demand_xy: Any, site_xy: Any, crs: str) -> tuple[str, ...]:
    """What is not known and what stands in its place."""
    said = [NO_AREA]
    if demand_xy is None or site_xy is None:
        said.append(NO_PLACES)
    elif not crs:
        said.append(NO_CRS)
    if room is None:
        said.append(NO_CAPACITY)
    elif np.isinf(room).any():
        said.append(f"{int(np.isinf(room).sum())} sites have no limit; they take everybody.")
    said += [NO_COST] if price is None else []
    said += [] if unit else [NO_UNIT]
    said.append((METRES_DERIVED if unit == "min" else MINUTES_DERIVED).format(speed=speed))
    return (*said, ONE_CALM)


def _zones(zones: list[str] | None) -> Zones | None:
    if zones is None:
        return None
    names = sorted(set(zones))
    return Zones(Index.named("zone", names), np.array(names))


def _homes(points: Index, zones: list[str] | None, drawn: Zones | None) -> Map | None:
    if zones is None or drawn is None:
        return None
    at = {label: k for k, label in enumerate(drawn.zone.labels())}
    return Map(points, drawn.zone, np.array([at[z] for z in zones], np.intp))
