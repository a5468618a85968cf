"""Fewer scenarios that stand for all: fast forward selection, and how far the few are from the many.

The distribution Q on the scenarios kept that is closest to the given one P in the Kantorovich distance (Wasserstein
distance of order 1) gives every scenario left out to the kept one nearest to it; the distance is then

    D(P, Q) = sum_s p_s min_{t kept} d(s, t)

(optimal redistribution: Dupacova, Groewe-Kuska and Roemisch 2003, Mathematical Programming 95, 493-511,
DOI 10.1007/s10107-002-0331-0). Which ones to keep is found by adding, one after another, the scenario that lowers it
most (fast forward selection: Heitsch and Roemisch 2003, Computational Optimization and Applications 24, 187-206,
DOI 10.1023/A:1021805924152). That need not be the best set of its size; but what each addition saves never grows, so
after the first choice the others save at least 1 - 1/e = 63 % of what the best others beside it would (Nemhauser,
Wolsey and Fisher 1978, Mathematical Programming 14, 265-294, DOI 10.1007/BF01588971).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.hazards.alike import Distance, distances
from instances.hazards.ambiguity import unknown_probabilities
from instances.index import Index, Map
from instances.scenarios import LEVELS, Ambiguity, Damage, Effects, Scenarios
from instances.schema import InstanceError

if TYPE_CHECKING:
    from instances.hazards.futures import Futures
    from instances.hazards.scenarios_rule import ReduceRule, ScenariosRule

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = NDArray[np.intp]

SOURCES = (
    "Fast forward selection: Heitsch and Roemisch (2003), Computational Optimization and Applications 24, 187-206, "
    "doi:10.1023/A:1021805924152",
    "Optimal redistribution and Kantorovich distance: Dupacova, Groewe-Kuska and Roemisch (2003), Mathematical "
    "Programming 95, 493-511, doi:10.1007/s10107-002-0331-0",
)
NAMED = 5


@dataclass(frozen=True, eq=False)
class Chosen:
    """Scenarios kept, and which of them stands for each scenario.

    Attributes
    ----------
    kept
        Positions of the scenarios kept, rising.
    stands_in
        Shape (scenario,): place within ``kept`` of the one that stands for it.
    mass
        Shape (kept,): probability of each scenario kept, that of those it stands for included.
    error
        Expected distance between a scenario and the one that stands for it: the Kantorovich distance between the full
        and the reduced distribution, or an upper bound of it where not every scenario may stand for every other one.
    """

    kept: Positions
    stands_in: Positions
    mass: Floats
    error: float


@dataclass(frozen=True, eq=False)
class Thinned:
    """Scenarios that are left, what they do, how far their probabilities are known, and what reduction costs.

    Attributes
    ----------
    stands_in
        From every scenario before to the one that stands for it.
    error
        Kantorovich distance to the full distribution, or an upper bound of it (see :class:`Chosen`), in the mean
        distance between two futures.
    differs
        Expected difference between a future and the one that stands for it by kind of effect, in its unit. No
        expectation over the reduced futures is further than this from that over all, summed over features.
    """

    scenarios: Scenarios
    effects: Effects
    damage: Damage
    ambiguity: Ambiguity | None
    stands_in: Map
    error: float
    differs: dict[str, float]


def thin(rule: ScenariosRule | None, futures: Futures, ledger: Ledger, area: Floats | None = None) -> Thinned:
    """Reduce the scenarios as the rule says, and make the ambiguity set around those left.

    The same parts come back where there is nothing to reduce.

    Parameters
    ----------
    area
        Area of every site in m2, shape (site,); without it every site counts the same.

    Raises
    ------
    InstanceError
        If the rule names what is not there, keeps more than are left, or no distribution fits its bounds.
    """
    index = futures.scenarios.scenario
    same = Map(index, index, np.arange(index.size))
    whole = Thinned(futures.scenarios, futures.effects, futures.damage, None, same, 0.0, {})
    if rule is None or (rule.reduce is None and rule.ambiguity is None):
        return whole
    fewer = rule.reduce is not None and rule.reduce.to < index.size
    by_distance = rule.ambiguity is not None and rule.ambiguity.kind == "wasserstein"
    distance = distances(rule.alike, futures, area) if fewer or by_distance else None
    ledger.read("scenarios", index.size, 1.0, "probability")
    kept, left = np.arange(index.size), whole
    if rule.reduce is not None and fewer and distance is not None:
        chosen = choose(rule.reduce, futures.scenarios, distance.between)
        left, kept = _reduced(futures, chosen, distance), chosen.kept
        _tell(rule.reduce, futures.scenarios, left, chosen, distance, ledger)
    elif rule.reduce is not None:
        ledger.note(f"All {index.size} scenarios are kept; {rule.reduce.to} were allowed.")
    if rule.ambiguity is None:
        return left
    between = None if distance is None else distance.between[np.ix_(kept, kept)]
    if by_distance:
        ledger.assume(
            f"Probability moves between futures at a cost in people in need, sites and links weighted "
            f"{rule.alike.need:g} : {rule.alike.sites:g} : {rule.alike.links:g}."
        )
    return replace(left, ambiguity=unknown_probabilities(rule.ambiguity, left.scenarios, ledger, between))


def choose(rule: ReduceRule, scenarios: Scenarios, distance: Floats) -> Chosen:
    """The scenarios that a rule keeps.

    Parameters
    ----------
    distance
        Shape (scenario, scenario).

    Raises
    ------
    InstanceError
        If the rule names an unknown level or scenario, or if so few cannot stand for all.
    """
    labels = scenarios.scenario.labels()
    unknown = [name for name in rule.keep if name not in LEVELS and name not in set(labels)]
    faults = [f"keep: no level or scenario called {name!r}; levels are {', '.join(LEVELS)}" for name in unknown]
    levels = set(rule.keep) & set(LEVELS)
    always = np.isin(scenarios.level, sorted(levels)) | np.isin(labels, [n for n in rule.keep if n not in LEVELS])
    rank = np.array([LEVELS.index(level) for level in scenarios.level.tolist()], int)
    allowed = {
        "not lower": rank[None, :] >= rank[:, None],
        "same": rank[None, :] == rank[:, None],
        "any": np.ones((rank.size, rank.size), bool),
    }[rule.stand_in]
    if always.sum() > rule.to:
        faults.append(
            f"to: {rule.to} scenarios cannot hold the {always.sum()} that are always kept ({', '.join(rule.keep)}); "
            "raise it, or keep fewer"
        )
    missing = np.setdiff1d(rank, rank[always]) if rule.stand_in == "same" else np.zeros(0)
    if not faults and always.sum() + missing.size > rule.to:
        faults.append(
            f"to: {rule.to} scenarios cannot hold one of each level beside the {always.sum()} always kept; raise it"
        )
    if not faults and rule.stand_in == "not lower" and always.sum() == rule.to and rank[always].max() < rank.max():
        faults.append(f"to: {rule.to} scenarios leave none that may stand for those of level {LEVELS[rank.max()]}")
    if faults:
        raise InstanceError("Reduction of the scenarios", faults)
    probability = np.asarray(scenarios.probability, float)
    return forward(distance, probability, rule.to, np.flatnonzero(always), allowed)


def forward(
    distance: Floats, probability: Floats, to: int, always: Positions | None = None, allowed: Flags | None = None
) -> Chosen:
    """Fast forward selection with optimal redistribution.

    Each step adds the scenario after which the expected distance to the nearest one kept is least; as long as some
    scenario has none that may stand for it, the one that leaves fewest so. Of equals the first is taken.

    Parameters
    ----------
    distance
        Shape (scenario, scenario), zero on the diagonal.
    probability
        Shape (scenario,).
    to
        How many are kept, those in ``always`` included; no fewer than these.
    always
        Positions that are kept in any case.
    allowed
        Shape (scenario, scenario): whether the scenario of the column may stand for that of the row; it may for itself.

    Raises
    ------
    ValueError
        If no choice of so many can stand for all.
    """
    size = len(probability)
    cost = distance if allowed is None else np.where(allowed, distance, np.inf)
    kept = np.zeros(size, bool)
    kept[always if always is not None else []] = True
    nearest = cost[:, kept].min(axis=1, initial=np.inf)
    slack = 1e-12 * float(distance.max(initial=0.0))  # rounding, which differs between machines, decides nothing
    while kept.sum() < min(to, size):
        after = np.minimum(nearest[:, None], cost)
        lost = np.isinf(after).sum(axis=0) if np.isinf(nearest).any() else np.zeros(size, int)
        reached = np.where(np.isinf(after), 0.0, after) if lost.any() else after
        score = np.where(kept | (lost > lost[~kept].min()), np.inf, probability @ reached)
        best = int(np.argmax(score <= score.min() + slack))
        kept[best] = True
        nearest = after[:, best]
    if np.isinf(nearest).any():
        raise ValueError(
            f"{kept.sum()} scenarios cannot stand for all {size}: {np.isinf(nearest).sum()} are left over."
        )
    at = np.flatnonzero(kept)
    stands_in = cost[:, at].argmin(axis=1)
    stands_in[at] = np.arange(at.size)  # also where an equal one is kept
    mass = np.bincount(stands_in, probability, at.size).astype(float)
    return Chosen(at, stands_in, mass, float(probability @ nearest))


def _reduced(futures: Futures, chosen: Chosen, distance: Distance) -> Thinned:
    full, kept = futures.scenarios, chosen.kept
    index = Index.named("scenario", full.scenario.labels(kept))
    scenarios = replace(
        full,
        scenario=index,
        probability=chosen.mass / chosen.mass.sum(),
        level=full.level[kept],
        hazard=full.hazard[kept],
        title=full.title[kept],
        time=None if full.time is None else full.time[kept],
        season=None if full.season is None else full.season[kept],
    )
    effects, damage = futures.effects, futures.damage
    representative = kept[chosen.stands_in]
    each = np.arange(full.scenario.size)
    return Thinned(
        scenarios,
        replace(
            effects,
            scenario=index,
            need=effects.need[:, :, kept],
            usable=effects.usable[:, kept],
            survives=effects.survives[:, kept],
        ),
        replace(damage, scenario=index, cut=damage.cut[:, kept], slowdown=damage.slowdown[:, kept]),
        None,
        Map(full.scenario, index, chosen.stands_in),
        chosen.error,
        {kind.name: float(full.probability @ kind.between[each, representative]) for kind in distance.kinds},
    )


def _tell(rule: ReduceRule, full: Scenarios, left: Thinned, chosen: Chosen, distance: Distance, ledger: Ledger) -> None:
    """Books and words: what is left, what it costs, and who stands for whom."""
    labels, p = full.scenario.labels(), np.asarray(full.probability, float)
    gone = np.setdiff1d(np.arange(len(labels)), chosen.kept)
    ledger.merge("scenarios", "a scenario like it stands for it", [labels[int(s)] for s in gone])
    what = "Kantorovich distance" if rule.stand_in == "any" else "Kantorovich distance, at most"
    ledger.note(
        f"{len(labels)} scenarios are reduced to {chosen.kept.size} by fast forward selection; {what} "
        f"{chosen.error:.3g}, where two futures are 1 apart on average."
    )
    parts = [f"{left.differs[kind.name]:.4g} {kind.unit} ({kind.name})" for kind in distance.kinds]
    ledger.note(
        f"A future and the one that stands for it differ on average by {', '.join(parts)}; expectations differ by no "
        "more. Whatever is decided with the few should be measured again with all."
    )
    for level in LEVELS:
        before, after = (float(m[s.level == level].sum()) for m, s in ((p, full), (chosen.mass, left.scenarios)))
        if abs(after - before) > 1e-12:
            ledger.note(f"The probability of {level} scenarios goes from {before:.4g} to {after:.4g}.")
    for k, at in enumerate(chosen.kept.tolist()):
        others = [labels[s] for s in np.flatnonzero(chosen.stands_in == k).tolist() if s != at]
        if others:
            more = "; ..." if len(others) > NAMED else ""
            ledger.note(
                f"{labels[at]} stands for {len(others)} more ({'; '.join(others[:NAMED])}{more}): its probability goes "
                f"from {p[at]:.4g} to {chosen.mass[k]:.4g}."
            )
    ledger.assume(
        f"Futures are alike by people in need, usable sites and lost links, weighted "
        f"{' : '.join(f'{kind.weight:g}' for kind in distance.kinds)}, each in terms of its mean difference."
    )
    ledger.cite(*SOURCES)
