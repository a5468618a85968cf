"""What may happen: scenarios with their probability, level, and effect on people, sites, stock and links."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instances.index import Index
from instances.schema import Part, datum

LEVELS = ("moderate", "high", "extreme")
TIMES = ("day", "night")


@dataclass(frozen=True, eq=False)
class Scenarios(Part):
    """Realisations of hazards. Effects that a case does not have are left as None."""

    scenario: Index
    probability: np.ndarray = datum("scenario", unit="1", doc="Probability given that an event happens.", upper=1.0)
    level: np.ndarray = datum("scenario", unit="", doc="Shock level: moderate, high or extreme.", dtype=str)
    hazard: np.ndarray = datum("scenario", unit="", doc="Hazard, or hazards joined with +.", dtype=str)
    title: np.ndarray = datum("scenario", unit="", doc="Name shown to people.", dtype=str)
    time: np.ndarray | None = datum("scenario", unit="", doc="Time of day: day or night.", dtype=str, default=None)
    season: np.ndarray | None = datum("scenario", unit="", doc="Season, as the case names it.", dtype=str, default=None)

    def extra_faults(self) -> list[str]:
        faults = []
        for name, values, known in (("level", self.level, LEVELS), ("time", self.time, TIMES)):
            unknown = sorted(set(values.tolist()) - set(known)) if values is not None else []
            if unknown:
                faults.append(f"{name}: unknown values {unknown}; use one of {', '.join(known)}")
        total = float(np.sum(self.probability)) if self.probability.dtype.kind == "f" else np.nan
        if np.isfinite(total) and abs(total - 1.0) > 1e-6:
            faults.append(f"probability: sums to {total:.6g}, not 1; divide by the sum if these are frequencies")
        return faults


AMBIGUITIES = ("interval", "total variation", "wasserstein")


@dataclass(frozen=True, eq=False)
class Ambiguity(Part):
    """Distributions that must be reckoned with where nobody knows the probabilities.

    They are all distributions within ``lower`` and ``upper``, and within ``radius`` of the nominal probabilities:
    in total variation (half the sum of absolute differences), or in Wasserstein distance of order 1, where moving
    probability from one scenario to another costs their ``distance``.
    """

    scenario: Index
    lower: np.ndarray = datum("scenario", unit="1", doc="Least probability.", upper=1.0)
    upper: np.ndarray = datum("scenario", unit="1", doc="Greatest probability.", upper=1.0)
    kind: str = "interval"
    radius: float | None = None
    distance: np.ndarray | None = datum("scenario", "scenario", unit="1", doc="Cost of moving.", default=None)

    def extra_faults(self) -> list[str]:
        faults = []
        if self.kind not in AMBIGUITIES:
            faults.append(f"kind: {self.kind!r} is unknown; use one of {', '.join(AMBIGUITIES)}")
        if (self.kind == "interval") != (self.radius is None):
            faults.append("radius: belongs to total variation and Wasserstein sets, and only to them")
        elif self.radius is not None and not 0.0 <= self.radius < np.inf:
            faults.append(f"radius: must be a number from 0 up, got {self.radius!r}")
        if (self.kind == "wasserstein") != (self.distance is not None):
            faults.append("distance: belongs to Wasserstein sets, and only to them")
        crossed = self.lower > self.upper
        if crossed.any():
            faults.append(f"lower: above upper at {', '.join(self.scenario.labels(np.flatnonzero(crossed)[:3]))}")
        if self.lower.sum() > 1.0 + 1e-9 or self.upper.sum() < 1.0 - 1e-9:
            faults.append(f"no distribution fits: lower sums to {self.lower.sum():g}, upper to {self.upper.sum():g}")
        return faults


@dataclass(frozen=True, eq=False)
class Effects(Part):
    """What each scenario does, as one array per kind of effect."""

    scenario: Index
    demand: Index
    phase: Index
    site: Index
    need: np.ndarray = datum("demand", "phase", "scenario", unit="people", doc="People who need a place.")
    usable: np.ndarray = datum("site", "scenario", unit="1", doc="Share of the site's area still usable.", upper=1.0)
    survives: np.ndarray = datum(
        "site", "scenario", unit="1", doc="Share of the stock held there that survives.", upper=1.0
    )


@dataclass(frozen=True, eq=False)
class Damage(Part):
    """State of road links in each scenario."""

    scenario: Index
    link: Index
    cut: np.ndarray = datum("link", "scenario", unit="", doc="Impassable unless strengthened beforehand.", dtype=bool)
    slowdown: np.ndarray = datum("link", "scenario", unit="1", doc="Factor on travel time.", lower=1.0)


@dataclass(frozen=True, eq=False)
class Requests(Part):
    """Goods asked for at sites, beside what sheltered people need (published cases give needs this way)."""

    scenario: Index
    site: Index
    commodity: Index
    request: np.ndarray = datum("site", "commodity", "scenario", unit="unit", doc="Amount asked for.")
