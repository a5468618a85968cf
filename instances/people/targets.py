"""Demand points that pieces of units become part of: squares, polygons, road junctions, or their own places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.accounts import Ledger
from instances.layers.layer import Floats, Layer, Texts
from instances.people.carriers import Carriers, find, streets
from instances.people.overlay import Ints, Pieces, Shapes, cut, cut_to_grid, join
from instances.people.sources import Units
from instances.people.spread import Parts, weigh

if TYPE_CHECKING:
    from instances.people.rule import ToRule
    from instances.streets.graph import Network

OUTSIDE = -1  # inside the extent, but in none of the target polygons
FAR = -2  # farther from a road than the reach


@dataclass(frozen=True, eq=False)
class Targets:
    """Demand points to be, and which of them each piece goes to.

    Attributes
    ----------
    x, y
        Shape (targets,); NaN where the centre of gravity of the people decides.
    target
        Shape (pieces,): position, or OUTSIDE or FAR.
    """

    id: Texts
    x: Floats
    y: Floats
    title: Texts
    zone: Texts | None
    pieces: Pieces
    weight: Floats
    target: Ints


def assign(
    to: ToRule,
    parts: Parts,
    units: Units,
    carriers: Carriers | None,
    layers: Mapping[str, Any],
    network: Network | None,
    ledger: Ledger,
    faults: list[str],
) -> Targets | None:
    """The target of each piece; pieces are cut where a target ends."""
    if to.grid is not None:
        return _squares(to.grid, parts, units if to.apart else None)
    if to.areas is not None:
        return _polygons(to, parts, layers, ledger, faults)
    if to.junctions is not None:
        return _junctions(to.junctions, parts, carriers, network, faults)
    return _places(parts, units, carriers)


def _squares(spacing: float, parts: Parts, apart: Units | None) -> Targets:
    """Squares of a grid; with ``apart``, each cut into its parts in different units."""
    pieces, square = cut_to_grid(parts.pieces, spacing)
    if apart is not None and len(square):
        _, square = np.unique(square * len(apart.id) + pieces.unit, return_inverse=True)
        square = square.ravel().astype(np.intp)
    weight = weigh(pieces, parts.even, parts.measure)
    count = int(square.max()) + 1 if len(square) else 0
    first = np.full(count, -1, np.intp)
    first[square[::-1]] = np.arange(len(square))[::-1]
    x, y = pieces.where(first).middle() if count else (np.zeros(0), np.zeros(0))
    col, row = (np.floor(v / spacing).astype(np.int64) for v in (x, y))
    ids = np.array([f"e{c}n{r}" for c, r in zip(col.tolist(), row.tolist(), strict=True)], np.str_)
    own = np.full((2, count), np.nan)
    if apart is not None and count:
        ids = np.char.add(np.char.add(ids, " "), apart.id[pieces.unit[first]])
        # A centre of gravity may lie in the unit next door; the heaviest piece never does.
        order = np.lexsort((-weight, square))
        own = np.array(pieces.where(order[np.searchsorted(square[order], np.arange(count))]).middle())
    return Targets(ids, own[0], own[1], np.full(count, "", np.str_), None, pieces, weight, square)


def _polygons(to: ToRule, parts: Parts, layers: Mapping[str, Any], ledger: Ledger, faults: list[str]) -> Targets | None:
    import shapely

    layer: Layer | None = find(layers, to.areas or "", Layer, faults)
    if layer is None:
        return None
    flat = np.array([g is None or g.is_empty or g.area <= 0 for g in layer.shape], bool)
    if flat.any():
        faults.append(f"layer {layer.name}: {flat.sum()} features are not polygons, first {layer.first(flat)}")
        return None
    title = layer.texts(to.name) if to.name is not None else np.full(len(layer), "", np.str_)
    zone = layer.texts(to.zone) if to.zone is not None else None
    faults += [fault for fault in layer.faults if fault not in faults]
    shape = layer.shape
    broken = ~shapely.is_valid(shape)
    if broken.any():
        shape = shape.copy()
        shape[broken] = shapely.make_valid(shape[broken])
        ledger.note(f"{layer.name}: {broken.sum()} outlines cross themselves and were rebuilt")
    pieces, target = cut(parts.pieces, shape)
    weight = weigh(pieces, parts.even, parts.measure)
    # What no polygon covers stays behind as one remainder a unit, so that shares go by the whole unit.
    count = len(parts.inside)
    before = np.bincount(parts.pieces.unit, parts.weight, minlength=count)
    after = np.bincount(pieces.unit, weight, minlength=count)
    twice = after > before * (1 + 1e-6)
    if twice.any():
        ledger.warn(
            f"{layer.name}: polygons overlap, so {twice.sum()} census units are covered more than once; the people "
            "there are shared out in proportion; repair the outlines"
        )
    if to.rest == "drop":
        # A remainder of noise is none: 1e-9 of a unit is no person in any city.
        left = np.flatnonzero(before - after > 1e-9 * before)
        first = np.full(count, -1, np.intp)
        first[parts.pieces.unit[::-1]] = np.arange(len(parts.pieces))[::-1]
        rest = parts.pieces.where(first[left])
        pieces = join(pieces, rest)
        weight = np.concatenate([weight, (before - after)[left]])
        target = np.concatenate([target, np.full(len(left), OUTSIDE, np.intp)])
    elif (missed := (before > 0) & (after <= 0)).any():
        rest = parts.pieces.where(missed[parts.pieces.unit])
        pieces = join(pieces, rest)
        weight = np.concatenate([weight, parts.weight[missed[parts.pieces.unit]]])
        target = np.concatenate([target, np.full(len(rest), OUTSIDE, np.intp)])
    inside = shapely.point_on_surface(shape)
    x, y = (np.asarray(get(inside), np.float64) for get in (shapely.get_x, shapely.get_y))
    return Targets(layer.id, x, y, title, zone, pieces, weight, target)


def _junctions(
    kinds: list[str], parts: Parts, carriers: Carriers | None, network: Network | None, faults: list[str]
) -> Targets | None:
    import shapely
    from scipy.spatial import KDTree

    if network is None:
        faults.append("people: junctions are asked for, but the recipe has no roads")
        return None
    # With streets as weights their junctions are the pieces already, and each goes to itself where it is allowed.
    wanted = kinds or sorted(set(network.roads.kind.tolist()))
    found = streets(dict.fromkeys(wanted, 1.0), network, faults)
    if found is None:
        return None
    xy = shapely.get_coordinates(found.shape)
    if not len(parts.pieces):
        near = np.zeros(0, np.intp)
    else:
        near = np.asarray(KDTree(xy).query(np.column_stack(parts.pieces.middle()))[1], np.intp)
    title = np.full(len(found.id), "", np.str_)
    return Targets(found.id, xy[:, 0], xy[:, 1], title, None, parts.pieces, parts.weight, near)


def _places(parts: Parts, units: Units, carriers: Carriers | None) -> Targets:
    """Buildings where they carry the people; points and census areas as they are."""
    import shapely

    pieces = parts.pieces
    if carriers is None or not _is_points(carriers.shape):
        inside = _of_unit(units, pieces)
        x, y = (np.asarray(get(inside), np.float64) for get in (shapely.get_x, shapely.get_y))
        return Targets(units.id, x, y, units.title, units.zone, pieces, parts.weight, pieces.unit)
    # A census unit without any building keeps its own point after those of the buildings.
    own = np.unique(pieces.unit[pieces.place < 0])
    place = np.unique(pieces.place[pieces.place >= 0])
    target = np.where(
        pieces.place >= 0,
        np.searchsorted(place, np.maximum(pieces.place, 0)),
        len(place) + np.searchsorted(own, pieces.unit),
    )
    at = np.concatenate([carriers.shape[place], np.asarray(shapely.point_on_surface(units.shape[own]), object)])
    x, y = (np.asarray(get(at), np.float64) for get in (shapely.get_x, shapely.get_y))
    ids = np.concatenate([carriers.id[place], np.char.add("area ", units.id[own])])
    return Targets(ids, x, y, np.full(len(ids), "", np.str_), None, pieces, parts.weight, target.astype(np.intp))


def _is_points(shapes: Shapes) -> bool:
    import shapely

    return bool(len(shapes)) and bool((shapely.get_dimensions(shapes) == 0).all())


def _of_unit(units: Units, pieces: Pieces) -> NDArray[np.object_]:
    """A point inside each unit, within the part of it that lies in the extent."""
    import shapely

    inside = np.asarray(shapely.point_on_surface(units.shape), object)
    biggest = np.lexsort((-pieces.weights(), pieces.unit))
    unit, first = np.unique(pieces.unit[biggest], return_index=True)
    inside[unit] = shapely.point_on_surface(pieces.shape[biggest[first]])
    return inside
