"""What a curve may say: form, unit, what it applies to, and where its figures come from."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from instances.hazards.measures import to_unit, units_for
from instances.rule import Grounded, Name, NotNegative, Positive, Share, Strict

__all__ = ["CurveRule", "CurvesFile", "CurvesRule", "SeekingRule", "TableRule", "ValidationError"]


class Lognormal(Strict):
    """Chance of reaching a state: Phi(ln(intensity / median) / beta)."""

    median: Positive
    beta: Positive


class Points(Strict):
    """Straight lines between points, level outside them."""

    at: list[NotNegative] = Field(min_length=2)
    value: list[NotNegative] = Field(min_length=2)

    @model_validator(mode="after")
    def _rising(self) -> Points:
        if len(self.at) != len(self.value):
            raise ValueError(f"{len(self.at)} intensities but {len(self.value)} values")
        if any(b <= a for a, b in pairwise(self.at)):
            raise ValueError("intensities must rise")
        return self


class Polynomial(Strict):
    """Sum of coefficient k times intensity to the power k, up to an intensity; 0 from there on."""

    coefficients: list[float] = Field(min_length=1)
    until: Positive


Asset = Literal["link", "bridge", "tunnel", "homes", "indoors", "open_air", "underground", "stock"]
Measure = Literal["depth", "PGA", "SA1", "PGD", "gust", "temperature", "rain", "share"]
ON_ROADS = ("link", "bridge", "tunnel")


class CurveRule(Grounded):
    """What an intensity does to one kind of asset.

    ``cut`` (roads), ``unusable`` (homes, sites) and ``lost`` (stock) are chances or shares in [0, 1] that never fall;
    ``slow`` is a factor on travel time that never falls below 1; ``speed`` is a speed in km/h that never rises.
    """

    id: Name
    hazard: list[str] = Field(min_length=1)
    measure: Measure
    unit: str = Field(description="Unit of the intensities in this curve.")
    asset: list[Asset] = Field(min_length=1)
    classes: list[str] = Field(default_factory=list, description="Road classes or classes of land; none: all.")
    effect: Literal["cut", "slow", "speed", "unusable", "lost"]
    means: Literal["chance", "share"] = Field(
        default="chance", description="A chance that all is lost (drawn), or the share that is lost (sites, stock)."
    )
    lognormal: Lognormal | None = None
    points: Points | None = None
    step: Positive | None = Field(default=None, description="Nothing below this intensity, everything from it on.")
    polynomial: Polynomial | None = None
    default: bool = Field(default=True, description="In force unless another is chosen.")

    @model_validator(mode="after")
    def _sound(self) -> CurveRule:
        forms = [self.lognormal, self.points, self.step, self.polynomial]
        if sum(form is not None for form in forms) != 1:
            raise ValueError("give one of lognormal, points, step, polynomial")
        fits = {"unusable": ("homes", "indoors", "open_air", "underground"), "lost": ("stock",)}
        wrong = [a for a in self.asset if a not in fits.get(self.effect, ON_ROADS)]
        if wrong:
            raise ValueError(f"effect {self.effect} does not fit {', '.join(wrong)}")
        if self.means == "share" and self.effect not in fits:
            raise ValueError(f"a share is lost of sites, stock or homes; {self.effect} is a chance, factor or speed")
        if self.polynomial is not None and self.effect != "speed":
            raise ValueError("a polynomial gives a speed")
        if self.effect in ("slow", "speed") and self.points is None and self.polynomial is None:
            raise ValueError(f"{self.effect} needs points or a polynomial")
        if self.points is not None:
            _check_values(self.effect, self.points.value)
        if to_unit(self.measure, self.unit) is None:
            raise ValueError(f"unit {self.unit!r} does not measure {self.measure}; use {units_for(self.measure)}")
        return self


def _check_values(effect: str, values: list[float]) -> None:
    steps = [b - a for a, b in pairwise(values)]
    if effect == "speed":
        if any(s > 0 for s in steps):
            raise ValueError("a speed must never rise with intensity")
    elif any(s < 0 for s in steps):
        raise ValueError(f"{effect} must never fall with intensity")
    elif effect == "slow" and min(values) < 1:
        raise ValueError("a factor on travel time must be at least 1")
    elif effect != "slow" and max(values) > 1:
        raise ValueError(f"{effect} must lie between 0 and 1")


class SeekingRule(Grounded):
    """Share of people with an unusable home who look for a public place in the first hours, days and weeks."""

    hazard: list[str] = Field(min_length=1)
    hours: Share
    days: Share
    weeks: Share


class CurvesFile(Strict):
    """A file of curves."""

    curves: list[CurveRule] = Field(default_factory=list)
    seeking: list[SeekingRule] = Field(default_factory=list)


class TableRule(Grounded):
    """A table with one column a class and the intensity in its first column, such as depth-damage curves."""

    path: str = Field(description="CSV, relative to the recipe.")
    hazard: list[str] = Field(min_length=1)
    measure: Measure
    unit: str
    asset: list[Asset] = Field(min_length=1)
    scale: Positive = Field(default=1.0, description="Factor on the values, such as 0.01 for per cent.")

    @model_validator(mode="after")
    def _unit_fits(self) -> TableRule:
        if to_unit(self.measure, self.unit) is None:
            raise ValueError(f"unit {self.unit!r} does not measure {self.measure}; use {units_for(self.measure)}")
        if any(a in ON_ROADS for a in self.asset):
            raise ValueError("tables are for homes, sites and stock")
        return self


class CurvesRule(Strict):
    """Changes to the curves that come along: the last one that fits a class is in force."""

    choose: list[str] = Field(default_factory=list, description="Curves by id, put before the others.")
    path: str | None = Field(default=None, description="A YAML file of curves, relative to the recipe.")
    tables: list[TableRule] = Field(default_factory=list)
    own: list[CurveRule] = Field(default_factory=list)
    seeking: list[SeekingRule] = Field(default_factory=list)
