"""Sites that take one mode at a time: which of the options of a site people get in each phase and scenario."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formulations.algebra.elements import Floats
from formulations.algebra.matrix import Matrix
from solver.genetic.decoders.ways import Ints, block_of


@dataclass(frozen=True, eq=False)
class Modes:
    """Tables of the rule ``one_mode``.

    Attributes
    ----------
    slot
        Slot of each element of ``mode``, shape (modes,).
    turn
        Row of ``one_mode`` of each, shape (modes,).
    """

    slot: Ints
    turn: Ints

    @classmethod
    def of(cls, matrix: Matrix) -> Modes | None:
        """The tables, or None where sites may take several modes at a time."""
        if "mode" not in matrix.columns or "one_mode" not in matrix.rows:
            return None
        slot = matrix.columns["mode"].dims[0]["slot"].position
        turn = block_of(matrix, "one_mode", "mode").tocsc().indices
        return cls(slot.astype(np.int32), turn.astype(np.int32))

    def chosen(self, slot: Ints, people: Floats, room: Floats) -> Floats:
        """Give each site the mode that can take most of those who apply first; the others lose their room.

        Parameters
        ----------
        slot, people
            Who applies where, slots counted copy by copy.
        room
            Of the slots, shape (copies, slots); changed.

        Returns
        -------
        Floats
            Shape (copies, modes), 1 for the modes taken.
        """
        load = np.bincount(slot, people, minlength=room.size).reshape(room.shape)
        served = np.minimum(load, room)[:, self.slot]
        # the largest of each turn first, of equals the first one in the order of the program
        order = np.lexsort((-served, np.broadcast_to(self.turn, served.shape)), axis=1)
        turn = self.turn[order]
        best = np.ones(turn.shape, bool)
        best[:, 1:] = turn[:, 1:] != turn[:, :-1]
        taken = np.zeros(served.shape, bool)
        np.put_along_axis(taken, order, best, axis=1)
        taken &= served > 0
        room[:, self.slot] = np.where(taken, room[:, self.slot], 0.0)
        return taken.astype(float)
