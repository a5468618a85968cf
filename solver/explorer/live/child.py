"""A process beside the server, which is told lines and tells lines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def child(module: str, folder: Path, digest: str) -> subprocess.Popen[str]:
    """Start a module on the front in a folder; ``digest`` tells it which front that has to be."""
    return subprocess.Popen(
        [sys.executable, "-m", module, str(folder), digest],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        # Ctrl-C is for the server, which ends its children itself
        start_new_session=True,
        cwd=Path(__file__).parents[3],
    )
