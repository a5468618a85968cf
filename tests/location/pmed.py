"""Reader of the OR-Library p-median graphs; every node is a demand point of weight one and a site."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import shortest_path

from formulations.location import Access


def read_pmed(path: Path) -> tuple[Access, int]:
    """Shortest ways between all nodes, and p; of an edge that is given twice the last line counts."""
    header, *lines = (line.split() for line in path.read_text().splitlines() if line.strip())
    n, edges, p = (int(word) for word in header)
    if len(lines) != edges:
        raise ValueError(f"{path.name}: {len(lines)} edges, {edges} announced")
    length = np.zeros((n, n))
    for a, b, c in lines:
        length[int(a) - 1, int(b) - 1] = length[int(b) - 1, int(a) - 1] = float(c)
    return Access.of(np.ones(n), shortest_path(sp.csr_array(length), directed=False)), p


def published(data: Path, name: str, question: str) -> float:
    """The optimum in known_values.csv, ``p-median`` or ``p-center``."""
    with (data / "known_values.csv").open() as lines:
        rows = [row for row in csv.reader(lines) if row[:2] == [f"pmed/{name}.txt", question]]
    (row,) = rows
    return float(row[2])
