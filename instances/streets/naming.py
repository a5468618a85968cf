"""Names that people know: demand points by street, sites by map name or street."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from instances.streets.graph import Network, snap

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]
Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]

WORDS = {"car_park": "Car park", "reserve_land": "Reserve land", "community": "Hall", "sports": "Sports ground"}


def name_points(network: Network | None, x: Floats, y: Floats) -> Texts:
    """Unique names for demand points: the street, numbered from north to south where it has several points.

    Where no street has a name: Block 1, Block 2, ... from north to south.
    """
    street, order = _streets_near(network, x, y), np.lexsort((x, -y))
    if (street == "").all():
        number = np.empty(len(x), np.intp)
        number[order] = np.arange(1, len(x) + 1)
        return np.array([f"Block {k}" for k in number.tolist()], np.str_)
    return _unique(street, order)


def name_sites(
    network: Network | None, x: Floats, y: Floats, use: Texts, title: Texts, assumed: Flags | None = None
) -> Texts:
    """Unique names for sites: their own, or their use and street, numbered where those repeat.

    Parameters
    ----------
    assumed
        Sites whose use was drawn or guessed; their names say so, because nobody would find such a place there.
    """
    street = _streets_near(network, x, y)
    nouns = [WORDS.get(u, u.replace("_", " ").capitalize()) for u in use.tolist()]
    if assumed is not None:
        nouns = [f"Assumed {n[0].lower()}{n[1:]}" if a else n for n, a in zip(nouns, assumed.tolist(), strict=True)]
    made = [f"{noun}{', ' + s if s else ''}" for noun, s in zip(nouns, street.tolist(), strict=True)]
    return _unique(np.where(title == "", made, title), np.lexsort((x, -y)))


def _streets_near(network: Network | None, x: Floats, y: Floats) -> Texts:
    """Name of the nearest street that has one, or an empty string if none has."""
    named = network.roads.title != "" if network is not None else np.zeros(0, bool)
    if network is None or not named.any():
        return np.full(len(x), "", np.str_)
    return np.asarray(network.roads.title[snap(network, x, y, 4.0, allowed=named).link], np.str_)


def _unique(names: Texts, order: Ints) -> Texts:
    """Names in use more than once get a number, counted in the given order."""
    total = dict(zip(*np.unique(names, return_counts=True), strict=True))
    taken = {str(n) for n, count in total.items() if count == 1}
    made, seen = [""] * len(names), dict.fromkeys(total, 0)
    for k in order:
        name = str(names[k])
        if total[name] == 1:
            made[k] = name
            continue
        while True:  # "Market (1)" may be the proper name of another place
            seen[name] += 1
            made[k] = f"{name} ({seen[name]})"
            if made[k] not in taken:
                break
        taken.add(made[k])
    return np.array(made, np.str_)
