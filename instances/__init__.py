"""What is: one city and what may happen to it, as frozen arrays with names, units and one digest.

The names below load their modules on first use, so importing the package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from instances.accounts import Accounts as Accounts
    from instances.container import load as load
    from instances.container import save as save
    from instances.digest import instance_digest as instance_digest
    from instances.digest import part_digests as part_digests
    from instances.index import Index as Index
    from instances.index import Map as Map
    from instances.instance import About as About
    from instances.instance import Instance as Instance
    from instances.land import Land as Land
    from instances.network import Corridors as Corridors
    from instances.network import Hauls as Hauls
    from instances.network import Roads as Roads
    from instances.network import Routes as Routes
    from instances.places import Demand as Demand
    from instances.places import Groups as Groups
    from instances.places import Sites as Sites
    from instances.places import Zones as Zones
    from instances.preparation import Modes as Modes
    from instances.preparation import Options as Options
    from instances.preparation import Phases as Phases
    from instances.scenarios import Ambiguity as Ambiguity
    from instances.scenarios import Damage as Damage
    from instances.scenarios import Effects as Effects
    from instances.scenarios import Requests as Requests
    from instances.scenarios import Scenarios as Scenarios
    from instances.schema import InstanceError as InstanceError
    from instances.screening import Exclusions as Exclusions
    from instances.screening import Suitability as Suitability
    from instances.supply import Commodities as Commodities
    from instances.units import Units as Units

_HOME = {
    "accounts": ("Accounts",),
    "container": ("load", "save"),
    "digest": ("instance_digest", "part_digests"),
    "index": ("Index", "Map"),
    "instance": ("About", "Instance"),
    "land": ("Land",),
    "network": ("Corridors", "Hauls", "Roads", "Routes"),
    "places": ("Demand", "Groups", "Sites", "Zones"),
    "preparation": ("Modes", "Options", "Phases"),
    "quality": ("Quality",),
    "scenarios": ("Ambiguity", "Damage", "Effects", "Requests", "Scenarios"),
    "schema": ("InstanceError",),
    "screening": ("Exclusions", "Suitability"),
    "supply": ("Commodities",),
    "units": ("Units",),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE)


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module 'instances' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"instances.{_MODULE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE})
