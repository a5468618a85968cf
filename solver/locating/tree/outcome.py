"""What a search tree hands back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Outcome:
    """The end of a search.

    Attributes
    ----------
    state
        ``finished`` when no choice of sites is better than ``opened`` by more than the gap asked for, ``stopped`` at a
        limit, ``infeasible`` when no choice keeps the rules.
    opened
        The best choice of sites, shape (sites,), or None.
    value
        What it is worth, as :meth:`~solver.locating.tree.master.Cutter.value` counts it; infinite without one.
    bound
        No choice is worth less. It rests on row duals checked by us (:mod:`solver.locating.tree.floor`) and on the
        value of choices counted one by one, never on the word of a solver; ``-inf`` without one, infinite if the
        question is infeasible.
    nodes, cuts, rounds
        Nodes looked at, cuts made and linear programs that had cuts added.
    fixed
        Sites decided for good by their reduced costs.
    """

    state: Literal["finished", "stopped", "infeasible"]
    opened: NDArray[np.bool_] | None = None
    value: float = math.inf
    bound: float = -math.inf
    nodes: int = 0
    cuts: int = 0
    rounds: int = 0
    fixed: int = 0
