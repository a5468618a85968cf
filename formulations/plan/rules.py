"""The rules of an integrated plan: what may be asked of each of its parts, and what may be measured."""

from __future__ import annotations

from dataclasses import dataclass

OBJECTIVES = {
    "cost": "money spent before the event: preparing sites, buying stock, designating and strengthening roads",
    "operations": "expected money spent after the event: moving goods, and goods left unused",
    "unserved": "people without a place, weighted by phase and added over phases, expected over scenarios",
    "unserved_cvar": "people without a place, weighted by phase, in the worst share of futures (CVaR)",
    "unserved_worst": "people without a place, weighted by phase, in the worst scenario",
    "unserved_robust": "people without a place, weighted by phase, expected under the worst probabilities thinkable",
    "unserved_regret": "people without a place, weighted by phase, at worst beyond the fewest with foresight",
    "travel": "expected person-minutes of walking to the places",
    "shortage": "expected loss from goods short",
    "disturbance": "normal use lost: standing ready, and while used after the event",
}


UNSERVED = frozenset(name for name in OBJECTIVES if name.startswith("unserved"))
"""Objectives about people without a place, which need shelters in the question."""


@dataclass(frozen=True)
class ShelterRules:
    """How people are sheltered.

    whole
        A demand point's people stay together (one site per phase); otherwise they may be divided.
    one_mode
        A site takes one mode at a time; otherwise modes may share its area.
    linked
        Add the rows ``go <= open`` pair by pair, which tighten the relaxation.
    """

    whole: bool = False
    one_mode: bool = False
    linked: bool = True


@dataclass(frozen=True)
class StockRules:
    """How goods are held and moved.

    relay
        Goods may pass through a site on their way; otherwise they go straight from stock to need.
    days
        Days after the event that stock must cover, until help arrives from outside; None for every phase to its end.
    standing
        Days of full rations for all residents that stock must hold at least.
    """

    relay: bool = False
    days: float | None = None
    standing: float = 0.0


@dataclass(frozen=True)
class CorridorRules:
    """How emergency corridors are laid.

    holds
        Highest shock level in which a corridor must stay passable: links cut in such scenarios are hardened.
    tie_stock
        Every prepared stock site is tied to the corridor net.
    """

    holds: str = "high"
    tie_stock: bool = True


@dataclass(frozen=True)
class Promise:
    """A limit on what may go unserved in every scenario of a shock level.

    unserved
        Largest share of those in need without a place, in each phase (or in ``phase`` only).
    short
        Largest share of goods needed that may be short.
    by_zone
        The promise holds in every zone, not only in the city as a whole.
    """

    level: str
    unserved: float | None = None
    short: float | None = None
    phase: str | None = None
    by_zone: bool = False
