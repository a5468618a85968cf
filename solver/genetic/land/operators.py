"""How new zoning plans are made from old ones: crossovers and moves that know where land lies and what lies beside it.

Growth over borders and swaps along borders follow the boundary-based operators of Cao et al. (2011), "Spatial
multi-objective land use optimization: extensions to the non-dominated sorting genetic algorithm-II", International
Journal of Geographical Information Science 25(12), 1949-1969. That moves guided by what they are worth matter more than
crossing was found by Schwaab et al. (2018), "Improving the performance of genetic algorithms for land-use allocation
problems", International Journal of Geographical Information Science 32(5), 907-930.

Rules are left to :mod:`solver.genetic.land.repair`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formulations.algebra.elements import Floats
from solver.genetic.land.improve import improved
from solver.genetic.land.terrain import Plans, Terrain

KINDS = ("turn", "grow", "swap", "exchange", "guided")


@dataclass(frozen=True, eq=False)
class Zones:
    """Crossovers and moves for classes of parcels.

    Parameters
    ----------
    unit
        What counts as one in each objective, for moves that weigh them: shape (objectives,).
    cross
        Share of pairs that are crossed at all.
    region
        Mean share of the parcels that a crossed region has.
    patch
        Mean number of parcels that a move changes at one place.
    guided
        Share of moves that look at what they are worth.
    """

    terrain: Terrain
    unit: Floats
    cross: float = 0.7
    region: float = 0.12
    patch: float = 8.0
    guided: float = 0.6

    def __post_init__(self) -> None:
        faults = [f"{n} is {v}; give a share from 0 to 1" for n, v in self._shares() if not 0 <= v <= 1]
        faults += [] if self.patch >= 1 else [f"patch is {self.patch}; give at least 1"]
        if faults:
            raise ValueError("\n  - ".join(["zoning operators:", *faults]))

    def _shares(self) -> list[tuple[str, float]]:
        return [("cross", self.cross), ("region", self.region), ("guided", self.guided)]

    def describe(self) -> dict[str, float]:
        """Settings, as plain numbers."""
        units = {f"unit {name}": float(u) for name, u in zip(self.terrain.numbers.objectives, self.unit, strict=True)}
        return {**dict(self._shares()), "patch": self.patch, **units}

    def crossed(self, A: Plans, B: Plans, rng: np.random.Generator) -> Plans:
        """Two children of every pair: a connected region of one parent in the other: -> (2 pairs, parcels)."""
        children = np.empty((2 * len(A), A.shape[1]), np.int8)
        children[0::2], children[1::2] = A, B
        parcels = A.shape[1]
        sizes = np.clip(rng.exponential(self.region * parcels, len(A)), 1, parcels // 2 + 1).astype(int)
        where = rng.integers(0, parcels, len(A))
        unlike = A != B
        for k in np.flatnonzero(rng.random(len(A)) < self.cross):
            # a region where the parents are alike would change nothing
            there = np.flatnonzero(unlike[k])
            if not there.size:
                continue
            middle = int(there[where[k] % there.size])
            region = self.terrain.spread_from(middle, int(sizes[k]))
            children[2 * k, region], children[2 * k + 1, region] = B[k, region], A[k, region]
        return children

    def moved(self, plans: Plans, rng: np.random.Generator) -> Plans:
        """Every member after one kind of move: (members, parcels)."""
        plans = np.array(plans, np.int8)
        others = (1.0 - self.guided) / 4.0
        kind = rng.choice(len(KINDS), len(plans), p=[others, others, others, others, self.guided])
        for k, move in enumerate((self.turned, self.grown, self.swapped, self.exchanged, self.better)):
            who = np.flatnonzero(kind == k)
            if who.size:
                plans[who] = move(plans[who], rng)
        return plans

    def turned(self, plans: Plans, rng: np.random.Generator) -> Plans:
        """One parcel or a few take any other class that they may have: (members, parcels) -> (members, parcels)."""
        t, out = self.terrain, plans.copy()
        free = np.flatnonzero(t.possible.sum(axis=1) > 1)
        if not free.size:
            return out
        times = rng.geometric(0.6, len(plans))
        member = np.repeat(np.arange(len(plans)), times)
        parcel = free[rng.integers(0, free.size, member.size)]
        other = t.possible[parcel] & (np.arange(t.shape[1]) != plans[member, parcel][:, None])
        out[member, parcel] = np.where(other, rng.random(other.shape), -1.0).argmax(axis=1)
        return out

    def grown(self, plans: Plans, rng: np.random.Generator) -> Plans:
        """Patches of a class grow over their border: (members, parcels) -> (members, parcels)."""
        t, out = self.terrain, plans.copy()
        for k, plan in enumerate(plans):
            for _ in range(int(rng.integers(1, 4))):
                arcs = np.flatnonzero((plan[t.tail] != plan[t.head]) & t.possible[t.head, plan[t.tail]])
                if not arcs.size:
                    break
                arc = arcs[rng.integers(0, arcs.size)]
                into, first = int(plan[t.tail[arc]]), int(t.head[arc])
                inside = (plan == plan[first]) & t.possible[:, into]
                out[k, t.reached(first, inside, int(rng.geometric(1.0 / self.patch)))] = into
        return out

    def swapped(self, plans: Plans, rng: np.random.Generator) -> Plans:
        """Parcels along borders take the class next door: (members, parcels) -> (members, parcels)."""
        t, out = self.terrain, plans.copy()
        member, arc = np.nonzero(plans[:, t.tail] != plans[:, t.head])
        into = plans[member, t.tail[arc]]
        able = t.possible[t.head[arc], into]
        member, arc, into = member[able], arc[able], into[able]
        # so many of them by chance, at least one
        wanted = rng.geometric(1.0 / (2.0 * self.patch), len(plans))
        order = np.lexsort((rng.random(len(member)), member))
        rank = np.arange(len(member)) - np.searchsorted(member, member)
        taken = order[rank < wanted[member]]
        out[member[taken], t.head[arc[taken]]] = into[taken]
        return out

    def exchanged(self, plans: Plans, rng: np.random.Generator) -> Plans:
        """Two places take each other's class, about as much land each: (members, parcels) -> (members, parcels)."""
        t, out = self.terrain, plans.copy()
        area = t.land.area
        for k, plan in enumerate(plans):
            one = int(rng.integers(0, len(plan)))
            mine = int(plan[one])
            others = np.flatnonzero((plan != mine) & t.possible[one, plan] & t.possible[:, mine])
            if not others.size:
                continue
            other = int(others[rng.integers(0, others.size)])
            theirs = int(plan[other])
            size = int(rng.geometric(1.0 / self.patch))
            here = t.reached(one, (plan == mine) & t.possible[:, theirs], size)
            there = t.reached(other, (plan == theirs) & t.possible[:, mine], 4 * size)
            much = min(area[here].sum(), area[there].sum())
            for places, kind in ((here, theirs), (there, mine)):
                upto = int(np.searchsorted(np.cumsum(area[places]), much * (1.0 - 1e-9))) + 1
                out[k, places[:upto]] = kind
        return out

    def better(self, plans: Plans, rng: np.random.Generator) -> Plans:
        """Parcels take the class that improves what each member happens to look at: one objective, or a sum."""
        share = rng.uniform(0.02, 0.5, len(plans))
        return improved(self.terrain, plans, self.glances(len(plans), rng), rng, share=share)

    def glances(self, count: int, rng: np.random.Generator) -> Floats:
        """Weights to look with, half of them at one objective above all: (count, objectives)."""
        size = len(self.unit)
        weights = rng.dirichlet(np.ones(size), count)
        one = rng.random(count) < 0.5
        weights[one] = 0.1 / size
        weights[np.flatnonzero(one), rng.integers(0, size, int(one.sum()))] = 1.0
        return weights / self.unit
