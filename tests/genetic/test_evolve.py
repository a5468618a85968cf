from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from solver.certificate import keeps, verify
from solver.clock import Clock, Stop
from solver.genetic.checkpoint import load
from solver.genetic.evolve import evolve, merged
from solver.genetic.plain import Identity
from solver.genetic.problem import SitingProblem, breach
from solver.pareto.archive import Budget
from solver.pareto.front import nondominated
from tests.genetic.programs import everything, knapsack, listed_front, location

ALGORITHMS = ["nsga2", "nsga3", "moead", "sms"]
CASES = [{"seed": 0}, {"seed": 3, "p": 2}, {"seed": 2, "third": True}]


def sorted_points(evolved):
    return evolved.points[np.lexsort(evolved.points.T[::-1])]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("case", CASES)
def test_a_small_front_is_found_whole(algorithm, case):
    space, genome, decoder = location(**case)
    found = evolve(space, genome, decoder, algorithm=algorithm, population=16, generations=25, seed=1)
    listed = listed_front(space, genome, decoder)
    assert np.array_equal(sorted_points(found), listed)
    assert found.status == "complete" and found.generations == 25 and found.refused == 0


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_front_of_a_program_that_is_all_genes_is_found_whole(algorithm):
    space, genome = knapsack(5)
    decoder = Identity(genome)
    found = evolve(space, genome, decoder, algorithm=algorithm, population=20, generations=30, seed=0)
    assert np.array_equal(sorted_points(found), listed_front(space, genome, decoder))


def same(one, two):
    return (
        np.array_equal(one.genomes, two.genomes)
        and np.array_equal(one.values, two.values)
        and np.array_equal(one.points, two.points)
        and np.array_equal(one.plans.toarray(), two.plans.toarray())
        and (one.generations, one.evaluations) == (two.generations, two.evaluations)
    )


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_same_seed_gives_the_same_front_and_another_seed_another_way(algorithm):
    space, genome, decoder = location(4, people=30, sites=25)
    terms: dict[str, Any] = {"algorithm": algorithm, "population": 12, "generations": 5}
    one, two = (evolve(space, genome, decoder, seed=7, **terms) for _ in range(2))
    assert same(one, two)
    assert not np.array_equal(evolve(space, genome, decoder, seed=8, **terms).genomes, one.genomes)


def state(generation):
    """Everything a generation carries but the time it took, as bytes."""
    arrays = [getattr(generation, k) for k in ("genomes", "values", "scaled", "broken", "origin", "unit")]
    arrays += [generation.best, generation.best_values, *generation.slots.values(), *generation.memory.values()]
    return [a.tobytes() for a in arrays], generation.random, generation.number, generation.evaluations


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("case", [{"seed": 4}, {"seed": 4, "third": True}, {"seed": 4, "p": 4}])
@pytest.mark.parametrize("cut", [1, 4])
def test_n_and_m_generations_are_n_then_save_load_and_m(algorithm, case, cut, tmp_path):
    space, genome, decoder = location(**case, people=25, sites=20)
    terms: dict[str, Any] = {"algorithm": algorithm, "population": 14, "seed": 3}
    whole = evolve(space, genome, decoder, generations=9, checkpoint=tmp_path / "whole.npz", **terms)
    evolve(space, genome, decoder, generations=cut, checkpoint=tmp_path / "cut.npz", **terms)
    second = location(**case, people=25, sites=20)
    joined = evolve(*second, generations=9, checkpoint=tmp_path / "cut.npz", resume=True, **terms)
    assert same(whole, joined)
    from solver.genetic import checkpoint

    said = checkpoint.json.loads(np.load(tmp_path / "cut.npz")["head"].tobytes())["terms"]
    assert state(load(tmp_path / "whole.npz", said)) == state(load(tmp_path / "cut.npz", said))


def test_a_finished_run_that_is_resumed_gives_the_same_front_again(tmp_path):
    space, genome, decoder = location(4, people=20, sites=15)
    terms: dict[str, Any] = {"population": 10, "generations": 4, "checkpoint": tmp_path / "a.npz", "resume": True}
    one = evolve(space, genome, decoder, **terms)
    assert same(one, evolve(space, genome, decoder, **terms))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_seeds_are_on_the_front_unless_something_better_is(algorithm):
    space, genome, decoder = location(6, people=30, sites=22)
    strong = evolve(space, genome, decoder, population=40, generations=30, seed=1)
    seeds = strong.plans
    found = evolve(space, genome, decoder, algorithm=algorithm, population=30, generations=1, seed=2, seeds=seeds)
    for y in strong.points:
        assert (found.points <= y).all(axis=1).any()
    assert "start" in found.archive.origins


def test_a_seed_that_breaks_rows_is_refused():
    space, genome, decoder = location(0)
    with pytest.raises(ValueError, match="does not keep"):
        evolve(space, genome, decoder, seeds=np.zeros((1, space.matrix.shape[1])), generations=1, population=8)


@pytest.mark.parametrize("case", CASES)
def test_every_point_is_the_value_of_a_plan_that_passes_a_full_check(case):
    space, genome, decoder = location(**case, people=12, sites=9)
    found = evolve(space, genome, decoder, population=12, generations=6)
    assert len(found.points) > 0
    for y, x in zip(found.points, found.plans.toarray(), strict=True):
        checked = verify(space.matrix, {space.names[0]: 1.0}, x, verify_bound=False)
        assert checked.feasible
        assert np.allclose([checked.objectives[name] for name in space.names], y)
    assert len(nondominated(found.points)) == len(found.points)


@dataclass(frozen=True, eq=False)
class Fast:
    """The same decoder, which also knows values and violations without writing plans."""

    inner: Any
    space: Any

    @property
    def genes(self):
        return self.inner.genes

    def decode(self, genomes):
        return self.inner.decode(genomes)

    def evaluate(self, genomes):
        far = np.where(genomes[:, None, :], self.inner.distance, np.inf).min(axis=2)
        travel = np.where(genomes.any(axis=1), far.sum(axis=1), 0.0)
        cost = genomes @ np.asarray(self.space.matrix.C[[1]].todense()).ravel()[: self.genes]
        return np.column_stack([travel, cost])

    def violation(self, genomes):
        return (~genomes.any(axis=1)).astype(float)


def test_a_decoder_that_knows_values_without_plans_gives_the_same_front():
    space, genome, decoder = location(4, people=15, sites=12)
    slow = evolve(space, genome, decoder, population=12, generations=8)
    fast = evolve(space, genome, Fast(decoder, space), population=12, generations=8)
    assert np.array_equal(slow.genomes, fast.genomes) and np.array_equal(slow.points, fast.points)


def test_values_come_from_the_matrix_and_what_is_broken_agrees_with_the_certificate():
    space, genome, decoder = location(1)
    genomes = everything(genome.size)
    values, broken = SitingProblem(space, genome, decoder).judged(genomes)
    plans = decoder.decode(genomes).toarray()
    assert np.array_equal(values, space.matrix.evaluate(plans))
    assert np.array_equal(broken == 0, keeps(space.matrix, plans))
    assert np.array_equal(np.flatnonzero(broken), [0])  # only the empty genome leaves people without a site


def test_a_breach_is_seen_in_rows_bounds_and_whole_numbers():
    space, genome, decoder = location(1)
    good = decoder.decode(everything(genome.size)[[-1]]).toarray()[0]
    plans = np.array([good] * 5)
    plans[1, -1] -= 1.0  # the worst distance is understated: a row
    plans[2, 0] = 2.0  # a bound
    plans[3, 1] = 0.5  # not whole
    plans[4, -1] -= 1e-8  # rounding
    from scipy.sparse import csr_array

    assert np.array_equal(breach(space.matrix, csr_array(plans)) == 0, keeps(space.matrix, plans))
    assert np.array_equal(breach(space.matrix, csr_array(plans)) == 0, [True, False, False, False, True])


def test_the_best_of_all_generations_stay_and_of_equal_ones_the_first():
    G = everything(3)
    best = G[:2], np.array([[1.0, 5.0], [3.0, 3.0]])
    genomes, values = merged(*best, G[2:6], np.array([[3.0, 3.0], [2.0, 2.0], [5.0, 1.0], [6.0, 1.0]]))
    assert values.tolist() == [[1, 5], [2, 2], [5, 1]]
    assert np.array_equal(genomes, G[[0, 3, 4]])


def test_progress_tells_each_generation_and_hypervolume_never_falls():
    space, genome, decoder = location(4, people=20, sites=15)
    told: list[Any] = []
    evolve(space, genome, decoder, population=10, generations=6, on_event=told.append)
    assert [e.done for e in told] == [1, 2, 3, 4, 5, 6] and {e.total for e in told} == {6}
    volumes = [float(e.message.rsplit(" ", 1)[1]) for e in told]
    assert volumes == sorted(volumes) and volumes[-1] > 0


def test_ctrl_c_keeps_the_generations_that_were_finished(tmp_path):
    space, genome, decoder = location(4, people=20, sites=15)
    terms: dict[str, Any] = {"population": 10, "seed": 1}

    def press(event):
        if event.done == 3:
            raise KeyboardInterrupt

    stopped = evolve(space, genome, decoder, generations=9, on_event=press, checkpoint=tmp_path / "c.npz", **terms)
    assert stopped.status == "stopped" and stopped.generations == 3
    assert same(stopped, evolve(space, genome, decoder, generations=3, **terms))
    joined = evolve(space, genome, decoder, generations=9, checkpoint=tmp_path / "c.npz", resume=True, **terms)
    assert same(joined, evolve(space, genome, decoder, generations=9, **terms))


def test_time_and_evaluations_and_a_wish_to_stop_end_it_early():
    space, genome, decoder = location(4, people=20, sites=15)
    spent = evolve(space, genome, decoder, population=10, generations=50, evaluations=25)
    assert spent.status == "stopped" and 25 <= spent.evaluations < 35 and spent.generations == 3
    late = evolve(space, genome, decoder, population=10, generations=10**6, time_limit=0.05)
    assert late.status == "stopped" and len(late.points)
    stop = Stop()
    stop.set()
    asked = evolve(space, genome, decoder, population=10, generations=50, budget=Budget(Clock(None), stop=stop))
    assert asked.status == "stopped" and asked.generations == 1


def test_the_settings_of_the_process_for_warnings_are_left_alone():
    import warnings

    space, genome, decoder = location(4, third=True)
    before = list(warnings.filters)
    evolve(space, genome, decoder, algorithm="nsga3", population=10, generations=3)
    assert warnings.filters == before


def test_options_out_of_range_are_refused_together():
    space, genome, decoder = location(0)
    with pytest.raises(ValueError, match="unknown") as told:
        evolve(space, genome, decoder, algorithm="tabu", population=1, generations=0, resume=True)  # type: ignore[arg-type]
    for word in ("population", "generations", "checkpoint"):
        assert word in str(told.value)


def test_a_program_with_other_decisions_has_no_plain_decoder():
    _, genome, _ = location(0)
    with pytest.raises(ValueError, match=r"go\["):
        Identity(genome)


def test_a_decoder_of_another_length_is_refused():
    space, genome, _ = location(0)
    _, _, longer = location(0, sites=9)
    with pytest.raises(ValueError, match="genes"):
        evolve(space, genome, longer, generations=1, population=8)
