"""A digest over content, the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from formulations.algebra.block import Block
from instances.index import Index

if TYPE_CHECKING:
    from formulations.algebra.elements import Csr, Floats


def digest_of(
    blocks: Iterable[Mapping[str, Block]],
    sparse: Iterable[Csr],
    numbers: Iterable[Floats],
    integer: NDArray[np.bool_],
) -> str:
    """SHA-256 in hex. Sparse matrices must be canonical; words (unit, doc) do not count, labels of elements do."""
    digest = hashlib.sha256(b"refugia matrix 1")
    known: dict[int, int] = {}

    def text(value: str) -> None:
        raw = value.encode()
        digest.update(len(raw).to_bytes(8, "little") + raw)

    def array(value: NDArray[Any], dtype: str) -> None:
        text(f"{dtype}{value.shape}")
        digest.update(np.ascontiguousarray(value, dtype=dtype).data)

    def index(value: Index) -> None:
        # an index met before is told by its place, so that identity of sets counts and tuples stay cheap
        if id(value) in known:
            text(f"seen {known[id(value)]}")
            return
        known[id(value)] = len(known)
        text(f"index {value.name} {value.size} {len(value.parts)}")
        if value.names is not None:
            for label in value.names:
                text(str(label))
        for key, part in value.parts.items():
            text(key)
            index(part.target)
            array(part.position, "<i8")

    for named in blocks:
        text(f"blocks {len(named)}")
        for name, block in named.items():
            text(name)
            text(f"{block.start} {block.size} {len(block.dims)} {block.rule}")
            for dim in block.dims:
                index(dim)
    for matrix in sparse:
        text(f"sparse {matrix.shape}")
        array(matrix.indptr, "<i8")
        array(matrix.indices, "<i8")
        array(matrix.data + 0.0, "<f8")
    for value in numbers:
        array(value + 0.0, "<f8")  # -0.0 and 0.0 are the same number
    array(integer, "|b1")
    return digest.hexdigest()
