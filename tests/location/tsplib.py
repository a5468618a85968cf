"""Reader of TSPLIB points."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from formulations.algebra.elements import Floats


def read_points(path: Path) -> Floats:
    """Coordinates, shape (points, 2), in the order of the file."""
    lines = path.read_text().splitlines()
    start = next(k for k, line in enumerate(lines) if line.strip().startswith("NODE_COORD_SECTION")) + 1
    rows = []
    for line in lines[start:]:
        words = line.split()
        if len(words) != 3:
            break
        rows.append([float(words[1]), float(words[2])])
    return np.array(rows)
