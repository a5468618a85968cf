"""Chains of events: each splits an event into what follows and what does not, and probabilities multiply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.hazards.chains.services import Services
from instances.hazards.events import Force, Happening
from instances.hazards.exposed import Exposed
from instances.hazards.luck import Luck
from instances.hazards.sources.footprints import Maps

if TYPE_CHECKING:
    from instances.hazards.rule import FireRule, HazardsRule, LandslideRule

Floats = NDArray[np.float64]
Chain = Callable[[Happening], tuple[Force, ...]]


def follow(happenings: list[Happening], name: str, after: list[str], probability: float, chain: Chain) -> tuple[
    list[Happening], int
]:  # fmt: skip
    """Every event that the chain may follow, parted in with (probability) and without (the rest).

    An event that leaves the chain nothing to do is not parted.

    Returns
    -------
    events, number of events that it follows
    """
    done, count = [], 0
    for happening in happenings:
        fits = set(after) & set(happening.hazard.split("+")) and probability > 0
        forces = chain(happening) if fits else ()
        if not forces:
            done.append(happening)
            continue
        count += 1
        changes = happening.joined("+".join(f.hazard for f in forces), *forces)
        if probability < 1:
            done.append(happening.split(f"no {name}", f"no {name}", 1.0 - probability))
        done.append(happening.split(f"with {name}", f"with {name}", probability, **changes))
    return done, count


class Chains:
    """The chains of a rule, with what they need of the ground."""

    def __init__(
        self, rule: HazardsRule, layers: Mapping[str, Any], exposed: Exposed, luck: Luck, maps: Maps,
        services: dict[int, Services], ledger: Ledger, faults: list[str],
    ) -> None:  # fmt: skip
        self.rule, self.layers, self.exposed, self.luck, self.maps = rule, layers, exposed, luck, maps
        self.services, self.ledger, self.faults = services, ledger, faults
        self.steep: dict[int, NDArray[np.bool_]] = {}

    def apply(self, happenings: list[Happening]) -> list[Happening]:
        """All chains, in the order of the rule; a later one may follow what an earlier one has added."""
        for k, rule in enumerate(self.rule.chains):
            if rule.then == "fire":
                name, chain = "fire", self._fires(rule)
            elif rule.then == "landslide":
                name, chain = "landslide", self._slides(rule, k)
            elif rule.then == "services":
                name, chain = "loss of services", self.services[k].fail if k in self.services else _nothing
            else:
                force = self.maps.force(rule.footprint)
                if force is None:
                    continue
                name, chain = rule.footprint, _joining(force)
            happenings, count = follow(happenings, name, rule.after, rule.probability, chain)
            self.ledger.note(f"{name} may follow {count} events, with probability {rule.probability:g} each")
            if rule.assumption is not None:
                self.ledger.assume(f"{name} after {', '.join(rule.after)}: {rule.assumption}")
            else:
                self.ledger.cite(f"{name} after {', '.join(rule.after)}: {rule.basis}")
        return happenings

    def _fires(self, rule: FireRule) -> Chain:
        """Ignitions where people live and the trigger is passed: as many as a Poisson number, one at least."""
        demand = self.exposed.ground.demand
        order = np.lexsort([demand.people, demand.y, demand.x])  # so that the order of homes does not matter

        def fires(happening: Happening) -> tuple[Force, ...]:
            from scipy.spatial import cKDTree

            struck = np.zeros(len(order), bool)
            for force in happening.forces:
                if force.hazard in rule.after:
                    struck |= force.homes > rule.trigger
            for response in happening.responses:
                struck |= (response.hit > 0).any(axis=1)
            people = (demand.people * struck)[order]
            if not people.sum() > 0:
                return ()
            rng = self.luck.stream(*happening.key, "ignitions")
            count = max(1, int(rng.poisson(rule.ignitions * people.sum() / 1e6)))
            at = order[np.searchsorted(np.cumsum(people), rng.uniform(0.0, people.sum(), count), side="right")]
            away = cKDTree(np.column_stack([demand.x[at], demand.y[at]])).query(self.exposed.xy)[0]
            burning = np.clip(1.0 - away / rule.radius, 0.0, 1.0)
            return (Force("fire", "share", *self.exposed.parts(burning)),)

        return fires

    def _slides(self, rule: LandslideRule, k: int) -> Chain:
        if k not in self.steep:
            name = rule.slope or rule.heights or ""
            grid = self.layers.get(name)
            if grid is None or not hasattr(grid, "sample"):
                self.faults.append(f"chain landslide: no raster called {name!r}; there are {', '.join(self.layers)}")
                return _nothing
            degrees = self.exposed.on_grid(grid if rule.slope is not None else grid.slope())
            missing = np.isnan(degrees)
            if missing.any():
                self.ledger.note(f"{name}: no slope at {self.exposed.missed(missing)}; counted as flat")
            self.steep[k] = np.where(missing, 0.0, degrees) >= rule.steep
        steep = self.steep[k]

        def slides(happening: Happening) -> tuple[Force, ...]:
            moved = np.zeros(len(steep), bool)
            for force in happening.forces:
                if force.hazard in rule.after:
                    moved |= steep & (force.everywhere >= rule.trigger)
            if not moved.any():
                return ()
            return (Force("landslide", "share", *self.exposed.parts(moved.astype(np.float64))),)

        return slides


def _nothing(happening: Happening) -> tuple[Force, ...]:
    return ()


def _joining(force: Force) -> Chain:
    def join(happening: Happening) -> tuple[Force, ...]:
        return () if force.hazard in happening.hazard.split("+") else (force,)

    return join
