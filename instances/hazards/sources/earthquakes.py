"""Earthquakes from their source: peak ground acceleration by distance, with scatter that neighbours share.

The relation is equation (1) fitted by Campbell (1981), Bulletin of the Seismological Society of America 71(6),
2039-2070, unconstrained model: PGA = 0.0159 exp(0.868 M) (R + 0.0606 exp(0.7 M))^-1.09 in g, R the closest distance to
the rupture in km, spread of the logarithm 0.372. Residuals within one event are correlated in space after Jayaram &
Baker (2009), doi:10.1002/eqe.922.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.hazards.events import Force, Happening, Source
from instances.hazards.exposed import Exposed

if TYPE_CHECKING:
    from instances.hazards.sources.rule import At, EarthquakeRule
    from instances.layers.layer import Frame

Floats = NDArray[np.float64]

SOURCES = (
    "Campbell (1981), Bulletin of the Seismological Society of America 71(6), 2039-2070: peak ground acceleration",
    "Jayaram and Baker (2009), doi:10.1002/eqe.922: correlation of shaking between places",
)


def campbell1981(magnitude: float, km: Floats) -> Floats:
    """Median peak ground acceleration in g at closest distances to the rupture in km (any shape)."""
    size = 0.0606 * np.exp(0.7 * magnitude)
    shaking: Floats = 0.0159 * np.exp(0.868 * magnitude) * (np.asarray(km, np.float64) + size) ** -1.09
    return shaking


def place_of(at: At, frame: Frame) -> tuple[float, float]:
    """A place of the rule in the frame's system."""
    if at.x is not None and at.y is not None:
        return at.x, at.y
    import pyproj

    x, y = pyproj.Transformer.from_crs("EPSG:4326", frame.crs, always_xy=True).transform(at.lon, at.lat)
    return float(x), float(y)


def source_events(
    rules: list[EarthquakeRule],
    share: float | None,
    layers: Mapping[str, Any],
    exposed: Exposed,
    frame: Frame,
    ledger: Ledger,
    faults: list[str],
) -> list[Source]:
    """Median shaking of every earthquake, with the scatter still to be drawn."""
    import shapely

    groups: dict[str, list[Happening]] = {}
    booked: set[str] = set()
    for rule in rules:
        if rule.at is not None:
            x, y = place_of(rule.at, frame)
            away = np.hypot(exposed.xy[:, 0] - x, exposed.xy[:, 1] - y)
        else:
            layer = layers.get(rule.fault or "")
            if layer is None or not len(layer):
                there = ", ".join(layers) or "none"
                faults.append(f"earthquake {rule.name}: no trace in layer {rule.fault!r}; there are {there}")
                continue
            if rule.fault not in booked:
                ledger.read(layer.name, len(layer))
                booked.add(layer.name)
            trace = shapely.union_all(layer.shape)
            shapely.prepare(trace)
            away = np.asarray(shapely.distance(shapely.points(exposed.xy), trace), np.float64)
        shaking = campbell1981(rule.magnitude, np.hypot(away / 1000.0, rule.depth))
        force = Force(
            "earthquake", "PGA", *exposed.parts(shaking), within=rule.spread * np.sqrt(1.0 - rule.shared),
            between=rule.spread * np.sqrt(rule.shared), reach=rule.reach,
        )  # fmt: skip
        period = 1.0 / rule.return_period if rule.return_period is not None else None
        mass = next((m for m in (rule.probability, rule.weight, period) if m is not None), 0.0)
        title = rule.title or f"{rule.name}, magnitude {rule.magnitude:g}"
        made = Happening(rule.name, title, "earthquake", mass, rule.level or "", forces=(force,))
        groups.setdefault(rule.kind, []).append(made)
    if rules:
        ledger.cite(*SOURCES)
        parts = sorted({rule.shared for rule in rules})
        ledger.assume(
            f"Of the variance of shaking, all places of one earthquake share {', '.join(f'{p:.0%}' for p in parts)}; "
            "distance is that to the epicentre or trace at the depth of the rupture."
        )
    if share is not None and len(groups) > 1:
        faults.append("earthquakes: with a share, all must be by probability, by return period or by weight")
    return [Source(f"earthquakes by {kind}", kind, tuple(found), share) for kind, found in groups.items()]
