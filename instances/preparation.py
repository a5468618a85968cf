"""What a site may be prepared for: phases, modes, and the options a site offers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from instances.index import Index
from instances.schema import Part, datum

ROLES = ("shelter", "stock", "reserve")


@dataclass(frozen=True, eq=False)
class Phases(Part):
    """Spans of time after the event (hours, days, weeks), in order."""

    phase: Index
    start: np.ndarray = datum("phase", unit="h", doc="When the phase begins, hours after the event.")
    days: np.ndarray = datum("phase", unit="day", doc="How long the phase lasts.")
    weight: np.ndarray = datum("phase", unit="1", doc="Weight of one person without a place in this phase.")


@dataclass(frozen=True, eq=False)
class Modes(Part):
    """Grades of shelter and tiers of stock."""

    mode: Index
    phase: Index
    role: np.ndarray = datum("mode", unit="", doc="shelter, stock or reserve.", dtype=str)
    standard: np.ndarray = datum("mode", unit="min", doc="Longest travel time by which the mode counts as in reach.")
    serves: np.ndarray = datum("mode", "phase", unit="", doc="Phases in which the mode gives places.", dtype=bool)
    title: np.ndarray = datum("mode", unit="", doc="Name shown to people.", dtype=str)

    def extra_faults(self) -> list[str]:
        unknown = sorted(set(self.role.tolist()) - set(ROLES))
        return [f"role: unknown values {unknown}; use one of {', '.join(ROLES)}"] if unknown else []


@dataclass(frozen=True, eq=False)
class Options(Part):
    """Pairs of a site and a mode it may be prepared for (dual use: normal use now, this mode after the event)."""

    option: Index  # tuples of site and mode
    phase: Index
    capacity: np.ndarray = datum("option", unit="people or m3", doc="People sheltered, or volume of stock held.")
    cost: np.ndarray = datum("option", unit="money", doc="Cost of preparing the site for the mode.")
    disturbance: np.ndarray = datum("option", unit="user-days", doc="Normal use lost by standing ready, a year.")
    interruption: np.ndarray = datum(
        "option", "phase", unit="user-days", doc="Normal use lost while the whole site is used in the phase."
    )
    footprint: np.ndarray = datum("option", unit="1", doc="Share of the site the mode takes.", upper=1.0)
    ready: np.ndarray = datum(
        "option",
        "phase",
        unit="1",
        doc="Share of the capacity that is ready in the phase (conversion ramp).",
        upper=1.0,
    )


def ready_share(conversion_hours: np.ndarray, start: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Share of a phase in which a converted site is available, shape (options, phases).

    Capacity appears when conversion ends: a site that needs 12 h serves half of a phase from 0 h to 24 h.
    """
    end = start + 24.0 * days
    left = end[None, :] - np.maximum(np.asarray(conversion_hours, float)[:, None], start[None, :])
    share: np.ndarray = np.clip(left / (24.0 * days)[None, :], 0.0, 1.0)
    return share
