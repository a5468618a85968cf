"""The program under construction, and what its pieces hand to one another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from instances.index import Index, Map
from instances.instance import Instance
from instances.preparation import Modes, Options

if TYPE_CHECKING:
    from formulations.plan.question import IntegratedPlan


@dataclass(frozen=True, eq=False)
class Trips:
    """Second-stage movements of people: who may go where, in which phase and scenario."""

    trip: Index  # route, option, phase, scenario
    go: Affine  # share of the need that takes the trip, over trip
    people: np.ndarray  # people who would move if the share were 1, per trip
    call: Index  # demand, phase, scenario with people in need
    unserved: Affine  # share of the call without a place, over call
    calling: np.ndarray  # people in need, per call


@dataclass(frozen=True, eq=False)
class Shipments:
    """Second-stage goods: what is short where."""

    post: Index  # site, commodity, scenario where goods are asked for
    short: Affine  # units, over post
    asked: Affine  # units asked for, over post


@dataclass(eq=False)
class Draft:
    """First-stage decisions common to all parts, and money and disturbance as they add up."""

    question: IntegratedPlan
    instance: Instance
    program: Program
    options: Options
    modes: Modes
    prepared: Index  # options that take part in the study
    open: Affine  # over prepared
    weak: Index  # links that may be hardened
    harden: Affine | None  # over weak
    cost: list[Affine] = field(default_factory=list)
    operations: list[Affine] = field(default_factory=list)
    disturbance: list[Affine] = field(default_factory=list)
    trips: Trips | None = None
    shipments: Shipments | None = None

    @classmethod
    def begin(cls, question: IntegratedPlan, instance: Instance) -> Draft:
        """Choose the options and links that take part, and make ``open`` and ``harden``."""
        options, modes = instance.options, instance.modes
        assert options is not None and modes is not None
        program = Program(f"integrated plan for {instance.about.name}")
        prepared = Index.tuples("prepared", option=(options.option, _taking_part(question, instance, options, modes)))
        chosen = prepared["option"].position
        open_ = program.binary("open", prepared, doc="The site is prepared for the mode.")
        weak = Index.tuples("weak", link=_weak_links(question, instance))
        harden = program.binary("harden", weak, doc="The link is strengthened.") if weak.size else None
        draft = cls(question, instance, program, options, modes, prepared, open_, weak, harden)
        draft.cost.append((options.cost[chosen] * open_).sum())
        draft.disturbance.append((options.disturbance[chosen] * open_).sum())
        if harden is not None and instance.roads is not None:
            draft.cost.append((instance.roads.harden[weak["link"].position] * harden).sum())
        return draft

    @property
    def site(self) -> Map:
        """Site of each prepared option."""
        return self.prepared["option"].then(self.options.option["site"])

    @property
    def mode(self) -> Map:
        """Mode of each prepared option."""
        return self.prepared["option"].then(self.options.option["mode"])

    def weak_of(self, link: Index) -> np.ndarray:
        """Position in ``weak`` of every link, -1 for links that cannot be strengthened."""
        position = np.full(link.size, -1)
        position[self.weak["link"].position] = np.arange(self.weak.size)
        return position

    def with_role(self, role: str) -> np.ndarray:
        """Positions in ``prepared`` of the options whose mode has the role."""
        return np.flatnonzero(self.modes.role[self.mode.position] == role)


def _taking_part(question: IntegratedPlan, instance: Instance, options: Options, modes: Modes) -> np.ndarray:
    role = modes.role[options.option["mode"].position]
    wanted = np.zeros(options.option.size, bool)
    if question.shelters is not None:
        wanted |= role == "shelter"
    if question.stock is not None:
        wanted |= role == "stock"
    site = options.option["site"].position
    wanted &= instance.sites.status[site] != "forbidden"
    if question.forbid:
        banned = set(question.forbid)
        site_labels = instance.sites.site.labels()
        wanted &= np.array(
            [site_labels[j] not in banned and options.option.label(o) not in banned for o, j in enumerate(site)], bool
        )
    return np.flatnonzero(wanted)


def _weak_links(question: IntegratedPlan, instance: Instance) -> tuple[Index, np.ndarray]:
    """Links that some scenario cuts and that may be strengthened."""
    if instance.damage is None or instance.roads is None:
        return Index.named("link", []), np.empty(0, int)
    cut: np.ndarray = np.any(instance.damage.cut, axis=1)
    if question.harden == "lanes" and instance.corridors is not None:
        cut &= np.isin(np.arange(cut.size), instance.corridors.lane["link"].position)
    if question.harden == "none":
        cut[:] = False
    return instance.damage.link, np.flatnonzero(cut)
