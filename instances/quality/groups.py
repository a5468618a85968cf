"""Who the people are, and the units of land they live in."""

from __future__ import annotations

import numpy as np

from instances.instance import Instance
from instances.quality.section import Section, some

Found = tuple[list[Section], list[str]]


def groups(instance: Instance) -> Found:
    """People of each group by night and by day, with their share of all; groups may overlap."""
    who, demand = instance.groups, instance.demand
    if who is None or demand is None:
        return [], []
    people = float(demand.people.sum())
    rows, warnings = [], []
    for g, label in enumerate(who.group.labels()):
        night, day = float(who.night[:, g].sum()), float(who.day[:, g].sum())
        rows.append((label, who.title[g], night, night / people if people else None, day, who.vulnerability[g]))
    more = np.argwhere(who.night > demand.people[:, None] * (1 + 1e-6) + 1e-6)
    if more.size:
        first = [f"{who.group.label(int(g))} at {demand.demand.label(int(i))}" for i, g in more[:5]]
        warnings.append(
            f"groups: in {len(more)} places a group has more people than live there ({some(first)}); "
            "check the shares of the group"
        )
    columns = [("group", ""), ("title", ""), ("by night", "people"), ("share", "1"), ("by day", "people")]
    return [Section.of("groups", "Groups of people", [*columns, ("vulnerability", "1")], rows)], warnings


def units(instance: Instance) -> Found:
    """Units of each level, their neighbours, and those that have none."""
    land = instance.units
    if land is None:
        return [], []
    one, other = (land.border[key].position for key in land.border.parts)
    count = np.bincount(np.concatenate([one, other]), minlength=land.unit.size)
    rows = []
    for level in dict.fromkeys(land.level.tolist()):
        here = land.level == level
        near = count[here]
        rows.append(
            (level, here.sum(), land.area[here].sum() / 1e6, near.min(), near.mean(), near.max(), (near == 0).sum())
        )
    alone = [k for k in np.flatnonzero(count == 0).tolist() if (land.level == land.level[k]).sum() > 1]
    warnings = []
    if alone:
        warnings.append(
            f"units: {len(alone)} have no neighbour of their level ({some(land.unit.labels(alone))}); "
            "islands are right, gaps between outlines are not"
        )
    columns = [("level", ""), ("units", "1"), ("area", "km2"), ("fewest neighbours", "1"), ("mean neighbours", "1")]
    columns += [("most neighbours", "1"), ("without neighbours", "1")]
    return [Section.of("units", "Units of land", columns, rows)], warnings
