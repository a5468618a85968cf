"""Where people are and where they could be helped: zones, demand points with groups of people, candidate sites."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from instances.index import Index, Map
from instances.schema import Part, datum

STATUSES = ("candidate", "existing", "required", "forbidden")


@dataclass(frozen=True, eq=False)
class Zones(Part):
    """Districts that carry their own promises and names in explanations."""

    zone: Index
    title: np.ndarray = datum("zone", unit="", doc="Name shown to people.", dtype=str)


@dataclass(frozen=True, eq=False)
class Demand(Part):
    """Places with people, as points in the instance's projected CRS."""

    demand: Index
    x: np.ndarray = datum("demand", unit="m", doc="Easting.", lower=-np.inf)
    y: np.ndarray = datum("demand", unit="m", doc="Northing.", lower=-np.inf)
    people: np.ndarray = datum("demand", unit="people", doc="Residents.")
    title: np.ndarray = datum("demand", unit="", doc="Name shown to people.", dtype=str)
    zone: Map | None = None
    day: np.ndarray | None = datum("demand", unit="people", doc="People who are there by day.", default=None)


@dataclass(frozen=True, eq=False)
class Groups(Part):
    """Who the people of the demand points are: groups such as children or elderly people, which may overlap."""

    demand: Index
    group: Index
    night: np.ndarray = datum("demand", "group", unit="people", doc="People of the group who live there.")
    day: np.ndarray = datum("demand", "group", unit="people", doc="People of the group who are there by day.")
    vulnerability: np.ndarray = datum("group", unit="1", doc="Weight of one person of the group; 1 is average.")
    title: np.ndarray = datum("group", unit="", doc="Name shown to people.", dtype=str)


@dataclass(frozen=True, eq=False)
class Sites(Part):
    """Candidate places, each with a normal use and an area."""

    site: Index
    x: np.ndarray = datum("site", unit="m", doc="Easting.", lower=-np.inf)
    y: np.ndarray = datum("site", unit="m", doc="Northing.", lower=-np.inf)
    area: np.ndarray = datum("site", unit="m2", doc="Usable area, indoors or outdoors.")
    use: np.ndarray = datum("site", unit="", doc="Normal use: school, park, hotel, ...", dtype=str)
    status: np.ndarray = datum("site", unit="", doc="candidate, existing, required or forbidden.", dtype=str)
    title: np.ndarray = datum("site", unit="", doc="Name shown to people.", dtype=str)
    zone: Map | None = None
    node: Map | None = field(default=None)

    def extra_faults(self) -> list[str]:
        unknown = sorted(set(self.status.tolist()) - set(STATUSES))
        if not unknown:
            return []
        return [f"status: unknown values {', '.join(map(repr, unknown))}; use one of {', '.join(STATUSES)}"]
