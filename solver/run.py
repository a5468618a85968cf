"""A run: from a study to a folder with the plan, its proof, and everything needed to judge and repeat it.

manifest.json     what it was made from, on what, how it ended, and the digests of all files
study.yaml        the study with every default written out
instance.refugia  the city
solution.json     status, value, bound, gap and certificate; solution.npz and duals.npz the numbers behind them
explanation.json  in place of a plan, where no plan keeps all the rules
progress.jsonl    what was said on the way
tables/           the plan as Parquet and CSV
plan.gpkg         the plan for QGIS, with styles
map.png, map.svg  the plan as a map
page.html         the plan as a page that needs nothing else
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formulations.algebra.matrix import Matrix
from formulations.plan import IntegratedPlan
from instances.instance import Instance
from instances.schema import InstanceError
from solver.events import Event, Sink, nowhere, to_all
from solver.outputs.folder import MANIFEST, filling, may_fill
from solver.outputs.manifest import manifest, read_manifest, with_files, write_manifest
from solver.outputs.values import read_solution, read_values, write_solution
from solver.plan import Plan
from solver.progress import JsonLines
from solver.robustness.reference import settled, unsettled
from solver.solution import Solution, Status
from solver.solve import solve
from solver.summary import proof
from solver.words import percent, say, significant

if TYPE_CHECKING:
    from solver.study import Study

INSTANCE, STUDY, EXPLANATION, PROGRESS = "instance.refugia", "study.yaml", "explanation.json", "progress.jsonl"
EXPLAIN_SECONDS = 60.0

GOOD, OUR_FAULT, BAD_INPUT, STOPPED, INFEASIBLE = 0, 1, 2, 3, 4
"""Exit codes of the command line."""


class SolveError(RuntimeError):
    """The solver gave up, or what it returned did not stand up to our check: a fault of ours, not of the study."""


@dataclass(frozen=True, eq=False)
class Run:
    """A finished run.

    Attributes
    ----------
    plan
        None where there is none: infeasible, or stopped before one was found.
    explanation
        Why there is no plan, as plain data; None where there is one.
    """

    folder: Path
    manifest: dict[str, Any]
    study: Study
    question: IntegratedPlan
    instance: Instance
    solution: Solution
    plan: Plan | None
    explanation: dict[str, Any] | None

    @property
    def exit_code(self) -> int:
        """0 proven within the gap asked for, 3 stopped at a limit, 4 infeasible."""
        return exit_code(self.solution)

    @classmethod
    def load(cls, folder: Path | str) -> Run:
        """Read a run, check its files against their digests and its solution against the program.

        Raises
        ------
        InstanceError
            If anything is missing, damaged or changed; files that can be made again do not count.
        """
        from instances.container import load
        from solver.study import load_study

        folder = Path(folder).absolute()
        content = read_manifest(folder)
        study = load_study(folder / STUDY)
        instance = load(folder / INSTANCE)
        question = study.plan_question()
        matrix = question.build(instance).matrix()
        solution = read_solution(folder, matrix)
        plan = Plan.of(question, instance, matrix, solution) if solution.x is not None else None
        why = folder / EXPLANATION
        explanation = json.loads(why.read_text("utf-8")) if why.exists() else None
        return cls(folder, content, study, question, instance, solution, plan, explanation)

    def report(self, lang: str = "en", sink: Sink = nowhere) -> Run:
        """Make tables, GeoPackage, map and page again, each file replaced in one step; returns the run as it is then.

        Raises
        ------
        InstanceError
            If the run has no plan to show.
        OSError
            If the folder cannot be written to.
        """
        if self.plan is None:
            ended = self.solution.status.value
            raise InstanceError(f"The run {self.folder} has no plan to show", [f"the solve ended: {ended}"])
        with tempfile.TemporaryDirectory(prefix=".report-", dir=self.folder) as work:
            _show(self.plan, Path(work), lang, Stages(sink))
            for path in sorted(p for p in Path(work).rglob("*") if p.is_file()):
                target = self.folder / path.relative_to(work)
                target.parent.mkdir(exist_ok=True)
                path.replace(target)
        content = with_files(self.manifest, self.folder)
        write_manifest(content, self.folder)
        return replace(self, manifest=content)


class Stages:
    """Times the stages of a run and tells listeners where it is, on one clock for the whole run."""

    def __init__(self, sink: Sink) -> None:
        self.sink, self.started, self.timings = sink, time.monotonic(), dict[str, float]()
        self._offset = 0.0

    def __call__(self, event: Event) -> None:
        """Pass on an event of a stage that counts from its own beginning."""
        self.sink(dataclasses.replace(event, elapsed=event.elapsed + self._offset))

    @contextmanager
    def stage(self, name: str, message: str = "") -> Iterator[None]:
        """Time a stage."""
        began = time.monotonic()
        self._offset = began - self.started
        self.sink(Event(name, elapsed=self._offset, message=message))
        try:
            yield
        finally:
            self.timings[name] = self.timings.get(name, 0.0) + time.monotonic() - began


def perform(
    study: Study,
    out: Path | str,
    *,
    force: bool = False,
    resume: bool = False,
    lang: str = "en",
    sink: Sink = nowhere,
    built: Instance | None = None,
) -> Run:
    """Carry a study out and write its folder; the folder appears complete or not at all.

    Parameters
    ----------
    force
        Replace a run that is there.
    resume
        Start from the plan of the run that is there, if it was found for the same program, and replace that run.
    lang
        Language of map, page and legends: ``en`` or ``zh``.
    sink
        Told about progress.
    built
        The instance that the study names, if it is at hand; it is not built again then.

    Returns
    -------
    Run
        Also where the rules contradict one another, or time ran out before any plan was found.

    Raises
    ------
    InstanceError
        If the study, the instance or the target cannot be used; all faults at once.
    SolveError
        If the solver gave up or its result did not stand up to our check. Nothing is written.
    """
    study.plan_question()  # refuses what has a front and no plan before minutes are spent
    target = Path(out).absolute()
    may_fill(target, replace=force or resume)
    said: list[Event] = []
    stages = Stages(to_all(sink, said.append))
    with stages.stage("instance", say("stage.instance", lang, name=study.instance.name)):
        instance = built if built is not None else study.instance.build()
    if unsettled(study):
        with stages.stage("reference", say("stage.reference", lang)):
            study = settled(study, instance, stages)
    with stages.stage("program", say("stage.program", lang)):
        question = study.plan_question()
        matrix = question.build(instance).matrix()
    rows, columns = matrix.shape
    size = say("stage.size", lang, rows=rows, columns=columns, whole=int(matrix.integer.sum()))
    stages(Event("program", message=size))
    start, message = _start(target, matrix, lang) if resume else (None, "")
    if message:
        stages(Event("program", message=message))
    with filling(target) as draft, (draft / PROGRESS).open("w", encoding="utf-8") as lines:
        record = JsonLines(lines)
        for event in said:
            record(event)
        stages.sink = to_all(sink, record)
        with stages.stage("solve", say("stage.solve", lang, gap=percent(study.solve.gap, 2))):
            asked = study.solve
            solution = solve(
                matrix,
                study.weights(),
                gap=asked.gap,
                time_limit=asked.time_limit,
                seed=asked.seed,
                threads=asked.threads,
                backend=asked.backend,
                start=start,
                on_event=stages,
            )
        if exit_code(solution) == OUR_FAULT:
            raise SolveError(proof(solution, lang)[0])
        plan, explanation = None, None
        if solution.status is Status.INFEASIBLE:
            explanation = _explained(matrix, lang, stages)
            _write_json(draft / EXPLANATION, explanation)
        if solution.x is not None:
            plan = Plan.of(question, instance, matrix, solution)
            _show(plan, draft, lang, stages)
        _keep(study, instance, matrix, solution, draft, stages)
        lines.close()
        content = manifest(study, instance, matrix, solution, stages.timings, exit_code(solution))
        content = with_files(content, draft)
        write_manifest(content, draft)
    return Run(target, content, study, question, instance, solution, plan, explanation)


def _start(target: Path, matrix: Matrix, lang: str) -> tuple[Any, str]:
    """Columns of the plan of the run that is there, and what to say about it."""
    if not (target / MANIFEST).exists():
        return None, say("resume.nothing", lang)
    before = read_manifest(target)
    if before["program"]["digest"] != matrix.digest():
        return None, say("resume.other", lang)
    if before["result"]["value"] is None:
        return None, say("resume.no plan", lang)
    return read_values(target, matrix), say("resume.from", lang, value=significant(before["result"]["value"]))


def _explained(matrix: Matrix, lang: str, stages: Stages) -> dict[str, Any]:
    from solver.explain import explain

    with stages.stage("explain", say("stage.explain", lang)):
        return explain(matrix, time_limit=EXPLAIN_SECONDS).to_dict()


def _show(plan: Plan, folder: Path, lang: str, stages: Stages) -> None:
    """Tables, GeoPackage, map and page."""
    from solver.outputs.geopackage import write_geopackage
    from solver.outputs.map import write_map
    from solver.outputs.tables import write_tables
    from solver.page.page import write_page

    with stages.stage("tables", say("stage.tables", lang)):
        write_tables(plan, folder / "tables")
        write_geopackage(plan, folder / "plan.gpkg", lang)
    with stages.stage("map", say("stage.map", lang)):
        for name in ("map.png", "map.svg"):
            write_map(plan, folder / name, lang)
    with stages.stage("page", say("stage.page", lang)):
        write_page(plan, folder / "page.html", lang)


def _keep(study: Study, instance: Instance, matrix: Matrix, solution: Solution, draft: Path, stages: Stages) -> None:
    """What the run can be read back from. The instance is a copy, so the study in the folder points to it."""
    from instances.container import save
    from solver.source import Source

    with stages.stage("keep"):
        save(instance, draft / INSTANCE, layers=False)
        kept = study
        if study.instance.path is not None:
            kept = study.model_copy(update={"instance": Source.model_validate({"path": INSTANCE})})
        (draft / STUDY).write_text(kept.to_yaml(), encoding="utf-8")
        write_solution(solution, matrix, draft)


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def exit_code(solution: Solution) -> int:
    """0 proven within the gap asked for, 3 stopped at a limit, 4 infeasible, 1 a fault of ours."""
    if solution.good:
        return GOOD
    if solution.status is Status.INFEASIBLE:
        return INFEASIBLE
    return OUR_FAULT if solution.status in (Status.FAILED, Status.UNBOUNDED) else STOPPED
