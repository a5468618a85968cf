"""The last lines of a run: how it ended, how good the plan is, what it costs, who is left, and where things lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from solver.command.voice import Voice
from solver.explain import sentences
from solver.summary import checks, proof
from solver.words import number, percent, significant

if TYPE_CHECKING:
    from solver.run import Run


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
        "explained": sentences(run.explanation, voice.lang, run.instance) if run.explanation else [],
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
            yield from sentences(run.explanation, voice.lang, run.instance)
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
