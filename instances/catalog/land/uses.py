"""Uses of a generated town: what each parcel is today, what it suits, and what it may become at which price.

Every figure here is an assumption of the generated case.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from instances.catalog.land.parcels import Ground
from instances.hazards.fields import correlated_field

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.intp]

TITLES = {
    "housing": "Housing",
    "industry": "Industry",
    "farm": "Farmland",
    "green": "Green",
    "water": "Water",
    "reserve": "Reserve land held open",
    "mixed": "Mixed use",
}
BECOMES = {  # the uses a use may turn into, and EUR a square metre for it
    "housing": {"green": 700.0, "reserve": 690.0, "mixed": 60.0},
    "industry": {"green": 420.0, "reserve": 400.0, "mixed": 250.0},
    "farm": {"housing": 95.0, "industry": 70.0, "green": 12.0, "water": 25.0, "reserve": 8.0, "mixed": 110.0},
    "green": {"water": 20.0, "reserve": 6.0},
    "water": {},
    "reserve": {"housing": 90.0, "industry": 65.0, "farm": 5.0, "green": 9.0, "water": 22.0, "mixed": 105.0},
    "mixed": {"green": 950.0, "reserve": 940.0, "housing": 40.0},
}
RESIDENTS = {"housing": 0.012, "mixed": 0.018}  # people a square metre of parcel
WORTH = {"housing": 900.0, "industry": 650.0, "farm": 2.0, "green": 8.0, "reserve": 1.0, "mixed": 1_200.0}  # EUR/m2
PLACES = {"green": 0.02, "reserve": 0.1}  # people a square metre: 50 and 10 m2 each, paths and buildings included
SHARES = {  # least and most area, of what there is today
    "housing": (0.95, 1.15),
    "industry": (0.9, 1.1),
    "farm": (0.5, 1.0),
    "green": (1.05, 3.0),
    "water": (1.0, 3.0),
    "mixed": (0.9, 2.0),
}
HELD_OPEN = (0.03, 0.15)  # least and most reserve land, of all land
PATCH = {"housing": 3.0, "industry": 5.0, "farm": 4.0, "reserve": 2.0, "mixed": 2.0}  # hectares
APART = (("housing", "industry"), ("mixed", "industry"))
FLOODED = 1.2  # m above the river, below which land is kept to green and water
NEAR_PLANT = 250.0  # m around the plant without residents
BASIN = 0.12  # shares of the radius from the river within which land may become water
WET = ("green", "water")
LIVED_IN = ("housing", "mixed")


@dataclass(frozen=True, eq=False)
class Uses:
    """What the parcels are, may become, and suit; the arrays are those of :class:`instances.land.Land`."""

    classes: tuple[str, ...]
    present: Ints
    plant: int
    protected: Flags
    suitability: Floats
    allowed: Flags
    change_cost: Floats


def settle(ground: Ground, mixed: bool, rng: np.random.Generator) -> Uses:
    """Rings of uses around the middle, industry to one side, a wood to the other."""
    classes = tuple(name for name in TITLES if mixed or name != "mixed")
    side = rng.uniform(0, 2 * np.pi)
    uneven = correlated_field(ground.xy, 0.4 * ground.radius, 3, rng)
    present = _today(ground, classes, side, uneven[0], rng)
    protected = ~ground.river & (ground.toward(side + 0.8 * np.pi) < 0.45) & (ground.edge > 0.62) & (ground.edge < 0.95)
    present[protected] = classes.index("green")
    works = np.flatnonzero((present == classes.index("industry")) & (ground.height > FLOODED))
    aim = 0.72 * ground.radius * np.array([np.cos(side), np.sin(side)])
    plant = int(works[np.argmin(np.hypot(*(ground.xy[works] - aim).T))])
    allowed = _allowed(ground, classes, present, plant, protected)
    return Uses(
        classes, present, plant, protected, _suitability(ground, classes, plant, uneven), allowed,
        _cost(ground, classes, present),
    )  # fmt: skip


def _today(ground: Ground, classes: tuple[str, ...], side: float, uneven: Floats, rng: np.random.Generator) -> Ints:
    name = {c: k for k, c in enumerate(classes)}
    built = ground.edge + 0.07 * uneven < 0.64
    present = np.where(built, name["housing"], name["farm"])
    if "mixed" in name:
        present[ground.edge + 0.04 * uneven < 0.2] = name["mixed"]
    sector = ground.toward(side)
    works = (sector < 0.62) & (ground.edge > 0.5) & (ground.edge < 0.88)
    present[works] = name["industry"]
    # a belt of fields has grown between most homes and the works
    belt = (sector < 0.85) & (ground.edge > 0.4) & ~works & (ground.edge < 0.92)
    present[belt & (present == name["housing"]) & (rng.random(len(present)) < 0.8)] = name["farm"]
    parks = (ground.shore < 0.06 * ground.radius) | (uneven > 1.5)
    present[parks & built & ~works] = name["green"]
    spare = (present == name["farm"]) & (ground.edge < 0.85) & (rng.random(len(present)) < 0.08)
    present[spare] = name["reserve"]
    present[ground.river] = name["water"]
    return present


def _allowed(
    ground: Ground, classes: tuple[str, ...], present: Ints, plant: int, protected: Flags
) -> NDArray[np.bool_]:
    """Transitions, then hazards, then what is protected."""
    step = np.eye(len(classes), dtype=bool)
    for one, others in BECOMES.items():
        for other in others:
            if one in classes and other in classes:
                step[classes.index(one), classes.index(other)] = True
    allowed = step[present]
    wet = [classes.index(c) for c in WET]
    away = np.setdiff1d(np.arange(len(classes)), wet)
    low = ~ground.river & (ground.height < FLOODED)
    allowed[np.ix_(low, away)] = False
    allowed[low, classes.index("green")] = True
    dry = ~ground.river & (ground.shore > BASIN * ground.radius)
    allowed[dry, classes.index("water")] = False
    near = np.hypot(*(ground.xy - ground.xy[plant]).T) < NEAR_PLANT
    for name in LIVED_IN:
        if name in classes:
            allowed[near, classes.index(name)] = False
    for kept in (protected, ground.river, np.arange(len(present)) == plant):
        allowed[kept] = np.eye(len(classes), dtype=bool)[present[kept]]
    stuck = ~allowed.any(axis=1)
    allowed[stuck, classes.index("green")] = True
    return allowed


def _suitability(ground: Ground, classes: tuple[str, ...], plant: int, uneven: Floats) -> Floats:
    """Shares in steps of 0.01 from smooth functions of place, with scatter that is alike nearby."""
    away = np.clip(np.hypot(*(ground.xy - ground.xy[plant]).T) / (0.6 * ground.radius), 0.0, 1.0)
    high = np.clip(ground.height / 3.0, 0.0, 1.0)
    shore = np.clip(ground.shore / (0.3 * ground.radius), 0.0, 1.0)
    middle = np.clip(1.0 - ground.edge, 0.0, 1.0)
    how = {
        "housing": 0.2 + 0.35 * middle + 0.25 * away + 0.2 * high,
        "industry": 0.15 + 0.3 * (1 - middle) + 0.35 * (1 - away) + 0.2 * high,
        "farm": 0.2 + 0.45 * (1 - middle) + 0.2 * (1 - shore) + 0.15 * away,
        "green": 0.45 + 0.35 * (1 - shore) + 0.1 * middle,
        "water": 0.9 - 0.8 * shore,
        "reserve": 0.35 + 0.3 * middle + 0.2 * high + 0.15 * away,
        "mixed": 0.1 + 0.6 * middle + 0.15 * away + 0.15 * high,
    }
    scatter = {"housing": uneven[1], "industry": -uneven[1], "farm": uneven[2], "reserve": -uneven[2]}
    columns = [how[name] + 0.08 * scatter.get(name, 0.0) for name in classes]
    rounded: Floats = np.round(np.clip(np.column_stack(columns), 0.0, 1.0), 2)
    return rounded


def _cost(ground: Ground, classes: tuple[str, ...], present: Ints) -> Floats:
    """EUR in hundreds; steps that nobody may take cost as much as the dearest."""
    dearest = max(max(others.values(), default=0.0) for others in BECOMES.values())
    price = np.full((len(classes), len(classes)), dearest)
    np.fill_diagonal(price, 0.0)
    for one, others in BECOMES.items():
        for other, euros in others.items():
            if one in classes and other in classes:
                price[classes.index(one), classes.index(other)] = euros
    cost: Floats = np.round(price[present] * ground.area[:, None], -2)
    return cost
