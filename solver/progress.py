"""Sinks for events: a bar in the terminal, plain lines, JSON lines. Each writes to the stream it is given."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any, TextIO

from solver.events import Event


def describe(event: Event) -> str:
    """One line for a reader: ``  12.3 s  search      plan 104.2  bound 103.9  gap 0.29 %``."""
    words = []
    if event.total:
        words.append(f"{event.done or 0:g} of {event.total:g}")
    elif event.done is not None:
        words.append(f"{event.done:g} done")
    if event.incumbent is not None:
        words.append(f"plan {event.incumbent:.8g}")
    if event.bound is not None:
        words.append(f"bound {event.bound:.8g}")
    if event.gap is not None:
        words.append(f"gap {100 * event.gap:.3g} %")
    if event.message:
        words.append(event.message)
    return f"{event.elapsed:7.1f} s  {event.stage:<11} " + "  ".join(words)


class Lines:
    """One plain line per event, for logs; nothing is written twice in a row."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last: Event | None = None

    def __call__(self, event: Event) -> None:
        said = None if self._last is None else _news(self._last)
        if said != _news(event):
            self._stream.write(describe(event).rstrip() + "\n")
            self._stream.flush()
        self._last = event


class JsonLines:
    """One JSON object per event and line, for other programs."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, event: Event) -> None:
        self._stream.write(json.dumps(event.to_dict(), allow_nan=False, ensure_ascii=False) + "\n")
        self._stream.flush()


class Bar:
    """A live line per stage in a terminal, drawn by rich. Use it in a ``with`` block, which restores the terminal."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.fields[stage]:<11}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[words]}"),
            TimeElapsedColumn(),
            console=Console(file=stream),
        )
        self._task: Any = None
        self._stage = ""

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # only work that came to its end is drawn as complete
        self._finish(complete=kind is None)
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        if self._task is None or event.stage != self._stage:
            self._finish(complete=True)
            self._task = self._progress.add_task("", total=None, stage=event.stage, words="")
            self._stage = event.stage
        total, done = _share(event)
        words = describe(event).split(event.stage, 1)[1].strip()
        # the text may hold names with square brackets, which rich would read as markup
        self._progress.update(self._task, words=words.replace("[", r"\["), total=total, completed=done)

    def _finish(self, complete: bool) -> None:
        if self._task is not None:
            if complete:
                self._progress.update(self._task, total=1.0, completed=1.0)
            self._progress.stop_task(self._task)
            self._task = None


def _share(event: Event) -> tuple[float | None, float]:
    """Total and done: steps, or how much of the gap is closed (its fourth root, as the last per cent take longest)."""
    if event.total and event.done is not None:
        return event.total, event.done
    if event.gap is not None:
        return 1.0, max(0.0, 1.0 - min(1.0, event.gap) ** 0.25)
    return None, 0.0


def _news(event: Event) -> tuple[Any, ...]:
    return event.stage, event.done, event.total, event.incumbent, event.bound, event.message
