"""The first stage of a program as a vector of yes and no, and the rules that bind it on its own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from solver.certificate import ABSOLUTE, RELATIVE
from solver.genetic.decoder import Genomes


@dataclass(frozen=True, eq=False)
class Rules:
    """Rows ``lower <= A g <= upper`` that every genome of a plan keeps.

    They are the rows of the program on genes alone, and what follows for the genes from rows that other decisions take
    part in, with those at the bound that gives the genes most room.

    Attributes
    ----------
    A
        Shape (rules, genes).
    lower, upper
        Shape (rules,), infinite where there is no limit.
    labels
        Name of the row that each came from.
    """

    A: Csr
    lower: Floats
    upper: Floats
    labels: tuple[str, ...]

    @property
    def tolerance(self) -> Floats:
        """By how much each may be broken, as in :mod:`solver.certificate`: shape (rules,)."""
        side = np.maximum(_finite(np.abs(self.lower)), _finite(np.abs(self.upper)))
        return ABSOLUTE + RELATIVE * side

    @property
    def size(self) -> Floats:
        """What counts as one unit of each rule: its largest coefficient, shape (rules,)."""
        largest = abs(self.A).max(axis=1).toarray().ravel() if self.A.shape[0] else np.empty(0)
        return np.where(largest > 0, largest, 1.0)

    def excess(self, activity: Floats) -> Floats:
        """By how much each rule is broken, in its unit, zero within the tolerance: (..., rules) -> (..., rules)."""
        by = np.maximum(self.lower - activity, activity - self.upper)
        return np.where(by > self.tolerance, by, 0.0) / self.size

    def violation(self, genomes: Genomes) -> Floats:
        """Sum of what is broken: (members, genes) -> (members,)."""
        activity = np.asarray((self.A @ genomes.T.astype(float)).T)
        total: Floats = self.excess(activity).sum(axis=1)
        return total


@dataclass(frozen=True, eq=False)
class Genome:
    """Some yes-or-no columns of a program.

    Attributes
    ----------
    columns
        Positions in the matrix, shape (genes,).
    lower, upper
        Whether a gene must be in, and may be in, shape (genes,).
    coordinates
        Where each gene lies, shape (genes, 2), in any unit of length; None if places mean nothing.
    groups
        Shape (genes,): genes of one place (grades of a site, say) share a number; None if each stands alone.
    """

    matrix: Matrix
    names: tuple[str, ...]
    columns: NDArray[np.intp]
    lower: NDArray[np.bool_]
    upper: NDArray[np.bool_]
    rules: Rules
    coordinates: Floats | None = None
    groups: NDArray[np.intp] | None = None

    @property
    def kind(self) -> np.dtype[np.bool_]:
        """Genes are in or out."""
        return np.dtype(bool)

    @classmethod
    def of(
        cls,
        matrix: Matrix,
        names: Sequence[str] = ("open",),
        *,
        coordinates: Floats | None = None,
        groups: NDArray[np.intp] | None = None,
    ) -> Genome:
        """The genome that consists of some variables of a program, in the order given.

        Raises
        ------
        ValueError
            If a variable is unknown, stands twice, is not yes-or-no, or a shape is wrong; all faults at once.
        """
        faults = [f"variable {n!r} is unknown; there are {', '.join(matrix.columns)}" for n in names]
        faults = [f for n, f in zip(names, faults, strict=True) if n not in matrix.columns]
        faults += [f"variable {n!r} stands twice" for n in sorted({n for n in names if list(names).count(n) > 1})]
        known = [n for n in names if n in matrix.columns]
        for n in known:
            span = matrix.columns[n].span
            bad = ~matrix.integer[span] | (matrix.lower[span] < 0) | (matrix.upper[span] > 1)
            if bad.any():
                first = matrix.column_label(matrix.columns[n].start + int(np.argmax(bad)))
                faults.append(f"variable {n!r} is not yes-or-no in {int(bad.sum())} elements, first {first}")
        parts = [np.arange(matrix.columns[n].start, matrix.columns[n].start + matrix.columns[n].size) for n in known]
        columns = np.concatenate([np.empty(0, np.intp), *parts]).astype(np.intp)
        if not columns.size:
            faults.append("there is no gene")
        where = None if coordinates is None else np.asarray(coordinates, float)
        if where is not None and (where.shape != (columns.size, 2) or not np.isfinite(where).all()):
            faults.append(f"coordinates: need finite numbers of shape ({columns.size}, 2), got shape {where.shape}")
        kin = None if groups is None else np.asarray(groups)
        if kin is not None and (kin.shape != (columns.size,) or kin.dtype.kind not in "iu"):
            faults.append(f"groups: need whole numbers of shape ({columns.size},), got {kin.dtype} {kin.shape}")
        if faults:
            raise ValueError("\n  - ".join([f"{matrix.name}, genome:", *faults]))
        return cls(
            matrix=matrix,
            names=tuple(names),
            columns=columns,
            lower=matrix.lower[columns] > 0.5,
            upper=matrix.upper[columns] > 0.5,
            rules=_rules(matrix, columns),
            coordinates=where,
            groups=None if kin is None else np.unique(kin, return_inverse=True)[1].astype(np.intp),
        )

    @property
    def size(self) -> int:
        """Number of genes."""
        return len(self.columns)

    @property
    def free(self) -> NDArray[np.intp]:
        """Positions of the genes that may be in or out."""
        return np.flatnonzero(self.upper & ~self.lower)

    def read(self, plans: Floats | Csr) -> Genomes:
        """The genomes of plans, (members, columns) -> (members, genes)."""
        part = plans[:, self.columns]
        return np.asarray(part if isinstance(part, np.ndarray) else part.toarray()) > 0.5

    def held(self, genomes: Genomes) -> Genomes:
        """Genomes with every fixed gene at its only value."""
        return (genomes & self.upper) | self.lower

    def digest(self) -> str:
        """SHA-256 over the program and what the genome adds to it."""
        digest = hashlib.sha256(self.matrix.digest().encode())
        for array in (self.columns, self.lower, self.upper, self.coordinates, self.groups):
            digest.update(b"none" if array is None else np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def _rules(matrix: Matrix, columns: NDArray[np.intp]) -> Rules:
    gene = np.zeros(matrix.shape[1], bool)
    gene[columns] = True
    touched = np.flatnonzero(np.asarray(abs(matrix.A) @ gene.astype(float)) > 0)
    A = sp.csr_array(matrix.A[touched])
    rest = sp.csr_array(A * sp.csr_array((~gene).astype(float)[None, :]))
    rest.eliminate_zeros()
    least, most = _reach(rest, matrix.lower, matrix.upper)
    own = sp.csr_array(A[:, columns])
    low, high = _reach(own, matrix.lower[columns], matrix.upper[columns])
    with np.errstate(invalid="ignore"):
        # rounding in the sums of the others must not forbid a genome that a plan has
        slack = np.where(np.diff(rest.indptr) > 0, 1e-9 * (_finite(np.abs(least)) + _finite(np.abs(most))), 0.0)
        lower = matrix.row_lower[touched] - most - slack
        upper = matrix.row_upper[touched] - least + slack
    lower = np.where(np.isnan(lower) | (lower <= low), -np.inf, lower)
    upper = np.where(np.isnan(upper) | (upper >= high), np.inf, upper)
    kept = np.isfinite(lower) | np.isfinite(upper)
    labels = tuple(matrix.row_label(int(r)) for r in touched[kept])
    return Rules(sp.csr_array(own[kept]), lower[kept], upper[kept], labels)


def _reach(A: Csr, lower: Floats, upper: Floats) -> tuple[Floats, Floats]:
    """Least and largest value of each row over a box."""
    up, down = A.maximum(0), A.minimum(0)
    ends = []
    for first, second in ((lower, upper), (upper, lower)):
        total = np.zeros(A.shape[0])
        for part, side in ((up, first), (down, second)):
            with np.errstate(invalid="ignore"):
                terms = part.data * side[part.indices]
            np.add.at(total, np.repeat(np.arange(A.shape[0]), np.diff(part.indptr)), terms)
        ends.append(total)
    return ends[0], ends[1]


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, 0.0)
