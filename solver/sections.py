"""What all sections of a study have in common."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Level = Literal["moderate", "high", "extreme"]
Objective = Literal[
    "cost",
    "operations",
    "unserved",
    "unserved_cvar",
    "unserved_worst",
    "unserved_robust",
    "unserved_regret",
    "travel",
    "shortage",
    "disturbance",
]
LandObjective = Literal[
    "unsuitability",
    "change",
    "fragmentation",
    "unserved",
    "unserved_cvar",
    "unserved_worst",
    "exposure",
    "displaced",
]
AnyObjective = Literal[Objective, LandObjective]
"""Of plans and of zoning; which of them are possible depends on the question."""

Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0)]


class Section(BaseModel):
    """A section of a study: nothing is converted silently, and a key that is not known is a fault."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
