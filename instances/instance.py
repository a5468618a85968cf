"""The Instance: everything a formulation may read about one city, frozen and checked as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from instances.accounts import Accounts
from instances.index import Index, Map
from instances.land import Land
from instances.network import Corridors, Hauls, Roads, Routes
from instances.places import Demand, Groups, Sites, Zones
from instances.preparation import Modes, Options, Phases
from instances.roles import role_faults
from instances.scenarios import Ambiguity, Damage, Effects, Requests, Scenarios
from instances.schema import InstanceError, Part
from instances.screening import Exclusions, Suitability
from instances.supply import Commodities
from instances.units import Units


@dataclass(frozen=True)
class About:
    """What the instance is, where its data come from, and what was assumed."""

    name: str
    title: dict[str, str]  # by language: en, zh
    crs: str  # projected, metres; empty for abstract networks
    money: str = "EUR"
    seed: int | None = None
    synthetic: bool = False
    sources: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what the builder dropped, merged or repaired, with counts

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", dict(self.title))
        for name in ("sources", "assumptions", "notes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if self.seed is not None:
            object.__setattr__(self, "seed", int(self.seed))


@dataclass(frozen=True, eq=False)
class Instance:
    """One city and what may happen to it. Immutable; change it with ``dataclasses.replace``.

    Only ``sites`` and ``scenarios`` are always there; a question that needs a part which is absent says so.

    Raises
    ------
    InstanceError
        If any part has faults or parts do not fit together; the message lists all of them.
    """

    about: About
    sites: Sites
    scenarios: Scenarios
    zones: Zones | None = None
    demand: Demand | None = None
    phases: Phases | None = None
    modes: Modes | None = None
    options: Options | None = None
    effects: Effects | None = None
    routes: Routes | None = None
    roads: Roads | None = None
    damage: Damage | None = None
    corridors: Corridors | None = None
    commodities: Commodities | None = None
    hauls: Hauls | None = None
    requests: Requests | None = None
    groups: Groups | None = None
    units: Units | None = None
    exclusions: Exclusions | None = None
    suitability: Suitability | None = None
    ambiguity: Ambiguity | None = None
    accounts: Accounts | None = None
    land: Land | None = None

    def __post_init__(self) -> None:
        faults = [fault for _, part in self.parts() for fault in part.faults]
        faults += self._index_faults()
        if not faults:
            faults += self._crs_faults()
        if faults:
            raise InstanceError(f"Instance {self.about.name!r} is not usable", faults)

    @classmethod
    def from_matrix(cls, distance: Any, weights: Any = None, **more: Any) -> Instance:
        """An instance of a bare matrix of distances; what is not known stands in ``about.assumptions``.

        Parameters
        ----------
        distance
            Array (n, m) of n demand points and m sites, infinite where a site is out of reach; a DataFrame with labels;
            a sparse matrix of SciPy, in which what is not stored is out of reach; or a DataFrame with one row a pair:
            columns ``demand``, ``site`` and ``metres``, ``minutes`` or ``distance``.
        weights
            People at the demand points: (n,), or by name; 1 each where None.
        **more
            ``demand``, ``site``: names, the numbers from 0 without them. ``unit``: ``m``, ``min`` or ``""`` for none;
            ``speed``: km/h, for the other of the two. ``capacity``, ``cost``, ``status`` of the sites and
            ``zone`` of the demand points, in their order or by name. ``demand_xy`` (n, 2), ``site_xy`` (m, 2) and
            ``crs``: coordinates and their projected system in metres; ``crs`` is "" in an abstract instance. ``name``,
            ``money``, ``sources``: for :class:`About`.

        Raises
        ------
        InstanceError
            If something is missing (NaN), infinite, negative, of the wrong shape or named twice, or people have no site
            within reach: all faults at once, by name.
        """
        from instances.matrix import instance_of_matrix

        return instance_of_matrix(distance, weights, **more)

    def parts(self) -> Iterator[tuple[str, Part]]:
        """The parts that are present, by name."""
        for f in fields(self):
            value = getattr(self, f.name)
            if isinstance(value, Part):
                yield f.name, value

    @cached_property
    def indexes(self) -> dict[str, Index]:
        """Every index set of the instance, by name."""
        return {index.name: index for _, index in self._indexes()}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the canonical content; the same for the same data, however it was stored."""
        from instances.digest import instance_digest

        return instance_digest(self)

    def need(self, *names: str) -> None:
        """Demand that parts are present.

        Raises
        ------
        InstanceError
            Naming every part that is missing.
        """
        absent = [n for n in names if getattr(self, n) is None]
        if absent:
            faults = [f"no {n} in this instance; the question asks for them" for n in absent]
            raise InstanceError(f"Instance {self.about.name!r} cannot answer this question", faults)

    def _indexes(self) -> Iterator[tuple[str, Index]]:
        """Every index set with the place it was found at, also those reached only through tuples."""
        for where, part in self.parts():
            for f in fields(part):  # type: ignore[arg-type]
                value: Any = getattr(part, f.name)
                if isinstance(value, Index):
                    yield from _with_components(f"{where}.{f.name}", value)
                elif isinstance(value, Map):
                    yield from _with_components(f"{where}.{f.name}.source", value.source)
                    yield from _with_components(f"{where}.{f.name}.target", value.target)

    def _index_faults(self) -> list[str]:
        """Two different index sets under one name would mix things up silently."""
        first: dict[str, tuple[str, Index]] = {}
        faults = []
        for where, index in self._indexes():
            known = first.setdefault(index.name, (where, index))
            if known[1] is not index:
                faults.append(
                    f"{where}: another index set called {index.name!r} than in {known[0]}; use the same object"
                )
        return sorted({*faults, *role_faults(self.parts())})

    def _crs_faults(self) -> list[str]:
        if not self.about.crs:
            return []
        from instances.crs import projected_faults

        placed = [p for p in (self.sites, self.demand, self.land) if p is not None and p.x.size]
        xs, ys = [p.x for p in placed], [p.y for p in placed]
        box = (np.concatenate(xs).min(), np.concatenate(ys).min(), np.concatenate(xs).max(), np.concatenate(ys).max())
        return projected_faults(self.about.crs, box) if xs else []


def _with_components(where: str, index: Index) -> Iterator[tuple[str, Index]]:
    yield where, index
    for key, component in index.parts.items():
        yield from _with_components(f"{where}[{key}]", component.target)
