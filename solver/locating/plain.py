"""The plain way: build the whole program and give it to the solver; every question can be answered so."""

from __future__ import annotations

from dataclasses import replace

from formulations.location.access import Access
from formulations.location.question import Question
from solver.events import Sink
from solver.locating.certified import signed
from solver.locating.located import Located
from solver.solution import Status
from solver.solve import solve


def locate_plain(
    question: Question,
    access: Access,
    *,
    gap: float,
    time_limit: float | None,
    seed: int,
    threads: int,
    backend: str,
    on_event: Sink | None,
) -> Located:
    """Solve the program; the plan is read from its columns and judged again from the data."""
    program = question.build(access)
    matrix = program.matrix()
    solution = solve(
        matrix, gap=gap, time_limit=time_limit, seed=seed, threads=threads, backend=backend, on_event=on_event
    )
    if solution.x is None:
        return Located(question, access, solution, None, None, f"program, {backend}")
    siting = question.siting(access, matrix, solution.x)
    judgement = question.judge(access, siting)
    value = signed(question, judgement.value)
    problems = [f"Counted from the data, the rule {c.rule} is broken by {c.by:g}." for c in judgement.checks if c.count]
    assert solution.value is not None
    # what the rows bound from one side may be slack in a plan that is not the best one: then the data say less
    if value > solution.value + 1e-6 * max(1.0, abs(value)):
        problems.append(f"The program says {solution.value:.12g}; counted from the data it is {value:.12g}.")
    if problems and solution.certificate is not None:
        certificate = replace(solution.certificate, problems=(*solution.certificate.problems, *problems))
        solution = replace(solution, certificate=certificate, status=Status.FAILED, message=" ".join(problems))
    return Located(question, access, solution, siting, judgement, f"program, {backend}")
