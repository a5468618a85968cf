"""How a command speaks: to people or to programs, in their language, or not at all."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from solver.command.flags import Lang
from solver.words import language, say

if TYPE_CHECKING:
    from rich.console import Console

    from solver.events import Event, Sink


FILE_WIDTH = 160
"""Columns of what goes to a file or a pipe, where nobody's window is too narrow."""


class Notable:
    """Passes on what a reader of a log wants to know: a new stage, plan or message, a gap that is clearly smaller.

    A search moves its bound in the eighth digit several times a second.
    """

    def __init__(self, sink: Sink, every: float = 15.0, step: float = 0.03) -> None:
        self._sink, self._every, self._step = sink, every, step
        self._last: Event | None = None

    def __call__(self, event: Event) -> None:
        """Pass the event on, or keep it."""
        last = self._last
        if last is not None and _same(last, event):
            closer = (last.gap or 0.0) - (event.gap or 0.0) > self._step * (last.gap or 0.0)
            if not closer and event.elapsed - last.elapsed < self._every:
                return
        self._last = event
        self._sink(event)


def _same(a: Event, b: Event) -> bool:
    known = [(e.stage, e.message, e.done, e.incumbent, e.bound is None, e.gap is None) for e in (a, b)]
    return known[0] == known[1]


@dataclass(frozen=True)
class Voice:
    """What a command was told about speaking.

    Attributes
    ----------
    json
        One JSON document on stdout, progress as JSON lines on stderr, nothing else.
    quiet
        Nothing but errors (and the JSON document, if one was asked for).
    """

    json: bool
    lang: str
    quiet: bool = False
    debug: bool = False

    @classmethod
    def of(cls, json: bool, lang: Lang | None, quiet: bool = False, debug: bool = False) -> Voice:
        """Voice from the flags of a command."""
        return cls(json, lang.value if lang else language(), quiet, debug)

    def say(self, key: str, **values: object) -> str:
        """A sentence in the user's language."""
        return say(key, self.lang, **values)

    def document(self, content: dict[str, Any]) -> None:
        """The result for programs; people see nothing of it."""
        if self.json:
            sys.stdout.write(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
            sys.stdout.flush()

    @property
    def listens(self) -> bool:
        """Whether a person reads along."""
        return not self.json and not self.quiet

    def lines(self, texts: Iterable[str]) -> None:
        """Lines for people."""
        if self.listens:
            console = self.console()
            for text in texts:
                console.print(text, markup=False, highlight=False, soft_wrap=True)

    def show(self, *things: Any) -> None:
        """Tables and panels of rich for people."""
        if self.listens:
            console = self.console()
            for thing in things:
                console.print(thing)

    def console(self, error: bool = False) -> Console:
        """The terminal, as it is now (tests and pipes replace the streams)."""
        from rich.console import Console

        console = Console(stderr=error)
        if not console.is_terminal:
            console.width = max(console.width, FILE_WIDTH)
        return console

    @contextmanager
    def progress(self) -> Iterator[Sink]:
        """Whom to tell about progress: a bar in a terminal, plain lines in a log, JSON lines, or nobody."""
        from solver.events import nowhere
        from solver.progress import Bar, JsonLines, Lines

        if self.json:
            yield nowhere if self.quiet else JsonLines(sys.stderr)
        elif self.quiet:
            yield nowhere
        elif sys.stderr.isatty():
            with Bar(sys.stderr) as bar:
                yield bar
        else:
            yield Notable(Lines(sys.stderr))
