"""From intensity to effects: who needs a place, what is left of sites and stock, which links are cut or slow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.hazards.curves.curve import Curves
from instances.hazards.declared import SETTING_IN, Ground
from instances.hazards.events import Force, Happening, Response
from instances.hazards.exposed import Exposed
from instances.hazards.luck import Luck, drawn
from instances.preparation import Phases

if TYPE_CHECKING:
    from instances.hazards.rule import SamplingRule

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.str_]

IN_WORDS = (
    "Water slows people on foot by the same factor as vehicles, where vehicles may use the street.",
    "A phase that begins within 24 h after the event counts as hours, within 240 h as days, else as weeks.",
    "Within one event and hazard, sites, their stock and links share one field of luck.",
)


@dataclass(frozen=True, eq=False)
class Vulnerable:
    """What stands on the ground, by kind, and the curves that say how it fares."""

    exposed: Exposed
    curves: Curves
    luck: Luck
    rule: SamplingRule
    phases: Phases

    @property
    def ground(self) -> Ground:
        """People, sites and links."""
        return self.exposed.ground

    def respond(self, happening: Happening) -> Response:
        """All forces of an event together; losses of several forces multiply as though independent."""
        g = self.ground
        done = [*happening.responses, *(self._of(force, happening.key) for force in happening.forces)]
        spared = np.ones((len(g.demand.demand), len(self.phases.phase)))
        usable, survives = np.ones((2, len(g.site)))
        cut, slow = np.zeros(len(g.middle), bool), np.full(len(g.middle), happening.slow)
        for one in done:
            spared *= 1.0 - one.hit
            usable *= one.usable
            survives *= one.survives
            cut |= one.cut
            slow *= one.slow
        usable[g.open_air] *= happening.open_air
        return Response(np.minimum((1.0 - spared) * happening.need, 1.0), usable, survives, cut, slow)

    def _of(self, force: Force, key: tuple[str, int]) -> Response:
        reach = self.rule.reaches.get(force.hazard, self.rule.reach)
        fields: list[Floats] = []

        def luck(part: int) -> Floats:
            """Drawn only where some chance is neither 0 nor 1; streams are named, so nothing else changes by that."""
            if not fields:
                fields.append(self.luck.field(reach, *key, force.hazard))
            return self.exposed.parts(fields[0])[part]

        spans = np.digitize(self.phases.start, SETTING_IN)
        seeking = np.array(self.curves.seeking.get(force.hazard, (0.0, 0.0, 0.0)))[spans]
        lost, sure = self._losses(force, "homes", "unusable", force.homes, self._classes("homes"))
        hit = (1.0 - (1.0 - lost) * (1.0 - sure))[:, None] * seeking
        chance, share = self._sites(force)
        usable = (1.0 - share) * (1.0 - self._state(chance, luck, self.rule.sites))
        chance, share = self._losses(force, "stock", "lost", force.sites, self._classes("sites"))
        survives = (1.0 - share) * (1.0 - self._state(chance, luck, self.rule.stock))
        chance = np.zeros(len(force.links))
        slow = np.ones(len(force.links))
        roads, g = self.ground.roads, self.ground
        for asset, here in (("link", ~g.bridge & ~g.tunnel), ("bridge", g.bridge), ("tunnel", g.tunnel & ~g.bridge)):
            kinds = roads.kind[here]
            chance[here] = self._losses(force, asset, "cut", force.links[here], kinds)[0]
            slow[here] = self._slower(force, asset, here, kinds)
        cut = drawn(chance, luck(2)) if _open(chance) else chance > 0.5
        return Response(hit, usable, survives, cut, slow)

    def _state(self, chance: Floats, luck: Callable[[int], Floats], way: str) -> Floats:
        """Share lost by chance: all or nothing where drawn, the chance itself where expected."""
        if way == "expected" or not _open(chance):
            return chance
        return drawn(chance, luck(1)).astype(np.float64)

    def _losses(self, force: Force, asset: str, effect: str, at: Floats, classes: Texts) -> tuple[Floats, Floats]:
        return self.curves.chance_and_share(force.hazard, force.measure, asset, effect, at, classes)

    def _sites(self, force: Force) -> tuple[Floats, Floats]:
        g = self.ground
        chance, share = np.zeros((2, len(g.site)))
        under = g.underground & ~g.open_air
        for asset, here in (("indoors", ~g.open_air & ~under), ("open_air", g.open_air), ("underground", under)):
            found = self._losses(force, asset, "unusable", force.sites[here], self._classes("sites")[here])
            chance[here], share[here] = found
        return chance, share

    def _slower(self, force: Force, asset: str, here: Flags, kinds: Texts) -> Floats:
        """Factor on travel time from curves of factors and of speeds."""
        at = force.links[here]
        factor = self.curves.other(force.hazard, force.measure, "slow", asset, at, kinds)
        speed = self.curves.other(force.hazard, force.measure, "speed", asset, at, kinds)
        factor = np.where(np.isnan(factor), 1.0, factor)
        roads = self.ground.roads
        minutes = np.where(roads.drivable, roads.drive, roads.walk)[here]
        free = np.divide(0.06 * roads.length[here], minutes, out=np.zeros(len(at)), where=minutes > 0)
        bound = ~np.isnan(speed) & (speed > 0) & (speed < free)  # at speed 0 a link is cut, not slow
        factor[bound] *= free[bound] / speed[bound]
        return factor

    def _classes(self, part: str) -> Texts:
        given = self.ground.home_class if part == "homes" else self.ground.site_class
        size = len(self.ground.demand.demand) if part == "homes" else len(self.ground.site)
        return given if given is not None else np.full(size, "")


def _open(chance: Floats) -> bool:
    return bool(((chance > 0) & (chance < 1)).any())
