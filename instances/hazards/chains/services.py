"""Services that depend on each other: a flooded substation takes the power, and no power takes the water."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.hazards.events import Force, Happening
from instances.hazards.exposed import Exposed
from instances.hazards.fields import survival
from instances.hazards.luck import Luck, drawn

if TYPE_CHECKING:
    from instances.hazards.rule import ServiceRule, ServicesRule

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.intp]


def facility_places(
    rule: ServicesRule, layers: Mapping[str, Any], ledger: Ledger, faults: list[str]
) -> dict[str, Floats]:
    """Points of the facilities of each service with a layer (of an area: a point inside), and books them."""
    import shapely

    found = {}
    for service in rule.services:
        if service.layer is None:
            continue
        layer = layers.get(service.layer)
        if layer is None or not hasattr(layer, "shape") or not len(layer):
            there = ", ".join(layers) or "none"
            faults.append(f"service {service.name}: no features in layer {service.layer!r}; there are {there}")
            continue
        kinds = shapely.get_type_id(layer.shape)
        if service.areas and not np.isin(kinds, [3, 6]).all():
            faults.append(f"service {service.name}: areas must be polygons in {service.layer}")
            continue
        ledger.read(service.layer, len(layer))
        found[service.name] = shapely.get_coordinates(shapely.point_on_surface(layer.shape)).astype(np.float64)
    return found


class Services:
    """Who gets which service from where, and what fails when facilities do.

    A place is served by the nearest facility, or by the area it lies in (outside all areas: by nobody, and it loses
    nothing). A facility fails where the intensity exceeds its threshold, drawn from a lognormal curve if it has a
    spread, or where a service that it needs is lost at its own place and it has no backup. A service without
    facilities fails wherever a service that it needs does.
    """

    def __init__(
        self, rule: ServicesRule, layers: Mapping[str, Any], places: dict[str, Floats], starts: dict[str, int],
        exposed: Exposed, luck: Luck,
    ) -> None:  # fmt: skip
        """``starts``: where the facilities of each service begin in the list of all points."""
        self.rule, self.exposed, self.luck = rule, exposed, luck
        self.places, self.starts = places, starts
        self.served: dict[str, Ints] = {}
        self.backed: dict[str, Flags] = {}
        for service in rule.services:
            if service.name in places:
                shapes = layers[service.layer or ""].shape if service.areas else None
                self.served[service.name] = _served(exposed.xy, places[service.name], shapes)
            self.backed[service.name] = drawn(
                np.full(len(exposed.xy), service.backup), luck.own("backup", service.name)
            )

    def fail(self, happening: Happening) -> tuple[Force, ...]:
        """Forces with 1 where a service is lost, for every service that is lost anywhere."""
        lost: dict[str, Flags] = {}
        left = list(self.rule.services)
        while left:  # the rule holds no circle
            service = next(s for s in left if not set(s.needs) & {other.name for other in left})
            left.remove(service)
            lost[service.name] = self._lost(service, happening, lost)
        return tuple(
            Force(name, "share", *self.exposed.parts(where.astype(np.float64)))
            for name, where in lost.items()
            if where.any()
        )

    def _lost(self, service: ServiceRule, happening: Happening, lost: dict[str, Flags]) -> Flags:
        without = np.zeros(len(self.exposed.xy), bool)
        for needed in service.needs:
            without |= lost[needed]
        without &= ~self.backed[service.name]
        if service.name not in self.places:
            return without
        here = slice(self.starts[service.name], self.starts[service.name] + len(self.places[service.name]))
        failed = without[here].copy()
        for force in happening.forces:
            if force.hazard in self.rule.after and service.fails is not None:
                failed |= self._broken(service, force.everywhere[here], here, happening)
        at = self.served[service.name]
        return np.where(at >= 0, failed[at], False)

    def _broken(self, service: ServiceRule, at: Floats, here: slice, happening: Happening) -> Flags:
        if service.spread is None or not service.fails:
            return np.asarray(at > (service.fails or 0.0), np.bool_)
        chance = 1.0 - survival(at, service.fails, service.spread)
        return drawn(chance, self.luck.own(*happening.key, service.name)[here])


def _served(xy: Floats, facilities: Floats, areas: Any) -> Ints:
    """Facility that serves each place, -1 for none."""
    if areas is None:
        from scipy.spatial import cKDTree

        return np.asarray(cKDTree(facilities).query(xy)[1], np.intp)
    import shapely

    served = np.full(len(xy), -1, np.intp)
    at, which = shapely.STRtree(areas).query(shapely.points(xy), predicate="intersects")
    order = np.lexsort([which, at])[::-1]
    served[at[order]] = which[order]  # the first area where they overlap
    return served
