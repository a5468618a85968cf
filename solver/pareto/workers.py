"""Processes that work on tasks of one program, and can be stopped at any moment.

Each process keeps what it has built of the program from task to task. Processes are spawned, so the caller's script
must be importable (``if __name__ == "__main__"``). They end with the caller: they leave Ctrl-C to it, and hear when it
is gone.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

T = TypeVar("T")

FAREWELL = 2.0
"""Seconds that a process is waited for once it was told to end."""


class Workers(Generic[T]):
    """Some processes, or none: then tasks are done in the caller's.

    Parameters
    ----------
    number
        Of processes; with one, work is done in the caller's.
    equip
        Called once per process with ``terms``; a function of a module. What it returns does the tasks.
    """

    def __init__(self, number: int, equip: Callable[..., Callable[[Any], T]], *terms: Any) -> None:
        self._equip, self._terms = equip, terms
        self._here: Callable[[Any], T] | None = None
        self._done: list[T] = []
        self._idle: list[Connection] = []
        self._busy: dict[Connection, Any] = {}
        self._processes: dict[Connection, Any] = {}
        context = get_context("spawn")
        for _ in range(number if number > 1 else 0):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, equip, *terms), daemon=True)
            process.start()
            theirs.close()
            self._processes[ours] = process
            self._idle.append(ours)
        self._alone = not self._processes

    def __enter__(self) -> Workers[T]:
        return self

    def __exit__(self, *error: object) -> None:
        """End all processes, at work or not."""
        for ours, process in self._processes.items():
            process.terminate()
            ours.close()
        for process in self._processes.values():
            process.join(FAREWELL)
            if process.is_alive():
                process.kill()
                process.join(FAREWELL)

    @property
    def free(self) -> bool:
        """Whether somebody is there for another task."""
        return not self._done if self._alone else bool(self._idle)

    @property
    def busy(self) -> list[Any]:
        """Tasks being worked on."""
        return list(self._busy.values())

    @property
    def working(self) -> bool:
        """Whether something is still to be collected."""
        return bool(self._done or self._busy)

    def give(self, task: Any) -> None:
        """Hand out a task; call it only while somebody is :attr:`free`."""
        if self._alone:
            if self._here is None:
                self._here = self._equip(*self._terms)
            self._done.append(self._here(task))
            return
        connection = self._idle.pop(0)
        self._busy[connection] = task
        try:
            connection.send(task)
        except OSError:
            self._lost(connection)

    def collect(self, seconds: float) -> list[T]:
        """What was finished; waits so long for something.

        A process that died takes its task with it; when all have, the caller's goes on alone.

        Raises
        ------
        Exception
            What a task raised.
        """
        found, self._done = self._done, []
        if self._alone or not self._busy:
            return found
        for connection in wait(list(self._busy), seconds):
            assert isinstance(connection, Connection)
            try:
                fine, answer = connection.recv()
            except (EOFError, OSError):
                self._lost(connection)
                continue
            del self._busy[connection]
            self._idle.append(connection)
            if not fine:
                raise answer
            found.append(answer)
        return found

    def _lost(self, connection: Connection) -> None:
        self._busy.pop(connection, None)
        self._alone = not self._busy and not self._idle


def _serve(connection: Connection, equip: Callable[..., Callable[[Any], Any]], *terms: Any) -> None:
    """The life of a process: tasks, one after the other, until the caller is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work = equip(*terms)
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer: tuple[bool, Any] = True, work(task)
        except Exception as error:  # it belongs to the caller
            answer = False, error
        try:
            connection.send(answer)
        except OSError:
            return
