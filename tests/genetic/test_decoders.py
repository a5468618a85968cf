"""Decoders that look at the whole population at once, against loops, laws, and the certificate."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulations.algebra.matrix import Matrix
from formulations.location import Access, MedianCenter
from formulations.measures.cvar import cvar_value
from formulations.measures.robust import robust_value
from formulations.measures.worst import worst_value
from formulations.plan import IntegratedPlan, ShelterRules, StockRules
from instances.instance import Instance
from instances.scenarios import Ambiguity
from solver.certificate import verify
from solver.genetic.decoders import blocks, shelters
from solver.genetic.decoders.location import NearestSite
from solver.genetic.decoders.shelters import Greedy, Nearest
from solver.genetic.genome import Genome
from solver.genetic.problem import breach
from tests.genetic.shelter_twin import served_greedily
from tests.instances.tiny import tiny_instance

MEASURED = ("cost", "unserved", "travel", "unserved_cvar", "unserved_worst", "disturbance")
RULES = [
    ShelterRules(one_mode=one_mode, whole=whole, linked=linked)
    for one_mode, whole, linked in itertools.product((False, True), repeat=3)
]


def genome_of(matrix: Matrix) -> Genome:
    return Genome.of(matrix, tuple(n for n in ("open", "harden") if n in matrix.columns))


def some_genomes(size: int, members: int = 9, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    bits = rng.random((members, size)) < rng.random((members, 1))
    bits[0], bits[-1] = True, False
    return bits


def faults(matrix: Matrix, plans: np.ndarray) -> list[str]:
    weights = {next(iter(matrix.objectives)): 1.0}
    return [p for x in plans for p in verify(matrix, weights, x, verify_bound=False).problems]


def roomy(town: Instance, times: float) -> Instance:
    return replace(town, options=replace(town.options, capacity=times * town.options.capacity))


@given(
    seed=st.integers(0, 50),
    rules=st.sampled_from(RULES),
    harden=st.sampled_from(["none", "all"]),
    phases=st.integers(1, 3),
    members=st.integers(1, 20),
    room=st.sampled_from([0.1, 1.0, 3.0]),
)
def test_every_greedy_plan_keeps_all_rows_and_has_the_values_evaluated(
    seed: int, rules: ShelterRules, harden: str, phases: int, members: int, room: float
) -> None:
    town = roomy(tiny_instance(demand=6, sites=4, seed=seed, phases=phases), room)
    matrix = IntegratedPlan(shelters=rules, harden=harden, objectives=MEASURED, alpha=0.6).build(town).matrix()
    decoder = Greedy.of(genome_of(matrix))
    assert decoder.keeps_rows
    genomes = some_genomes(decoder.genes, members, seed)
    plans = decoder.decode(genomes)
    assert not faults(matrix, plans.toarray())
    assert decoder.evaluate(genomes) == pytest.approx(matrix.evaluate(plans), rel=1e-9, abs=1e-6)
    assert (decoder.violation(genomes) == 0).all()
    assert (decoder.genome.read(plans) == genomes).all()


@pytest.mark.parametrize(
    ("seed", "sites", "harden", "room"),
    [(0, 4, "none", 1.0), (1, 5, "all", 1.0), (2, 5, "all", 0.3), (3, 20, "none", 0.05), (4, 20, "all", 0.1)],
)
def test_greedy_equals_a_naive_twin(seed: int, sites: int, harden: str, room: float) -> None:
    town = roomy(tiny_instance(demand=11, sites=sites, seed=seed, phases=3, cutoff=30.0), room)
    question = IntegratedPlan(harden=harden, objectives=("unserved", "travel"))
    matrix = question.build(town).matrix()
    decoder = Greedy.of(genome_of(matrix))
    if sites == 20:
        assert decoder.gates.words > 1, "more ways than one word of bits holds are meant to be met here"
    genomes = some_genomes(decoder.genes, 6, seed)
    labels = [matrix.column_label(int(j)).split("[")[1][:-1] for j in decoder.genome.columns]
    is_option = decoder.genome.columns < matrix.columns["open"].size
    values = decoder.evaluate(genomes)
    partly = 0
    for bits, (unserved, travel) in zip(genomes, values, strict=True):
        opened = {labels[k] for k in np.flatnonzero(bits & is_option)}
        hardened = {labels[k] for k in np.flatnonzero(bits & ~is_option)}
        left, walked = served_greedily(town, question, opened, hardened)
        weighed = left * town.phases.weight[None, :, None] * town.scenarios.probability
        assert unserved == pytest.approx(weighed.sum(), abs=1e-6)
        assert travel == pytest.approx(walked, abs=1e-6)
        partly += ((left > 1e-6) & (left < town.effects.need - 1e-6)).any()
    assert partly, "somebody must be turned away, or rooms were not tested"


@pytest.mark.parametrize("harden", ["none", "all"])
@pytest.mark.parametrize("room", [0.01, 0.2, 1.0, 50.0])
@pytest.mark.parametrize("size", [1, 15, 2000])
def test_where_no_area_is_shared_values_come_block_by_block(
    size: int, room: float, harden: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "SIZE", size)
    town = roomy(tiny_instance(demand=11, sites=5, seed=4, phases=3, cutoff=30.0), room)
    town = replace(town, options=replace(town.options, footprint=0.4 * town.options.footprint))
    question = IntegratedPlan(harden=harden, objectives=MEASURED)
    matrix = question.build(town).matrix()
    decoder = Greedy.of(genome_of(matrix))
    assert decoder._blocks is not None and (len(decoder._blocks) > 1) == (size < 2000)
    genomes = some_genomes(decoder.genes, 21, seed=size)
    values = decoder.evaluate(genomes)
    # by other tables, with everybody in one row
    assert values == pytest.approx(matrix.evaluate(decoder.decode(genomes)), rel=1e-11, abs=1e-9)
    labels = [matrix.column_label(int(j)).split("[")[1][:-1] for j in decoder.genome.columns]
    is_option = decoder.genome.columns < matrix.columns["open"].size
    for bits, row in zip(genomes[:5], values, strict=False):
        opened = {labels[k] for k in np.flatnonzero(bits & is_option)}
        hardened = {labels[k] for k in np.flatnonzero(bits & ~is_option)}
        left, walked = served_greedily(town, question, opened, hardened)
        weighed = left * town.phases.weight[None, :, None] * town.scenarios.probability
        assert row[[1, 2]] == pytest.approx([weighed.sum(), walked], abs=1e-6)
    # whoever else is looked at
    monkeypatch.setattr(shelters, "TOGETHER", 1)
    alone = replace(decoder, _last=None)
    assert (alone.evaluate(genomes[::-1])[::-1] == values).all()


def test_a_plan_depends_on_its_own_genome_only() -> None:
    matrix = IntegratedPlan(harden="all", objectives=MEASURED).build(tiny_instance(7, 5, seed=3)).matrix()
    decoder = Greedy.of(genome_of(matrix))
    genomes = some_genomes(decoder.genes, 30)
    together = decoder.decode(genomes).toarray()
    alone = np.vstack([decoder.decode(row[None, :]).toarray() for row in genomes])
    assert (together == alone).all()
    few = replace_copies(decoder, 4)
    assert few.evaluate(genomes) == pytest.approx(decoder.evaluate(genomes), rel=1e-12)
    assert (few.decode(genomes).toarray() == together).all()
    threaded = replace(few, threads=3, _last=None)
    assert (threaded.evaluate(genomes) == few.evaluate(genomes)).all()


def replace_copies(decoder: Greedy, copies: int) -> Greedy:
    return replace(decoder, copies=copies, copied=decoder.ways.side_by_side(copies), _last=None)


def test_with_room_for_all_nearest_and_greedy_are_the_same_and_keep_all_rows() -> None:
    town = roomy(tiny_instance(8, 5, seed=2), 1000.0)
    matrix = IntegratedPlan(objectives=MEASURED).build(town).matrix()
    genome = genome_of(matrix)
    genomes = some_genomes(genome.size)
    nearest, greedy = Nearest.of(genome), Greedy.of(genome)
    assert nearest.evaluate(genomes) == pytest.approx(greedy.evaluate(genomes))
    assert (nearest.violation(genomes) == 0).all()
    assert not faults(matrix, nearest.decode(genomes).toarray())


def test_nearest_tells_a_violation_exactly_where_the_matrix_does() -> None:
    town = tiny_instance(8, 5, seed=2)
    matrix = IntegratedPlan(objectives=MEASURED).build(town).matrix()
    genome = genome_of(matrix)
    genomes = some_genomes(genome.size, 41)
    nearest = Nearest.of(genome)
    plans, told = nearest.decode(genomes), nearest.violation(genomes)
    assert nearest.evaluate(genomes) == pytest.approx(matrix.evaluate(plans), abs=1e-6)
    measured = breach(matrix, plans)
    assert ((told > 0) == (measured > 0)).all()
    assert 0 < (told > 0).sum() < len(told), "both must happen"
    # of all plans that put people where they like best, none leaves fewer without a place
    assert (nearest.evaluate(genomes)[:, 1] <= Greedy.of(genome).evaluate(genomes)[:, 1] + 1e-9).all()


def test_broken_promises_and_limits_are_told() -> None:
    from formulations.plan import Promise

    question = IntegratedPlan(
        promises=(Promise("high", unserved=0.2),), limits={"unserved_cvar": 900.0}, objectives=("cost", "unserved")
    )
    matrix = question.build(tiny_instance(8, 5, seed=2)).matrix()
    decoder = Greedy.of(genome_of(matrix))
    assert not decoder.keeps_rows
    genomes = some_genomes(decoder.genes, 40)
    told, measured = decoder.violation(genomes), breach(matrix, decoder.decode(genomes))
    assert ((told > 0) == (measured > 0)).all()
    assert 0 < (told > 0).sum() < len(told), "both must happen"


def test_programs_that_need_more_than_the_decoder_decides_are_refused() -> None:
    town = tiny_instance()
    stocked = IntegratedPlan(stock=StockRules(), objectives=("cost", "shortage")).build(town).matrix()
    with pytest.raises(ValueError, match="'stock' needs exact recourse"):
        Greedy.of(Genome.of(stocked))
    exclusive = IntegratedPlan(shelters=ShelterRules(one_mode=True)).build(town).matrix()
    with pytest.raises(ValueError, match="looks at room"):
        Nearest.of(Genome.of(exclusive))
    with pytest.raises(ValueError, match="expected \\(members"):
        Greedy.of(Genome.of(IntegratedPlan().build(town).matrix())).evaluate(np.ones((2, 1), bool))


# -- measures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["interval", "total variation", "wasserstein", "wasserstein with bounds"])
@pytest.mark.parametrize("radius", [0.0, 0.1, 0.9])
def test_columns_of_measures_are_set_to_the_value_of_the_measure(kind: str, radius: float) -> None:
    town = tiny_instance(7, 4, scenarios=5, seed=1)
    q, size = town.scenarios.probability, town.scenarios.scenario.size
    bounded = kind in ("interval", "wasserstein with bounds")
    unknown = Ambiguity(
        town.scenarios.scenario,
        lower=0.5 * q if bounded else np.zeros(size),
        upper=np.minimum(1.0, (1.2 + radius) * q) if bounded else np.ones(size),
        kind=kind.removesuffix(" with bounds"),
        radius=None if kind == "interval" else radius,
        distance=np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / size
        if kind.startswith("wasserstein")
        else None,
    )
    names = ("unserved_robust", "unserved_cvar", "unserved_worst", "unserved")
    matrix = IntegratedPlan(objectives=names, alpha=0.7).build(replace(town, ambiguity=unknown)).matrix()
    decoder = Greedy.of(genome_of(matrix))
    genomes = some_genomes(decoder.genes, 12)
    plans = decoder.decode(genomes)
    assert not faults(matrix, plans.toarray())
    call = matrix.columns["unserved"].dims[0]
    i, h, s = (call[k].position for k in ("demand", "phase", "scenario"))
    people = plans.toarray()[:, matrix.columns["unserved"].span] * town.effects.need[i, h, s] * town.phases.weight[h]
    losses = np.stack([people[:, s == k].sum(axis=1) for k in range(size)], axis=1)
    values = decoder.evaluate(genomes)
    assert values[:, 0] == pytest.approx(robust_value(losses, q, unknown), abs=1e-5)
    assert values[:, 1] == pytest.approx(cvar_value(losses, q, 0.7), abs=1e-6)
    assert values[:, 2] == pytest.approx(worst_value(losses), abs=1e-6)


# -- location --------------------------------------------------------------------------------------------------------


@given(
    seed=st.integers(0, 1000),
    p=st.integers(1, 4),
    objectives=st.sampled_from([("distance", "radius"), ("radius", "distance"), ("distance",), ("radius",)]),
    missing=st.sampled_from([0.0, 0.4]),
)
def test_nearest_sites_give_the_values_of_the_question_and_plans_that_keep_all_rows(
    seed: int, p: int, objectives: tuple[str, ...], missing: float
) -> None:
    rng = np.random.default_rng(seed)
    distance = rng.integers(0, 12, (9, 6)).astype(float)
    distance[rng.random((9, 6)) < missing] = np.inf
    distance[:, 5] = rng.integers(0, 12, 9)
    access, question = Access.of(rng.integers(0, 4, 9) + np.eye(9)[0], distance), MedianCenter(p, objectives)
    matrix = question.build(access).matrix()
    decoder = NearestSite.of(Genome.of(matrix))
    sites = np.array(list(itertools.combinations(range(6), p)))
    genomes = np.zeros((len(sites), 6), bool)
    np.put_along_axis(genomes, sites, True, axis=1)
    plans, values = decoder.decode(genomes), question.values(access, sites)
    all_reached = np.isfinite(values).all(axis=1)
    assert decoder.evaluate(genomes)[all_reached] == pytest.approx(values[all_reached])
    assert decoder.evaluate(genomes) == pytest.approx(matrix.evaluate(plans))
    assert not faults(matrix, plans.toarray()[all_reached])
    assert ((breach(matrix, plans) == 0) == all_reached).all()
    assert ((decoder.violation(genomes) == 0) == all_reached).all()
    assert not decoder.keeps_rows or all_reached.all()


def test_too_many_sites_break_the_count() -> None:
    access = Access.of(np.ones(5), np.arange(20.0).reshape(5, 4))
    decoder = NearestSite.of(Genome.of(MedianCenter(2).build(access).matrix()))
    assert decoder.keeps_rows
    assert list(decoder.violation(np.array([[1, 1, 0, 0], [1, 1, 1, 0], [1, 0, 0, 0]], bool)) > 0) == [
        False,
        True,
        True,
    ]
