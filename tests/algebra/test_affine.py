"""Affine expressions against dense numpy arithmetic on the values of the variables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.algebra.affine import Affine
from formulations.algebra.program import Program
from instances.index import Index, Map

whole = st.integers(-4, 4)


class World:
    """A program with two variables, maps, and a solution of whole numbers, so that sums are exact."""

    def __init__(self, demand: int, site: int, scenario: int, pairs: int, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.I = Index.named("demand", [f"d{i}" for i in range(demand)])
        self.J = Index.named("site", [f"s{j}" for j in range(site)])
        self.S = Index.named("scenario", [f"w{s}" for s in range(scenario)])
        i, j = self.rng.integers(0, demand, pairs), self.rng.integers(0, site, pairs)
        self.K = Index.tuples("pair", demand=(self.I, i), site=(self.J, j))
        self.program = Program("world")
        self.flow = self.program.variable("flow", self.K, self.S)
        self.size = self.program.variable("size", self.J, self.S)
        self.open = self.program.binary("open", self.J)
        self.x = self.rng.integers(-5, 6, pairs * scenario + site * scenario + site).astype(float)
        self.start = {"flow": 0, "size": pairs * scenario, "open": (pairs + site) * scenario}

    def numbers(self, name: str) -> np.ndarray:
        """The variable's part of x as a dense array: the reference."""
        shape = {"flow": (self.K.size, self.S.size), "size": (self.J.size, self.S.size), "open": (self.J.size,)}[name]
        return self.x[self.start[name] :][: int(np.prod(shape))].reshape(shape)

    def data(self, *shape: int) -> np.ndarray:
        return self.rng.integers(-3, 4, shape).astype(float)


worlds = st.builds(
    World,
    demand=st.integers(1, 4),
    site=st.integers(1, 4),
    scenario=st.integers(1, 3),
    pairs=st.integers(0, 7),
    seed=st.integers(0, 2**32 - 1),
)


def agree(world: World, expression: Affine, expected: np.ndarray) -> None:
    value = expression.value(world.x)
    assert value.shape == np.shape(expected) == expression.shape
    np.testing.assert_array_equal(value, expected)


@given(worlds)
def test_at_reads_the_value_at_the_image(world: World) -> None:
    site = world.K["site"]
    agree(world, world.size.at(site), world.numbers("size")[site.position])
    agree(world, (world.open + 2).at(site), world.numbers("open")[site.position] + 2)


@given(worlds)
def test_sum_by_adds_up_what_has_the_same_image(world: World) -> None:
    for map in (world.K["site"], world.K["demand"]):
        expected = np.zeros((map.target.size, world.S.size))
        np.add.at(expected, map.position, world.numbers("flow") + 1)
        agree(world, (world.flow + 1).sum_by(map), expected)


@given(worlds)
def test_sum_over_one_dimension_or_over_all(world: World) -> None:
    flow = world.numbers("flow") - 2
    agree(world, (world.flow - 2).sum(over=world.K), flow.sum(axis=0))
    agree(world, (world.flow - 2).sum(over=world.S), flow.sum(axis=1))
    agree(world, (world.flow - 2).sum(), flow.sum())


@given(worlds)
def test_across_and_over_repeat_and_reorder(world: World) -> None:
    open_, size = world.numbers("open"), world.numbers("size")
    I, J, S = world.I, world.J, world.S
    agree(world, world.open.across(S), np.repeat(open_[:, None], S.size, axis=1))
    agree(world, world.open.over(S, J), np.repeat(open_[None, :], S.size, axis=0))
    agree(world, world.size.over(S, I, J), np.repeat(size.T[:, None, :], I.size, axis=1))
    agree(world, world.open.sum().across(I, S), np.full((I.size, S.size), open_.sum()))


@given(worlds, whole)
def test_arithmetic_is_that_of_the_numbers(world: World, c: int) -> None:
    size, open_ = world.numbers("size"), world.numbers("open")
    a, lifted = world.data(*size.shape), world.open.across(world.S)
    agree(world, a * world.size + c * lifted - a, a * size + c * open_[:, None] - a)
    agree(world, c - world.size * a, c - size * a)
    agree(world, a - (-world.size), a + size)
    agree(world, +world.size / 2, size / 2)
    agree(world, world.size / np.where(a > 0, 4.0, -0.5), size / np.where(a > 0, 4.0, -0.5))
    agree(world, sum([world.open, world.open, 1], start=0), 2 * open_ + 1)


@given(worlds, st.lists(st.sampled_from(["scale", "shift", "itself", "flip", "site", "demand", "back"]), max_size=8))
def test_any_chain_of_operations_stays_with_the_numbers(world: World, chain: list[str]) -> None:
    one, value, first = world.flow, world.numbers("flow"), world.K
    for step in chain:
        if step == "scale":
            a = world.data(*value.shape)
            one, value = a * one, a * value
        elif step == "shift":
            a = world.data(*value.shape)
            one, value = a - one, a - value
        elif step == "itself":
            one, value = one + one * 2, value * 3
        elif step == "flip":
            one, value = -one, -value
        elif step in ("site", "demand") and first is world.K:
            map = world.K[step]
            expected = np.zeros((map.target.size, world.S.size))
            np.add.at(expected, map.position, value)
            one, value, first = one.sum_by(map), expected, map.target
        elif step == "back" and first is not world.K:
            map = world.K["site" if first is world.J else "demand"]
            one, value, first = one.at(map), value[map.position], world.K
    agree(world, one, value)


@given(worlds)
def test_bounds_enclose_the_value_and_are_met_at_a_corner(world: World) -> None:
    program = Program("box")
    low = world.data(world.J.size)
    x = program.variable("x", world.J, lower=low, upper=low + 2)
    a = world.data(world.J.size)
    least, most = ((a * x).sum() + 1).bounds()
    assert least == (a * np.where(a > 0, low, low + 2)).sum() + 1
    assert most == (a * np.where(a > 0, low + 2, low)).sum() + 1


def test_bounds_of_a_vanished_term_are_zero_and_of_a_free_one_infinite() -> None:
    program = Program("free")
    x = program.variable("x", lower=-np.inf)
    assert (x - x).bounds() == (0.0, 0.0)
    assert (0 * x + 3).bounds() == (3.0, 3.0)
    assert (2 * x).bounds() == (-np.inf, np.inf)


@given(worlds)
def test_a_population_is_evaluated_like_its_members(world: World) -> None:
    X = world.rng.integers(-5, 6, (3, world.x.size)).astype(float)
    one = 2 * world.size + 1
    np.testing.assert_array_equal(one.value(X), np.array([one.value(x) for x in X]))


def test_at_undoes_sum_by_when_the_map_is_one_to_one() -> None:
    J = Index.named("site", "abc")
    map = Map(J, J, np.array([2, 0, 1]))
    x = Program("turn").variable("x", J)
    assert (x.at(map).sum_by(map).matrix != x.matrix).nnz == 0


# -- faults ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def world() -> World:
    return World(demand=3, site=2, scenario=2, pairs=4, seed=0)


def test_a_product_or_quotient_of_expressions_is_refused(world: World) -> None:
    for wrong in (lambda a: a * a, lambda a: a / a, lambda a: 1 / a):
        with pytest.raises(TypeError, match="not linear"):
            wrong(world.open)


def test_missing_coefficients_are_counted_and_named(world: World) -> None:
    data = np.array([[1.0, np.nan], [np.nan, 2.0]])
    with pytest.raises(ValueError, match=r"multiply: 2 of 4 values are missing \(NaN\), first at s0,w1, s1,w0"):
        data * world.size
    with pytest.raises(ValueError, match="missing"):
        world.open <= np.nan  # noqa: B015
    with pytest.raises(ValueError, match="infinite, first at s1"):
        world.open * np.array([0, np.inf])


def test_division_by_zero_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="1 of 2 divisors are zero"):
        world.open / np.array([0.0, 1.0])


def test_data_of_another_shape_are_refused_even_where_numpy_would_repeat_them(world: World) -> None:
    with pytest.raises(ValueError, match=r"shape \(2,\) cannot be laid over site\[2\] x scenario\[2\].*shape \(2, 2\)"):
        np.ones(2) * world.size
    with pytest.raises(TypeError, match="expected numbers"):
        world.open + "1"
    with pytest.raises(TypeError, match="expected numbers"):
        world.open - [world.open, world.open]


def test_sets_of_equal_size_never_mix(world: World) -> None:
    village = Index.named("site", ["s0", "s1"])
    other = world.program.binary("village", village)
    with pytest.raises(ValueError, match="nothing is repeated silently"):
        world.open + other
    with pytest.raises(ValueError, match="nothing is repeated silently"):
        world.size <= world.open.sum()  # noqa: B015
    with pytest.raises(ValueError, match="at: the map needs"):
        other.at(world.K["site"])
    with pytest.raises(ValueError, match="sum_by: the map needs"):
        world.open.sum_by(world.K["site"])
    with pytest.raises(ValueError, match="two programs"):
        world.open + Program("other").binary("open", world.J)


def test_a_dimension_is_neither_lost_nor_doubled(world: World) -> None:
    with pytest.raises(ValueError, match="would be lost"):
        world.size.over(world.J)
    with pytest.raises(ValueError, match="twice"):
        world.open.across(world.J)
    with pytest.raises(ValueError, match="appears 0 times"):
        world.open.sum(over=world.S)


def test_a_relation_has_no_truth_value(world: World) -> None:
    with pytest.raises(TypeError, match="two relations"):
        0 <= world.open <= 1  # noqa: B015
    with pytest.raises(TypeError, match="not a linear relation"):
        world.open != 1  # noqa: B015
    with pytest.raises(TypeError):
        world.open < 1  # noqa: B015
    with pytest.raises(TypeError):
        hash(world.open)


def test_an_array_on_the_left_of_a_relation_is_read_as_written(world: World) -> None:
    relation = np.array([1.0, 2.0]) <= world.open
    assert relation.lower.tolist() == [1, 2]
    assert np.isinf(relation.upper).all()


def test_where_keeps_the_chosen_rows_with_their_names(world: World) -> None:
    limit = np.array([[3.0, np.inf], [np.inf, 5.0]])
    world.program.subject_to(room=(world.size + 1 <= limit).where(np.isfinite(limit)))
    matrix = world.program.matrix()
    assert [matrix.explain("room", k) for k in range(matrix.rows["room"].size)] == [
        "room[s0|w0]: +1 size[s0,w0] <= 2",
        "room[s1|w1]: +1 size[s1,w1] <= 4",
    ]
    with pytest.raises(TypeError, match="true or false"):
        (world.open <= 1).where([0, 1])
    with pytest.raises(ValueError, match="cannot choose"):
        (world.open <= 1).where([True])
