"""Arrays as .npy bytes: portable types only, nothing executed on reading, every length checked.

Text is kept as UTF-8 bytes of fixed width (a quarter of the size of NumPy's own text for Latin scripts).
"""

from __future__ import annotations

import io
import math

import numpy as np

ORDER = {"f": "<f8", "i": "<i8", "u": "<i8", "b": "|b1"}


def encoded(array: np.ndarray) -> bytes:
    """The array as a version 1.0 .npy file: float64, int64, bool, or UTF-8 bytes; C order."""
    if array.dtype.kind == "U":
        plain = np.char.encode(array, "utf-8", "surrogatepass") if array.size else np.empty(array.shape, "S1")
    else:
        plain = array.astype(ORDER[array.dtype.kind])
    file = io.BytesIO()
    np.lib.format.write_array(file, np.ascontiguousarray(plain), version=(1, 0), allow_pickle=False)
    return file.getvalue()


def decoded(content: bytes) -> np.ndarray:
    """The array in a .npy file; bytes come back as text.

    Raises
    ------
    ValueError
        If the file is cut off, too long or garbled, or holds objects (which would have to be unpickled).
    """
    file = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(file)
        read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[
            version
        ]
        shape, fortran, dtype = read_header(file)
    except Exception as error:  # a garbled header is evaluated as a Python literal, which fails in many ways
        raise ValueError(f"not a readable .npy file ({error})") from error
    if dtype.hasobject:
        raise ValueError("holds pickled Python objects, which are not read because they may run code")
    if dtype.kind not in "fiubS" or dtype.itemsize == 0 or min(shape, default=0) < 0:
        raise ValueError(f"type {dtype} of shape {shape} is not one of float, integer, bool and UTF-8 text")
    body = memoryview(content)[file.tell() :]
    expected = math.prod(shape) * dtype.itemsize
    if len(body) != expected:
        raise ValueError(f"{len(body)} bytes of data, expected {expected} for shape {shape}; the file is damaged")
    if dtype.kind == "b" and np.frombuffer(body, np.uint8).max(initial=0) > 1:
        raise ValueError("truth values other than 0 and 1; the file is damaged")
    array = np.frombuffer(body, dtype).reshape(shape, order="F" if fortran else "C")
    if dtype.kind != "S":
        return array
    try:
        return np.char.decode(array, "utf-8", "surrogatepass") if array.size else np.empty(shape, np.str_)
    except UnicodeDecodeError as error:
        raise ValueError(f"text is not UTF-8 ({error})") from error
