"""A made-up piece of land small enough to enumerate: square parcels on a grid, with everything that zoning looks at."""

from __future__ import annotations

import numpy as np

from instances.index import Index, Map
from instances.land import Land

CLASSES = ("housing", "industry", "green", "reserve")
SIDE = 100.0  # m
CORNER = (385_000.0, 6_672_000.0)  # in EPSG:32635, as the tiny town


def tiny_land(
    scenario: Index,
    rows: int = 2,
    columns: int = 3,
    classes: int = 3,
    seed: int = 0,
    unit: Index | None = None,
    patch: float = 0.0,
    allowed: float = 0.9,
    firm: bool = False,
) -> Land:
    """Land of ``rows x columns`` parcels; the same seed gives the same land.

    Industry keeps apart from housing. A parcel may have the class of today and any other with the chance ``allowed``.
    Area targets are wide, or with ``firm`` tight around what there is today. ``patch`` holds for every class, in
    parcels. Areas and lengths are whole numbers of metres, so that sums are exact.
    """
    rng = np.random.default_rng(seed)
    parcels = rows * columns
    r, c = np.divmod(np.arange(parcels), columns)
    parcel = Index.named("parcel", [f"p{k + 1}" for k in range(parcels)])
    kinds = Index.named("class", CLASSES[:classes])
    unit = unit or Index.named("unit", ["west", "east"])
    pairs = [(k, k + 1) for k in range(parcels) if c[k] < columns - 1]
    pairs += [(k, k + columns) for k in range(parcels) if r[k] < rows - 1]
    a, b = np.array(pairs, int).reshape(-1, 2).T
    area = rng.integers(8, 13, parcels) * 1000.0
    present = rng.integers(0, classes, parcels)
    today = np.bincount(present, area, classes)
    may = rng.random((parcels, classes)) < allowed
    may[np.arange(parcels), present] = True
    cost = rng.integers(1, 50, (parcels, classes)) * 1000.0
    cost[np.arange(parcels), present] = 0.0
    apart = np.zeros((classes, classes), bool)
    apart[0, 1:2] = apart[1:2, 0] = classes > 1
    corner = CORNER + np.column_stack([c, r]) * SIDE
    ring = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]) * SIDE
    scenarios = scenario.size
    return Land(
        parcel,
        kinds,
        scenario,
        Index.tuples("boundary", a=(parcel, a), b=(parcel, b)),
        unit=Map(parcel, unit, np.where(c < (columns + 1) // 2, 0, unit.size - 1)),
        present=Map(parcel, kinds, present),
        area=area,
        x=corner[:, 0] + SIDE / 2,
        y=corner[:, 1] + SIDE / 2,
        title=np.array([name.capitalize() for name in CLASSES[:classes]]),
        suitability=rng.integers(0, 11, (parcels, classes)) / 10.0,
        allowed=may,
        change_cost=cost,
        boundary_length=rng.integers(50, 150, a.size).astype(float),
        least=np.maximum(today - 12_000.0, 0.0) if firm else np.zeros(classes),
        most=today + 12_000.0 if firm else np.full(classes, area.sum()),
        patch=np.full(classes, patch * 10_000.0),
        apart=apart,
        residents=np.array([0.02, 0.0, 0.0, 0.0])[:classes],
        worth=np.array([500.0, 300.0, 10.0, 0.0])[:classes],
        shelter_places=np.array([0.0, 0.0, 0.25, 0.5])[:classes],
        displaced=rng.integers(0, 6, (parcels, scenarios)) / 5.0,
        damage=rng.integers(0, 5, (parcels, scenarios)) / 10.0,
        usable=rng.integers(0, 3, (parcels, scenarios)) / 2.0,
        ring_parcel=np.arange(parcels),
        ring_start=np.arange(parcels + 1) * 5,
        ring_xy=(corner[:, None, :] + ring).reshape(-1, 2),
    )
