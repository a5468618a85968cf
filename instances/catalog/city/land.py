"""The lie of the land of a generated city: outline, river, faults, rings and radials, and where people live densely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.hazards.fields import correlated_field

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.intp]

ORIGIN = (500_000.0, 4_250_000.0)  # where the middle of the city lies in its coordinate system
BEARINGS = ("East", "North-east", "North", "North-west", "West", "South-west", "South", "South-east")
BANK = 26.0  # m between the water and the middle of the road along it


@dataclass(frozen=True, eq=False)
class Avenue:
    """A main road as drawn, before it is cut at crossings."""

    name: str
    kind: str
    points: Floats


@dataclass(frozen=True, eq=False)
class Land:
    """Shapes in metres around the middle of the city (0, 0)."""

    radius: float  # m, mean radius of the outline
    wobble: Floats  # amplitudes and phases of the outline
    river: Any  # line
    water: Any  # area
    width: float
    faults: tuple[Any, ...]  # lines
    fault_names: tuple[str, ...]
    avenues: tuple[Avenue, ...]
    bridges: Floats  # middle of each bridge, shape (bridges, 2)
    bridged: Ints  # avenue that each bridge carries, as positions
    centres: Floats  # x, y, weight, scale of every place where density peaks

    def edge(self, x: Floats, y: Floats) -> Floats:
        """Distance from the middle as a share of the way to the outline; above 1 lies the country."""
        turn = np.arctan2(y, x)
        reach = np.ones(np.shape(turn))
        for k, (size, phase) in enumerate(self.wobble, start=2):
            reach += size * np.sin(k * turn + phase)
        share: Floats = np.hypot(x, y) / (self.radius * reach)
        return share

    def to_river(self, x: Floats, y: Floats) -> Floats:
        """Metres to the water's edge, 0 on the water."""
        import shapely

        metres: Floats = np.maximum(shapely.distance(shapely.points(x, y), self.river) - self.width / 2.0, 0.0)
        return metres

    def density(self, x: Floats, y: Floats, rng: np.random.Generator) -> Floats:
        """Relative number of people on a square metre: falls from the centres outwards, uneven from place to place."""
        total = np.full(len(x), 0.04)
        for cx, cy, weight, scale in self.centres:
            total += weight * np.exp(-np.hypot(x - cx, y - cy) / scale)
        uneven = correlated_field(np.column_stack([x, y]), 0.4 * self.radius, 1, rng)[0]
        share = self.edge(x, y)
        fringe = np.clip((1.0 - share) / 0.15, 0.0, 1.0)
        dense: Floats = total * np.exp(0.45 * uneven) * fringe
        return dense


def lay_land(extent: float, rings: int, radials: int, bridges: int, faults: int, rng: np.random.Generator) -> Land:
    """Draw a city of ``extent`` metres across."""
    import shapely

    radius = 0.46 * extent
    wobble = np.column_stack([[0.06, 0.05, 0.03], rng.uniform(0, 2 * np.pi, 3)])
    river, width = _river(extent, rng)
    avenues = (*_rings(radius, rings, rng), *_radials(extent, radials, rng))
    lines = [_fault(radius, k, rng) for k in range(faults)]
    crossings, bridged = _bridges(river, avenues, radius, bridges)
    return Land(
        radius=radius,
        wobble=wobble,
        river=river,
        water=shapely.buffer(river, width / 2.0),
        width=width,
        faults=tuple(line for line, _ in lines),
        fault_names=tuple(name for _, name in lines),
        avenues=avenues,
        bridges=crossings,
        bridged=bridged,
        centres=_centres(radius, rng),
    )


def bearing(x: float, y: float) -> str:
    """Compass word for a direction from the middle."""
    return BEARINGS[int(np.rint(np.arctan2(y, x) / (np.pi / 4.0))) % 8]


def _river(extent: float, rng: np.random.Generator) -> tuple[Any, float]:
    """A river that meanders past the middle, wider in a larger city."""
    import shapely

    along = np.linspace(-0.75, 0.75, 160) * extent
    phase = rng.uniform(0, 2 * np.pi, 2)
    size = rng.uniform(0.045, 0.065) * extent
    aside = size * np.sin(2 * np.pi * along / (0.62 * extent) + phase[0])
    aside += 0.35 * size * np.sin(2 * np.pi * along / (0.27 * extent) + phase[1])
    middle = int(np.argmin(np.abs(along)))
    aside += rng.choice([-1.0, 1.0]) * rng.uniform(0.10, 0.16) * extent - aside[middle]
    turn = rng.uniform(0, np.pi)
    line = np.column_stack([along * np.cos(turn) - aside * np.sin(turn), along * np.sin(turn) + aside * np.cos(turn)])
    return shapely.LineString(line), float(np.clip(0.02 * extent, 60.0, 320.0))


def _rings(radius: float, rings: int, rng: np.random.Generator) -> tuple[Avenue, ...]:
    """Ring roads; the first, around the old town, is small."""
    at = np.concatenate([[0.14], np.linspace(0.14, 0.86, rings + 1)[1:]]) if rings > 1 else np.array([0.14, 0.6])
    turn = np.linspace(0, 2 * np.pi, 121)
    found = []
    for k, share in enumerate(at[: rings + 1]):
        bend = np.zeros(len(turn))
        for waves in (2, 3, 5):
            bend += rng.uniform(0.01, 0.04) * np.sin(waves * turn + rng.uniform(0, 2 * np.pi))
        points = radius * share * (1.0 + bend)[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
        points[-1] = points[0]
        name = "Old town ring" if k == 0 else f"Ring {k}"
        found.append(Avenue(name, "secondary" if k in (0, 1) and rings > 1 else "primary", points))
    return tuple(found)


def _radials(extent: float, radials: int, rng: np.random.Generator) -> tuple[Avenue, ...]:
    """Avenues from the square in the middle out into the country, gently bent."""
    turns = 2 * np.pi * (np.arange(radials) + rng.uniform(-0.18, 0.18, radials)) / radials + rng.uniform(0, 2 * np.pi)
    out = np.linspace(0.0, 0.5, 60) * extent
    found, taken = [], dict.fromkeys(BEARINGS, 0)
    for k, turn in enumerate(turns):
        bend = rng.uniform(-0.22, 0.22) * (out / out[-1]) ** 1.5 + 0.05 * np.sin(4 * np.pi * out / out[-1])
        points = np.column_stack([out * np.cos(turn + bend), out * np.sin(turn + bend)])
        side = bearing(float(points[-1, 0]), float(points[-1, 1]))
        taken[side] += 1
        name = f"{side} avenue" + (f" {taken[side]}" if taken[side] > 1 else "")
        found.append(Avenue(name, "primary" if k % 2 == 0 else "secondary", points))
    return tuple(found)


def _bridges(river: Any, avenues: tuple[Avenue, ...], radius: float, bridges: int) -> tuple[Floats, Ints]:
    """The crossings of main roads and the river that get a bridge, far from one another, the middle one first."""
    import shapely

    crossings = [shapely.get_coordinates(shapely.intersection(river, shapely.LineString(a.points))) for a in avenues]
    avenue = np.repeat(np.arange(len(avenues)), [len(c) for c in crossings])
    points = np.concatenate(crossings)
    near = np.hypot(*points.T) < 1.05 * radius
    points, avenue = points[near], avenue[near]
    if not len(points):
        return points, avenue
    chosen = [int(np.argmin(np.hypot(*points.T)))]
    while len(chosen) < min(bridges, len(points)):
        away = np.min(np.hypot(*(points[:, None] - points[chosen][None]).transpose(2, 0, 1)), axis=1)
        chosen.append(int(np.argmax(away)))
    return points[chosen], avenue[chosen]


def _fault(radius: float, k: int, rng: np.random.Generator) -> tuple[Any, str]:
    """A nearly straight line past the middle, farther out for every next one."""
    import shapely

    turn, away = rng.uniform(0, np.pi), radius * (rng.uniform(0.35, 0.6) + 0.5 * k) * rng.choice([-1.0, 1.0])
    along = np.linspace(-2.2, 2.2, 24) * radius
    aside = away + 0.04 * radius * np.sin(along / radius * 2.3 + rng.uniform(0, 6))
    x, y = along * np.cos(turn) - aside * np.sin(turn), along * np.sin(turn) + aside * np.cos(turn)
    side = bearing(float(-away * np.sin(turn)), float(away * np.cos(turn)))
    name = f"{side} fault" if k == 0 else f"{side} fault {k + 1}"
    return shapely.LineString(np.column_stack([x, y])), name


def _centres(radius: float, rng: np.random.Generator) -> Floats:
    """The old centre and two younger ones."""
    turn = rng.uniform(0, 2 * np.pi) + np.array([0.0, rng.uniform(1.8, 3.2)])
    away = rng.uniform(0.45, 0.65, 2) * radius
    rows = [[0.0, 0.0, 1.0, 0.34 * radius]]
    rows += [[r * np.cos(t), r * np.sin(t), 0.45, 0.14 * radius] for r, t in zip(away, turn, strict=True)]
    return np.array(rows)
