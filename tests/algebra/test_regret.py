"""Regret as rows and as numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.algebra.program import Program
from formulations.measures.regret import regret, regret_value, regrets
from formulations.measures.worst import worst_value
from instances.index import Index
from tests.algebra.test_measures import loss_fixed_at, optimum

NUMBERS = st.integers(-20, 20).map(float)


@st.composite
def losses_and_references(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    n = draw(st.integers(1, 6))
    return tuple(np.array(draw(st.lists(NUMBERS, min_size=n, max_size=n))) for _ in range(2))  # type: ignore[return-value]


@given(losses_and_references(), st.sampled_from([0.0, 1.0, 100.0]))
def test_regret_as_rows_is_regret_as_numbers(case: tuple[np.ndarray, np.ndarray], slack: float) -> None:
    loss, best = case
    program, variable = loss_fixed_at(loss, slack)
    program.minimize(regret=regret("regret", variable, best))
    expected = max(float(a - b) for a, b in zip(loss, best, strict=True))
    assert optimum(program.matrix(), "regret") == pytest.approx(expected, abs=1e-6)
    assert regret_value(loss[None], best)[0] == pytest.approx(expected)


@given(losses_and_references())
def test_regret_against_nothing_is_the_worst_loss_and_against_oneself_is_nothing(
    case: tuple[np.ndarray, np.ndarray],
) -> None:
    loss, _ = case
    assert regret_value(loss[None], np.zeros(loss.size)) == pytest.approx(worst_value(loss[None]))
    assert (regrets(loss[None], loss) == 0).all()


def test_the_least_regret_is_not_the_least_worst_case() -> None:
    """Three acts, two states: the worst case takes the safe act, regret the middle one."""
    table = np.array([[0.0, 10.0], [2.0, 9.0], [8.0, 8.0]])
    program, scenario = Program("acts"), Index.named("scenario", ["calm", "storm"])
    act = Index.named("act", ["none", "some", "all"])
    take = program.binary("take", act)
    program.subject_to(one=take.sum() == 1)
    loss = program.variable("loss", scenario, upper=20.0)
    for s, name in enumerate(scenario.labels()):
        program.subject_to(
            **{
                name: loss.at(Index.tuples(name, scenario=(scenario, [s]))["scenario"]).sum()
                == (table[:, s] * take).sum()
            }
        )
    program.minimize(regret=regret("regret", loss, table.min(axis=0)))
    assert regret_value(table, table.min(axis=0)).tolist() == [2.0, 2.0, 8.0]
    assert worst_value(table).argmin() == 2
    assert optimum(program.matrix(), "regret") == pytest.approx(2.0)


def test_references_of_another_number_of_scenarios_or_missing_ones_are_refused() -> None:
    _, variable = loss_fixed_at(np.zeros(2))
    for best, text in (([1.0], r"shape \(1,\), expected \(2,\)"), ([1.0, np.nan], "1 values are missing")):
        with pytest.raises(ValueError, match=text):
            regret("r", variable, best)
        with pytest.raises(ValueError, match=text):
            regret_value([[0.0, 0.0]], best)
