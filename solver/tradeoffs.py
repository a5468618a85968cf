"""The section ``front`` of a study: which trade-offs `refugia front` looks for, and how.

front:
  objectives: [cost, {name: service, of: {unserved: 2000, shortage: 20}}]
  points: 30
  gap: 0.01
  time_limit: 300
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from solver.sections import Objective, Section

RESERVED = ("id", "label", "distance", "verified", "origin", "supported")
"""Columns that the table of points has besides objectives."""


class Group(Section):
    """Something to be weighed against the rest: one objective, or several added up with weights."""

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", description="What to call it.")
    of: dict[Objective, Annotated[float, Field(gt=0)]] = Field(min_length=1, description="Weight of each objective.")

    @model_validator(mode="after")
    def _own_name(self) -> Group:
        if self.name in RESERVED:
            raise ValueError(f"{self.name} is a column of the table of points; call the sum something else")
        if self.name in get_args(Objective) and self.of != {self.name: 1.0}:
            raise ValueError(f"{self.name} is the name of an objective; call the sum something else")
        return self


def _group(value: Any) -> Any:
    return {"name": value, "of": {value: 1.0}} if isinstance(value, str) else value


class Genetic(Section):
    """How plans evolve, where the method is genetic or hybrid."""

    algorithm: Literal["auto", "nsga2", "nsga3", "moead", "sms"] = Field(
        default="auto", description="Which plans of a generation survive; auto: nsga2 for two objectives, else nsga3."
    )
    population: Annotated[int, Field(ge=4)] = Field(default=100, description="Plans in each generation.")
    generations: Annotated[int, Field(ge=1)] = Field(default=200, description="Generations at most.")
    decoder: Literal["auto", "nearest", "greedy", "exact"] = Field(
        default="auto", description="How people and goods are assigned once places are chosen."
    )


def _usual_objectives() -> list[Group]:
    return [Group(name="cost", of={"cost": 1.0}), Group(name="unserved", of={"unserved": 1.0})]


class Tradeoffs(Section):
    """Which front `refugia front` looks for, and how; threads and seed are those of solve."""

    objectives: list[Annotated[Group, BeforeValidator(_group, json_schema_input_type=Objective | Group)]] = Field(
        default_factory=_usual_objectives, min_length=2, description="What is weighed: names, or sums with weights."
    )
    method: Literal["auto", "exact", "genetic", "hybrid"] = Field(
        default="auto", description="exact proves as it goes, genetic is quick, hybrid is genetic from and with proofs."
    )
    points: Annotated[int, Field(ge=2)] | None = Field(
        default=50, description="As many points, spread over the front; null for every point there is."
    )
    gap: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.01, description="Share of the range of each objective by which the front may be missed."
    )
    time_limit: Annotated[float, Field(gt=0)] | None = Field(default=300.0, description="Seconds, or none.")
    genetic: Genetic = Field(default_factory=Genetic, description="How plans evolve.")

    @model_validator(mode="after")
    def _once(self) -> Tradeoffs:
        names = [group.name for group in self.objectives]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"objectives: {', '.join(twice)} stands twice")
        return self
