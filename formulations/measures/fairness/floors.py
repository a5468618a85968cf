"""Promises to zones, as limits: at least so much of each zone is covered, or its people go no farther on average.

limits=(Floor(0.8), Ceiling(500.0, zones=("north",)))
"""

from __future__ import annotations

from formulations.location.question import Limit
from formulations.measures.fairness.zones import LargestZone
from instances.schema import InstanceError


def Floor(share: float, zones: tuple[str, ...] = ()) -> Limit:  # noqa: N802  reads like the measures it stands beside
    """In each zone at least this share of people is covered; for questions whose burden is the share without cover.

    Parameters
    ----------
    share
        From 0 to 1.
    zones
        Labels of the zones it is promised to; all where somebody lives if empty.

    Raises
    ------
    InstanceError
        If the share cannot be.
    """
    if not 0.0 <= share <= 1.0:
        raise InstanceError("Floor", [f"share: {share!r}, expected a part of the people of a zone, 0 to 1"])
    return Limit(LargestZone(tuple(zones)), 1.0 - share)


def Ceiling(mean: float, zones: tuple[str, ...] = ()) -> Limit:  # noqa: N802
    """In each zone people bear at most this much on average; for questions whose burden is a distance.

    Parameters
    ----------
    mean
        In the unit of the burden.
    zones
        As for :func:`Floor`.
    """
    return Limit(LargestZone(tuple(zones)), mean)
