"""Laws that hold for every instance, whatever the numbers."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from formulations.plan import CorridorRules, IntegratedPlan, Promise, ShelterRules, StockRules
from instances.index import Index
from instances.instance import Instance
from instances.preparation import Options
from instances.schema import InstanceError
from tests.instances.tiny import tiny_instance
from tests.plan.test_the_plan_equals_its_twin import optimum

UNSERVED = {"unserved": 1.0}


def unserved_within(budget: float, instance: Instance, **changes: object) -> float:
    question = IntegratedPlan(budget=budget, objectives=("unserved",), **changes)  # type: ignore[arg-type]
    value = optimum(question.build(instance).matrix(), UNSERVED)
    assert value is not None
    return value


@pytest.mark.parametrize("seed", range(3))
def test_more_money_never_leaves_more_people_unserved(seed: int) -> None:
    instance = tiny_instance(demand=6, sites=4, seed=seed)
    values = [unserved_within(budget, instance) for budget in (0, 20_000, 60_000, 200_000, 1e7)]
    assert all(more <= less + 1e-6 for less, more in itertools.pairwise(values))
    assert values[-1] < values[0], "money must matter somewhere, or the law is empty"


def test_a_forbidden_site_never_helps() -> None:
    instance = tiny_instance(demand=6, sites=4, seed=1)
    free = unserved_within(60_000, instance)
    for site in instance.sites.site.labels():
        assert unserved_within(60_000, instance, forbid=(site,)) >= free - 1e-6


def test_a_site_that_an_exclusion_forbids_takes_no_part_as_if_the_question_forbade_it() -> None:
    instance = tiny_instance(demand=6, sites=4, seed=1)
    status = instance.sites.status.astype("<U9")
    status[0] = "forbidden"
    excluded = dataclasses.replace(instance, sites=dataclasses.replace(instance.sites, status=status))
    name = instance.sites.site.label(0)
    for question in (IntegratedPlan(), IntegratedPlan(stock=StockRules(), corridors=CorridorRules())):
        matrix = question.build(excluded).matrix()
        prepared = matrix.columns["open"].dims[0]
        sites = {prepared["option"].then(instance.options.option["site"]).position[k] for k in range(prepared.size)}
        assert 0 not in sites and sites
        named = dataclasses.replace(question, forbid=(name,)).build(instance).matrix()
        weights = {"cost": 1.0, "unserved": 5000.0}
        assert optimum(matrix, weights) == pytest.approx(optimum(named, weights))
    with pytest.raises(InstanceError, match="unknown") as fault:
        IntegratedPlan(require=("nowhere",)).build(excluded)
    assert "nowhere" in str(fault.value)


def test_an_option_that_is_barred_is_no_option_and_the_rest_of_its_site_stays() -> None:
    instance = tiny_instance(demand=6, sites=4, seed=1)
    options = instance.options
    site, mode = options.option["site"].position, options.option["mode"].position
    keep = ~((site == 0) & (mode == 0))
    assert (~keep).any() and (site[keep] == 0).any()
    names = ("capacity", "cost", "disturbance", "interruption", "footprint", "ready")
    fewer = Options(
        Index.tuples("option", site=(instance.sites.site, site[keep]), mode=(instance.modes.mode, mode[keep])),
        options.phase,
        **{n: getattr(options, n)[keep] for n in names},
    )
    barred = dataclasses.replace(instance, options=fewer)
    weights = {"cost": 1.0, "unserved": 5000.0}
    label = options.option.label(int(np.flatnonzero(~keep)[0]))
    less = optimum(IntegratedPlan().build(barred).matrix(), weights)
    assert less == pytest.approx(optimum(IntegratedPlan(forbid=(label,)).build(instance).matrix(), weights))
    with pytest.raises(InstanceError, match="unknown"):
        IntegratedPlan(require=(label,)).build(barred)


def test_the_relaxation_never_beats_the_plan_and_tightening_rows_never_cut_it_off() -> None:
    instance = tiny_instance(demand=6, sites=4, seed=2)
    weights = {"cost": 1.0, "unserved": 500.0}
    tight = IntegratedPlan(objectives=tuple(weights)).build(instance).matrix()
    loose = IntegratedPlan(shelters=ShelterRules(linked=False), objectives=tuple(weights)).build(instance).matrix()
    whole = optimum(tight, weights)
    assert whole == pytest.approx(optimum(loose, weights))
    relaxed, weaker = optimum(tight.relax(), weights), optimum(loose.relax(), weights)
    assert whole is not None and relaxed is not None and weaker is not None
    assert weaker <= relaxed + 1e-6 <= whole + 2e-6


def test_cvar_at_zero_is_the_mean_and_grows_with_alpha_up_to_the_worst() -> None:
    instance = tiny_instance(demand=6, sites=4, seed=0)
    values = []
    for alpha in (0.0, 0.5, 0.9, 0.999):
        question = IntegratedPlan(budget=20_000, objectives=("unserved_cvar",), alpha=alpha)
        values.append(optimum(question.build(instance).matrix(), {"unserved_cvar": 1.0}))
    assert values[0] == pytest.approx(unserved_within(20_000, instance), abs=1e-6)
    assert all(low <= high + 1e-6 for low, high in itertools.pairwise(values))
    worst = IntegratedPlan(budget=20_000, objectives=("unserved_worst",))
    assert values[-1] == pytest.approx(optimum(worst.build(instance).matrix(), {"unserved_worst": 1.0}), rel=1e-6)


def test_relabelling_everything_changes_nothing() -> None:
    instance = tiny_instance(demand=5, sites=3, seed=3)
    weights = {"cost": 1.0, "unserved": 500.0}
    before = IntegratedPlan(stock=StockRules(), objectives=tuple(weights)).build(instance).matrix()
    labels = instance.sites.site
    object.__setattr__(labels, "names", np.array([f"renamed {k}" for k in range(labels.size)]))
    after = IntegratedPlan(stock=StockRules(), objectives=tuple(weights)).build(instance).matrix()
    assert (before.A != after.A).nnz == 0
    assert optimum(after, weights) == pytest.approx(optimum(before, weights))


PARTS = {
    "shelters": {"go", "unserved", "served", "capacity", "linked", "passable", "shared"},
    "stock": {"stock", "short", "ship", "storage", "balance", "sent", "supplied"},
    "corridors": {"corridor", "tie_kept", "tie_carried", "tied_in", "ways", "holding"},
}


@pytest.mark.parametrize(
    ("left_out", "changes"),
    [("stock", {"stock": None}), ("corridors", {"corridors": None}), ("shelters", {"shelters": None})],
)
def test_a_part_left_out_leaves_no_row_and_no_variable(left_out: str, changes: dict[str, object]) -> None:
    instance = tiny_instance(seed=1, requests=True)
    everything = IntegratedPlan(stock=StockRules(), corridors=CorridorRules(), objectives=("cost",))
    full = everything.build(instance).matrix()
    less = dataclasses.replace(everything, **changes).build(instance).matrix()  # type: ignore[arg-type]
    assert {*full.rows, *full.columns} & PARTS[left_out], "the part shows when it is asked for"
    assert not {*less.rows, *less.columns} & PARTS[left_out]


def test_objectives_not_asked_for_leave_no_rows() -> None:
    instance = tiny_instance(seed=1)
    matrix = IntegratedPlan(objectives=("cost",)).build(instance).matrix()
    assert not [name for name in {*matrix.rows, *matrix.columns} if "cvar" in name or "worst" in name]


def test_splitting_a_scenario_in_two_changes_nothing() -> None:
    instance = tiny_instance(demand=5, sites=3, scenarios=3, seed=2)
    weights = {"cost": 1.0, "unserved": 500.0, "unserved_cvar": 300.0}
    question = IntegratedPlan(objectives=tuple(weights), alpha=0.6)
    assert optimum(question.build(split_last(instance)).matrix(), weights) == pytest.approx(
        optimum(question.build(instance).matrix(), weights)
    )


def split_last(instance: Instance) -> Instance:
    """The same instance with its last scenario written twice at half the probability."""
    old = instance.scenarios.scenario
    new = Index.named("scenario", [*old.labels(), "again"])
    keep = np.append(np.arange(old.size), old.size - 1)
    changed = {}
    for name, part in instance.parts():
        updates: dict[str, object] = {}
        for field in dataclasses.fields(part):  # type: ignore[arg-type]
            value = getattr(part, field.name)
            about = field.metadata.get("datum")
            if value is old:
                updates[field.name] = new
            elif about is not None and value is not None and "scenario" in about.dims:
                updates[field.name] = np.take(value, keep, axis=about.dims.index("scenario"))
        if updates:
            changed[name] = dataclasses.replace(part, **updates)  # type: ignore[type-var]
    scenarios = changed["scenarios"]
    probability = np.array(scenarios.probability)
    probability[-2:] /= 2
    changed["scenarios"] = dataclasses.replace(scenarios, probability=probability)
    return dataclasses.replace(instance, **changed)


def test_a_wrong_question_gets_one_error_that_names_every_fault() -> None:
    question = IntegratedPlan(
        promises=(Promise("mild", 0.1), Promise("high", 1.5, phase="never")),
        counts={"castle": 2},
        require=("nowhere",),
        objectives=("cost", "glory"),
        alpha=1.0,
        budget=-5,
    )
    with pytest.raises(InstanceError) as error:
        question.build(tiny_instance())
    for word in ("mild", "1.5", "never", "castle", "nowhere", "glory", "alpha", "budget"):
        assert word in str(error.value)


def test_a_question_names_every_part_that_the_instance_lacks() -> None:
    instance = dataclasses.replace(tiny_instance(), hauls=None, corridors=None)
    question = IntegratedPlan(stock=StockRules(), corridors=CorridorRules())
    with pytest.raises(InstanceError, match=r"no hauls[\s\S]*no corridors"):
        question.build(instance)
