"""A front study carried out: from a study to a folder with the front, its proof, and all that is needed to go on.

manifest.json     what it was made from, on what, how it ended, and the digests of all files
study.yaml        the study with every default written out
instance.refugia  the city
front.parquet and the other files of :mod:`solver.fronts.store`
explanation.json  in place of a front, where no plan keeps all the rules
progress.jsonl    what was said on the way
front.gpkg        sites and roads by how many plans use them, for QGIS
front.png, .svg   the front as a picture
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.instance import Instance
from instances.schema import InstanceError
from solver.events import Event, Sink, nowhere, to_all
from solver.fronts.asked import Asked, asked, measured
from solver.fronts.search import search
from solver.fronts.store import POINTS, read_front, write_front
from solver.fronts.summary import finished, proof
from solver.outputs.folder import MANIFEST, FolderError, filling, may_fill
from solver.outputs.manifest import FRONT, SCHEMA, made_from, made_on, read_manifest, with_files, write_manifest
from solver.pareto.exact import NoFrontError
from solver.pareto.front import Front, Label
from solver.progress import JsonLines
from solver.robustness.reference import settled
from solver.run import EXPLAIN_SECONDS, EXPLANATION, GOOD, INFEASIBLE, INSTANCE, PROGRESS, STOPPED, STUDY, Stages
from solver.words import listed, say, term

if TYPE_CHECKING:
    from solver.study import Study

LAYERS, PICTURES = "front.gpkg", ("front.png", "front.svg")


@dataclass(frozen=True, eq=False)
class FrontRun:
    """A finished front study.

    Attributes
    ----------
    front
        None where there is none: infeasible, or stopped before a plan was found.
    explanation
        Why there is no plan, as plain data; None where there is one.
    """

    folder: Path
    manifest: dict[str, Any]
    asked: Asked
    front: Front | None
    explanation: dict[str, Any] | None

    @property
    def exit_code(self) -> int:
        """0 complete, as asked for, or within the gap; 3 stopped early; 4 infeasible."""
        return int(self.manifest["result"]["exit_code"])

    def summary(self, lang: str = "en") -> list[str]:
        """The front in a few sentences, in English (``en``) or Chinese (``zh``)."""
        from solver.fronts.summary import summary

        if self.front is None:
            return [say(f"front.{self.manifest['result']['status']}", lang)]
        return summary(self.front, self.asked, lang)

    @classmethod
    def load(cls, folder: Path | str) -> FrontRun:
        """Read a front study, check its files against their digests and every plan against the program.

        Raises
        ------
        InstanceError
            If anything is missing, damaged or changed, or a plan does not keep the rules or have its values.
        """
        from instances.container import load
        from solver.study import load_study

        folder = Path(folder).absolute()
        content = read_manifest(folder, FRONT)
        question = asked(load_study(folder / STUDY), load(folder / INSTANCE))
        why = folder / EXPLANATION
        explanation = json.loads(why.read_text("utf-8")) if why.exists() else None
        front = read_front(folder) if (folder / POINTS).exists() else None
        if front is not None and (faults := _faults(front, question)):
            raise InstanceError(f"The front in {folder} cannot be used", faults)
        return cls(folder, content, question, front, explanation)


def perform_front(
    study: Study,
    out: Path | str,
    *,
    force: bool = False,
    resume: bool = False,
    lang: str = "en",
    sink: Sink = nowhere,
    built: Instance | None = None,
) -> FrontRun:
    """Carry a front study out and write its folder; the folder appears complete or not at all.

    Parameters
    ----------
    force
        Replace a run that is there.
    resume
        Go on from the plans and facts of the front that is there, if it is of the same program, and replace it.
    lang
        Language of pictures and legends: ``en`` or ``zh``.
    sink
        Told about progress.
    built
        The instance that the study names, if it is at hand; it is not built again then.

    Raises
    ------
    InstanceError
        If the study, the instance or the target cannot be used; all faults at once.
    """
    target = Path(out).absolute()
    may_fill(target, replace=force or resume)
    said: list[Event] = []
    stages = Stages(to_all(sink, said.append))
    with stages.stage("instance", say("stage.instance", lang, name=study.instance.name)):
        instance = built if built is not None else study.instance.build()
    with stages.stage("program", say("stage.program", lang)):
        study = settled(study, instance, stages)
        question = asked(study, instance)
    rows, columns = question.matrix.shape
    size = say("stage.size", lang, rows=rows, columns=columns, whole=int(question.matrix.integer.sum()))
    stages(Event("program", message=size))
    known, message = _known(target, question, lang) if resume else (None, "")
    if message:
        stages(Event("program", message=message))
    with filling(target) as draft, (draft / PROGRESS).open("w", encoding="utf-8") as lines:
        record = JsonLines(lines)
        for event in said:
            record(event)
        stages.sink = to_all(sink, record)
        names = listed([term("objective", name, lang) for name in question.names], lang)
        front, explanation, status = None, None, ""
        with stages.stage("front", say("stage.front", lang, names=names)):
            try:
                front = search(question, known, stages, lang)
            except NoFrontError as none:
                status = "infeasible" if none.infeasible else "no plan"
        if front is not None:
            _show(front, question, draft, lang, stages)
        elif status == "infeasible":
            explanation = _explained(question, draft, lang, stages)
        _keep(question, draft, stages)
        lines.close()
        content = {
            "kind": FRONT,
            "schema": SCHEMA,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            **made_from(question.study, instance, question.matrix, question.matrix.digest()),
            "result": _result(front, question, status),
            **made_on(front.versions if front is not None else {}, stages.timings),
        }
        content = with_files(content, draft)
        write_manifest(content, draft)
    return FrontRun(target, content, question, front, explanation)


def exit_code(front: Front | None, gap: float, status: str = "") -> int:
    """0 complete, as many points as asked for, or within the gap; 3 stopped early; 4 infeasible."""
    if front is None:
        return INFEASIBLE if status == "infeasible" else STOPPED
    return GOOD if finished(front, gap) else STOPPED


def _result(front: Front | None, asked: Asked, status: str) -> dict[str, Any]:
    gap = asked.tradeoffs.gap
    result: dict[str, Any] = {
        "exit_code": exit_code(front, gap, status),
        "status": status,
        "gap_asked": gap,
        "points": 0,
    }
    if front is None:
        return result
    open_ = not np.isfinite(front.epsilon)
    return result | {
        "status": front.status,
        "complete": front.complete,
        "objectives": dict(zip(front.names, front.units, strict=True)),
        "points": len(front),
        "labels": {label.value: front.labels.count(label) for label in Label},
        "epsilon": None if open_ else front.epsilon,
        "hypervolume": front.hypervolume,
        "hypervolume_gap": None if open_ else front.hypervolume_gap,
        "method": front.method,
        "solves": front.solves,
        "seconds": front.seconds,
        "seed": front.seed,
    }


def _known(target: Path, asked: Asked, lang: str) -> tuple[Front | None, str]:
    """The front that is there, if it is of the same program, and what to say about it.

    Raises
    ------
    FolderError
        If what is there is no front.
    """
    if not (target / MANIFEST).exists():
        return None, say("resume.nothing", lang)
    if json.loads((target / MANIFEST).read_text("utf-8")).get("kind") != FRONT:
        raise FolderError(f"Cannot write to {target}", [say("resume.no front run", lang)])
    before = read_manifest(target, FRONT)
    if before["program"]["digest"] != asked.matrix.digest():
        return None, say("resume.other", lang)
    if POINTS not in before["files"]:
        return None, say("resume.no front", lang)
    front = read_front(target)
    if front.names != asked.names:
        return None, say("resume.other", lang)
    if faults := _faults(front, asked):
        raise InstanceError(f"The front in {target} cannot be used", faults)
    said = say("resume.front", lang, points=len(front), facts=len(front.bounds.facts))
    return front, said


def _faults(front: Front, asked: Asked) -> list[str]:
    """What does not stand up: a front of another program, a plan that breaks a row, a value that is not the plan's."""
    from solver.certificate import verify
    from solver.pareto.space import Space

    if front.matrix_digest != asked.matrix.digest():
        made = front.versions.get("refugia", "another version")
        return [f"this version of refugia writes another program for the study than the one that made it ({made})"]
    values = Space.of(asked.matrix, front.names).values(front.plans)
    wrong = ~np.isclose(values, front.points, rtol=1e-9, atol=1e-9).all(axis=1)
    faults = [f"point {k + 1}: its values are not those of its plan" for k in np.flatnonzero(wrong)]
    for k in range(len(front)):
        x = np.asarray(front.plans[[k]].toarray())[0]
        checked = verify(asked.matrix, {front.names[0]: 1.0}, x, verify_bound=False)
        faults += [f"point {k + 1}: {problem}" for problem in checked.problems]
    return faults


def _explained(asked: Asked, folder: Path, lang: str, stages: Stages) -> dict[str, Any]:
    from solver.explain import explain

    with stages.stage("explain", say("stage.explain", lang)):
        explanation = explain(asked.matrix, time_limit=EXPLAIN_SECONDS).to_dict()
    text = json.dumps(explanation, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / EXPLANATION).write_text(text + "\n", encoding="utf-8")
    return explanation


def _show(front: Front, asked: Asked, folder: Path, lang: str, stages: Stages) -> None:
    """Tables, layers and pictures."""
    from solver.fronts.layers import write_layers
    from solver.fronts.picture import write_picture
    from solver.fronts.tables import points_table

    with stages.stage("tables", say("stage.keep front", lang)):
        beside = measured(asked, front)
        write_front(front, asked.matrix, folder, beside)
    with stages.stage("pictures", say("stage.show front", lang)):
        write_layers(front, asked, points_table(front, beside), folder / LAYERS, lang)
        about = asked.instance.about
        title = about.title.get(lang) or about.title.get("en") or about.name
        told = proof(front, asked.tradeoffs.gap, lang)
        for name in PICTURES:
            write_picture(front, folder / name, lang, title=title, foot=("" if lang == "zh" else " ").join(told))


def _keep(asked: Asked, draft: Path, stages: Stages) -> None:
    """What the run can be read back from. The instance is a copy, so the study in the folder points to it."""
    from instances.container import save
    from solver.study import Source

    with stages.stage("keep"):
        save(asked.instance, draft / INSTANCE, layers=False)
        kept = asked.study.model_copy(update={"front": asked.tradeoffs})
        if asked.study.instance.path is not None:
            kept = kept.model_copy(update={"instance": Source.model_validate({"path": INSTANCE})})
        (draft / STUDY).write_text(kept.to_yaml(), encoding="utf-8")
