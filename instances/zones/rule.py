"""The section ``zones`` of a recipe: nested units, coarse to fine, and which of them carry promises."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Tag, model_validator

from instances.rule import NotNegative, Positive, Share, Strict, told_apart


class OutlineLevel(Strict):
    """Units with outlines: districts, catchments, blocks."""

    level: str = Field(min_length=1, description="Name of the level, such as district.")
    layer: str = Field(description="Layer of outlines.")
    key: str | None = Field(default=None, description="Column with ids; by default the id of the feature.")
    title: str | None = Field(default=None, description="Column with names; by default the key.")
    where: dict[str, str] = Field(
        default_factory=dict, description="Only features with these values, such as {admin_level: '9'}."
    )


class SquareLevel(Strict):
    """Squares of one size, counted from the origin of the reference system."""

    level: str = Field(min_length=1, description="Name of the level, such as square.")
    grid: Positive = Field(description="Side of a square, metres.")


class SeedLevel(Strict):
    """Cells around points: every place belongs to the nearest point (Voronoi)."""

    level: str = Field(min_length=1, description="Name of the level, such as quarter.")
    cells: str = Field(description="Layer of points; of an OpenStreetMap layer, the named places.")
    title: str | None = Field(default=None, description="Column with names; points of one name make one unit.")


Level = Annotated[
    Annotated[OutlineLevel, Tag("=layer")] | Annotated[SquareLevel, Tag("=grid")] | Annotated[SeedLevel, Tag("=cells")],
    told_apart("layer", "grid", "cells"),
]


class ZonesRule(Strict):
    """Levels of units, coarse to fine; a unit lies within the unit of the level above that it overlaps most."""

    levels: list[Level] = Field(min_length=1, description="Levels, the coarsest first.")
    promise: str | None = Field(
        default=None, description="Level whose units become zones with promises of their own; by default the finest."
    )
    snap: NotNegative = Field(
        default=1.0, description="Gaps and overlaps narrower than this are taken for one border, metres."
    )
    straddle: Share = Field(
        default=0.05, description="Units with more than this share outside the unit they lie within are reported."
    )

    @model_validator(mode="after")
    def _levels_fit(self) -> ZonesRule:
        names = [one.level for one in self.levels]
        if len(set(names)) < len(names):
            raise ValueError("two levels have the same name")
        if self.promise is not None and self.promise not in names:
            raise ValueError(f"promise names no level; there are {', '.join(names)}")
        return self

    def layers(self) -> list[str]:
        """Names of the layers that the units are made of."""
        named = [one for one in self.levels if not isinstance(one, SquareLevel)]
        found = [one.layer if isinstance(one, OutlineLevel) else one.cells for one in named]
        return list(dict.fromkeys(found))
