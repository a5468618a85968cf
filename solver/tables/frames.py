"""Frames with their columns, also when there is nothing to put in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from instances.index import Index

if TYPE_CHECKING:
    import pandas as pd

KINDS: dict[str, Any] = {"text": "str", "number": np.float64, "flag": np.bool_}


def frame(columns: Mapping[str, tuple[str, Any]]) -> pd.DataFrame:
    """A frame from ``{name: (kind, values)}`` with kind text, number or flag; types hold even without rows."""
    import pandas as pd

    made = {
        # by way of plain objects, which hold texts of any length
        name: pd.Series(np.asarray(values, dtype=object if kind == "text" else KINDS[kind]), dtype=KINDS[kind])
        for name, (kind, values) in columns.items()
    }
    return pd.DataFrame(made)


def labels(index: Index, positions: NDArray[np.intp]) -> NDArray[np.object_]:
    """Names of elements; each element's name is composed once."""
    every = np.array([*index.labels(), ""], dtype=object)
    named: NDArray[np.object_] = every[positions]
    return named


def share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """``part / whole``; of nothing there is no share (NaN)."""
    out = np.full(np.shape(whole), np.nan)
    np.divide(part, whole, out=out, where=np.asarray(whole) > 0)
    return out
