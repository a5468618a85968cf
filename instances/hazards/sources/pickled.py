"""Reading what another program pickled without running anything: a few named constructors, and nothing else.

Unpickling calls whatever the bytes name. CLIMADA's files of generation 5 hold points as pickled Shapely objects, so
that those must be read; here only the constructors of NumPy arrays and Shapely points are known, and any other name
is refused before it is looked up.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np

MOST = 2**28  # bytes
ARRAY = object()  # stands for NumPy's array type, so that nothing can be made of it but through _empty


class RefusedError(ValueError):
    """The bytes name something that is not allowed."""


def unpickled(raw: bytes) -> Any:
    """The object in ``raw``: numbers, texts, lists, dictionaries, NumPy arrays and Shapely points.

    Raises
    ------
    RefusedError
        If the bytes name anything else, are damaged, or are larger than 256 MB.
    """
    if len(raw) > MOST:
        raise RefusedError(f"{len(raw):,} bytes are too many")
    try:
        return _Restricted(io.BytesIO(raw)).load()
    except RefusedError:
        raise
    except Exception as error:  # whatever damaged bytes lead to
        raise RefusedError(f"damaged ({type(error).__name__}: {error})") from error


class _Restricted(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        made = _allowed().get((module, name))
        if made is None:
            raise RefusedError(f"it asks for {module}.{name}, which is not data; do not trust this file")
        return made

    def persistent_load(self, pid: Any) -> Any:
        raise RefusedError("it refers to something outside itself; do not trust this file")


def _allowed() -> dict[tuple[str, str], Any]:
    array = {(place, "_reconstruct"): _empty for place in ("numpy.core.multiarray", "numpy._core.multiarray")}
    buffer = {(place, "_frombuffer"): _from_buffer for place in ("numpy.core.numeric", "numpy._core.numeric")}
    point = {(place, "from_wkb"): _point for place in ("shapely.io", "shapely", "shapely._geometry_helpers")}
    return {
        **array,
        **buffer,
        **point,
        ("numpy", "ndarray"): ARRAY,
        ("numpy", "dtype"): np.dtype,
        ("_codecs", "encode"): _encoded,
        ("shapely.geometry.point", "Point"): _OldPoint,
        ("shapely.geometry", "Point"): _OldPoint,
    }


def _empty(kind: Any, shape: Any, code: Any) -> Any:
    """An array to be filled from its state, as NumPy does it; never of another type."""
    if kind is not ARRAY:
        raise RefusedError("an array of a type that is not NumPy's")
    return np.empty((0,), np.int8)


def _from_buffer(buffer: Any, dtype: np.dtype[Any], shape: tuple[int, ...], order: str) -> Any:
    if dtype.hasobject:
        raise RefusedError("objects in a buffer")
    return np.frombuffer(buffer, dtype=dtype).reshape(shape, order=order)  # type: ignore[call-overload]


def _encoded(text: str, encoding: str = "latin1") -> bytes:
    if encoding != "latin1":
        raise RefusedError(f"bytes written as {encoding}")
    return text.encode("latin1")


def _point(wkb: bytes, *_: Any) -> Any:
    import shapely

    return shapely.from_wkb(wkb)


class _OldPoint:
    """A point as Shapely before 2.0 pickled it: no arguments, and its bytes as the state."""

    def __init__(self, *_: Any) -> None:
        self.shape: Any = None

    def __setstate__(self, state: Any) -> None:
        self.shape = _point(bytes(state))
