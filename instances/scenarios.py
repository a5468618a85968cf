"""What may happen: scenarios with their probability, level, and effect on people, sites, stock and links."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instances.index import Index
from instances.schema import Part, datum

LEVELS = ("moderate", "high", "extreme")


@dataclass(frozen=True, eq=False)
class Scenarios(Part):
    """Realisations of hazards. Effects that a case does not have are left as None."""

    scenario: Index
    probability: np.ndarray = datum("scenario", unit="1", doc="Probability given that an event happens.", upper=1.0)
    level: np.ndarray = datum("scenario", unit="", doc="Shock level: moderate, high or extreme.", dtype=str)
    hazard: np.ndarray = datum("scenario", unit="", doc="Hazard, or hazards joined with +.", dtype=str)
    title: np.ndarray = datum("scenario", unit="", doc="Name shown to people.", dtype=str)

    def extra_faults(self) -> list[str]:
        faults = []
        unknown = sorted(set(self.level.tolist()) - set(LEVELS))
        if unknown:
            faults.append(f"level: unknown values {unknown}; use one of {', '.join(LEVELS)}")
        total = float(np.sum(self.probability)) if self.probability.dtype.kind == "f" else np.nan
        if np.isfinite(total) and abs(total - 1.0) > 1e-6:
            faults.append(f"probability: sums to {total:.6g}, not 1; divide by the sum if these are frequencies")
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
