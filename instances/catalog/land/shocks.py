"""Shocks on a generated town: floods by depth, earthquakes, and toxic releases from the plant with the wind.

Every figure here is an assumption of the generated case.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instances.catalog.city.land import BEARINGS
from instances.catalog.land.parcels import Ground
from instances.hazards.fields import correlated_field
from instances.index import Index
from instances.scenarios import LEVELS, Scenarios

Floats = NDArray[np.float64]

HAZARDS = ("flood", "toxic release", "earthquake")
WEIGHT = {"moderate": 6.0, "high": 3.0, "extreme": 1.0}
RISE = {"moderate": 1.0, "high": 1.8, "extreme": 2.8}  # m above the normal level of the river
PLUME = {"moderate": 0.5, "high": 0.8, "extreme": 1.2}  # length of the cloud in radii of the town
SPREAD = 0.4  # radians to either side of the wind
SHAKEN = {"moderate": 0.02, "high": 0.07, "extreme": 0.18}  # mean share of homes lost
RUIN = 3.0  # m of water at which all that stands there is lost
LEFT_HOME = 0.5  # m of water at which everybody seeks a place
TOO_WET = 0.1  # m of water from which open land is of no use

IN_WORDS = (
    "Floods rise by 1.0, 1.8 or 2.8 m (moderate, high, extreme); what stands in the water is lost in proportion to the "
    "depth up to 3 m, people leave in proportion up to 0.5 m, and open land under 0.1 m of water or more is of no use.",
    "Toxic releases reach 0.5, 0.8 or 1.2 radii of the town downwind of the plant, within 0.4 radians of a wind drawn "
    "at random; everybody in the cloud leaves, and open land in it is of no use.",
    "Earthquakes make 2, 7 or 18 % of homes unusable on average, unevenly; a third as much of what stands is lost, and "
    "open land stays usable.",
)


@dataclass(frozen=True, eq=False)
class Shocks:
    """Scenarios and what they do, each array of shape (parcel, scenario)."""

    scenarios: Scenarios
    displaced: Floats
    damage: Floats
    usable: Floats


def shake(ground: Ground, plant: int, count: int, rng: np.random.Generator) -> Shocks:
    """Hazards in turn, levels rising."""
    done, titles = [], []
    hazard = np.array([HAZARDS[k % len(HAZARDS)] for k in range(count)])
    level = np.array([LEVELS[k // len(HAZARDS) % len(LEVELS)] for k in range(count)])
    for kind, grade in zip(hazard.tolist(), level.tolist(), strict=True):
        if kind == "flood":
            done.append(_flood(ground, grade))
            titles.append(f"Flood, {RISE[grade]:g} m, {grade}")
        elif kind == "earthquake":
            done.append(_earthquake(ground, grade, rng))
            titles.append(f"Earthquake, {grade}")
        else:
            wind = rng.uniform(0, 2 * np.pi)
            done.append(_release(ground, plant, grade, wind))
            side = BEARINGS[int(np.rint(wind / (np.pi / 4.0))) % 8].lower()
            titles.append(f"Toxic release, cloud to the {side}, {grade}")
    weight = np.array([WEIGHT[grade] for grade in level])
    scenarios = Scenarios(
        Index.named("scenario", [f"s{k + 1}" for k in range(count)]),
        probability=weight / weight.sum(),
        level=level,
        hazard=hazard,
        title=np.array(titles),
    )
    displaced, damage, usable = (np.round(np.column_stack(c), 3) for c in zip(*done, strict=True))
    return Shocks(scenarios, displaced, damage, usable)


def _flood(ground: Ground, grade: str) -> tuple[Floats, Floats, Floats]:
    depth = np.maximum(RISE[grade] - ground.height, 0.0)
    return np.minimum(depth / LEFT_HOME, 1.0), np.minimum(depth / RUIN, 1.0), (depth < TOO_WET).astype(float)


def _release(ground: Ground, plant: int, grade: str, wind: float) -> tuple[Floats, Floats, Floats]:
    from_plant = ground.xy - ground.xy[plant]
    turn = np.arctan2(from_plant[:, 1], from_plant[:, 0]) - wind
    aside = np.abs((turn + np.pi) % (2 * np.pi) - np.pi)
    cloud = (np.hypot(*from_plant.T) < PLUME[grade] * ground.radius) & (aside < SPREAD)
    cloud[plant] = True
    return cloud.astype(float), np.zeros(len(cloud)), (~cloud).astype(float)


def _earthquake(ground: Ground, grade: str, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    uneven = correlated_field(ground.xy, 0.8 * ground.radius, 1, rng)[0]
    lost = np.minimum(SHAKEN[grade] * np.exp(0.5 * uneven - 0.125), 1.0)
    return lost, lost / 3.0, np.ones(len(lost))
