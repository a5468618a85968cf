"""How a command ends: with an exit code, and with one clear error if something is wrong."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from solver.command.voice import Voice

GOOD, OUR_FAULT, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

# What the machine or the user's rights forbid is no fault of the program.
THEIRS = {
    errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.ENAMETOOLONG, errno.ENOTDIR, errno.EFBIG,
}  # fmt: skip


def carry_out(voice: Voice, work: Callable[[], int]) -> None:
    """Do the work of a command and end with its exit code; errors are shown once, with all their faults."""
    try:
        code = work()
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        _show(voice, voice.say("error.interrupted"), [], INTERRUPTED)
        code = INTERRUPTED
    except Exception as error:
        code = _explained(voice, error)
    raise typer.Exit(code)


def _explained(voice: Voice, error: Exception) -> int:
    if voice.debug:
        traceback.print_exception(error)
    # Whatever lists faults is about what the user gave: an instance, a study, options, a program for a backend.
    listed = getattr(error, "faults", None)
    if isinstance(error, ValueError) and listed:
        _show(voice, getattr(error, "what", voice.say("error.input")), [str(fault) for fault in listed], BAD_INPUT)
        return BAD_INPUT
    if isinstance(error, OSError) and error.errno in THEIRS:
        where = f"{error.filename}: " if error.filename else ""
        _show(voice, voice.say("error.input"), [f"{where}{error.strerror}"], BAD_INPUT)
        return BAD_INPUT
    what = f"{voice.say('error.ours')}: {type(error).__name__}"
    faults = [str(error) or type(error).__name__]
    if not voice.debug:
        faults.append(voice.say("error.report", path=_kept(error)))
    _show(voice, what, faults, OUR_FAULT)
    return OUR_FAULT


def _show(voice: Voice, what: str, faults: list[str], code: int) -> None:
    """One error: a panel for people, one document for programs."""
    voice.document({"error": {"what": what, "faults": faults, "exit_code": code}})
    if voice.json:
        return
    from rich.panel import Panel
    from rich.text import Text

    body = Text("\n".join(f"• {fault}" for fault in faults) or what)
    title = Text(f" {what} ", style="bold")
    console = voice.console(error=True)
    if console.is_terminal:
        console.print(Panel(body, title=title, title_align="left", border_style="red"))
    else:  # a log or a pipe: no frame, no line breaks inside a sentence
        sys.stderr.write("\n  - ".join([f"{what}:" if faults else what, *faults]) + "\n")


def _kept(error: Exception) -> Path:
    """Where the traceback was written to."""
    words: Any = traceback.format_exception(error)
    with tempfile.NamedTemporaryFile(
        "w", prefix="refugia-fault-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write("".join(words))
    return Path(file.name)


_left_running = False


def leave_behind() -> None:
    """Note that a thread of a solver would keep the process from ending."""
    global _left_running
    _left_running = True


def end(code: int) -> None:
    """End the process, also if a solver does not stop."""
    if _left_running:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
