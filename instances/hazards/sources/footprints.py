"""Maps of intensity as events: one map an event, maps with return periods as an event set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.hazards.events import Force, Happening, Source
from instances.hazards.exposed import Exposed
from instances.hazards.measures import to_unit, usual_measure
from instances.hazards.sources.nearest import nearest

if TYPE_CHECKING:
    from instances.hazards.sources.rule import FootprintRule

Floats = NDArray[np.float64]


class Maps:
    """Intensity of footprints at all places; every map is read once, and its features are booked once."""

    def __init__(
        self, rules: list[FootprintRule], layers: Mapping[str, Any], exposed: Exposed, ledger: Ledger, faults: list[str]
    ) -> None:
        self.rules = {rule.name: rule for rule in rules}
        self.layers, self.exposed, self.ledger, self.faults = layers, exposed, ledger, faults
        self.touched: dict[str, NDArray[np.bool_]] = {}
        self.forces: dict[str, Force] = {}

    def force(self, name: str) -> Force | None:
        """The force of one footprint; None if it cannot be read (the faults then say why)."""
        if name not in self.forces:
            rule = self.rules[name]
            measure = rule.measure or usual_measure(rule.hazard)
            found = self._intensity(rule)
            if found is None:
                return None
            outside = np.isnan(found)
            if outside.any():
                self.ledger.note(f"{name}: no value at {self.exposed.missed(outside)}; counted as untouched")
            values = np.where(outside, 0.0, found)
            if rule.add:
                values = np.where(values > 0, np.maximum(values + rule.add, 0.0), values)
                self.ledger.assume(f"{name}: {rule.add:+g} {rule.unit} on every value of {rule.layer} above 0.")
            values = values * (to_unit(measure, rule.unit) or 1.0)
            low = values < 0
            if low.any() and measure != "temperature":
                self.faults.append(f"footprint {name}: {low.sum()} values are below 0; give what they mean as nodata")
                return None
            self.forces[name] = Force(rule.hazard, measure, *self.exposed.parts(np.maximum(values, 0.0)))
        return self.forces[name]

    def _intensity(self, rule: FootprintRule) -> Floats | None:
        layer = self.layers.get(rule.layer)
        if layer is None:
            there = ", ".join(self.layers) or "none"
            self.faults.append(f"footprint {rule.name}: no layer called {rule.layer!r}; there are {there}")
            return None
        if hasattr(layer, "sample"):
            if rule.column is not None:
                self.faults.append(f"footprint {rule.name}: {rule.layer} is a raster, which has no columns")
                return None
            return self.exposed.on_grid(layer)
        if rule.column is None or not hasattr(layer, "numbers"):
            self.faults.append(f"footprint {rule.name}: name the column of {rule.layer} that holds the intensity")
            return None
        return self._on_features(rule, layer)

    def _on_features(self, rule: FootprintRule, layer: Any) -> Floats | None:
        import shapely

        values = layer.numbers(rule.column, rule.unit, lower=-np.inf)
        kinds = set(np.unique(shapely.get_type_id(layer.shape)).tolist())
        touched = self.touched.setdefault(rule.layer, np.zeros(len(layer), bool))
        if not len(layer) or not (kinds <= {3, 6} or kinds == {0}):
            self.faults.append(f"footprint {rule.name}: {rule.layer} must hold polygons, or points, and at least one")
            return None
        if kinds == {0}:
            at, _ = nearest(shapely.get_coordinates(layer.shape), self.exposed.xy, rule.distance)
            touched[at[at >= 0]] = True
            return np.where(at >= 0, values[at], np.nan)
        found, hit = self.exposed.on_areas(layer.shape, values)
        touched |= hit
        return found

    def book(self) -> None:
        """Enter every layer of features that maps were made of."""
        for name, touched in self.touched.items():
            layer = self.layers[name]
            self.ledger.read(name, len(layer))
            self.ledger.drop(name, "touches no person, site or link", layer.id[~touched].tolist())
            self.faults += [f for f in layer.faults if f not in self.faults]


def mapped_events(maps: Maps, share: float | None, joining: set[str]) -> list[Source]:
    """Events of all footprints but those without a mass that only join others in a chain.

    Those by return period of one set share the mass between their return periods.
    """
    rates = _between(list(maps.rules.values()))
    groups: dict[str, list[Happening]] = {}
    for name, rule in maps.rules.items():
        if rule.kind == "unknown" and name in joining:
            continue
        force = maps.force(name)
        if force is None:
            continue
        mass = {"probability": rule.probability, "weight": rule.weight, "rate": rates.get(name)}.get(rule.kind)
        groups.setdefault(rule.kind, []).append(
            Happening(
                name, rule.title or name, rule.hazard, mass or 0.0, rule.level or "", rule.season, rule.time or "",
                forces=(force,),
            )
        )  # fmt: skip
    if share is not None and len(groups) > 1:
        maps.faults.append("footprints: with a share, all must be by probability, by return period or by weight")
    if rates:
        maps.ledger.assume(
            "A map with a return period stands for the events from its own return period up to the next longer one of "
            "its set (rate 1/T less 1/T of the next)."
        )
    return [Source(f"footprints by {kind}", kind, tuple(found), share) for kind, found in groups.items()]


def _between(rules: list[FootprintRule]) -> dict[str, float]:
    """Rate a year that each map with a return period stands for."""
    sets: dict[tuple[str, str, str], list[FootprintRule]] = {}
    for rule in rules:
        if rule.return_period is not None:
            sets.setdefault((rule.set or rule.hazard, rule.season, rule.time or ""), []).append(rule)
    rates: dict[str, float] = {}
    for members in sets.values():
        members.sort(key=lambda r: r.return_period or 0.0)
        periods = np.array([r.return_period for r in members], float)
        passed = np.append(1.0 / periods, 0.0)
        rates |= {r.name: float(f) for r, f in zip(members, passed[:-1] - passed[1:], strict=True)}
    return rates
