"""The section ``front`` of a study: which trade-offs `refugia front` looks for, and how.

front:
  objectives: [cost, {name: service, of: {unserved: 2000, shortage: 20}}]
  points: 30
  gap: 0.01
  time_limit: 300
  choose: {goals: {cost: 2e6}, parties: {mayor: {cost: 2, service: 1}, red cross: {service: 1}}}
  robustness: {limits: {share: 0.1, minutes: 30}, weightings: [equal, level extreme]}
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from formulations.zoning import Zoning
from solver.sections import Amount, AnyObjective, Section, Share
from solver.source import Source, source_table

Limit = Literal["unserved", "share", "minutes"]

RESERVED = ("id", "label", "distance", "verified", "origin", "supported")
"""Columns that the table of points has besides objectives."""


class Group(Section):
    """Something to be weighed against the rest: one objective, or several added up with weights."""

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", description="What to call it.")
    of: dict[AnyObjective, Annotated[float, Field(gt=0)]] = Field(min_length=1, description="Weight of each objective.")

    @model_validator(mode="after")
    def _own_name(self) -> Group:
        if self.name in RESERVED:
            raise ValueError(f"{self.name} is a column of the table of points; call the sum something else")
        if self.name in get_args(AnyObjective) and self.of != {self.name: 1.0}:
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


class Choose(Section):
    """What helps to choose one of the plans; names are those of the objectives of the front."""

    goals: dict[str, float] = Field(default_factory=dict, description="Value wished for, by objective.")
    weights: dict[str, Amount] | None = Field(
        default=None, description="How much each objective matters, in units of its range; null for all alike."
    )
    parties: dict[str, dict[str, Amount]] = Field(
        default_factory=dict, description="Weights of several parties, to see side by side what each would choose."
    )
    representatives: Share = Field(
        default=0.05, description="Share of each range within which a few plans have to stand for all."
    )

    def faults(self, names: Sequence[str]) -> list[str]:
        """Names that are no objectives, and weights that weigh nothing."""
        weighed = {f"parties.{party}": weights for party, weights in self.parties.items()}
        weighed |= {} if self.weights is None else {"weights": self.weights}
        faults = [
            f"choose.{place}: {name!r} is no objective of the front; there are {', '.join(names)}"
            for place, given in {"goals": self.goals, **weighed}.items()
            for name in given
            if name not in names
        ]
        return faults + [f"choose.{place}: all weights are zero" for place, w in weighed.items() if not any(w.values())]


class Weighting(Section):
    """Other probabilities of the scenarios."""

    name: str = Field(min_length=1, description="What to call it.")
    of: dict[str, Amount] = Field(
        min_length=1, description="Weight of each scenario; only proportions matter, those left out have none."
    )

    @model_validator(mode="after")
    def _something(self) -> Weighting:
        if not any(self.of.values()):
            raise ValueError("all weights are zero")
        return self


class Robustness(Section):
    """How the plans fare in other futures than those they were made for."""

    limits: dict[Limit, Amount] = Field(
        default_factory=dict, description="Largest people unserved, share of them, or mean minutes, in a scenario."
    )
    weightings: list[str | Weighting] | None = Field(
        default=None,
        description="given, equal, 'hazard NAME', 'level NAME', or weights of your own; null for all that there are.",
    )
    recourse: Literal["best", "plan"] = Field(
        default="best", description="Where people go in a scenario: as is best there, or as the plan has it."
    )
    instance: Annotated[Source | None, BeforeValidator(source_table, json_schema_input_type=str | Source | None)] = (
        Field(default=None, description="The same places with other scenarios, to put the plans to.")
    )


def _usual_objectives() -> list[Group]:
    return [Group(name="cost", of={"cost": 1.0}), Group(name="unserved", of={"unserved": 1.0})]


class Tradeoffs(Section):
    """Which front `refugia front` looks for, and how; threads and seed are those of solve."""

    objectives: list[Annotated[Group, BeforeValidator(_group, json_schema_input_type=AnyObjective | Group)]] = Field(
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
    processes: Annotated[int, Field(ge=1)] = Field(
        default=2, description="So many share the work where a program is too large for exact answers."
    )
    genetic: Genetic = Field(default_factory=Genetic, description="How plans evolve.")
    choose: Choose = Field(default_factory=Choose, description="What helps to choose one of the plans.")
    robustness: Robustness | None = Field(default=None, description="Whether to look at the plans in other futures.")

    @model_validator(mode="after")
    def _once(self) -> Tradeoffs:
        names = [group.name for group in self.objectives]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"objectives: {', '.join(twice)} stands twice")
        # objectives that nobody named depend on the question, which looks at the names again
        known = names if "objectives" in self.model_fields_set else [*names, "shortage", *Zoning().objectives]
        if faults := self.choose.faults(known):
            raise ValueError("; ".join(faults))
        return self

    def zoning_faults(self, patches: str) -> list[str]:
        """What cannot be asked about a front of zoning plans."""
        faults = []
        if self.robustness is not None and "minutes" in self.robustness.limits:
            faults.append("front.robustness.limits.minutes: nobody is sent anywhere by zoning; leave it out")
        if self.method != "exact" and any(group.of != {group.name: 1.0} for group in self.objectives):
            faults.append("front.objectives: sums of objectives of zoning need front.method: exact")
        if self.method == "exact" and patches == "local":
            faults.append("front.method: exact needs question.zoning.patches: exact, or none")
        return faults
