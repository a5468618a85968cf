"""The step of the build that finds candidate sites: sources, overlaps, exclusions, limits and ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.accounts import Ledger
from instances.layers.layer import Frame, Layer
from instances.layers.osm import Extract
from instances.schema import InstanceError
from instances.siting.around import Around
from instances.siting.blocks import from_blocks
from instances.siting.exclusion import exclude
from instances.siting.found import Flags, Found, joined
from instances.siting.mapped import from_map
from instances.siting.overlaps import merge_overlaps
from instances.siting.sources import from_layer
from instances.siting.suitability import rank

if TYPE_CHECKING:
    from instances.rulepack import RulePack
    from instances.siting.rule import BlockSource, LayerSource, MostRule, OsmSource, SitesRule
    from instances.streets.graph import Network

WHAT = "The candidate sites cannot be found"


def find_sites(
    rule: SitesRule,
    layers: Mapping[str, Any],
    network: Network | None,
    people: Any | None,
    pack: RulePack,
    frame: Frame,
    ledger: Ledger,
    seed: int,
) -> Found:
    """Candidate sites of a recipe.

    Parameters
    ----------
    layers
        By name: layers, rasters and OpenStreetMap extracts, all in the CRS of ``frame``.
    people
        Something with x, y (m) and people, each of shape (places,), for criteria that count people.
    pack
        Knows the uses, and which of them lie outdoors.
    seed
        Draws blocks, and weights around those given.

    Raises
    ------
    InstanceError
        With every fault of rules, layers and columns; also if no site is left.
    """
    around = Around(layers, network, people)
    faults = around.faults
    faults += _rule_faults(rule, pack)
    parts = [_from(source, around, pack, ledger, seed) for source in rule.sources]
    whole = [part for part in parts if part is not None]
    _raise(faults)
    source = np.repeat(np.arange(len(whole)), [len(part) for part in whole])
    sites = joined(whole)
    _raise(_use_faults(sites, pack))
    keep = _large_enough(sites, rule.least_area, ledger)
    sites, source = merge_overlaps(sites.take(np.flatnonzero(keep)), source[keep], rule.overlap, ledger)
    # In one order, whatever the order of files and features.
    sites = _unique(sites.take(np.lexsort((sites.id, sites.x, -sites.y, sites.use))))
    sites = exclude(sites, rule.exclude, around, ledger)
    if rule.most is not None:
        sites = _most(sites, rule.most, around, ledger)
    _raise(faults)
    if not len(sites):
        gone = "; ".join(f"{row[0]}: {row[3]:.0f} {row[2]}" for row in ledger.rows if row[1] == "dropped")
        why = f"dropped: {gone}" if gone else "the layers are empty"
        raise InstanceError(WHAT, [f"no site is left, {why}; give a layer of sites"])
    if rule.suitability is not None:
        sites = rank(sites, rule.suitability, around, ledger, seed)
        _raise(faults)
    kinds, count = np.unique(sites.status, return_counts=True)
    listed = ", ".join(f"{n} {kind}" for kind, n in zip(kinds.tolist(), count.tolist(), strict=True))
    ledger.note(f"sites: {len(sites)} in {frame.crs}, {listed}; {sites.area.sum():.0f} m2 usable")
    return sites


def _from(
    source: OsmSource | LayerSource | BlockSource, around: Around, pack: RulePack, ledger: Ledger, seed: int
) -> Found | None:
    from instances.siting.rule import BlockSource, OsmSource

    if isinstance(source, BlockSource):
        return from_blocks(source, around.network, pack, ledger, seed, around.faults)
    name = source.osm if isinstance(source, OsmSource) else source.layer
    given = around.source(name, f"sites from {name}")
    if given is None:
        return None
    if isinstance(source, OsmSource):
        if isinstance(given, Extract):
            return from_map(source, given, ledger)
        around.faults.append(f"sites from {name}: not an OpenStreetMap extract; use layer: {name}")
        return None
    if isinstance(given, Layer):
        return from_layer(source, given, pack, ledger, around.faults)
    kind = f"an OpenStreetMap extract; use osm: {name}" if isinstance(given, Extract) else "a raster, without features"
    around.faults.append(f"sites from {name}: this layer is {kind}")
    return None


def _rule_faults(rule: SitesRule, pack: RulePack) -> list[str]:
    """Uses and grades that the rule pack does not know."""
    known, grades = set(pack.uses), {m.id for m in pack.rules.modes}
    asked: list[tuple[str, set[str]]] = [("least_area", set(rule.least_area))]
    asked += [(f"exclude {r.name}", set(r.uses or ())) for r in rule.exclude]
    if rule.suitability is not None:
        asked += [(f"suitability {c.name}", {c.use}) for c in rule.suitability.criteria if c.use is not None]
    faults = [
        f"{where}: no use {', '.join(sorted(uses - known))}; the rule pack {pack.name!r} knows {', '.join(pack.uses)}"
        for where, uses in asked
        if uses - known
    ]
    for r in rule.exclude:
        lost = sorted(set(r.grades or ()) - grades)
        if lost:
            faults.append(f"exclude {r.name}: no grade {', '.join(lost)}; the grades are {', '.join(sorted(grades))}")
    return faults


def _use_faults(sites: Found, pack: RulePack) -> list[str]:
    faults = []
    for use in sorted(set(sites.use.tolist()) - set(pack.uses)):
        here = sites.use == use
        layers = ", ".join(dict.fromkeys(sites.layer[here].tolist()))
        faults.append(
            f"{here.sum()} sites of {layers} have the use {use!r}, first {sites.feature[here][0]}; "
            f"the rule pack {pack.name!r} knows {', '.join(pack.uses)}"
        )
    return faults


def _large_enough(sites: Found, least: dict[str, float], ledger: Ledger) -> Flags:
    """Large enough for their use; a site without any usable area is none. Existing and required ones stay."""
    limit = np.array([least.get(use, 0.0) for use in sites.use.tolist()], float)
    settled = np.isin(sites.status, ("existing", "required"))
    small = ((sites.area < limit) | (sites.area <= 0)) & ~settled
    if (settled & (sites.area < limit)).any():
        some = ", ".join((sites.id[settled & (sites.area < limit)][:5]).tolist())
        ledger.warn(f"sites: existing or required sites below the least area of their use stay: {some}")
    _book(sites, small, "below the least area of its use", ledger)
    return ~small


def _most(sites: Found, rule: MostRule, around: Around, ledger: Ledger) -> Found:
    """The largest candidates of each group; sites outside every zone are a group of their own."""
    import shapely

    if rule.per == "use":
        group = np.unique(sites.use, return_inverse=True)[1].ravel()
    elif rule.zones is None or not len(sites):
        group = np.zeros(len(sites), np.intp)
    else:
        outlines = around.features(rule.zones, None, "sites, most")
        if outlines is None:
            return sites
        at, zone = shapely.STRtree(outlines).query(shapely.points(sites.x, sites.y), predicate="intersects")
        group = np.full(len(sites), len(outlines))
        np.minimum.at(group, at, zone)
    free = np.flatnonzero(sites.status == "candidate")
    order = free[np.lexsort((sites.id[free], -sites.area[free], group[free]))]
    first = np.searchsorted(group[order], group[order], side="left")
    gone = np.zeros(len(sites), bool)
    gone[order[np.arange(len(order)) - first >= rule.sites]] = True
    within = {"all": "", "use": " of its use", "zone": " of its zone"}[rule.per]
    _book(sites, gone, f"not among the {rule.sites} largest candidates{within}", ledger)
    return sites.take(np.flatnonzero(~gone))


def _book(sites: Found, gone: Flags, reason: str, ledger: Ledger) -> None:
    for layer in dict.fromkeys(sites.layer[gone].tolist()):
        ledger.drop(layer, reason, sites.feature[gone & (sites.layer == layer)].tolist())


def _unique(sites: Found) -> Found:
    """Ids of their own for sites that come from one feature, such as the halls of a campus."""
    seen: dict[str, int] = {}
    ids = []
    for k in sites.id.tolist():
        seen[k] = seen.get(k, 0) + 1
        ids.append(k if seen[k] == 1 else f"{k}#{seen[k]}")
    return replace(sites, id=np.array(ids, np.str_))


def _raise(faults: list[str]) -> None:
    if faults:
        raise InstanceError(WHAT, list(dict.fromkeys(faults)))
