"""A part of the choices of sites, and the queue of parts still to be looked at."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

from formulations.algebra.elements import Floats


@dataclass(eq=False)
class Node:
    """All choices between ``low`` and ``high``.

    Attributes
    ----------
    low, high
        Shape (sites,), 0 or 1 each.
    bound
        No choice of the node is worth less; ours, constant included.
    guess
        The linear program's own value where the node was made, constant left out.
    site, up, share
        The branching that made it: which site, whether it was opened, how far it had to move. -1 at the root.
    """

    low: Floats
    high: Floats
    bound: float = -math.inf
    guess: float = -math.inf
    site: int = -1
    up: bool = False
    share: float = 0.0
    depth: int = 0


@dataclass
class Queue:
    """Open nodes, the one with the least bound first; ties in the order of arrival."""

    _heap: list[tuple[float, float, int, Node]] = field(default_factory=list)
    _count: int = 0

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, node: Node) -> None:
        self._count += 1
        heapq.heappush(self._heap, (node.bound, node.guess, self._count, node))

    def pop(self) -> Node:
        return heapq.heappop(self._heap)[3]

    @property
    def bound(self) -> float:
        """The least bound of them, infinite if there are none."""
        return self._heap[0][0] if self._heap else math.inf
