"""Blocks between streets: candidate land for towns of which only the roads are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.siting.found import Floats, Found, alike
from instances.siting.sources import middle, outdoors

if TYPE_CHECKING:
    from instances.rulepack import RulePack
    from instances.siting.rule import BlockSource
    from instances.streets.graph import Network

NAME = "street blocks"


def from_blocks(
    rule: BlockSource, network: Network | None, pack: RulePack, ledger: Ledger, seed: int, faults: list[str]
) -> Found | None:
    """Blocks that the links of the road graph enclose, north-west first, of the wanted size, drawn by the seed."""
    import shapely

    if network is None:
        faults.append("sites from blocks: this recipe has no roads")
        return None
    lines = np.asarray(network.tree.geometries)
    if rule.kinds is not None:
        kind = network.roads.kind
        unknown = sorted(set(rule.kinds) - set(kind.tolist()))
        if unknown:
            known = ", ".join(sorted(set(kind.tolist())))
            faults.append(f"sites from blocks: no road of class {', '.join(unknown)}; the roads have {known}")
            return None
        lines = lines[np.isin(kind, rule.kinds)]
    shape = enclosed(lines)
    name = np.array([f"b{k}" for k in range(1, len(shape) + 1)], np.str_)
    ledger.read(NAME, len(shape))
    if rule.inset > 0:
        shape = np.asarray(shapely.buffer(shape, -rule.inset), object)
    size = np.asarray(shapely.area(shape), np.float64)
    strip = size <= 0
    ledger.drop(NAME, f"narrower than {2 * rule.inset:g} m between two streets", name[strip].tolist())
    small, large = (size < rule.least) & ~strip, size > rule.most
    ledger.drop(NAME, f"smaller than {rule.least:g} m2", name[small].tolist())
    ledger.drop(NAME, f"larger than {rule.most:g} m2", name[large].tolist())
    fit = np.flatnonzero(~strip & ~small & ~large)
    rng = np.random.default_rng([seed, len(fit)])
    drawn = np.sort(rng.permutation(len(fit))[: round(rule.draw * len(fit))])
    ledger.drop(NAME, "not drawn", name[np.setdiff1d(fit, fit[drawn])].tolist())
    at = fit[drawn]
    use = _drawn_uses(rule, len(at), rng)
    ledger.note(f"sites from blocks: {len(at)} of {len(shape)} blocks between streets")
    words = f"{rule.share:.0%} of a block is usable, {rule.draw:.0%} of the blocks are drawn"
    basis = rule.basis.removeprefix("assumed: ")
    if rule.source is None:
        ledger.assume(f"Sites from street blocks: {words}. {basis}")
    else:
        ledger.cite(basis)
        ledger.note(f"sites from blocks: {words} ({basis})")
    x, y = middle(shape[at])
    gaps: Floats = np.full(len(at), np.nan)
    return Found(
        id=np.array([f"block:{k}" for k in name[at].tolist()], np.str_),
        x=x,
        y=y,
        area=size[at] * rule.share,
        use=use,
        title=alike(len(at), ""),
        status=alike(len(at), "candidate"),
        open_air=outdoors(use, pack),
        underground=np.zeros(len(at), bool),
        capacity=gaps,
        cost=gaps.copy(),
        cost_factor=np.ones(len(at)),
        outline=shape[at],
        layer=alike(len(at), NAME),
        feature=name[at],
    )


def enclosed(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Faces of the plane that lines enclose, north-west first.

    Lines are split where they cross, because a block ends at a bridge as well as at a junction.
    """
    import shapely

    if not len(lines):
        return np.zeros(0, object)
    noded = shapely.get_parts(shapely.union_all(lines))
    faces = np.asarray(shapely.get_parts(shapely.polygonize(noded)), object)
    if not len(faces):
        return faces
    faces = shapely.normalize(faces)
    west, south, _, north = shapely.bounds(faces).T
    return np.asarray(faces[np.lexsort((south, west, -north))], object)


def _drawn_uses(rule: BlockSource, count: int, rng: np.random.Generator) -> NDArray[np.str_]:
    if isinstance(rule.use, str):
        return alike(count, rule.use)
    names = list(rule.use)
    weight = np.array([rule.use[n] for n in names], float)
    return np.array(names, np.str_)[rng.choice(len(names), count, p=weight / weight.sum())]
