"""Fewer scenarios for all: distances, the choice, and what stands in the books, held against definitions."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.optimize import linprog

from instances.accounts import Ledger, accounts
from instances.hazards.alike import distances
from instances.hazards.futures import Futures
from instances.hazards.reduction import choose, forward, thin
from instances.hazards.scenarios_rule import AlikeRule, ReduceRule, ScenariosRule
from instances.index import Index
from instances.scenarios import LEVELS, Damage, Effects, Scenarios
from instances.schema import InstanceError

NEED, SITES, LINKS = (
    {kind: float(kind == one) for kind in ("need", "sites", "links")} for one in ("need", "sites", "links")
)


def drawn(
    size: int = 8, seed: int = 0, *, drawn_sites: bool = True, slow: bool = False, order: object = None
) -> Futures:
    """Futures of a small town; ``order`` permutes the scenarios."""
    rng = np.random.default_rng(seed)
    demand, site, link, phase = (
        Index.named(n, range(k)) for n, k in (("demand", 5), ("site", 4), ("link", 9), ("phase", 2))
    )
    need = rng.integers(0, 200, (5, 2, size)).astype(float)
    usable = rng.integers(0, 2, (4, size)).astype(float) if drawn_sites else rng.random((4, size))
    cut, p = rng.random((9, size)) < 0.3, rng.dirichlet(np.ones(size))
    slowdown = 1.0 + rng.random((9, size)) if slow else np.ones((9, size))
    level = np.array(LEVELS)[rng.integers(0, 3, size)]
    names = np.array([f"f{k}" for k in range(size)])
    at = np.arange(size) if order is None else np.asarray(order)
    scenario = Index.named("scenario", names[at])
    words = np.array(["flood"] * size)
    return Futures(
        Scenarios(scenario, p[at], level[at], words, names[at], time=np.array(["day"] * size)),
        Effects(scenario, demand, phase, site, need[:, :, at], usable[:, at], np.ones((4, size))),
        Damage(scenario, link, cut[:, at], slowdown[:, at]),
    )


def test_the_section_has_a_schema_and_defaults_that_change_nothing() -> None:
    assert set(ScenariosRule.model_json_schema()["properties"]) == {"alike", "reduce", "ambiguity"}
    assert ScenariosRule() == ScenariosRule.model_validate({"alike": {"need": 1, "sites": 1, "links": 1}})
    with pytest.raises(ValidationError, match="at least one weight above 0"):
        AlikeRule(need=0.0, sites=0.0, links=0.0)


def rule(to: int, **changes: object) -> ScenariosRule:
    return ScenariosRule.model_validate({"reduce": {"to": to, "keep": [], "stand_in": "any", **changes}})


def transport(p: np.ndarray, q: np.ndarray, cost: np.ndarray, allowed: np.ndarray | None = None) -> float:
    """The Kantorovich distance by its definition as a transport problem."""
    n, m = cost.shape
    found = linprog(
        cost.ravel(),
        A_eq=np.vstack([np.kron(np.eye(n), np.ones(m)), np.kron(np.ones(n), np.eye(m))]),
        b_eq=[*p, *q],
        bounds=[(0, None if ok else 0) for ok in np.ones(n * m, bool) if ok] if allowed is None
        else [(0, None if ok else 0) for ok in allowed.ravel()],
    )  # fmt: skip
    assert found.success, found.message
    return float(found.fun)


def plane(size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Distances of points in the plane, and probabilities, one of them zero."""
    rng = np.random.default_rng(seed)
    at, p = rng.random((size, 2)), rng.random(size)
    p[0] = 0.0
    return np.abs(at[:, None] - at[None, :]).sum(axis=2), p / p.sum()


@pytest.mark.parametrize("drawn_sites", [True, False])
@pytest.mark.parametrize("slow", [True, False])
def test_distances_are_sums_of_differences_feature_by_feature(
    drawn_sites: bool, slow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when features come in blocks of a few, and by either way of comparing them."""
    found, size = drawn(drawn_sites=drawn_sites, slow=slow), 8
    area = np.array([100.0, 5.0, 30.0, 0.0])
    expected = np.zeros((3, size, size))
    e, d = found.effects, found.damage
    for s in range(size):
        for t in range(size):
            expected[0, s, t] = sum(abs(e.need[i, h, s] - e.need[i, h, t]) for i in range(5) for h in range(2)) / 2
            expected[1, s, t] = sum(area[j] * abs(e.usable[j, s] - e.usable[j, t]) for j in range(4))
            lost = [[1.0 if d.cut[k, r] else 1 - 1 / d.slowdown[k, r] for r in (s, t)] for k in range(9)]
            expected[2, s, t] = sum(abs(a - b) for a, b in lost)
    for block in (32e6, 3 * 8 * size):
        monkeypatch.setattr("instances.hazards.alike.BLOCK", block)
        for few in (8, 0):
            monkeypatch.setattr("instances.hazards.alike.FEW_LEVELS", few)
            kinds = distances(AlikeRule(), found, area).kinds
            assert np.array([kind.between for kind in kinds]) == pytest.approx(expected, abs=1e-9)
    assert [kind.unit for kind in kinds] == ["people", "m2", "links"]


def test_two_futures_are_one_apart_on_average_whatever_the_weights() -> None:
    found = drawn()
    p = found.scenarios.probability
    for weights in ({}, NEED, SITES, LINKS, {"need": 5.0, "sites": 0.1}):
        between = distances(AlikeRule(**weights), found).between
        assert p @ between @ p == pytest.approx(1.0)
    still = replace(found, damage=replace(found.damage, cut=np.zeros((9, 8), bool)))
    assert p @ distances(AlikeRule(), still).between @ p == pytest.approx(1.0), "what never differs takes no part"
    same = replace(still, effects=replace(found.effects, need=np.ones((5, 2, 8)), usable=np.ones((4, 8))))
    assert not distances(AlikeRule(), same).between.any()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 7))
def test_the_error_is_the_kantorovich_distance_by_the_transport_problem(seed: int, to: int) -> None:
    cost, p = plane(7, seed)
    chosen = forward(cost, p, to)
    q = np.zeros(7)
    q[chosen.kept] = chosen.mass
    assert q.sum() == pytest.approx(1.0)
    assert chosen.error == pytest.approx(transport(p, q, cost), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 6))
def test_no_distribution_on_the_scenarios_kept_is_closer(seed: int, to: int) -> None:
    """Masses are free here: only what leaves each scenario is given."""
    cost, p = plane(6, seed)
    chosen = forward(cost, p, to)
    found = linprog(cost[:, chosen.kept].ravel(), A_eq=np.kron(np.eye(6), np.ones(chosen.kept.size)), b_eq=p)
    assert chosen.error == pytest.approx(found.fun, abs=1e-9)


def of_set(cost: np.ndarray, p: np.ndarray, kept: tuple[int, ...]) -> float:
    return float(sum(p[s] * min(cost[s, t] for t in kept) for s in range(len(p))))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000))
def test_selection_is_the_greedy_one_and_its_error_falls_and_never_beats_the_best_set(seed: int) -> None:
    cost, p = plane(7, seed)
    kept: tuple[int, ...] = ()
    errors = []
    for to in range(1, 8):
        step = min((k for k in range(7) if k not in kept), key=lambda k: of_set(cost, p, (*kept, k)))
        kept = (*kept, step)
        chosen = forward(cost, p, to)
        errors.append(chosen.error)
        assert chosen.error == pytest.approx(of_set(cost, p, kept), abs=1e-11)
        best = min(of_set(cost, p, some) for some in combinations(range(7), to))
        assert chosen.error >= best - 1e-12
        # What greedy addition saves after the first choice is at least 1 - 1/e of what the best further ones would
        # save, because savings are submodular: Nemhauser, Wolsey and Fisher (1978), Mathematical Programming 14,
        # 265-294, DOI 10.1007/BF01588971.
        saved = min(of_set(cost, p, (min(range(7), key=lambda k: of_set(cost, p, (k,))), *some))
                    for some in combinations(range(7), to - 1))  # fmt: skip
        assert errors[0] - chosen.error >= (1 - np.exp(-1)) * (errors[0] - saved) - 1e-12
    assert all(a >= b - 1e-12 for a, b in pairwise(errors))
    assert errors[-1] == 0.0


def test_the_order_of_scenarios_does_not_matter() -> None:
    order = np.random.default_rng(1).permutation(12)
    plain, mixed = (thin(rule(4), drawn(12, seed=3, order=o), Ledger("scenarios")) for o in (None, order))
    masses = [dict(zip(t.scenarios.scenario.labels(), t.scenarios.probability, strict=True)) for t in (plain, mixed)]
    assert masses[0] == pytest.approx(masses[1])
    assert plain.error == pytest.approx(mixed.error)
    assert plain.differs == pytest.approx(mixed.differs)


def test_with_room_for_all_nothing_changes() -> None:
    found = drawn()
    for one in (None, ScenariosRule(), rule(8), rule(20)):
        left = thin(one, found, Ledger("scenarios"))
        assert left.scenarios is found.scenarios and left.effects is found.effects and left.damage is found.damage
        assert left.ambiguity is None and left.error == 0.0


def test_what_is_left_is_a_slice_of_what_was_there_with_the_mass_of_those_it_stands_for() -> None:
    found = drawn(12, seed=2)
    left = thin(rule(5), found, Ledger("scenarios"))
    kept = [found.scenarios.scenario.position(name) for name in left.scenarios.scenario.labels()]
    assert len(kept) == 5 and sum(left.scenarios.probability) == pytest.approx(1.0)
    assert not left.scenarios.faults and not left.effects.faults and not left.damage.faults
    assert (left.effects.need == found.effects.need[:, :, kept]).all()
    assert (left.effects.usable == found.effects.usable[:, kept]).all()
    assert (left.damage.cut == found.damage.cut[:, kept]).all()
    assert left.scenarios.level.tolist() == found.scenarios.level[kept].tolist()
    assert left.effects.scenario is left.scenarios.scenario is left.damage.scenario
    mass = np.bincount(left.stands_in.position, found.scenarios.probability)
    assert left.scenarios.probability == pytest.approx(mass)
    assert (left.stands_in.position[kept] == np.arange(5)).all(), "a scenario that is kept stands for itself"


def test_expectations_differ_by_no_more_than_the_report_says() -> None:
    for seed in range(10):
        found = drawn(12, seed=seed, slow=True)
        left = thin(rule(4), found, Ledger("scenarios"))
        p, q = found.scenarios.probability, left.scenarios.probability
        off = np.abs(found.effects.need @ p - left.effects.need @ q).sum() / 2
        assert 0 < off <= left.differs["people in need"] + 1e-9
        assert np.abs(found.effects.usable @ p - left.effects.usable @ q).sum() <= left.differs["usable sites"] + 1e-9
        lost = [np.where(d.cut, 1.0, 1.0 - 1.0 / d.slowdown) for d in (found.damage, left.damage)]
        assert np.abs(lost[0] @ p - lost[1] @ q).sum() <= left.differs["lost links"] + 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_a_scenario_never_stands_for_one_of_a_higher_level_unless_the_rule_says_so(seed: int) -> None:
    found = drawn(14, seed=seed)
    rank = np.array([LEVELS.index(level) for level in found.scenarios.level])
    crossed = []
    for way, fits in (("not lower", np.greater_equal), ("same", np.equal)):
        left = thin(rule(4, stand_in=way), found, Ledger("scenarios"))
        new = np.array([LEVELS.index(level) for level in left.scenarios.level])
        assert fits(new[left.stands_in.position], rank).all()
        crossed.append(left.error)
        at = np.array([found.scenarios.scenario.position(name) for name in left.scenarios.scenario.labels()])
        between, allowed = distances(AlikeRule(), found).between, fits(rank[None, at], rank[:, None])
        p, q = found.scenarios.probability, left.scenarios.probability
        assert left.error == pytest.approx(transport(p, q, between[:, at], allowed), abs=1e-9)
        assert left.error >= transport(p, q, between[:, at]) - 1e-9, "an upper bound of the distance without levels"
    if seed == 0:
        free = thin(rule(4), found, Ledger("scenarios"))
        new = np.array([LEVELS.index(level) for level in free.scenarios.level])
        assert (new[free.stands_in.position] < rank).any(), "without the rule lower ones do stand for higher ones"


def test_extreme_scenarios_and_those_named_are_always_kept() -> None:
    found = drawn(14, seed=4)
    extreme = {n for n, level in zip(found.scenarios.title, found.scenarios.level, strict=True) if level == "extreme"}
    one = ScenariosRule.model_validate({"reduce": {"to": len(extreme) + 4}})
    left = thin(one, found, Ledger("scenarios"))
    assert extreme and extreme <= set(left.scenarios.scenario.labels())
    for level in LEVELS:
        mass = [s.probability[s.level == level].sum() for s in (found.scenarios, left.scenarios)]
        assert mass[0] == pytest.approx(mass[1]), "by default the probability of a level stays"
    for name in found.scenarios.scenario.labels():
        assert name in thin(rule(2, keep=[name]), found, Ledger("scenarios")).scenarios.scenario.labels()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"to": 2, "keep": ["extreme", "f0", "f1", "f2"]}, "cannot hold the"),
        ({"to": 5, "keep": ["severe"]}, "no level or scenario called 'severe'"),
        ({"to": 1, "stand_in": "same"}, "cannot hold one of each level"),
        ({"to": 1, "keep": ["f13"], "stand_in": "not lower"}, "leave none that may stand for those of level extreme"),
    ],
)
def test_rules_that_cannot_be_kept_are_refused(changes: dict[str, object], fault: str) -> None:
    found = drawn(14, seed=4)
    assert found.scenarios.level[13] != "extreme"
    with pytest.raises(InstanceError, match=fault):
        thin(rule(**changes), found, Ledger("scenarios"))  # type: ignore[arg-type]


def test_of_scenarios_that_are_the_same_the_first_stands_for_all() -> None:
    found = drawn(4, seed=1)
    twice = np.tile(np.arange(4), 2)
    scenario = Index.named("scenario", [f"{k} {s}" for k, s in enumerate(twice)])
    words = np.array(["flood"] * 8)
    many = Futures(
        Scenarios(scenario, found.scenarios.probability[twice] / 2, found.scenarios.level[twice], words, words),
        replace(found.effects, scenario=scenario, need=found.effects.need[:, :, twice],
                usable=found.effects.usable[:, twice], survives=found.effects.survives[:, twice]),
        replace(found.damage, scenario=scenario, cut=found.damage.cut[:, twice],
                slowdown=found.damage.slowdown[:, twice]),
    )  # fmt: skip
    left = thin(rule(4, stand_in="same"), many, Ledger("scenarios"), area=np.array([0.1, 0.2, 0.3, 0.7]))
    assert left.stands_in.position.tolist() == twice.tolist()
    more = thin(rule(7, stand_in="same"), many, Ledger("scenarios"))
    assert more.stands_in.position.tolist() == [0, 1, 2, 3, 4, 5, 6, 3], "those that are kept stand for themselves"
    assert left.error == 0.0
    assert left.scenarios.probability == pytest.approx(found.scenarios.probability)


def test_the_least_reduction_of_each_level_still_stands_for_all() -> None:
    found = drawn(14, seed=4)
    between = distances(AlikeRule(), found).between
    for way, least in (("any", 1), ("not lower", 1), ("same", 3)):
        chosen = choose(ReduceRule(to=least, keep=[], stand_in=way), found.scenarios, between)  # type: ignore[arg-type]
        assert chosen.kept.size == least and chosen.mass.sum() == pytest.approx(1.0)
    with pytest.raises(ValueError, match="are left over"):
        forward(between, found.scenarios.probability, 1, None, np.eye(14, dtype=bool))


def test_books_and_words_account_for_every_scenario() -> None:
    ledger = Ledger("scenarios")
    found = drawn(12, seed=2)
    left = thin(rule(4), found, ledger)
    books = accounts([ledger])
    assert not books.faults
    row = dict(zip(books.outcome.tolist(), zip(books.features, books.amount, strict=True), strict=True))
    assert row["read"] == (12, 1) and row["merged"] == (8, 0) and row["kept"] == (4, 1)
    said = "\n".join(ledger.notes)
    assert f"{left.error:.3g}" in said and f"{left.differs['lost links']:.4g} links" in said
    gone = ~np.isin(found.scenarios.scenario.labels(), left.scenarios.scenario.labels())
    told = [line.split(" stands for ")[0] for line in ledger.notes if " more (" in line]
    assert told == [left.scenarios.scenario.label(k) for k in np.unique(left.stands_in.position[gone])]
    for level in LEVELS:
        mass = left.scenarios.probability[left.scenarios.level == level].sum()
        assert (
            f"scenarios goes from {found.scenarios.probability[found.scenarios.level == level].sum():.4g} to {mass:.4g}"
            in said
        )
    assert any("10.1023/A:1021805924152" in s for s in ledger.sources)
    assert any("10.1007/s10107-002-0331-0" in s for s in ledger.sources)
