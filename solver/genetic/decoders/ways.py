"""Where people may go, as tables read from the matrix of an integrated plan.

A *caller* is a demand point in a phase and a scenario (the rows ``served``), a *way* is one of the trips of a caller
(the columns ``go``), a *slot* is a prepared option in a phase and a scenario (the rows ``capacity``), and a *yard* is
a site whose options share its area (the rows ``shared``). Ways are numbered slot by slot, the nearest caller first, so
that to sort ways by number is to bring them into the order in which slots take people in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from formulations.algebra.elements import Csr, Floats
from formulations.algebra.matrix import Matrix

Ints = NDArray[np.int32]
"""Positions: half the memory of numpy's own, and memory is what the time goes into."""


@dataclass(frozen=True, eq=False)
class Yards:
    """Area that several slots share.

    Attributes
    ----------
    yard
        Yard of each way, -1 for a way that shares with nobody; shape (ways,).
    area
        Share of the yard that one person takes on the way, shape (ways,).
    place
        Number of the way when they are counted yard by yard, the nearest caller first; shape (ways,).
    room
        Share of the area that is there for use, shape (yards,).
    standing
        Share that open options take all the time, shape (yards, options).
    """

    yard: Ints
    area: Floats
    place: Ints
    room: Floats
    standing: Csr


@dataclass(frozen=True, eq=False)
class Ways:
    """Tables of an integrated plan, or of several copies of it side by side.

    Attributes
    ----------
    trip, caller, slot
        Of each way, shape (ways,) each; a trip is an element of ``go``.
    ranked, start
        The ways caller by caller, the best one first, shape (ways,), and where each caller begins, (callers + 1,).
    ranked_slot
        Their slots in the same order, shape (ways,).
    people
        In need at each caller, shape (callers,); 1 for a caller without any way.
    room
        People that each slot takes if its option is open, shape (slots,).
    yards
        Areas that are shared, if any.
    """

    trip: Ints
    caller: Ints
    slot: Ints
    ranked: Ints
    ranked_slot: Ints
    start: Ints
    people: Floats
    room: Floats
    yards: Yards | None

    @property
    def size(self) -> int:
        """Number of ways."""
        return len(self.trip)

    @property
    def callers(self) -> int:
        """Number of callers."""
        return len(self.people)

    @classmethod
    def of(cls, matrix: Matrix, minutes: Floats | None = None) -> Ways:
        """Read the tables.

        Parameters
        ----------
        minutes
            How far each trip is, shape (trips,). If None, the objective ``travel`` (or the limit on it) tells; without
            it ways are tried in the order of the trips.

        Raises
        ------
        ValueError
            If the matrix is not that of an integrated plan with shelters, or ``minutes`` has another shape.
        """
        missing = [f"variable {n}" for n in ("open", "go", "unserved") if n not in matrix.columns]
        missing += [f"rows {n}" for n in ("served", "capacity") if n not in matrix.rows]
        if missing:
            raise ValueError(f"{matrix.name}: no plan with shelters, it lacks {', '.join(missing)}.")
        go, callers = matrix.columns["go"], matrix.rows["served"].size
        calls, _ = _entry_by_column(matrix, "served", "go")
        slots, people = _entry_by_column(matrix, "capacity", "go")
        minutes = _minutes(matrix, people) if minutes is None else np.asarray(minutes, float)
        if minutes.shape != (go.size,):
            raise ValueError(f"{matrix.name}: minutes of shape {minutes.shape}, expected ({go.size},).")
        trip = np.lexsort((calls, minutes, slots))
        caller, slot = calls[trip], slots[trip]
        ranked = np.lexsort((trip, minutes[trip], caller))
        need = np.ones(callers)
        need[caller] = people[trip]
        rooms = block_of(matrix, "capacity", "open")
        return cls(
            trip=_int(trip),
            caller=_int(caller),
            slot=_int(slot),
            ranked=_int(ranked),
            ranked_slot=_int(slot[ranked]),
            start=_int(np.concatenate([[0], np.cumsum(np.bincount(caller, minlength=callers))])),
            people=need,
            room=-np.asarray(rooms.sum(axis=1)).ravel(),
            yards=_yards(matrix, trip, minutes[trip], people),
        )

    def side_by_side(self, copies: int) -> Ways:
        """Several copies that have nothing to do with each other, numbered one after the other."""
        if copies == 1:
            return self

        def beside(values: Ints, size: int) -> Ints:
            return _int((values + size * np.arange(copies)[:, None]).ravel())

        yards = self.yards
        if yards is not None:
            yard = np.where(np.tile(yards.yard, copies) < 0, -1, beside(yards.yard, len(yards.room)))
            yards = Yards(
                _int(yard),
                np.tile(yards.area, copies),
                beside(yards.place, self.size),
                np.tile(yards.room, copies),
                yards.standing,
            )
        return Ways(
            trip=np.tile(self.trip, copies),
            caller=beside(self.caller, self.callers),
            slot=beside(self.slot, len(self.room)),
            ranked=beside(self.ranked, self.size),
            ranked_slot=beside(self.ranked_slot, len(self.room)),
            start=_int(np.append(beside(self.start[:-1], self.size), copies * self.size)),
            people=np.tile(self.people, copies),
            room=np.tile(self.room, copies),
            yards=yards,
        )


def _int(values: NDArray[Any]) -> Ints:
    return np.ascontiguousarray(values, dtype=np.int32)


def block_of(matrix: Matrix, rows: str, columns: str) -> Csr:
    """Coefficients of a variable in a block of rows."""
    part = sp.csr_array(matrix.A[matrix.rows[rows].span])
    return sp.csr_array(part[:, matrix.columns[columns].span])


def _entry_by_column(matrix: Matrix, rows: str, columns: str) -> tuple[NDArray[np.integer], Floats]:
    """Row and coefficient of the one entry that each column has in a block of rows."""
    part = sp.csc_array(block_of(matrix, rows, columns))
    if not (np.diff(part.indptr) == 1).all():
        raise ValueError(f"{matrix.name}: an element of {columns} does not stand in exactly one row of {rows}.")
    return part.indices, part.data


def _minutes(matrix: Matrix, people: Floats) -> Floats:
    """How far each trip is, up to a factor by scenario: person-minutes of the matrix by person."""
    span = matrix.columns["go"].span
    if "travel" in matrix.objectives:
        row = matrix.C[[matrix.objectives["travel"].start]]
    elif "limit_travel" in matrix.rows:
        row = matrix.A[[matrix.rows["limit_travel"].start]]
    else:
        return np.zeros(len(people))
    walked: Floats = row[:, span].toarray()[0] / people
    return walked


def _yards(matrix: Matrix, trip: NDArray[np.intp], minutes: Floats, people: Floats) -> Yards | None:
    if "shared" not in matrix.rows:
        return None
    taken = block_of(matrix, "shared", "go").tocoo()
    yard, area = np.full(len(trip), -1), np.zeros(len(trip))
    yard[taken.col], area[taken.col] = taken.row, taken.data
    yard, area = yard[trip], (area / people)[trip]
    place = np.empty(len(trip), np.int32)
    place[np.lexsort((minutes, yard))] = np.arange(len(trip))
    room = np.array(matrix.row_upper[matrix.rows["shared"].span])
    return Yards(_int(yard), area, place, room, block_of(matrix, "shared", "open"))
