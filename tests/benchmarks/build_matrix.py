"""How long it takes to write a p-median as one sparse matrix: ours, linopy and Pyomo side by side.

    python -m tests.benchmarks.build_matrix

What is timed, from the same arrays (distances, pairs within reach) to numbers that a solver can take:

- ours: index set of pairs, Program, ``Program.matrix()``; labels of all rows and columns stay available;
- linopy, pairs: the same sparse formulation, one dimension of pairs (``groupby`` and ``sel``), then every array of
  ``Model.matrices`` (A, b, sense, c, lb, ub, vtypes);
- linopy, block: what suits linopy best and needs exactly as many sites for each demand: dimensions demand x rank;
- Pyomo, model: a ``ConcreteModel`` only, no matrix yet;
- Pyomo, matrix: the same, then ``LinearStandardFormCompiler`` in its mixed form.

The libraries take turns within each repetition, so that a busy machine hurts all alike. The peak of memory is measured
in a fresh process per way of building. At the end the matrices are compared entry by entry; a difference is exit 1.
"""

from __future__ import annotations

import argparse
import gc
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sp

from formulations.algebra.program import Program
from instances.index import Index

STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Data:
    """A p-median with the nearest sites of each demand: pairs sorted by demand, then site."""

    demand: Index
    site: Index
    nearest: np.ndarray  # (demand, near) positions of sites
    cost: np.ndarray  # (demand, near) people times metres
    p: int

    @property
    def pair_demand(self) -> np.ndarray:
        return np.repeat(np.arange(self.nearest.shape[0]), self.nearest.shape[1])

    @property
    def pair_site(self) -> np.ndarray:
        return self.nearest.ravel()


class Ready(NamedTuple):
    """What a solver takes. Columns: open, then assign; rows: served, linked, count."""

    A: sp.csr_array
    row_lower: np.ndarray
    row_upper: np.ndarray
    cost: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    integer: np.ndarray


def example(demand: int, sites: int, near: int, seed: int = 1) -> Data:
    """Random places on a square."""
    rng = np.random.default_rng(seed)
    homes, places = rng.random((demand, 2)), rng.random((sites, 2))
    distance = np.hypot(*(homes[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    nearest = np.sort(np.argpartition(distance, near - 1, axis=1)[:, :near], axis=1)
    cost = rng.integers(1, 200, demand)[:, None] * np.take_along_axis(distance, nearest, axis=1)
    return Data(
        Index.named("demand", (f"d{i}" for i in range(demand))),
        Index.named("site", (f"s{j}" for j in range(sites))),
        nearest,
        cost,
        p=max(1, sites // 15),
    )


def ours(data: Data) -> Any:
    pair = Index.tuples("pair", demand=(data.demand, data.pair_demand), site=(data.site, data.pair_site))
    program = Program("p-median")
    open_ = program.binary("open", data.site)
    assign = program.binary("assign", pair)
    program.minimize(distance=(data.cost.ravel() * assign).sum())
    program.subject_to(
        served=assign.sum_by(pair["demand"]) == 1,
        linked=assign <= open_.at(pair["site"]),
        count=open_.sum() == data.p,
    )
    return program.matrix()


def linopy_pairs(data: Data) -> Any:
    import linopy
    import pandas as pd
    import xarray as xr

    site = pd.RangeIndex(data.site.size, name="site")
    pair = pd.RangeIndex(data.nearest.size, name="pair")
    demand_of = xr.DataArray(data.pair_demand, coords=[pair], name="demand")
    site_of = xr.DataArray(data.pair_site, coords=[pair], name="site_of")
    model = linopy.Model()
    open_ = model.add_variables(binary=True, coords=[site], name="open")
    assign = model.add_variables(binary=True, coords=[pair], name="assign")
    model.add_objective((assign * xr.DataArray(data.cost.ravel(), coords=[pair])).sum())
    model.add_constraints((1 * assign).groupby(demand_of).sum() == 1, name="served")
    model.add_constraints(assign - open_.sel(site=site_of, drop=True) <= 0, name="linked")
    model.add_constraints(open_.sum() == data.p, name="count")
    return _linopy_arrays(model)


def linopy_block(data: Data) -> Any:
    import linopy
    import pandas as pd
    import xarray as xr

    site = pd.RangeIndex(data.site.size, name="site")
    both = [pd.RangeIndex(size, name=name) for size, name in zip(data.nearest.shape, ("demand", "rank"), strict=True)]
    site_of = xr.DataArray(data.nearest, coords=both)
    model = linopy.Model()
    open_ = model.add_variables(binary=True, coords=[site], name="open")
    assign = model.add_variables(binary=True, coords=both, name="assign")
    model.add_objective((assign * xr.DataArray(data.cost, coords=both)).sum())
    model.add_constraints(assign.sum("rank") == 1, name="served")
    model.add_constraints(assign - open_.sel(site=site_of, drop=True) <= 0, name="linked")
    model.add_constraints(open_.sum() == data.p, name="count")
    return _linopy_arrays(model)


def _linopy_arrays(model: Any) -> tuple[Any, ...]:
    m = model.matrices
    return m.A, m.b, m.sense, m.c, m.lb, m.ub, m.vtypes


def pyomo_model(data: Data) -> Any:
    import pyomo.environ as pyo

    # plain numbers: Pyomo is markedly slower on numpy scalars
    nearest, cost = data.nearest.tolist(), data.cost.tolist()
    demands, sites, ranks = (range(n) for n in (len(nearest), data.site.size, data.nearest.shape[1]))
    pairs = [(i, j) for i in demands for j in nearest[i]]
    weight = {(i, nearest[i][k]): cost[i][k] for i in demands for k in ranks}
    model = pyo.ConcreteModel()
    model.site = pyo.Set(initialize=sites)
    model.demand = pyo.Set(initialize=demands)
    model.pair = pyo.Set(initialize=pairs, dimen=2)
    model.open = pyo.Var(model.site, domain=pyo.Binary)
    model.assign = pyo.Var(model.pair, domain=pyo.Binary)
    model.distance = pyo.Objective(expr=pyo.quicksum(weight[k] * model.assign[k] for k in pairs))
    model.served = pyo.Constraint(model.demand, rule=lambda m, i: pyo.quicksum(m.assign[i, j] for j in nearest[i]) == 1)
    model.linked = pyo.Constraint(model.pair, rule=lambda m, i, j: m.assign[i, j] <= m.open[j])
    model.count = pyo.Constraint(expr=pyo.quicksum(model.open.values()) == data.p)
    return model


def pyomo_matrix(data: Data) -> Any:
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    # the compiler holds no reference to the model, which the comparison needs afterwards
    model = pyomo_model(data)
    return model, LinearStandardFormCompiler().write(model, mixed_form=True)


WAYS: dict[str, Callable[[Data], Any]] = {
    "ours": ours,
    "linopy, pairs": linopy_pairs,
    "linopy, block": linopy_block,
    "Pyomo, model": pyomo_model,
    "Pyomo, matrix": pyomo_matrix,
}


# -- the same matrix? ------------------------------------------------------------------------------------------------


def ready_from_ours(matrix: Any) -> Ready:
    return Ready(
        matrix.A,
        matrix.row_lower,
        matrix.row_upper,
        matrix.cost({"distance": 1.0})[0],
        matrix.lower,
        matrix.upper,
        matrix.integer,
    )


def ready_from_linopy(arrays: tuple[Any, ...]) -> Ready:
    A, b, sense, c, lower, upper, kinds = arrays
    kind = np.array([str(s)[0] for s in sense])
    return Ready(
        sp.csr_array(A),
        np.where(kind == "<", -np.inf, b),
        np.where(kind == ">", np.inf, b),
        np.asarray(c, dtype=float),
        np.asarray(lower, dtype=float),
        np.asarray(upper, dtype=float),
        np.isin(kinds, ["B", "I"]),
    )


def ready_from_pyomo(built: tuple[Any, Any], data: Data) -> Ready:
    """Columns and rows brought into the common order, by the component each belongs to."""
    model, form = built
    pairs = list(zip(data.pair_demand.tolist(), data.pair_site.tolist(), strict=True))
    columns = _order(form.columns, [model.open[j] for j in range(data.site.size)] + [model.assign[k] for k in pairs])
    wanted = [*(model.served[i] for i in range(data.demand.size)), *(model.linked[k] for k in pairs), model.count]
    rows = _order([row.constraint for row in form.rows], wanted)
    sign = np.array([row.bound_type for row in form.rows])[rows]
    b = np.asarray(form.rhs, dtype=float)[rows]
    variables = [form.columns[j] for j in columns]
    return Ready(
        sp.csr_array(form.A)[rows][:, columns],
        np.where(sign == 1, -np.inf, b),
        np.where(sign == -1, np.inf, b),
        sp.csr_array(form.c)[:, columns].toarray()[0],
        np.array([v.lb for v in variables], dtype=float),
        np.array([v.ub for v in variables], dtype=float),
        np.array([not v.is_continuous() for v in variables]),
    )


def _order(present: Iterable[Any], wanted: Iterable[Any]) -> np.ndarray:
    at = {id(component): k for k, component in enumerate(present)}
    return np.array([at[id(component)] for component in wanted])


def differences(one: Ready, other: Ready) -> list[str]:
    """Names of the parts that are not the same; empty if the matrices agree entry by entry."""
    faults = []
    for name in Ready._fields[1:]:
        a, b = getattr(one, name), getattr(other, name)
        same = a.shape == b.shape and np.array_equal(a, b)
        # objective coefficients pass through different sums and products
        if not (same or (name == "cost" and a.shape == b.shape and np.allclose(a, b, rtol=1e-12, atol=0))):
            faults.append(name)
    if one.A.shape != other.A.shape or one.A.nnz != other.A.nnz or abs(one.A - other.A).max() != 0:
        faults.append("A")
    return faults


def compare(data: Data) -> dict[str, list[str]]:
    """Differences between our matrix and that of each other library."""
    mine = ready_from_ours(ours(data))
    others = {
        "linopy, pairs": ready_from_linopy(linopy_pairs(data)),
        "linopy, block": ready_from_linopy(linopy_block(data)),
        "Pyomo, matrix": ready_from_pyomo(pyomo_matrix(data), data),
    }
    return {name: differences(mine, other) for name, other in others.items()}


# -- measuring -------------------------------------------------------------------------------------------------------


def seconds(build: Callable[[Data], Any], data: Data) -> float:
    """Wall time of one build; what it made is freed outside the measurement."""
    gc.collect()
    start = time.perf_counter()
    made = build(data)
    taken = time.perf_counter() - start
    del made
    return taken


def peak_megabytes(way: str, sizes: tuple[int, int, int]) -> float | None:
    """Growth of resident memory to its peak in a fresh process that builds once; None where Linux does not tell."""
    if not STATUS.exists():
        return None
    code = f"from tests.benchmarks.build_matrix import peak_here; print(peak_here({way!r}, {sizes!r}))"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def peak_here(way: str, sizes: tuple[int, int, int]) -> float:
    """The same in this process, which must have done nothing else."""
    WAYS[way](example(20, 10, 3))  # imports and first-use caches are not part of the matrix
    data = example(*sizes)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the kernel forgets the peak that the example itself caused
    before = _high_water()
    made = WAYS[way](data)
    grown = _high_water() - before
    del made
    return grown


def _high_water() -> float:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    return float(line.split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description="Time to build a p-median matrix: ours, linopy, Pyomo.")
    parser.add_argument("--demand", type=int, default=4000)
    parser.add_argument("--sites", type=int, default=300)
    parser.add_argument("--near", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=5, help="repetitions of every way of building")
    parser.add_argument("--no-memory", action="store_true", help="leave out the peak of memory")
    chosen = parser.parse_args()
    sizes = chosen.demand, chosen.sites, chosen.near
    data = example(*sizes)
    small = example(20, 10, 3)
    for build in WAYS.values():
        build(small)
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(chosen.repeat):
        for way, build in WAYS.items():
            taken[way].append(seconds(build, data))
    median = {way: statistics.median(times) for way, times in taken.items()}
    rows, columns = ours(data).shape
    print(
        f"p-median, {chosen.demand} demand x {chosen.sites} sites x {chosen.near} nearest: {columns} columns, ", end=""
    )
    print(f"{rows} rows, {ours(data).A.nnz} coefficients; {chosen.repeat} repetitions in turn")
    libraries = " ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "linopy", "pyomo"))
    print(f"Python {platform.python_version()} {libraries}, {platform.machine()}\n")
    print(f"{'way':<15}{'median s':>10}{'least s':>10}{'most s':>10}{'of ours':>10}{'peak MB':>10}")
    for way, times in taken.items():
        grown = None if chosen.no_memory else peak_megabytes(way, sizes)
        peak = "" if grown is None else f"{grown:.0f}"
        ratio = median[way] / median["ours"]
        print(f"{way:<15}{median[way]:>10.3f}{min(times):>10.3f}{max(times):>10.3f}{ratio:>10.1f}{peak:>10}")
    linopy = min(median["linopy, pairs"], median["linopy, block"])
    pyomo = min(median["Pyomo, model"], median["Pyomo, matrix"])
    print(f"\nours / linopy (faster way): {median['ours'] / linopy:.3f}   target: at most 2")
    print(f"ours / Pyomo (model only):  {median['ours'] / pyomo:.4f}   target: at most 0.1")
    unequal = {way: parts for way, parts in compare(data).items() if parts}
    print("same matrix from all: " + ("yes, entry by entry" if not unequal else f"NO: {unequal}"))
    if unequal:
        sys.exit(1)


if __name__ == "__main__":
    main()
