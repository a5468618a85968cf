"""A front on disk: Parquet for tables, a sparse array for the plans, JSON for the rest; read back it is the same.

front.parquet       one row per point: objectives (unit in the schema), label, proven distance, origin, ...
objectives.parquet  one row per objective: ideal, nadir, unit, ...
bounds.parquet      what is proven, one fact a row
plans.npz           columns of every plan, sparse
plans.parquet       first-stage decisions of every plan, by name
decisions.parquet   in how many plans each first-stage decision is taken, and whether that makes it core
front.json          how the front was made, and how good it is as a whole
front.csv           front.parquet for spreadsheets; decisions.csv likewise

What is not known is null: a proven distance where nothing is proven, an ideal below which plans may still lie, epsilon
and hypervolume without bounds. In bounds.parquet an infinite limit is none, and an infinite value says that no plan
keeps the limits.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from instances.schema import InstanceError
from solver.fronts import tables
from solver.outputs.manifest import FRONT, read_manifest
from solver.pareto.bounds import Fact, LowerBounds
from solver.pareto.front import Front, Label

if TYPE_CHECKING:
    import pandas as pd

POINTS, OBJECTIVES, BOUNDS, PLANS = "front.parquet", "objectives.parquet", "bounds.parquet", "plans.npz"
ABOUT, NAMED, DECISIONS, SHEET = "front.json", "plans.parquet", "decisions.parquet", "front.csv"

PLAIN = ("exact_nadir", "complete", "status", "solves", "method", "seed", "matrix_digest")
NUMBERS = ("epsilon", "hypervolume", "hypervolume_bound", "seconds")


def write_front(front: Front, matrix: Matrix, folder: Path, measured: Mapping[str, Floats] | None = None) -> None:
    """Write a front to a folder that is there.

    Parameters
    ----------
    matrix
        The program that the front is of.
    measured
        What else is known about each point: name to values of shape (points,).

    Raises
    ------
    ValueError
        If the front is that of another program.
    OSError
        If a file cannot be written.
    """
    import scipy.sparse as sp

    if front.matrix_digest != matrix.digest():
        raise ValueError(f"{matrix.name}: the front was made for another program")
    extra = dict(measured or {})
    points, taken = tables.points_table(front, extra), tables.decisions(front, matrix)
    units = dict(zip(front.names, front.units, strict=True))
    units |= {n: matrix.objectives[n].unit if n in matrix.objectives else "" for n in extra}
    about = {n: {"role": "objective" if n in front.names else "measured", "unit": u} for n, u in units.items()}
    _parquet(points, folder / POINTS, about)
    _parquet(tables.objectives_table(front), folder / OBJECTIVES)
    _parquet(tables.bounds_table(front), folder / BOUNDS)
    _parquet(tables.plans_table(taken), folder / NAMED)
    _parquet(tables.decisions_table(taken), folder / DECISIONS)
    _sheet(points, folder / SHEET)
    _sheet(tables.decisions_table(taken), (folder / DECISIONS).with_suffix(".csv"))
    sp.save_npz(folder / PLANS, sp.csr_array(front.plans))
    content = {
        **{name: getattr(front, name) for name in PLAIN},
        **{name: _finite(getattr(front, name)) for name in NUMBERS},
        "hypervolume_gap": proven_gap(front),
        "points": len(front),
        "labels": {label.value: front.labels.count(label) for label in Label},
        "options": dict(front.options),
        "versions": dict(front.versions),
    }
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / ABOUT).write_text(text + "\n", encoding="utf-8")


def load_front(folder: Path | str) -> Front:
    """The front in a folder that ``refugia front`` has written, exactly as it was; its files are checked first.

    Raises
    ------
    InstanceError
        If files are missing, damaged or changed, all of them named; or the run ended without a front.
    """
    folder = Path(folder)
    content = read_manifest(folder, FRONT)
    if POINTS not in content["files"]:
        fault = f"the run ended without a front: {content['result']['status']}"
        raise InstanceError(f"There is no front in {folder}", [fault])
    try:
        return read_front(folder)
    except (KeyError, ValueError, TypeError, OSError) as error:
        fault = f"{type(error).__name__}: {error}; this version of refugia cannot read it, make the front again"
        raise InstanceError(f"The front in {folder} cannot be used", [fault]) from error


def read_front(folder: Path) -> Front:
    """The front that :func:`write_front` wrote, without a look at digests."""
    import pandas as pd
    import scipy.sparse as sp

    about = json.loads((folder / ABOUT).read_text("utf-8"))
    points, about_all, facts = (pd.read_parquet(folder / name) for name in (POINTS, OBJECTIVES, BOUNDS))
    names = tuple(about_all["name"].tolist())
    within, weights = (_columns(facts, [f"{word}_{n}" for n in names]) for word in ("within", "weight"))
    stated = zip(within, weights, *(facts[k].tolist() for k in ("value", "verified", "matched")), strict=True)
    bounds = LowerBounds(_column(about_all, "bound", -math.inf), [Fact(*fact) for fact in stated])
    rest: dict[str, Any] = {name: about[name] for name in PLAIN}
    rest |= {name: math.inf if about[name] is None else about[name] for name in NUMBERS}
    rest |= {name: _column(about_all, name, -math.inf) for name in ("ideal", "nadir", "reference", "resolution")}
    return Front(
        names=names,
        units=tuple(about_all["unit"].tolist()),
        points=_columns(points, list(names)),
        plans=sp.csr_array(sp.load_npz(folder / PLANS)),
        labels=tuple(Label(label) for label in points["label"]),
        distance=_column(points, "distance", math.inf),
        verified=_column(points, "verified", math.inf),
        origins=tuple(points["origin"].tolist()),
        supported=points["supported"].to_numpy(bool).copy(),
        bounds=bounds,
        options=about["options"],
        versions=about["versions"],
        **rest,
    )


def write_tables(found: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write tables by name, as Parquet and for spreadsheets."""
    for name, table in found.items():
        _parquet(table, folder / f"{name}.parquet")
        _sheet(table, folder / f"{name}.csv")


def proven_gap(front: Front) -> float | None:
    """Share of the best conceivable hypervolume that may be missing; None where no bound says how much there is."""
    return float(front.hypervolume_gap) if math.isfinite(front.hypervolume_bound) else None


def _sheet(table: pd.DataFrame, path: Path) -> None:
    # the byte order mark is for Excel, which reads Chinese as garbage without it
    table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _column(table: pd.DataFrame, name: str, unknown: float) -> Floats:
    values = table[name].to_numpy(float)
    return np.where(np.isnan(values), unknown, values)


def _columns(table: pd.DataFrame, names: list[str]) -> Floats:
    return np.ascontiguousarray(table[names].to_numpy(float))


def _finite(value: float) -> float | None:
    """A number for JSON, which knows no infinity: null says that nothing is known."""
    return float(value) if math.isfinite(value) else None


def _parquet(table: pd.DataFrame, path: Path, about: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Write a table; ``about`` goes to the schema, by column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = [c for c in table.columns if table[c].dtype.kind not in "fbi"]
    made = pa.Table.from_pandas(table.astype(dict.fromkeys(texts, "string")), preserve_index=False)
    fields = [
        field.with_metadata(dict(about[field.name])) if field.name in (about or {}) else field  # type: ignore[index]
        for field in made.schema
    ]
    pq.write_table(made.cast(pa.schema(fields, metadata=made.schema.metadata)), path)
