from __future__ import annotations

import pytest

from solver.fronts.run import FrontRun, perform_front
from solver.study import Study
from tests.fronts.conftest import finished, town

__all__ = ["finished", "town"]


@pytest.fixture(scope="session")
def land_front(tmp_path_factory: pytest.TempPathFactory) -> FrontRun:
    """A front of a small piece of land, with open land as places in an emergency."""
    study = Study.of(
        {
            "instance": {"case": "land", "options": {"parcels": 60, "seed": 3}},
            "question": {"zoning": {"patches": "none"}},
            "front": {"method": "genetic", "points": 8, "time_limit": 20, "genetic": {"generations": 4}},
            "solve": {"seed": 1},
        }
    )
    return perform_front(study, tmp_path_factory.mktemp("land") / "land")
