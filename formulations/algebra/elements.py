"""Elements of a product of index sets: their shape, their names, and data laid over them."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from instances.index import Index

Csr: TypeAlias = "sp.csr_array[np.float64, tuple[int, int]]"
Dims: TypeAlias = tuple[Index, ...]
Floats: TypeAlias = NDArray[np.float64]


def shape_of(dims: Dims) -> tuple[int, ...]:
    """Sizes of the index sets; ``()`` for a single element."""
    return tuple(d.size for d in dims)


def size_of(dims: Dims) -> int:
    """Number of elements in row-major order; 1 without dimensions."""
    return math.prod(d.size for d in dims)


def label_of(dims: Dims, k: int) -> str:
    """Name of the k-th element in row-major order, components joined with a comma; ``""`` without dimensions."""
    size = size_of(dims)
    if not 0 <= k < size:
        raise IndexError(f"Element {k} does not exist: there are {size} over {list(dims)}.")
    return ",".join(
        d.label(int(position)) for d, position in zip(dims, np.unravel_index(k, shape_of(dims)), strict=True)
    )


def first_labels(dims: Dims, bad: NDArray[np.bool_], count: int = 3) -> str:
    """The first offenders by name, for error texts. ``bad`` is flat, one flag per element."""
    return ", ".join(label_of(dims, int(k)) or "the single value" for k in np.flatnonzero(bad)[:count])


def describe_dims(dims: Dims) -> str:
    """``demand[40] x scenario[12]``, or words for the case without dimensions."""
    return " x ".join(map(repr, dims)) or "no dimension (a single value)"


def laid_over(dims: Dims, value: object, role: str, *, infinite: bool = False) -> Floats:
    """Numbers over ``dims``, flattened in row-major order and copied; a scalar is repeated.

    Parameters
    ----------
    value
        A scalar or an array of exactly the shape of ``dims``. Nothing else is broadcast: an array that happens to
        fit along one dimension is more often a mistake than a wish.
    role
        What the numbers are, for the error text.
    infinite
        Whether infinite values are allowed.

    Raises
    ------
    TypeError
        If the value is not numeric.
    ValueError
        If the shape is wrong or values are missing or infinite; the count and the first elements are named.
    """
    raw = np.asarray(value)
    if raw.dtype.kind not in "buif":
        raise TypeError(f"{role}: expected numbers, got {type(value).__name__} of type {raw.dtype}.")
    shape = shape_of(dims)
    if raw.ndim and raw.shape != shape:
        raise ValueError(
            f"{role}: data of shape {raw.shape} cannot be laid over {describe_dims(dims)}; "
            f"give a scalar or an array of shape {shape}."
        )
    numbers = raw.astype(np.float64)  # a copy: what the caller does to the array later must not reach the program
    bad = np.isnan(numbers) if infinite else ~np.isfinite(numbers)
    if bad.any():
        flat = np.broadcast_to(bad, shape).ravel()
        what = "missing (NaN)" if np.isnan(numbers).any() else "infinite"
        raise ValueError(
            f"{role}: {int(flat.sum())} of {flat.size} values are {what}, first at {first_labels(dims, flat)}. "
            "A missing datum is not a zero and an infinite one is not a number: fill it in or drop the element."
        )
    return np.broadcast_to(numbers, shape).reshape(-1) if raw.ndim else np.broadcast_to(numbers, (size_of(dims),))
