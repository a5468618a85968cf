"""What all questions of location have in common: rules about sites, measures of fairness, a program, a judgement."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from formulations.algebra.program import Program
from formulations.algebra.relation import Relation
from formulations.location.access import Access
from formulations.location.faults import is_number, is_whole, lost_faults
from formulations.location.judgement import Judgement
from formulations.location.rules import Differ, SiteRules, add_rules, site_rules
from formulations.location.siting import Siting
from instances.schema import InstanceError


class Measure(Protocol):
    """How the burdens of people are weighed against each other, as rows and as a number; less is better.

    The burden of a demand point is how far its people go, or which share of them is without cover.
    """

    @property
    def name(self) -> str:
        """Name of the objective or limit."""

    @property
    def monotone(self) -> bool:
        """Whether a larger burden of somebody never makes the measure less. If not, rows must pin burdens down."""

    def faults(self, access: Access) -> list[str]:
        """What is wrong with asking this of these data."""

    def add(self, program: Program, access: Access, burden: Affine) -> Affine:
        """The measure as an expression without dimension; ``burden`` runs over the demand points."""

    def within(self, program: Program, access: Access, burden: Affine, at_most: float) -> Relation:
        """The measure does not exceed a number, as a row."""

    def value(self, access: Access, burden: Floats) -> float:
        """The same from numbers, shape (n,)."""


@dataclass(frozen=True)
class Limit:
    """A measure of fairness must not exceed a number."""

    measure: Measure
    at_most: float


@dataclass(frozen=True, kw_only=True)
class Question(ABC):
    """A named question of location.

    Parameters
    ----------
    budget
        What the sites chosen may cost altogether; None for no limit.
    require, forbid
        Labels of sites that must be open or must not, besides what the data say (``status``).
    differ
        Plans that the answer must differ from; how alternatives are asked for.
    objective
        A measure of fairness to minimise in place of the question's own objective.
    limits
        Measures of fairness that must not exceed a number.
    """

    budget: float | None = None
    require: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    differ: tuple[Differ, ...] = ()
    objective: Measure | None = None
    limits: tuple[Limit, ...] = ()

    title: ClassVar[str]
    """Name of the question in the literature."""

    aim: ClassVar[str]
    """Name of its own objective."""

    sense: ClassVar[Literal["min", "max"]] = "min"
    """Whether little or much of it is wanted. A program minimises: what is to be large stands in it negative."""

    leaves_out: ClassVar[bool] = False
    """Whether people may stay without a site, so that it can be asked of data in which some reach none."""

    @property
    def sites_to_choose(self) -> int | None:
        """How many sites are chosen besides the existing ones; None if the question leaves that open."""
        return None

    @property
    def classic(self) -> bool:
        """Whether it is asked as in the literature, without measures of fairness: fast algorithms know that form."""
        return self.objective is None and not self.limits

    @property
    def within(self) -> float:
        """How far anybody goes at most: the ``radius`` of questions that have one, else infinite."""
        radius: float | None = getattr(self, "radius", None)
        return math.inf if radius is None else radius

    def build(self, access: Access) -> Program:
        """The program; a mixed-integer one with the variable ``open`` over sites.

        Raises
        ------
        InstanceError
            If the question cannot be put to these data; all faults at once.
        """
        self.check(access)
        program = Program(f"{self.title}, {access.site.size} sites")
        opened = program.binary("open", access.site, doc="The site is open.")
        add_rules(program, access, self.rules(access), opened)
        self.model(program, access, opened)
        return program

    @abstractmethod
    def model(self, program: Program, access: Access, opened: Affine) -> None:
        """Add what is the question's own to a program in which ``open`` and the rules about sites are there."""

    @abstractmethod
    def judge(self, access: Access, siting: Siting) -> Judgement:
        """What a plan is worth and which rules it breaks, counted from the data."""

    def siting(self, access: Access, matrix: Matrix, x: Floats) -> Siting:
        """The plan that the columns of :meth:`build` describe; by default everybody goes to the nearest open site.

        Who has none within the radius, where the question has one, goes nowhere.
        """
        return Siting.nearest(access, x[matrix.columns["open"].span] > 0.5, self.within)

    def rules(self, access: Access) -> SiteRules:
        """The rules about sites, once :meth:`check` has passed."""
        return self._rules(access)[0]

    def check(self, access: Access) -> None:
        """Raise one InstanceError that names everything wrong with this question for these data."""
        if faults := self.faults(access):
            raise InstanceError(f"The question {self.title} cannot be put to these data", faults)

    def faults(self, access: Access) -> list[str]:
        """What is wrong; questions with more parameters add theirs."""
        p: object = self.sites_to_choose
        whole = p is None or is_whole(p)
        found = [] if whole else [f"p: {p!r}, expected a whole number from 0 up"]
        if whole:
            found += self._rules(access)[1]
        if not self.leaves_out:
            found += lost_faults(access.demand, access.weight, access.pairs.count)
        given: tuple[object, ...] = self.limits
        strangers = [limit for limit in given if not isinstance(limit, Limit)]
        found += [f"limits: {limit!r}, expected Limit(measure, at_most)" for limit in strangers]
        measures = [] if strangers else [limit.measure for limit in self.limits]
        measures += [] if self.objective is None else [self.objective]
        unknown = [measure for measure in measures if not callable(getattr(measure, "value", None))]
        found += [f"objective, limits: {measure!r}, expected a measure of fairness" for measure in unknown]
        if strangers or unknown:
            return found
        asked = [measure.name for measure in measures]
        if twice := sorted({name for name in asked if asked.count(name) > 1}):
            found.append(f"objective, limits: {', '.join(twice)} is asked for more than once; say it once")
        if self.objective is not None:
            found += self.objective.faults(access)
        for limit in self.limits:
            found += limit.measure.faults(access)
            if not is_number(limit.at_most) or limit.at_most == math.inf:
                told = f"limits: {limit.measure.name} at most {limit.at_most!r}, expected a finite number from 0 up"
                found.append(told)
        return found

    def _rules(self, access: Access) -> tuple[SiteRules, list[str]]:
        return site_rules(access, self.sites_to_choose, self.budget, self.require, self.forbid, self.differ)


@dataclass(frozen=True)
class ChoosesSites(Question):
    """A question that chooses a number of sites.

    Parameters
    ----------
    p
        How many sites are chosen, besides those that exist; None where a budget or costs decide.
    """

    p: int | None = None

    @property
    def sites_to_choose(self) -> int | None:
        return self.p
