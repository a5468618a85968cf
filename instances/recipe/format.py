"""What a recipe may say: layers and rules that make a city, section by section."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from instances.hazards.rule import HazardsRule
from instances.hazards.scenarios_rule import ScenariosRule
from instances.layers.rule import LayerRule
from instances.people.rule import PeopleRule
from instances.rule import Name, Strict, Words
from instances.siting.rule import SitesRule
from instances.streets.keyrule import CorridorsRule
from instances.streets.rule import RoadsRule
from instances.travel.rule import TravelRule
from instances.zones.rule import ZonesRule


class Wanted(Strict):
    """A public layer that would make the instance better and that whoever has access may add."""

    title: Words = Field(description="What it holds.")
    url: str = Field(description="Where it is published.")
    licence: str | None = Field(default=None, description="On what terms, as far as known.")
    serves: str = Field(description="Which section of the recipe would use it, and how.")


class Extent(Strict):
    """A box in degrees (WGS 84)."""

    west: Annotated[float, Field(ge=-180, le=180)]
    south: Annotated[float, Field(ge=-90, le=90)]
    east: Annotated[float, Field(ge=-180, le=180)]
    north: Annotated[float, Field(ge=-90, le=90)]

    @model_validator(mode="after")
    def _in_order(self) -> Extent:
        if not (self.west < self.east and self.south < self.north):
            raise ValueError("west must lie west of east, and south of north")
        return self


class Recipe(Strict):
    """How an instance is built from layers: which files, which rules, in which order nothing needs to be said."""

    recipe: Literal[1] = Field(description="Version of this format.")
    name: Annotated[str, Field(min_length=1, max_length=100)] = Field(description="Short name of the instance.")
    title: Words = Field(description="Name shown to people.")
    about: Words = Field(default_factory=dict, description="One or two sentences for people.")
    crs: str | None = Field(
        default=None,
        description="Projected system in metres, such as EPSG:28992; by default the UTM zone of the extent or of the "
        "first OpenStreetMap layer.",
    )
    folder: str | None = Field(
        default=None,
        description="Where relative paths start; by default the folder of the recipe. May name $VARIABLES.",
    )
    extent: Extent | None = Field(default=None, description="Box that large layers are read by; by default all of it.")
    seed: Annotated[int, Field(ge=0, lt=2**31)] = Field(default=1, description="Seed of everything random.")
    rules: str = Field(default="default", description="Rule pack of shelters and stock, by name or path.")
    assumptions: list[str] = Field(default_factory=list, description="What was assumed beside what the steps report.")
    wanted: list[Wanted] = Field(default_factory=list, description="Public layers that would make it better.")
    layers: dict[Name, LayerRule] = Field(default_factory=dict, description="Files and tables by name.")
    roads: RoadsRule | None = Field(default=None, description="The street graph; without one, ways are straight lines.")
    people: PeopleRule = Field(description="Where people are.")
    zones: ZonesRule | None = Field(default=None, description="Nested units; the finest carry promises of their own.")
    sites: SitesRule = Field(description="Places that may be prepared.")
    hazards: HazardsRule = Field(description="What may happen, and what it does.")
    scenarios: ScenariosRule | None = Field(
        default=None, description="Fewer scenarios that stand for all, and probabilities that nobody knows."
    )
    travel: TravelRule = Field(default_factory=TravelRule, description="How people and goods get about.")
    corridors: CorridorsRule | None = Field(default=None, description="Emergency corridors; without it there are none.")


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a recipe, for editors."""
    schema = Recipe.model_json_schema(mode="validation")
    _close(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Refugia recipe"}


def _close(schema: Any) -> None:
    """Refuse names that do not fit the pattern of a table, which pydantic does and its schema does not say."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema.setdefault("additionalProperties", False)
        for inner in schema.values():
            _close(inner)
    elif isinstance(schema, list):
        for inner in schema:
            _close(inner)
