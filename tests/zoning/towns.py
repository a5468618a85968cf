"""Instances with a tiny piece of land, and all the ways there are to use it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np

from instances.instance import Instance
from instances.land import Land
from tests.instances.tiny import tiny_instance
from tests.instances.tiny_land import tiny_land

TOWN = tiny_instance(demand=1, sites=1, scenarios=3, phases=1)
EVERYTHING = (
    "unsuitability", "change", "fragmentation", "unserved", "unserved_cvar", "unserved_worst", "exposure", "displaced",
)  # fmt: skip


def with_land(**chosen: Any) -> Instance:
    """A tiny town with land as :func:`tiny_land` makes it."""
    return replace(TOWN, land=tiny_land(TOWN.scenarios.scenario, **chosen))


def land_of(instance: Instance) -> Land:
    """The land of an instance that has some."""
    assert instance.land is not None
    return instance.land


def all_ways(land: Land) -> np.ndarray:
    """Every assignment of classes to parcels, allowed or not: shape (classes ** parcels, parcels)."""
    return np.array(list(itertools.product(range(land.land_class.size), repeat=land.parcel.size)), np.intp)
