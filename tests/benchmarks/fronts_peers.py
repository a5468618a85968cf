"""The ways to a front that Refugia is compared with; each takes a question and seconds, gives what it found."""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix
from solver.fronts.asked import Asked
from solver.pareto.bounds import LowerBounds

PYAUGMECON = "pyaugmecon==1.0.8"
SCRIPT = Path(__file__).parent / "fronts_pyaugmecon.py"
GRIDS = {2: (5, 10, 20, 50, 100), 3: (3, 5, 8, 12)}
"""Grid points on each limited objective, by number of objectives."""

BUILDING = 60.0
"""Seconds that pyaugmecon's model may take before its time begins to count."""

GAP = 1e-4
POPULATION = 100


@dataclass(frozen=True, eq=False)
class Found:
    """What a method found.

    Attributes
    ----------
    plans
        Shape (plans, columns), not checked yet.
    seconds, cpu
        Wall time and processor time.
    bounds
        What it proved, if anything.
    """

    plans: Csr
    seconds: float
    cpu: float
    remark: str
    bounds: LowerBounds | None = None


def refugia(asked: Asked, seconds: float) -> Found:
    """What ``refugia front`` does, with all its defaults but for time, gap and number of points."""
    from solver.fronts.search import method_of, search

    began, cpu = time.perf_counter(), time.process_time()
    front = search(asked, None, lambda event: None)
    spent, cpu = time.perf_counter() - began, time.process_time() - cpu
    counts = {label.value: front.labels.count(label) for label in sorted(set(front.labels), key=lambda e: e.value)}
    labels = ", ".join(f"{count} {label}" for label, count in counts.items())
    remark = f"{method_of(asked)}, {front.status}, {front.solves} solves, {labels}"
    return Found(sp.csr_array(front.plans), spent, cpu, remark, front.bounds)


def nsga2(asked: Asked, seconds: float, seed: int = 1) -> Found:
    """NSGA-II of pymoo with its defaults for yes and no, completed by the same decoder; its last population."""
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.problem import Problem
    from pymoo.core.termination import NoTermination
    from pymoo.operators.crossover.pntx import TwoPointCrossover
    from pymoo.operators.mutation.bitflip import BitflipMutation
    from pymoo.operators.sampling.rnd import BinaryRandomSampling

    from solver.fronts.evolution import decoder_of, genome_of

    began, cpu = time.perf_counter(), time.process_time()
    genome = genome_of(asked)
    decoder: Any = decoder_of(asked, genome)
    at = [asked.matrix.objectives[name].start for name in asked.names]

    class Siting(Problem):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(n_var=genome.size, n_obj=len(at), n_ieq_constr=1, vtype=bool)

        def _evaluate(self, X: Any, out: Any, *args: Any, **kwargs: Any) -> None:
            X = np.asarray(X, bool)
            out["F"] = decoder.evaluate(X)[:, at]
            out["G"] = (genome.rules.violation(X) + decoder.violation(X))[:, None]

    algorithm = NSGA2(
        pop_size=POPULATION,
        sampling=BinaryRandomSampling(),
        crossover=TwoPointCrossover(),
        mutation=BitflipMutation(),
    )
    algorithm.setup(Siting(), termination=NoTermination(), seed=seed)
    while time.perf_counter() - began < seconds:
        algorithm.next()
    spent, cpu = time.perf_counter() - began, time.process_time() - cpu
    best = algorithm.opt.get("X")[algorithm.opt.get("CV").ravel() <= 0]
    plans = sp.csr_array(decoder.decode(np.asarray(best, bool)))
    evaluations = algorithm.evaluator.n_eval
    return Found(plans, spent, cpu, f"{algorithm.n_iter - 1} generations, {evaluations} evaluations")


def weighted_sums(asked: Asked, seconds: float) -> Found:
    """HiGHS for one weighted sum after the other: the ends, then evenly spread between them, finer and finer."""
    from solver.solve import solve

    began, cpu = time.perf_counter(), time.process_time()
    plans: list[Floats] = []
    ended = 0

    def ask(weights: Floats) -> Floats | None:
        left = seconds - (time.perf_counter() - began)
        if left <= 0.05:
            return None
        weighing = {name: float(w) for name, w in zip(asked.names, weights, strict=True) if w > 0}
        answer = solve(asked.matrix, weighing, gap=GAP, time_limit=left, verify_bound=False)
        nonlocal ended
        ended += answer.status.value in ("proven", "within gap")
        if answer.x is None:
            return None
        plans.append(answer.x)
        return np.asarray(answer.x)

    p = len(asked.names)
    for weights in np.eye(p):
        ask(weights)
    values = _values(asked, plans)
    width = np.ptp(values, axis=0) if len(values) else np.ones(p)
    unit = np.where(width > 0, width, 1.0)
    for weights in _spread(p):
        if ask(weights / unit) is None:
            break
    spent, cpu = time.perf_counter() - began, time.process_time() - cpu
    return Found(_rows(asked.matrix, plans), spent, cpu, f"{len(plans)} solves, {ended} of them to the end")


def _spread(p: int) -> Iterator[Floats]:
    """Weights that add up to one, evenly spread: halves, quarters, eighths ...; by Halton points where p is above 2."""
    primes, k = [2, 3, 5, 7, 11, 13][: p - 1], 1
    while True:
        cuts = np.sort([_halton(k, base) for base in primes])
        yield np.diff(np.concatenate([[0.0], cuts, [1.0]]))
        k += 1


def _halton(k: int, base: int) -> float:
    value, share = 0.0, 1.0
    while k:
        share /= base
        k, digit = divmod(k, base)
        value += digit * share
    return value


def pyaugmecon(asked: Asked, seconds: float, python: str) -> Found:
    """pyaugmecon on finer and finer grids, each with all of the time; the finest that ended counts."""
    best, said = None, []
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "program.npz"
        _write(asked, program)
        for grid in GRIDS[len(asked.names)]:
            found = _augmecon(program, Path(folder), grid, seconds, python)
            if isinstance(found, str):
                said.append(f"{grid} grid points: {found}")
                break
            best = found
            said.append(f"{grid} grid points: {found.plans.shape[0]} points in {found.seconds:.0f} s")
    nothing = Found(_rows(asked.matrix, []), seconds, 0.0, "")
    best = nothing if best is None else best
    return Found(best.plans, best.seconds, best.cpu, "; ".join(said[-2:]))


def _augmecon(program: Path, folder: Path, grid: int, seconds: float, python: str) -> Found | str:
    """One run in a process group of its own, which ends with it; why not, if it did not end by itself in time."""
    plans = folder / "plans.npz"
    plans.unlink(missing_ok=True)
    with (folder / "errors.txt").open("w+") as errors:
        peer = subprocess.Popen(
            [python, str(SCRIPT), str(program), str(plans), str(grid)],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        try:
            assert peer.stdout is not None
            if not _says(peer.stdout, b"ready", BUILDING):
                return "its model was not ready" if peer.poll() is None else f"failed, {_last(errors)}"
            began, before = time.perf_counter(), _children()
            while peer.poll() is None and time.perf_counter() - began < seconds:
                # its progress bar must not fill the pipe
                if select.select([peer.stdout], [], [], 0.2)[0]:
                    os.read(peer.stdout.fileno(), 65536)
            spent = time.perf_counter() - began
            if peer.poll() is None:
                return f"not finished after {seconds:.0f} s"
            if peer.returncode or not plans.exists():
                return f"failed, {_last(errors)}"
        finally:
            if peer.poll() is None:
                os.killpg(peer.pid, signal.SIGKILL)
            peer.wait()
    with np.load(plans) as content:
        return Found(sp.csr_array(content["plans"]), spent, _children() - before, "")


def _children() -> float:
    """Processor time of processes that have ended; that of building the model is in it, as it ends with the rest."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _says(stream: Any, word: bytes, seconds: float) -> bool:
    until, heard = time.perf_counter() + seconds, b""
    while word not in heard and (left := until - time.perf_counter()) > 0:
        if select.select([stream], [], [], left)[0]:
            more = os.read(stream.fileno(), 65536)
            if not more:
                break
            heard += more
    return word in heard


def _last(errors: Any) -> str:
    errors.seek(0)
    lines = errors.read().strip().splitlines()
    return lines[-1][:80] if lines else "without a word"


def _write(asked: Asked, path: Path) -> None:
    matrix = asked.matrix
    C = sp.csr_array(matrix.C[[matrix.objectives[name].start for name in asked.names]])
    c0 = np.array([matrix.c0[matrix.objectives[name].start] for name in asked.names])
    np.savez(
        path, indptr=matrix.A.indptr, indices=matrix.A.indices, data=matrix.A.data,
        row_lower=matrix.row_lower, row_upper=matrix.row_upper,
        lower=matrix.lower, upper=matrix.upper, integer=matrix.integer,
        c_indptr=C.indptr, c_indices=C.indices, c_data=C.data, c0=c0,
    )  # fmt: skip


def python_of(given: str | None) -> tuple[str | None, str]:
    """A Python with pyaugmecon: the one given, or one of an environment made for it; None, and why, without one."""
    if given is not None:
        return given, ""
    folder = Path(".venv-peer")
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        print(f"making {folder} for {PYAUGMECON}, which needs an older numpy", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    known = subprocess.run([python, "-c", "import pyaugmecon, highspy"], capture_output=True, check=False)
    if known.returncode:
        command = [str(python), "-m", "pip", "install", "--quiet", PYAUGMECON, "highspy"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = done.stderr.strip().splitlines()
            return None, f"could not be installed: {lines[-1] if lines else 'pip said nothing'}"
    return str(python.absolute()), ""


def _values(asked: Asked, plans: list[Floats]) -> Floats:
    at = [asked.matrix.objectives[name].start for name in asked.names]
    return np.asarray(asked.matrix.evaluate(np.array(plans))[:, at]) if plans else np.empty((0, len(at)))


def _rows(matrix: Matrix, plans: list[Floats]) -> Csr:
    return sp.csr_array(np.array(plans)) if plans else sp.csr_array((0, matrix.shape[1]))
