"""Standard output and error, put back if a library that redirected them has to be left behind."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_streams() -> Iterator[None]:
    """``sys.stdout``, ``sys.stderr`` and the file descriptors 1 and 2 are afterwards what they were before."""
    streams = sys.stdout, sys.stderr
    descriptors = [(fd, os.dup(fd)) for fd in (1, 2) if _is_open(fd)]
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams
        for fd, copy in descriptors:
            os.dup2(copy, fd)
            os.close(copy)


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True
