"""Promises to zones or groups, as limits: at least so much of each is covered, or its people go no farther on average.

limits=(Floor(0.8), Floor(0.9, groups=("elderly",)), Ceiling(500.0, zones=("north",)))
"""

from __future__ import annotations

from formulations.location.faults import is_number
from formulations.location.question import Limit
from formulations.measures.fairness.zones import LargestGroup, LargestZone
from instances.schema import InstanceError


def Floor(  # noqa: N802  reads like the measures it stands beside
    share: float, zones: tuple[str, ...] = (), groups: tuple[str, ...] = ()
) -> Limit:
    """In each zone or group at least this share of people is covered; where the burden is the share without cover.

    Parameters
    ----------
    share
        From 0 to 1.
    zones
        Labels of the zones it is promised to; all where somebody lives if neither zones nor groups are named.
    groups
        Names of the groups it is promised to, instead of zones.

    Raises
    ------
    InstanceError
        If the share cannot be, or zones and groups are both named.
    """
    faults = [] if is_number(share, 0, 1) else [f"share: {share!r}, expected a part of the people, 0 to 1"]
    return Limit(_worst("Floor", zones, groups, faults), 1.0 - share)


def Ceiling(mean: float, zones: tuple[str, ...] = (), groups: tuple[str, ...] = ()) -> Limit:  # noqa: N802
    """In each zone or group people bear at most this much on average; where the burden is a distance.

    Parameters
    ----------
    mean
        In the unit of the burden.
    zones, groups
        As for :func:`Floor`.
    """
    return Limit(_worst("Ceiling", zones, groups, []), mean)


def _worst(what: str, zones: tuple[str, ...], groups: tuple[str, ...], faults: list[str]) -> LargestZone | LargestGroup:
    if zones and groups:
        faults = [*faults, "zones, groups: name one of them, and give a second limit for the other"]
    if faults:
        raise InstanceError(what, faults)
    return LargestGroup(tuple(groups)) if groups else LargestZone(tuple(zones))
