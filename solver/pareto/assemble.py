"""From plans and facts to a front: dominated points out, every point labelled, the whole measured against its bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from solver.pareto.bounds import LowerBounds
from solver.pareto.ceiling import ceiling
from solver.pareto.corners import open_boxes
from solver.pareto.front import Front, Label, nondominated, spread
from solver.pareto.hull import supported
from solver.pareto.space import Space
from solver.versions import versions

MARGIN = 0.1
"""Hypervolumes count from this share of the range beyond the nadir, so that the ends of the front count too."""


def assemble(
    space: Space,
    plans: Floats | Csr,
    origins: Sequence[str],
    bounds: LowerBounds,
    *,
    gap: float,
    complete: bool,
    status: str,
    method: str,
    seconds: float,
    solves: int,
    seed: int = 0,
    top: Floats | None = None,
    resolution: Floats | None = None,
    loss: Floats | None = None,
    options: Mapping[str, Any] | None = None,
) -> Front:
    """A front of the best of some plans.

    Parameters
    ----------
    plans
        Shape (members, columns), each kept by all rows (who calls has checked).
    origins
        How each plan was found.
    bounds
        Everything proven on the way.
    gap
        Share of the range within which a point that is not proven is ``within gap``.
    complete
        Whether all points of the true front are among the plans, and every one of them is on it.
    top
        Shape (p,): a safe upper bound on the nadir; where None, points beyond those found cannot be excluded, and the
        largest value found stands in for it.
    loss
        Shape (p,): every point of the true front is matched by a plan here that is nowhere worse by more than this;
        None where that is not known.
    """
    rows = sp.csr_array(plans)
    values = space.values(rows)
    keep = nondominated(values)
    points = values[keep]
    highest = points.max(axis=0)
    nadir = highest if complete or top is None else np.maximum(highest, top)
    lowest = points.min(axis=0)
    ideal = np.minimum(bounds.ideal, lowest)
    scale = spread(ideal, nadir, lowest)
    reference = nadir + MARGIN * scale
    most_lost = np.inf if loss is None else float((loss / scale).max())
    distance = np.zeros(len(points)) if complete else np.minimum(bounds.distance(points, scale), most_lost)
    own = bounds.verified().distance(points, scale)
    efficient = np.full(len(points), True) if complete else bounds.efficient(points, space.step)
    labels = tuple(
        Label.PROVEN if proven else Label.WITHIN_GAP if d <= gap else Label.FOUND
        for proven, d in zip(efficient, distance, strict=True)
    )
    corners = points if complete else _corners(space, points, bounds)
    epsilon = 0.0 if complete else min(_epsilon(points, corners, scale), most_lost)
    volume, most = _volumes(points, corners, reference, ideal, bounds)
    return Front(
        names=space.names,
        units=tuple(space.matrix.objectives[n].unit for n in space.names),
        points=points,
        plans=rows[keep],
        labels=labels,
        distance=np.where([label is Label.PROVEN for label in labels], 0.0, distance),
        verified=own,
        origins=tuple(origins[int(k)] for k in keep),
        supported=supported(points),
        ideal=ideal,
        nadir=nadir,
        exact_nadir=complete,
        complete=complete,
        epsilon=epsilon,
        hypervolume=volume,
        hypervolume_bound=most,
        reference=reference,
        bounds=bounds,
        resolution=np.zeros(space.size) if resolution is None else resolution,
        status=status,
        solves=solves,
        seconds=seconds,
        method=method,
        seed=seed,
        matrix_digest=space.matrix.digest(),
        options=dict(options or {}),
        versions=versions("highs"),
    )


def _corners(space: Space, points: Floats, bounds: LowerBounds) -> Floats:
    """Lower corners of the zones that may still hold a point."""
    return open_boxes(space, points, bounds)[0]


def still_open(space: Space, points: Floats, bounds: LowerBounds) -> float:
    """The epsilon that a front of these points would have, while it is still searched for; infinite without points."""
    if not len(points):
        return np.inf
    lowest = points.min(axis=0)
    scale = spread(np.minimum(bounds.ideal, lowest), points.max(axis=0), lowest)
    return _epsilon(points, _corners(space, points, bounds), scale)


def _volumes(
    points: Floats, corners: Floats, reference: Floats, ideal: Floats, bounds: LowerBounds
) -> tuple[float, float]:
    """Share of the box that the points dominate, and that any front can; without a finite ideal the latter is open.

    Boxes know best where limits were set, weighted sums where there are many objectives: the smaller bound counts.
    """
    if not np.isfinite(ideal).all():
        return hypervolume(points, reference, np.where(np.isfinite(ideal), ideal, points.min(axis=0))), np.inf
    volume, most = hypervolume(points, reference, ideal), hypervolume(np.vstack([points, corners]), reference, ideal)
    return volume, max(volume, min(most, ceiling(bounds, reference, ideal))) if most > volume else volume


def _epsilon(points: Floats, corners: Floats, scale: Floats) -> float:
    """Largest distance from a zone's lower corner to the nearest point: Section 4.3 of the additive certificate."""
    if not len(corners):
        return 0.0
    away = ((points[None, :, :] - corners[:, None, :]) / scale).max(axis=2)
    return max(0.0, float(away.min(axis=1).max()))


def hypervolume(points: Floats, reference: Floats, ideal: Floats) -> float:
    """Share of the box from ``ideal`` to ``reference`` that the points dominate.

    Source: Fonseca, Paquete and Lopez-Ibanez (2006), DOI 10.1109/CEC.2006.1688440, as moocore computes it.
    """
    import moocore

    width = reference - ideal
    scaled = np.clip((points - ideal) / width, 0.0, None)
    inside = scaled[(scaled < 1.0).all(axis=1)]
    return float(moocore.hypervolume(inside, ref=np.ones(len(width)))) if len(inside) else 0.0
