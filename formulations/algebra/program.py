"""A mixed-integer linear program with several objectives, written as named blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Floats, describe_dims, first_labels, laid_over, size_of
from formulations.algebra.matrix import Block, Matrix
from formulations.algebra.relation import Relation
from formulations.algebra.sparse import empty_rows, identity_from, stack
from instances.index import Index


class Program:
    """Collects variables, objectives and rows; :meth:`matrix` freezes them.

    Names of variables, of objectives and of rows are three separate name spaces; within each a name is used once.

    Attributes
    ----------
    name
        What is asked, in a few words.
    columns
        One block per variable, in order of declaration.
    objectives
        Named expressions without dimension, all minimised.
    rows
        One block per row name, in order of declaration; ``block.rule`` tells rules from structure.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.columns: dict[str, Block] = {}
        self.objectives: dict[str, Affine] = {}
        self.rows: dict[str, Block] = {}
        self._relations: dict[str, Relation] = {}
        self._objective_words: dict[str, tuple[str, str]] = {}
        self._bounds: dict[str, tuple[Floats, Floats]] = {}
        self._integer: dict[str, bool] = {}

    # -- decisions -----------------------------------------------------------------------------------------------

    def variable(
        self,
        name: str,
        *dims: Index,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = np.inf,
        integer: bool = False,
        unit: str = "",
        doc: str = "",
    ) -> Affine:
        """Declare one decision per element of ``dims`` and return it as an expression.

        Parameters
        ----------
        lower, upper
            Scalars or arrays of the shape of ``dims``, in ``unit``; ``-inf`` and ``inf`` where there is no bound.
        integer
            Whether the whole block takes whole numbers only.

        Raises
        ------
        ValueError
            If the name is taken, a bound is missing, of the wrong shape, or crosses the other one.
        """
        if not name or name in self.columns:
            raise ValueError(f"{self.name}: variable {name!r} " + ("is already defined." if name else "has no name."))
        given: tuple[object, ...] = dims
        if strange := [d for d in given if not isinstance(d, Index)]:
            raise TypeError(f"{self.name}, {name}: dimensions must be index sets, got {type(strange[0]).__name__}.")
        start, size = self._width(), size_of(dims)
        block = Block(name, dims, start, size, unit, doc)
        low, high = (
            laid_over(dims, bound, f"{self.name}, {side} bound of {name}", infinite=True)
            for side, bound in (("lower", lower), ("upper", upper))
        )
        self._set_bounds(block, low, high, integer)
        self.columns[name] = block
        self._integer[name] = bool(integer)
        return Affine(self, dims, identity_from(start, size), np.zeros(size))

    def binary(self, name: str, *dims: Index, unit: str = "", doc: str = "") -> Affine:
        """Declare yes-or-no decisions; see :meth:`variable`."""
        return self.variable(name, *dims, upper=1.0, integer=True, unit=unit, doc=doc)

    def constant(self, value: ArrayLike, *dims: Index) -> Affine:
        """Numbers as an expression over ``dims``: the neutral start of a sum whose parts may be left out."""
        return Affine(self, dims, empty_rows(size_of(dims)), laid_over(dims, value, f"{self.name}, constant"))

    def bound(self, name: str, *, lower: ArrayLike | None = None, upper: ArrayLike | None = None) -> None:
        """Tighten the bounds of a variable; a bound looser than the present one changes nothing.

        Raises
        ------
        ValueError
            If the variable is unknown or the bounds would cross; the first elements are named.
        """
        block = self._column(name)
        low, high = self._bounds[name]
        if lower is not None:
            given = laid_over(block.dims, lower, f"{self.name}, lower bound of {name}", infinite=True)
            low = np.maximum(low, given)
        if upper is not None:
            given = laid_over(block.dims, upper, f"{self.name}, upper bound of {name}", infinite=True)
            high = np.minimum(high, given)
        self._set_bounds(block, low, high, self._integer[name])

    def fix(self, name: str, positions: Any, value: ArrayLike) -> None:
        """Set elements of a variable to a value within its bounds.

        Parameters
        ----------
        positions
            Whatever selects elements of an array of the block's shape: a boolean mask of that shape, positions, or
            a tuple of positions per dimension.
        value
            A scalar, or one number per element selected.
        """
        block = self._column(name)
        mask = np.asarray(positions)
        if mask.dtype == np.bool_ and mask.shape != block.shape:
            raise ValueError(f"{self.name}, fix {name}: a mask of shape {mask.shape} cannot choose from {block.shape}.")
        low, high = (bound.reshape(block.shape).copy() for bound in self._bounds[name])
        for bound in (low, high):
            bound[positions] = value
        flat = low.reshape(-1)
        if missing := int(np.isnan(flat).sum()):
            raise ValueError(f"{self.name}, fix {name}: {missing} values are missing (NaN).")
        self.bound(name, lower=low, upper=high)

    # -- objectives and rows -------------------------------------------------------------------------------------

    def minimize(self, **objectives: Affine) -> None:
        """Add named objectives; the short form of :meth:`objective`."""
        for name, expression in objectives.items():
            self.objective(name, expression)

    def objective(self, name: str, expression: Affine, *, unit: str = "", doc: str = "") -> None:
        """Add one objective to be minimised, an expression without dimension."""
        if name in self.objectives:
            raise ValueError(f"{self.name}: objective {name!r} is already defined.")
        if not isinstance(expression, Affine):
            raise TypeError(f"{self.name}, objective {name}: expected an expression, got {type(expression).__name__}.")
        if expression.program is not self:
            raise ValueError(f"{self.name}, objective {name}: the expression belongs to {expression.program.name!r}.")
        if expression.dims:
            raise ValueError(
                f"{self.name}, objective {name}: runs over {describe_dims(expression.dims)}; sum it to a single value."
            )
        self.objectives[name] = expression
        self._objective_words[name] = unit, doc

    def subject_to(self, **relations: Relation) -> None:
        """Add structure: rows that are physics or logic and cannot be negotiated."""
        self._add_rows(relations, rule=False)

    def require(self, **relations: Relation) -> None:
        """Add rules: rows somebody set and may relax, such as a budget, a promise or a floor."""
        self._add_rows(relations, rule=True)

    def describe(self, row_name: str, *, unit: str = "", doc: str = "") -> None:
        """Attach the unit of its bound and a sentence to a row block."""
        if row_name not in self.rows:
            raise ValueError(f"{self.name}: no rows named {row_name!r}; there are {', '.join(self.rows) or 'none'}.")
        self.rows[row_name] = replace(self.rows[row_name], unit=unit, doc=doc)

    def _add_rows(self, relations: dict[str, Relation], rule: bool) -> None:
        faults = [f for name, relation in relations.items() for f in self._faults_of_rows(name, relation)]
        if faults:
            raise ValueError("\n  - ".join([f"{self.name}:", *faults]))
        for name, relation in relations.items():
            size = relation.lower.size
            start = sum(block.size for block in self.rows.values())
            self.rows[name] = Block(name, relation.body.dims, start, size, rule=rule)
            self._relations[name] = relation

    def _faults_of_rows(self, name: str, relation: Relation) -> list[str]:
        if not isinstance(relation, Relation):
            return [f"rows {name}: expected a relation, got {type(relation).__name__}; were two numbers compared?"]
        if relation.body.program is not self:
            return [f"rows {name}: the expression belongs to {relation.body.program.name!r}."]
        if name in self.rows:
            return [f"rows {name}: already defined."]
        free = np.isinf(relation.lower) & np.isinf(relation.upper)
        never = (relation.lower == np.inf) | (relation.upper == -np.inf)
        dims, faults = relation.body.dims, []
        if never.any():
            faults.append(f"rows {name}: {int(never.sum())} can never hold, first at {first_labels(dims, never)}.")
        if (free & ~never).any():
            some = first_labels(dims, free & ~never)
            faults.append(
                f"rows {name}: {int((free & ~never).sum())} are bounded by infinity and say nothing, first at {some}; "
                "choose the rows that mean something with .where(np.isfinite(limit))."
            )
        return faults

    # -- the whole -----------------------------------------------------------------------------------------------

    def column_bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of all variables so far, each of shape (columns,)."""
        lower, upper = (np.concatenate([np.empty(0), *(b[side] for b in self._bounds.values())]) for side in (0, 1))
        return lower, upper

    def matrix(self) -> Matrix:
        """Freeze everything said so far; the program can be extended and frozen again."""
        width = self._width()
        relations, objectives = self._relations.values(), self.objectives.values()
        lower, upper = self.column_bounds()
        integer: list[NDArray[np.bool_]] = [np.full(b.size, self._integer[b.name]) for b in self.columns.values()]
        return Matrix(
            name=self.name,
            columns=dict(self.columns),
            rows=dict(self.rows),
            objectives={
                name: Block(name, (), k, 1, *self._objective_words[name]) for k, name in enumerate(self.objectives)
            },
            C=stack([o.matrix for o in objectives], width),
            c0=np.concatenate([np.empty(0), *(o.constant for o in objectives)]),
            A=stack([r.body.matrix for r in relations], width),
            row_lower=np.concatenate([np.empty(0), *(r.lower - r.body.constant for r in relations)]),
            row_upper=np.concatenate([np.empty(0), *(r.upper - r.body.constant for r in relations)]),
            lower=lower,
            upper=upper,
            integer=np.concatenate([np.empty(0, dtype=bool), *integer]),
        )

    def _width(self) -> int:
        last = next(reversed(self.columns.values()), None)
        return last.start + last.size if last else 0

    def _column(self, name: str) -> Block:
        if name not in self.columns:
            raise ValueError(f"{self.name}: no variable named {name!r}; there are {', '.join(self.columns) or 'none'}.")
        return self.columns[name]

    def _set_bounds(self, block: Block, lower: Floats, upper: Floats, integer: bool) -> None:
        # a whole number must fit between the bounds of an integer variable: fixing one to 0.5 is a fault, not a plan
        least, most = (np.ceil(lower), np.floor(upper)) if integer else (lower, upper)
        crossed = (least > most) | (lower == np.inf) | (upper == -np.inf)
        if crossed.any():
            raise ValueError(
                f"{self.name}, variable {block.name}: {int(crossed.sum())} of {block.size} elements have no value "
                f"between their bounds, first at {first_labels(block.dims, crossed)}."
            )
        self._bounds[block.name] = lower, upper

    def __repr__(self) -> str:
        sizes = f"{self._width()} variables, {sum(b.size for b in self.rows.values())} rows"
        return f"Program {self.name!r}: {sizes}, objectives {', '.join(self.objectives) or 'none'}"
