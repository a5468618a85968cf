"""Hazards: random fields that are correlated in space, and what an intensity does to places, stock and roads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

EXACT = 2_500  # points up to which the covariance is factorised as it is
FINEST = 30.0  # lattice spacings in one reach, beyond that
COARSEST = 8.0
LATTICE = 4_000_000  # most lattice points


def correlated_field(xy: Floats, reach: float, count: int, rng: np.random.Generator) -> Floats:
    """Standard normal fields whose values are alike where points are near: correlation ``exp(-3 h / reach)``.

    At the distance ``reach`` 95 % of the correlation is gone (0.05 is left), the usual practical range of an
    exponential variogram. Up to 2,500 points the covariance is factorised (Cholesky, exact). Beyond that, fields
    are drawn on a square lattice by circulant embedding (Dietrich & Newsam 1997, doi:10.1137/S1064827592240555) and
    carried to the points bilinearly; what variance the averaging loses is given back to every point as noise of its
    own, so that variances are 1 and correlations are right for points farther apart than the lattice spacing
    (``reach / 30``, coarser only where the lattice would grow too large), and too low by at most 0.1 for nearer ones.

    Parameters
    ----------
    xy
        Points in metres, shape ``(points, 2)``.
    reach
        Practical range in metres.
    count
        Number of independent fields.

    Returns
    -------
    array of shape (count, points)

    Raises
    ------
    ValueError
        If points are not finite, the reach is not positive, or the points spread over so many reaches that the lattice
        would not fit in memory.
    """
    xy = np.asarray(xy, np.float64)
    if xy.ndim != 2 or xy.shape[1] != 2 or not np.isfinite(xy).all():
        raise ValueError(f"Points must be finite numbers of shape (points, 2), got {xy.shape}.")
    if not (np.isfinite(reach) and reach > 0):
        raise ValueError(f"reach is {reach}; it must be a number of metres above 0.")
    if not len(xy) or not count:
        return np.zeros((count, len(xy)))
    if len(xy) > EXACT:
        return OnLattice(xy, reach).draw(count, rng)
    from scipy.spatial.distance import cdist

    covariance = np.exp(-3.0 * cdist(xy, xy) / reach)
    covariance[np.diag_indices_from(covariance)] += 1e-10  # points that coincide make it singular
    exact: Floats = rng.standard_normal((count, len(xy))) @ np.linalg.cholesky(covariance).T
    return exact


class OnLattice:
    """Fields on a square lattice, made ready once for many draws with the same points and reach."""

    def __init__(self, xy: Floats, reach: float, most: int = LATTICE) -> None:
        from scipy import fft

        low, step = xy.min(axis=0), _spacing(np.ptp(xy, axis=0), reach, most)
        rows, columns = _torus(np.ptp(xy, axis=0), reach, step)
        away = [np.minimum(np.arange(n), n - np.arange(n)) * step for n in (rows, columns)]
        power = np.clip(fft.rfft2(np.exp(-3.0 * np.hypot(away[0][:, None], away[1][None, :]) / reach)).real, 0.0, None)
        drawn = fft.irfft2(power, s=(rows, columns))  # the covariance left after clipping negative eigenvalues
        drawn, power = drawn / drawn[0, 0], power / drawn[0, 0]
        corners, weights = _bilinear((xy - low) / step)
        variance = np.zeros(len(xy))
        for weight, (i, j) in zip(weights, corners, strict=True):
            for other, (k, m) in zip(weights, corners, strict=True):
                variance += weight * other * drawn[np.abs(i - k), np.abs(j - m)]
        self.shape, self.root, self.corners, self.weights = (rows, columns), np.sqrt(power), corners, weights
        self.lost = np.sqrt(np.clip(1.0 - variance, 0.0, None))

    def draw(self, count: int, rng: np.random.Generator) -> Floats:
        """Independent fields, shape (count, points)."""
        from scipy import fft

        fields = np.empty((count, len(self.lost)))
        for field in fields:
            values = fft.irfft2(self.root * fft.rfft2(rng.standard_normal(self.shape)), s=self.shape)
            field[:] = self.lost * rng.standard_normal(len(self.lost))
            for weight, (i, j) in zip(self.weights, self.corners, strict=True):
                field += weight * values[i, j]
        return fields


def _spacing(span: Floats, reach: float, most: int) -> float:
    """Lattice spacing in metres: as fine as memory allows."""
    for spacings in np.arange(FINEST, COARSEST - 0.5, -1.0):
        rows, columns = _torus(span, reach, reach / spacings)
        if rows * columns <= most:
            return float(reach / spacings)
    raise ValueError(
        f"points spread over {span[0]:.0f} x {span[1]:.0f} m, too far for a reach of {reach:.0f} m "
        f"({rows * columns:,} lattice points, {most:,} at most); raise the reach"
    )


def _torus(span: Floats, reach: float, step: float) -> tuple[int, int]:
    """Lattice points each way: the extent and two reaches, so that opposite edges do not feel each other, even."""
    from scipy import fft

    rows, columns = (2 * int(fft.next_fast_len(int(np.ceil((s + 2.0 * reach) / step / 2.0)) + 1)) for s in span)
    return rows, columns


def _bilinear(at: Floats) -> tuple[list[tuple[NDArray[np.intp], NDArray[np.intp]]], list[Floats]]:
    """Lattice corners around each point, and their weights."""
    base = np.floor(at).astype(np.intp)
    u, v = (at - base).T
    i, j = base.T
    corners = [(i, j), (i + 1, j), (i, j + 1), (i + 1, j + 1)]
    return corners, [(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v]


def usable_share(intensity: Floats, onset: float, ruin: float) -> Floats:
    """Share of a place still usable [1]: all up to ``onset``, none from ``ruin`` on, linear between.

    ``intensity`` has any unit and shape; ``onset`` and ``ruin`` share its unit. Thresholds are data of a case.

    Raises
    ------
    ValueError
        If ``ruin`` is not above ``onset``.
    """
    if not ruin > onset:
        raise ValueError(f"ruin ({ruin}) must be above onset ({onset}).")
    share: Floats = np.clip((ruin - np.asarray(intensity, np.float64)) / (ruin - onset), 0.0, 1.0)
    return share


def survival(intensity: Floats, median: float, spread: float) -> Floats:
    """Share of stock (or chance of a part) that survives [1]: one minus a lognormal fragility curve.

    ``1 - Phi(ln(intensity / median) / spread)``; half survives at ``median``. The lognormal form is that of Porter,
    Kennedy & Bachman (2007), doi:10.1193/1.2720892; median and spread are data of a case.

    Raises
    ------
    ValueError
        If median or spread is not positive, or an intensity is negative.
    """
    from scipy.special import ndtr

    intensity = np.asarray(intensity, np.float64)
    if not (median > 0 and spread > 0) or (intensity < 0).any():
        raise ValueError(f"median ({median}) and spread ({spread}) must be above 0, intensities not below.")
    with np.errstate(divide="ignore"):
        share: Floats = 1.0 - ndtr(np.log(intensity / median) / spread)
    return share


def cut_links(intensity: Floats, median: float, spread: float, field: Floats) -> Flags:
    """Links that fail: those whose fragility at the intensity exceeds the quantile of a standard normal ``field``.

    A link fails with the probability of its lognormal fragility curve (:func:`survival`), and neighbours fail together
    as far as the field is correlated. Both arrays have the shape of the links.
    """
    from scipy.special import ndtr

    flags: Flags = np.asarray(ndtr(field) < 1.0 - survival(intensity, median, spread), bool)
    return flags


def slowdown(intensity: Floats, onset: float, most: float) -> Floats:
    """Factor on travel time [1]: 1 up to ``onset``, then in proportion (2 at ``2 x onset``), at most ``most``.

    Raises
    ------
    ValueError
        If ``onset`` is not positive or ``most`` is below 1.
    """
    if not onset > 0 or not most >= 1:
        raise ValueError(f"onset ({onset}) must be above 0 and most ({most}) at least 1.")
    factor: Floats = np.clip(np.asarray(intensity, np.float64) / onset, 1.0, most)
    return factor


def need(people: Floats, affected: Floats, share: float) -> Floats:
    """People who need a place, in whole people: residents x share of homes affected x share that seeks a public place.

    ``people`` [people] and ``affected`` [1, in 0 to 1] have the same shape.
    """
    seeking: Floats = np.rint(np.asarray(people, np.float64) * np.clip(affected, 0.0, 1.0) * share)
    return seeking
