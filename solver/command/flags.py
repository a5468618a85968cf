"""Flags that commands share, with their help."""

from __future__ import annotations

import enum
import re
from pathlib import Path
from typing import Annotated

import typer

from solver.words import language, say

HELP = language()


def words(key: str) -> str:
    """A sentence of the help, in the language of the environment."""
    # help is laid out in columns that break lines at spaces only, and cut off what is longer: Chinese has none
    return re.sub(r"(?<=[，；：。、）])(?=[^\s，；：。、）])", " ", say(f"help.{key}", HELP))


class Lang(enum.StrEnum):
    """Languages that Refugia speaks."""

    en = "en"
    zh = "zh"


AsJson = Annotated[bool, typer.Option("--json", help=words("json"))]
InLanguage = Annotated[Lang | None, typer.Option("--lang", help=words("lang"))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=words("quiet"))]
Debug = Annotated[bool, typer.Option("--debug", help=words("debug"))]
What = Annotated[str, typer.Argument(metavar="STUDY|CASE|INSTANCE", help=words("what"), show_default=False)]
Force = Annotated[bool, typer.Option("--force", help=words("force"))]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help=words("run"), show_default=False)]
FrontFolder = Annotated[Path, typer.Argument(metavar="RUN", help=words("explore run"), show_default=False)]


def examples(*lines: str) -> str:
    """The end of a help text: examples as they are typed."""
    shown = "\n\n".join(f"  {line}" for line in lines)
    return f"{say('help.examples', HELP)}\n\n{shown}"
