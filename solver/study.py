"""A study: which city, what is asked, what counts, and how long to search. Written as ``study.yaml``.

instance: helsinki
question:
  shelters: true
  stock: true
  promises:
    - {level: moderate, unserved: 0.0}
minimize: {cost: 1, unserved: 2000}
solve: {gap: 0.01, time_limit: 300}
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from formulations.plan import OBJECTIVES as OF_PLANS
from formulations.plan import CorridorRules, IntegratedPlan, ShelterRules, StockRules
from formulations.plan import Promise as PlanPromise
from formulations.zoning import OBJECTIVES as OF_LAND
from formulations.zoning import Zoning as ZoningQuestion
from instances.schema import InstanceError
from solver.sections import Amount, AnyObjective, LandObjective, Level, Objective, Section, Share
from solver.source import Source, source_table
from solver.tradeoffs import Tradeoffs

if TYPE_CHECKING:
    from instances.instance import Instance


class StudyError(InstanceError):
    """The study cannot be used; the message lists every fault with its place in the file."""


class Shelters(Section):
    """How people are sheltered."""

    whole: bool = Field(default=False, description="The people of a demand point stay together.")
    one_mode: bool = Field(default=False, description="A site takes one mode at a time, instead of sharing its area.")
    linked: bool = Field(
        default=True, description="Add rows that tighten the relaxation; turn off for very large cities."
    )


class Stock(Section):
    """How goods are held and moved."""

    relay: bool = Field(default=False, description="Goods may pass through a site on their way.")
    days: Amount | None = Field(
        default=None, description="Days after the event that stock must cover, until help arrives; null for all phases."
    )
    standing: Amount = Field(
        default=0.0, description="Days of full rations for all residents that stock must hold at least."
    )


class Corridors(Section):
    """How emergency corridors are laid."""

    holds: Level = Field(default="high", description="Highest shock level in which a corridor must stay passable.")
    tie_stock: bool = Field(default=True, description="Every prepared stock site is tied to the net of corridors.")


class Zoning(Section):
    """Which class of use each parcel of land gets; see :class:`formulations.zoning.Zoning`."""

    targets: bool = Field(default=True, description="Each class gets as much land as asked for, and no more.")
    apart: bool = Field(default=True, description="Classes that must keep apart share no border.")
    patches: Literal["exact", "local", "none"] = Field(
        default="exact",
        description="Connected patches of a least size: exact rows, rows for neighbours only (local), or no rule.",
    )
    shelters: bool = Field(default=True, description="Open land takes people in; without, nobody counts as unserved.")
    limits: dict[LandObjective, Amount] = Field(default_factory=dict, description="Largest value by objective.")
    alpha: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.9, description="CVaR averages the worst 1 - alpha of futures."
    )


class Promise(Section):
    """The most that may go unserved in every scenario of a shock level."""

    level: Level
    unserved: Share | None = Field(default=None, description="Largest share of those in need without a place.")
    short: Share | None = Field(default=None, description="Largest share of the goods asked for that may be short.")
    phase: str | None = Field(default=None, description="Only this phase of the instance; otherwise each phase.")
    by_zone: bool = Field(default=False, description="The promise holds in every zone, not only in the whole city.")

    @model_validator(mode="after")
    def _something(self) -> Promise:
        if self.unserved is None and self.short is None:
            raise ValueError("give a largest share unserved or short")
        return self


def _switch(value: Any) -> Any:
    """``true`` stands for a part with its defaults, ``false`` for leaving it out."""
    if value is True:
        return {}
    return None if value is False else value


class Question(Section):
    """What the plan consists of, and the rules it keeps."""

    shelters: Annotated[Shelters | None, BeforeValidator(_switch, json_schema_input_type=bool | Shelters | None)] = (
        Field(default_factory=Shelters, description="Which places to prepare for people.")
    )
    stock: Annotated[Stock | None, BeforeValidator(_switch, json_schema_input_type=bool | Stock | None)] = Field(
        default=None, description="Where to hold goods."
    )
    corridors: Annotated[Corridors | None, BeforeValidator(_switch, json_schema_input_type=bool | Corridors | None)] = (
        Field(default=None, description="Which roads to keep open for help.")
    )
    harden: Literal["none", "lanes", "all"] = Field(
        default="lanes", description="Links that may be strengthened: those where a corridor may run, all, or none."
    )
    promises: list[Promise] = Field(default_factory=list)
    budget: Amount | None = Field(default=None, description="Money that may be spent before the event.")
    counts: dict[str, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict, description="Largest number of sites by mode."
    )
    limits: dict[Objective, Amount] = Field(default_factory=dict, description="Largest value by objective.")
    require: list[str] = Field(default_factory=list, description="Sites, or options written site|mode, to open.")
    forbid: list[str] = Field(default_factory=list, description="Sites, or options written site|mode, to leave out.")
    alpha: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.9, description="CVaR averages the worst 1 - alpha of futures."
    )
    best_unserved: dict[str, Amount] | None = Field(default=None, description="Fewest unserved, by scenario; computed.")
    zoning: Annotated[Zoning | None, BeforeValidator(_switch, json_schema_input_type=bool | Zoning | None)] = Field(
        default=None, description="Which class of use each parcel of land gets; stands alone, for `refugia front`."
    )

    @model_validator(mode="before")
    @classmethod
    def _land(cls, given: Any) -> Any:
        """Shelters, which are the usual question, are not asked about beside zoning unless somebody writes so."""
        return {"shelters": False, **given} if _zoned(given) else given

    @model_validator(mode="after")
    def _alone(self) -> Question:
        usual = {name: f.get_default(call_default_factory=True) for name, f in type(self).model_fields.items()}
        usual |= {"shelters": None, "zoning": self.zoning}
        strange = [name for name, value in usual.items() if getattr(self, name) != value]
        if self.zoning is not None and strange:
            raise ValueError(f"zoning stands alone; leave out {', '.join(strange)}")
        return self


def _zoned(question: Any) -> bool:
    """Whether a question, not yet checked, is one of zoning."""
    asked = question.get("zoning") if isinstance(question, dict) else None
    return asked is True or isinstance(asked, dict | Zoning)


class Solve(Section):
    """How the answer is searched."""

    gap: Annotated[float, Field(ge=0, lt=1)] = Field(default=0.01, description="Relative gap at which to stop.")
    time_limit: Annotated[float, Field(gt=0)] | None = Field(default=None, description="Seconds, or none.")
    backend: Literal["highs", "cpsat", "pyomo"] = Field(
        default="highs", description="Solver; cpsat for whole numbers only."
    )
    threads: Annotated[int, Field(ge=1)] = Field(
        default=1, description="With one thread the answer is the same each time."
    )
    seed: Annotated[int, Field(ge=0, lt=2**31)] = Field(
        default=1, description="Seed of everything random in the search."
    )


class Title(Section):
    """The title of the study by language."""

    en: str = ""
    zh: str = ""


def _title(value: Any) -> Any:
    return {"en": value, "zh": value} if isinstance(value, str) else value


def _usual_weights() -> dict[AnyObjective, float]:
    return {"cost": 1.0, "unserved": 2000.0}


class Study(Section):
    """A study, checked. Make one with :func:`load_study` or :meth:`of`."""

    title: Annotated[Title, BeforeValidator(_title, json_schema_input_type=str | Title)] = Field(default_factory=Title)
    instance: Annotated[Source, BeforeValidator(source_table, json_schema_input_type=str | Source)]
    question: Question = Field(default_factory=Question)
    minimize: dict[AnyObjective, Amount] = Field(
        default_factory=_usual_weights,
        description="Weight of each objective; one with weight 0 is measured only, as are all of zoning.",
    )
    solve: Solve = Field(default_factory=Solve)
    front: Tradeoffs | None = Field(default=None, description="The front for `refugia front`; null for the usual one.")

    @model_validator(mode="before")
    @classmethod
    def _land(cls, given: Any) -> Any:
        """A zoning study weighs nothing up, so it has no usual weights."""
        return {"minimize": {}, **given} if isinstance(given, dict) and _zoned(given.get("question")) else given

    @model_validator(mode="after")
    def _weighed(self) -> Study:
        zoning = self.question.zoning
        if zoning is None and not any(self.minimize.values()):
            raise ValueError("minimize: give at least one objective a weight above 0")
        faults = [] if zoning is None or self.front is None else self.front.zoning_faults(zoning.patches)
        known = OF_PLANS if zoning is None else OF_LAND
        weighed = [] if self.front is None else [name for group in self.front.objectives for name in group.of]
        if self.front is not None and "objectives" not in self.front.model_fields_set:
            weighed = []
        subject = "plans" if zoning is None else "zoning"
        faults += [
            f"{place}: {name!r} is no objective of {subject}; use {', '.join(known)}"
            for place, names in (("minimize", list(self.minimize)), ("front.objectives", weighed))
            for name in names
            if name not in known
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @classmethod
    def of(cls, content: Any, *, folder: str | os.PathLike[str] = ".", where: str = "study") -> Study:
        """A study from plain data, as :mod:`yaml` reads it; relative paths count from ``folder``.

        Raises
        ------
        StudyError
            Naming every fault.
        """
        from solver.studyfile import checked

        return checked(content, Path(folder), where)

    def weights(self) -> dict[str, float]:
        """Weights of the objectives in the solve."""
        return {name: float(weight) for name, weight in self.minimize.items()}

    def plan_question(self) -> IntegratedPlan:
        """The question to put to the instance.

        Raises
        ------
        StudyError
            If the study asks for zoning, see :meth:`zoning_question`.
        """
        asked = self.question
        if asked.zoning is not None:
            fault = "question.zoning: zoning has no single best plan, but a front of plans: use `refugia front`"
            raise StudyError("The study cannot be solved", [fault])
        return IntegratedPlan(
            shelters=ShelterRules(**asked.shelters.model_dump()) if asked.shelters else None,
            stock=StockRules(**asked.stock.model_dump()) if asked.stock else None,
            corridors=CorridorRules(**asked.corridors.model_dump()) if asked.corridors else None,
            harden=asked.harden,
            promises=tuple(PlanPromise(**promise.model_dump()) for promise in asked.promises),
            budget=asked.budget,
            counts=dict(asked.counts),
            limits={str(name): value for name, value in asked.limits.items()},
            require=tuple(asked.require),
            forbid=tuple(asked.forbid),
            objectives=tuple(self.minimize),
            alpha=asked.alpha,
            best_unserved=asked.best_unserved,
        )

    def zoning_question(self, objectives: Sequence[str]) -> ZoningQuestion:
        """The question of a zoning study with these objectives.

        Raises
        ------
        StudyError
            If the study does not ask for zoning.
        """
        asked = self.question.zoning
        if asked is None:
            raise StudyError("The study cannot be used", ["question.zoning: is missing"])
        terms = asked.model_dump()
        return ZoningQuestion(tuple(objectives), **terms)

    def to_dict(self) -> dict[str, Any]:
        """Plain data with every default written out; gives the same study again."""
        content = self.model_dump(mode="json")
        content["instance"] = {k: v for k, v in content["instance"].items() if v}
        if self.question.zoning is not None:
            content["question"] = {"zoning": content["question"]["zoning"]}
        else:
            del content["question"]["zoning"]
            for part in ("shelters", "stock", "corridors"):
                content["question"][part] = content["question"][part] or False
        if self.front is None:
            del content["front"]
        else:
            whole = zip(self.front.objectives, content["front"]["objectives"], strict=True)
            content["front"]["objectives"] = [g.name if g.of == {g.name: 1.0} else kept for g, kept in whole]
            if self.front.robustness is not None and self.front.robustness.instance is not None:
                other = content["front"]["robustness"]["instance"]
                content["front"]["robustness"]["instance"] = {k: v for k, v in other.items() if v}
        return content

    def to_yaml(self) -> str:
        """The study as text for a file."""
        import yaml

        return yaml.safe_dump(self.to_dict(), sort_keys=False, allow_unicode=True, width=100)


def load_study(path: str | os.PathLike[str], changes: Mapping[str, Any] | None = None) -> Study:
    """Read a study from a YAML file.

    Parameters
    ----------
    changes
        Values that replace those of the file, by dotted place: ``{"question.budget": 2e6}``.

    Raises
    ------
    StudyError
        If the file is missing or is no YAML, or anything in it is unknown or wrong; all faults at once, with their
        lines.
    """
    from solver.studyfile import read

    return read(Path(path), changes or {})


def default_study(instance: Instance, source: Mapping[str, Any]) -> Study:
    """A plain study of everything that the instance has, for an instance without a study of its own."""
    titles = {k: v for k, v in instance.about.title.items() if k in Title.model_fields}
    if instance.land is not None and instance.options is None:
        return Study.of({"title": titles, "instance": dict(source), "question": {"zoning": True}})
    stock = instance.commodities is not None and instance.hauls is not None
    shelters = instance.routes is not None and instance.demand is not None and instance.phases is not None
    minimize = {"cost": 1.0}
    minimize |= {"unserved": 2000.0, "travel": 0.01} if shelters else {}
    minimize |= {"operations": 1.0, "shortage": 100.0} if stock else {}
    return Study.of(
        {
            "title": titles,
            "instance": dict(source),
            "question": {"shelters": shelters, "stock": stock, "corridors": instance.corridors is not None},
            "minimize": minimize,
        }
    )


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a study, for editors."""
    schema = Study.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Refugia study"}
