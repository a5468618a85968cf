"""What people would need to live on, and the room there is to store it."""

from __future__ import annotations

import numpy as np

from instances.instance import Instance
from instances.quality.section import Section

Found = tuple[list[Section], list[str]]


def stock(instance: Instance) -> Found:
    """Need by scenario in person-days and in units of each commodity, its volume, and the storage that survives."""
    goods, effects, phases = instance.commodities, instance.effects, instance.phases
    if goods is None:
        return [], []
    count = instance.scenarios.scenario.size
    days = np.zeros(count)
    if effects is not None and phases is not None and instance.demand is not None:
        days = np.einsum("ihs,h->s", effects.need, phases.days)
    units = goods.ration[:, None] * days
    if instance.requests is not None:
        units = units + instance.requests.request.sum(axis=0)
    volume = goods.volume @ units
    room = storage(instance)
    rows = [
        (label, days[s], volume[s], room[s], *units[:, s])
        for s, label in enumerate(instance.scenarios.scenario.labels())
    ]
    columns = [("scenario", ""), ("need", "person-days"), ("volume of the need", "m3"), ("storage left", "m3")]
    columns += [(label, str(unit)) for label, unit in zip(goods.commodity.labels(), goods.unit, strict=True)]
    warnings = []
    short = np.flatnonzero(volume > room * (1 + 1e-9))
    if short.size and room.any():
        worst = int(short[np.argmax(volume[short] - room[short])])
        warnings.append(
            f"stock: in {short.size} of {count} scenarios the goods needed do not fit into the storage that is left, "
            f"worst in {instance.scenarios.scenario.label(worst)}: {volume[worst]:,.0f} m3 into {room[worst]:,.0f} m3; "
            "some shortage is certain there"
        )
    elif not room.any():
        warnings.append("stock: there are commodities but no site with room to store them; add options of role stock")
    return [Section.of("stock", "Goods needed if everyone in need has a place", columns, rows)], warnings


def storage(instance: Instance) -> np.ndarray:
    """Volume that survives in each scenario if every allowed site has its largest stock room, shape (scenario,)."""
    options, modes, effects = instance.options, instance.modes, instance.effects
    largest = np.zeros(instance.sites.site.size)
    if options is not None and modes is not None:
        site = options.option["site"].position
        stock_room = (modes.role[options.option["mode"].position] == "stock") & (
            instance.sites.status[site] != "forbidden"
        )
        np.maximum.at(largest, site[stock_room], options.capacity[stock_room])
    survives = np.ones((largest.size, instance.scenarios.scenario.size)) if effects is None else effects.survives
    return np.asarray(largest @ survives)
