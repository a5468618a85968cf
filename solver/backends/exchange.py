"""Names that every file format and solver accepts, and files that are there whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from formulations.algebra.matrix import Block

LONGEST = 200
"""Characters of a block's name that are kept; free MPS and LP end at 255."""

# LP files read a name that begins like a number, or is a word of the format, as something else.
_TAKEN = re.compile(
    r"^(?:[0-9.eE]|inf|nan|free|st$|s\.t|min|max|bin|gen|bound|sub|end|sec|sos|semi|int)", re.IGNORECASE
)


def file_names(blocks: Mapping[str, Block]) -> list[str]:
    """``block.position`` for each element in order: ASCII, without spaces, unique.

    Letters that files do not accept become ``_``; names that begin like a number or a word of the LP format get
    ``v_`` in front; names that become equal, or equal but for capitals, get a number.
    """
    names: list[str] = []
    taken: set[str] = set()
    for block in blocks.values():
        plain = re.sub(r"[^A-Za-z0-9_]", "_", block.name)[:LONGEST]
        plain = f"v_{plain}" if not plain or _TAKEN.match(plain) else plain
        unique, k = plain, 2
        while unique.lower() in taken:
            unique, k = f"{plain}_{k}", k + 1
        taken.add(unique.lower())
        names += [f"{unique}.{k}" for k in range(block.size)]
    return names


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name beside ``path`` to write to; takes its place when the block ends well, and is removed otherwise."""
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
