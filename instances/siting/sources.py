"""Candidate sites from features of a layer: use by class, usable area, status, and outlines joined where they touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.layers.layer import Layer
from instances.siting.around import selected
from instances.siting.found import Flags, Floats, Found, Texts, alike

if TYPE_CHECKING:
    from instances.rulepack import RulePack
    from instances.siting.rule import LayerSource


def from_layer(rule: LayerSource, layer: Layer, pack: RulePack, ledger: Ledger, faults: list[str]) -> Found:
    """Sites of a layer; what is wrong with it is added to ``faults``.

    usable area = share x floors x (area column or area of the outline)      m2
    """
    where = f"sites from {rule.layer}"
    ledger.read(rule.layer, len(layer))
    kept = selected(layer, rule.where, faults, where)
    ledger.drop(rule.layer, "not selected by where", layer.id[~kept].tolist())
    layer = layer.where(kept)
    layer, use = _uses(rule, layer, ledger)
    layer, use = _placed(layer, use, ledger, faults, where)
    if rule.dissolve:
        layer, use = dissolved(layer, use, ledger)
    area = _areas(rule, layer, use, faults, where)
    count = len(layer)
    gaps: Floats = np.full(count, np.nan)
    factor = rule.cost_factor
    x, y = middle(layer.shape)
    found = Found(
        id=np.array([f"{rule.layer}:{k}" for k in layer.id.tolist()], np.str_),
        x=x,
        y=y,
        area=area,
        use=use,
        title=layer.texts(rule.title) if rule.title else alike(count, ""),
        status=_status(rule, layer, faults, where),
        open_air=_open_air(rule, use, pack),
        underground=np.full(count, rule.underground),
        capacity=layer.numbers(rule.capacity, "people", gaps=True) if rule.capacity else gaps,
        cost=layer.numbers(rule.cost, pack.money, gaps=True) if rule.cost else gaps.copy(),
        cost_factor=layer.numbers(factor, "1") if isinstance(factor, str) else np.full(count, float(factor or 1.0)),
        outline=np.array([*(s if _dim(s) == 2 else None for s in layer.shape), None], object)[:-1],
        layer=alike(count, rule.layer),
        feature=layer.id,
    )
    faults += [fault for fault in layer.faults if fault not in faults]
    return found


def dissolved(layer: Layer, use: Texts, ledger: Ledger) -> tuple[Layer, Texts]:
    """Outlines of the same use that touch or overlap are one, under the id of the largest; points stay as they are."""
    import shapely
    from scipy import sparse
    from scipy.sparse import csgraph

    count = len(layer)
    if not count:
        return layer, use
    a, b = shapely.STRtree(layer.shape).query(layer.shape, predicate="intersects")
    flat = np.array([_dim(s) == 2 for s in layer.shape], bool)
    joint = (use[a] == use[b]) & flat[a] & flat[b]
    graph = sparse.coo_array((np.ones(joint.sum()), (a[joint], b[joint])), shape=(count, count))
    groups, part = csgraph.connected_components(graph, directed=False)
    size = shapely.area(layer.shape)
    order = np.lexsort((np.arange(count), -size, part))  # the largest of each part first
    first = order[np.concatenate([[True], np.diff(part[order]) > 0])]
    shapes = layer.shape.copy()
    for members in np.split(order, np.flatnonzero(np.diff(part[order])) + 1):
        if len(members) > 1:
            shapes[members[0]] = shapely.union_all(layer.shape[np.sort(members)])
    lead = np.zeros(count, bool)
    lead[first] = True
    ledger.merge(layer.name, "touches another outline of the same use", layer.id[~lead].tolist())
    if groups < count:
        ledger.note(f"sites from {layer.name}: {count} outlines joined into {groups} where they touch")
    whole = Layer(layer.name, layer.id, shapes, layer.columns, layer.crs, layer.faults)
    return whole.where(lead), use[lead]


def _uses(rule: LayerSource, layer: Layer, ledger: Ledger) -> tuple[Layer, Texts]:
    if rule.use_column is None:
        return layer, alike(len(layer), rule.use or "")
    given = layer.texts(rule.use_column)
    if rule.classes is None:
        empty = given == ""
        ledger.drop(rule.layer, f"no use in column {rule.use_column}", layer.id[empty].tolist())
        return layer.where(~empty), given[~empty]
    known = np.isin(given, list(rule.classes))
    if rule.use_column in layer.columns:  # without the column every value would pass for an unknown class
        for value in sorted(set(given[~known].tolist())):
            here = given == value
            ledger.drop(rule.layer, f"{rule.use_column} {value or 'not given'} is no use", layer.id[here].tolist())
    return layer.where(known), np.array([rule.classes[v] for v in given[known].tolist()], np.str_)


def _placed(layer: Layer, use: Texts, ledger: Ledger, faults: list[str], where: str) -> tuple[Layer, Texts]:
    """Features with a place; lines are a fault, because they have neither an area nor one place."""
    import shapely

    lost = np.array([s is None or s.is_empty for s in layer.shape], bool)
    ledger.drop(layer.name, "has no place", layer.id[lost].tolist())
    layer, use = layer.where(~lost), use[~lost]
    dim = np.array([_dim(s) for s in layer.shape], int)
    odd = (dim == 1) | (shapely.get_num_geometries(layer.shape) > 1) & (dim == 0) if len(layer) else np.zeros(0, bool)
    if odd.any():
        faults.append(f"{where}: {odd.sum()} features are neither points nor outlines, first {layer.first(odd)}")
    broken = (dim == 2) & ~shapely.is_valid(layer.shape) if len(layer) else odd
    if broken.any():
        ledger.note(f"{where}: rebuilt {broken.sum()} outlines that cross themselves, first {layer.first(broken)}")
        shapes = layer.shape.copy()
        shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
        layer = Layer(layer.name, layer.id, shapes, layer.columns, layer.crs, layer.faults)
    return layer.where(~odd), use[~odd]


def _areas(rule: LayerSource, layer: Layer, use: Texts, faults: list[str], where: str) -> Floats:
    import shapely

    if rule.area is not None:
        area = layer.numbers(rule.area, "m2", scale=rule.area_scale)
    else:
        area = np.asarray(shapely.area(layer.shape), np.float64) if len(layer) else np.zeros(0)
        bare = np.array([_dim(s) == 0 for s in layer.shape], bool)
        if bare.any():
            faults.append(f"{where}: {bare.sum()} points have no area, first {layer.first(bare)}; name an area column")
    if rule.floors is not None:
        floors = layer.numbers(rule.floors, "storeys") if isinstance(rule.floors, str) else rule.floors
        area = area * floors
    if not isinstance(rule.share, dict):
        return np.asarray(area * rule.share, np.float64)
    lost = sorted(set(use.tolist()) - set(rule.share))
    if lost:
        faults.append(f"{where}: no share for the use {', '.join(lost)}; add it to share")
    return np.asarray(area * np.array([rule.share.get(u, 0.0) for u in use.tolist()], float), np.float64)


def _status(rule: LayerSource, layer: Layer, faults: list[str], where: str) -> Texts:
    from instances.places import STATUSES

    status = alike(len(layer), rule.status)
    if rule.status_column is None:
        return status
    given = layer.texts(rule.status_column)
    if rule.statuses is not None:
        return np.array([rule.statuses.get(v, rule.status) for v in given.tolist()], np.str_)
    unknown = sorted(set(given.tolist()) - {*STATUSES, ""})
    if unknown:
        listed = f"{', '.join(unknown[:3])}; say with statuses what they mean, or use {', '.join(STATUSES)}"
        faults.append(f"{where}: column {rule.status_column} has unknown values {listed}")
        return status
    return np.where(given == "", status, given)


def _open_air(rule: LayerSource, use: Texts, pack: RulePack) -> Flags:
    if rule.open_air is not None:
        return np.full(len(use), rule.open_air)
    return outdoors(use, pack) & (not rule.underground)


def outdoors(use: Texts, pack: RulePack) -> Flags:
    """What the rule pack says of each use; a use it does not know counts as indoors."""
    open_air = {name for name, about in pack.rules.uses.items() if about.place == "outdoors"}
    return np.isin(use, sorted(open_air)) if open_air else np.zeros(len(use), bool)


def middle(shapes: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """A point in each outline, as x and y."""
    import shapely

    at = shapely.get_coordinates(shapely.point_on_surface(shapes)) if len(shapes) else np.zeros((0, 2))
    return np.array(at[:, 0], np.float64), np.array(at[:, 1], np.float64)


def _dim(shape: Any) -> int:
    """0 for points, 1 for lines, 2 for outlines."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return 2
    return 0 if shape.geom_type in ("Point", "MultiPoint") else 1
