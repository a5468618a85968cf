"""Ways over links that a scenario cuts: open, openable by strengthening, or lost.

Routes of people and hauls of goods are both ways with crossings; what is said here serves both.
"""

from __future__ import annotations

import numpy as np

from formulations.plan.draft import Draft
from instances.index import Index, Map, matching

FREE, WEAK, LOST = 0, 1, 2
"""No link of the way is cut; every cut link may be strengthened; some cut link may not."""


def way_states(draft: Draft, way: Map, crossing: Index) -> np.ndarray:
    """State of each way in each scenario, shape (ways, scenarios); ``way`` maps crossings to ways."""
    damage = draft.instance.damage
    state = np.zeros((way.target.size, draft.instance.scenarios.scenario.size), np.int8)
    if damage is None:
        return state
    link = crossing["link"].position
    worst = np.where(draft.weak_of(damage.link)[link] >= 0, WEAK, LOST)[:, None] * damage.cut[link]
    np.maximum.at(state, way.position, worst)
    return state


def blocked(draft: Draft, taken: Map, scenario: Map, way: Map, crossing: Index) -> tuple[np.ndarray, np.ndarray]:
    """Who needs which link strengthened: positions of travellers, and of weak links.

    ``taken`` maps travellers to the way they take, ``scenario`` to when; ``way`` maps crossings to ways.
    """
    damage = draft.instance.damage
    if damage is None or not draft.weak.size:
        return np.empty(0, int), np.empty(0, int)
    traveller, at = matching(taken, way)
    link = crossing["link"].position[at]
    cut = damage.cut[link, scenario.position[traveller]]
    return traveller[cut], draft.weak_of(damage.link)[link[cut]]
