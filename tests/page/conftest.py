"""A real plan of the tiny town, solved once for all tests of the page and the map."""

from __future__ import annotations

import dataclasses

import pytest

from formulations.plan import CorridorRules, IntegratedPlan, Promise, StockRules
from solver.plan import Plan
from solver.solve import solve
from tests.instances.tiny import tiny_instance

WEIGHTS = {"cost": 1.0, "unserved": 20000.0, "shortage": 10.0, "travel": 1.0}
NASTY = "Map data </script><script>alert(1)</script> & <!-- {{payload}} OpenStreetMap contributors"


def solved(**sizes: int) -> Plan:
    """A plan of a tiny town with people, stock, corridors and promises."""
    instance = tiny_instance(**sizes)
    about = dataclasses.replace(
        instance.about, sources=(NASTY,), assumptions=("Hazards are assumed.", "Costs are assumed.")
    )
    instance = dataclasses.replace(instance, about=about)
    question = IntegratedPlan(
        stock=StockRules(),
        corridors=CorridorRules(),
        promises=(Promise("moderate", unserved=0.5), Promise("high", short=0.95)),
        budget=5e7,
        objectives=tuple(WEIGHTS),
    )
    program = question.build(instance)
    solution = solve(program, weights=WEIGHTS, gap=0.05, time_limit=60)
    return Plan.of(question, instance, program.matrix(), solution, WEIGHTS)


@pytest.fixture(scope="package")
def plan() -> Plan:
    return solved(demand=10, sites=7, scenarios=3, phases=2, rows=4, columns=5, seed=3)
