"""Ranks of sites by several criteria, and how firm they are when the weights change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from instances.accounts import Ledger
from instances.siting.around import Around, apart, cover, distance
from instances.siting.found import Floats, Found, Ranked
from instances.siting.methods import METHODS, SOURCES, Scored, scored
from instances.siting.weights import RANKED, drawn, normalised, rank_order_centroid, stable_intervals

if TYPE_CHECKING:
    from instances.siting.rule import Criterion, Sensitivity, SuitabilityRule

UNITS = {"area": "m2", "distance": "m", "road": "m", "use": "m", "people": "people", "share": "share", "ways": "links"}


def rank(sites: Found, rule: SuitabilityRule, around: Around, ledger: Ledger, seed: int) -> Found:
    """Score and rank the sites that may be used; faults of the measures are collected in ``around``."""
    criteria = rule.criteria
    columns = [measured(sites, c, around) for c in criteria]
    if any(column is None for column in columns):
        return sites
    value = np.column_stack([c for c in columns if c is not None]) if len(sites) else np.zeros((0, len(criteria)))
    ranks = [c.rank for c in criteria if c.rank is not None]
    weight = rank_order_centroid(ranks) if ranks else normalised([c.weight for c in criteria if c.weight is not None])
    usable = sites.status != "forbidden"
    ready = scored(rule.method, value[usable], criteria)
    score = ready.score(weight)
    place = places(score)
    best, worst, top = _under_other_weights(ready, weight, place, rule.sensitivity, seed)
    last = float(len(place) + 1)
    ledger.cite(*([RANKED] if ranks else []), *([SOURCES[rule.method]] if rule.method in SOURCES else []))
    if rule.source is not None:
        ledger.cite(rule.basis)
    else:
        ledger.assume(f"Weights of criteria: {rule.assumption}")
    ranked = Ranked(
        criterion=np.array([c.name for c in criteria], np.str_),
        value=value,
        weight=weight,
        better=np.array([c.better for c in criteria], np.str_),
        unit=np.array([_unit(c, around) for c in criteria], np.str_),
        score=_spread(score, usable, float(score.min()) if len(score) else 0.0),
        rank=_spread(place, usable, last),
        best_rank=_spread(best, usable, last),
        worst_rank=_spread(worst, usable, last),
        top=_spread(top, usable, 0.0),
        stable=stable_intervals(ready.partial, weight) if ready.linear else np.full((len(criteria), 2), np.nan),
        method=METHODS[rule.method],
    )
    _tell(sites, ranked, rule, ledger)
    return _kept(replace(sites, suitability=ranked), rule.keep, ledger)


def measured(sites: Found, criterion: Criterion, around: Around) -> Floats | None:
    """Value of one criterion at every site; None where it cannot be measured."""
    import shapely

    where = f"suitability {criterion.name}"
    c, value = criterion, None
    if c.measure == "area":
        value = sites.area.astype(np.float64)
    elif c.measure == "people" and c.radius is not None:
        value = around.population(sites, c.radius, where)
    elif c.measure == "ways":
        value = around.ways(sites, where)
    elif c.measure == "use" and c.use is not None:
        value = apart(sites, c.use)
    elif c.measure == "road" and c.classes is not None:
        lines = around.roads(c.classes, where)
        value = None if lines is None else distance(sites.shapes(), lines)
    elif c.measure == "raster" and c.layer is not None:
        value = around.raster(c.layer, c.how, c.slope, sites, where)
    elif c.layer is not None:
        features = around.features(c.layer, c.where, where)
        if features is not None and c.measure == "share":
            value = cover(shapely.buffer(shapely.points(sites.x, sites.y), c.radius), features)
        elif features is not None:
            value = distance(sites.shapes(), features)
    return None if value is None else _filled(value, sites, criterion, around)


def places(score: Floats) -> Floats:
    """Ranks, 1 for the best; equal scores share the better one."""
    order = np.sort(score)
    return np.asarray(len(score) - np.searchsorted(order, score, side="right") + 1, np.float64)


def _filled(value: Floats, sites: Found, criterion: Criterion, around: Around) -> Floats:
    gap = ~np.isfinite(value)
    if gap.any() and criterion.missing is None:
        around.faults.append(
            f"suitability {criterion.name}: {gap.sum()} of {len(gap)} sites have no value, first {sites.id[gap][0]}; "
            "say with missing which value they have"
        )
    return np.where(gap, criterion.missing or 0.0, value)


def _under_other_weights(
    ready: Scored, weight: Floats, place: Floats, sensitivity: Sensitivity, seed: int
) -> tuple[Floats, Floats, Floats]:
    """Best and worst rank of each site, and how often it is among the best, over seeded draws of weights."""
    best, worst, top = place.copy(), place.copy(), np.zeros(len(place))
    if not sensitivity.draws or not len(place):
        return best, worst, (place <= sensitivity.top).astype(np.float64)
    rng = np.random.default_rng([seed, len(weight)])
    for own in drawn(weight, sensitivity.draws, sensitivity.concentration, rng):
        other = places(ready.score(own))
        np.minimum(best, other, out=best)
        np.maximum(worst, other, out=worst)
        top += other <= sensitivity.top
    return best, worst, top / sensitivity.draws


def _kept(sites: Found, keep: int | None, ledger: Ledger) -> Found:
    """The best candidates, and everything that is not a candidate."""
    if keep is None or sites.suitability is None:
        return sites
    free = np.flatnonzero(sites.status == "candidate")
    order = free[np.lexsort((sites.id[free], -sites.area[free], sites.suitability.rank[free]))]
    gone = np.zeros(len(sites), bool)
    gone[order[keep:]] = True
    for layer in dict.fromkeys(sites.layer[gone].tolist()):
        some = sites.feature[gone & (sites.layer == layer)].tolist()
        ledger.drop(layer, f"not among the {keep} most suitable candidates", some)
    return sites.take(np.flatnonzero(~gone))


def _tell(sites: Found, ranked: Ranked, rule: SuitabilityRule, ledger: Ledger) -> None:
    usable = np.flatnonzero(sites.status != "forbidden")
    if not len(usable):
        ledger.warn("suitability: no site may be used, so none is ranked")
        return
    first = usable[int(np.argmin(ranked.rank[usable]))]
    lead = f"suitability: {len(usable)} sites ranked by {ranked.method}, best {sites.title[first] or sites.id[first]}"
    span = f"{ranked.best_rank[first]:g} to {ranked.worst_rank[first]:g}"
    draws = rule.sensitivity.draws
    ledger.note(lead + (f"; its rank is {span} in {draws} draws of weights" if draws else ""))
    if not np.isnan(ranked.stable).any():
        each = zip(ranked.criterion.tolist(), ranked.weight.tolist(), ranked.stable.tolist(), strict=True)
        spans = ", ".join(f"{name} {low:.3g} to {high:.3g} (now {now:.3g})" for name, now, (low, high) in each)
        ledger.note(f"suitability: the best site stays the best for weights of {spans}, one at a time")


def _spread(given: Floats, usable: np.ndarray, rest: float) -> Floats:
    result: Floats = np.full(len(usable), rest)
    result[usable] = given
    return result


def _unit(criterion: Criterion, around: Around) -> str:
    if criterion.unit:
        return criterion.unit
    if criterion.measure == "raster" and criterion.layer is not None:
        return around.unit(criterion.layer, criterion.slope)
    return UNITS.get(criterion.measure, "")
