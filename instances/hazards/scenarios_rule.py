"""The section of a recipe about scenarios as a set: how few may stand for all, and how far probabilities are known."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from instances.rule import Grounded, NotNegative, Share, Strict


class AlikeRule(Strict):
    """What makes two futures alike: the weight of each kind of effect in the distance between them."""

    need: NotNegative = Field(default=1.0, description="People in need at every demand point and in every phase.")
    sites: NotNegative = Field(default=1.0, description="Usable area of every site.")
    links: NotNegative = Field(default=1.0, description="Links that are cut, or slow in proportion to speed lost.")

    @model_validator(mode="after")
    def _something(self) -> AlikeRule:
        if not self.need + self.sites + self.links > 0:
            raise ValueError("give at least one weight above 0")
        return self


class ReduceRule(Strict):
    """Fewer scenarios that stand for all."""

    to: Annotated[int, Field(ge=1)] = Field(description="Scenarios that are left, those always kept included.")
    keep: list[str] = Field(
        default_factory=lambda: ["extreme"], description="Levels, or scenarios by name, that are always kept."
    )
    stand_in: Literal["same", "not lower", "any"] = Field(
        default="same",
        description="Level of a scenario that stands for another one. Promises are made by level: same keeps the "
        "probability of each level; not lower moves some up; only any lets a lower one stand for a higher one.",
    )
    method: Literal["forward"] = Field(default="forward", description="Fast forward selection.")


class BoundRule(Strict):
    """One bound of a probability: a factor on the nominal one, or the probability itself."""

    factor: NotNegative | None = Field(default=None, description="Factor on the nominal probability.")
    probability: Share | None = Field(default=None, description="The same probability for every scenario concerned.")

    @model_validator(mode="after")
    def _one(self) -> BoundRule:
        if (self.factor is None) == (self.probability is None):
            raise ValueError("give either factor or probability")
        return self


class BoundsRule(Strict):
    """Least and greatest probability of a scenario; by default anything from 0 to 1."""

    lower: BoundRule | None = Field(default=None, description="Least probability, 0 by default.")
    upper: BoundRule | None = Field(default=None, description="Greatest probability, 1 by default.")


class AmbiguityRule(Grounded, BoundsRule):
    """Distributions to reckon with where nobody knows the probabilities."""

    kind: Literal["interval", "total variation", "wasserstein"] = Field(
        description="Interval: any within the bounds; the others also stay within a radius of the nominal one."
    )
    radius: NotNegative | None = Field(
        default=None,
        description="Total variation: probability that may be elsewhere. Wasserstein: probability times distance that "
        "it may move; 1 is the mean distance between two futures.",
    )
    own: dict[str, BoundsRule] = Field(
        default_factory=dict,
        description="Bounds of single levels, or of scenarios by name, instead of those above.",
    )

    @model_validator(mode="after")
    def _fits(self) -> AmbiguityRule:
        if (self.kind == "interval") != (self.radius is None):
            raise ValueError("a radius belongs to total variation and wasserstein, and only to them")
        if self.kind == "interval" and self.lower is None and self.upper is None and not self.own:
            raise ValueError("interval: give lower, upper or own; for any distribution say upper: {probability: 1}")
        return self


class ScenariosRule(Strict):
    """What becomes of the scenarios that hazards make."""

    alike: AlikeRule = Field(
        default_factory=AlikeRule,
        description="Weights in the distance between futures, by which they are reduced and probability is moved.",
    )
    reduce: ReduceRule | None = Field(default=None, description="Fewer scenarios; without it all are kept.")
    ambiguity: AmbiguityRule | None = Field(
        default=None, description="Unknown probabilities; without it the nominal ones hold."
    )
