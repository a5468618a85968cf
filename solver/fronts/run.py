"""A front study carried out: from a study to a folder with the front, its proof, and all that is needed to go on.

manifest.json     what it was made from, on what, how it ended, and the digests of all files
study.yaml        the study with every default written out
instance.refugia  the city
front.parquet and the other files of :mod:`solver.fronts.store`
suggestions.parquet, groups.parquet, parties.parquet, see :mod:`solver.fronts.chosen`
scenarios.parquet, robustness.parquet, see :mod:`solver.fronts.tested`
other.refugia     the other scenarios that the plans were put to, where the study names some
evolution.npz     where evolution stopped, for --resume
explanation.json  in place of a front, where no plan keeps all the rules
progress.jsonl    what was said on the way
front.gpkg        sites and roads by how many plans use them, or parcels by what the plans do with them, for QGIS
front.png, .svg   the front as a picture
explorer.html     the front to look into, see :mod:`solver.explorer`
parcels.png, .svg and the tables of :mod:`solver.fronts.parcels`, where the plans are about land
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from instances.instance import Instance
from instances.schema import InstanceError
from solver.events import Event, Sink, nowhere, to_all
from solver.fronts.asked import Asked, asked, measured
from solver.fronts.chosen import Chosen, chosen
from solver.fronts.parcels import Parcels
from solver.fronts.resume import front_faults, known_front
from solver.fronts.search import search
from solver.fronts.store import POINTS, proven_gap, read_front, write_front, write_tables
from solver.fronts.summary import finished, proof
from solver.fronts.tested import Tested, other_instance, tested
from solver.outputs.folder import filling, may_fill
from solver.outputs.manifest import FRONT, SCHEMA, made_from, made_on, read_manifest, with_files, write_manifest
from solver.pareto.exact import NoFrontError
from solver.pareto.front import Front, Label
from solver.progress import JsonLines
from solver.robustness.reference import settled
from solver.run import EXPLAIN_SECONDS, EXPLANATION, GOOD, INFEASIBLE, INSTANCE, PROGRESS, STOPPED, STUDY, Stages
from solver.words import listed, say, term

if TYPE_CHECKING:
    import pandas as pd

    from solver.study import Study

LAYERS, PICTURES, ROBUSTNESS = "front.gpkg", ("front.png", "front.svg"), "robustness.parquet"
MAPS = ("parcels.png", "parcels.svg")
EXPLORER = "explorer.html"
EVOLUTION, ELSEWHERE = "evolution.npz", "other.refugia"


@dataclass(frozen=True, eq=False)
class FrontRun:
    """A finished front study.

    Attributes
    ----------
    front
        None where there is none: infeasible, or stopped before a plan was found.
    explanation
        Why there is no plan, as plain data; None where there is one.
    chosen
        What helps to choose one of the plans; None without a plan.
    robustness
        The table of that name; None where the study asks for none.
    """

    folder: Path
    manifest: dict[str, Any]
    asked: Asked
    front: Front | None
    explanation: dict[str, Any] | None
    chosen: Chosen | None = None
    robustness: pd.DataFrame | None = None

    @property
    def exit_code(self) -> int:
        """0 complete, as asked for, or within the gap; 3 stopped early; 4 infeasible."""
        return int(self.manifest["result"]["exit_code"])

    def summary(self, lang: str = "en") -> list[str]:
        """The front in a few sentences, in English (``en``) or Chinese (``zh``)."""
        from solver.fronts.summary import summary

        if self.front is None:
            return [say(f"front.{self.manifest['result']['status']}", lang)]
        return summary(self.front, self.asked, lang, found=self.chosen, robustness=self.robustness)

    @classmethod
    def load(cls, folder: Path | str) -> FrontRun:
        """Read a front study, check its files against their digests and every plan against the program.

        Raises
        ------
        InstanceError
            If anything is missing, damaged or changed, or a plan does not keep the rules or have its values.
        """
        import pandas as pd

        from instances.container import load
        from solver.study import load_study

        folder = Path(folder).absolute()
        content = read_manifest(folder, FRONT)
        question = asked(load_study(folder / STUDY), load(folder / INSTANCE))
        why = folder / EXPLANATION
        explanation = json.loads(why.read_text("utf-8")) if why.exists() else None
        front = read_front(folder) if (folder / POINTS).exists() else None
        if front is not None and (faults := front_faults(front, question)):
            raise InstanceError(f"The front in {folder} cannot be used", faults)
        found = None if front is None else chosen(front, question)
        robustness = pd.read_parquet(folder / ROBUSTNESS) if (folder / ROBUSTNESS).exists() else None
        return cls(folder, content, question, front, explanation, found, robustness)


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
        other = other_instance(question)
    rows, columns = question.matrix.shape
    size = say("stage.size", lang, rows=rows, columns=columns, whole=int(question.matrix.integer.sum()))
    stages(Event("program", message=size))
    known, message = known_front(target, question, lang) if resume else (None, "")
    if message:
        stages(Event("program", message=message))
    with filling(target) as draft, (draft / PROGRESS).open("w", encoding="utf-8") as lines:
        record = JsonLines(lines)
        for event in said:
            record(event)
        stages.sink = to_all(sink, record)
        names = listed([term("objective", name, lang) for name in question.names], lang)
        front, explanation, status, shown = None, None, "", Shown()
        if known is not None and (target / EVOLUTION).exists():
            shutil.copyfile(target / EVOLUTION, draft / EVOLUTION)
        with stages.stage("front", say("stage.front", lang, names=names)):
            try:
                front = search(question, known, stages, lang, draft / EVOLUTION)
            except NoFrontError as none:
                status = "infeasible" if none.infeasible else "no plan"
        if front is not None:
            shown = _show(front, question, other, draft, lang, stages)
        elif status == "infeasible":
            explanation = _explained(question, draft, lang, stages)
        _keep(question, other, draft, stages)
        lines.close()
        stages.sink = sink
        content = {
            "kind": FRONT,
            "schema": SCHEMA,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            **made_from(question.study, instance, question.matrix, question.matrix.digest()),
            "result": {**_result(front, question, status), "faults": list(shown.faults)},
            **made_on(front.versions if front is not None else {}, stages.timings),
        }
        run = FrontRun(draft, content, question, front, explanation, shown.chosen, shown.robustness)
        if front is not None:
            _explorer(run, lang, stages)
        content = with_files(content, draft)
        write_manifest(content, draft)
    return replace(run, folder=target, manifest=content)


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
    return result | {
        "status": front.status,
        "complete": front.complete,
        "objectives": dict(zip(front.names, front.units, strict=True)),
        "points": len(front),
        "labels": {label.value: front.labels.count(label) for label in Label},
        "epsilon": front.epsilon if np.isfinite(front.epsilon) else None,
        "hypervolume": front.hypervolume,
        "hypervolume_gap": proven_gap(front),
        "method": front.method,
        "solves": front.solves,
        "seconds": front.seconds,
        "seed": front.seed,
    }


def _explained(asked: Asked, folder: Path, lang: str, stages: Stages) -> dict[str, Any]:
    from solver.explain import explain

    with stages.stage("explain", say("stage.explain", lang)):
        explanation = explain(asked.matrix, time_limit=EXPLAIN_SECONDS).to_dict()
    text = json.dumps(explanation, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / EXPLANATION).write_text(text + "\n", encoding="utf-8")
    return explanation


@dataclass(frozen=True, eq=False)
class Shown:
    """What was found out about a front besides the front."""

    chosen: Chosen | None = None
    robustness: pd.DataFrame | None = None
    faults: tuple[str, ...] = ()


def _show(front: Front, asked: Asked, other: Instance | None, folder: Path, lang: str, stages: Stages) -> Shown:
    """Tables, layers and pictures."""
    from solver.fronts.landscape import write_maps
    from solver.fronts.layers import write_layers
    from solver.fronts.picture import write_picture
    from solver.fronts.tables import alternatives, points_table

    futures, faults = _futures(front, asked, other, lang, stages)
    with stages.stage("tables", say("stage.keep front", lang)):
        beside, found = measured(asked, front), chosen(front, asked)
        write_front(front, asked.matrix, folder, beside)
        write_tables({} if found is None else found.tables(front), folder)
        write_tables({} if futures is None else futures.tables(), folder)
        few = alternatives(front) if found is None else found.shown(front)
        parcels = Parcels.of(front, asked)
        write_tables({} if parcels is None else parcels.tables(few), folder)
    with stages.stage("pictures", say("stage.show front", lang)):
        write_layers(front, asked, points_table(front, beside), folder / LAYERS, lang, found)
        about = asked.instance.about
        title = about.title.get(lang) or about.title.get("en") or about.name
        told = proof(front, asked.tradeoffs.gap, lang)
        marks = {} if found is None else found.marks(lang)
        if parcels is not None:
            for name in MAPS:
                write_maps(parcels, few, folder / name, lang, title=title)
        for name in PICTURES:
            write_picture(
                front, folder / name, lang, title=title, foot=("" if lang == "zh" else " ").join(told), marks=marks
            )
    return Shown(found, None if futures is None else futures.robustness, faults)


def _explorer(run: FrontRun, lang: str, stages: Stages) -> None:
    """The page to look into the front with; if it would be too large, the front is there all the same."""
    from solver.explorer.export import export_html

    with stages.stage("page", say("stage.explorer", lang)):
        try:
            export_html(run, run.folder / EXPLORER, lang)
        except InstanceError as error:
            stages(Event("page", message=listed(list(error.faults), lang)))


def _futures(
    front: Front, asked: Asked, other: Instance | None, lang: str, stages: Stages
) -> tuple[Tested | None, tuple[str, ...]]:
    """The plans in their futures, and what stood in the way: nothing that happens here may cost the front."""
    if asked.tradeoffs.robustness is None:
        return tested(front, asked, None), ()
    with stages.stage("futures", say("stage.futures", lang)):
        try:
            found = tested(front, asked, other, stages)
            faults = () if found is None else found.faults
        except InstanceError as error:
            found, faults = None, tuple(error.faults)
        except KeyboardInterrupt:
            stages(Event("futures", message=say("futures.stopped", lang)))
            return None, (say("futures.stopped", "en"),)
    if faults:
        stages(Event("futures", message=say("futures.faults", lang, faults=listed(list(faults), lang))))
    return found, faults


def _keep(asked: Asked, other: Instance | None, draft: Path, stages: Stages) -> None:
    """What the run can be read back from. Instances are copies, so the study in the folder points to them."""
    from instances.container import save
    from solver.source import Source

    with stages.stage("keep"):
        save(asked.instance, draft / INSTANCE, layers=False)
        front = asked.tradeoffs
        if other is not None and front.robustness is not None:
            save(other, draft / ELSEWHERE, layers=False)
            there = Source.model_validate({"path": ELSEWHERE})
            front = front.model_copy(update={"robustness": front.robustness.model_copy(update={"instance": there})})
        kept = asked.study.model_copy(update={"front": front})
        if asked.study.instance.path is not None:
            kept = kept.model_copy(update={"instance": Source.model_validate({"path": INSTANCE})})
        (draft / STUDY).write_text(kept.to_yaml(), encoding="utf-8")
