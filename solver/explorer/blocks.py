"""Arrays as text in a page: little-endian numbers, differences where neighbours are alike, bytes sorted, gzip, base64.

``{"dtype": "f8", "shape": [..], "delta": true, "shuffle": true, "codec": "gzip", "data": "..."}``. Sorting bytes by
their place in a number (shuffle) brings alike ones together; the same is done by Blosc and Parquet. Compressed bytes
carry no time of making, so equal arrays give equal text.
"""

from __future__ import annotations

import base64
import gzip
from typing import Any

import numpy as np

DTYPES = ("u1", "u2", "u4", "i4", "f4", "f8")
SMALL = 256
"""Bytes below which nothing is compressed: the head of a gzip stream would eat the gain."""

LARGE = 4_000_000
"""Bytes from which on compression is the usual one: the best one takes twelve times as long to save a sixth."""


def block(values: np.ndarray, dtype: str, *, delta: bool = False) -> dict[str, Any]:
    """An array as plain data.

    Parameters
    ----------
    dtype
        One of :data:`DTYPES`; whole numbers have to fit.
    delta
        Keep differences between neighbours instead (whole numbers only, modulo their size).

    Raises
    ------
    ValueError
        If values do not fit, or differences of fractions are asked for.
    """
    if dtype not in DTYPES:
        raise ValueError(f"{dtype!r} is none of {', '.join(DTYPES)}")
    given = np.asarray(values)
    kind = np.dtype(dtype).newbyteorder("<")
    made = np.ascontiguousarray(given.astype(kind))
    if kind.kind != "f" and not np.array_equal(made, given):
        raise ValueError(f"values from {given.min()} to {given.max()} do not fit {dtype}")
    flat = made.ravel()
    if delta:
        if kind.kind == "f":
            raise ValueError("differences of fractions would lose digits")
        before = np.concatenate([np.zeros(1, flat.dtype), flat[:-1]])
        flat = (flat - before)[: flat.size]
    octets = flat.tobytes()
    packed = len(octets) >= SMALL
    shuffle = packed and kind.itemsize > 1
    if shuffle:
        octets = np.frombuffer(octets, np.uint8).reshape(-1, kind.itemsize).T.tobytes()
    if packed:
        octets = gzip.compress(octets, 9 if len(octets) < LARGE else 6, mtime=0)
    told: dict[str, Any] = {"dtype": dtype, "shape": list(given.shape)}
    told |= {"delta": True} if delta else {}
    told |= {"shuffle": True} if shuffle else {}
    told |= {"codec": "gzip"} if packed else {}
    return told | {"data": base64.b64encode(octets).decode("ascii")}


def unblock(told: dict[str, Any]) -> np.ndarray:
    """What :func:`block` was given, in the type it was kept in."""
    octets = base64.b64decode(told["data"])
    if told.get("codec") == "gzip":
        octets = gzip.decompress(octets)
    kind = np.dtype(told["dtype"]).newbyteorder("<")
    if told.get("shuffle"):
        octets = np.frombuffer(octets, np.uint8).reshape(kind.itemsize, -1).T.tobytes()
    flat = np.frombuffer(octets, kind)
    if told.get("delta"):
        flat = np.cumsum(flat, dtype=kind)
    return flat.reshape(told["shape"])


def whole(values: np.ndarray) -> str:
    """The smallest type for whole numbers that holds them."""
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    if low < 0:
        return "i4"
    return "u1" if high < 1 << 8 else "u2" if high < 1 << 16 else "u4"
