"""The command ``refugia`` and what it starts with: version and help."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from solver.command import build, cases, changes, check, dossier, explore, front, locate, report, schema, solve
from solver.command.ending import end
from solver.command.flags import examples, words

app = typer.Typer(
    name="refugia",
    help=words("app"),
    epilog=examples(
        "refugia cases", "refugia solve helsinki", "refugia check my-study.yaml", "refugia solve my-study.yaml"
    ),
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib import metadata

        try:
            typer.echo(f"refugia {metadata.version('refugia')}")
        except metadata.PackageNotFoundError:
            typer.echo("refugia, not installed as a package")
        raise typer.Exit


@app.callback()
def _start(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=words("version"))
    ] = False,
) -> None:
    pass


for _module in (cases, build, check, changes, solve, locate, front, explore, dossier, report, schema):
    _module.add(app)


def run() -> None:
    """Entry point of the command line."""
    try:
        app()
    except SystemExit as ended:
        code = ended.code
        end(code if isinstance(code, int) else 0 if code is None else 1)
    sys.exit(0)


if __name__ == "__main__":
    run()
