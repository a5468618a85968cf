"""Affine expressions over index sets: linear algebra that reads like the paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Dims, Floats, describe_dims, laid_over, shape_of, size_of
from formulations.algebra.relation import Relation
from formulations.algebra.sparse import add, scale_rows, sum_rows, take_rows
from instances.index import Index, Map

if TYPE_CHECKING:
    from formulations.algebra.program import Program


@dataclass(frozen=True, eq=False)
class Affine:
    """``matrix @ x + constant``: one row per element of ``dims``, in row-major order.

    Two expressions meet only when they run over the same index sets (the same objects, in the same order). Nothing is
    repeated silently: lift an expression with :meth:`at`, :meth:`across` or :meth:`over` first. Numbers are scalars or
    arrays of exactly :attr:`shape`, and always finite.

    Attributes
    ----------
    program
        The program whose variables are the columns.
    dims
        Index sets, first one slowest.
    matrix
        Coefficients, shape (product of dims, columns known when the expression was written).
    constant
        Shape (product of dims,).
    """

    program: Program
    dims: Dims
    matrix: Csr
    constant: Floats

    # numpy arrays on the left hand over to the operators below
    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the dimensions."""
        return shape_of(self.dims)

    def value(self, x: Floats) -> Floats:
        """Numbers taken by the expression at ``x``, for one solution or for a population.

        Shape (columns,) -> shape of dims, or (members, columns) -> (members, shape of dims).
        """
        known = np.asarray(x)[..., : self.matrix.shape[1]]
        return ((self.matrix @ known.T).T + self.constant).reshape((*known.shape[:-1], *self.shape))

    def bounds(self) -> tuple[Floats, Floats]:
        """Least and greatest conceivable value of each element, from the bounds of its variables alone.

        Shapes as dims. Interval arithmetic: safe, not tight. Later tightening of a variable keeps it safe.
        """
        lower, upper = self.program.column_bounds()
        data, column = self.matrix.data, self.matrix.indices
        row = np.repeat(np.arange(self.constant.size), np.diff(self.matrix.indptr))
        with np.errstate(invalid="ignore"):  # 0 * inf where a coefficient is zero: replaced by 0 below
            ends = data * lower[column], data * upper[column]
        least, most = (np.where(data == 0, 0.0, end) for end in (np.minimum(*ends), np.maximum(*ends)))
        low, high = (np.bincount(row, end, minlength=self.constant.size) + self.constant for end in (least, most))
        return low.reshape(self.shape), high.reshape(self.shape)

    # -- changing dimension --------------------------------------------------------------------------------------

    def at(self, map: Map) -> Affine:
        """Value at the image of each element: ``open.at(pair["site"])`` runs over pairs.

        The first dimension must be the target of the map; it becomes the source.
        """
        self._check_first(map.target, "at")
        return self._take(self._positions()[map.position], (map.source, *self.dims[1:]))

    def across(self, *index: Index) -> Affine:
        """Repeat along further, trailing dimensions: ``open.across(scenario)`` runs over site x scenario."""
        return self.over(*self.dims, *index)

    def over(self, *dims: Index) -> Affine:
        """Lay out over ``dims``: reorder the dimensions there are and repeat along those that are new.

        ``loss.over(site, scenario)`` turns scenario -> site x scenario.

        Raises
        ------
        ValueError
            If a present dimension is left out (sum over it instead) or a dimension appears twice.
        """
        if len(set(dims)) != len(dims):
            raise ValueError(f"over: a dimension appears twice in {describe_dims(dims)}; lift with a map instead.")
        if missing := [d for d in self.dims if d not in dims]:
            raise ValueError(f"over: {describe_dims(tuple(missing))} would be lost; sum over it first.")
        kept = [d for d in dims if d in self.dims]
        position = self._positions().transpose([self.dims.index(d) for d in kept])
        position = position.reshape([d.size if d in self.dims else 1 for d in dims])
        return self._take(np.broadcast_to(position, shape_of(dims)), dims)

    def sum_by(self, map: Map) -> Affine:
        """Add up the elements with the same image: ``flow.sum_by(pair["site"])`` runs over sites.

        The first dimension must be the source of the map; it becomes the target. An element that nothing maps to gets
        an empty sum.
        """
        self._check_first(map.source, "sum_by")
        tail = size_of(self.dims[1:])
        group = (map.position[:, None] * tail + np.arange(tail)).reshape(-1) if tail != 1 else map.position
        return self._gather(group, (map.target, *self.dims[1:]))

    def sum(self, over: Index | None = None) -> Affine:
        """Sum over one dimension, or over all of them."""
        if over is None:
            return self._gather(np.zeros(self.constant.size, dtype=np.intp), ())
        if self.dims.count(over) != 1:
            raise ValueError(f"sum: {over!r} appears {self.dims.count(over)} times in {describe_dims(self.dims)}.")
        axis = self.dims.index(over)
        kept = self.dims[:axis] + self.dims[axis + 1 :]
        group = np.arange(size_of(kept)).reshape(shape_of(kept))
        return self._gather(np.broadcast_to(np.expand_dims(group, axis), self.shape).reshape(-1), kept)

    def _positions(self) -> NDArray[np.intp]:
        return np.arange(self.constant.size).reshape(self.shape)

    def _take(self, position: NDArray[np.intp], dims: Dims) -> Affine:
        flat = position.reshape(-1)
        return Affine(self.program, dims, take_rows(self.matrix, flat), self.constant[flat])

    def _gather(self, group: NDArray[np.intp], dims: Dims) -> Affine:
        size = size_of(dims)
        constant = np.bincount(group, self.constant, minlength=size).astype(np.float64, copy=False)
        return Affine(self.program, dims, sum_rows(self.matrix, group, size), constant)

    def _check_first(self, index: Index, verb: str) -> None:
        if not self.dims or self.dims[0] is not index:
            raise ValueError(f"{verb}: the map needs {index!r} as first dimension, got {describe_dims(self.dims)}.")

    # -- algebra -------------------------------------------------------------------------------------------------

    def __add__(self, other: object) -> Affine:
        if isinstance(other, Affine):
            return self._combine(other, 1.0, "add")
        return Affine(self.program, self.dims, self.matrix, self.constant + laid_over(self.dims, other, "add"))

    def __sub__(self, other: object) -> Affine:
        if isinstance(other, Affine):
            return self._combine(other, -1.0, "subtract")
        return Affine(self.program, self.dims, self.matrix, self.constant - laid_over(self.dims, other, "subtract"))

    def __mul__(self, other: object) -> Affine:
        if isinstance(other, Affine):
            raise TypeError("A product of two expressions is not linear; multiply expressions by numbers only.")
        scale = laid_over(self.dims, other, "multiply")
        return Affine(self.program, self.dims, scale_rows(self.matrix, scale), scale * self.constant)

    def __truediv__(self, other: object) -> Affine:
        if isinstance(other, Affine):
            raise TypeError("A quotient of two expressions is not linear; divide expressions by numbers only.")
        divisor = laid_over(self.dims, other, "divide")
        if not divisor.all():
            raise ValueError(f"divide: {int((divisor == 0).sum())} of {divisor.size} divisors are zero.")
        return Affine(self.program, self.dims, scale_rows(self.matrix, 1.0 / divisor), self.constant / divisor)

    def __neg__(self) -> Affine:
        return self * -1.0

    def __pos__(self) -> Affine:
        return self

    def __rsub__(self, other: object) -> Affine:
        return -self + other

    def __rtruediv__(self, other: object) -> NoReturn:
        raise TypeError("A number divided by an expression is not linear.")

    __radd__, __rmul__ = __add__, __mul__

    def __le__(self, other: object) -> Relation:
        return self._relate(other, lambda bound: (np.full(bound.shape, -np.inf), bound), "<=")

    def __ge__(self, other: object) -> Relation:
        return self._relate(other, lambda bound: (bound, np.full(bound.shape, np.inf)), ">=")

    def __eq__(self, other: object) -> Relation:  # type: ignore[override]
        return self._relate(other, lambda bound: (bound, bound), "==")

    def __ne__(self, other: object) -> NoReturn:
        raise TypeError("'!=' is not a linear relation; use <=, >= or ==.")

    def _relate(self, other: object, bounds: Callable[[Floats], tuple[Floats, Floats]], sign: str) -> Relation:
        if isinstance(other, Affine):
            return Relation(self._combine(other, -1.0, sign), *bounds(np.zeros(self.constant.size)))
        # numbers go straight to the bound: 0.3 stays 0.3, which a subtraction would blur
        return Relation(self, *bounds(laid_over(self.dims, other, sign, infinite=True)))

    def _combine(self, other: Affine, factor: float, verb: str) -> Affine:
        if other.program is not self.program:
            raise ValueError(f"{verb}: expressions of two programs, {self.program.name!r} and {other.program.name!r}.")
        if other.dims != self.dims:
            raise ValueError(
                f"{verb}: {describe_dims(self.dims)} cannot meet {describe_dims(other.dims)}. Lift one of them with "
                ".at(map), .across(index) or .over(*dims), or sum; nothing is repeated silently."
            )
        constant = self.constant + factor * other.constant
        return Affine(self.program, self.dims, add(self.matrix, other.matrix, factor), constant)

    def __repr__(self) -> str:
        return f"Affine over {describe_dims(self.dims)}, {self.matrix.nnz} terms"
