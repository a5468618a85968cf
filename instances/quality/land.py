"""Land by class, today and as asked for, and who would find no place in the neighbourhood as the land is used today."""

from __future__ import annotations

import numpy as np

from instances.instance import Instance
from instances.land import Land
from instances.quality.section import Section

Found = tuple[list[Section], list[str]]
HECTARE = 10_000.0


def land(instance: Instance) -> Found:
    """Classes with their area and targets, then scenarios with need and places by neighbourhood."""
    ground = instance.land
    if ground is None:
        return [], []
    now = ground.present.position
    today = np.bincount(now, ground.area, ground.land_class.size)
    stays = ground.allowed[np.arange(now.size), now]
    rows = [
        (
            label, ground.title[c], (now == c).sum(), today[c] / HECTARE, ground.least[c] / HECTARE,
            ground.most[c] / HECTARE, ground.area[ground.allowed[:, c]].sum() / HECTARE, ground.patch[c] / HECTARE,
            ((now == c) & ~stays).sum(),
        )
        for c, label in enumerate(ground.land_class.labels())
    ]  # fmt: skip
    columns = [("class", ""), ("title", ""), ("parcels", "1"), ("area", "ha"), ("at least", "ha"), ("at most", "ha")]
    columns += [("could be", "ha"), ("least patch", "ha"), ("parcels to change", "1")]
    tables = [Section.of("land", "Land by class", columns, rows), _room(instance, ground)]
    return tables, _warnings(ground, today, stays)


def _room(instance: Instance, ground: Land) -> Section:
    now, unit = ground.present.position, ground.unit
    rows = []
    for s, label in enumerate(ground.scenario.labels()):
        need = ground.area * ground.residents[now] * ground.displaced[:, s]
        places = ground.area * ground.shelter_places[now] * ground.usable[:, s]
        by_unit = np.bincount(unit.position, need - places, unit.target.size)
        loss = ground.area * ground.worth[now] * ground.damage[:, s]
        rows.append((label, instance.scenarios.title[s], need.sum(), places.sum(), by_unit.clip(0).sum(), loss.sum()))
    columns = [("scenario", ""), ("title", ""), ("in need", "people"), ("places", "people")]
    columns += [("without a place nearby", "people"), ("loss", instance.about.money)]
    return Section.of("open land", "Open land in an emergency, as land is used today", columns, rows)


def _warnings(ground: Land, today: np.ndarray, stays: np.ndarray) -> list[str]:
    warnings = []
    labels = ground.land_class.labels
    a, b = ground.boundary["a"].position, ground.boundary["b"].position
    alone = np.setdiff1d(np.arange(ground.parcel.size), np.concatenate([a, b]))
    if alone.size and ground.parcel.size > 1:
        warnings.append(f"land: {alone.size} parcels have no neighbour; check the outlines for gaps")
    for what, off in (("less", today < ground.least), ("more", today > ground.most)):
        if off.any():
            names = ", ".join(labels(np.flatnonzero(off)))
            warnings.append(f"land: there is {what} {names} today than asked for, so every plan changes parcels")
    unlike = ground.apart[ground.present.position[a], ground.present.position[b]].sum()
    if unlike:
        warnings.append(
            f"land: {unlike} borders lie between classes that must keep apart, so every plan changes parcels"
        )
    if not stays.all():
        warnings.append(f"land: {(~stays).sum()} parcels may not stay what they are, so every plan changes them")
    if not (ground.shelter_places > 0).any():
        warnings.append("land: no class offers places in an emergency; everybody in need will be unserved")
    return warnings
