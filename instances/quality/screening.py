"""Which sites may not be used and why, and how firm the ranking of the others is."""

from __future__ import annotations

import numpy as np

from instances.instance import Instance
from instances.quality.section import Section

Found = tuple[list[Section], list[str]]

SWAPS = 0.25  # of all ranks; a site whose rank moves by more is not ranked firmly


def exclusions(instance: Instance) -> Found:
    """Sites that each rule forbids, with the worst that was found."""
    screen = instance.exclusions
    if screen is None:
        return [], []
    site, rule = screen.exclusion["site"].position, screen.exclusion["rule"].position
    rows = []
    for r, label in enumerate(screen.rule.labels()):
        here = rule == r
        alone = here & (np.bincount(site, minlength=screen.site.size)[site] == 1)
        off = np.abs(screen.found - screen.limit[r])
        worst = int(np.flatnonzero(here)[np.argmax(off[here])]) if here.any() else None
        rows.append((
            label, screen.reason[r], screen.kind[r], screen.layer[r], here.sum(), alone.sum(), screen.limit[r],
            None if worst is None else screen.found[worst], screen.unit[r],
            "" if worst is None else screen.site.label(int(site[worst])), screen.basis[r],
        ))  # fmt: skip
    columns = [("rule", ""), ("reason", ""), ("kind", ""), ("layer", ""), ("sites", "1"), ("by this rule alone", "1")]
    columns += [("limit", "as unit says"), ("worst found", "as unit says"), ("unit", ""), ("worst site", "")]
    out, all_sites = np.unique(site).size, screen.site.size
    warnings = []
    if all_sites and out == all_sites:
        warnings.append("exclusions: the rules forbid every site; check the rules and their layers")
    return [Section.of("exclusions", "Sites that may not be used", [*columns, ("basis", "")], rows)], warnings


def suitability(instance: Instance) -> Found:
    """Criteria with their range, and the sites in their order with the ranks that other weights give them."""
    suits = instance.suitability
    if suits is None:
        return [], []
    criteria = []
    for c, label in enumerate(suits.criterion.labels()):
        value = suits.value[:, c]
        spread = (value.min(), np.median(value), value.max()) if value.size else (None, None, None)
        criteria.append((label, suits.weight[c], suits.better[c], *spread, suits.unit[c]))
    order = np.argsort(suits.rank, kind="stable")
    sites = [
        (suits.rank[k], suits.site.label(int(k)), suits.score[k], suits.best_rank[k], suits.worst_rank[k],
         suits.worst_rank[k] - suits.best_rank[k])
        for k in order
    ]  # fmt: skip
    heads = [("criterion", ""), ("weight", "1"), ("better", ""), ("least", "as unit says")]
    heads += [("median", "as unit says"), ("most", "as unit says"), ("unit", "")]
    columns = [("rank", "1"), ("site", ""), ("score", "1"), ("best rank", "1"), ("worst rank", "1"), ("span", "1")]
    flat = [suits.criterion.label(c) for c in range(suits.criterion.size) if np.ptp(suits.value[:, c]) == 0]
    warnings = []
    if flat and suits.site.size > 1:
        warnings.append(f"suitability: {', '.join(flat)} is the same at every site and tells nothing; check its layer")
    loose = (suits.worst_rank - suits.best_rank) > SWAPS * suits.site.size
    if suits.site.size >= 8 and loose.mean() > 0.5:
        warnings.append(
            f"suitability: other weights move {loose.sum()} of {suits.site.size} sites by more than a quarter of all "
            "ranks; the order is a matter of taste, do not choose sites by it alone"
        )
    return [
        Section.of("criteria", f"Criteria of suitability ({suits.method})", heads, criteria),
        Section.of("suitability", "Suitability, and how firm the ranks are", columns, sites),
    ], warnings
