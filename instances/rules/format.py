"""What a rule pack may say, field by field; every figure has a source with its clause, or is an assumption."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from instances.rule import Grounded, Name, NotNegative, Positive, Share, Strict, Words


class CitedPositive(Grounded):
    """A figure above 0 with a basis of its own."""

    value: Positive


# The tags appear in the places pydantic names for faults; no name of a pack begins with "=".
PositiveFigure = Annotated[
    Annotated[Positive, Tag("=number")] | Annotated[CitedPositive, Tag("=cited")],
    Discriminator(lambda given: "=cited" if isinstance(given, dict | CitedPositive) else "=number"),
]


class PhaseRule(Grounded):
    """A span of time after the event: hours to its start, days it lasts, weight of a person without a place."""

    id: Name
    title: Words
    start: NotNegative
    days: Positive
    weight: NotNegative


class ModeRule(Grounded):
    """A grade of shelter (m2 a person) or a tier of stock (m3 on a usable m2)."""

    id: Name
    title: Words
    role: Literal["shelter", "stock"]
    reach: PositiveFigure
    least_area: NotNegative
    serves: list[str] = Field(default_factory=list)
    indoors: PositiveFigure | None = None
    outdoors: PositiveFigure | None = None
    height: PositiveFigure | None = None

    @model_validator(mode="after")
    def _fits_role(self) -> ModeRule:
        shelter = (self.indoors is not None, self.outdoors is not None, bool(self.serves))
        if self.role == "shelter" and (not all(shelter) or self.height is not None):
            raise ValueError("a shelter needs serves, indoors and outdoors, and has no height")
        if self.role == "stock" and (any(shelter) or self.height is None):
            raise ValueError("a stock tier needs height, and has no serves, indoors or outdoors")
        return self


class Conversion(Strict):
    """What it takes to prepare a use for a mode, in the units the pack names."""

    share: Share
    fixed: NotNegative
    per_m2: NotNegative
    hours: NotNegative
    footprint: Share
    standing: Share


class UseRule(Grounded):
    """A normal use of a site, and the modes it may be prepared for."""

    title: Words
    place: Literal["indoors", "outdoors"]
    users: NotNegative
    modes: Annotated[dict[str, Conversion], Field(min_length=1)]


class CommodityRule(Grounded):
    """A good: need of a person a day, and volume, price, loss if left unused and freight a km, all per unit."""

    id: Name
    title: Words
    unit: Annotated[str, Field(min_length=1)]
    ration: PositiveFigure
    volume: Positive
    price: NotNegative
    holding: NotNegative
    freight: NotNegative


class PackFormat(Strict):
    """A whole pack."""

    format: Literal[1]
    name: Name
    title: Words
    money: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    sources: dict[Name, Annotated[str, Field(min_length=10)]]
    phases: Annotated[list[PhaseRule], Field(min_length=1)]
    modes: Annotated[list[ModeRule], Field(min_length=1)]
    uses: Annotated[dict[Name, UseRule], Field(min_length=1)]
    commodities: list[CommodityRule]
