"""Values for every element of a list of names: arrays in its order, or tables and dictionaries by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def numbers(
    name: str, given: Any, labels: list[str], faults: list[str], *, infinite: bool = False, negative: bool = False
) -> NDArray[np.float64] | None:
    """Numbers in the order of the labels, shape (labels,); None if none are given or they cannot be used.

    Parameters
    ----------
    given
        An array in the order of the labels, one number for all, or a Series or dictionary by label.
    faults
        What is wrong is added here, by label.
    infinite, negative
        Whether such values are meant.
    """
    if given is None:
        return None
    picked = _picked(name, given, labels, faults)
    if picked is None:
        return None
    try:
        values = np.array(picked, dtype=float)
    except (TypeError, ValueError) as error:
        faults.append(f"{name}: not numbers ({error})")
        return None
    values = np.full(len(labels), float(values)) if values.ndim == 0 else values
    if values.shape != (len(labels),):
        faults.append(f"{name}: of shape {values.shape}, expected ({len(labels)},)")
        return None
    kinds = [(np.isnan(values), "missing (NaN)")]
    kinds += [] if negative else [(values < 0, "negative")]
    kinds += [(np.isneginf(values) if infinite else np.isinf(values), "infinite")]
    known = len(faults)
    faults += [f"{name}: {int(bad.sum())} {what}, first at {_first(labels, bad)}" for bad, what in kinds if bad.any()]
    return values if len(faults) == known else None


def texts(name: str, given: Any, labels: list[str], faults: list[str], default: str = "") -> list[str] | None:
    """Texts in the order of the labels; ``default`` for all if none are given, None if they cannot be used."""
    if given is None:
        return [default] * len(labels)
    picked = given if isinstance(given, str) else _picked(name, given, labels, faults)
    if picked is None:
        return None
    if isinstance(picked, str):
        return [picked] * len(labels)
    values = list(picked)
    if len(values) != len(labels):
        faults.append(f"{name}: {len(values)} values, expected {len(labels)}")
        return None
    lost = np.array([v is None or v != v for v in values], bool)
    if lost.any():
        faults.append(f"{name}: {int(lost.sum())} missing, first at {_first(labels, lost)}")
        return None
    return [str(v) for v in values]


def _picked(name: str, given: Any, labels: list[str], faults: list[str]) -> Any:
    """Values of a Series or dictionary by label; anything else as it is."""
    if hasattr(given, "index") and hasattr(given, "to_dict"):
        own = [str(label) for label in given.index]
        if len(set(own)) < len(own):
            twice = next(label for label in own if own.count(label) > 1)
            faults.append(f"{name}: names stand twice, first {twice!r}")
            return None
        # a Series that nobody labelled is an array
        if own == [str(k) for k in range(len(own))] and own != labels and not set(own) & set(labels):
            return given.to_numpy()
        given = dict(zip(own, given.tolist(), strict=True))
    if not isinstance(given, Mapping):
        return given
    by = {str(k): v for k, v in given.items()}
    lacking, strange = [s for s in labels if s not in by], [s for s in by if s not in set(labels)]
    if lacking:
        faults.append(f"{name}: {len(lacking)} have none, first {', '.join(map(repr, lacking[:3]))}")
    if strange:
        faults.append(f"{name}: {len(strange)} unknown names, first {', '.join(map(repr, strange[:3]))}")
    return None if lacking or strange else [by[s] for s in labels]


def _first(labels: list[str], bad: NDArray[np.bool_]) -> str:
    return ", ".join(labels[int(k)] for k in np.flatnonzero(bad)[:3])
