"""The step of the builder that says who is where: reads the rule, spreads, counts, merges and keeps the books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.index import Index, Map
from instances.layers.layer import Floats, Frame, Texts
from instances.people.booking import book_features, book_places
from instances.people.carriers import carriers_of
from instances.people.counting import Counted, count
from instances.people.daytime import commute, in_proportion, pull
from instances.people.everyone import as_one_area
from instances.people.extent import extent_of_city
from instances.people.overlay import Pieces, Shapes, extent_of
from instances.people.residents import Dwellers, hosts
from instances.people.sources import Units, as_one, by_feature
from instances.people.spread import Parts, part_areas, raster_measure
from instances.people.targets import FAR, Targets, assign
from instances.people.workplaces import workplaces_of
from instances.places import Demand, Groups
from instances.schema import InstanceError

if TYPE_CHECKING:
    from instances.people.rule import PeopleRule
    from instances.streets.graph import Network

WHAT = "The people of this city cannot be settled"
WALK_SPEED = 4.0  # km/h; only the distance of a snap is used here


@dataclass(frozen=True, eq=False)
class Settled:
    """Demand points before they have their final names.

    Attributes
    ----------
    id
        From the source, or made of the place; unique.
    people, day
        Whole numbers by night and by day, shape (points,); ``day`` None if the recipe does not say.
    title
        Names shown to people, "" where the source has none.
    zone
        Zone as the source says, None without such a column.
    group, group_title, vulnerability
        Names, English titles and weights of groups, shape (groups,).
    night, group_day
        People of each group, whole numbers, shape (points, groups); ``group_day`` equals ``night`` without ``day``.
    """

    id: Texts
    x: Floats
    y: Floats
    people: Floats
    title: Texts
    zone: Texts | None
    day: Floats | None
    group: Texts
    group_title: Texts
    vulnerability: Floats
    night: Floats
    group_day: Floats

    def where(self, keep: NDArray[Any]) -> Settled:
        """Some of the points."""
        return Settled(
            self.id[keep], self.x[keep], self.y[keep], self.people[keep], self.title[keep],
            None if self.zone is None else self.zone[keep],
            None if self.day is None else self.day[keep],
            self.group, self.group_title, self.vulnerability, self.night[keep], self.group_day[keep],
        )  # fmt: skip

    def demand(self, index: Index, title: Texts | None = None, zone: Map | None = None) -> Demand:
        """The demand points as part of an instance.

        Parameters
        ----------
        index
            One name a point, in this order.
        title
            Names shown to people; without, those of the source.
        """
        names = self.title if title is None else title
        return Demand(index, self.x, self.y, self.people, title=names, zone=zone, day=self.day)

    def groups(self, index: Index) -> Groups | None:
        """The groups as part of an instance; None if the recipe names none."""
        if not len(self.group):
            return None
        group = Index.named("group", self.group.tolist())
        return Groups(index, group, self.night, self.group_day, self.vulnerability, self.group_title)


def settle(
    rule: PeopleRule, layers: Mapping[str, Any], network: Network | None, frame: Frame, ledger: Ledger, seed: int
) -> Settled:
    """Demand points with whole people, by night and day and by group.

    Parameters
    ----------
    layers
        Read in the frame's system: Layer, Grid and Extract by name.
    network
        Needed for junctions, streets, ``reach`` and the extent of the roads.
    seed
        Nothing is drawn at random here; every step takes a seed.

    Raises
    ------
    InstanceError
        With every fault of the layers and columns that the rule names.
    """
    faults: list[str] = []
    extent = extent_of_city(rule, layers, network, frame, ledger, faults)
    carriers = carriers_of(rule.by, layers, network, ledger, faults)
    if not any((rule.points, rule.areas, rule.raster, rule.buildings, rule.osm)):
        _raise(faults)
        assert carriers is not None
        rule, more = as_one_area(rule, carriers, extent, frame, ledger)
        layers = {**layers, **more}
    draw = None
    if rule.day is not None and rule.day.commuters is not None:
        draw = workplaces_of(rule.day.commuters.towards, layers, network, ledger, faults)
    if rule.reach is not None and network is None:
        faults.append("people: reach is asked for, but the recipe has no roads")
    featured = rule.points or rule.areas
    units: Units | None = None
    places = None
    if featured is not None:
        units = by_feature(featured, rule, layers, ledger, faults)
    else:
        one = as_one(rule, layers, frame.box, ledger, faults)
        units, places, carriers = one if one is not None else (None, None, carriers)
    _raise(faults)
    assert units is not None
    if rule.areas is not None:
        parts = part_areas(units, carriers, extent, ledger)
    elif places is not None and rule.raster is not None and rule.target.areas is not None:
        parts = _sheet(units, places, carriers, extent)
        places = None
    else:
        parts = _points(units, places, extent)
    targets = assign(rule.target, parts, units, carriers, layers, network, ledger, faults)
    _raise(faults)
    assert targets is not None
    if rule.reach is not None and network is not None:
        targets = _reached(targets, network, rule.reach)
    counted = count(units, parts.inside, targets, rule.total.people if rule.total else None)
    name = featured.layer if featured is not None else str(units.id[0])
    _say(rule, units, counted, name, ledger)
    if places is not None and carriers is not None:
        book_places(name, carriers, places, extent, targets, counted, ledger)
    else:
        book_features(name, units, counted, rule.reach, ledger)
    settled, unit = _settled(rule, units, targets, counted, ledger)
    settled = _merged(settled, rule.least, unit if rule.target.apart else np.zeros(len(unit), np.intp), ledger)
    if rule.day is None:
        return settled
    return _by_day(settled, rule, draw, ledger)


def _raise(faults: list[str]) -> None:
    if faults:
        raise InstanceError(WHAT, list(dict.fromkeys(faults)))


def _points(units: Units, places: Pieces | None, extent: Shapes | None) -> Parts:
    """Points are pieces of their own, or of the one unit they make up; those outside the extent stay out."""
    import shapely

    if places is None:
        at = np.arange(len(units.id))
        pieces = Pieces(at, units.shape, np.ones(len(at)), np.full(len(at), -1, np.intp))
    else:
        pieces = places.where(places.density > 0)
    every = np.bincount(pieces.unit, pieces.density, minlength=len(units.id))
    if extent is not None and len(pieces):
        pieces = pieces.where(np.asarray(shapely.intersects(shapely.union_all(extent), pieces.shape), bool))
    inside = np.bincount(pieces.unit, pieces.density, minlength=len(units.id))
    share = np.divide(inside, every, out=np.zeros(len(every)), where=every > 0)
    return Parts(pieces, pieces.weights(), share, np.zeros(len(every), bool), extent_of)


def _sheet(units: Units, cells: Pieces, carriers: Any, extent: Shapes | None) -> Parts:
    """The raster as one sheet that polygons cut, so that cells on a border are split by exact coverage."""
    import shapely

    _, _, _, area = carriers.grid.cells(None)
    side = float(np.sqrt(area.max()))
    west, south, east, north = shapely.total_bounds(cells.shape)
    sheet = shapely.box(west - side, south - side, east + side, north + side)
    if extent is not None:
        sheet = shapely.intersection(sheet, shapely.union_all(extent))
    none = np.array([-1], np.intp)
    piece = Pieces(np.zeros(1, np.intp), np.array([sheet], object), np.ones(1), none)
    measure = raster_measure(carriers)
    weight = piece.weights(measure)
    share = np.clip(weight / units.people, 0.0, 1.0)
    if extent is None:
        share, weight = np.ones(1), units.people.copy()
    return Parts(piece, weight, share, np.zeros(1, bool), measure)


def _reached(targets: Targets, network: Network, reach: float) -> Targets:
    from instances.streets.graph import snap

    target = targets.target.copy()
    held = np.flatnonzero(target >= 0)
    if len(held):
        x, y = targets.pieces.where(held).middle()
        target[held[snap(network, x, y, WALK_SPEED).distance > reach]] = FAR
    return Targets(
        targets.id, targets.x, targets.y, targets.title, targets.zone, targets.pieces, targets.weight, target
    )


def _say(rule: PeopleRule, units: Units, counted: Counted, name: str, ledger: Ledger) -> None:
    if rule.source is not None:
        ledger.cite(rule.source)
    raw = float(units.people.sum())
    if rule.total is not None:
        text = f"{name}: all numbers of people are scaled by {counted.factor:.6g} to a total of {rule.total.people}"
        ledger.note(f"{text} ({rule.total.basis})")
        if rule.total.source is not None:
            ledger.cite(rule.total.basis)
        else:
            ledger.assume(f"{text} ({rule.total.basis}).")
    elif abs(raw - np.rint(units.people).sum()) > 1e-6 or (units.people != np.rint(units.people)).any():
        ledger.note(f"{name}: people are given in fractions ({raw:.2f} in all) and rounded to whole people")
    if rule.areas is not None and rule.by is None:
        ledger.assume(f"People of {name} are spread evenly over the area of each unit.")


def _settled(
    rule: PeopleRule, units: Units, targets: Targets, counted: Counted, ledger: Ledger
) -> tuple[Settled, NDArray[np.intp]]:
    """The points where anybody is, and the unit that most of their people come from."""
    zone = targets.zone
    if zone is None and units.zone is not None:
        zone = units.zone[counted.main]
    names = list(rule.groups)
    title = [rule.groups[n].title for n in names]
    settled = Settled(
        id=targets.id,
        x=counted.x,
        y=counted.y,
        people=counted.people,
        title=targets.title,
        zone=zone,
        day=counted.day,
        group=np.array(names, np.str_),
        group_title=np.array([t.get("en") or t.get("zh", "") for t in title], np.str_),
        vulnerability=np.array([rule.groups[n].vulnerability for n in names], np.float64),
        night=counted.groups,
        group_day=counted.groups,
    )
    for n in names:
        if rule.groups[n].vulnerability != 1.0:
            ledger.assume(f"Group {n}: one person counts {rule.groups[n].vulnerability:g} times.")
    there = settled.people > 0 if settled.day is None else (settled.people > 0) | (settled.day > 0)
    if not settled.people.sum() > 0:
        raise InstanceError(WHAT, ["nobody lives inside the extent and the targets; check within, to and the frame"])
    return settled.where(there), counted.main[there]


def _merged(settled: Settled, least: float, unit: NDArray[np.intp], ledger: Ledger) -> Settled:
    """Points with fewer than ``least`` people join the nearest larger one of the same ``unit``; nobody is lost."""
    name = "demand points"
    ledger.read(name, len(settled.id), float(settled.people.sum()), "people")
    large, host = _hosts(settled, least, unit)
    if large.all():
        return settled
    small = settled.people[~large]
    ledger.merge(
        name, f"fewer than {least:g} people, joined to the nearest", settled.id[~large].tolist(), small.sum(), "people"
    )
    size = int(large.sum())
    night = np.zeros((size, len(settled.group)))
    np.add.at(night, host, settled.night)
    kept = settled.where(large)
    return Settled(
        kept.id, kept.x, kept.y, np.bincount(host, settled.people, minlength=size).astype(np.float64),
        kept.title, kept.zone,
        None if settled.day is None else np.bincount(host, settled.day, minlength=size).astype(np.float64),
        kept.group, kept.group_title, kept.vulnerability, night, night,
    )  # fmt: skip


def _hosts(settled: Settled, least: float, unit: NDArray[np.intp]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Which points stay, and which of those each point joins, unit by unit."""
    large, joined = np.zeros(len(unit), bool), np.zeros(len(unit), np.intp)
    for one in np.unique(unit):
        at = np.flatnonzero(unit == one)
        stays, host = hosts(Dwellers(settled.x[at], settled.y[at], settled.people[at]), least)
        large[at] = stays
        joined[at] = at[np.flatnonzero(stays)][host]
    number = np.cumsum(large) - 1
    return large, number[joined].astype(np.intp)


def _by_day(settled: Settled, rule: PeopleRule, draw: Any, ledger: Ledger) -> Settled:
    day, groups = settled.day, settled.night
    if rule.day is not None and rule.day.commuters is not None and draw is not None:
        how = rule.day.commuters
        force, metres = pull(draw, settled.x, settled.y)
        if not force.sum() > 0:
            raise InstanceError(WHAT, [f"layer {draw.name}: no workplace has a weight, so commuters go nowhere"])
        travels = np.array([rule.groups[n].travels for n in rule.groups], np.float64)
        day, groups = commute(how, settled.x, settled.y, settled.people, settled.night, travels, force)
        far = f", pull falling to 1/e over {how.decay:g} km" if how.decay is not None else ", at any distance"
        text = f"By day {how.share:.1%} of the residents are elsewhere, drawn by {draw.name}{far}"
        ledger.note(f"{text} ({how.basis}); workplaces count at the nearest demand point, {metres:.0f} m on average")
        if how.source is not None:
            ledger.cite(how.basis)
        else:
            ledger.assume(f"{text} ({how.basis}).")
    elif day is not None and len(settled.group):
        groups = in_proportion(settled.people, settled.night, day, settled.x, settled.y)
        ledger.assume("By day every group is the same share of the people of a place as by night.")
    return Settled(
        settled.id, settled.x, settled.y, settled.people, settled.title, settled.zone, day,
        settled.group, settled.group_title, settled.vulnerability, settled.night, groups,
    )  # fmt: skip
