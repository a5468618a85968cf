"""What a recipe may say about people: where their numbers come from, how they are spread, who they are, and by day."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from instances.rule import Grounded, Name, NotNegative, Positive, Share, Strict, Words

LayerName = Annotated[str, Field(min_length=1, description="A layer of the recipe.")]
Column = Annotated[str, Field(min_length=1)]
KINDS = ["residential", "living_street", "unclassified", "tertiary"]


def _one(model: Strict, what: str, *fields: str) -> None:
    given = [name for name in fields if getattr(model, name) is not None]
    if len(given) != 1:
        raise ValueError(f"give exactly one {what} of {', '.join(fields)}; {', '.join(given) or 'none'} given")


class PointsRule(Strict):
    """Demand points as given."""

    layer: LayerName
    people: Column = Field(default="people", description="Column with residents.")
    name: Column | None = Field(default=None, description="Column with the name shown to people.")
    zone: Column | None = Field(default=None, description="Column with the zone the point belongs to.")


class AreasRule(PointsRule):
    """Census polygons with people, such as counties, tracts or blocks."""


class StoreysRule(Strict):
    """How buildings become people: footprint x floors x share of dwellings, divided by the floor of one person."""

    floor_per_person: Positive = Field(default=40.0, description="m2 of dwelling floor a person.")
    storeys: Positive = Field(default=5.0, description="Floors of a building where none are given.")


class BuildingsRule(StoreysRule, Grounded):
    """A layer of buildings. Which share of the floor is dwellings by use is a figure and needs its basis."""

    layer: LayerName
    floors: Column | None = Field(default=None, description="Column with floors above ground; gaps take `storeys`.")
    area: Column | None = Field(default=None, description="Column with the footprint in m2; without one, the outline.")
    use: Column | None = Field(default=None, description="Column with the use.")
    dwelling: dict[str, Share] = Field(default_factory=dict, description="Share of dwellings in the floor, by use.")
    other: Share = Field(default=0.0, description="Share of dwellings in buildings of any other use.")

    @model_validator(mode="after")
    def _has_dwellings(self) -> BuildingsRule:
        if self.dwelling and self.use is None:
            raise ValueError("dwelling goes by use: name the column `use`")
        if not self.other and not any(self.dwelling.values()):
            raise ValueError("nobody could live anywhere: give shares in `dwelling`, or `other`")
        return self


class OsmRule(StoreysRule):
    """Buildings of an OpenStreetMap extract, by their tags and the land use around them."""

    layer: LayerName
    unknown_share: Share = Field(default=0.25, description="Share of dwellings in buildings of unknown use and land.")


class LandRule(Grounded):
    """Land use: how many people a m2 of a class has, relative to other classes; a class that is not named has none."""

    layer: LayerName
    column: Column | None = Field(default=None, description="Column with the class; without one, every polygon counts.")
    weights: dict[str, NotNegative] = Field(default_factory=dict, description="Weight of a m2 by class.")

    @model_validator(mode="after")
    def _has_weights(self) -> LandRule:
        if (self.column is None) != (not self.weights):
            raise ValueError("column and weights belong together")
        if self.weights and not any(self.weights.values()):
            raise ValueError("every weight is 0, so nobody could live anywhere")
        return self


class StreetsRule(Strict):
    """Metres of street: a link counts with its length times the weight of its kind, half at either end."""

    weights: dict[str, NotNegative] = Field(
        default_factory=lambda: dict.fromkeys(KINDS, 1.0), description="Weight of a metre by kind of road."
    )

    @model_validator(mode="after")
    def _has_weights(self) -> StreetsRule:
        if not any(self.weights.values()):
            raise ValueError("every weight is 0, so nobody could live anywhere")
        return self


class ByRule(Strict):
    """Where people are within a census unit (dasymetric weights): one kind."""

    land: LandRule | None = None
    raster: LayerName | None = None
    buildings: BuildingsRule | None = None
    osm: OsmRule | None = None
    streets: StreetsRule | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> ByRule:
        _one(self, "kind of weights", "land", "raster", "buildings", "osm", "streets")
        return self


class ToRule(Strict):
    """What becomes a demand point."""

    grid: Positive | None = Field(default=None, description="Squares of this side in metres.")
    apart: bool = Field(
        default=False, description="Squares are cut where census units end, so that every point lies in one unit."
    )
    areas: LayerName | None = Field(default=None, description="Polygons of a layer, such as blocks or zones.")
    junctions: list[str] | None = Field(
        default=None, description="Road junctions on roads of these kinds; an empty list takes all."
    )
    places: bool | None = Field(default=None, description="The points, polygons or buildings themselves.")
    name: Column | None = Field(default=None, description="Column of `areas` with the name shown to people.")
    zone: Column | None = Field(default=None, description="Column of `areas` with the zone.")
    rest: Literal["drop", "spread"] = Field(
        default="drop",
        description="People of a unit outside all `areas`: left out and booked, or spread over its parts inside.",
    )

    @model_validator(mode="after")
    def _one_target(self) -> ToRule:
        _one(self, "target", "grid", "areas", "junctions", "places")
        if self.apart and self.grid is None:
            raise ValueError("apart belongs to grid")
        if self.places is False:
            raise ValueError("places can only be true")
        if self.areas is None and (self.name or self.zone or self.rest != "drop"):
            raise ValueError("name, zone and rest belong to areas")
        return self


class TotalRule(Grounded):
    """A total that is known or assumed; all numbers are scaled to it."""

    people: Annotated[int, Field(gt=0)]


class GroupRule(Strict):
    """People who need something else: by number or share; groups may overlap."""

    title: Words
    count: Column | None = Field(default=None, description="Column with the number of people of the group.")
    share: Column | Share | None = Field(default=None, description="Share of the people: a column, or one figure.")
    vulnerability: Positive = Field(default=1.0, description="Weight of one person; 1 is average.")
    travels: Share = Field(
        default=1.0, description="How likely one of the group is to commute, relative to an average person."
    )
    basis: str | None = Field(default=None, description="Where a share given as one figure comes from.")

    @model_validator(mode="after")
    def _one_number(self) -> GroupRule:
        _one(self, "number", "count", "share")
        return self


class JobsRule(Strict):
    """Workplaces by feature: points, or outlines that count at their middle."""

    layer: LayerName
    column: Column = Field(description="Column with jobs, work floor or another size that draws people.")


class TowardsRule(Strict):
    """What draws commuters: one kind of workplaces."""

    jobs: JobsRule | None = None
    land: LandRule | None = None
    raster: LayerName | None = None
    osm: OsmRule | None = Field(default=None, description="Floor of shops, offices, schools, works ... of an extract.")
    streets: StreetsRule | None = Field(default=None, description="Metres of street by kind, such as main streets.")

    @model_validator(mode="after")
    def _one_kind(self) -> TowardsRule:
        _one(self, "kind of workplaces", "jobs", "land", "raster", "osm", "streets")
        return self


class CommuteRule(Grounded):
    """People who spend the day elsewhere, and what draws them."""

    share: Share = Field(description="Share of the residents who spend the day elsewhere.")
    towards: TowardsRule = Field(description="Where they go: weights of workplaces.")
    decay: Positive | None = Field(
        default=None,
        description="km over which the pull of a workplace falls to 1/e; without it distance does not count.",
    )
    arriving: Annotated[int, Field(ge=0)] = Field(default=0, description="People from outside who come for the day.")
    leaving: Annotated[int, Field(ge=0)] = Field(default=0, description="Commuters who spend the day outside.")


class DayRule(Strict):
    """People by day: from a column of the source, or by commuting."""

    column: Column | None = Field(default=None, description="Column with the people who are there by day.")
    commuters: CommuteRule | None = None

    @model_validator(mode="after")
    def _one_way(self) -> DayRule:
        _one(self, "way", "column", "commuters")
        return self


class PeopleRule(Strict):
    """Who is where: exactly one source, or a total that is spread by weights over the whole city.

    All numbers become whole people, and no person is lost on the way.
    """

    points: PointsRule | None = None
    areas: AreasRule | None = None
    raster: LayerName | None = Field(default=None, description="A raster of people per cell.")
    buildings: BuildingsRule | None = None
    osm: OsmRule | None = None
    by: ByRule | None = Field(default=None, description="Weights within `areas`; without them people fill them evenly.")
    to: ToRule | None = Field(default=None, description="Default: points and areas as they are, else squares of 100 m.")
    within: LayerName | None = Field(
        default=None, description="Extent: 'roads' (around all junctions), or a layer of polygons; default: the frame."
    )
    reach: Positive | None = Field(default=None, description="m: people farther from a road are left out and booked.")
    total: TotalRule | None = None
    least: NotNegative = Field(default=0.0, description="Demand points with fewer people join the nearest larger one.")
    groups: dict[Name, GroupRule] = Field(default_factory=dict)
    day: DayRule | None = None
    source: str | None = Field(default=None, description="Where the numbers come from.")

    @model_validator(mode="after")
    def _fits_together(self) -> PeopleRule:
        names = "points", "areas", "raster", "buildings", "osm"
        whole = self.total is not None and self.by is not None and not any(getattr(self, name) for name in names)
        if not whole:  # a total alone is spread over all of the city by its weights
            _one(self, "source", *names)
        if self.by is not None and self.areas is None and not whole:
            raise ValueError("by spreads people within areas; this source says itself where they are")
        if self.points is None and self.areas is None:
            columns = [name for name, group in self.groups.items() if not isinstance(group.share, float | int)]
            if columns:
                raise ValueError(f"groups {', '.join(columns)}: only points and areas have columns; give one figure")
            if self.day is not None and self.day.column is not None:
                raise ValueError("day: only points and areas have columns; give commuters")
        return self

    @property
    def target(self) -> ToRule:
        """What becomes a demand point, with the default filled in."""
        if self.to is not None:
            return self.to
        return ToRule(places=True) if self.points or self.areas else ToRule(grid=100.0)
