"""The plan nearest to a wish: the largest shortfall from a reference point as small as possible.

    min  t + rho sum_k (f_k(x) - r_k) / s_k   subject to   x in X,   (f_k(x) - r_k) / s_k <= t

Any point of a front, supported or not, is the answer for some reference point r; the term with rho keeps answers from
being only weakly efficient. Source: Steuer and Choo (1983), DOI 10.1007/BF02591870; Wierzbicki (1986),
DOI 10.1007/BF01719738.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Block, Matrix
from solver.backends.search import Search
from solver.certificate import snapped, verify
from solver.clock import Clock
from solver.pareto.archive import Archive, Budget
from solver.pareto.bounds import Fact
from solver.pareto.extremes import find_ends
from solver.pareto.scalar import Outcome, Scalars
from solver.pareto.space import Space
from solver.pareto.zones import local_upper_bounds, split

RHO = 1e-3
"""Weight of the sum beside the largest shortfall."""

SHORTFALL = "shortfall"
"""Name of the column t and of the rows that hold it."""


FINE = 1e-6
"""Share of a range below which two values without a common step count as the same, if nothing is said."""


@dataclass(frozen=True, eq=False)
class Compromise:
    """The plan nearest to a reference point.

    Attributes
    ----------
    outcome
        The plan, and the fact that tells how far it is from the front.
    shortfall
        ``max_k (y_k - r_k) / s_k`` of the plan; None without one.
    bound
        No plan has a lower ``shortfall + rho * sum_k (y_k - r_k) / s_k``.
    facts
        All that was proven: among others that no plan lies below the reference point moved by the bound.
    """

    outcome: Outcome
    shortfall: float | None
    bound: float
    facts: tuple[Fact, ...]


def run(ask: Scalars, archive: Archive, budget: Budget, resolution: Floats | None = None) -> bool:
    """Search a front for any number of objectives: the wish is always the lower corner of the widest open zone.

    A plan found in the zone splits it; a bound that no plan in the zone could have closes it.

    Parameters
    ----------
    resolution
        Shape (p,): points closer together than this in an objective may be taken for one; where an objective has no
        step, :data:`FINE` of its range if None.

    Returns
    -------
    bool
        Whether no point is missing, but for the resolution.
    """
    space, p = ask.space, ask.space.size
    if budget.over(archive.solves, len(archive.points)):
        return False
    ends = find_ends(ask, archive)
    if not len(archive.points):
        return ends.exact
    if not (np.isfinite(ends.ideal).all() and np.isfinite(ends.nadir).all()):
        return False
    width = np.where(ends.nadir > ends.ideal, ends.nadir - ends.ideal, 1.0)
    fine = FINE * width if resolution is None else np.where(resolution > 0, resolution, FINE * width)
    step = np.where(space.step > 0, space.step, fine)
    step = step if resolution is None else np.maximum(step, fine)
    uppers = local_upper_bounds(archive.points, ends.nadir + step)
    complete = ask.gap == 0.0
    while len(uppers):
        if budget.over(archive.solves, len(archive.points)):
            return False
        corners = space.raised(archive.bounds.corner(space.below(uppers)))
        last = np.where(space.step > 0, space.below(uppers), uppers - step)
        still = (corners <= last + 1e-9 * width).all(axis=1)
        uppers, corners, last = uppers[still], corners[still], last[still]
        if not len(uppers):
            return complete
        at = int(np.argmax(((uppers - corners) / width).min(axis=1)))
        # a plan in the zone falls short of the wish by one scale at most, one outside by a step more
        scale = np.maximum(last[at] - corners[at], step)
        rho = min(RHO, 0.4 * float((step / scale).min()) / p)
        found = tchebycheff(ask, last[at] - scale, scale, rho=rho)
        archive.solves += 1
        for fact in found.facts:
            archive.prove(fact)
        y = found.outcome.y
        if found.outcome.x is not None and y is not None:
            archive.take(found.outcome.x, "exact")
        if y is not None and (y < uppers[at]).all():
            uppers = split(uppers, y)
            continue
        empty = found.bound > 1.0 + rho * p
        complete &= empty
        if empty:
            archive.prove(Fact(last[at], 1.0 / scale, math.inf))
        uppers = np.delete(uppers, at, axis=0)
    return complete


def tchebycheff(
    ask: Scalars,
    reference: Floats,
    scale: Floats,
    *,
    rho: float = RHO,
    start: Floats | None = None,
    seconds: float | None = None,
) -> Compromise:
    """Ask for the plan nearest to a reference point.

    Parameters
    ----------
    reference
        Shape (p,): values wished for, within reach or not.
    scale
        Shape (p,), positive: what counts as one unit in each objective; dividing by weights is the same.
    rho
        Positive; the larger, the more a plan is preferred that is better in all other objectives.

    Raises
    ------
    ValueError
        If shapes, scale or rho are wrong; all faults at once.
    """
    from solver.backends.highs import run_highs

    space = ask.space
    r, s = np.asarray(reference, float), np.asarray(scale, float)
    faults = (
        [] if r.shape == (space.size,) and np.isfinite(r).all() else [f"reference is {r}, not {space.size} numbers"]
    )
    good = s.shape == (space.size,) and np.isfinite(s).all() and bool((s > 0).all())
    faults += [] if good else [f"scale is {s}, not {space.size} numbers above 0"]
    faults += [] if rho > 0 and math.isfinite(rho) else [f"rho is {rho}, not above 0"]
    if faults:
        raise ValueError("\n  - ".join([f"{space.matrix.name}, reference point:", *faults]))
    matrix = with_shortfall(space, r, s)
    share = np.asarray((rho / s) @ space.C).ravel()
    cost = np.append(share, 1.0)
    constant = float((rho / s) @ (space.c0 - r))
    limit = min((t for t in (seconds, ask.clock.left) if t is not None), default=None)
    begin = None if start is None else np.append(start, _shortfall(space.values(start[None, :])[0], r, s))
    search = Search(cost, constant, Clock(limit), ask.gap, ask.seed, ask.threads, start=begin)
    answer = run_highs(matrix, search)
    ask.solves += 1
    if answer.state == "infeasible":
        nothing = Fact(np.full(space.size, np.inf), 1.0 / s, math.inf)
        return Compromise(Outcome("empty", None, None, nothing), None, math.inf, (nothing,))
    x = None if answer.x is None else snapped(space.matrix, answer.x[:-1])
    if x is not None and not verify(space.matrix, {space.names[0]: 1.0}, x, verify_bound=False).feasible:
        x = None
    below = _empty_below(r, s, answer.bound, rho)
    if x is None:
        return Compromise(Outcome("stopped", None, None, below), None, answer.bound, (below,))
    y = space.values(x[None, :])[0]
    t = _shortfall(y, r, s)
    # plans that fall short by no more than t have rho * sum (y - r) / s >= bound - t
    near = Fact(r + t * s, 1.0 / s, float((r / s).sum()) + (answer.bound - t) / rho)
    state = "solved" if answer.state == "finished" else "stopped"
    return Compromise(Outcome("solved" if state == "solved" else "stopped", x, y, near), t, answer.bound, (near, below))


def with_shortfall(space: Space, reference: Floats, scale: Floats) -> Matrix:
    """The program with a column t, ``f_k(x) - scale_k t <= reference_k`` for every objective; t costs nothing yet."""
    matrix, p = space.matrix, space.size
    rows, columns = matrix.shape
    column = Block(SHORTFALL, (), columns, 1)
    block = Block(SHORTFALL, (), rows, p, rule=True)
    A = sp.block_array([[matrix.A, None], [space.C, sp.csr_array(-scale[:, None])]], format="csr")
    C = sp.hstack([matrix.C, sp.csr_array((matrix.C.shape[0], 1))], format="csr")
    return replace(
        matrix,
        columns={**matrix.columns, SHORTFALL: column},
        rows={**matrix.rows, SHORTFALL: block},
        C=_canonical(C),
        A=_canonical(A),
        row_lower=np.append(matrix.row_lower, np.full(p, -np.inf)),
        row_upper=np.append(matrix.row_upper, reference - space.c0),
        lower=np.append(matrix.lower, -np.inf),
        upper=np.append(matrix.upper, np.inf),
        integer=np.append(matrix.integer, False),
    )


def _canonical(stacked: Any) -> Csr:
    matrix = sp.csr_array(stacked)
    matrix.sum_duplicates()
    matrix.sort_indices()
    return matrix


def _shortfall(y: Floats, reference: Floats, scale: Floats) -> float:
    return float(((y - reference) / scale).max())


def _empty_below(reference: Floats, scale: Floats, bound: float, rho: float) -> Fact:
    """A plan below ``reference + t * scale`` costs ``t (1 + rho p)`` at most: none where the bound is higher."""
    t = bound / (1.0 + rho * len(scale))
    within = reference + (t - 1e-9 * max(1.0, abs(t))) * scale
    return Fact(within, 1.0 / scale, math.inf if math.isfinite(bound) else -math.inf)
