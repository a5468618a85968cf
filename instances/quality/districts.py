"""Room against need by zone: whether people could stay near home."""

from __future__ import annotations

import numpy as np

from instances.instance import Instance
from instances.quality.people import most_room, open_to_people
from instances.quality.section import Section

Found = tuple[list[Section], list[str]]


def districts(instance: Instance) -> Found:
    """Need and room of each zone in each scenario, in the phase where least of it is left.

    The room is that of the sites within the zone, if every one were prepared; people may go to another zone, so a lack
    here is no fault, but it means a longer way.
    """
    demand, sites, effects = instance.demand, instance.sites, instance.effects
    options, modes = instance.options, instance.modes
    if (
        demand is None
        or demand.zone is None
        or sites.zone is None
        or effects is None
        or options is None
        or modes is None
    ):
        return [], []
    if demand.zone.target is not sites.zone.target:
        return [], []
    zone, count = demand.zone.target, demand.zone.target.size
    mode = options.option["mode"].position
    places = options.capacity[:, None] * options.ready * modes.serves[mode] * open_to_people(instance)[:, None]
    room = most_room(options, modes, places, sites.site.size)
    rows = []
    for s, scenario in enumerate(instance.scenarios.scenario.labels()):
        need, most = np.zeros((count, modes.phase.size)), np.zeros((count, modes.phase.size))
        np.add.at(need, demand.zone.position, effects.need[:, :, s])
        np.add.at(most, sites.zone.position, room * effects.usable[:, s, None])
        for z, label in enumerate(zone.labels()):
            h = int(np.argmin(most[z] - need[z]))
            filled = need[z, h] / most[z, h] if most[z, h] > 0 else None
            rows.append(
                (scenario, label, modes.phase.label(h), need[z, h], most[z, h], most[z, h] - need[z, h], filled)
            )
    columns = [("scenario", ""), ("zone", ""), ("tightest phase", ""), ("in need", "people")]
    columns += [("room at most", "people"), ("left", "people"), ("filled", "1")]
    return [Section.of("districts", "Room and need by zone and scenario", columns, rows)], []
