"""Parting events by draw, season and time of day, and ranking them in levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.hazards.events import Force, Happening
from instances.hazards.luck import Luck
from instances.scenarios import LEVELS

if TYPE_CHECKING:
    from instances.hazards.rule import LevelsRule, SeasonRule, TimesRule

Floats = NDArray[np.float64]


def by_draw(happenings: list[Happening], draws: int, luck: Luck) -> list[Happening]:
    """Every event ``draws`` times, equally likely; the scatter of its forces is drawn here."""
    done = []
    for happening in happenings:
        for k in range(draws):
            name = f"draw {k + 1}" if draws > 1 else ""
            part = happening.split(name, "", 1.0 / draws, draw=k)
            forces = tuple(_shaken(f, part.key, luck) for f in part.forces)
            done.append(part.split("", "", 1.0, forces=forces))
    return done


def _shaken(force: Force, key: tuple[str, int], luck: Luck) -> Force:
    """Intensity times a lognormal factor: one part all places share, one that neighbours share."""
    if not (force.within or force.between):
        return force
    scatter = force.between * float(luck.stream(*key, force.hazard, "between").standard_normal())
    return force.scaled(np.exp(scatter + force.within * luck.field(force.reach, *key, force.hazard, "within")))


def by_season(happenings: list[Happening], seasons: list[SeasonRule]) -> list[Happening]:
    """Every event that names no season, parted by the shares of the seasons it may happen in."""
    done = []
    for happening in happenings:
        hazards = set(happening.hazard.split("+"))
        fits = [s for s in seasons if s.share > 0 and (not s.hazards or hazards & set(s.hazards))]
        if happening.season:
            named = [s for s in seasons if s.name == happening.season]
            done.append(happening.split("", "", 1.0, **_season(named[0])) if named else happening)
            continue
        total = sum(s.share for s in fits)
        if not fits:
            done.append(happening)
        for s in fits:
            done.append(happening.split(s.name, s.name, s.share / total, season=s.name, **_season(s)))
    return done


def _season(season: SeasonRule) -> dict[str, float]:
    return {"need": season.need, "open_air": season.open_air, "slow": season.slow}


def by_time(happenings: list[Happening], times: TimesRule | None) -> list[Happening]:
    """Every event that names no time of day, parted in day and night."""
    if times is None:
        return happenings
    done = []
    for happening in happenings:
        if happening.time:
            done.append(happening)
            continue
        for name, share in (("day", times.day), ("night", times.night)):
            if share > 0:
                done.append(happening.split(name, f"by {name}" if name == "day" else "at night", share, time=name))
    return done


def ranked(
    levels: NDArray[np.str_], affected: Floats, probability: Floats, rule: LevelsRule, rate: float | None
) -> NDArray[np.str_]:
    """Levels of all events: those given, and for the others by people in need.

    By quantiles, an event is high (extreme) if the events with no more people in need than it have at least the first
    (second) probability. By return periods, the events with as many people in need or more happen ``rate`` times a
    year times their probability; one over that is the return period. An event in which nobody is in need is moderate.
    """
    given = levels != ""
    # Sums of probabilities must not fall short of a threshold by rounding.
    order = np.argsort(affected, kind="stable")
    passed = np.cumsum(probability[order])
    at_most = passed[np.searchsorted(affected[order], affected, side="right") - 1]
    if rule.quantiles is not None:
        rank = np.digitize(at_most, np.array(rule.quantiles) - 1e-9)
    else:
        first = np.searchsorted(affected[order], affected, side="left")
        at_least = 1.0 - np.where(first > 0, passed[first - 1], 0.0)
        period = 1.0 / ((rate or 1.0) * np.maximum(at_least, 1e-300))
        rank = np.digitize(period, np.array(rule.return_periods) * (1.0 - 1e-9))
    rank = np.where(affected > 0, rank, 0)
    return np.where(given, levels, np.array(LEVELS)[rank])
