"""Programs of the tests: small ones that can be enumerated, a city's facility location, and hard ones."""

from __future__ import annotations

from itertools import product

import numpy as np
import scipy.sparse as sp
from hypothesis import strategies as st

from formulations.algebra.matrix import Block, Matrix
from formulations.algebra.program import Program
from instances.index import Index


def matrix_of(A, row_lower, row_upper, lower, upper, integer, C, c0=None, name="test"):
    """A matrix with variables ``x``, rows ``row`` and objectives ``f0``, ``f1``, ..."""
    A, C = np.atleast_2d(np.asarray(A, float)), np.atleast_2d(np.asarray(C, float))
    rows, columns = len(row_lower), len(lower)
    J = Index.named("j", [f"x{j}" for j in range(columns)])
    I = Index.named("i", [f"r{i}" for i in range(rows)])
    return Matrix(
        name,
        {"x": Block("x", (J,), 0, columns)},
        {"row": Block("row", (I,), 0, rows)},
        {f"f{k}": Block(f"f{k}", (), k, 1) for k in range(len(C))},
        sp.csr_array(C),
        np.zeros(len(C)) if c0 is None else np.asarray(c0, float),
        sp.csr_array(A.reshape(rows, columns)),
        *(np.asarray(v, float).copy() for v in (row_lower, row_upper, lower, upper)),
        np.broadcast_to(np.asarray(integer, bool), (columns,)).copy(),
    )


@st.composite
def whole_programs(draw):
    """Pure integer programs of up to four columns in halves and wholes, feasible or not, never unbounded."""
    columns, rows = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    number = st.sampled_from([-3.0, -2.0, -1.5, -1.0, -0.5, 0.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0])
    A = draw(st.lists(st.lists(number, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    lower = np.array(draw(st.lists(st.integers(-2, 1), min_size=columns, max_size=columns)), float)
    upper = lower + draw(st.lists(st.integers(0, 3), min_size=columns, max_size=columns))
    side = np.array(draw(st.lists(st.integers(-4, 6), min_size=rows, max_size=rows)), float) / 2
    kind = draw(st.lists(st.sampled_from(["<=", ">=", "==", "range"]), min_size=rows, max_size=rows))
    row_lower = np.array([-np.inf if k == "<=" else s for k, s in zip(kind, side, strict=True)])
    row_upper = np.array([np.inf if k == ">=" else s + (k == "range") for k, s in zip(kind, side, strict=True)])
    C = draw(st.lists(st.lists(number, min_size=columns, max_size=columns), min_size=2, max_size=2))
    return matrix_of(A, row_lower, row_upper, lower, upper, True, C, [draw(number), 1.0])


def enumerated(matrix, weights):
    """Optimum of a pure integer program by trying every point; None if none is feasible."""
    ranges = [range(int(lo), int(up) + 1) for lo, up in zip(matrix.lower, matrix.upper, strict=True)]
    X = np.array(list(product(*ranges)), float)
    AX = X @ matrix.A.toarray().T
    ok = ((AX >= matrix.row_lower - 1e-9) & (AX <= matrix.row_upper + 1e-9)).all(axis=1)
    w = np.array([weights.get(name, 0.0) for name in matrix.objectives])
    values = (X @ matrix.C.toarray().T + matrix.c0) @ w
    return values[ok].min() if ok.any() else None


def facilities(demands=12, sites=6, seed=0, *, whole=False, name="facilities"):
    """Capacitated facility location: a mixed program with two objectives and rows of several names."""
    rng = np.random.default_rng(seed)
    I = Index.named("demand", [f"district {i}" for i in range(demands)])
    J = Index.named("site", [f"school {j}" for j in range(sites)])
    pair = Index.tuples(
        "pair", demand=(I, np.repeat(np.arange(demands), sites)), site=(J, np.tile(np.arange(sites), demands))
    )
    people = rng.integers(5, 30, demands).astype(float)
    distance = np.round(rng.uniform(0.1, 5.0, pair.size), 1)
    room = np.full(sites, np.ceil(people.sum() / sites * 2.2))
    program = Program(name)
    open_ = program.binary("open", J)
    assign = program.variable("assign", pair, upper=1.0, integer=whole)
    program.minimize(
        cost=(rng.integers(20, 60, sites).astype(float) * open_).sum(),
        walk=(people[pair["demand"].position] * distance * assign).sum(),
    )
    program.subject_to(
        served=assign.sum_by(pair["demand"]) == 1,
        room=(people[pair["demand"].position] * assign).sum_by(pair["site"]) <= room * open_,
    )
    return program


def market_split(rows=4, columns=30, seed=1):
    """Market split (Cornuejols and Dawande 1998): slack to be minimised; hopeless for branch and bound in seconds."""
    rng = np.random.default_rng(seed)
    A = rng.integers(0, 100, (rows, columns)).astype(float)
    side = np.floor(A.sum(axis=1) / 2)
    K = Index.named("market", [f"m{k}" for k in range(rows)])
    J = Index.named("retailer", [f"d{j}" for j in range(columns)])
    cell = Index.tuples(
        "cell", market=(K, np.repeat(np.arange(rows), columns)), retailer=(J, np.tile(np.arange(columns), rows))
    )
    program = Program("market split")
    x = program.binary("x", J)
    over = program.variable("over", K, upper=1e4, integer=True)
    under = program.variable("under", K, upper=1e4, integer=True)
    program.minimize(slack=over.sum() + under.sum() + 1.0)
    split = (A.ravel() * x.at(cell["retailer"])).sum_by(cell["market"])
    program.subject_to(split=split + under - over == side)
    return program
