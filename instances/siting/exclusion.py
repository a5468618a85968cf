"""Sites that may not be used: distance, cover and raster rules, each with what was found and what is allowed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from instances.accounts import Ledger
from instances.siting.around import Around, cover, distance
from instances.siting.found import Excluded, Flags, Floats, Found

if TYPE_CHECKING:
    from instances.siting.rule import ExcludeRule

SOME = 5  # names listed in a warning


def exclude(sites: Found, rules: list[ExcludeRule], around: Around, ledger: Ledger) -> Found:
    """Apply every rule to every site; faults are collected in ``around``.

    A site that several rules exclude has an entry for each. Existing and required sites stay, with a warning that
    names them, unless the rule says ``existing: too``; a rule for some grades bars those grades only.
    """
    if not len(sites):
        return sites
    entries: list[tuple[int, ExcludeRule, float]] = []
    gone, forbidden = np.zeros(len(sites), bool), np.zeros(len(sites), bool)
    barred: list[tuple[int, str]] = []
    for rule in rules:
        judged = _judged(sites, rule, around, ledger)
        if judged is None:
            continue
        hit, found = judged
        settled = np.isin(sites.status, ("existing", "required")) & (rule.existing == "warn")
        if (hit & settled).any():
            ledger.warn(_kept_anyway(sites, rule, hit & settled, found, around))
        hit &= ~settled
        if rule.action == "drop":
            first = hit & ~gone
            for layer in dict.fromkeys(sites.layer[first].tolist()):
                mine = first & (sites.layer == layer)
                ledger.drop(layer, f"excluded by {rule.name}: {_limit_in_words(rule)}", sites.feature[mine].tolist())
            gone |= hit
        else:
            at = np.flatnonzero(hit).tolist()
            entries += [(k, rule, float(found[k])) for k in at]
            barred += [(k, grade) for k in at for grade in rule.grades or ()]
            forbidden |= hit if rule.grades is None else False
        effect = "left out" if rule.action == "drop" else f"barred from {', '.join(rule.grades or ())}"
        effect = "forbidden" if rule.grades is None and rule.action == "forbid" else effect
        ledger.note(f"exclude {rule.name}: {hit.sum()} of {len(sites)} sites {effect} ({_limit_in_words(rule)})")
        if rule.source is not None:
            ledger.cite(rule.basis)
        else:
            ledger.assume(f"Exclusion {rule.name} ({_limit_in_words(rule)}): {rule.assumption}")
    status = np.where(forbidden, "forbidden", sites.status)
    marked = replace(
        sites,
        status=status,
        exclusions=_excluded(entries, around) if rules else None,
        barred_site=np.array([k for k, _ in barred], np.intp),
        barred_grade=np.array([g for _, g in barred], np.str_),
    )
    return marked.take(np.flatnonzero(~gone))


def _judged(sites: Found, rule: ExcludeRule, around: Around, ledger: Ledger) -> tuple[Flags, Floats] | None:
    """Which sites the rule excludes, and what was found at each."""
    where = f"exclude {rule.name}"
    asked = np.isin(sites.use, rule.uses) if rule.uses is not None else np.ones(len(sites), bool)
    if rule.above is not None or rule.below is not None:
        found = around.raster(rule.layer, rule.how, rule.slope, sites, where)
        if found is None:
            return None
        unknown = asked & np.isnan(found)
        if unknown.any():
            told = f"{where}: {unknown.sum()} of {len(sites)} sites have no value in {rule.layer}"
            if rule.unknown == "fault":
                around.faults.append(f"{told}, first {sites.id[unknown][0]}; say with unknown what that means")
                return None
            ledger.warn(f"{told}; they count as {'excluded' if rule.unknown == 'exclude' else 'not excluded'}")
        limit = _limit(rule)
        with np.errstate(invalid="ignore"):
            hit = found > limit if rule.above is not None else found < limit
        if rule.unknown == "exclude":
            hit = hit | unknown
            found = np.where(unknown, limit, found)  # nothing was found; the entry shows the limit itself
        return hit & asked, found
    features = around.features(rule.layer, rule.where, where)
    if features is None:
        return None
    if not len(features):
        told = f"{where}: layer {rule.layer} has no such features"
        if rule.beyond is not None:
            around.faults.append(f"{told}, so every site would be beyond them")
            return None
        ledger.warn(f"{told}, so it excludes nothing; check the layer and its extent")
    if rule.covered is not None:
        flat = [f for f in features if f.geom_type in ("Polygon", "MultiPolygon", "GeometryCollection")]
        if len(features) and not flat:
            around.faults.append(f"{where}: layer {rule.layer} has no outlines that could cover a site; use within")
            return None
        found = cover(sites.shapes(), features)
        return asked & (found > rule.covered), found
    found = distance(sites.shapes() if rule.of == "outline" else sites.points(), features)
    return asked & (found <= _limit(rule) if rule.within is not None else found > _limit(rule)), found


def _excluded(entries: list[tuple[int, ExcludeRule, float]], around: Around) -> Excluded:
    rules = list(dict.fromkeys(rule.name for _, rule, _ in entries))
    by_name = {rule.name: rule for _, rule, _ in entries}
    mine = [by_name[name] for name in rules]
    order = sorted(range(len(entries)), key=lambda k: (entries[k][0], k))
    return Excluded(
        rule=np.array(rules, np.str_),
        layer=np.array([r.layer for r in mine], np.str_),
        reason=np.array([_reason(r) for r in mine], np.str_),
        kind=np.array([r.kind or "" for r in mine], np.str_),
        basis=np.array([r.basis for r in mine], np.str_),
        unit=np.array([_unit(r, around) for r in mine], np.str_),
        limit=np.array([_limit(r) for r in mine], np.float64),
        site=np.array([entries[k][0] for k in order], np.intp),
        of=np.array([rules.index(entries[k][1].name) for k in order], np.intp),
        found=np.array([entries[k][2] for k in order], np.float64),
    )


def _kept_anyway(sites: Found, rule: ExcludeRule, which: Flags, found: Floats, around: Around) -> str:
    at = np.flatnonzero(which)
    unit = _unit(rule, around)
    some = ", ".join(f"{sites.title[k] or sites.id[k]} ({found[k]:.4g} {unit})".replace(" )", ")") for k in at[:SOME])
    more = ", ..." if len(at) > SOME else ""
    return (
        f"exclude {rule.name}: {len(at)} existing or required sites lie where no site may be "
        f"({_limit_in_words(rule)}): {some}{more}; they stay, decide on each or say existing: too"
    )


def _reason(rule: ExcludeRule) -> str:
    words = rule.title.get("en") or rule.title.get("zh") or rule.name
    grades = f" (only as {', '.join(rule.grades)})" if rule.grades is not None else ""
    return f"{words}{grades}"


def _limit(rule: ExcludeRule) -> float:
    given = (rule.within, rule.beyond, rule.covered, rule.above, rule.below)
    return next(float(v) for v in given if v is not None)


def _unit(rule: ExcludeRule, around: Around) -> str:
    if rule.within is not None or rule.beyond is not None:
        return "m"
    return "share" if rule.covered is not None else around.unit(rule.layer, rule.slope)


def _limit_in_words(rule: ExcludeRule) -> str:
    chosen = "; ".join(f"{key} {', '.join(map(str, values))}" for key, values in (rule.where or {}).items())
    what = f"{rule.layer} ({chosen})" if chosen else rule.layer
    if rule.within is not None:
        return f"{'middle ' if rule.of == 'middle' else ''}within {rule.within:g} m of {what}"
    if rule.beyond is not None:
        return f"beyond {rule.beyond:g} m of {what}"
    if rule.covered is not None:
        return f"more than {rule.covered:.0%} in {what}"
    what = f"slope of {rule.layer}" if rule.slope else rule.layer
    over = f"at the {rule.how}" if rule.how == "point" else f"by its {rule.how} over the site"
    return f"{what} {'above' if rule.above is not None else 'below'} {_limit(rule):g} {over}"
