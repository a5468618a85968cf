"""The section ``corridors`` of a recipe."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from instances.rule import NotNegative, Positive, Strict

Tier = Literal["regional", "city", "local"]


class KeyRule(Strict):
    """Places that corridors must tie in: features of a layer, map objects by tag, sites by use, or one point."""

    layer: str | None = Field(default=None, description="Layer of places; each of its features is one key.")
    name: str | None = Field(default=None, description="Column with their names, or the word for one without a name.")
    osm: str | None = Field(default=None, description="OpenStreetMap layer in which to look for the tag.")
    tag: str | None = Field(default=None, description="Tag written key=value, such as amenity=hospital.")
    use: str | None = Field(default=None, description="Sites with this normal use.")
    at: list[float] | None = Field(
        default=None, description="One place, as easting and northing in metres.", min_length=2, max_length=2
    )
    most: int | None = Field(default=None, ge=1, description="No more than this many, in the order of the layer.")
    tier: Tier = Field(default="city", description="Lowest tier of corridor that still counts.")
    ways: NotNegative = Field(default=2, description="Link-disjoint ways wanted into the place.")
    gateway: bool = Field(default=False, description="Help from outside arrives here.")

    @model_validator(mode="after")
    def _one(self) -> KeyRule:
        given = [n for n in ("layer", "osm", "use", "at") if getattr(self, n) is not None]
        if len(given) != 1:
            raise ValueError("give one of layer, osm, use and at")
        if (self.osm is None) != (self.tag is None) or (self.tag is not None and self.tag.count("=") != 1):
            raise ValueError("osm and tag belong together, the tag written key=value")
        return self


class CorridorsRule(Strict):
    """Which places emergency corridors must tie together, and what they cost."""

    gateways: bool = Field(
        default=True, description="The biggest road that leaves the map in each of the four directions is a gateway."
    )
    middle: bool = Field(
        default=True, description="Where no key is a hub (town hall), the middle of the people is tied in."
    )
    keys: list[KeyRule] = Field(default_factory=list, description="Places to tie in.")
    most_links: Positive | None = Field(
        default=None, description="Corridors are left out, with a note, if the net has more lanes than this."
    )
