"""``refugia locate``: a classic question of location, from files to a plan with a proof."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from solver.command.ending import GOOD, carry_out, leave_behind
from solver.command.flags import AsJson, Debug, Force, InLanguage, Quiet, examples, words
from solver.command.voice import Voice

if TYPE_CHECKING:
    from formulations.location.access import Access
    from formulations.location.question import Question
    from solver.locating.located import Located

OF_FILES = (
    "people", "amount", "capacity", "cost", "status", "zone", "groups", "demand_id", "site_id", "unit", "cutoff",
    "between", "crs",
)  # fmt: skip
OF_INSTANCES = ("mode", "by", "limit", "scenario", "between")
OWN = {"capacity": "sites", "cost": "sites", "status": "sites", "zone": "demand"}
"""Columns that are read where a table has one of this name."""

MOST_ROWS = 30


def add(app: typer.Typer) -> None:
    """Register the command."""

    @app.command(
        help=f"{words('locate')}\n\n{words('codes')}",
        epilog=examples(
            "refugia locate",
            "refugia locate p-median --demand people.gpkg --sites schools.gpkg --set p=4 --out plan",
            "refugia locate mclp --demand people.csv --sites sites.csv --distances ways.csv --set p=4 --set radius=800",
            "refugia locate mclp --demand people.gpkg --sites sites.gpkg --set p=4 --set radius=800 --floor 0.6",
            "refugia locate p-center --instance helsinki --set p=8 --set mode=short --set by=minutes --json",
        ),
    )
    def locate(
        question: Annotated[str | None, typer.Argument(help=words("locate question"), show_default=False)] = None,
        demand: Annotated[str | None, typer.Option(help=words("locate demand"), show_default=False)] = None,
        sites: Annotated[str | None, typer.Option(help=words("locate sites"), show_default=False)] = None,
        distances: Annotated[str | None, typer.Option(help=words("locate distances"), show_default=False)] = None,
        instance: Annotated[str | None, typer.Option(help=words("locate instance"), show_default=False)] = None,
        values: Annotated[list[str] | None, typer.Option("--set", help=words("set locate"), show_default=False)] = None,
        objective: Annotated[str | None, typer.Option(help=words("objective locate"), show_default=False)] = None,
        limit: Annotated[list[str] | None, typer.Option(help=words("limit locate"), show_default=False)] = None,
        floor: Annotated[list[str] | None, typer.Option(help=words("floor locate"), show_default=False)] = None,
        out: Annotated[Path | None, typer.Option("--out", "-o", help=words("out locate"), show_default=False)] = None,
        gap: Annotated[float, typer.Option(help=words("gap"))] = 0.0,
        time_limit: Annotated[float | None, typer.Option(help=words("time"), show_default=False)] = None,
        threads: Annotated[int, typer.Option(help=words("threads"))] = 1,
        seed: Annotated[int, typer.Option(help=words("seed"))] = 0,
        force: Force = False,
        json: AsJson = False,
        lang: InLanguage = None,
        quiet: Quiet = False,
        debug: Debug = False,
    ) -> None:
        voice = Voice.of(json, lang, quiet, debug)
        files = {"demand": demand, "sites": sites, "distances": distances, "instance": instance}
        terms = {"gap": gap, "time_limit": time_limit, "threads": threads, "seed": seed}
        fair = {"objective": objective, "limits": limit or (), "floors": floor or ()}
        if question is None:
            told = bool(values) or any(files.values()) or any(fair.values())
            carry_out(voice, lambda: _all(told, voice))
        else:
            carry_out(voice, lambda: _one(question, files, values or [], fair, out, terms, force, voice))


def _all(told: bool, voice: Voice) -> int:
    """The questions with one sentence each; with anything told, a question is missing."""
    from rich.table import Table

    from instances.schema import InstanceError
    from solver.locating.asking import beyond_text, parameters, questions

    if told:
        raise InstanceError(voice.say("error.input"), [voice.say("locate.no question")])
    found = {name: one for name, one in questions().items() if not beyond_text(one)}
    rows = {name: (_sentence(one, voice), list(parameters(one))) for name, one in found.items()}
    listed = [{"name": n, "title": found[n].title, "about": about, "set": keys} for n, (about, keys) in rows.items()]
    voice.document({"questions": listed})
    table = Table(title=voice.say("locate.title"), title_justify="left")
    table.add_column(voice.say("cases.name"), style="bold", no_wrap=True)
    table.add_column(voice.say("cases.about"))
    table.add_column("--set")
    for name, (about, keys) in rows.items():
        table.add_row(name, about, " ".join(keys))
    voice.show(table)
    voice.lines([voice.say("locate.more")])
    return GOOD


def _sentence(question: type[Question], voice: Voice) -> str:
    from solver.words import WORDS

    key = f"ask.{question.title}"
    return voice.say(key) if key in WORDS else question.title


def _one(
    name: str,
    files: dict[str, str | None],
    values: list[str],
    fair: dict[str, Any],
    out: Path | None,
    terms: dict[str, Any],
    force: bool,
    voice: Voice,
) -> int:
    from instances.schema import InstanceError
    from solver.command.given import values_of
    from solver.command.solve import free
    from solver.locating.asking import asked, beyond_text, name_of, parameters, question_named
    from solver.locating.layers import may_write
    from solver.locating.locate import locate
    from solver.locating.weighing import weighed
    from solver.run import OUR_FAULT, SolveError, exit_code

    kind = question_named(name)
    if lacking := beyond_text(kind):
        faults = [voice.say("locate.only python", name=name_of(kind), keys=", ".join(lacking))]
        raise InstanceError(voice.say("error.input"), faults)
    target = out if out is not None else free(Path("runs") / name_of(kind), force)
    may_write(target, force)
    told = values_of(values, voice.lang)
    written = {key.strip(): text for key, _, text in (pair.partition("=") for pair in values)}
    question = asked(kind, {k: v for k, v in told.items() if k in parameters(kind) or not _of_data(k)}, written)
    question = weighed(question, **fair, lang=voice.lang)
    mine = {k: v for k, v in told.items() if k not in parameters(kind)}
    access = _access(question, files, mine, written, voice)
    with voice.progress() as sink:
        located = locate(question, access, on_event=sink, **terms)
    if located.solution.left_running:
        leave_behind()
    code = exit_code(located.solution)
    if code == OUR_FAULT:
        raise SolveError(located.summary(voice.lang))
    names = [path.name for path in located.write(target, overwrite=force, lang=voice.lang)]
    voice.document(_document(located, code, target, names, voice))
    _show(located, target, voice)
    return code


def _of_data(key: str) -> bool:
    return key in OF_FILES or key in OF_INSTANCES


def _access(
    question: Question, files: dict[str, str | None], told: dict[str, Any], written: dict[str, str], voice: Voice
) -> Access:
    """The data: tables from files, or an instance."""
    from instances.schema import InstanceError

    allowed = OF_INSTANCES if files["instance"] else OF_FILES
    faults = [voice.say("locate.not here", given=key, keys=", ".join(allowed)) for key in told if key not in allowed]
    alone = question.title == "p-dispersion"  # asks nothing of demand points
    if files["instance"]:
        faults += [voice.say("locate.both")] if files["demand"] or files["sites"] or files["distances"] else []
    elif not files["sites"] or not (files["demand"] or alone):
        faults.append(voice.say("locate.lacking"))
    if faults:
        raise InstanceError(voice.say("error.input"), faults)
    if files["instance"]:
        from formulations.location.reading import access_of
        from solver.command.given import instance_of

        built, _ = instance_of(files["instance"], voice.lang)
        if alone and "between" not in told:
            told["between"] = "straight"
        return access_of(built, **told)
    return _from_files(files, told, written, alone)


def _from_files(files: dict[str, str | None], told: dict[str, Any], written: dict[str, str], alone: bool) -> Access:
    from solver.locating.files import read_distances, read_places
    from solver.locating.frames import access_from_frames

    crs = told.pop("crs", None)
    sites = read_places("sites", str(files["sites"]), crs)
    demand = sites if files["demand"] is None else read_places("demand", files["demand"], crs)
    tables = {"sites": sites, "demand": demand}
    for key in told:  # a column may be called 2020
        if any(written[key].strip() in table.columns for table in tables.values()):
            told[key] = written[key].strip()
    if "groups" in told:
        told["groups"] = tuple(part.strip() for part in written["groups"].strip(" []").split(","))
    for column, table in OWN.items():
        if column not in told and column in tables[table].columns:
            told[column] = column
    for key, table in (("demand_id", "demand"), ("site_id", "sites")):
        if key not in told and "id" in tables[table].columns:
            told[key] = "id"
    if files["distances"]:
        told["distance"] = read_distances(files["distances"])
    if alone:
        told = {"between": told.get("distance", "euclidean"), **told}
    if files["demand"] is None:
        told = {"people": 1.0, **told}
    return access_from_frames(demand, sites, **{k: v for k, v in told.items() if v is not None})


def _document(located: Located, code: int, folder: Path, files: list[str], voice: Voice) -> dict[str, Any]:
    content = located.to_dict()
    solution = content.pop("solution")
    return {
        **content,
        "exit_code": code,
        "folder": str(folder),
        "seconds": solution["seconds"],
        "certificate": solution["certificate"],
        "summary": located.summary(voice.lang).splitlines(),
        "files": files,
    }


def _show(located: Located, folder: Path, voice: Voice) -> None:
    from rich.table import Table

    from solver.locating.layers import LAYERS, notes
    from solver.words import number, percent, significant

    if not voice.listens:
        return
    value, bound = significant(located.value), significant(located.bound)
    seconds, gap = number(located.solution.seconds, 1), percent(located.gap, 2)
    status = voice.say(f"locate.{located.status.value}")
    voice.lines(["", voice.say("locate.line", status=status, value=value, bound=bound, gap=gap, seconds=seconds), ""])
    voice.lines(located.summary(voice.lang).splitlines())
    voice.lines(notes(located, voice.lang))
    if located.siting is not None:
        sites = located.sites
        chosen = sites[sites["open"]]
        table = Table()
        for key in ("site", "status", "people", "farthest"):
            table.add_column(
                voice.say(f"locate.column {key}"), justify="left" if key in ("site", "status") else "right"
            )
        for label, row in chosen.head(MOST_ROWS).iterrows():
            state = voice.say("legend.existing" if row["status"] == "existing" else "legend.chosen")
            table.add_row(str(label), state, number(row["people"], 1), significant(row["farthest"]))
        voice.show(table)
        if len(chosen) > MOST_ROWS:
            voice.lines([voice.say("check.more", count=len(chosen) - MOST_ROWS)])
    voice.lines([voice.say("result.folder", path=folder)])
    if (folder / LAYERS).exists():
        voice.lines([voice.say("result.layers", path=folder / LAYERS)])
