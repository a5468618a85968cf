"""Every question has a public name, and taking one loads no other."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import formulations.location as location
import solver
from formulations.location.question import Question


def questions() -> set[type[Question]]:
    found: set[type[Question]] = set()
    for room in ("charge", "covering", "median", "spread"):
        package = importlib.import_module(f"formulations.location.{room}")
        for module in pkgutil.iter_modules(package.__path__):
            home = importlib.import_module(f"formulations.location.{room}.{module.name}")
            here = [one for one in vars(home).values() if isinstance(one, type) and one.__module__ == home.__name__]
            found |= {one for one in here if issubclass(one, Question) and "title" in vars(one)}
    return found


def test_every_question_can_be_taken_from_the_package_by_its_name() -> None:
    there = questions()
    assert there
    assert {one.__name__ for one in there} <= set(location.__all__)
    assert all(getattr(location, one.__name__) is one for one in there)
    assert set(location.__all__) <= set(dir(location))
    assert all(hasattr(location, name) for name in location.__all__)


def test_no_two_questions_share_a_title() -> None:
    titles = [one.title for one in questions()]
    assert len(titles) == len(set(titles))


def test_locate_is_among_the_names_of_the_solver() -> None:
    from solver.locating.locate import locate

    assert solver.locate is locate
    assert solver.Located.__name__ == "Located"


def test_the_package_loads_no_question_before_it_is_asked_for() -> None:
    program = "import sys, formulations.location; print([m for m in sys.modules if 'p_median' in m or m == 'numpy'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
