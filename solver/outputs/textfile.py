"""A text file that is there as a whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_text(text: str, path: str | Path) -> Path:
    """Write a text in UTF-8 and return its path; nothing half-written is left behind.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    target = Path(path)
    draft = target.with_name(f".{target.name}.part")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return target
