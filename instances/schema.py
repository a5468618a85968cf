"""One line per datum: its dimensions, unit and meaning, checked when the instance is made."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from instances.index import Index


@dataclass(frozen=True)
class Datum:
    """What a field of an instance holds: from this come checks, error texts, columns and documentation."""

    dims: tuple[str, ...]
    unit: str
    doc: str
    lower: float
    upper: float
    dtype: type


def datum(
    *dims: str, unit: str, doc: str, lower: float = 0.0, upper: float = np.inf, dtype: type = float, **default: Any
) -> Any:
    """Declare an array field over the named index sets (attributes of the same object)."""
    return field(metadata={"datum": Datum(dims, unit, doc, lower, upper, dtype)}, **default)


def data_of(part: Any) -> dict[str, Datum]:
    """Declared arrays of a dataclass, by name; of one of its instances, those that it has."""
    declared = {f.name: f.metadata["datum"] for f in fields(part) if "datum" in f.metadata}
    if isinstance(part, type):
        return declared
    return {name: about for name, about in declared.items() if getattr(part, name) is not None}


class InstanceError(ValueError):
    """The data cannot be used; the message lists every fault found.

    Attributes
    ----------
    faults
        One sentence per fault: where, what (count and first offenders by name), what to do.
    """

    def __init__(self, what: str, faults: list[str]) -> None:
        self.what, self.faults = what, list(faults)
        super().__init__("\n  - ".join([f"{what}:", *self.faults]))


class Part:
    """A piece of an instance: arrays over index sets.

    A part records its faults instead of raising them, so that :class:`instances.instance.Instance` can report the
    faults of all parts at once. Parts are read through an Instance, which exists only without faults.
    """

    faults: tuple[str, ...]

    def __post_init__(self) -> None:
        faults = freeze(self)
        if not faults:
            faults = self.extra_faults()
        object.__setattr__(self, "faults", tuple(f"{type(self).__name__}.{fault}" for fault in faults))

    def extra_faults(self) -> list[str]:
        """Faults that need more than one value to see; called when every array has its type and range."""
        return []


def freeze(part: Any) -> list[str]:
    """Copy, cast and lock every datum of ``part``; return all faults found, worst first per field."""
    optional = {f.name for f in fields(part) if f.default is None}
    declared = data_of(type(part))
    faults = []
    for name, about in declared.items():
        if name in optional and getattr(part, name) is None:
            continue
        index: list[Index] = [getattr(part, d) for d in about.dims]
        value, fault = _cast(getattr(part, name), about.dtype)
        expected = tuple(i.size for i in index)
        if fault:
            faults.append(f"{name} [{about.unit}]: {fault}")
        elif value.shape != expected:
            faults.append(f"{name} [{about.unit}]: shape {value.shape}, expected {expected} for {index}")
        elif about.dtype is float:
            faults += _range_faults(name, about, index, value)
        _lock(part, name, value)
    for f in fields(part):
        value = getattr(part, f.name)
        if f.name not in declared and isinstance(value, np.ndarray):
            _lock(part, f.name, np.array(value))
    return faults


def _lock(part: Any, name: str, value: np.ndarray) -> None:
    value.setflags(write=False)
    object.__setattr__(part, name, value)


def _cast(value: Any, dtype: type) -> tuple[np.ndarray, str | None]:
    """Own copy of ``value`` as ``dtype``, and what is wrong with it. Text is never read as a number, nor 0 as false."""
    try:
        # NumPy would turn the list ["a", nan] into the texts "a" and "nan".
        raw = np.array(value, dtype=object if dtype is str and isinstance(value, list | tuple) else None)
    except ValueError:
        return np.empty(0), "rows of different lengths"
    if np.ma.is_masked(value):
        masked = int(np.ma.getmaskarray(value).sum())
        return raw, f"{masked} of {raw.size} values are masked; fill them in or drop the elements"
    kind = raw.dtype.kind
    if dtype is bool and kind != "b" and raw.size:
        return raw, f"must be true or false, got {raw.dtype} (0 and 1 are not accepted: say which is meant)"
    if dtype is str and kind not in "UT" and raw.size:
        odd = [v for v in raw.ravel().tolist() if not isinstance(v, str)]
        if odd:
            return raw, f"{len(odd)} of {raw.size} values are not text, first {odd[0]!r}; an empty text is ''"
    if dtype is float and kind not in "iuf" and raw.size:
        odd = [v for v in raw.ravel().tolist() if isinstance(v, str | bytes | bool | complex)]
        if odd or kind not in "O":
            return raw, f"must be numbers, got {raw.dtype}" + (f", first {odd[0]!r}" if odd else "")
    try:
        return np.array(raw, dtype=np.str_ if dtype is str else dtype), None
    except (TypeError, ValueError, OverflowError) as error:
        return raw, f"not {dtype.__name__} values ({error})"


def _range_faults(name: str, about: Datum, index: list[Index], value: np.ndarray) -> list[str]:
    missing = ~np.isfinite(value)
    outside = ~missing & ((value < about.lower) | (value > about.upper))
    faults = []
    if missing.any():
        faults.append(
            f"{name} [{about.unit}]: {missing.sum()} of {value.size} values are missing or infinite, "
            f"first at {_first(missing, index)}; a missing datum is not a zero, fill it in or drop the element"
        )
    if outside.any():
        faults.append(
            f"{name} [{about.unit}]: {outside.sum()} of {value.size} values outside "
            f"[{about.lower:g}, {about.upper:g}], first at {_first(outside, index)}"
        )
    return faults


def _first(bad: np.ndarray, index: list[Index]) -> str:
    some = [" x ".join(i.label(int(k)) for i, k in zip(index, at, strict=True)) for at in np.argwhere(bad)[:3]]
    return ", ".join(some) if index else "the single value"
