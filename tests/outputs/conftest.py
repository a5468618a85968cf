from __future__ import annotations

import pytest

from formulations.plan import CorridorRules, IntegratedPlan, Promise, StockRules
from instances.instance import Instance
from solver.plan import Plan
from solver.solve import solve
from tests.instances.tiny import tiny_instance

WEIGHTS = {"cost": 1.0, "unserved": 300.0, "travel": 0.01, "shortage": 5.0, "disturbance": 0.1, "operations": 1.0}
QUESTION = IntegratedPlan(
    stock=StockRules(standing=0.2),
    corridors=CorridorRules(holds="moderate"),
    promises=(Promise("moderate", unserved=0.5), Promise("high", unserved=0.9, short=0.3, by_zone=True)),
    budget=1e6,
    objectives=(*WEIGHTS, "unserved_cvar", "unserved_worst"),
    alpha=0.5,
)


@pytest.fixture(scope="session")
def town() -> Instance:
    return tiny_instance(demand=8, sites=5, requests=True)


@pytest.fixture(scope="session")
def whole_plan(town: Instance) -> Plan:
    """Everything that a plan may hold, on the tiny town, proven best."""
    matrix = QUESTION.build(town).matrix()
    return Plan.of(QUESTION, town, matrix, solve(matrix, WEIGHTS, gap=0.0))
