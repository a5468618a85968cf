"""The section ``travel`` of a recipe: how far people walk and goods are driven, and which ways are looked for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from instances.rule import Positive, Strict

AtLeastOne = Annotated[float, Field(ge=1, le=10, allow_inf_nan=False)]
Minutes = Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]


class WalkRule(Strict):
    """Ways on foot from people to sites."""

    cutoff: Minutes = Field(default=30.0, description="Longest walk that becomes a route, minutes from door to door.")
    speed: Positive = Field(
        default=4.0,
        description="Walking between a door and the road, and everywhere in a city without roads, km/h; "
        "on roads the class of road says how fast people walk.",
    )
    detours: bool = Field(
        default=True, description="Look for the best way around cut links in every scenario that cuts the direct way."
    )
    alternatives: int = Field(
        default=0,
        ge=0,
        le=10,
        description="So many more ways a pair that are at most 1.4 times as long and mostly elsewhere.",
    )
    most_ways: int | None = Field(
        default=None,
        ge=1,
        description="Most ways between the same ends, the direct one among them; those stay that are open in the most "
        "scenarios in which the others are cut. All if not given.",
    )
    snap_limit: Positive = Field(default=250.0, description="Farthest that people and sites may lie from a road, m.")


class DriveRule(Strict):
    """Ways by vehicle between sites."""

    cutoff: Minutes = Field(default=25.0, description="Longest drive that becomes a haul, minutes.")
    nearest: int | None = Field(
        default=None,
        ge=1,
        description="Every shelter keeps the hauls from so many nearest stores beside itself. All if not given.",
    )
    oneway: Literal["binds", "ignored"] = Field(
        default="binds", description="Whether one-way streets bind drivers, or emergency traffic goes against them."
    )


class StraightRule(Strict):
    """Ways in a city without a road layer: straight lines, lengthened."""

    detour: AtLeastOne = Field(default=1.3, description="Length of a way over the straight line between its ends.")
    drive: Positive = Field(default=25.0, description="Driving, km/h.")


class TravelRule(Strict):
    """How people and goods get about."""

    walk: WalkRule = Field(default_factory=WalkRule, description="People on foot.")
    drive: DriveRule = Field(default_factory=DriveRule, description="Goods by vehicle.")
    straight: StraightRule = Field(default_factory=StraightRule, description="Used where the recipe has no roads.")
