"""The last lines of a run: how it ended, how good the plan is, what it costs, who is left, and where things lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from solver.command.voice import Voice
from solver.summary import checks, proof
from solver.words import listed, number, percent, significant

if TYPE_CHECKING:
    from solver.run import Run

MOST_CHANGES = 12


def show(run: Run, voice: Voice) -> None:
    """Say the result, to a person or to a program."""
    voice.document(document(run, voice))
    voice.lines(lines(run, voice))


def document(run: Run, voice: Voice) -> dict[str, Any]:
    """The result as one JSON document."""
    return {
        **run.manifest["result"],
        "exit_code": run.exit_code,
        "folder": str(run.folder),
        "name": run.instance.about.name,
        "seconds": run.solution.seconds,
        "message": " ".join(proof(run.solution, voice.lang)),
        "certificate": run.solution.certificate.to_dict() if run.solution.certificate else None,
        "summary": run.plan.summary(voice.lang) if run.plan else [],
        "explanation": run.explanation,
        "files": list(run.manifest["files"]),
    }


def lines(run: Run, voice: Voice) -> Iterator[str]:
    """The result in sentences."""
    solution = run.solution
    yield ""
    if run.plan is None:
        yield from proof(solution, voice.lang)
        if run.explanation is not None:
            yield from explained(run.explanation, voice)
    else:
        # The last sentence of the summary is the proof, which is what a reader wants to know first.
        *told, proven = run.plan.summary(voice.lang)
        yield proven
        yield voice.say(
            "result.value",
            value=significant(solution.value),
            bound=significant(solution.bound),
            gap=percent(solution.gap, 2),
            seconds=number(solution.seconds, 1),
        )
        yield from checks(solution, voice.lang)
        yield ""
        yield from told
    yield ""
    yield voice.say("result.folder", path=run.folder)
    if run.plan is not None:
        for key, name in (("page", "page.html"), ("map", "map.png"), ("layers", "plan.gpkg"), ("tables", "tables")):
            yield voice.say(f"result.{key}", path=run.folder / name)


def explained(why: dict[str, Any], voice: Voice) -> Iterator[str]:
    """The rules in conflict, and the cheapest repairs."""
    if why["structural"]:
        yield voice.say("infeasible.structural")
        return
    conflict = why["conflict"]
    yield voice.say("infeasible.conflict one" if len(conflict) == 1 else "infeasible.conflict", count=len(conflict))
    for rule in conflict[:MOST_CHANGES]:
        yield "  - " + voice.say(
            "infeasible.rule",
            where=rule["where"],
            sense=voice.say(f"infeasible.{rule['sense']}"),
            limit=number(rule["limit"], 2),
            unit=rule["unit"],
            meaning=rule["meaning"],
        )
    yield from _more(conflict)
    if why["smallest"]:
        yield voice.say("infeasible.smallest")
    if not why["repairs"]:
        yield voice.say("infeasible.no repair")
    for k, repair in enumerate(why["repairs"]):
        if k:
            yield voice.say("infeasible.other repair", kinds=listed(repair["kinds"], voice.lang))
        else:
            yield voice.say("infeasible.repair proven" if repair["proven"] else "infeasible.repair")
        for change in repair["changes"][:MOST_CHANGES]:
            yield "  - " + voice.say(
                "infeasible.change",
                where=change["where"],
                sense=voice.say(f"infeasible.{change['sense']}"),
                to=number(change["to"], 2),
                limit=number(change["limit"], 2),
                unit=change["unit"],
            )
        yield from _more(repair["changes"])


def _more(things: list[Any]) -> Iterator[str]:
    if len(things) > MOST_CHANGES:
        yield f"  … +{len(things) - MOST_CHANGES}"
