"""What may be measured of a zoning plan, and which rules it must keep."""

from __future__ import annotations

OBJECTIVES = {
    "unsuitability": "area used for what it does not suit: hectares times one minus suitability",
    "change": "money for turning parcels into other classes",
    "fragmentation": "length of borders between parcels of unlike classes",
    "unserved": "residents in need who find no place in their neighbourhood, expected over scenarios",
    "unserved_cvar": "residents in need who find no place, in the worst share of futures (CVaR)",
    "unserved_worst": "residents in need who find no place, in the worst scenario",
    "exposure": "loss of what stands on the land, expected over scenarios",
    "displaced": "residents who need a place, expected over scenarios",
}

UNSERVED = frozenset(name for name in OBJECTIVES if name.startswith("unserved"))
"""Objectives about people without a place, which need shelters in the question."""

RULES = {
    "allowed": "every parcel has a class it may have: hazard, protection, transition",
    "least_area": "no class has less land than asked for",
    "most_area": "no class has more land than asked for",
    "apart": "classes that must keep apart share no border",
    "patches": "no connected patch of a class is smaller than asked for",
}

HECTARE = 10_000.0
"""Square metres in a hectare: areas in rows and objectives are in hectares, to keep coefficients near one."""

KILOMETRE = 1_000.0
"""Metres in a kilometre: lengths of borders in objectives are in kilometres."""


def units_of(money: str) -> dict[str, str]:
    """Unit of each objective."""
    people = dict.fromkeys([*UNSERVED, "displaced"], "people")
    return {"unsuitability": "ha", "change": money, "fragmentation": "km", "exposure": money, **people}
