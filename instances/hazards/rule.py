"""What a recipe says about hazards: where events come from, what follows, and what they do to people and roads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from instances.hazards.curves.rule import CurvesRule
from instances.hazards.sources.rule import (
    ClimadaRule,
    DeclaredRule,
    EarthquakeRule,
    EventsRule,
    FootprintRule,
)
from instances.rule import Grounded, NotNegative, Positive, Share, Strict


class FireRule(Grounded):
    """Fires that break out after an event."""

    then: Literal["fire"]
    after: list[str] = Field(min_length=1, description="Hazards that it may follow.")
    probability: Share = Field(description="Probability of fire given the event.")
    trigger: NotNegative = Field(default=0.0, description="Intensity above which fires may break out.")
    ignitions: Positive = Field(
        default=10.0, description="Fires per million people above the trigger (mean; one at least)."
    )
    radius: Positive = Field(default=300.0, description="Reach of a fire in metres; it fades to the edge.")


class LandslideRule(Grounded):
    """Slopes that slide where shaking or rain is strong enough."""

    then: Literal["landslide"]
    after: list[str] = Field(min_length=1, description="Hazards that it may follow.")
    probability: Share = Field(description="Probability of slides given the event.")
    slope: str | None = Field(default=None, description="Raster of slopes in degrees.")
    heights: str | None = Field(default=None, description="Raster of heights in metres, from which slopes are made.")
    steep: Positive = Field(description="Slope in degrees from which ground may slide.")
    trigger: NotNegative = Field(description="Intensity from which it slides, in the unit of the hazard's measure.")

    @model_validator(mode="after")
    def _one_raster(self) -> LandslideRule:
        if (self.slope is None) == (self.heights is None):
            raise ValueError("give either slope or heights")
        return self


class ServiceRule(Strict):
    """A service such as power, with the facilities it comes from."""

    name: str = Field(min_length=1, description="power, water, telecom, ... (the hazard of its loss has this name).")
    layer: str | None = Field(default=None, description="Facilities (points or polygons); without it, it only depends.")
    areas: bool = Field(default=False, description="The polygons are areas served; else the nearest facility serves.")
    fails: NotNegative | None = Field(default=None, description="Intensity above which a facility fails.")
    spread: Positive | None = Field(
        default=None, description="Spread of a lognormal fragility curve with median `fails`; without it a step."
    )
    needs: list[str] = Field(default_factory=list, description="Services without which it fails too.")
    backup: Share = Field(default=0.0, description="Share of its facilities or places with a backup of their own.")

    @model_validator(mode="after")
    def _can_fail(self) -> ServiceRule:
        if self.layer is None and not self.needs:
            raise ValueError("give a layer of facilities, or services that it needs")
        if self.layer is not None and self.fails is None and not self.needs:
            raise ValueError("say at what intensity a facility fails")
        if self.areas and self.layer is None:
            raise ValueError("areas need a layer")
        return self


class ServicesRule(Grounded):
    """Services that fail one after another: power, then water and telecommunication."""

    then: Literal["services"]
    after: list[str] = Field(min_length=1, description="Hazards that it may follow.")
    probability: Share = Field(default=1.0, description="Probability of the cascade given the event.")
    services: list[ServiceRule] = Field(min_length=1, description="In any order; needs must not go in a circle.")

    @model_validator(mode="after")
    def _no_circle(self) -> ServicesRule:
        names = [s.name for s in self.services]
        if len(set(names)) < len(names):
            raise ValueError("every service once")
        left = {s.name: set(s.needs) for s in self.services}
        unknown = sorted({n for needs in left.values() for n in needs} - set(names))
        if unknown:
            raise ValueError(f"needs: unknown services {', '.join(unknown)}")
        while ready := [name for name, needs in left.items() if not needs & left.keys()]:
            for name in ready:
                del left[name]
        if left:
            raise ValueError(f"needs go in a circle: {', '.join(sorted(left))}")
        return self


class JoinRule(Grounded):
    """Another hazard that may come at the same time, such as wind with a flood."""

    then: Literal["footprint"]
    after: list[str] = Field(min_length=1, description="Hazards that it may follow.")
    probability: Share = Field(description="Probability that it joins in, given the event.")
    footprint: str = Field(description="Name of one of the footprints; one without a mass only joins others.")


Chain = Annotated[FireRule | LandslideRule | ServicesRule | JoinRule, Field(discriminator="then")]


class SeasonRule(Grounded):
    """A season: its share of the year's events, and what it adds to them."""

    name: str = Field(min_length=1)
    share: Share = Field(description="Share of the events that happen in it.")
    hazards: list[str] = Field(default_factory=list, description="Only these happen in it; none named: all.")
    open_air: Share = Field(default=1.0, description="Usable share of sites in the open.")
    need: NotNegative = Field(default=1.0, description="Factor on the people who need a place (never above all).")
    slow: Annotated[float, Field(ge=1, allow_inf_nan=False)] = Field(default=1.0, description="Factor on travel time.")


class TimesRule(Strict):
    """Day and night: people are where the layers of people have them then."""

    day: Share = Field(description="Share of events that happen by day.")
    night: Share = Field(description="Share of events that happen at night.")

    @model_validator(mode="after")
    def _whole(self) -> TimesRule:
        if abs(self.day + self.night - 1.0) > 1e-9:
            raise ValueError(f"day and night sum to {self.day + self.night:g}, not 1")
        return self


class LevelsRule(Strict):
    """Shock levels of events that do not name theirs."""

    return_periods: list[Positive] | None = Field(
        default=None, min_length=2, max_length=2, description="Years from which an event is high, and extreme."
    )
    quantiles: list[Share] | None = Field(
        default=None, min_length=2, max_length=2, description="Quantiles of people in need: high, and extreme from."
    )

    @model_validator(mode="after")
    def _one_rising(self) -> LevelsRule:
        given = self.return_periods or self.quantiles
        if (self.return_periods is None) == (self.quantiles is None):
            raise ValueError("give either return_periods or quantiles")
        if given is not None and not given[0] < given[1]:
            raise ValueError("the second threshold must be above the first")
        return self


class SamplingRule(Strict):
    """How states of links, sites and stock are drawn from chances."""

    draws: Annotated[int, Field(ge=1)] = Field(default=1, description="Draws of every event, equally likely.")
    independent: bool = Field(default=False, description="Every place has luck of its own; understates joint loss.")
    reach: Positive = Field(default=400.0, description="Metres at which 95 % of the correlation of luck is gone.")
    reaches: dict[str, Positive] = Field(default_factory=dict, description="The same by hazard.")
    sites: Literal["drawn", "expected"] = Field(default="drawn", description="Chances of sites: drawn or as shares.")
    stock: Literal["drawn", "expected"] = Field(default="drawn", description="Chances of stock: drawn or as shares.")


class ClassRule(Strict):
    """Which column of which polygon layer says the class of a place, such as a land-use code."""

    layer: str
    column: str


class ClassesRule(Strict):
    """Classes by which curves tell homes and sites apart; links have their road class."""

    homes: ClassRule | None = None
    sites: ClassRule | None = None


class HazardsRule(Strict):
    """Events, what follows from them, and what they do."""

    declared: list[DeclaredRule] = Field(default_factory=list, description="Events by assumption.")
    declared_share: Share | None = Field(default=None, description="Share of events that are declared ones.")
    assumed: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="So many events of the usual kinds, for a town nobody has declared any for."
    )
    footprints: list[FootprintRule] = Field(default_factory=list, description="Maps of intensity.")
    footprints_share: Share | None = Field(default=None, description="Share of events that are mapped ones.")
    climada: list[ClimadaRule] = Field(default_factory=list, description="CLIMADA hazard files.")
    events: list[EventsRule] = Field(default_factory=list, description="Event sets as tables, one row a value.")
    earthquakes: list[EarthquakeRule] = Field(default_factory=list, description="Earthquakes from their source.")
    earthquakes_share: Share | None = Field(default=None, description="Share of events that are earthquakes.")
    curves: CurvesRule = Field(default_factory=CurvesRule, description="Changes to the curves that come along.")
    classes: ClassesRule = Field(default_factory=ClassesRule, description="Classes that curves ask for.")
    sampling: SamplingRule = Field(default_factory=SamplingRule)
    chains: list[Chain] = Field(default_factory=list, description="What may follow, in this order.")
    seasons: list[SeasonRule] = Field(default_factory=list, description="Seasons that part every event.")
    times: TimesRule | None = Field(default=None, description="Day and night that part every event.")
    levels: LevelsRule = Field(
        default_factory=lambda: LevelsRule(quantiles=[0.6, 0.9]), description="Levels of events without one."
    )
    probabilities: Literal["given", "unknown"] = Field(
        default="given", description="Unknown: every event is equally likely, nominally."
    )
    nothing: Literal["leave out", "keep"] = Field(
        default="leave out", description="Events that touch nothing: leave out, or keep as one scenario."
    )

    @model_validator(mode="after")
    def _fits(self) -> HazardsRule:
        if self.declared and self.assumed:
            raise ValueError("give either declared events or a number of assumed ones")
        if not (self.declared or self.assumed or self.footprints or self.climada or self.events or self.earthquakes):
            raise ValueError("give at least one source of events")
        names = {f.name for f in self.footprints}
        lost = sorted({c.footprint for c in self.chains if isinstance(c, JoinRule)} - names)
        if lost:
            raise ValueError(f"chains: no footprint called {', '.join(lost)}; there are {', '.join(sorted(names))}")
        if self.levels.return_periods and self.probabilities == "unknown":
            raise ValueError("levels by return period need known probabilities")
        if self.seasons and not any(s.share > 0 for s in self.seasons):
            raise ValueError("seasons: at least one needs a share above 0")
        if self.seasons and abs(sum(s.share for s in self.seasons) - 1.0) > 1e-9:
            raise ValueError(f"seasons: shares sum to {sum(s.share for s in self.seasons):g}, not 1")
        return self
