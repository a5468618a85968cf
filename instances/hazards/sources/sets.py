"""Event sets: many events over one set of places, as a sparse table of intensity; each becomes an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.hazards.events import Force, Happening, Source
from instances.hazards.exposed import Exposed
from instances.hazards.measures import to_unit, units_for, usual_measure
from instances.hazards.sources.nearest import nearest

if TYPE_CHECKING:
    from instances.hazards.sources.rule import ClimadaRule, EventsRule
    from instances.layers.layer import Frame

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class EventSet:
    """Events as another program gives them.

    Attributes
    ----------
    intensity
        Sparse matrix (CSR), events by places.
    xy
        Places, shape (places, 2), in ``crs``.
    rate
        Per event, a year; None if unknown.
    """

    name: str
    event: Texts
    title: Texts
    hazard: str
    unit: str
    intensity: Any
    xy: Floats
    crs: str
    rate: Floats | None


def set_events(
    given: EventSet, rule: ClimadaRule | EventsRule, exposed: Exposed, frame: Frame, ledger: Ledger, faults: list[str]
) -> Source | None:
    """Events of a set that touch something here; those that touch nothing are booked, and their mass is kept apart.

    Every place takes the value of the nearest point of the set, within the limit; beyond it is untouched.
    """
    import pyproj

    hazard = rule.hazard or given.hazard
    measure = rule.measure or usual_measure(hazard)
    unit = rule.unit or given.unit
    factor = to_unit(measure, unit)
    if factor is None:
        faults.append(f"{given.name}: unit {unit!r} does not measure {measure}; use {units_for(measure)}")
        return None
    x, y = pyproj.Transformer.from_crs(given.crs, frame.crs, always_xy=True).transform(*given.xy.T)
    points = np.column_stack([x, y])
    good = np.isfinite(points).all(axis=1)
    at, limit = nearest(points[good], exposed.xy, rule.distance)
    at = np.where(at >= 0, np.flatnonzero(good)[at], -1)
    ledger.note(
        f"{given.name}: places take the value of the nearest of {len(points)} points within {limit:.0f} m; "
        f"{exposed.missed(at < 0)} have none and count as untouched"
    )
    here = np.unique(at[at >= 0])
    local = given.intensity[:, here].tocsr()
    local.eliminate_zeros()
    reached = np.diff(local.indptr)
    rate = np.ones(len(given.event)) if given.rate is None else given.rate
    ledger.read(given.name, len(given.event), float(rate.sum()), "a year" if given.rate is not None else "weight")
    empty = reached == 0
    ledger.merge(given.name, "touches nothing here", given.event[empty].tolist(), float(rate[empty].sum()))
    nothing = float(rate[empty].sum())
    idle = ~empty & ~(rate > 0)
    ledger.drop(given.name, "never happens (rate 0)", given.event[idle].tolist())
    keep = np.flatnonzero(~empty & (rate > 0))
    if rule.most is not None and len(keep) > rule.most:
        order = keep[np.argsort(-reached[keep], kind="stable")]
        left = np.sort(order[rule.most :])
        ledger.drop(given.name, f"beyond the {rule.most} events that reach most places", given.event[left].tolist(),
                    float(rate[left].sum()))  # fmt: skip
        ledger.warn(
            f"{given.name}: only {rule.most} of {len(keep)} events that touch something are kept, and the rate of the "
            "others is left out; raise `most`, or reduce scenarios instead"
        )
        keep = np.sort(order[: rule.most])
    slot = np.full(len(points) + 1, len(here))
    slot[here] = np.arange(len(here))
    which = slot[at]  # -1 finds the last slot, which stays untouched
    happenings = []
    for k in keep.tolist():
        row = np.append(local[[k]].toarray()[0], 0.0) * factor
        force = Force(hazard, measure, *exposed.parts(np.maximum(row[which], 0.0)))
        name = f"{given.name} {given.event[k]}"
        happenings.append(Happening(name, str(given.title[k]) or name, hazard, float(rate[k]), forces=(force,)))
    kind = "unknown" if given.rate is None else "rate"
    if given.rate is None:
        ledger.assume(f"{given.name}: the set gives no rates; its events are equally likely.")
        kind = "weight"
    return Source(given.name, kind, tuple(happenings), rule.share, nothing)


def table_set(rule: EventsRule, layers: Mapping[str, Any], ledger: Ledger, faults: list[str]) -> EventSet | None:
    """An event set from a table with one row an event and place."""
    from scipy import sparse

    lost = [n for n in (rule.layer, rule.places) if n is not None and n not in layers]
    if lost:
        faults.append(f"{rule.name}: no layer called {', '.join(lost)}; there are {', '.join(layers) or 'none'}")
        return None
    table = layers[rule.layer]
    before = len(table.faults)
    events, values = table.texts(rule.event), table.numbers(rule.intensity, rule.unit)
    rates = table.numbers(rule.rate, "1/year") if rule.rate is not None else None
    places = layers[rule.places] if rule.places is not None else table
    xy, crs = _coordinates(places, rule)
    faults += table.faults[before:] + ([] if places is table else places.faults)
    if places is not table:
        mine, theirs = table.texts(rule.place or ""), places.texts(rule.place or "")
        position = {t: k for k, t in enumerate(theirs.tolist())}
        column = np.array([position.get(t, -1) for t in mine.tolist()], np.intp)
        if len(position) < len(theirs):
            twice = len(theirs) - len(position)
            faults.append(f"{rule.name}: {twice} places of {rule.places} share their {rule.place}")
        if (column < 0).any():
            lost = sorted(set(mine[column < 0].tolist()))[:3]
            faults.append(f"{rule.name}: {(column < 0).sum()} rows name places that are not in {rule.places}: {lost}")
        ledger.read(rule.places or "", len(places))
        used = np.zeros(len(places), bool)
        used[column[column >= 0]] = True
        ledger.drop(rule.places or "", "no event reaches it", places.id[~used].tolist())
    else:
        xy, column = np.unique(xy, axis=0, return_inverse=True)
        column = column.ravel()
    if faults:
        return None
    names, first, inverse = np.unique(events, return_index=True, return_inverse=True)
    row = inverse.ravel()
    pair = row * len(xy) + column
    if len(np.unique(pair)) < len(pair):
        faults.append(f"{rule.name}: {len(pair) - len(np.unique(pair))} rows repeat an event and place")
        return None
    rate = None
    if rates is not None:
        rate = rates[first]
        if (rates != rate[row]).any():
            faults.append(f"{rule.name}: rows of one event differ in {rule.rate}")
            return None
    ledger.read(rule.layer, len(table))
    ledger.merge(rule.layer, "rows of one event", table.id.tolist())
    matrix = sparse.csr_matrix((values, (row, column)), shape=(len(names), len(xy)))
    return EventSet(rule.name, names, np.full(len(names), ""), rule.hazard, rule.unit, matrix, xy, crs, rate)


def climada_set(rule: ClimadaRule, folder: Path, faults: list[str]) -> EventSet | None:
    """An event set from a CLIMADA hazard file."""
    from instances.hazards.sources.apart import read_climada
    from instances.schema import InstanceError

    try:
        return read_climada(folder / rule.path, rule.name or Path(rule.path).stem)
    except InstanceError as error:
        faults += [f"{rule.path}: {fault}" for fault in error.faults]
        return None


def _coordinates(places: Any, rule: EventsRule) -> tuple[Floats, str]:
    import shapely

    if len(places) and not shapely.is_missing(places.shape).any():
        return np.asarray(shapely.get_coordinates(shapely.centroid(places.shape)), np.float64), places.crs
    lon = places.numbers(rule.lon, "degrees", lower=-180.0, upper=180.0)
    return np.column_stack([lon, places.numbers(rule.lat, "degrees", lower=-90.0, upper=90.0)]), "EPSG:4326"
