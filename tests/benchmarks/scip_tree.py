"""Our search tree against SCIP's: the same masters, the same cuts, the same first plan.

    pip install pyscipopt
    python -m tests.benchmarks.scip_tree

The masters are those that the p-median algorithm hands to its tree after its own bounds have decided most sites. SCIP
gets the cuts through a constraint handler, in its separation and in its enforcement. One thread each; seconds are those
of the processor. SCIP is not needed anywhere else, so no extra of Refugia brings it.
"""

from __future__ import annotations

import sys
import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import solver.locating.median.solve as median
from solver.clock import Clock
from solver.locating.locate import locate
from solver.locating.terms import Terms
from solver.locating.tree.master import Master
from solver.locating.tree.search import search
from tests.conftest import DATA, data_folder
from tests.location.known import Known, known_values

LIMIT = 120.0
ROW = "{:<20} {:>6} {:<5} {:>14} {:>14} {:>7} {:>7} {:>9}"


class Handed(NamedTuple):
    """What the tree is given."""

    master: Master
    cutter: Any
    incumbent: NDArray[np.bool_]


class Ended(NamedTuple):
    """What came of it."""

    value: float
    bound: float
    nodes: int
    cuts: int


def handed(known: Known, question: Any, access: Any) -> Handed | None:
    """The master of a question; None if it is settled before a tree is needed."""
    caught: list[Handed] = []

    def catch(master: Master, cutter: Any, terms: Terms, incumbent: NDArray[np.bool_]) -> Any:
        caught.append(Handed(master, cutter, incumbent))
        return search(master, cutter, terms, incumbent=incumbent)

    median.search, kept = catch, median.search  # type: ignore[assignment]
    try:
        locate(question, access, time_limit=LIMIT)
    finally:
        median.search = kept
    return caught[0] if caught else None


def ours(given: Handed) -> Ended:
    found = search(given.master, given.cutter, Terms(Clock(LIMIT)), incumbent=given.incumbent)
    return Ended(found.value, found.bound, found.nodes, found.cuts)


def scip(given: Handed) -> Ended:
    """The master in SCIP. Symmetry and presolving would reason about costs that only the cuts know, so they are off."""
    from pyscipopt import SCIP_RESULT, Conshdlr, Model, quicksum

    master, cutter = given.master, given.cutter
    model = Model()
    model.hideOutput()
    for name, value in {
        "misc/usesymmetry": 0,
        "presolving/maxrounds": 0,
        "limits/time": LIMIT,
        "limits/gap": 0.0,
    }.items():
        model.setParam(name, value)
    if master.grain > 0:
        model.setParam("limits/absgap", master.grain * (1 - 1e-6))
    kinds = ["B" if j < master.sites else "C" for j in range(len(master.cost))]
    columns = [
        model.addVar(lb=float(low), ub=float(high), obj=float(cost), vtype=kind)
        for low, high, cost, kind in zip(master.lower, master.upper, master.cost, kinds, strict=True)
    ]
    rows = [(master.A, master.row_lower, master.row_upper)]
    if master.cuts is not None:
        rows.append((master.cuts.A, master.cuts.lower, np.full(len(master.cuts.lower), np.inf)))
    for A, lower, upper in rows:
        for r in range(A.shape[0]):
            span = slice(A.indptr[r], A.indptr[r + 1])
            body = quicksum(float(a) * columns[j] for a, j in zip(A.data[span], A.indices[span], strict=True))
            if np.isfinite(lower[r]):
                model.addCons(body >= float(lower[r]))
            if np.isfinite(upper[r]):
                model.addCons(body <= float(upper[r]))
    made = 0

    class Costs(Conshdlr):  # type: ignore[misc]
        def point(self, solution: Any = None) -> NDArray[np.float64]:
            return np.array([self.model.getSolVal(solution, column) for column in columns])

        def cut(self, force: bool) -> dict[str, Any]:
            nonlocal made
            found = cutter.separate(self.point())
            if found is None:
                return {"result": SCIP_RESULT.FEASIBLE if force else SCIP_RESULT.DIDNOTFIND}
            for r in range(len(found.lower)):
                row = self.model.createEmptyRowUnspec(f"cut{made}", lhs=float(found.lower[r]), rhs=None, local=False)
                self.model.cacheRowExtensions(row)
                for k in range(found.A.indptr[r], found.A.indptr[r + 1]):
                    self.model.addVarToRow(row, columns[found.A.indices[k]], float(found.A.data[k]))
                self.model.flushRowExtensions(row)
                made += 1
                if self.model.addCut(row, forcecut=force):
                    return {"result": SCIP_RESULT.CUTOFF}
            return {"result": SCIP_RESULT.SEPARATED}

        def conssepalp(self, constraints: Any, nusefulconss: Any) -> dict[str, Any]:
            return self.cut(False)

        def consenfolp(self, constraints: Any, nusefulconss: Any, solinfeasible: Any) -> dict[str, Any]:
            return self.cut(True)

        def consenfops(self, *asked: Any) -> dict[str, Any]:
            return {"result": SCIP_RESULT.SOLVELP}

        def conscheck(self, constraints: Any, solution: Any, *asked: Any) -> dict[str, Any]:
            broken = cutter.separate(self.point(solution))
            return {"result": SCIP_RESULT.FEASIBLE if broken is None else SCIP_RESULT.INFEASIBLE}

        def conslock(self, constraint: Any, locktype: Any, nlockspos: int, nlocksneg: int) -> None:
            for column in columns:
                self.model.addVarLocks(column, nlockspos + nlocksneg, nlockspos + nlocksneg)

    handler = Costs()
    # whole numbers first: the handler is asked about points that branching has already made whole
    model.includeConshdlr(
        handler, "costs", "costs that follow from open sites", sepapriority=1, enfopriority=-1, chckpriority=-1,
        sepafreq=1, needscons=True,
    )  # fmt: skip
    model.addPyCons(model.createCons(handler, "costs"))
    start = model.createSol()
    point = np.concatenate([given.incumbent, cutter.core.nearest(given.incumbent)])
    for column, value in zip(columns, point, strict=True):
        model.setSolVal(start, column, float(value))
    model.addSol(start)
    model.optimize()
    shift = master.constant
    return Ended(model.getObjVal() + shift, model.getDualbound() + shift, model.getNNodes(), made)


def main() -> int:
    """Print the table."""
    data = data_folder()
    if data is None:
        print(f"no benchmark data: set {DATA} to its folder")
        return 1
    print(ROW.format("question", "sites", "tree", "value", "bound", "nodes", "cuts", "CPU"))
    total = {"ours": 0.0, "SCIP": 0.0}
    for known in known_values(data):
        if known.family != "p-median" or (given := handed(known, *known.case(data))) is None:
            continue
        for name, tree in (("ours", ours), ("SCIP", scip)):
            began = time.process_time()
            ended = tree(given)
            seconds = time.process_time() - began
            total[name] += seconds
            cells = [known.name.removesuffix(" p-median"), given.master.sites, name, f"{ended.value:.3f}"]
            print(ROW.format(*cells, f"{ended.bound:.3f}", ended.nodes, ended.cuts, f"{seconds:.2f} s"), flush=True)
    print(", ".join(f"{name} {seconds:.2f} s" for name, seconds in total.items()), "in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
