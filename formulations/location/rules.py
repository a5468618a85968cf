"""Rules about sites alone: which stay open, which may open, how many, for how much money, and what must differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.affine import Affine
from formulations.algebra.elements import Csr, Floats
from formulations.algebra.program import Program
from formulations.location.access import Access
from formulations.location.faults import is_number, is_whole
from instances.index import Index


@dataclass(frozen=True)
class Differ:
    """At least ``by`` of some sites are not open: how an alternative differs from a plan.

    Attributes
    ----------
    sites
        Labels of the sites that a plan chose (those that were open anyway left out).
    by
        How many of them must be closed.
    """

    sites: tuple[str, ...]
    by: int = 1


@dataclass(frozen=True, eq=False)
class SiteRules:
    """The rules as numbers: ``row_lower <= A y <= row_upper``, ``lower <= y <= upper`` for open sites y.

    Attributes
    ----------
    lower, upper
        Shape (m,): 1, 1 where a site stays or must be open, 0, 0 where it must not.
    kept
        Shape (m,): existing sites, open already; they neither cost anything nor count.
    A, row_lower, row_upper, names
        Rows ``count``, ``budget``, ``differ`` (several may have that name); shape (rows, m) and (rows,).
    """

    lower: Floats
    upper: Floats
    kept: NDArray[np.bool_]
    A: Csr
    row_lower: Floats
    row_upper: Floats
    names: tuple[str, ...]

    @property
    def free(self) -> NDArray[np.bool_]:
        """Sites about which there is something to decide."""
        return self.lower < self.upper

    @property
    def count(self) -> int | None:
        """How many sites are open altogether, the existing ones among them; None if that is not fixed."""
        if "count" not in self.names:
            return None
        k = self.names.index("count")
        return (
            round(float(self.row_lower[k])) + int(self.kept.sum()) if self.row_lower[k] == self.row_upper[k] else None
        )

    @property
    def only_count(self) -> bool:
        """Whether there is no row but the number of sites, or none at all."""
        return self.names in ((), ("count",))


def site_rules(
    access: Access,
    count: int | None,
    budget: float | None,
    require: tuple[str, ...],
    forbid: tuple[str, ...],
    differ: tuple[Differ, ...],
) -> tuple[SiteRules, list[str]]:
    """The rules for some data, and what is wrong with them."""
    m = access.site.size
    lower, upper = np.zeros(m), np.ones(m)
    kept = access.is_status("existing")
    lower[kept | access.is_status("required")] = 1.0
    upper[access.is_status("forbidden")] = 0.0
    place = {label: k for k, label in enumerate(access.site.labels())} if require or forbid or differ else {}
    faults: list[str] = []
    for word, labels in (("require", require), ("forbid", forbid), *(("differ", d.sites) for d in differ)):
        if unknown := [label for label in labels if label not in place]:
            faults.append(f"{word}: no site named {', '.join(map(repr, unknown[:3]))}")
    lower[[place[s] for s in require if s in place]] = 1.0
    upper[[place[s] for s in forbid if s in place]] = 0.0
    if (both := np.flatnonzero(lower > upper)).size:
        some = ", ".join(access.site.label(int(k)) for k in both[:3])
        faults.append(f"require, forbid: {both.size} sites must be open and must not, first {some}")
    rows: list[Floats] = []
    limits: list[tuple[str, float, float]] = []
    new = (~kept).astype(float)
    if count is not None:
        must, may = int(((lower > 0) & ~kept).sum()), int(((upper > 0) & ~kept).sum())
        if not must <= count <= may:
            faults.append(f"p: {count} sites to choose, but {must} are required and only {may} may open")
        rows.append(new)
        limits.append(("count", float(count), float(count)))
    if budget is not None:
        if access.cost is None:
            faults.append("budget: the data say nothing about what sites cost; give cost")
        elif not is_number(budget):
            faults.append(f"budget: {budget!r}, expected a number from 0 up")
        else:
            spent = float((access.cost * new)[lower > 0].sum())
            if spent > budget:
                faults.append(f"budget: {budget:g}, but the sites that are required cost {spent:g}")
            rows.append(access.cost * new)
            limits.append(("budget", -np.inf, float(budget)))
    for d in differ:
        if not is_whole(d.by):
            faults.append(f"differ: by {d.by!r}, expected a whole number of sites from 0 up")
            continue
        row = np.zeros(m)
        row[[place[s] for s in d.sites if s in place]] = 1.0
        rows.append(row)
        limits.append(("differ", -np.inf, float(row.sum() - d.by)))
    A = sp.csr_array(np.vstack(rows)) if rows else sp.csr_array((0, m))
    low, high = (np.array([limit[k] for limit in limits], float) for k in (1, 2))
    return SiteRules(lower, upper, kept, A, low, high, tuple(limit[0] for limit in limits)), faults


def add_rules(program: Program, access: Access, rules: SiteRules, opened: Affine) -> None:
    """The same rules as bounds and rows of a program whose variable ``open`` runs over the sites."""
    program.bound("open", lower=rules.lower, upper=rules.upper)
    docs = {
        "count": ("sites", "Exactly so many sites are chosen."),
        "budget": ("money", "The sites chosen cost no more than this."),
        "differ": ("sites", "Some of these sites are closed, so that the plan is another one."),
    }
    seen: dict[str, list[int]] = {}
    for k, name in enumerate(rules.names):
        seen.setdefault(name, []).append(k)
    for name, positions in seen.items():
        index = Index.numbered(name, len(positions))
        body = _rows(program, rules.A[positions], index, opened)
        low, high = rules.row_lower[positions], rules.row_upper[positions]
        relation = body == low if (low == high).all() else body <= high
        program.require(**{name: relation})
        program.describe(name, unit=docs[name][0], doc=docs[name][1])


def _rows(program: Program, A: Csr, index: Index, opened: Affine) -> Affine:
    """Rows over sites as an expression over ``index``."""
    coo = sp.coo_array(A)
    entry = Index.tuples("entry", row=(index, coo.row), site=(opened.dims[0], coo.col))
    return (coo.data * opened.at(entry["site"])).sum_by(entry["row"])
