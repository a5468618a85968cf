"""What a recipe says about the sources of events: what, where, how strong, how likely."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from instances.hazards.curves.rule import Measure
from instances.hazards.measures import to_unit, units_for, usual_measure
from instances.rule import NotNegative, Positive, Share, Strict


class Mass(Strict):
    """How likely an event is: one of three, or none where probabilities are unknown."""

    probability: Share | None = Field(default=None, description="Given that an event happens.")
    return_period: Positive | None = Field(default=None, description="Years.")
    weight: Positive | None = Field(default=None, description="Likelihood relative to the other weights.")

    @model_validator(mode="after")
    def _at_most_one(self) -> Mass:
        if sum(v is not None for v in (self.probability, self.return_period, self.weight)) > 1:
            raise ValueError("give only one of probability, return_period and weight")
        return self

    @property
    def kind(self) -> str:
        """What the mass is."""
        given = {"probability": self.probability, "rate": self.return_period, "weight": self.weight}
        return next((name for name, value in given.items() if value is not None), "unknown")


class At(Strict):
    """A place: x and y in the system of the build, or longitude and latitude (WGS 84)."""

    x: float | None = None
    y: float | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None

    @model_validator(mode="after")
    def _one_pair(self) -> At:
        projected, geographic = (self.x is not None, self.y is not None), (self.lon is not None, self.lat is not None)
        if not (all(projected) and not any(geographic)) and not (all(geographic) and not any(projected)):
            raise ValueError("give either x and y, or lon and lat")
        return self


class FloodCause(Strict):
    """Water from the shore."""

    hazard: Literal["flood"]
    reach: Positive = Field(description="Metres that it comes inland on average ground.")


class BlastCause(Strict):
    """Explosion or large fire."""

    hazard: Literal["explosion"]
    at: At
    radius: Positive = Field(description="Metres.")


class PlumeCause(Strict):
    """Toxic cloud."""

    hazard: Literal["release"]
    at: At
    bearing: float = Field(description="Degrees clockwise from north to which it drifts.")
    length: Positive = Field(description="Metres.")


class OutageCause(Strict):
    """Winter power cut."""

    hazard: Literal["outage"]
    share: Share = Field(description="Share of the town that is dark.")


AnyCause = Annotated[FloodCause | BlastCause | PlumeCause | OutageCause, Field(discriminator="hazard")]
Level = Literal["moderate", "high", "extreme"]
Time = Literal["day", "night"]


class DeclaredRule(Mass):
    """An event by assumption; several causes make a compound event."""

    name: str = Field(min_length=1)
    title: str = Field(default="", description="Shown to people; the name if not given.")
    level: Level
    causes: list[AnyCause] = Field(min_length=1)


class FootprintRule(Mass):
    """A map of intensity: a raster, polygons or points with a column.

    Maps of one set with return periods are an event set: each stands for the events from its own return period up to
    the next longer one.
    """

    name: str = Field(min_length=1)
    title: str = Field(default="", description="Shown to people; the name if not given.")
    hazard: str = Field(pattern=r"^[a-z][a-z_ ]*$", description="flood, earthquake, landslide, heat, wind, ...")
    set: str = Field(default="", description="Event set of maps with return periods; those of one hazard if not given.")
    layer: str
    column: str | None = Field(default=None, description="Column of the intensity; rasters have none.")
    measure: Measure | None = Field(default=None, description="What the intensity measures, if not the usual.")
    unit: str = Field(description="Unit of the intensity in the layer.")
    add: Annotated[float, Field(allow_inf_nan=False)] = Field(
        default=0.0, description="Added to every value above 0, such as -1 for water 1 m lower; never below 0."
    )
    distance: Positive | None = Field(default=None, description="Farthest that a point's value holds, metres.")
    level: Level | None = None
    season: str = ""
    time: Time | None = None

    @model_validator(mode="after")
    def _unit_fits(self) -> FootprintRule:
        measure = self.measure or usual_measure(self.hazard)
        if to_unit(measure, self.unit) is None:
            raise ValueError(f"unit {self.unit!r} does not measure {measure}; use {units_for(measure)}")
        return self


class ClimadaRule(Strict):
    """A CLIMADA hazard file (HDF5), of any generation."""

    path: str = Field(description="Relative to the recipe.")
    name: str = Field(default="", description="Put before the names of events; the file's name if not given.")
    hazard: str | None = Field(default=None, description="Instead of what the file's type says.")
    measure: Measure | None = None
    unit: str | None = Field(default=None, description="Instead of what the file says.")
    distance: Positive | None = Field(
        default=None, description="Farthest that a centroid's value holds, metres; without it, its spacing."
    )
    most: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Keep so many of the events that reach the most places; the others are booked."
    )
    share: Share | None = Field(default=None, description="Share of all events that are these.")


class EventsRule(Strict):
    """An event set as a table with one row an event and place, such as OpenQuake's ground motion fields."""

    name: str = Field(min_length=1)
    layer: str
    event: str = Field(description="Column with the event.")
    intensity: str = Field(description="Column with the intensity.")
    places: str | None = Field(default=None, description="Layer with the places, if they are in another table.")
    place: str | None = Field(default=None, description="Column that ties a row to its place, in both tables.")
    lon: str = Field(default="lon", description="Column with the longitude, where rows have no shape.")
    lat: str = Field(default="lat", description="Column with the latitude, where rows have no shape.")
    hazard: str
    measure: Measure | None = None
    unit: str
    rate: str | None = Field(default=None, description="Column with the rate a year of the event; else all alike.")
    distance: Positive | None = Field(default=None, description="Farthest that a place's value holds, metres.")
    most: Annotated[int, Field(ge=1)] | None = None
    share: Share | None = None

    @model_validator(mode="after")
    def _sound(self) -> EventsRule:
        if (self.places is None) != (self.place is None):
            raise ValueError("places and place belong together")
        measure = self.measure or usual_measure(self.hazard)
        if to_unit(measure, self.unit) is None:
            raise ValueError(f"unit {self.unit!r} does not measure {measure}; use {units_for(measure)}")
        return self


class EarthquakeRule(Mass):
    """An earthquake from its source, by the attenuation relation of Campbell (1981)."""

    name: str = Field(min_length=1)
    title: str = ""
    magnitude: Annotated[float, Field(ge=5.0, le=7.7)] = Field(description="The relation was fitted to 5.0 to 7.7.")
    at: At | None = Field(default=None, description="Epicentre.")
    fault: str | None = Field(default=None, description="Layer with the trace of the fault that breaks.")
    depth: NotNegative = Field(default=5.0, description="Depth of the rupture in kilometres.")
    spread: NotNegative = Field(default=0.372, description="Spread of the logarithm of acceleration; Campbell (1981).")
    shared: Share = Field(default=0.2, description="Share of the variance that all places of one event share.")
    reach: Positive = Field(default=8500.0, description="Metres; Jayaram and Baker (2009) for PGA.")
    level: Level | None = None

    @model_validator(mode="after")
    def _one_source(self) -> EarthquakeRule:
        if (self.at is None) == (self.fault is None):
            raise ValueError("give either at (the epicentre) or fault (a layer)")
        return self
