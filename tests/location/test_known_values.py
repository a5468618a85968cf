"""The whole table of published values; the quick rows in every run, all of them with ``make test-long``."""

from __future__ import annotations

from pathlib import Path

import pytest

from solver.locating.locate import locate
from solver.solution import Status
from tests.conftest import data_folder
from tests.location.known import FAMILIES, Known, known_values

FOLDER = data_folder()
ALL = [] if FOLDER is None else list(known_values(FOLDER))
QUICK = ("pmed1 ", "pmed7 ", "pmed10 ", "pmed13 ", "pr226 p=40", "SJC", "cap71 ", "cap84 ", "p1 ", "p7 ")


def check(known: Known, data: Path) -> None:
    question, access = known.case(data)
    found = locate(question, access, time_limit=600.0)
    assert known.reached(found), f"{found.value} is not {known.value}"
    assert found.certificate is not None and found.certificate.ok
    assert found.verified_bound is not None and found.value is not None
    # the proof is ours: it needs no solver's word, and every one of these questions can be closed
    assert found.status is Status.PROVEN
    assert found.verified_bound == pytest.approx(found.value, rel=1e-8)


@pytest.mark.data
def test_the_table_holds_every_family() -> None:
    assert {known.family for known in ALL} == set(FAMILIES)
    assert len({known.name for known in ALL}) == len(ALL) >= 127


@pytest.mark.parametrize("known", [k for k in ALL if f"{k.name} ".startswith(QUICK)], ids=lambda known: known.name)
def test_a_published_value_is_reached_and_proven(known: Known, benchmark_data: Path) -> None:
    check(known, benchmark_data)


@pytest.mark.long
@pytest.mark.parametrize("known", ALL, ids=lambda known: known.name)
def test_every_published_value_is_reached_and_proven(known: Known, benchmark_data: Path) -> None:
    check(known, benchmark_data)
