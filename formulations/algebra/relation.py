"""Relations: the rows of a program before they have a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from formulations.algebra.elements import Floats, describe_dims
from instances.index import Index, Map

if TYPE_CHECKING:
    from formulations.algebra.affine import Affine


@dataclass(frozen=True, eq=False)
class Relation:
    """``lower <= body <= upper``, elementwise.

    A program accepts rows with a finite bound on at least one side and nothing impossible: ``x <= inf`` says nothing
    and is not dropped silently. Where data hold infinities, write ``(x <= limit).where(np.isfinite(limit))``.

    Attributes
    ----------
    body
        The expression.
    lower, upper
        Flat, one bound per element of the body, in row-major order; the constant of the body is still in the body.
    """

    body: Affine
    lower: Floats
    upper: Floats

    def __bool__(self) -> bool:
        raise TypeError("A relation has no truth value; a chain such as a <= x <= b must be written as two relations.")

    def where(self, mask: ArrayLike) -> Relation:
        """Only the elements where ``mask`` holds.

        The rows then run over a set of tuples with the same component names, so ``cap[A,s3]`` becomes ``cap[A|s3]``.

        Raises
        ------
        TypeError
            If the mask is not boolean (0 and 1 are not accepted: they read like positions).
        ValueError
            If its shape is not that of the body, or the body has no dimension.
        """
        from formulations.algebra.affine import Affine

        body, chosen = self.body, np.asarray(mask)
        if chosen.dtype != np.bool_:
            raise TypeError(f"where: the mask must be true or false, got {chosen.dtype}.")
        if not body.dims or chosen.shape != body.shape:
            raise ValueError(f"where: a mask of shape {chosen.shape} cannot choose from {describe_dims(body.dims)}.")
        at = np.nonzero(chosen)
        # the same set may stand twice (node x node): the later ones are told apart by their place
        named = [
            d.name if [e.name for e in body.dims].count(d.name) == 1 else f"{d.name}{k}"
            for k, d in enumerate(body.dims)
        ]
        flat = np.flatnonzero(chosen)
        sub = Index("|".join(named), flat.size)
        for key, dim, position in zip(named, body.dims, at, strict=True):
            sub.parts[key] = Map(sub, dim, position)
        part = Affine(body.program, (sub,), body.matrix[flat], body.constant[flat])
        return Relation(part, self.lower[flat], self.upper[flat])

    def __repr__(self) -> str:
        return f"Relation over {describe_dims(self.body.dims)}"
