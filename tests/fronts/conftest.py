from __future__ import annotations

import pytest

from instances.instance import Instance
from solver.fronts.run import FrontRun, perform_front
from solver.study import Study
from tests.instances.tiny import tiny_instance


@pytest.fixture(scope="session")
def town() -> Instance:
    return tiny_instance(demand=5, sites=3)


def town_study(**front: object) -> Study:
    """Cost against people without a place, in a town of five places; solved in a moment."""
    return Study.of(
        {
            "instance": "city",  # not built: tests hand the town over
            "question": {"shelters": True, "harden": "none"},
            "minimize": {"cost": 1, "unserved": 2000, "unserved_worst": 0, "travel": 0},
            "front": {"points": None, "gap": 0.02, "time_limit": 60, **front},
        }
    )


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, town: Instance) -> FrontRun:
    """A finished front study; tests must not change its folder."""
    return perform_front(town_study(), tmp_path_factory.mktemp("fronts") / "town", built=town)
